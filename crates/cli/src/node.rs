//! Does a node run on this directory? Then commands go through its socket, else they open the store themselves.

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use exchange::{Exchange, ExchangeLimits, Signer};
use server::{
    Client, Imported,
    admin::{self, Command, Reply},
    system_clock,
};
use store::embedded::{Embedded, Options};

/// Where commands go.
pub(crate) enum Node {
    /// To the store itself.
    Here(Box<Exchange>),
    /// To the node that has the store.
    There(Client),
}

/// The socket in a data directory.
pub(crate) fn socket(dir: &Path) -> PathBuf {
    dir.join("cresset.sock")
}

/// Opens the journeys over the store in a data directory.
pub(crate) async fn open(dir: &Path, options: &Options, limits: ExchangeLimits) -> anyhow::Result<Exchange> {
    if !dir.join("store").is_dir() {
        bail!("`{}` is no data directory: make one with `cresset init`", dir.display());
    }
    let store = Embedded::open(&dir.join("store"), options).context("cannot open the store")?;
    let exchange = Exchange::open(Arc::new(store), limits, system_clock().now()).await;
    Ok(exchange.context("cannot read the store")?.signing_with(signer(dir)?).indexing_in(dir.join("search")))
}

/// The key with which the node signs its ledger, made where there is none.
fn signer(dir: &Path) -> anyhow::Result<Signer> {
    let file = dir.join("ledger.key");
    let key = key(&file, || Ok(Signer::generate()?))?;
    Signer::read(&key).with_context(|| format!("`{}` is no key", file.display()))
}

/// The key with which the console seals what must be read again, made where there is none.
pub(crate) fn console_key(dir: &Path) -> anyhow::Result<[u8; 32]> {
    let file = dir.join("console.key");
    let key = key(&file, || Ok(server::random_key()?.to_vec()))?;
    key.try_into().map_err(|_| anyhow::anyhow!("`{}` is no key: it has 32 bytes", file.display()))
}

/// A key in a file that only its owner reads, made where there is none.
fn key(file: &Path, make: impl FnOnce() -> anyhow::Result<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    let problem = || format!("cannot read or make `{}`", file.display());
    match std::fs::read(file) {
        Ok(key) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = make()?;
            let mut options = std::fs::OpenOptions::new();
            let mut new =
                options.write(true).create_new(true).mode(0o600).open(file).with_context(problem)?;
            new.write_all(&key).and_then(|()| new.sync_all()).with_context(problem)?;
            Ok(key)
        }
        Err(error) => Err(error).with_context(problem),
    }
}

impl Node {
    /// The node of a data directory, running or not.
    pub(crate) async fn of(dir: &Path) -> anyhow::Result<Self> {
        if let Ok(client) = Client::connect(&socket(dir)).await {
            return Ok(Self::There(client));
        }
        let exchange = open(dir, &Options::default(), ExchangeLimits::default()).await?;
        Ok(Self::Here(Box::new(exchange)))
    }

    /// Has a command carried out.
    pub(crate) async fn call(&mut self, command: Command) -> anyhow::Result<Reply> {
        match self {
            Self::Here(exchange) => Ok(admin::execute(exchange, command, system_clock().now()).await?),
            Self::There(client) => Ok(client.call(command).await?),
        }
    }

    /// Has an envelope taken into a collection.
    pub(crate) async fn import(&mut self, collection: &str, envelope: &[u8]) -> anyhow::Result<Imported> {
        match self {
            Self::Here(exchange) => {
                let now = system_clock().now();
                let submission = exchange.own_submission(collection)?;
                let prepared = exchange.prepare(envelope, now)?;
                let warnings = prepared.warnings();
                Ok(Imported::new(exchange.accept(&submission, prepared, now).await?, warnings))
            }
            Self::There(client) => Ok(client.import(collection, envelope).await?),
        }
    }

    /// Lets go of the store.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Here(exchange) => Ok(exchange.close().await?),
            Self::There(_) => Ok(()),
        }
    }
}
