//! Other formats to and from STIX objects.
//!
//! **What it is.** Readers that make STIX objects of what other tools and people write, with findings about what could not be
//! read, and writers that make other tools' rules of STIX objects, with an account of what could not be said in them. Pure: no
//! I/O, no clock, no log; the time is an argument.
//!
//! **What it is not.** It decides about nobody's access: what it makes of an object may go only where the object itself may, so
//! it is given what was released and what it returns is treated alike.
//!
//! **Start reading** at [`Observable`], what an indicator looks for when it looks for one value, then [`export`].

pub mod bundle;
pub mod csv;
pub mod disarm;
pub mod document;
pub mod export;
pub mod lines;
pub mod list;
pub mod markdown;
pub mod marking;
pub mod misp;
pub mod names;
pub mod navigator;
pub mod observable;
pub mod place;
pub mod report;
pub mod rpz;
pub mod sigma;
pub mod statement;
pub mod suricata;
pub mod text;
pub mod yara;
pub mod zeek;

pub use observable::{Observable, ObservableKind};

/// The namespace of the ids that are made here of what they stand for.
const NAMESPACE: uuid::Uuid = uuid::Uuid::from_u128(0x5a1c_93de_70f4_5b0e_8f21_6c02_d9b4_11aa);

/// An id that is the same for the same words.
pub fn stable_id(words: &[&str]) -> uuid::Uuid {
    let mut name = Vec::new();
    for word in words {
        name.extend_from_slice(&(word.len() as u64).to_be_bytes());
        name.extend_from_slice(word.as_bytes());
    }
    uuid::Uuid::new_v5(&NAMESPACE, &name)
}
