//! What waits at the release desk, and what was done there? A queue that survives a restart: each release is written down before it
//! is carried out, and carrying it out twice is carrying it out once.

use exchange::{Act, Deed, Drawer, Exchange, ExchangeError, KeepError, Sheet};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use uuid::Uuid;

use crate::contract::desk::{Approval, Decided, RecallKind, ReleaseKind, ReleaseState};

/// The longest title of a release, in characters: a note is called by what it says.
const TITLE_CHARS_MAX: usize = 120;

/// What a release is called whose first object is called so.
pub(crate) fn title(name: &str) -> String {
    name.chars().take(TITLE_CHARS_MAX).collect()
}

/// One release.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Proposal {
    pub(crate) id: Uuid,
    pub(crate) state: ReleaseState,
    pub(crate) what: What,
    /// The objects' ids.
    pub(crate) objects: Vec<String>,
    /// What the first of them is called.
    pub(crate) title: String,
    /// The stamps that they have or will have: whoever may not see all of it does not know of the release.
    pub(crate) stamps: Vec<releasability::Stamp>,
    pub(crate) by: String,
    pub(crate) proposed: String,
    pub(crate) reason: Option<String>,
    pub(crate) decided: Option<Decided>,
}

/// What is to be done.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum What {
    /// An envelope is published.
    Publish { collection: String, envelope: String },
    /// An object of ours is taken back.
    Recall { id: String, how: RecallKind },
    /// An object of ours is marked otherwise.
    Marking { id: String, marking: Vec<String> },
}

impl What {
    pub(crate) fn kind(&self) -> ReleaseKind {
        match self {
            Self::Publish { .. } => ReleaseKind::Publish,
            Self::Recall { .. } => ReleaseKind::Recall,
            Self::Marking { .. } => ReleaseKind::Marking,
        }
    }
}

/// What is known of a release in the list of all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: Uuid,
    pub(crate) state: ReleaseState,
}

const KIND: &str = "release";

fn index() -> Drawer {
    Drawer::new("releases", "")
}

fn drawer(id: Uuid) -> Drawer {
    Drawer::new(KIND, id.to_string())
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, ExchangeError> {
    serde_json::to_vec(value).map_err(|error| ExchangeError::Document(KIND, error))
}

/// Every release, the oldest first.
pub(crate) async fn listed(exchange: &Exchange) -> Result<(Vec<Listed>, u64), ExchangeError> {
    let kept = exchange.opened(&index()).await?;
    if kept.content.is_empty() {
        return Ok((Vec::new(), kept.version));
    }
    let listed = serde_json::from_slice(&kept.content);
    Ok((listed.map_err(|error| ExchangeError::Document(KIND, error))?, kept.version))
}

/// One release, and how often it was written.
pub(crate) async fn find(exchange: &Exchange, id: Uuid) -> Result<Option<(Proposal, u64)>, ExchangeError> {
    let kept = exchange.opened(&drawer(id)).await?;
    if kept.content.is_empty() {
        return Ok(None);
    }
    let proposal = serde_json::from_slice(&kept.content);
    Ok(Some((proposal.map_err(|error| ExchangeError::Document(KIND, error))?, kept.version)))
}

/// Why something is not in the queue.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueError {
    #[error("as many releases wait as may")]
    Full,
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

const TRIES: usize = 20;

/// Puts a release into the queue. The oldest that is decided gives way where there are too many.
pub(crate) async fn add(
    exchange: &Exchange,
    proposal: &Proposal,
    releases_max: usize,
    now: Timestamp,
) -> Result<(), QueueError> {
    let mut tries = 0;
    loop {
        let (mut all, version) = listed(exchange).await?;
        let mut sheets = Vec::new();
        if all.len() >= releases_max {
            let oldest =
                all.iter().position(|one| one.state != ReleaseState::Pending).ok_or(QueueError::Full)?;
            let gone = all.remove(oldest);
            sheets.push(Sheet { drawer: drawer(gone.id), version: None, content: Vec::new() });
        }
        all.push(Listed { id: proposal.id, state: proposal.state });
        sheets.push(Sheet { drawer: index(), version: Some(version), content: written(&all)? });
        sheets.push(Sheet { drawer: drawer(proposal.id), version: None, content: written(proposal)? });
        let deed = Deed {
            by: proposal.by.clone(),
            act: Act::Proposed,
            about: proposal.id.to_string(),
            detail: format!("{:?} of {} object(s)", proposal.what.kind(), proposal.objects.len())
                .to_lowercase(),
        };
        match exchange.keep(sheets, Some(deed), now).await {
            Ok(()) => return Ok(()),
            Err(KeepError::Conflict) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Writes down where a release stands now. A conflict says that somebody else decided meanwhile.
pub(crate) async fn change(
    exchange: &Exchange,
    (proposal, version): (&Proposal, u64),
    act: Act,
    by: &str,
    now: Timestamp,
) -> Result<(), KeepError> {
    let mut tries = 0;
    loop {
        let (mut all, index_version) = listed(exchange).await?;
        for one in all.iter_mut().filter(|one| one.id == proposal.id) {
            one.state = proposal.state;
        }
        let sheets = vec![
            Sheet { drawer: index(), version: Some(index_version), content: written(&all)? },
            Sheet { drawer: drawer(proposal.id), version: Some(version), content: written(proposal)? },
        ];
        let about = proposal.id.to_string();
        let deed = Deed { by: by.to_owned(), act, about, detail: String::new() };
        let result = exchange.keep(sheets, Some(deed), now).await;
        let is_again = matches!(result, Err(KeepError::Conflict)) && tries < TRIES;
        // Either the list changed, which is tried again, or the release itself, which is somebody else's word.
        if is_again && find(exchange, proposal.id).await?.is_some_and(|(_, found)| found == version) {
            tries += 1;
            continue;
        }
        return result;
    }
}

/// The act that a decision is.
pub(crate) const fn act(decision: Approval) -> Act {
    match decision {
        Approval::Approve => Act::Approved,
        Approval::Reject => Act::Rejected,
    }
}
