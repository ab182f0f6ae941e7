//! What do the extensions hold that the standard itself defines for observables, and the types inside them?
//! (section 6)

use super::{
    common_properties::{COUNT, INTEGER, TEXTS},
    rules::Rule,
    table::{Entries, Shape, Table, Targets, optional, required, sorted},
    vocabulary as v,
};

/// Section 6.7.2.
pub(super) static ARCHIVE: Table = Table {
    section: "6.7.2",
    rows: &sorted([
        required("contains_refs", Shape::Ids(Targets::Only(&["directory", "file"]))),
        optional("comment", Shape::Text),
    ]),
    rules: &[],
};

/// Section 6.7.3.
pub(super) static NTFS: Table = Table {
    section: "6.7.3",
    rows: &sorted([
        optional("sid", Shape::Text),
        optional("alternate_data_streams", Shape::List(&Shape::Struct(&ALTERNATE_DATA_STREAM))),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.7.3.2.
static ALTERNATE_DATA_STREAM: Table = Table {
    section: "6.7.3.2",
    rows: &sorted([
        required("name", Shape::Text),
        optional("hashes", Shape::Hashes),
        optional("size", COUNT),
    ]),
    rules: &[],
};

/// Section 6.7.4.
pub(super) static PDF: Table = Table {
    section: "6.7.4",
    rows: &sorted([
        optional("version", Shape::Text),
        optional("is_optimized", Shape::Boolean),
        optional("document_info_dict", Shape::Dictionary(Entries::Text)),
        optional("pdfid0", Shape::Text),
        optional("pdfid1", Shape::Text),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.7.5.
pub(super) static RASTER_IMAGE: Table = Table {
    section: "6.7.5",
    rows: &sorted([
        optional("image_height", INTEGER),
        optional("image_width", INTEGER),
        optional("bits_per_pixel", INTEGER),
        optional("exif_tags", Shape::Dictionary(Entries::IntegerOrText)),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.7.6.
pub(super) static WINDOWS_PEBINARY: Table = Table {
    section: "6.7.6",
    rows: &sorted([
        required("pe_type", Shape::Vocabulary(&v::WINDOWS_PEBINARY_TYPE)),
        optional("imphash", Shape::Text),
        optional("machine_hex", Shape::Hex),
        optional("number_of_sections", COUNT),
        optional("time_date_stamp", Shape::Timestamp),
        optional("pointer_to_symbol_table_hex", Shape::Hex),
        optional("number_of_symbols", COUNT),
        optional("size_of_optional_header", COUNT),
        optional("characteristics_hex", Shape::Hex),
        optional("file_header_hashes", Shape::Hashes),
        optional("optional_header", Shape::Struct(&PE_OPTIONAL_HEADER)),
        optional("sections", Shape::List(&Shape::Struct(&PE_SECTION))),
    ]),
    rules: &[Rule::AnyOwnBut("pe_type")],
};

/// Section 6.7.6.2.
static PE_OPTIONAL_HEADER: Table = Table {
    section: "6.7.6.2",
    rows: &sorted([
        optional("magic_hex", Shape::Hex),
        optional("major_linker_version", INTEGER),
        optional("minor_linker_version", INTEGER),
        optional("size_of_code", COUNT),
        optional("size_of_initialized_data", COUNT),
        optional("size_of_uninitialized_data", COUNT),
        optional("address_of_entry_point", INTEGER),
        optional("base_of_code", INTEGER),
        optional("base_of_data", INTEGER),
        optional("image_base", INTEGER),
        optional("section_alignment", INTEGER),
        optional("file_alignment", INTEGER),
        optional("major_os_version", INTEGER),
        optional("minor_os_version", INTEGER),
        optional("major_image_version", INTEGER),
        optional("minor_image_version", INTEGER),
        optional("major_subsystem_version", INTEGER),
        optional("minor_subsystem_version", INTEGER),
        optional("win32_version_value_hex", Shape::Hex),
        optional("size_of_image", COUNT),
        optional("size_of_headers", COUNT),
        optional("checksum_hex", Shape::Hex),
        optional("subsystem_hex", Shape::Hex),
        optional("dll_characteristics_hex", Shape::Hex),
        optional("size_of_stack_reserve", COUNT),
        optional("size_of_stack_commit", COUNT),
        optional("size_of_heap_reserve", COUNT),
        optional("size_of_heap_commit", COUNT),
        optional("loader_flags_hex", Shape::Hex),
        optional("number_of_rva_and_sizes", INTEGER),
        optional("hashes", Shape::Hashes),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.7.6.3.
static PE_SECTION: Table = Table {
    section: "6.7.6.3",
    rows: &sorted([
        required("name", Shape::Text),
        optional("size", COUNT),
        optional("entropy", Shape::Float(0.0, 8.0)),
        optional("hashes", Shape::Hashes),
    ]),
    rules: &[],
};

/// Section 6.12.2.
pub(super) static HTTP_REQUEST: Table = Table {
    section: "6.12.2",
    rows: &sorted([
        required("request_method", Shape::Text),
        required("request_value", Shape::Text),
        optional("request_version", Shape::Text),
        optional("request_header", Shape::Dictionary(Entries::Texts)),
        optional("message_body_length", INTEGER),
        optional("message_body_data_ref", Shape::Id(Targets::Only(&["artifact"]))),
    ]),
    rules: &[],
};

/// Section 6.12.3.
pub(super) static ICMP: Table = Table {
    section: "6.12.3",
    rows: &sorted([required("icmp_type_hex", Shape::Hex), required("icmp_code_hex", Shape::Hex)]),
    rules: &[],
};

/// Section 6.12.4.
pub(super) static SOCKET: Table = Table {
    section: "6.12.4",
    rows: &sorted([
        required("address_family", Shape::Vocabulary(&v::NETWORK_SOCKET_ADDRESS_FAMILY)),
        optional("is_blocking", Shape::Boolean),
        optional("is_listening", Shape::Boolean),
        optional("options", Shape::Dictionary(Entries::Integer)),
        optional("socket_type", Shape::Vocabulary(&v::NETWORK_SOCKET_TYPE)),
        optional("socket_descriptor", COUNT),
        optional("socket_handle", INTEGER),
    ]),
    rules: &[],
};

/// Section 6.12.5.
pub(super) static TCP: Table = Table {
    section: "6.12.5",
    rows: &sorted([optional("src_flags_hex", Shape::Hex), optional("dst_flags_hex", Shape::Hex)]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.13.2.
pub(super) static WINDOWS_PROCESS: Table = Table {
    section: "6.13.2",
    rows: &sorted([
        optional("aslr_enabled", Shape::Boolean),
        optional("dep_enabled", Shape::Boolean),
        optional("priority", Shape::Text),
        optional("owner_sid", Shape::Text),
        optional("window_title", Shape::Text),
        // Errata 01 spells the row above like this; both spellings are about.
        optional("windows_title", Shape::Text),
        optional("startup_info", Shape::Dictionary(Entries::Any)),
        optional("integrity_level", Shape::Vocabulary(&v::WINDOWS_INTEGRITY_LEVEL)),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.13.3.
pub(super) static WINDOWS_SERVICE: Table = Table {
    section: "6.13.3",
    rows: &sorted([
        optional("service_name", Shape::Text),
        optional("descriptions", TEXTS),
        optional("display_name", Shape::Text),
        optional("group_name", Shape::Text),
        optional("start_type", Shape::Vocabulary(&v::WINDOWS_SERVICE_START_TYPE)),
        optional("service_dll_refs", Shape::Ids(Targets::Only(&["file"]))),
        optional("service_type", Shape::Vocabulary(&v::WINDOWS_SERVICE_TYPE)),
        optional("service_status", Shape::Vocabulary(&v::WINDOWS_SERVICE_STATUS)),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.16.2.
pub(super) static UNIX_ACCOUNT: Table = Table {
    section: "6.16.2",
    rows: &sorted([
        optional("gid", INTEGER),
        optional("groups", TEXTS),
        optional("home_dir", Shape::Text),
        optional("shell", Shape::Text),
    ]),
    rules: &[Rule::AnyOwn],
};

/// Section 6.18.2.
pub(super) static X509_V3_EXTENSIONS: Table = Table {
    section: "6.18.2",
    rows: &sorted([
        optional("basic_constraints", Shape::Text),
        optional("name_constraints", Shape::Text),
        optional("policy_constraints", Shape::Text),
        optional("key_usage", Shape::Text),
        optional("extended_key_usage", Shape::Text),
        optional("subject_key_identifier", Shape::Text),
        optional("authority_key_identifier", Shape::Text),
        optional("subject_alternative_name", Shape::Text),
        optional("issuer_alternative_name", Shape::Text),
        optional("subject_directory_attributes", Shape::Text),
        optional("crl_distribution_points", Shape::Text),
        optional("inhibit_any_policy", Shape::Text),
        optional("private_key_usage_period_not_before", Shape::Timestamp),
        optional("private_key_usage_period_not_after", Shape::Timestamp),
        optional("certificate_policies", Shape::Text),
        optional("policy_mappings", Shape::Text),
    ]),
    rules: &[Rule::AnyOwn],
};
