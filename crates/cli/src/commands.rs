//! What does each command do?

pub(crate) mod admin;
mod audit;
mod check;
mod draft;
mod export;
pub(crate) mod import;
pub(crate) mod init;
mod known;
pub(crate) mod read;
pub(crate) mod serve;
pub(crate) mod statements;
pub(crate) mod watch;

use clap::CommandFactory;
use exchange::{ApplyMode, world::FeedDeclared};
use server::admin::{Command as Admin, NewUser, PeopleCommand};
use stix::Severity;

use crate::{
    args::{Args, CollectionCommand, Command, PartnerCommand, TokenCommand, UserCommand},
    demo,
    output::{Format, Outcome},
};

/// Runs a command.
pub(crate) async fn run(args: Args) -> anyhow::Result<Outcome> {
    let format = if args.json { Format::Json } else { Format::Text };
    let dir = args.dir.as_path();
    match args.command {
        Command::Init { organisation, nation } => {
            init::run(dir, &organisation, nation.as_deref(), format).await
        }
        Command::Serve(serve) => serve::run(dir, &serve, &args.log).await,
        Command::Demo { listen, keep } => {
            serve::start_log(&args.log, Format::Text);
            demo::run(keep.then_some(dir), listen, format).await
        }
        Command::Apply { world, dry_run } => {
            let mode = if dry_run { ApplyMode::DryRun } else { ApplyMode::Change };
            admin::apply(dir, &world, mode, format).await
        }
        Command::Import(import) => import::run(dir, &import, format).await,
        Command::Export(export) => export::run(dir, export, format).await,
        Command::Read(read) => read::run(dir, &read, format).await,
        Command::Statements { command } => statements::run(&command, format),
        Command::DocumentText => read::document_text(),
        Command::Check { files, errors_only } => {
            let least = if errors_only { Severity::Error } else { Severity::Warning };
            check::run(&files, least, format)
        }
        Command::Partner { command: PartnerCommand::List } => admin::run(dir, Admin::World, format).await,
        Command::Collection { command: CollectionCommand::List } => {
            admin::run(dir, Admin::Collections, format).await
        }
        Command::Token { command } => admin::run(dir, token(command), format).await,
        Command::Preview { id: Some(id), partner: Some(partner), .. } => {
            admin::run(dir, Admin::Preview { id, partner }, format).await
        }
        Command::Preview { file, collection, partner, .. } => {
            let (file, collection) = (file.unwrap_or_default(), collection.unwrap_or_default());
            draft::run(dir, (&file, collection), partner, format).await
        }
        Command::Know { value, partner } => admin::run(dir, Admin::Know { value, partner }, format).await,
        Command::Watch(watch) => {
            serve::start_log(&args.log, format);
            tokio::task::block_in_place(|| watch::run(&watch))
        }
        Command::Hunt(hunt) => tokio::task::block_in_place(|| watch::hunt::run(&hunt, format)),
        Command::Silence { id, lift, state } => {
            let lift = if lift { watch::state::Lift::Yes } else { watch::state::Lift::No };
            watch::state::silence(&state, &id, lift)?;
            Ok(Outcome::Done)
        }
        Command::Coverage { id } => admin::run(dir, Admin::Coverage { id }, format).await,
        Command::Alerts { after } => admin::run(dir, Admin::Alerts { after }, format).await,
        Command::Audit { command } => audit::run(dir, command, format).await,
        Command::User { command } => admin::run(dir, Admin::People(people(command)), format).await,
        Command::Reindex => admin::run(dir, Admin::Reindex, format).await,
        Command::Doctor => admin::run(dir, Admin::Doctor, format).await,
        Command::Completion { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "cresset", &mut std::io::stdout());
            Ok(Outcome::Done)
        }
        Command::Man { out } => {
            std::fs::create_dir_all(&out)?;
            clap_mangen::generate_to(Args::command(), &out)?;
            Ok(Outcome::Done)
        }
    }
}

fn people(command: UserCommand) -> PeopleCommand {
    match command {
        UserCommand::Add { user, name, role, clearance, ceiling, certificate, oidc } => {
            let (clearances, certificates) = (clearance, certificate);
            PeopleCommand::Add(NewUser { user, name, role, clearances, ceiling, certificates, oidc })
        }
        UserCommand::Passwd { user } => PeopleCommand::Password { user },
        UserCommand::Totp { user } => PeopleCommand::Totp { user },
        UserCommand::Remove { user } => PeopleCommand::Remove { user },
        UserCommand::List => PeopleCommand::List,
    }
}

fn token(command: TokenCommand) -> Admin {
    match command {
        TokenCommand::Issue { partner, password: true, .. } => {
            Admin::IssuePassword { partner: partner.unwrap_or_default() }
        }
        TokenCommand::Issue { partner, sensor: true, note, expires, .. } => {
            Admin::IssueSensorToken { sensor: partner.unwrap_or_default(), note, expires }
        }
        TokenCommand::Issue { partner, feed, note, expires, .. } => {
            let feed = feed.map(|feed| FeedDeclared::credential_name(&feed));
            Admin::IssueToken { partner: feed.or(partner).unwrap_or_default(), note, expires }
        }
        TokenCommand::List => Admin::Credentials,
        TokenCommand::Withdraw { id } => Admin::Withdraw { id },
    }
}
