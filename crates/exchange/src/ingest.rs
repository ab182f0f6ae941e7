//! The one door in: parse within limits, validate, label, may this origin say this? One commit.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use releasability::{Label, Organisation, Policy, Stamp};
use serde::{Deserialize, Serialize};
use stix::{
    Code, Finding, Id, Object, Severity, Timestamp, object,
    splitter::{Element, SplitError, split},
};
use store::{
    Batch, CollectionNumber, LabelId, Operation, OriginNumber, Outcome, Receipt, ReceiptDraft, ReceiptId,
};

use crate::{
    Access, Exchange, ExchangeError,
    checkpoint::hex,
    ledger::{Record, Submission as SubmissionRecord},
    registry::{MARKINGS, Registry},
    state::{ExchangeLimits, State},
};

/// Why an envelope was refused whole.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It is no envelope (TAXII 2.1 section 3.7) and no bundle.
    #[error("{0}")]
    NotAnEnvelope(#[from] SplitError),
    /// It has no objects.
    #[error("the envelope has no `objects`")]
    Empty,
    /// It has more objects than allowed.
    #[error("the envelope has more than {0} objects")]
    TooMany(usize),
    /// The collection is not declared.
    #[error("there is no collection of this name")]
    NoCollection,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// An envelope parsed and validated, before anybody decided about it. Making one takes no lock and no store.
#[derive(Debug)]
pub struct Prepared {
    entries: Vec<Entry>,
    warnings: usize,
}

#[derive(Debug)]
enum Entry {
    Good { object: Object, meaning: [u8; 16] },
    Bad(Failure),
}

/// An element of an envelope that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its place among the envelope's objects, from 0; not known of those that only the store refused.
    pub index: Option<usize>,
    /// Its id, where one could be read.
    pub id: Option<String>,
    /// Its version, where one could be read.
    pub version: Option<String>,
    /// What is wrong: the findings in words.
    pub message: String,
    /// The code of each finding.
    pub codes: Vec<String>,
}

/// What became of an envelope: the content of a TAXII status (section 4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The receipt's id.
    pub id: uuid::Uuid,
    /// When it was asked for.
    pub requested: Timestamp,
    /// Ids and versions of the objects that are held now, in the order of the envelope.
    pub successes: Vec<(String, Timestamp)>,
    /// How many of them were not held before.
    pub added: usize,
    /// What was refused.
    pub failures: Vec<Failure>,
}

/// Where an envelope goes and who brought it. Only an authenticated door makes one.
#[derive(Debug, Clone)]
pub struct Submission {
    collection: CollectionNumber,
    origin: Organisation,
    submitter: String,
    default: Label,
}

/// What a receipt keeps beside the outcomes.
#[derive(Debug, Serialize, Deserialize)]
struct ReceiptContent {
    submitter: String,
    collection: u32,
    requested: i64,
    failures: Vec<Failure>,
    /// How many leading outcomes speak of the envelope's good objects.
    objects: usize,
}

impl Submission {
    /// The stamp that an object gets that comes in by this door.
    pub(crate) fn stamp(&self, policy: &Policy, object: &Object) -> Stamp {
        policy.stamp(object, &self.origin, &self.default)
    }
}

impl Access {
    /// This partner's door into the collection.
    pub fn submission(&self) -> Option<Submission> {
        let (_, collection) = self.known()?.registry.collection(&self.collection().to_string())?;
        Some(Submission {
            collection: self.number(),
            origin: self.organisation().clone(),
            submitter: self.partner().to_owned(),
            default: Registry::default_label(self.policy(), collection),
        })
    }
}

/// Parses and validates the objects of an envelope or bundle.
///
/// # Errors
/// [`IngestError`] where it is no envelope at all; what is wrong with one object is kept beside the others.
pub(crate) fn prepare(
    envelope: &[u8],
    limits: &ExchangeLimits,
    now: Timestamp,
) -> Result<Prepared, IngestError> {
    let (elements, result) = split(envelope, limits.object.object_bytes_max);
    result?;
    if elements.is_empty() {
        return Err(IngestError::Empty);
    }
    if elements.len() > limits.envelope_objects_max {
        return Err(IngestError::TooMany(limits.envelope_objects_max));
    }
    let mut prepared = Prepared { entries: Vec::with_capacity(elements.len()), warnings: 0 };
    for (index, element) in elements.iter().enumerate() {
        let entry = match element {
            Element::Text(text) => read(text, index, limits, now, &mut prepared.warnings),
            Element::TooLong => {
                let message = "the object is longer than allowed";
                Entry::Bad(failure(index, &[], &[Finding::error(Code::LimitExceeded, "", "-", message)]))
            }
        };
        prepared.entries.push(entry);
    }
    Ok(prepared)
}

fn read(text: &[u8], index: usize, limits: &ExchangeLimits, now: Timestamp, warnings: &mut usize) -> Entry {
    let tree = match object::tree(text, &limits.object) {
        Ok(tree) => tree,
        Err(findings) => return Entry::Bad(failure(index, text, &findings)),
    };
    let mut findings = stix::validate::object(&tree, &limits.object, now);
    let object = match Object::from_tree(&tree, &limits.object) {
        Ok(object) => Some(object),
        Err(more) => {
            findings.splice(0..0, more);
            None
        }
    };
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    *warnings += findings.len() - errors;
    match object {
        Some(object) if errors == 0 => Entry::Good { meaning: tree.root().meaning(), object },
        _ => {
            findings.retain(|finding| finding.severity == Severity::Error);
            Entry::Bad(failure(index, text, &findings))
        }
    }
}

/// What may be said about a refused object: its id and version, if they are of the right form, and the findings.
fn failure(index: usize, text: &[u8], findings: &[Finding]) -> Failure {
    let limits = stix::Limits::DEFAULT;
    let tree = stix::json::Tree::parse(text, &limits).ok();
    let field =
        |name: &str| tree.as_ref().and_then(|tree| Some(tree.root().get(name)?.as_str()?.into_owned()));
    let id = field("id").filter(|id| id.len() <= limits.id_bytes_max && Id::new(id).is_ok());
    let version = field("modified").or_else(|| field("created"));
    Failure {
        index: Some(index),
        id,
        version: version.and_then(|text| Some(Timestamp::parse(&text).ok()?.to_string())),
        message: findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        codes: findings.iter().map(|finding| finding.code.to_string()).collect(),
    }
}

impl Prepared {
    /// How many warnings there are; objects with warnings are kept.
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// How many objects there are, good and bad.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is wrong with those that are not good.
    pub fn failures(&self) -> Vec<Failure> {
        let failure = |entry: &Entry| match entry {
            Entry::Good { .. } => None,
            Entry::Bad(failure) => Some(failure.clone()),
        };
        self.entries.iter().filter_map(failure).collect()
    }

    pub(crate) fn good(&self) -> impl Iterator<Item = &Object> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Good { object, .. } => Some(object),
            Entry::Bad(_) => None,
        })
    }

    /// The ids of the good objects, each once, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut met = HashSet::new();
        self.good().map(|object| object.id().to_owned()).filter(|id| met.insert(id.clone())).collect()
    }

    /// The ids of the good objects and of all that they refer to.
    pub(crate) fn references(&self) -> BTreeSet<String> {
        let ids = |object: &Object| {
            let references = object.references().map(str::to_owned);
            references.chain([object.id().to_owned()]).collect::<Vec<_>>()
        };
        self.good().flat_map(ids).collect()
    }

    fn has_markings(&self) -> bool {
        self.good().any(is_marking)
    }
}

fn is_marking(object: &Object) -> bool {
    object.object_type() == "marking-definition" && releasability::marking::standard(object.id()).is_none()
}

impl Exchange {
    /// Parses and validates an envelope. Takes as long as the envelope is large; needs neither lock nor store.
    ///
    /// # Errors
    /// Where it is no envelope, is empty, or has too many objects.
    pub fn prepare(&self, envelope: &[u8], now: Timestamp) -> Result<Prepared, IngestError> {
        prepare(envelope, &self.limits, now)
    }

    /// This node's own door into a collection, by id or alias.
    ///
    /// # Errors
    /// Where nothing is declared, or no such collection.
    pub fn own_submission(&self, collection: &str) -> Result<Submission, IngestError> {
        let state = self.state.load();
        let known = state.world.as_ref().ok_or(ExchangeError::NoWorld)?;
        let (number, declared) = known.registry.collection(collection).ok_or(IngestError::NoCollection)?;
        Ok(Submission {
            collection: number,
            origin: known.registry.world.organisation.id.clone(),
            submitter: String::new(),
            default: Registry::default_label(&state.policy, declared),
        })
    }

    /// The one door in: labels the objects and commits them with their receipt. Accepting the same again changes nothing.
    ///
    /// # Errors
    /// Where the store fails; then nothing happened.
    pub async fn accept(
        &self,
        submission: &Submission,
        prepared: Prepared,
        now: Timestamp,
    ) -> Result<Accepted, ExchangeError> {
        // Markings decide about other objects, so they are learnt one envelope at a time.
        let _changing = if prepared.has_markings() { Some(self.changing.lock().await) } else { None };
        let mut failures = Vec::new();
        let mut objects = Vec::with_capacity(prepared.entries.len());
        for (index, entry) in prepared.entries.into_iter().enumerate() {
            match entry {
                Entry::Good { object, meaning } => objects.push((index, object, meaning)),
                Entry::Bad(failure) => failures.push(failure),
            }
        }
        let new_markings = self.learn_markings(submission, &mut objects, &mut failures).await?;
        let mut operations = Vec::with_capacity(objects.len() + new_markings.len());
        let (labels, policy) = self.label(submission, &mut objects, &mut operations, &mut failures).await?;
        let copies: Vec<_> =
            operations.iter().filter_map(|operation| marking_copy(operation, &new_markings)).collect();
        let stored = copies.iter().filter_map(object_id).collect::<HashSet<_>>().len();
        operations.extend(copies);
        let id = uuid::Uuid::new_v4();
        let content = ReceiptContent {
            submitter: submission.submitter.clone(),
            collection: submission.collection.0,
            requested: now.micros(),
            failures,
            objects: objects.len(),
        };
        let record = Record::Submission(SubmissionRecord {
            partner: submission.submitter.clone(),
            origin: submission.origin.to_string(),
            collection: submission.collection.0,
            receipt: id,
            objects: objects.len(),
            failures: content.failures.len(),
            digest: digest(&objects),
        });
        let content_bytes =
            serde_json::to_vec(&content).map_err(|error| ExchangeError::Document("receipt", error))?;
        let receipt = ReceiptDraft {
            id: ReceiptId(id.as_u128()),
            expires: now.plus_seconds(self.limits.receipt_seconds),
            content: Bytes::from(content_bytes),
        };
        let entry = Some(record.draft(None)?);
        let batch = Batch { now, preconditions: Vec::new(), operations, receipt: Some(receipt), entry };
        let commit = self.store.commit(batch).await;
        if !new_markings.is_empty() && (commit.is_err() || stored < new_markings.len()) {
            // What was learnt is not held: what holds is what the store has.
            self.reload().await?;
        }
        let commit = commit?;
        if !new_markings.is_empty() {
            self.relabel_markings(&new_markings, &submission.origin, now).await?;
        }
        // A marking may have arrived between labelling and committing.
        self.relabel_resolved(&labels, &policy, now).await?;
        let outcomes = objects
            .iter()
            .zip(&commit.outcomes)
            .map(|((_, object, _), outcome)| (object.id().to_owned(), object.version(), *outcome));
        Ok(accepted(id, content, outcomes))
    }

    /// Labels each object and adds the operation that holds it; refuses those whose label would be one too many. Gives the
    /// labels and the policy that gave them.
    async fn label(
        &self,
        submission: &Submission,
        objects: &mut Vec<(usize, Object, [u8; 16])>,
        operations: &mut Vec<Operation>,
        failures: &mut Vec<Failure>,
    ) -> Result<(HashMap<Stamp, LabelId>, Arc<Policy>), ExchangeError> {
        let state = self.state.load_full();
        let origin = origin_number(&state, &submission.origin)?;
        let mut labels: HashMap<Stamp, LabelId> = HashMap::new();
        let mut labelled = Vec::with_capacity(objects.len());
        for (index, object, meaning) in objects.drain(..) {
            let stamp = submission.stamp(&state.policy, &object);
            let known = labels.get(&stamp).copied();
            let Some(label) = (match known {
                Some(label) => Some(label),
                None => self.intern(&stamp).await?,
            }) else {
                let message = "its origin uses more distinct labels than are kept";
                let finding = Finding::error(Code::LimitExceeded, "/object_marking_refs", "-", message);
                failures.push(failure(index, object.text_bytes(), &[finding]));
                continue;
            };
            if known.is_none() {
                labels.insert(stamp, label);
            }
            let collection = submission.collection;
            operations.push(Operation::Add { collection, label, origin, meaning, object: object.clone() });
            labelled.push((index, object, meaning));
        }
        *objects = labelled;
        Ok((labels, Arc::clone(&state.policy)))
    }

    /// Learns the marking-definitions of an envelope before anything is labelled by them, and refuses those that say
    /// something else than the same origin said before. Gives the ids of those that are new.
    async fn learn_markings(
        &self,
        submission: &Submission,
        objects: &mut Vec<(usize, Object, [u8; 16])>,
        failures: &mut Vec<Failure>,
    ) -> Result<HashSet<String>, ExchangeError> {
        let mut new = HashSet::new();
        let ids: Vec<_> =
            objects.iter().filter(|(_, object, _)| is_marking(object)).map(|(_, o, _)| o.id()).collect();
        if ids.is_empty() {
            return Ok(new);
        }
        let state = self.state.load_full();
        let origin = origin_number(&state, &submission.origin)?;
        let claims = self.store.claims(&ids).await?;
        let mut meanings: HashMap<String, [u8; 16]> = HashMap::new();
        for (id, claims) in ids.iter().zip(&claims) {
            let own = claims.iter().find(|claim| claim.collection == MARKINGS && claim.origin == origin);
            if let Some(claim) = own {
                meanings.insert((*id).to_owned(), claim.meaning);
            }
        }
        let mut policy = Policy::clone(&state.policy);
        objects.retain(|(index, object, meaning)| {
            if !is_marking(object) {
                return true;
            }
            let problem = match meanings.get(object.id()) {
                Some(known) if known == meaning => return true,
                Some(_) => "the same origin defined this marking otherwise before",
                None => {
                    let text = object.text();
                    let defined = object::tree(&text, &self.limits.object)
                        .is_ok_and(|tree| policy.define_marking(tree.root(), &submission.origin).is_ok());
                    if defined {
                        meanings.insert(object.id().to_owned(), *meaning);
                        new.insert(object.id().to_owned());
                        return true;
                    }
                    "there are more marking-definitions from this origin than are kept"
                }
            };
            let finding = Finding::error(Code::VersionConflict, "", "7.2", problem);
            failures.push(failure(*index, object.text_bytes(), &[finding]));
            false
        });
        if !new.is_empty() {
            let policy = Arc::new(policy);
            self.state.rcu(|state| State { policy: Arc::clone(&policy), ..State::clone(state) });
        }
        Ok(new)
    }

    /// A receipt, for the partner that got it and nobody else.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn receipt(
        &self,
        id: uuid::Uuid,
        partner: &str,
        now: Timestamp,
    ) -> Result<Option<Accepted>, ExchangeError> {
        let Some(receipt) = self.store.receipt(ReceiptId(id.as_u128()), now).await? else { return Ok(None) };
        let Receipt { content, outcomes, .. } = receipt;
        let content: ReceiptContent =
            serde_json::from_slice(&content).map_err(|error| ExchangeError::Document("receipt", error))?;
        if content.submitter != partner || partner.is_empty() {
            return Ok(None);
        }
        Ok(Some(accepted(id, content, outcomes.into_iter())))
    }
}

fn origin_number(state: &State, origin: &Organisation) -> Result<OriginNumber, ExchangeError> {
    state.world.as_ref().and_then(|known| known.registry.origin(origin)).ok_or(ExchangeError::NoWorld)
}

/// The copy of a new marking-definition by which it is found again when the node starts.
fn marking_copy(operation: &Operation, new: &HashSet<String>) -> Option<Operation> {
    let Operation::Add { label, origin, meaning, object, .. } = operation else { return None };
    new.contains(object.id()).then(|| Operation::Add {
        collection: MARKINGS,
        label: *label,
        origin: *origin,
        meaning: *meaning,
        object: object.clone(),
    })
}

fn object_id(operation: &Operation) -> Option<&str> {
    if let Operation::Add { object, .. } = operation { Some(object.id()) } else { None }
}

/// SHA-256 over id, version and meaning of each object, in hexadecimal digits.
fn digest(objects: &[(usize, Object, [u8; 16])]) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for (_, object, meaning) in objects {
        context.update(object.id().as_bytes());
        context.update(&object.version().map_or(0, Timestamp::micros).to_le_bytes());
        context.update(meaning);
    }
    hex(context.finish().as_ref())
}

fn accepted(
    id: uuid::Uuid,
    content: ReceiptContent,
    outcomes: impl Iterator<Item = (String, Option<Timestamp>, Outcome)>,
) -> Accepted {
    let mut accepted = Accepted {
        id,
        requested: Timestamp::from_micros(content.requested),
        successes: Vec::with_capacity(content.objects),
        added: 0,
        failures: content.failures,
    };
    for (object, version, outcome) in outcomes.take(content.objects) {
        let refused = |code: Code, message: &str| Failure {
            index: None,
            id: Some(object.clone()),
            version: version.map(|version| version.to_string()),
            message: Finding::error(code, "", "-", message).to_string(),
            codes: vec![code.to_string()],
        };
        match outcome {
            Outcome::Added(sequence) | Outcome::Unchanged(sequence) => {
                accepted.added += usize::from(matches!(outcome, Outcome::Added(_)));
                accepted.successes.push((object, version.unwrap_or(sequence.date_added())));
            }
            Outcome::Differs(_) => {
                let message = "the same origin sent other content under this id and version before";
                accepted.failures.push(refused(Code::VersionConflict, message));
            }
            Outcome::Full => {
                let message = "there are more versions of this id than are kept";
                accepted.failures.push(refused(Code::TooManyVersions, message));
            }
            Outcome::Removed(_) | Outcome::Absent | Outcome::Written => {}
        }
    }
    accepted
}
