//! What does a running node hold in memory? The policy, the stamps that labels stand for, the declared world.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use releasability::{Organisation, Policy, Stamp};
use stix::{Limits, Timestamp, json::Tree};
use store::{
    Batch, Document, DocumentName, Held, LabelId, LabelSet, Operation, Precondition, Store, StoreError,
};
use tokio::sync::Mutex;

use crate::{
    access::Partner,
    checkpoint::Signer,
    detect::Detecting,
    ledger::{CredentialChange, Record},
    registry::{Credential, Holder, MARKINGS, Registry},
    settle::{Pending, Place, Side, gained, horizon_operation, outdated},
    views::Views,
    world::{Difference, World, WorldProblem, differences},
};

/// Bounds of the journeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeLimits {
    /// Bounds of one object.
    pub object: Limits,
    /// How many elements one envelope may have.
    pub envelope_objects_max: usize,
    /// How many distinct labels one origin may use.
    pub labels_per_origin_max: usize,
    /// How long a receipt is kept, in seconds; TAXII 2.1 section 4.3 asks for 24 hours.
    pub receipt_seconds: i64,
    /// How many objects are read at most to answer for the references of one page.
    pub reference_reads_max: usize,
    /// How many objects this node's organisation may disagree with in one collection; with more, nothing is exported from it.
    pub suppressed_max: usize,
}

impl Default for ExchangeLimits {
    fn default() -> Self {
        Self {
            object: Limits::DEFAULT,
            envelope_objects_max: 50_000,
            labels_per_origin_max: 2000,
            receipt_seconds: 48 * 3600,
            reference_reads_max: 100_000,
            suppressed_max: 1_000_000,
        }
    }
}

/// Why a journey ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// Nothing was declared yet.
    #[error("this node has no world yet: run `cresset apply`")]
    NoWorld,
    /// A document of ours in the store cannot be read.
    #[error("the document `{0}` in the store cannot be read")]
    Document(&'static str, #[source] serde_json::Error),
    /// The search index failed.
    #[error(transparent)]
    Index(#[from] crate::search::IndexError),
}

/// Why a declaration was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The declaration contradicts itself.
    #[error("the declaration has {} problem(s)", .0.len())]
    Problems(Vec<WorldProblem>),
    /// Somebody else applied another one meanwhile.
    #[error("another declaration was applied meanwhile")]
    Conflict,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// What applying a declaration did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What changed; empty where nothing did.
    pub differences: Vec<Difference>,
    /// The version of the declaration in force afterwards.
    pub version: u64,
}

/// A collection as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CollectionSummary {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its alias.
    pub alias: String,
    /// Its title.
    pub title: String,
    /// How many claims it holds.
    pub objects: u64,
    /// How many distinct labels they have.
    pub labels: usize,
}

/// The journeys over one store. Whoever has them has no way to the store itself:
/// ```compile_fail
/// # fn reach(exchange: &cresset_exchange::Exchange) {
/// let store = &exchange.store;
/// # }
/// ```
/// ```
/// # fn ask(exchange: &cresset_exchange::Exchange) {
/// let name = exchange.backend();
/// # }
/// ```
#[derive(Debug)]
pub struct Exchange {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) limits: ExchangeLimits,
    pub(crate) state: ArcSwap<State>,
    /// Held while policy or labels change.
    pub(crate) changing: Mutex<()>,
    /// Held while what is left to do is written down.
    pub(crate) deferring: Mutex<()>,
    /// Held while what is left is done.
    pub(crate) settling: Mutex<()>,
    /// Held while numbers of rules are given.
    pub(crate) numbering: Mutex<()>,
    pub(crate) signer: Option<Signer>,
    pub(crate) views: Views,
    pub(crate) detecting: Detecting,
    alarms: AtomicU64,
}

/// What is swapped whole when the world, a marking or a label is added.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) world: Option<Arc<Known>>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) stamps: Arc<Stamps>,
    /// Labels in collections that are being computed anew.
    pub(crate) waiting: Arc<BTreeSet<Place>>,
}

/// The declared world in force.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) registry: Registry,
    pub(crate) partners: HashMap<String, Arc<Partner>>,
    /// This node's own organisation as a reader.
    pub(crate) own: Arc<Partner>,
    pub(crate) version: u64,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) credentials_version: u64,
}

/// Which stamp each label number stands for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stamps {
    by_id: HashMap<LabelId, Arc<Stamp>>,
    by_stamp: HashMap<Arc<Stamp>, LabelId>,
    counts: HashMap<Organisation, usize>,
}

impl Stamps {
    pub(crate) fn get(&self, id: LabelId) -> Option<&Arc<Stamp>> {
        self.by_id.get(&id)
    }

    pub(crate) fn id(&self, stamp: &Stamp) -> Option<LabelId> {
        self.by_stamp.get(stamp).copied()
    }

    /// How many stamps there are of one origin.
    fn count(&self, origin: &Organisation) -> usize {
        self.counts.get(origin).copied().unwrap_or(0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (LabelId, &Stamp)> {
        self.by_id.iter().map(|(id, stamp)| (*id, stamp.as_ref()))
    }

    fn insert(&mut self, id: LabelId, stamp: Stamp) {
        if self.by_id.contains_key(&id) {
            return;
        }
        *self.counts.entry(stamp.origin.clone()).or_default() += 1;
        let stamp = Arc::new(stamp);
        self.by_id.insert(id, Arc::clone(&stamp));
        self.by_stamp.insert(stamp, id);
    }
}

const WORLD: &str = "world";
const CREDENTIALS: &str = "credentials";

fn name(document: &str) -> DocumentName {
    DocumentName(document.to_owned())
}

impl Exchange {
    /// Opens the journeys over a store: reads the declared world, the labels, and the markings held.
    ///
    /// # Errors
    /// Where the store fails or holds documents that cannot be read.
    pub async fn open(
        store: Arc<dyn Store>,
        limits: ExchangeLimits,
        now: Timestamp,
    ) -> Result<Self, ExchangeError> {
        let nobody = Policy::new(nobody());
        let state =
            State { world: None, policy: Arc::new(nobody), stamps: Arc::default(), waiting: Arc::default() };
        let exchange = Self {
            store,
            limits,
            state: ArcSwap::from_pointee(state),
            changing: Mutex::new(()),
            deferring: Mutex::new(()),
            settling: Mutex::new(()),
            numbering: Mutex::new(()),
            signer: None,
            views: Views::default(),
            detecting: Detecting::default(),
            alarms: AtomicU64::new(0),
        };
        exchange.reload().await?;
        exchange.relabel_all_resolved(now).await?;
        exchange.begin_ledger(now).await?;
        exchange.catch_up(now).await?;
        Ok(exchange)
    }

    /// Signs the ledger with this key from now on.
    #[must_use]
    pub fn signing_with(mut self, signer: Signer) -> Self {
        self.signer = Some(signer);
        self
    }

    /// A store that was filled before there was a ledger has a declaration in force that no entry speaks of.
    async fn begin_ledger(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let Some(known) = state.world.as_ref() else { return Ok(()) };
        if self.store.head().await?.number.0 > 0 {
            return Ok(());
        }
        let record = policy_record(known.version, &known.registry, Vec::new())?;
        self.note(&record, None, now).await
    }

    /// Reads everything again from the store.
    pub(crate) async fn reload(&self) -> Result<(), ExchangeError> {
        let mut stamps = Stamps::default();
        for (id, content) in self.store.labels().await? {
            let stamp =
                serde_json::from_slice(&content).map_err(|error| ExchangeError::Document("label", error))?;
            stamps.insert(id, stamp);
        }
        let registry = self.store.document(&name(WORLD)).await?;
        let credentials = self.store.document(&name(CREDENTIALS)).await?;
        let world = read_world(&registry, &credentials)?;
        let mut policy =
            world.as_ref().map_or_else(|| Policy::new(nobody()), |known| known.registry.policy());
        self.define_held_markings(&mut policy, &stamps).await?;
        let waiting = Arc::new(self.pending().await?.relabel);
        let (world, policy) = (world.map(Arc::new), Arc::new(policy));
        self.state.rcu(|current| {
            // Others intern meanwhile, so nothing that is known is forgotten.
            let mut known = Stamps::clone(&current.stamps);
            stamps.iter().for_each(|(id, stamp)| known.insert(id, stamp.clone()));
            State {
                world: world.clone(),
                policy: Arc::clone(&policy),
                stamps: Arc::new(known),
                waiting: Arc::clone(&waiting),
            }
        });
        Ok(())
    }

    async fn define_held_markings(&self, policy: &mut Policy, stamps: &Stamps) -> Result<(), ExchangeError> {
        self.each_marking(stamps, |text, origin| {
            // What cannot be read stays unknown, and withholds.
            if let Ok(tree) = Tree::parse(text, &self.limits.object)
                && policy.define_marking(tree.root(), origin).is_err()
            {
                tracing::warn!(%origin, "too many marking-definitions; the rest is not understood");
            }
        })
        .await
    }

    /// Goes through the marking-definitions held, in the order in which they came: text, and who brought it.
    pub(crate) async fn each_marking(
        &self,
        stamps: &Stamps,
        mut each: impl FnMut(&[u8], &Organisation) + Send,
    ) -> Result<(), ExchangeError> {
        let all: LabelSet = stamps.iter().map(|(id, _)| id).collect();
        let told = |held: &Held| {
            if let Some(stamp) = stamps.get(held.label) {
                each(held.object.inspect().text_bytes(), &stamp.origin);
            }
        };
        Ok(self.each_held(MARKINGS, &all, &[], told).await?)
    }

    /// The number of a stamp, interned where it is new; none where its origin has as many as it may, so that nobody uses up
    /// the numbers of others.
    pub(crate) async fn intern(&self, stamp: &Stamp) -> Result<Option<LabelId>, ExchangeError> {
        {
            let state = self.state.load();
            if let Some(id) = state.stamps.id(stamp) {
                return Ok(Some(id));
            }
            if state.stamps.count(&stamp.origin) >= self.limits.labels_per_origin_max {
                return Ok(None);
            }
        }
        let content = serde_json::to_vec(stamp).map_err(|error| ExchangeError::Document("label", error))?;
        let id = self.store.intern(Bytes::from(content)).await?;
        self.state.rcu(|state| {
            let mut stamps = Stamps::clone(&state.stamps);
            stamps.insert(id, stamp.clone());
            State { stamps: Arc::new(stamps), ..State::clone(state) }
        });
        Ok(Some(id))
    }

    /// Applies a declaration: what is in force afterwards is what it says. Applying it again changes nothing.
    ///
    /// # Errors
    /// [`ApplyError`]; then nothing changed.
    pub async fn apply(&self, world: World, mode: ApplyMode, now: Timestamp) -> Result<Applied, ApplyError> {
        let problems = world.problems();
        if !problems.is_empty() {
            return Err(ApplyError::Problems(problems));
        }
        let changing = self.changing.lock().await;
        let known = self.state.load().world.clone();
        let before = known.as_ref().map(|known| &known.registry);
        let version = known.as_ref().map_or(0, |known| known.version);
        let differences = differences(before.map(|before| &before.world), &world);
        if differences.is_empty() || mode == ApplyMode::DryRun {
            return Ok(Applied { differences, version });
        }
        let registry = Registry::new(world, before);
        let record = policy_record(version + 1, &registry, differences.clone())?;
        let deferring = self.deferring.lock().await;
        let operations = self.consequences(known.as_deref(), &registry, now).await?;
        self.write_document((WORLD, version), &registry, (operations, record), now).await.map_err(
            |error| match error {
                ExchangeError::Store(StoreError::Conflict(_)) => ApplyError::Conflict,
                other @ (ExchangeError::Store(_)
                | ExchangeError::NoWorld
                | ExchangeError::Document(..)
                | ExchangeError::Index(_)) => ApplyError::Exchange(other),
            },
        )?;
        self.reload().await?;
        drop((deferring, changing));
        self.settle(now).await?;
        Ok(Applied { differences, version: version + 1 })
    }

    /// What is left to do once a declaration is in force, to be written down together with it; nobody else may write down
    /// anything meanwhile.
    async fn consequences(
        &self,
        known: Option<&Known>,
        registry: &Registry,
        now: Timestamp,
    ) -> Result<Vec<Operation>, ExchangeError> {
        let state = self.state.load_full();
        let Some(known) = known else { return Ok(vec![horizon_operation(now)]) };
        let mut policy = registry.policy();
        self.define_held_markings(&mut policy, &state.stamps).await?;
        let partners = registry.partners(&policy);
        let counts = self.store.counts().await?;
        let before = Side { policy: &state.policy, partners: &known.partners, now };
        let after = Side { policy: &policy, partners: &partners, now };
        let pending = Pending {
            relabel: outdated((&known.registry, &state.policy), (registry, &policy), &state, &counts),
            gained: gained(&before, &after, &state, &counts),
            ..Pending::default()
        };
        let pending = self.pending().await?.with(pending);
        let mut operations = vec![horizon_operation(now)];
        if !pending.is_empty() {
            operations.push(pending.operation()?);
        }
        Ok(operations)
    }

    async fn write_document<T: serde::Serialize>(
        &self,
        (document, version): (&'static str, u64),
        content: &T,
        (mut operations, record): (Vec<Operation>, Record),
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let content =
            serde_json::to_vec(content).map_err(|error| ExchangeError::Document(document, error))?;
        operations.push(Operation::Document { name: name(document), content: content.into() });
        let batch = Batch {
            now,
            preconditions: vec![Precondition::DocumentVersion { name: name(document), version }],
            operations,
            receipt: None,
            entry: Some(record.draft(None)?),
        };
        self.store.commit(batch).await?;
        Ok(())
    }

    /// The credentials of all partners, as kept.
    pub fn credentials(&self) -> Vec<Credential> {
        self.state.load().world.as_ref().map(|known| known.credentials.clone()).unwrap_or_default()
    }

    /// Changes the credentials of partners.
    ///
    /// # Errors
    /// Where the store fails, or nothing is declared yet.
    pub async fn change_credentials(
        &self,
        change: impl FnOnce(&mut Vec<Credential>) + Send,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let _changing = self.changing.lock().await;
        let known = self.state.load().world.clone().ok_or(ExchangeError::NoWorld)?;
        let mut credentials = known.credentials.clone();
        change(&mut credentials);
        let record = Record::Credentials { changes: changes(&known.credentials, &credentials) };
        let document = (CREDENTIALS, known.credentials_version);
        self.write_document(document, &credentials, (Vec::new(), record), now).await?;
        self.reload().await
    }

    /// The declared world in force.
    pub fn world(&self) -> Option<World> {
        self.state.load().world.as_ref().map(|known| known.registry.world.clone())
    }

    /// A number that changes with every change of the world or the credentials.
    pub fn world_version(&self) -> (u64, u64) {
        self.state.load().world.as_ref().map_or((0, 0), |known| (known.version, known.credentials_version))
    }

    /// The collections with their sizes, for administrators.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn collections(&self) -> Result<Vec<CollectionSummary>, ExchangeError> {
        let counts = self.store.counts().await?;
        let state = self.state.load();
        let Some(known) = state.world.as_ref() else { return Ok(Vec::new()) };
        let collections = known.registry.world.collections.iter().map(|collection| {
            let number = known.registry.number(collection);
            let own = || counts.iter().filter(|count| Some(count.collection) == number && count.count > 0);
            CollectionSummary {
                id: collection.id,
                alias: collection.alias.clone(),
                title: collection.title.clone(),
                objects: own().map(|count| count.count).sum(),
                labels: own().count(),
            }
        });
        Ok(collections.collect())
    }

    /// How often the store gave an object that the policy then withheld by its label. Always 0, or something is broken.
    pub fn alarms(&self) -> u64 {
        self.alarms.load(Ordering::Relaxed)
    }

    pub(crate) fn raise_alarm(&self) {
        self.alarms.fetch_add(1, Ordering::Relaxed);
        tracing::error!("the store gave an object that the policy withholds by its label");
    }

    /// The name of the store's backend.
    pub fn backend(&self) -> &'static str {
        self.store.name()
    }

    /// When something changed last.
    pub fn last_change(&self) -> Timestamp {
        self.store.last().date_added()
    }

    /// Does what was asked before, and lets go of the store.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn close(&self) -> Result<(), ExchangeError> {
        Ok(self.store.close().await?)
    }

    /// The bounds in force.
    pub fn limits(&self) -> &ExchangeLimits {
        &self.limits
    }
}

/// Whether [`Exchange::apply`] changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyMode {
    /// It does.
    Change,
    /// It only says what it would change.
    DryRun,
}

/// What is written for a declaration.
pub(crate) fn world_operation(registry: &Registry) -> Result<Operation, ExchangeError> {
    let content = serde_json::to_vec(registry).map_err(|error| ExchangeError::Document(WORLD, error))?;
    Ok(Operation::Document { name: name(WORLD), content: content.into() })
}

fn policy_record(
    version: u64,
    registry: &Registry,
    differences: Vec<Difference>,
) -> Result<Record, ExchangeError> {
    let registry = serde_json::to_value(registry).map_err(|error| ExchangeError::Document(WORLD, error))?;
    Ok(Record::Policy { version, registry: Box::new(registry), differences })
}

fn changes(before: &[Credential], after: &[Credential]) -> Vec<(String, uuid::Uuid, CredentialChange)> {
    let is_in = |list: &[Credential], one: &Credential| list.iter().any(|other| other.id == one.id);
    let gone = before.iter().filter(|one| !is_in(after, one)).map(|one| (one, CredentialChange::Withdrawn));
    let new = after.iter().filter(|one| !is_in(before, one)).map(|one| (one, CredentialChange::Issued));
    let whose = |one: &Credential| match one.holder {
        Holder::Partner => one.partner.clone(),
        // No partner's name has a slash.
        Holder::Sensor => format!("sensor/{}", one.partner),
    };
    gone.chain(new).map(|(one, change)| (whose(one), one.id, change)).collect()
}

fn read_world(registry: &Document, credentials: &Document) -> Result<Option<Known>, ExchangeError> {
    if registry.version == 0 {
        return Ok(None);
    }
    let kept = if credentials.version == 0 {
        Vec::new()
    } else {
        serde_json::from_slice(&credentials.content)
            .map_err(|error| ExchangeError::Document(CREDENTIALS, error))?
    };
    let (registry, version): (Registry, u64) = (
        serde_json::from_slice(&registry.content).map_err(|error| ExchangeError::Document(WORLD, error))?,
        registry.version,
    );
    let policy = registry.policy();
    Ok(Some(Known {
        partners: registry.partners(&policy),
        own: Arc::new(registry.own(&policy)),
        registry,
        version,
        credentials: kept,
        credentials_version: credentials.version,
    }))
}

/// The organisation of a node that nobody declared yet; it is nobody's origin.
fn nobody() -> Organisation {
    Organisation::new("identity--00000000-0000-0000-0000-000000000000")
        .unwrap_or_else(|_| unreachable!("the nil identity is well-formed"))
}
