//! What does a NATO confidentiality label say, and how is one written? (STANAG 4774, ADatP-4774 edition A)
//!
//! A [`Document`] is read and written without loss: elements, attributes and namespaces that nobody here knows stay, in
//! their order. What it means is read from it strictly: whatever is not understood makes the marking unknown, by the
//! tables of the manual, `docs/markings.md`.

mod document;
mod expression;
mod form;
mod information;
mod meaning;
mod reader;

pub use self::{
    document::Document,
    expression::{Dates, Inexpressible},
    information::{Category, CategoryType, Information},
    meaning::{DOCUMENTS_MAX, label},
    reader::{ATTRIBUTES_MAX, DEPTH_MAX, DOCUMENT_BYTES_MAX, ELEMENTS_MAX, ReadError},
};

/// The namespace of the standard's elements.
pub const NAMESPACE: &str = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0";

#[cfg(test)]
mod tests;
