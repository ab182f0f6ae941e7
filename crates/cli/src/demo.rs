//! `cresset demo`: a node with a made-up coalition, to try.

mod objects;

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context, bail};
use exchange::{Exchange, ExchangeLimits, world::World};
use serde::Serialize;
use server::{
    ConsoleLimits, ConsoleSetup, Role, ServerConfig, ServerLimits, Transport,
    admin::{self, Command, NewUser, PeopleCommand, Reply},
    system_clock,
};
use store::embedded::Options;

use crate::{
    commands::{init, serve::told_to_stop},
    node,
    output::{Format, Outcome, json},
};

/// What `--json` prints when the node answers.
#[derive(Debug, Serialize)]
struct Ready {
    url: String,
    console: String,
    user: ReadyUser,
    partners: Vec<ReadyPartner>,
}

/// Who signs in to the console, with a password that is made anew for each demo.
#[derive(Serialize)]
struct ReadyUser {
    user: String,
    password: String,
}

/// Never says the password.
impl std::fmt::Debug for ReadyUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyUser").field("user", &self.user).finish_non_exhaustive()
    }
}

#[derive(Debug, Serialize)]
struct ReadyPartner {
    name: String,
    token: String,
    user: String,
    password: String,
    collections: Vec<ReadyCollection>,
}

#[derive(Debug, Serialize)]
struct ReadyCollection {
    id: String,
    alias: String,
    url: String,
    may: Vec<exchange::world::Right>,
}

pub(crate) async fn run(keep: Option<&Path>, listen: SocketAddr, format: Format) -> anyhow::Result<Outcome> {
    let temporary;
    let dir = if let Some(dir) = keep {
        std::fs::create_dir_all(dir)?;
        dir
    } else {
        temporary = tempfile::Builder::new().prefix("cresset-demo-").tempdir()?;
        temporary.path()
    };
    if !dir.join("store").is_dir() {
        init::make_store(dir).await?;
    }
    let exchange = Arc::new(node::open(dir, &Options::default(), ExchangeLimits::default()).await?);
    let world: World = toml::from_str(include_str!("demo/world.toml")).context("the demo's declaration")?;
    execute(&exchange, Command::Apply { world: Box::new(world.clone()), dry_run: false }).await?;
    let (held, refused) = fill(&exchange).await?;
    let config = ServerConfig {
        listen,
        tls: None,
        socket: Some(node::socket(dir)),
        limits: ServerLimits::default(),
        clock: system_clock(),
        console: Some(ConsoleSetup {
            key: node::console_key(dir)?,
            transport: Transport::Loopback,
            public_url: None,
            oidc: None,
            limits: ConsoleLimits::default(),
        }),
    };
    let running = server::serve(Arc::clone(&exchange), config).await?;
    let ready = ready(&exchange, &world, running.address).await?;
    match format {
        Format::Json => json(&ready)?,
        Format::Text => {
            println!(
                "A made-up coalition around {}: {held} objects, {refused} refused.\n",
                world.organisation.name
            );
            print(&exchange, &ready).await?;
        }
    }
    told_to_stop().await?;
    running.stop().await;
    exchange.close().await?;
    Ok(Outcome::Done)
}

async fn execute(exchange: &Exchange, command: Command) -> anyhow::Result<Reply> {
    let reply = admin::execute(exchange, command, system_clock().now()).await?;
    if let Reply::Refused { reasons } = reply {
        bail!("{}", reasons.join("; "));
    }
    Ok(reply)
}

/// Everything enters by the one door, each parcel as the organisation that brings it.
async fn fill(exchange: &Exchange) -> anyhow::Result<(usize, usize)> {
    let (mut held, mut refused) = (0, 0);
    for parcel in objects::parcels() {
        let now = system_clock().now();
        let submission = match parcel.from {
            None => exchange.own_submission(parcel.collection)?,
            Some(partner) => exchange
                .access(partner, parcel.collection, now)
                .and_then(|access| access.submission())
                .with_context(|| format!("`{partner}` has no door into `{}`", parcel.collection))?,
        };
        let prepared = exchange.prepare(parcel.envelope().as_bytes(), now)?;
        let accepted = exchange.accept(&submission, prepared, now).await?;
        held += accepted.successes.len();
        refused += accepted.failures.len();
    }
    Ok((held, refused))
}

async fn ready(exchange: &Exchange, world: &World, address: SocketAddr) -> anyhow::Result<Ready> {
    let mut partners = Vec::new();
    for partner in &world.partners {
        let name = partner.name.clone();
        let note = "demo".to_owned();
        let token =
            secret(exchange, Command::IssueToken { partner: name.clone(), note, expires: None }).await?;
        let password = secret(exchange, Command::IssuePassword { partner: name.clone() }).await?;
        let collections = exchange.collections_of(&name, system_clock().now());
        let collections = collections.into_iter().map(|collection| ReadyCollection {
            url: format!("http://{address}/api/collections/{}/", collection.id),
            id: collection.id.to_string(),
            alias: collection.alias,
            may: collection.may,
        });
        partners.push(ReadyPartner {
            user: name.clone(),
            name,
            token,
            password,
            collections: collections.collect(),
        });
    }
    let user = user(exchange, world).await?;
    let (url, console) = (format!("http://{address}/taxii2/"), format!("http://{address}/"));
    Ok(Ready { url, console, user, partners })
}

const DEMO_USER: &str = "demo";

/// The demo's user: an administrator cleared to the top of every policy.
async fn user(exchange: &Exchange, world: &World) -> anyhow::Result<ReadyUser> {
    let top = |one: &exchange::world::ClassificationDeclared| {
        Some((one.policy.0.clone(), one.levels.last()?.clone()))
    };
    let new = NewUser {
        user: DEMO_USER.to_owned(),
        name: Some("Demo".to_owned()),
        role: Role::Administrator,
        clearances: world.classifications.iter().filter_map(top).collect(),
        ceiling: None,
        certificates: Vec::new(),
        oidc: None,
    };
    let add = Command::People(PeopleCommand::Add(new));
    let made = admin::execute(exchange, add, system_clock().now()).await?;
    // A demo that was kept has its user already.
    let made = if let Reply::Refused { .. } = made {
        let user = DEMO_USER.to_owned();
        execute(exchange, Command::People(PeopleCommand::Password { user })).await?
    } else {
        made
    };
    let Reply::Password { user, password: Some(password) } = made else { bail!("no password was made") };
    Ok(ReadyUser { user, password })
}

async fn secret(exchange: &Exchange, command: Command) -> anyhow::Result<String> {
    let Reply::Secret { secret, .. } = execute(exchange, command).await? else { bail!("no secret was made") };
    Ok(secret)
}

/// How many partners the demo shows to people; `--json` has them all.
const PARTNERS_SHOWN: usize = 3;

async fn print(exchange: &Exchange, ready: &Ready) -> anyhow::Result<()> {
    println!("Console: {}", ready.console);
    println!("  user {}, password {}\n", ready.user.user, ready.user.password);
    println!("Discovery: {}\n", ready.url);
    for partner in ready.partners.iter().take(PARTNERS_SHOWN) {
        println!("{:<9} token    {}", partner.name, partner.token);
        println!("{:<9} password {}", "", partner.password);
        for collection in &partner.collections {
            let may: Vec<_> =
                collection.may.iter().map(|right| format!("{right:?}").to_lowercase()).collect();
            println!("{:<9} {:<14} {}", "", collection.alias, may.join(" "));
        }
        println!();
    }
    println!("One object, {}, as each of them gets it:\n", objects::SHOWN);
    for partner in ready.partners.iter().take(PARTNERS_SHOWN) {
        let preview = exchange.preview(objects::SHOWN, &partner.name, system_clock().now()).await?;
        if let Some(preview) = preview {
            crate::commands::admin::print_preview(&preview);
            println!();
        }
    }
    println!("Try:\n");
    let Some(collection) = ready.partners.first().and_then(|partner| partner.collections.first()) else {
        return Ok(());
    };
    for partner in ready.partners.iter().take(PARTNERS_SHOWN) {
        println!(
            "curl -H 'Authorization: Bearer {}' {}objects/{}/",
            partner.token,
            collection.url,
            objects::SHOWN
        );
    }
    println!("\nStop with Ctrl-C.");
    Ok(())
}
