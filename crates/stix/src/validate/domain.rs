//! What do domain objects hold? (section 4)

use super::{
    common_properties::{KILL_CHAIN_PHASES, TEXTS},
    pattern,
    rules::{self, Rule},
    table::{Category, Form, Shape, Table, Targets, Type, optional, required, sorted},
    vocabulary as v,
};

const SOFTWARE: Targets = Targets::Only(&["software"]);
const SEEN: Rule = Rule::NotBefore("first_seen", "last_seen");

macro_rules! words {
    ($vocabulary:ident) => {
        Shape::List(&Shape::Vocabulary(&v::$vocabulary))
    };
}

const fn domain(name: &'static str, table: &'static Table) -> Type {
    Type::plain(name, Category::Domain, table)
}

pub(super) static ATTACK_PATTERN: Type = domain(
    "attack-pattern",
    &Table {
        section: "4.1",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("aliases", TEXTS),
            optional("kill_chain_phases", KILL_CHAIN_PHASES),
        ]),
        rules: &[Rule::Check(rules::capec_reference)],
    },
);

pub(super) static CAMPAIGN: Type = domain(
    "campaign",
    &Table {
        section: "4.2",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("aliases", TEXTS),
            optional("first_seen", Shape::Timestamp),
            optional("last_seen", Shape::Timestamp),
            optional("objective", Shape::Text),
        ]),
        rules: &[SEEN],
    },
);

pub(super) static COURSE_OF_ACTION: Type = domain(
    "course-of-action",
    &Table {
        section: "4.3",
        // `action` is reserved (section 3.8) and therefore no row.
        rows: &sorted([required("name", Shape::Text), optional("description", Shape::Text)]),
        rules: &[],
    },
);

pub(super) static GROUPING: Type = domain(
    "grouping",
    &Table {
        section: "4.4",
        rows: &sorted([
            optional("name", Shape::Text),
            optional("description", Shape::Text),
            required("context", Shape::Vocabulary(&v::GROUPING_CONTEXT)),
            required("object_refs", Shape::Ids(Targets::Any)),
        ]),
        rules: &[],
    },
);

pub(super) static IDENTITY: Type = domain(
    "identity",
    &Table {
        section: "4.5",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("roles", TEXTS),
            optional("identity_class", Shape::Vocabulary(&v::IDENTITY_CLASS)),
            optional("sectors", words!(INDUSTRY_SECTOR)),
            optional("contact_information", Shape::Text),
        ]),
        rules: &[],
    },
);

pub(super) static INCIDENT: Type = domain(
    "incident",
    &Table {
        section: "4.6",
        rows: &sorted([required("name", Shape::Text), optional("description", Shape::Text)]),
        rules: &[],
    },
);

pub(super) static INDICATOR: Type = domain(
    "indicator",
    &Table {
        section: "4.7",
        rows: &sorted([
            optional("name", Shape::Text),
            optional("description", Shape::Text),
            optional("indicator_types", words!(INDICATOR_TYPE)),
            required("pattern", Shape::FilledText),
            required("pattern_type", Shape::Vocabulary(&v::PATTERN_TYPE)),
            optional("pattern_version", Shape::Text),
            required("valid_from", Shape::Timestamp),
            optional("valid_until", Shape::Timestamp),
            optional("kill_chain_phases", KILL_CHAIN_PHASES),
        ]),
        rules: &[Rule::After("valid_from", "valid_until"), Rule::Check(pattern::the_pattern_is_one)],
    },
);

pub(super) static INFRASTRUCTURE: Type = domain(
    "infrastructure",
    &Table {
        section: "4.8",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("infrastructure_types", words!(INFRASTRUCTURE_TYPE)),
            optional("aliases", TEXTS),
            optional("kill_chain_phases", KILL_CHAIN_PHASES),
            optional("first_seen", Shape::Timestamp),
            optional("last_seen", Shape::Timestamp),
        ]),
        rules: &[SEEN],
    },
);

pub(super) static INTRUSION_SET: Type = domain(
    "intrusion-set",
    &Table {
        section: "4.9",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("aliases", TEXTS),
            optional("first_seen", Shape::Timestamp),
            optional("last_seen", Shape::Timestamp),
            optional("goals", TEXTS),
            optional("resource_level", Shape::Vocabulary(&v::ATTACK_RESOURCE_LEVEL)),
            optional("primary_motivation", Shape::Vocabulary(&v::ATTACK_MOTIVATION)),
            optional("secondary_motivations", words!(ATTACK_MOTIVATION)),
        ]),
        rules: &[SEEN],
    },
);

pub(super) static LOCATION: Type = domain(
    "location",
    &Table {
        section: "4.10",
        rows: &sorted([
            optional("name", Shape::Text),
            optional("description", Shape::Text),
            optional("latitude", Shape::Float(-90.0, 90.0)),
            optional("longitude", Shape::Float(-180.0, 180.0)),
            optional("precision", Shape::Float(0.0, f64::MAX)),
            optional("region", Shape::Vocabulary(&v::REGION)),
            optional("country", Shape::Form(Form::Country)),
            optional("administrative_area", Shape::Text),
            optional("city", Shape::Text),
            optional("street_address", Shape::Text),
            optional("postal_code", Shape::Text),
        ]),
        rules: &[
            Rule::AnyOf(&["region", "country", "latitude", "longitude"]),
            Rule::Needs("latitude", "longitude"),
            Rule::Needs("longitude", "latitude"),
            Rule::Needs("precision", "latitude"),
            Rule::Needs("precision", "longitude"),
        ],
    },
);

pub(super) static MALWARE: Type = domain(
    "malware",
    &Table {
        section: "4.11",
        rows: &sorted([
            optional("name", Shape::Text),
            optional("description", Shape::Text),
            optional("malware_types", words!(MALWARE_TYPE)),
            required("is_family", Shape::Boolean),
            optional("aliases", TEXTS),
            optional("kill_chain_phases", KILL_CHAIN_PHASES),
            optional("first_seen", Shape::Timestamp),
            optional("last_seen", Shape::Timestamp),
            optional("operating_system_refs", Shape::Ids(SOFTWARE)),
            optional("architecture_execution_envs", words!(PROCESSOR_ARCHITECTURE)),
            optional("implementation_languages", words!(IMPLEMENTATION_LANGUAGE)),
            optional("capabilities", words!(MALWARE_CAPABILITIES)),
            optional("sample_refs", Shape::Ids(Targets::Only(&["artifact", "file"]))),
        ]),
        rules: &[SEEN, Rule::Check(rules::family_has_a_name)],
    },
);

pub(super) static MALWARE_ANALYSIS: Type = domain(
    "malware-analysis",
    &Table {
        section: "4.12",
        rows: &sorted([
            required("product", Shape::Text),
            optional("version", Shape::Text),
            optional("host_vm_ref", Shape::Id(SOFTWARE)),
            optional("operating_system_ref", Shape::Id(SOFTWARE)),
            optional("installed_software_refs", Shape::Ids(SOFTWARE)),
            optional("configuration_version", Shape::Text),
            optional("modules", TEXTS),
            optional("analysis_engine_version", Shape::Text),
            optional("analysis_definition_version", Shape::Text),
            optional("submitted", Shape::Timestamp),
            optional("analysis_started", Shape::Timestamp),
            optional("analysis_ended", Shape::Timestamp),
            optional("result_name", Shape::Text),
            optional("result", Shape::Vocabulary(&v::MALWARE_RESULT)),
            optional("analysis_sco_refs", Shape::Ids(Targets::Observable)),
            // A file, artifact or network traffic, says the standard, but not with MUST.
            optional("sample_ref", Shape::Id(Targets::Observable)),
        ]),
        rules: &[Rule::AnyOf(&["result", "analysis_sco_refs"])],
    },
);

pub(super) static NOTE: Type = domain(
    "note",
    &Table {
        section: "4.13",
        rows: &sorted([
            optional("abstract", Shape::Text),
            required("content", Shape::Text),
            optional("authors", TEXTS),
            required("object_refs", Shape::Ids(Targets::Any)),
        ]),
        rules: &[],
    },
);

pub(super) static OBSERVED_DATA: Type = domain(
    "observed-data",
    &Table {
        section: "4.14",
        rows: &sorted([
            required("first_observed", Shape::Timestamp),
            required("last_observed", Shape::Timestamp),
            required("number_observed", Shape::Integer(1, 999_999_999)),
            optional("objects", Shape::Container),
            optional("object_refs", Shape::Ids(Targets::ObservableOrRelationship)),
        ]),
        rules: &[
            Rule::NotBefore("first_observed", "last_observed"),
            Rule::OneOf(&["objects", "object_refs"]),
            Rule::Deprecated("objects"),
            Rule::Check(rules::an_observable_is_referenced),
        ],
    },
);

pub(super) static OPINION: Type = domain(
    "opinion",
    &Table {
        section: "4.15",
        rows: &sorted([
            optional("explanation", Shape::Text),
            optional("authors", TEXTS),
            required("opinion", Shape::Vocabulary(&v::OPINION)),
            required("object_refs", Shape::Ids(Targets::Any)),
        ]),
        rules: &[],
    },
);

pub(super) static REPORT: Type = domain(
    "report",
    &Table {
        section: "4.16",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("report_types", words!(REPORT_TYPE)),
            required("published", Shape::Timestamp),
            required("object_refs", Shape::Ids(Targets::Any)),
        ]),
        rules: &[],
    },
);

pub(super) static THREAT_ACTOR: Type = domain(
    "threat-actor",
    &Table {
        section: "4.17",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("threat_actor_types", words!(THREAT_ACTOR_TYPE)),
            optional("aliases", TEXTS),
            optional("first_seen", Shape::Timestamp),
            optional("last_seen", Shape::Timestamp),
            optional("roles", words!(THREAT_ACTOR_ROLE)),
            optional("goals", TEXTS),
            optional("sophistication", Shape::Vocabulary(&v::THREAT_ACTOR_SOPHISTICATION)),
            optional("resource_level", Shape::Vocabulary(&v::ATTACK_RESOURCE_LEVEL)),
            optional("primary_motivation", Shape::Vocabulary(&v::ATTACK_MOTIVATION)),
            optional("secondary_motivations", words!(ATTACK_MOTIVATION)),
            optional("personal_motivations", words!(ATTACK_MOTIVATION)),
        ]),
        rules: &[SEEN],
    },
);

pub(super) static TOOL: Type = domain(
    "tool",
    &Table {
        section: "4.18",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            optional("tool_types", words!(TOOL_TYPE)),
            optional("aliases", TEXTS),
            optional("kill_chain_phases", KILL_CHAIN_PHASES),
            optional("tool_version", Shape::Text),
        ]),
        rules: &[],
    },
);

pub(super) static VULNERABILITY: Type = domain(
    "vulnerability",
    &Table {
        section: "4.19",
        rows: &sorted([required("name", Shape::Text), optional("description", Shape::Text)]),
        rules: &[Rule::Check(rules::cve_reference)],
    },
);
