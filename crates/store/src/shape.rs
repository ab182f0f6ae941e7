//! Is a batch of a shape that every backend can keep?

use crate::{Batch, Operation, Precondition, StoreError};

/// Names are short so that they can be part of a key.
const NAME_BYTES_MAX: usize = 1024;
/// Identifiers that passed the door are shorter; the store itself does not look into them.
const ID_BYTES_MAX: usize = 1024;
/// A backend may address content with 32 bits.
const CONTENT_BYTES_MAX: usize = 1 << 30;

/// An object is given a label that nobody interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("label `{0}` was never interned")]
pub struct UnknownLabel(pub u32);

/// Refuses, before anything is done, what would fail halfway.
pub(crate) fn check(batch: &Batch, labels: u32) -> Result<(), StoreError> {
    for precondition in &batch.preconditions {
        check_name(match precondition {
            Precondition::DocumentVersion { name, .. } => &name.0,
            Precondition::CursorAt { consumer, .. } => &consumer.0,
        })?;
    }
    if batch.receipt.as_ref().is_some_and(|receipt| receipt.content.len() > CONTENT_BYTES_MAX) {
        return Err(StoreError::Limit("content_bytes_max"));
    }
    if batch.entry.as_ref().is_some_and(|entry| entry.content.len() > CONTENT_BYTES_MAX) {
        return Err(StoreError::Limit("content_bytes_max"));
    }
    batch.operations.iter().try_for_each(|operation| check_operation(operation, labels))
}

fn check_operation(operation: &Operation, labels: u32) -> Result<(), StoreError> {
    match operation {
        Operation::Add { label, object, .. } => {
            if object.id().is_empty() || object.id().len() > ID_BYTES_MAX {
                return Err(StoreError::Limit("id_bytes_max"));
            }
            if object.record().len() > CONTENT_BYTES_MAX {
                return Err(StoreError::Limit("content_bytes_max"));
            }
            check_label(label.0, labels)
        }
        Operation::Relabel { label, .. } => check_label(label.0, labels),
        Operation::Remove { .. } => Ok(()),
        Operation::Document { name, content } => {
            if content.len() > CONTENT_BYTES_MAX {
                return Err(StoreError::Limit("content_bytes_max"));
            }
            check_name(&name.0)
        }
        Operation::Cursor { consumer, .. } => check_name(&consumer.0),
    }
}

fn check_label(label: u32, labels: u32) -> Result<(), StoreError> {
    if label < labels { Ok(()) } else { Err(StoreError::Backend(Box::new(UnknownLabel(label)))) }
}

fn check_name(name: &str) -> Result<(), StoreError> {
    if name.len() > NAME_BYTES_MAX { Err(StoreError::Limit("name_bytes_max")) } else { Ok(()) }
}
