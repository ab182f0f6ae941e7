//! The journeys between partners and the store: what comes in, what goes out.
//!
//! **Is**: the one door in ([`Exchange::accept`]), the one door out ([`Exchange::objects`] and its kin), removal, preview, the
//! declared world.
//!
//! **Is not**: HTTP, HTML, configuration files, the environment, clocks. The time is an argument.
//!
//! **Promises**
//! 1. Whatever arrives enters by [`Exchange::accept`]; whatever leaves was made [`releasability::Releasable`].
//! 2. Checked twice: the store gives only visible labels, the policy decides again about each object. A disagreement is
//!    withheld and counted in [`Exchange::alarms`].
//! 3. What a partner is told depends on nothing that is withheld from it.
//! 4. Whatever leaves is in the ledger before it leaves; whatever changes, in the commit that changes it.
//! 5. What somebody may have who might not before gets a new date added ([`Exchange::keep_house`]).
//!
//! **Start reading** at [`Exchange`], then `ingest`, then `release`.

mod access;
mod audit;
mod checkpoint;
mod coverage;
mod detect;
mod draft;
mod export;
mod feed;
mod holdings;
mod ingest;
mod knowledge;
mod ledger;
mod preview;
mod quoting;
mod references;
mod registry;
mod relabel;
mod release;
mod removal;
mod settle;
mod state;
pub mod world;

pub use access::{Access, CollectionInfo};
pub use audit::{Exported, Receipt, Replayed, TOLD_MAX, Verified};
pub use checkpoint::{Checkpoint, KeyError, Signer};
pub use coverage::{Coverage, SeenBy};
pub use detect::{
    ALERTS_KEPT_MAX, BODIES_REMEMBERED_MAX, Detection, FINDINGS_TOLD_MAX, LineFinding, Repetition,
    SensorAlert, Taken, Telemetry, TelemetryError, Watched,
};
pub use draft::{DraftPreview, Oversharing, Recipient};
pub use export::{ExportError, ExportOrder, Spool, Written};
pub use holdings::Holdings;
pub use ingest::{Accepted, Failure, IngestError, Prepared, Submission};
pub use knowledge::{CLAIMS_MAX, Knowledge, Known, Purpose};
pub use ledger::{
    Channel, CredentialChange, Record, Redacted, Relabelled, Release, Run, Standing,
    Submission as SubmissionRecord,
};
pub use preview::{Preview, PreviewedCopy};
pub use registry::{Credential, Holder, Secret};
pub use release::{Existence, Query, Released, ReleasedObject, SpecVersions, VersionFilter, Versions};
pub use removal::RemovalError;
pub use state::{Applied, ApplyError, ApplyMode, CollectionSummary, Exchange, ExchangeError, ExchangeLimits};
