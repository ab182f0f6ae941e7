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
mod bits;
mod board;
mod catalogue;
mod checkpoint;
mod coverage;
mod detect;
mod draft;
mod drawer;
mod export;
mod feed;
mod graph;
mod guard;
mod holdings;
mod ingest;
mod knowledge;
mod ledger;
mod matrix;
mod object_view;
mod preview;
mod quoting;
mod recall;
mod references;
mod registry;
mod relabel;
mod release;
mod removal;
mod row;
mod search;
mod seen;
mod settle;
mod state;
mod timeline;
mod viewpoint;
mod views;
mod walk;
pub mod world;

pub use access::{Access, CollectionInfo};
pub use audit::{Exported, LedgerEntry, Receipt, Replayed, TOLD_MAX, Verified};
pub use board::{Board, BoardRow, Cell, CellState};
pub use checkpoint::{Checkpoint, KeyError, Signer};
pub use coverage::{Coverage, SeenBy};
pub use detect::{
    ALERTS_KEPT_MAX, BODIES_REMEMBERED_MAX, Detection, FINDINGS_TOLD_MAX, LineFinding, Repetition,
    SensorAlert, Taken, Telemetry, TelemetryError, Watched,
};
pub use draft::{DraftPreview, Oversharing, Recipient};
pub use drawer::{Act, DRAWER_BYTES_MAX, Deed, Drawer, KeepError, Kept, Sheet};
pub use export::{ExportError, ExportOrder, Spool, Written};
pub use graph::{
    Edge, Folded, Graph, GraphQuery, Meta, NODES_MAX, Node, PATH_DEGREE_MAX, PATH_REACH_MAX, PATH_STEPS_MAX,
};
pub use holdings::Holdings;
pub use ingest::{Accepted, Failure, IngestError, Prepared, Submission};
pub use knowledge::{CLAIMS_MAX, Knowledge, Known, Purpose};
pub use ledger::{
    Channel, CredentialChange, Record, Redacted, Relabelled, Release, Run, Standing,
    Submission as SubmissionRecord,
};
pub use matrix::{Matrix, MatrixQuery, SUBJECTS_MAX, Subject, TECHNIQUES_MAX, Tactic, Technique};
pub use object_view::{ABOUT_MAX, ObjectView, PartMarking, Provenance, Related, Towards};
pub use preview::{Preview, PreviewedCopy};
pub use recall::{Recall, RecallError};
pub use registry::{Credential, Holder, Secret};
pub use release::{Existence, Query, Released, ReleasedObject, SpecVersions, VersionFilter, Versions};
pub use removal::RemovalError;
pub use row::{DESCRIPTION_CHARS_MAX, Marking, ROWS_MAX, Row, Source, called};
pub use search::{
    BARS_MAX, Bar, COMPLETIONS_MAX, Completion, CompletionKind, FACET_VALUES_MAX, FIELDS, Facet, Facets,
    Fault, Found, IndexError, Interval, QUERY_BYTES_MAX, QueryFinding, Search, SearchError, TERMS_MAX,
};
pub use state::{Applied, ApplyError, ApplyMode, CollectionSummary, Exchange, ExchangeError, ExchangeLimits};
pub use timeline::{COUNTRIES_MAX, Campaign, Country, Digest, Newcomer, POINTS_MAX, Point, Series, Timeline};
pub use viewpoint::{Person, Viewer, Viewpoint};
pub use views::Reindexed;
