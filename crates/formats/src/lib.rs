//! Other formats to and from STIX objects.
//!
//! **What it is.** Readers that make STIX objects of what other tools and people write, with findings about what could not be
//! read, and writers that make other tools' rules of STIX objects, with an account of what could not be said in them. Pure: no
//! I/O, no clock, no log; the time is an argument.
//!
//! **What it is not.** It decides about nobody's access: what it makes of an object may go only where the object itself may, so
//! it is given what was released and what it returns is treated alike.
//!
//! **Start reading** at [`Observable`], what an indicator looks for when it looks for one value.

pub mod disarm;
pub mod document;
pub mod list;
pub mod marking;
pub mod names;
pub mod observable;
pub mod place;
pub mod report;
pub mod statement;
pub mod text;

pub use observable::{Observable, ObservableKind};
