//! What do cyber-observable objects hold, and from what is their identifier computed? (section 6)

use super::{
    common_properties::{COUNT, INTEGER, TEXTS},
    predefined as p,
    rules::{self, Rule},
    table::{Category, Entries, Form, Predefined, Shape, Table, Targets, Type, optional, required, sorted},
    vocabulary as v,
};

const ARTIFACT_REF: Shape = Shape::Id(Targets::Only(&["artifact"]));
const EMAIL_REF: Shape = Shape::Id(Targets::Only(&["email-addr"]));
const EMAIL_REFS: Shape = Shape::Ids(Targets::Only(&["email-addr"]));
const USER_REF: Shape = Shape::Id(Targets::Only(&["user-account"]));
const FILE_REF: Shape = Shape::Id(Targets::Only(&["file"]));
const MAC_REFS: Shape = Shape::Ids(Targets::Only(&["mac-addr"]));
const AS_REFS: Shape = Shape::Ids(Targets::Only(&["autonomous-system"]));
const TRAFFIC_REFS: Shape = Shape::Ids(Targets::Only(&["network-traffic"]));
const HOST_REF: Shape = Shape::Id(Targets::Only(&["domain-name", "ipv4-addr", "ipv6-addr", "mac-addr"]));
const PORT: Shape = Shape::Integer(0, 65_535);

const fn observable(
    name: &'static str,
    contributing: &'static [&'static str],
    extensions: &'static [Predefined],
    table: &'static Table,
) -> Type {
    Type { name, category: Category::Observable, table, extensions, contributing }
}

pub(super) static ARTIFACT: Type = observable(
    "artifact",
    &["hashes", "payload_bin"],
    &[],
    &Table {
        section: "6.1",
        rows: &sorted([
            optional("mime_type", Shape::Text),
            optional("payload_bin", Shape::Binary),
            optional("url", Shape::Form(Form::Url)),
            optional("hashes", Shape::Hashes),
            optional("encryption_algorithm", Shape::Vocabulary(&v::ENCRYPTION_ALGORITHM)),
            optional("decryption_key", Shape::Text),
        ]),
        rules: &[
            Rule::OneOf(&["payload_bin", "url"]),
            Rule::Needs("url", "hashes"),
            Rule::Needs("decryption_key", "encryption_algorithm"),
        ],
    },
);

pub(super) static AUTONOMOUS_SYSTEM: Type = observable(
    "autonomous-system",
    &["number"],
    &[],
    &Table {
        section: "6.2",
        rows: &sorted([
            required("number", INTEGER),
            optional("name", Shape::Text),
            optional("rir", Shape::Text),
        ]),
        rules: &[],
    },
);

pub(super) static DIRECTORY: Type = observable(
    "directory",
    &["path"],
    &[],
    &Table {
        section: "6.3",
        rows: &sorted([
            required("path", Shape::Text),
            optional("path_enc", Shape::Text),
            optional("ctime", Shape::Timestamp),
            optional("mtime", Shape::Timestamp),
            optional("atime", Shape::Timestamp),
            optional("contains_refs", Shape::Ids(Targets::Only(&["directory", "file"]))),
        ]),
        rules: &[],
    },
);

pub(super) static DOMAIN_NAME: Type = observable(
    "domain-name",
    &["value"],
    &[],
    &Table {
        section: "6.4",
        rows: &sorted([
            required("value", Shape::Form(Form::Domain)),
            optional(
                "resolves_to_refs",
                Shape::Ids(Targets::Only(&["domain-name", "ipv4-addr", "ipv6-addr"])),
            ),
        ]),
        rules: &[],
    },
);

pub(super) static EMAIL_ADDR: Type = observable(
    "email-addr",
    &["value"],
    &[],
    &Table {
        section: "6.5",
        rows: &sorted([
            required("value", Shape::Form(Form::Email)),
            optional("display_name", Shape::Text),
            optional("belongs_to_ref", USER_REF),
        ]),
        rules: &[],
    },
);

pub(super) static EMAIL_MESSAGE: Type = observable(
    "email-message",
    &["body", "from_ref", "subject"],
    &[],
    &Table {
        section: "6.6",
        rows: &sorted([
            required("is_multipart", Shape::Boolean),
            optional("date", Shape::Timestamp),
            optional("content_type", Shape::Text),
            optional("from_ref", EMAIL_REF),
            optional("sender_ref", EMAIL_REF),
            optional("to_refs", EMAIL_REFS),
            optional("cc_refs", EMAIL_REFS),
            optional("bcc_refs", EMAIL_REFS),
            optional("message_id", Shape::Text),
            optional("subject", Shape::Text),
            optional("received_lines", TEXTS),
            optional("additional_header_fields", Shape::Dictionary(Entries::Texts)),
            optional("body", Shape::Text),
            optional("body_multipart", Shape::List(&Shape::Struct(&MIME_PART))),
            optional("raw_email_ref", ARTIFACT_REF),
        ]),
        rules: &[Rule::Check(rules::the_body_fits_is_multipart)],
    },
);

/// Section 6.6.2.
static MIME_PART: Table = Table {
    section: "6.6.2",
    rows: &sorted([
        optional("body", Shape::Text),
        optional("body_raw_ref", Shape::Id(Targets::Only(&["artifact", "file"]))),
        optional("content_type", Shape::Text),
        optional("content_disposition", Shape::Text),
    ]),
    rules: &[Rule::AnyOf(&["body", "body_raw_ref"])],
};

pub(super) static FILE: Type = observable(
    "file",
    &["extensions", "hashes", "name", "parent_directory_ref"],
    &[
        ("archive-ext", &p::ARCHIVE),
        ("ntfs-ext", &p::NTFS),
        ("pdf-ext", &p::PDF),
        ("raster-image-ext", &p::RASTER_IMAGE),
        ("windows-pebinary-ext", &p::WINDOWS_PEBINARY),
    ],
    &Table {
        section: "6.7",
        rows: &sorted([
            optional("hashes", Shape::Hashes),
            optional("size", COUNT),
            optional("name", Shape::Text),
            optional("name_enc", Shape::Text),
            optional("magic_number_hex", Shape::Hex),
            optional("mime_type", Shape::Text),
            optional("ctime", Shape::Timestamp),
            optional("mtime", Shape::Timestamp),
            optional("atime", Shape::Timestamp),
            optional("parent_directory_ref", Shape::Id(Targets::Only(&["directory"]))),
            optional("contains_refs", Shape::Ids(Targets::Observable)),
            optional("content_ref", ARTIFACT_REF),
        ]),
        rules: &[Rule::AnyOf(&["hashes", "name"]), Rule::Needs("name_enc", "name")],
    },
);

pub(super) static IPV4_ADDR: Type = observable(
    "ipv4-addr",
    &["value"],
    &[],
    &Table {
        section: "6.8",
        rows: &sorted([
            required("value", Shape::Form(Form::Ipv4)),
            optional("resolves_to_refs", MAC_REFS),
            optional("belongs_to_refs", AS_REFS),
        ]),
        rules: &[],
    },
);

pub(super) static IPV6_ADDR: Type = observable(
    "ipv6-addr",
    &["value"],
    &[],
    &Table {
        section: "6.9",
        rows: &sorted([
            required("value", Shape::Form(Form::Ipv6)),
            optional("resolves_to_refs", MAC_REFS),
            optional("belongs_to_refs", AS_REFS),
        ]),
        rules: &[],
    },
);

pub(super) static MAC_ADDR: Type = observable(
    "mac-addr",
    &["value"],
    &[],
    &Table { section: "6.10", rows: &[required("value", Shape::Form(Form::Mac))], rules: &[] },
);

pub(super) static MUTEX: Type = observable(
    "mutex",
    &["name"],
    &[],
    &Table { section: "6.11", rows: &[required("name", Shape::Text)], rules: &[] },
);

pub(super) static NETWORK_TRAFFIC: Type = observable(
    "network-traffic",
    &["dst_port", "dst_ref", "end", "extensions", "protocols", "src_port", "src_ref", "start"],
    &[
        ("http-request-ext", &p::HTTP_REQUEST),
        ("icmp-ext", &p::ICMP),
        ("socket-ext", &p::SOCKET),
        ("tcp-ext", &p::TCP),
    ],
    &Table {
        section: "6.12",
        rows: &sorted([
            optional("start", Shape::Timestamp),
            optional("end", Shape::Timestamp),
            optional("is_active", Shape::Boolean),
            optional("src_ref", HOST_REF),
            optional("dst_ref", HOST_REF),
            optional("src_port", PORT),
            optional("dst_port", PORT),
            required("protocols", TEXTS),
            optional("src_byte_count", COUNT),
            optional("dst_byte_count", COUNT),
            optional("src_packets", COUNT),
            optional("dst_packets", COUNT),
            optional("ipfix", Shape::Dictionary(Entries::IntegerOrText)),
            optional("src_payload_ref", ARTIFACT_REF),
            optional("dst_payload_ref", ARTIFACT_REF),
            optional("encapsulates_refs", TRAFFIC_REFS),
            optional("encapsulated_by_ref", Shape::Id(Targets::Only(&["network-traffic"]))),
        ]),
        rules: &[
            Rule::AnyOf(&["src_ref", "dst_ref"]),
            Rule::NotBefore("start", "end"),
            Rule::Check(rules::traffic_that_ended_is_not_active),
        ],
    },
);

pub(super) static PROCESS: Type = observable(
    "process",
    &[],
    &[("windows-process-ext", &p::WINDOWS_PROCESS), ("windows-service-ext", &p::WINDOWS_SERVICE)],
    &Table {
        section: "6.13",
        rows: &sorted([
            optional("is_hidden", Shape::Boolean),
            optional("pid", INTEGER),
            optional("created_time", Shape::Timestamp),
            optional("cwd", Shape::Text),
            optional("command_line", Shape::Text),
            optional("environment_variables", Shape::Dictionary(Entries::Text)),
            optional("opened_connection_refs", TRAFFIC_REFS),
            optional("creator_user_ref", USER_REF),
            optional("image_ref", FILE_REF),
            optional("parent_ref", Shape::Id(Targets::Only(&["process"]))),
            optional("child_refs", Shape::Ids(Targets::Only(&["process"]))),
        ]),
        rules: &[Rule::AnyOwnOr("extensions")],
    },
);

pub(super) static SOFTWARE: Type = observable(
    "software",
    &["cpe", "name", "swid", "vendor", "version"],
    &[],
    &Table {
        section: "6.14",
        rows: &sorted([
            required("name", Shape::Text),
            optional("cpe", Shape::Text),
            optional("swid", Shape::Text),
            optional("languages", Shape::List(&Shape::Form(Form::Language))),
            optional("vendor", Shape::Text),
            optional("version", Shape::Text),
        ]),
        rules: &[],
    },
);

pub(super) static URL: Type = observable(
    "url",
    &["value"],
    &[],
    &Table { section: "6.15", rows: &[required("value", Shape::Form(Form::Url))], rules: &[] },
);

pub(super) static USER_ACCOUNT: Type = observable(
    "user-account",
    &["account_login", "account_type", "user_id"],
    &[("unix-account-ext", &p::UNIX_ACCOUNT)],
    &Table {
        section: "6.16",
        rows: &sorted([
            optional("user_id", Shape::Text),
            optional("credential", Shape::Text),
            optional("account_login", Shape::Text),
            optional("account_type", Shape::Vocabulary(&v::ACCOUNT_TYPE)),
            optional("display_name", Shape::Text),
            optional("is_service_account", Shape::Boolean),
            optional("is_privileged", Shape::Boolean),
            optional("can_escalate_privs", Shape::Boolean),
            optional("is_disabled", Shape::Boolean),
            optional("account_created", Shape::Timestamp),
            optional("account_expires", Shape::Timestamp),
            optional("credential_last_changed", Shape::Timestamp),
            optional("account_first_login", Shape::Timestamp),
            optional("account_last_login", Shape::Timestamp),
        ]),
        // The extension is one of "the properties defined below" in the table of the standard.
        rules: &[Rule::AnyOwnOr("extensions")],
    },
);

pub(super) static WINDOWS_REGISTRY_KEY: Type = observable(
    "windows-registry-key",
    &["key", "values"],
    &[],
    &Table {
        section: "6.17",
        rows: &sorted([
            optional("key", Shape::Text),
            optional("values", Shape::List(&Shape::Struct(&REGISTRY_VALUE))),
            optional("modified_time", Shape::Timestamp),
            optional("creator_user_ref", USER_REF),
            optional("number_of_subkeys", INTEGER),
        ]),
        rules: &[Rule::AnyOwn],
    },
);

/// Section 6.17.2.
static REGISTRY_VALUE: Table = Table {
    section: "6.17.2",
    rows: &sorted([
        optional("name", Shape::Text),
        optional("data", Shape::Text),
        optional("data_type", Shape::Vocabulary(&v::WINDOWS_REGISTRY_DATATYPE)),
    ]),
    rules: &[Rule::AnyOwn],
};

pub(super) static X509_CERTIFICATE: Type = observable(
    "x509-certificate",
    &["hashes", "serial_number"],
    &[],
    &Table {
        section: "6.18",
        rows: &sorted([
            optional("is_self_signed", Shape::Boolean),
            optional("hashes", Shape::Hashes),
            optional("version", Shape::Text),
            optional("serial_number", Shape::Text),
            optional("signature_algorithm", Shape::Text),
            optional("issuer", Shape::Text),
            optional("validity_not_before", Shape::Timestamp),
            optional("validity_not_after", Shape::Timestamp),
            optional("subject", Shape::Text),
            optional("subject_public_key_algorithm", Shape::Text),
            optional("subject_public_key_modulus", Shape::Text),
            optional("subject_public_key_exponent", INTEGER),
            optional("x509_v3_extensions", Shape::Struct(&p::X509_V3_EXTENSIONS)),
        ]),
        rules: &[Rule::AnyOwn],
    },
);
