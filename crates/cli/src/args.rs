//! Which commands are there? One table: the help, the manual pages and the completions come from it.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use releasability::Tlp;
use server::Role;

/// Where the data directory is where nothing else is said.
pub(crate) const DIR_DEFAULT: &str = "cresset-data";

/// Share, watch, sight: a TAXII 2.1 node that gives each partner what its label and agreement allow, down to the field.
#[derive(Debug, Parser)]
#[command(name = "cresset", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The node's data directory
    #[arg(long, short, global = true, env = "CRESSET_DIR", default_value = DIR_DEFAULT, value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// Print JSON, one value a line, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to log: error, warn, info, debug, or a filter such as `cresset_server=debug`
    #[arg(long, global = true, env = "CRESSET_LOG", default_value = "info")]
    pub(crate) log: String,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, but something in the data was refused, or what was asked for is not there
  2  the command line is wrong
  3  the node or its store failed

A command works on the data directory, or, while a node runs on it, through that node's local socket.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a data directory with a declaration to edit
    Init {
        /// Your organisation's name
        #[arg(long)]
        organisation: String,
        /// Your nation's ISO 3166-1 alpha-3 code
        #[arg(long)]
        nation: Option<String>,
    },
    /// Run the node
    Serve(Box<Serve>),
    /// Run a node with a made-up coalition, to try
    Demo {
        /// Where to listen; port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Keep the data in the data directory instead of throwing it away
        #[arg(long)]
        keep: bool,
    },
    /// Make a declaration true: organisation, communities, collections, partners, agreements
    Apply {
        /// The declaration (TOML)
        #[arg(value_hint = ValueHint::FilePath)]
        world: PathBuf,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Take STIX bundles, lists (CSV, TSV, one value a line), reports (text, Markdown, HTML, PDF) or files of MISP into a collection,
    /// as your own organisation's
    Import(crate::commands::import::ImportArgs),
    /// Write what a reader may have as another tool's file, and say what could not be said in it
    Export(Export),
    /// Print what reports say: values, numbers and names, each with its sentence and place
    Read(crate::commands::read::ReadArgs),
    /// Read official statements: who said what, and what was promised
    Statements {
        #[command(subcommand)]
        command: crate::commands::statements::StatementsCommand,
    },
    /// Print the text of a document on standard input, as JSON: the process in which `read` and `import` have a PDF read
    #[command(hide = true)]
    DocumentText,
    /// Validate STIX bundles or objects and print what is wrong, where, and by which section of the standard
    Check {
        /// Bundles or single objects; `-` for standard input
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
        /// Do not print warnings
        #[arg(long)]
        errors_only: bool,
    },
    /// List partners and what they may do
    Partner {
        #[command(subcommand)]
        command: PartnerCommand,
    },
    /// List collections and their sizes
    Collection {
        #[command(subcommand)]
        command: CollectionCommand,
    },
    /// Make, list and withdraw tokens and passwords
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Show the exact bytes that a partner would get of an object, or of a bundle before it is published, and why
    Preview {
        /// The id of an object that is held
        #[arg(required_unless_present = "file", requires = "partner")]
        id: Option<String>,
        /// The partner's name; for a bundle, every partner that reads the collection where none is named
        #[arg(long = "as", value_name = "PARTNER")]
        partner: Option<String>,
        /// A bundle that is not published yet; `-` for standard input
        #[arg(long, requires = "collection", conflicts_with = "id", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// Where it would be published: the collection's alias or id
        #[arg(long, short, requires = "file")]
        collection: Option<String>,
    },
    /// Say what a partner knows of a value, such as an address: each claim by itself, from whom it came
    Know {
        /// The value
        value: String,
        /// The partner's name
        #[arg(long = "as", value_name = "PARTNER")]
        partner: String,
    },
    /// Run a sensor: watch telemetry for the indicators of a node, alert, and send sightings home
    Watch(Box<crate::commands::watch::WatchArgs>),
    /// Run one STIX pattern over telemetry
    Hunt(crate::commands::watch::hunt::HuntArgs),
    /// Let an indicator fire no more on a sensor, without changing it
    Silence {
        /// The indicator's id
        id: String,
        /// Let it fire again
        #[arg(long)]
        lift: bool,
        /// The sensor's state directory
        #[arg(long, env = "CRESSET_WATCH_STATE", default_value = "cresset-watch", value_hint = ValueHint::DirPath)]
        state: PathBuf,
    },
    /// Say who has an indicator, and what they saw of it
    Coverage {
        /// Its id
        id: String,
    },
    /// Print what the node's own sensors saw since it started, one JSON value a line
    Alerts {
        /// Only those after this number
        #[arg(long, default_value_t = 0)]
        after: u64,
    },
    /// Ask the ledger what was released to whom, and whether it is whole
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Make, change and list the accounts of people who use the console
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Throw the search index away and build it again, while the node runs or not
    Reindex,
    /// Say how the node is and what to look at
    Doctor,
    /// Print completions for a shell
    Completion {
        /// The shell
        shell: Shell,
    },
    /// Write manual pages into a directory
    Man {
        /// The directory
        #[arg(value_hint = ValueHint::DirPath)]
        out: PathBuf,
    },
}

#[derive(Debug, Parser)]
#[command(group = clap::ArgGroup::new("reader").required(true).args(["partner", "own"]))]
pub(crate) struct Export {
    /// The collection's alias
    #[arg(long, short)]
    pub(crate) collection: String,
    /// stix, misp, csv, list, suricata, suricata-datasets, zeek, rpz, sigma, yara, snort, navigator or markdown
    #[arg(long, short)]
    pub(crate) format: formats::export::Format,
    /// What this partner may have
    #[arg(long = "as", value_name = "PARTNER")]
    pub(crate) partner: Option<String>,
    /// What your own organisation may have
    #[arg(long)]
    pub(crate) own: bool,
    /// A file, or a directory where the format has several; `-` for standard output
    #[arg(long, short, default_value = "-", value_hint = ValueHint::AnyPath)]
    pub(crate) out: PathBuf,
    /// Only indicators that are at least so sure, 0 to 100
    #[arg(long)]
    pub(crate) confidence_min: Option<u8>,
    /// Only values of this kind, such as domain or sha256; may be given several times
    #[arg(long = "kind", value_name = "KIND")]
    pub(crate) kinds: Vec<String>,
}

#[derive(Debug, Parser)]
pub(crate) struct Serve {
    /// Where to listen
    #[arg(long, env = "CRESSET_LISTEN", default_value = "127.0.0.1:6464")]
    pub(crate) listen: SocketAddr,
    /// The TLS certificate chain (PEM)
    #[arg(long, requires = "tls_key", env = "CRESSET_TLS_CERTIFICATE", value_hint = ValueHint::FilePath)]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The TLS private key (PEM)
    #[arg(long, requires = "tls_certificate", env = "CRESSET_TLS_KEY", value_hint = ValueHint::FilePath)]
    pub(crate) tls_key: Option<PathBuf>,
    /// Speak plain HTTP to other machines as well: only behind a proxy that speaks TLS
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// The longest body in bytes, after unpacking (TAXII's max_content_length)
    #[arg(long, env = "CRESSET_BODY_BYTES_MAX")]
    pub(crate) body_bytes_max: Option<usize>,
    /// All bodies being received at one time, in bytes
    #[arg(long, env = "CRESSET_BODIES_BYTES_MAX")]
    pub(crate) bodies_bytes_max: Option<usize>,
    /// Telemetry of one sensor that waits to be matched, in bytes; what does not fit is refused whole
    #[arg(long, env = "CRESSET_SENSOR_QUEUE_BYTES_MAX")]
    pub(crate) sensor_queue_bytes_max: Option<usize>,
    /// Telemetry of all sensors that waits to be matched, in bytes
    #[arg(long, env = "CRESSET_SENSORS_QUEUE_BYTES_MAX")]
    pub(crate) sensors_queue_bytes_max: Option<usize>,
    /// Connections at one time
    #[arg(long, env = "CRESSET_CONNECTIONS_MAX")]
    pub(crate) connections_max: Option<usize>,
    /// Objects in one page, whatever is asked for
    #[arg(long, env = "CRESSET_PAGE_OBJECTS_MAX")]
    pub(crate) page_objects_max: Option<u32>,
    /// Length of one page in bytes
    #[arg(long, env = "CRESSET_PAGE_BYTES_MAX")]
    pub(crate) page_bytes_max: Option<usize>,
    /// Seconds that a client may take for the head of a request
    #[arg(long, env = "CRESSET_HEAD_SECONDS_MAX")]
    pub(crate) head_seconds_max: Option<u64>,
    /// Seconds that a client may take for a body
    #[arg(long, env = "CRESSET_BODY_SECONDS_MAX")]
    pub(crate) body_seconds_max: Option<u64>,
    /// Seconds that a connection may be silent
    #[arg(long, env = "CRESSET_IDLE_SECONDS_MAX")]
    pub(crate) idle_seconds_max: Option<u64>,
    /// Seconds that a verified credential is remembered
    #[arg(long, env = "CRESSET_CREDENTIAL_SECONDS")]
    pub(crate) credential_seconds: Option<i64>,
    /// Objects in one envelope
    #[arg(long, env = "CRESSET_ENVELOPE_OBJECTS_MAX")]
    pub(crate) envelope_objects_max: Option<usize>,
    /// Length of one object in bytes
    #[arg(long, env = "CRESSET_OBJECT_BYTES_MAX")]
    pub(crate) object_bytes_max: Option<usize>,
    /// Memory for reading the store, in MiB
    #[arg(long, env = "CRESSET_CACHE_MIB")]
    pub(crate) cache_mib: Option<u64>,
    /// Serve no console at `/` and no API for people
    #[arg(long)]
    pub(crate) no_console: bool,
    /// The origin under which browsers know the node, such as `https://cresset.example`
    #[arg(long, env = "CRESSET_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// The issuer of an identity provider (OpenID Connect)
    #[arg(long, env = "CRESSET_OIDC_ISSUER", requires_all = ["oidc_client", "oidc_secret_file", "public_url"])]
    pub(crate) oidc_issuer: Option<String>,
    /// Under which id the identity provider knows this node
    #[arg(long, env = "CRESSET_OIDC_CLIENT")]
    pub(crate) oidc_client: Option<String>,
    /// A file with the secret that the identity provider gave
    #[arg(long, env = "CRESSET_OIDC_SECRET_FILE", value_hint = ValueHint::FilePath)]
    pub(crate) oidc_secret_file: Option<PathBuf>,
    /// What the sign-in page calls the identity provider
    #[arg(long, env = "CRESSET_OIDC_NAME", default_value = "single sign-on")]
    pub(crate) oidc_name: String,
    /// Certificates of authorities for the identity provider (PEM); the system's where none is given
    #[arg(long, env = "CRESSET_OIDC_AUTHORITIES", value_hint = ValueHint::FilePath)]
    pub(crate) oidc_authorities: Option<PathBuf>,
    /// Seconds without a request after which somebody is signed out
    #[arg(long, env = "CRESSET_SESSION_IDLE_SECONDS")]
    pub(crate) session_idle_seconds: Option<i64>,
    /// Seconds after which somebody is signed out, whatever happens
    #[arg(long, env = "CRESSET_SESSION_SECONDS")]
    pub(crate) session_seconds: Option<i64>,
    /// Log as JSON, one line each
    #[arg(long)]
    pub(crate) log_json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account; its password is shown this once
    Add {
        /// The user name
        user: String,
        /// What others call them
        #[arg(long)]
        name: Option<String>,
        /// What they may do: reader, analyst, releaser or administrator
        #[arg(long, value_parser = role)]
        role: Role,
        /// Up to which level they are cleared, such as NATO=SECRET; may be given again
        #[arg(long, value_name = "POLICY=LEVEL", value_parser = clearance)]
        clearance: Vec<(String, String)>,
        /// Nothing above this traffic light is shown
        #[arg(long, value_name = "TLP")]
        ceiling: Option<Tlp>,
        /// SHA-256 of a client certificate with which they sign in; then there is no password
        #[arg(long, value_name = "SHA256")]
        certificate: Vec<String>,
        /// The subject at the identity provider; then there is no password
        #[arg(long, value_name = "SUBJECT")]
        oidc: Option<String>,
    },
    /// Make a new password, shown this once; the user is signed out
    Passwd {
        /// The user name
        user: String,
    },
    /// Take the second factor away from who lost it
    Totp {
        /// The user name
        user: String,
    },
    /// Remove an account; the user is signed out
    Remove {
        /// The user name
        user: String,
    },
    /// List accounts, without secrets
    List,
}

fn role(text: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.as_str() == text);
    found.ok_or_else(|| "a role is `reader`, `analyst`, `releaser` or `administrator`".to_owned())
}

fn clearance(text: &str) -> Result<(String, String), String> {
    let (policy, level) = text.split_once('=').ok_or("a clearance is `POLICY=LEVEL`")?;
    Ok((policy.to_owned(), level.to_owned()))
}

#[derive(Debug, Subcommand)]
pub(crate) enum PartnerCommand {
    /// List partners and their agreements
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CollectionCommand {
    /// List collections
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token (or, with --password, a password) for a partner; it is shown this once
    Issue {
        /// The partner's name, or with --sensor the sensor's
        #[arg(required_unless_present = "feed")]
        partner: Option<String>,
        /// For a sensor: the token opens the intake of telemetry and nothing else
        #[arg(long, conflicts_with = "password")]
        sensor: bool,
        /// The name of a feed in the declaration: the token opens that feed and nothing else
        #[arg(long, conflicts_with_all = ["partner", "password", "sensor"])]
        feed: Option<String>,
        /// What it is for
        #[arg(long, default_value = "")]
        note: String,
        /// From when on it is refused, such as 2027-01-01T00:00:00Z
        #[arg(long)]
        expires: Option<String>,
        /// A password for HTTP Basic, in place of the one before
        #[arg(long, conflicts_with_all = ["note", "expires"])]
        password: bool,
    },
    /// List credentials, without secrets
    List,
    /// Withdraw a credential
    Withdraw {
        /// Its id
        id: uuid::Uuid,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Follow the chain of hashes from the first entry to the last, and check every signature
    Verify {
        /// Checkpoints that were kept elsewhere, as `audit checkpoint` printed them
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        against: Vec<PathBuf>,
        /// The only public key that may have signed, in hexadecimal digits
        #[arg(long)]
        key: Option<String>,
    },
    /// Decide again about everything that was released, under the policy of its day
    Replay,
    /// Say who got which version of an object, when, on which way
    Who {
        /// The object's id
        id: String,
    },
    /// Sign the ledger as it is, and print the signature to keep elsewhere
    Checkpoint,
    /// Print every entry, one JSON value a line
    Export,
}
