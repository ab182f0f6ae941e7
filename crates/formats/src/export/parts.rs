//! Where does what a writer writes go? Into named parts, that are emptied after each object, so that nothing grows.

use std::collections::BTreeMap;

/// The files that an export consists of, as far as they were written and not yet taken away.
#[derive(Debug, Default)]
pub struct Parts {
    buffers: BTreeMap<String, Vec<u8>>,
    touched: bool,
}

impl Parts {
    /// Where to write what goes into a part.
    pub(crate) fn part(&mut self, name: &str) -> &mut Vec<u8> {
        self.touched = true;
        self.buffers.entry(name.to_owned()).or_default()
    }

    /// Whether anything was written since it was asked last.
    pub(crate) fn take_touched(&mut self) -> bool {
        std::mem::take(&mut self.touched)
    }

    /// Gives away what is there, part by part.
    ///
    /// # Errors
    /// The first that `each` gives.
    pub fn drain<E>(&mut self, mut each: impl FnMut(&str, &[u8]) -> Result<(), E>) -> Result<(), E> {
        for (name, buffer) in self.buffers.iter_mut().filter(|(_, buffer)| !buffer.is_empty()) {
            each(name, buffer)?;
            buffer.clear();
        }
        Ok(())
    }
}
