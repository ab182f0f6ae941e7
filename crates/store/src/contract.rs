//! Does a backend keep the promises? For tests.
//!
//! A backend implements [`Backend`] and calls [`crate::contract!`] in its tests; one that outlives its process also
//! calls [`crate::contract_of_durable!`]. Each promise of the crate is at least one function here, and each function is
//! one test of the backend.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "these functions are tests that several crates run"
)]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "every test stands on the same fixtures"))]

use std::sync::Arc;

use async_trait::async_trait;

use crate::{Store, StoreError, StoreLimits};

mod accounting;
mod durable;
pub mod fixtures;
mod reading;
mod together;
mod writing;

pub use accounting::*;
pub use durable::*;
pub use reading::*;
pub use together::*;
pub use writing::*;

/// A place where a store of some kind can be opened, closed and opened again.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// A place where nothing is yet.
    async fn new() -> Self;

    /// Opens the store that is there.
    async fn open(&self, limits: StoreLimits) -> Result<Arc<dyn Store>, StoreError>;
}

/// A new, empty store, and the place that it must not outlive.
async fn empty<B: Backend>() -> (B, Arc<dyn Store>) {
    let place = B::new().await;
    let store = open(&place).await;
    (place, store)
}

async fn open<B: Backend>(place: &B) -> Arc<dyn Store> {
    place.open(StoreLimits::default()).await.expect("the store opens")
}

/// One test for each promise that holds within a process.
#[macro_export]
macro_rules! contract {
    ($backend:ty) => {
        $crate::contract!($backend:
            a_failed_batch_leaves_nothing, a_reader_never_sees_half_a_batch,
            sequences_grow_whatever_the_clock_says,
            who_walks_by_place_sees_everything_once,
            a_page_holds_what_is_visible_and_behind_the_place, a_page_ends_at_its_limit_and_says_if_there_is_more,
            a_page_ends_at_its_bytes, a_page_holds_the_types_asked_for,
            a_claim_is_kept_once, a_claim_is_kept_once_within_a_batch, an_id_is_full_at_its_limit,
            claims_are_listed_over_all_collections,
            a_second_claim_makes_both_plural, plural_lasts_until_no_claim_is_left,
            what_is_removed_is_nowhere, removing_what_is_not_there_does_nothing,
            what_is_relabelled_stands_at_the_end, counts_follow_what_is_kept,
            a_failed_precondition_is_named, preconditions_are_about_the_state_before_the_batch,
            a_label_has_one_number, labels_have_a_limit, an_unknown_label_is_refused,
            the_log_tells_every_change_once, the_log_is_read_in_parts,
            a_cursor_moves_with_its_batch,
            a_receipt_is_kept_until_it_expires,
            a_document_has_a_version_that_grows,
            an_entry_is_there_if_its_batch_is, entries_of_many_writers_make_one_chain,
            entries_are_found_by_the_places_they_speak_of, former_claims_are_listed_as_they_stood,
            waiting_ends_with_a_higher_sequence, a_closed_store_says_so);
    };
    ($backend:ty: $($promise:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                $crate::contract::$promise::<$backend>().await;
            }
        )+
    };
}

/// One test for each promise about what outlives the process.
#[macro_export]
macro_rules! contract_of_durable {
    ($backend:ty) => {
        $crate::contract!($backend:
            everything_is_there_again, everything_is_there_again_without_a_farewell,
            sequences_grow_over_a_restart, labels_keep_their_numbers_over_a_restart,
            the_ledger_goes_on_after_a_restart,
            plural_lasts_over_a_restart, what_is_open_is_not_opened_again);
    };
}
