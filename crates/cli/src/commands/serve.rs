//! `cresset serve`: the node, until it is told to stop.

use std::{path::Path, sync::Arc};

use anyhow::{Context, bail};
use exchange::ExchangeLimits;
use server::{
    ConsoleLimits, ConsoleSetup, OidcConfig, ServerConfig, ServerLimits, TlsFiles, Transport, system_clock,
};
use store::embedded::Options;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{
    args::Serve,
    node,
    output::{Format, Outcome},
};

pub(crate) async fn run(dir: &Path, args: &Serve, log: &str) -> anyhow::Result<Outcome> {
    start_log(log, if args.log_json { Format::Json } else { Format::Text });
    if args.tls_certificate.is_none() && !args.listen.ip().is_loopback() && !args.plain_http {
        bail!(
            "other machines are served with TLS: give --tls-certificate and --tls-key, or --plain-http behind a proxy"
        );
    }
    let mut options = Options::default();
    if let Some(mib) = args.cache_mib {
        options.cache_bytes_max = mib << 20;
    }
    let mut exchange_limits = ExchangeLimits::default();
    set(&mut exchange_limits.envelope_objects_max, args.envelope_objects_max);
    set(&mut exchange_limits.object.object_bytes_max, args.object_bytes_max);
    let exchange = Arc::new(node::open(dir, &options, exchange_limits).await?);
    let tls = match (&args.tls_certificate, &args.tls_key) {
        (Some(certificates), Some(key)) => {
            Some(TlsFiles { certificates: certificates.clone(), key: key.clone() })
        }
        _ => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let config = ServerConfig {
        listen: args.listen,
        tls,
        socket: Some(node::socket(dir)),
        limits: limits(args),
        clock: system_clock(),
        console: console(dir, args)?,
    };
    let running = server::serve(Arc::clone(&exchange), config).await?;
    tracing::info!(discovery = format!("{scheme}://{}/taxii2/", running.address), "the node answers");
    told_to_stop().await?;
    tracing::info!("stopping");
    running.stop().await;
    let _ = std::fs::remove_file(node::socket(dir));
    exchange.close().await?;
    Ok(Outcome::Done)
}

/// How the console is set up; nothing where there is to be none.
fn console(dir: &Path, args: &Serve) -> anyhow::Result<Option<ConsoleSetup>> {
    if args.no_console {
        return Ok(None);
    }
    let read = |file: &Path| std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()));
    let oidc = match (&args.oidc_issuer, &args.oidc_client, &args.oidc_secret_file) {
        (Some(issuer), Some(client), Some(file)) => Some(OidcConfig {
            issuer: issuer.clone(),
            name: args.oidc_name.clone(),
            client: client.clone(),
            secret: String::from_utf8_lossy(&read(file)?).trim().to_owned(),
            authorities: args.oidc_authorities.as_deref().map(read).transpose()?.unwrap_or_default(),
        }),
        _ => None,
    };
    let is_secure = args.tls_certificate.is_some()
        || args.plain_http
        || args.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let mut limits = ConsoleLimits::default();
    set(&mut limits.session_idle_seconds, args.session_idle_seconds);
    set(&mut limits.session_seconds, args.session_seconds);
    Ok(Some(ConsoleSetup {
        key: node::console_key(dir)?,
        transport: if is_secure { Transport::Tls } else { Transport::Loopback },
        public_url: args.public_url.clone(),
        oidc,
        limits,
    }))
}

fn limits(args: &Serve) -> ServerLimits {
    let mut limits = ServerLimits::default();
    set(&mut limits.body_bytes_max, args.body_bytes_max);
    set(&mut limits.bodies_bytes_max, args.bodies_bytes_max);
    set(&mut limits.sensor_queue_bytes_max, args.sensor_queue_bytes_max);
    set(&mut limits.sensors_queue_bytes_max, args.sensors_queue_bytes_max);
    set(&mut limits.connections_max, args.connections_max);
    set(&mut limits.page_objects_max, args.page_objects_max);
    set(&mut limits.page_bytes_max, args.page_bytes_max);
    set(&mut limits.head_seconds_max, args.head_seconds_max);
    set(&mut limits.body_seconds_max, args.body_seconds_max);
    set(&mut limits.idle_seconds_max, args.idle_seconds_max);
    set(&mut limits.credential_seconds, args.credential_seconds);
    // A body that is longer than all the room there is would wait for ever.
    limits.bodies_bytes_max = limits.bodies_bytes_max.max(limits.body_bytes_max);
    limits
}

fn set<T: Copy>(limit: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *limit = given;
    }
}

/// Logs to standard error, as text or JSON.
pub(crate) fn start_log(filter: &str, format: Format) {
    // Which files the console has is no news: one line each at every start would hide what is.
    let filter = EnvFilter::try_new(format!("memory_serve=warn,{filter}"))
        .unwrap_or_else(|_| EnvFilter::new("memory_serve=warn,info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let result = match format {
        Format::Json => builder.json().try_init(),
        Format::Text => builder.with_ansi(false).try_init(),
    };
    if result.is_err() {
        eprintln!("cresset: the log was started before");
    }
}

/// Returns at SIGINT or SIGTERM.
pub(crate) async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
