//! What may an administrator of this node do? The same commands work on a data directory and through a running node's socket.

mod people;

use std::fmt;

use exchange::{
    ApplyError, ApplyMode, Checkpoint, CollectionSummary, Coverage, Credential, DraftPreview, Exchange,
    ExchangeError, Exported, Holder, IngestError, Knowledge, Preview, Purpose, Receipt, Reindexed, Replayed,
    Secret, SensorAlert, Verified,
    world::{Difference, FeedDeclared, World},
};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::ledger::EntryNumber;
use uuid::Uuid;

pub use people::{NewUser, PeopleCommand, UserSummary};

/// An envelope that is not published yet. It can be shown by nothing.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Draft(pub String);

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draft(…)")
    }
}

/// A command.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Makes the declaration true, or says what would change.
    Apply {
        /// The declaration.
        world: Box<World>,
        /// Whether to say only.
        dry_run: bool,
    },
    /// Gives the declaration in force.
    World,
    /// Lists the collections with their sizes.
    Collections,
    /// Makes a token for a partner.
    IssueToken {
        /// The partner's name.
        partner: String,
        /// What it is for.
        note: String,
        /// From when on it is refused.
        expires: Option<String>,
    },
    /// Makes a token for a sensor.
    IssueSensorToken {
        /// The sensor's name.
        sensor: String,
        /// What it is for.
        note: String,
        /// From when on it is refused.
        expires: Option<String>,
    },
    /// Makes a password for a partner, in place of the one before.
    IssuePassword {
        /// The partner's name.
        partner: String,
    },
    /// Lists credentials, without secrets.
    Credentials,
    /// Withdraws a credential.
    Withdraw {
        /// Its id.
        id: Uuid,
    },
    /// Shows what a partner gets of an object.
    Preview {
        /// The object.
        id: String,
        /// The partner's name.
        partner: String,
    },
    /// Shows what partners would get of what is not published yet, and where it says too much.
    PreviewDraft {
        /// Where it would be published: the collection's alias or id.
        collection: String,
        /// The envelope or bundle.
        envelope: Draft,
        /// Only for this partner.
        partner: Option<String>,
    },
    /// Says what a partner knows of a value.
    Know {
        /// The value.
        value: String,
        /// The partner's name.
        partner: String,
    },
    /// Says who has an indicator, and what they saw.
    Coverage {
        /// Its id.
        id: String,
    },
    /// Throws the search index away and builds it again.
    Reindex,
    /// Gives what the node's own sensors saw since it started.
    Alerts {
        /// Only those after this number.
        after: u64,
    },
    /// Gives the names that the node's own organisation may read in a collection, page by page.
    Names {
        /// The collection's alias or id.
        collection: String,
        /// Only those behind this place; 0 for the first.
        after: u64,
    },
    /// Says how the node is.
    Doctor,
    /// Asks the ledger.
    Audit(AuditCommand),
    /// Sees to the node's own people.
    People(PeopleCommand),
}

/// What the ledger is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditCommand {
    /// Is it whole?
    Verify {
        /// Checkpoints that were kept elsewhere.
        kept: Vec<Checkpoint>,
        /// The only public key that may have signed.
        key: Option<String>,
    },
    /// Was it right?
    Replay,
    /// Who got an object?
    Who {
        /// Its id.
        id: String,
    },
    /// Vouch for it now.
    Checkpoint,
    /// Give the entries after a number.
    Export {
        /// The number.
        after: u64,
    },
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// What changed, or would.
    Applied {
        /// Entry by entry.
        differences: Vec<Difference>,
        /// The version in force.
        version: u64,
    },
    /// The declaration in force.
    World(Option<Box<World>>),
    /// The collections.
    Collections(Vec<CollectionSummary>),
    /// A secret, shown this once.
    Secret {
        /// The credential's id.
        id: Uuid,
        /// The secret.
        secret: String,
    },
    /// The credentials.
    Credentials(Vec<CredentialSummary>),
    /// It is withdrawn.
    Withdrawn,
    /// The search index is built again.
    Reindexed(Reindexed),
    /// What the partner gets.
    Preview(Box<Preview>),
    /// What partners would get.
    DraftPreview(Box<DraftPreview>),
    /// What a partner knows.
    Knowledge(Knowledge),
    /// Who has an indicator, and what they saw.
    Coverage(Coverage),
    /// What the node's own sensors saw.
    Alerts(Vec<SensorAlert>),
    /// Names that are held.
    Names(exchange::Holdings),
    /// How the node is.
    Doctor(Report),
    /// What the ledger says.
    Audit(AuditReply),
    /// The node's own people.
    Users(Vec<UserSummary>),
    /// A password of one of them, shown this once; none where the account signs in otherwise.
    Password {
        /// Whose.
        user: String,
        /// The password.
        password: Option<String>,
    },
    /// It is done.
    Done,
    /// Why it was not done.
    Refused {
        /// In words.
        reasons: Vec<String>,
    },
}

/// What the ledger says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditReply {
    /// Whether the ledger is whole.
    Verified(Verified),
    /// Whether it was right.
    Replayed(Replayed),
    /// Who got an object.
    Who(Vec<Receipt>),
    /// The node's signature under the ledger.
    Checkpoint(Checkpoint),
    /// Entries of the ledger; none behind the last.
    Exported(Vec<Exported>),
}

/// A credential without its secret.
#[derive(Debug, Serialize, Deserialize)]
pub struct CredentialSummary {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub partner: String,
    /// `token`, `password`, or `sensor` for the token of a sensor.
    pub kind: String,
    /// What it is for.
    pub note: String,
    /// When it was made.
    pub created: String,
    /// From when on it is refused.
    pub expires: Option<String>,
}

/// How a node is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// The store's backend.
    pub backend: String,
    /// Date added of the last change.
    pub last_change: String,
    /// How many objects it holds.
    pub objects: u64,
    /// See [`Exchange::alarms`].
    pub alarms: u64,
    /// What an administrator should look at.
    pub remarks: Vec<String>,
}

/// Why a command could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The journeys failed.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// Somebody's account is not as it was to be.
    #[error(transparent)]
    Account(console::account::AccountError),
    /// The machine has no randomness.
    #[error("the machine has no randomness")]
    Randomness,
    /// The machine has no randomness.
    #[error("the password cannot be hashed: {0}")]
    Hash(console::HashError),
}

/// So many alerts are given at once.
const ALERTS_MAX: usize = 1000;

/// Carries out a command.
///
/// # Errors
/// [`AdminError`]; what the administrator can mend is a [`Reply::Refused`] instead.
pub async fn execute(exchange: &Exchange, command: Command, now: Timestamp) -> Result<Reply, AdminError> {
    Ok(match command {
        Command::Apply { world, dry_run } => {
            let mode = if dry_run { ApplyMode::DryRun } else { ApplyMode::Change };
            match exchange.apply(*world, mode, now).await {
                Ok(applied) => Reply::Applied { differences: applied.differences, version: applied.version },
                Err(ApplyError::Problems(problems)) => {
                    Reply::Refused { reasons: problems.iter().map(ToString::to_string).collect() }
                }
                Err(ApplyError::Conflict) => refused(&ApplyError::Conflict.to_string()),
                Err(ApplyError::Exchange(error)) => return Err(error.into()),
            }
        }
        Command::World => Reply::World(exchange.world().map(Box::new)),
        Command::Collections => Reply::Collections(exchange.collections().await?),
        Command::IssueToken { partner, note, expires } => {
            issue_token(exchange, (Holder::Partner, &partner), (note, expires), now).await?
        }
        Command::IssueSensorToken { sensor, note, expires } => {
            issue_token(exchange, (Holder::Sensor, &sensor), (note, expires), now).await?
        }
        Command::IssuePassword { partner } => {
            let password = console::new_token();
            let secret = Secret::Password(crate::hash_password(&password).map_err(AdminError::Hash)?);
            issue(exchange, credential(&partner, secret, now), password, now).await?
        }
        Command::Credentials => Reply::Credentials(exchange.credentials().into_iter().map(summary).collect()),
        Command::Withdraw { id } => {
            if !exchange.credentials().iter().any(|credential| credential.id == id) {
                return Ok(refused("there is no credential with this id"));
            }
            exchange.change_credentials(|all| all.retain(|credential| credential.id != id), now).await?;
            Reply::Withdrawn
        }
        Command::Preview { id, partner } => match exchange.preview(&id, &partner, now).await? {
            Some(preview) if preview.copies.is_empty() => refused("no object with this id is held here"),
            Some(preview) => Reply::Preview(Box::new(preview)),
            None => refused("there is no partner of this name"),
        },
        Command::PreviewDraft { collection, envelope, partner } => {
            if partner.as_ref().is_some_and(|partner| !exchange.has_partner(partner)) {
                return Ok(refused("there is no partner of this name"));
            }
            let draft = (collection.as_str(), envelope.0.as_bytes());
            match exchange.preview_draft(draft, partner.as_deref(), now).await {
                Ok(preview) => Reply::DraftPreview(Box::new(preview)),
                Err(IngestError::Exchange(error)) => return Err(error.into()),
                Err(error) => refused(&error.to_string()),
            }
        }
        Command::Know { value, partner } => {
            match exchange.know((&partner, &value), Purpose::Preview, now).await? {
                Some(knowledge) => Reply::Knowledge(knowledge),
                None => refused("there is no partner of this name"),
            }
        }
        Command::Coverage { id } => Reply::Coverage(exchange.coverage(&id, now).await?),
        Command::Reindex => Reply::Reindexed(exchange.reindex().await?),
        Command::Alerts { after } => Reply::Alerts(exchange.alerts(after, ALERTS_MAX)),
        Command::Names { collection, after } => {
            Reply::Names(exchange.holdings(&collection, store::Sequence::new(after), now).await?)
        }
        Command::Doctor => Reply::Doctor(report(exchange, now).await?),
        Command::Audit(command) => audit(exchange, command, now).await?,
        Command::People(command) => people::execute(exchange, command, now).await?,
    })
}

async fn audit(exchange: &Exchange, command: AuditCommand, now: Timestamp) -> Result<Reply, ExchangeError> {
    Ok(Reply::Audit(match command {
        AuditCommand::Verify { kept, key } => {
            AuditReply::Verified(exchange.verify(&kept, key.as_deref()).await?)
        }
        AuditCommand::Replay => AuditReply::Replayed(exchange.replay().await?),
        AuditCommand::Who { id } => AuditReply::Who(exchange.who(&id).await?),
        AuditCommand::Checkpoint => match exchange.checkpoint(now).await? {
            Some(checkpoint) => AuditReply::Checkpoint(checkpoint),
            None => return Ok(refused("the ledger is empty, or the node has no key")),
        },
        AuditCommand::Export { after } => {
            let entries = exchange.entries(EntryNumber(after)).await?;
            AuditReply::Exported(entries.iter().map(Exported::from).collect())
        }
    }))
}

fn refused(reason: &str) -> Reply {
    Reply::Refused { reasons: vec![reason.to_owned()] }
}

fn credential(partner: &str, secret: Secret, now: Timestamp) -> Credential {
    Credential {
        id: Uuid::new_v4(),
        partner: partner.to_owned(),
        holder: Holder::Partner,
        secret,
        note: String::new(),
        created: now.to_string(),
        expires: None,
    }
}

async fn issue_token(
    exchange: &Exchange,
    (holder, name): (Holder, &str),
    (note, expires): (String, Option<String>),
    now: Timestamp,
) -> Result<Reply, ExchangeError> {
    if expires.as_ref().is_some_and(|text| Timestamp::parse(text).is_err()) {
        return Ok(refused("`expires` is no timestamp"));
    }
    let token = console::new_token();
    let secret = Secret::Token(crate::hash_token(&token));
    let credential = Credential { holder, note, expires, ..credential(name, secret, now) };
    issue(exchange, credential, token, now).await
}

async fn issue(
    exchange: &Exchange,
    credential: Credential,
    secret: String,
    now: Timestamp,
) -> Result<Reply, ExchangeError> {
    let Some(world) = exchange.world() else { return Err(ExchangeError::NoWorld) };
    let is_feed = |feed: &FeedDeclared| FeedDeclared::credential_name(&feed.name) == credential.partner;
    match credential.holder {
        Holder::Partner if !exchange.has_partner(&credential.partner) && !world.feeds.iter().any(is_feed) => {
            return Ok(refused("there is no partner or feed of this name"));
        }
        Holder::Sensor if !exchange.has_sensor(&credential.partner) => {
            return Ok(refused("there is no sensor of this name"));
        }
        Holder::Partner | Holder::Sensor => {}
    }
    let id = credential.id;
    let change = |all: &mut Vec<Credential>| {
        if matches!(credential.secret, Secret::Password(_)) {
            all.retain(|old| old.partner != credential.partner || matches!(old.secret, Secret::Token(_)));
        }
        all.push(credential);
    };
    exchange.change_credentials(change, now).await?;
    Ok(Reply::Secret { id, secret })
}

fn summary(credential: Credential) -> CredentialSummary {
    let kind = match credential.secret {
        Secret::Token(_) if credential.holder == Holder::Sensor => "sensor",
        Secret::Token(_) => "token",
        Secret::Password(_) => "password",
    };
    CredentialSummary {
        id: credential.id,
        partner: credential.partner,
        kind: kind.to_owned(),
        note: credential.note,
        created: credential.created,
        expires: credential.expires,
    }
}

async fn report(exchange: &Exchange, now: Timestamp) -> Result<Report, ExchangeError> {
    let collections = exchange.collections().await?;
    Ok(Report {
        backend: exchange.backend().to_owned(),
        last_change: exchange.last_change().to_micros_text(),
        objects: collections.iter().map(|collection| collection.objects).sum(),
        alarms: exchange.alarms(),
        remarks: console::remarks(exchange, now),
    })
}
