//! How do STIX objects become a MISP feed, and a MISP event STIX objects, and what is lost on the way?

mod read;
mod table;
mod write;

pub use read::{EVENTS_MAX, LIMITS, Lost, Reading, read};
pub(crate) use write::Feed;
pub use write::{GALAXIES_MAX, HASHES, MANIFEST};
