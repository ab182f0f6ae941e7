//! How do commands reach a running node? Through a socket in its data directory that only its owner may open.

use std::{os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Duration};

use exchange::{Accepted, IngestError};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
};

use crate::{
    admin::{self, Command, Reply},
    export::{self, Asked, CHUNK_BYTES, Summary},
    serve::App,
};

/// The longest message either way, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// How long the rest of a message may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked through the socket: a head of JSON, and for imports an envelope behind it.
#[derive(Debug, Serialize, Deserialize)]
enum Head {
    Command(Command),
    Import { collection: String },
    Export(Asked),
}

#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Reply(Reply),
    Imported(Imported),
    /// A part follows, piece by piece; an empty piece ends it.
    Part(String),
    Exported(Summary),
    /// What was asked for cannot be had.
    Refused(String),
    Failed(String),
}

/// What became of an imported envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Objects held now that were not before.
    pub added: usize,
    /// Objects that were held before.
    pub unchanged: usize,
    /// Warnings of validation; such objects are kept.
    pub warnings: usize,
    /// What was refused.
    pub failures: Vec<exchange::Failure>,
}

impl Imported {
    /// From what became of an envelope.
    pub fn new(accepted: Accepted, warnings: usize) -> Self {
        Self {
            added: accepted.added,
            unchanged: accepted.successes.len() - accepted.added,
            warnings,
            failures: accepted.failures,
        }
    }
}

/// Why a command did not get through.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Nobody answers, or not to the end.
    #[error("the node does not answer on its local socket")]
    Io(#[from] std::io::Error),
    /// The other side speaks otherwise.
    #[error("the node's answer is not understood; is it another version?")]
    Json(#[from] serde_json::Error),
    /// The node said no.
    #[error("{0}")]
    Failed(String),
    /// What was asked for cannot be had.
    #[error("{0}")]
    Refused(String),
}

/// Opens the socket, in place of one that nobody answers on any more.
pub(crate) fn bind(path: &Path) -> std::io::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_err() {
        let _ = std::fs::remove_file(path);
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers until the server stops.
pub(crate) async fn answer(listener: UnixListener, app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        let stream = tokio::select! {
            _ = stopped.changed() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else { continue };
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            if let Err(error) = converse(stream, &app).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a command ended early");
            }
        });
    }
}

async fn converse(mut stream: UnixStream, app: &Arc<App>) -> Result<(), SocketError> {
    loop {
        let Some(head) = receive(&mut stream).await? else { return Ok(()) };
        let answer = match serde_json::from_slice(&head)? {
            Head::Command(command) => match admin::execute(&app.exchange, command, app.clock.now()).await {
                Ok(reply) => Answer::Reply(reply),
                Err(error) => Answer::Failed(chain(&error)),
            },
            Head::Import { collection } => {
                let envelope = receive(&mut stream).await?.unwrap_or_default();
                match take(app, &collection, envelope).await {
                    Ok(imported) => Answer::Imported(imported),
                    Err(error) => Answer::Failed(chain(&error)),
                }
            }
            Head::Export(asked) => hand_out(&mut stream, app, &asked).await?,
        };
        send(&mut stream, &serde_json::to_vec(&answer)?).await?;
    }
}

async fn take(app: &Arc<App>, collection: &str, envelope: Vec<u8>) -> Result<Imported, IngestError> {
    let now = app.clock.now();
    let submission = app.exchange.own_submission(collection)?;
    let exchange = Arc::clone(&app.exchange);
    let prepared = tokio::task::spawn_blocking(move || exchange.prepare(&envelope, now)).await;
    let prepared = prepared.unwrap_or(Err(IngestError::Empty))?;
    let warnings = prepared.warnings();
    Ok(Imported::new(app.exchange.accept(&submission, prepared, now).await?, warnings))
}

/// Sends the parts of an export; gives what is to be said behind them.
async fn hand_out(stream: &mut UnixStream, app: &App, asked: &Asked) -> Result<Answer, SocketError> {
    let (parts, summary) = match export::export(&app.exchange, asked, app.clock.now()).await {
        Ok(Ok(exported)) => exported,
        Ok(Err(reason)) => return Ok(Answer::Refused(reason)),
        Err(error) => return Ok(Answer::Failed(chain(&error))),
    };
    for mut part in parts {
        send(stream, &serde_json::to_vec(&Answer::Part(part.name.clone()))?).await?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = std::io::Read::read(&mut part, &mut chunk)?;
            send(stream, chunk.get(..length).unwrap_or_default()).await?;
            if length == 0 {
                break;
            }
        }
    }
    Ok(Answer::Exported(summary))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

async fn receive(stream: &mut UnixStream) -> Result<Option<Vec<u8>>, std::io::Error> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length).await {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > MESSAGE_BYTES_MAX {
        return Err(std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            "the message is longer than allowed",
        ));
    }
    let mut message = vec![0; length];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut message)).await??;
    Ok(Some(message))
}

async fn send(stream: &mut UnixStream, message: &[u8]) -> Result<(), std::io::Error> {
    let length = u32::try_from(message.len()).ok().filter(|length| *length as usize <= MESSAGE_BYTES_MAX);
    let length = length.ok_or_else(|| {
        std::io::Error::new(std::io::ErrorKind::InvalidData, "the message is longer than allowed")
    })?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(message).await
}

async fn exchange_messages(
    stream: &mut UnixStream,
    head: &Head,
    body: Option<&[u8]>,
) -> Result<Answer, SocketError> {
    send(stream, &serde_json::to_vec(head)?).await?;
    if let Some(body) = body {
        send(stream, body).await?;
    }
    let answer =
        receive(stream).await?.ok_or(std::io::ErrorKind::UnexpectedEof).map_err(std::io::Error::from)?;
    match serde_json::from_slice(&answer)? {
        Answer::Failed(why) => Err(SocketError::Failed(why)),
        Answer::Refused(why) => Err(SocketError::Refused(why)),
        answer @ (Answer::Reply(_) | Answer::Imported(_) | Answer::Part(_) | Answer::Exported(_)) => {
            Ok(answer)
        }
    }
}

/// A connection to a running node.
#[derive(Debug)]
pub struct Client(UnixStream);

impl Client {
    /// Connects to the socket of a running node.
    ///
    /// # Errors
    /// Where nobody listens.
    pub async fn connect(path: &Path) -> Result<Self, SocketError> {
        Ok(Self(UnixStream::connect(path).await?))
    }

    /// Has a command carried out.
    ///
    /// # Errors
    /// [`SocketError`].
    pub async fn call(&mut self, command: Command) -> Result<Reply, SocketError> {
        match exchange_messages(&mut self.0, &Head::Command(command), None).await? {
            Answer::Reply(reply) => Ok(reply),
            Answer::Imported(_)
            | Answer::Part(_)
            | Answer::Exported(_)
            | Answer::Refused(_)
            | Answer::Failed(_) => Err(SocketError::Failed("an answer to another question".into())),
        }
    }

    /// Has an envelope taken into a collection, as this node's own.
    ///
    /// # Errors
    /// [`SocketError`].
    pub async fn import(&mut self, collection: &str, envelope: &[u8]) -> Result<Imported, SocketError> {
        let head = Head::Import { collection: collection.to_owned() };
        match exchange_messages(&mut self.0, &head, Some(envelope)).await? {
            Answer::Imported(imported) => Ok(imported),
            Answer::Reply(_)
            | Answer::Part(_)
            | Answer::Exported(_)
            | Answer::Refused(_)
            | Answer::Failed(_) => Err(SocketError::Failed("an answer to another question".into())),
        }
    }

    /// Has an export written: each piece of each part is given in order, an empty one where a part ends.
    ///
    /// # Errors
    /// [`SocketError`].
    pub async fn export(
        &mut self,
        asked: Asked,
        mut each: impl FnMut(&str, &[u8]) -> std::io::Result<()>,
    ) -> Result<Summary, SocketError> {
        let mut answer = exchange_messages(&mut self.0, &Head::Export(asked), None).await?;
        loop {
            let part = match answer {
                Answer::Part(part) => part,
                Answer::Exported(summary) => return Ok(summary),
                Answer::Reply(_) | Answer::Imported(_) => {
                    return Err(SocketError::Failed("an answer to another question".into()));
                }
                Answer::Refused(why) => return Err(SocketError::Refused(why)),
                Answer::Failed(why) => return Err(SocketError::Failed(why)),
            };
            loop {
                let piece = receive(&mut self.0).await?.ok_or(std::io::ErrorKind::UnexpectedEof);
                let piece = piece.map_err(std::io::Error::from)?;
                each(&part, &piece)?;
                if piece.is_empty() {
                    break;
                }
            }
            let next = receive(&mut self.0).await?.ok_or(std::io::ErrorKind::UnexpectedEof);
            answer = serde_json::from_slice(&next.map_err(std::io::Error::from)?)?;
        }
    }
}
