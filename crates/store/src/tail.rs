//! Where does the log end, and who waits for it to grow?

use tokio::sync::watch;

use crate::Sequence;

/// The highest sequence that can be read; wakes those who wait for a higher one.
#[derive(Debug)]
pub(crate) struct Tail(watch::Sender<State>);

#[derive(Debug, Clone, Copy)]
struct State {
    last: Sequence,
    growth: Growth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growth {
    Possible,
    Ended,
}

impl Tail {
    pub(crate) fn new(last: Sequence) -> Self {
        Self(watch::Sender::new(State { last, growth: Growth::Possible }))
    }

    pub(crate) fn last(&self) -> Sequence {
        self.0.borrow().last
    }

    /// Says that everything up to `last` can be read.
    pub(crate) fn advance(&self, last: Sequence) {
        self.0.send_if_modified(|state| {
            let grows = last > state.last;
            state.last = state.last.max(last);
            grows
        });
    }

    /// Says that nothing comes any more, so that nobody waits in vain.
    pub(crate) fn end(&self) {
        self.0.send_modify(|state| state.growth = Growth::Ended);
    }

    pub(crate) async fn wait(&self, seen: Sequence) {
        let mut state = self.0.subscribe();
        // The sender lives in `self`, so this ends with a state that fulfils the condition and never with an error.
        let _ = state.wait_for(|state| state.last > seen || state.growth == Growth::Ended).await;
    }
}
