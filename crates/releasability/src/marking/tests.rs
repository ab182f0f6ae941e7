//! Is every marking language read whole, and is what is not understood unknown?

use stix::{Limits, json::Tree};

use super::*;

const ID: &str = "marking-definition--11111111-1111-4111-8111-111111111111";

fn read(rest: &str) -> Label {
    let text = format!(r#"{{"type":"marking-definition","id":"{ID}",{rest}}}"#);
    let known = BTreeMap::from([
        (ClassificationPolicy("NATO".into()), vec!["UNCLASSIFIED".into(), "SECRET".into()]),
        (ClassificationPolicy("US".into()), ["U", "Confidential", "S", "TS"].map(str::to_owned).to_vec()),
    ]);
    label(Tree::parse(text.as_bytes(), &Limits::DEFAULT).unwrap().root(), &known)
}

fn extended(extension: &str, rest: &str) -> Label {
    read(&format!(r#""extensions":{{"{extension}":{{"extension_type":"property-extension",{rest}}}}}"#))
}

fn ours(rest: &str) -> Label {
    extended(RELEASABILITY_EXTENSION, rest)
}

#[test]
fn traffic_lights_of_every_form_are_read() {
    assert_eq!(read(r#""definition_type":"tlp","definition":{"tlp":"white"}"#), Label::of(Tlp::Clear));
    assert_eq!(
        read(&format!(
            r#""extensions":{{"{TLP_EXTENSION}":{{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}}"#
        )),
        Label::of(Tlp::AmberStrict)
    );
    assert_eq!(read(r#""definition_type":"statement","definition":{"statement":"© us"}"#), Label::clear());
    assert_eq!(standard_id(Tlp::AmberStrict), "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003");
}

#[test]
fn our_extension_is_read_whole() {
    let label = ours(
        r#""tlp":"AMBER","classification":[{"policy":"NATO","level":"secret"}],"releasable_to":["NATO","JPN"],
           "not_releasable_to":["NOR"],"originator_control":true,"valid_until":"2027-01-01T00:00:00Z""#,
    );
    assert_eq!(
        label.to_string(),
        "TLP:AMBER, NATO level 1, REL JPN NATO, NOT NOR, ORCON, until 2027-01-01T00:00:00.000Z"
    );
}

#[test]
fn what_is_not_understood_is_unknown() {
    let unknown = Label::unknown(ID);
    for part in [
        r#""releasable_to":[]"#,
        r#""releasable_to":["J P N"]"#,
        r#""releasable_to":"JPN""#,
        r#""classification":[{"policy":"NATO","level":"COSMIC"}]"#,
        r#""classification":[{"policy":"EU","level":"SECRET"}]"#,
        r#""valid_until":"tomorrow""#,
        r#""originator_control":"yes""#,
        r#""embargo":1"#,
    ] {
        assert_eq!(ours(part), unknown, "{part}");
    }
    assert_eq!(read(r#""definition_type":"iep","definition":{}"#), unknown);
    assert_eq!(read(r#""definition_type":"tlp","definition":{"tlp":"blue"}"#), unknown);
    assert_eq!(read(r#""name":"nothing""#), unknown);
    assert_eq!(
        read(r#""definition_type":"tlp","definition":{"tlp":"green"},"extensions":{"x":{}}"#).unknown.len(),
        1
    );
}

#[test]
fn every_form_of_pap_is_read_and_restricts_no_recipient() {
    for (word, pap) in
        [("white", Pap::Clear), ("clear", Pap::Clear), ("GREEN", Pap::Green), ("red", Pap::Red)]
    {
        let label = extended(PAP_EXTENSION, &format!(r#""pap":"{word}""#));
        assert_eq!(label, Label { pap, ..Label::clear() });
    }
    let amber = standard("marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab").unwrap();
    assert_eq!(amber.to_string(), "TLP:CLEAR, PAP:AMBER");
    assert_eq!(ours(r#""pap":"AMBER""#), amber);
    for part in [r#""pap":"grey""#, r#""pap":3"#, r#""pap":"red","more":1"#, r#""other":1"#] {
        assert_eq!(extended(PAP_EXTENSION, part), Label::unknown(ID), "{part}");
    }
}

#[test]
fn nobody_defines_a_standard_marking_otherwise() {
    for (id, text) in [(STANDARD_PAP[4].0, "TLP:CLEAR, PAP:RED"), (STANDARD_TLP[3].0, "TLP:RED")] {
        let other = format!(r#"{{"id":"{id}","extensions":{{"{TLP_EXTENSION}":{{"tlp_2_0":"clear"}}}}}}"#);
        let tree = Tree::parse(other.as_bytes(), &Limits::DEFAULT).unwrap();
        assert_eq!(label(tree.root(), &Classifications::new()).to_string(), text);
    }
}

#[test]
fn an_extension_that_is_no_dictionary_or_says_more_than_it_may_is_unknown() {
    for content in [r#""clear""#, "[]", "null", r#"{"tlp_2_0":"clear","tlp_3_0":"red"}"#, "{}"] {
        let label = read(&format!(r#""extensions":{{"{TLP_EXTENSION}":{content}}}"#));
        assert_eq!(label, Label::unknown(ID), "{content}");
    }
    let ours = read(&format!(r#""extensions":{{"{RELEASABILITY_EXTENSION}":"open"}}"#));
    assert_eq!(ours, Label::unknown(ID));
}

const IEP: &str = r#""encrypt_in_transit":"may","permitted_actions":"externally-visible-direct-actions",
    "affected_party_notifications":"may","tlp":"amber","provider_attribution":"may","unmodified_resale":"must-not",
    "iep_id":"0224bfdf-ea3a-49c3-96f6-66d908bb1845","iep_version":2.0,"name":"n","description":"d",
    "external_reference":"https://example.org","start_date":"2022-10-01T00:00:00Z""#;

#[test]
fn an_information_exchange_policy_is_read_whole() {
    let from = "from 2022-10-01T00:00:00.000Z";
    assert_eq!(extended(IEP_EXTENSION, IEP).to_string(), format!("TLP:AMBER, {from}"));
    let text = format!(r#"{IEP},"end_date":"2027-01-01T00:00:00Z""#)
        .replace("externally-visible-direct-actions", "Internally-Visible-Actions")
        .replace(r#""provider_attribution":"may""#, r#""attribution":"must-not""#);
    assert_eq!(
        extended(IEP_EXTENSION, &text).to_string(),
        format!("TLP:AMBER, PAP:RED, ORCON, {from}, until 2027-01-01T00:00:00.000Z")
    );
    for (actions, pap) in [
        ("none", Pap::Red),
        ("contact-for-instruction", Pap::Red),
        ("externally-visible-indirect-actions", Pap::Amber),
    ] {
        let text = IEP.replace("externally-visible-direct-actions", actions);
        assert_eq!(extended(IEP_EXTENSION, &text).pap, pap, "{actions}");
    }
}

#[test]
fn an_information_exchange_policy_that_is_not_by_the_standard_is_unknown() {
    for (good, bad) in [
        (r#""tlp":"amber","#, ""),
        (r#""tlp":"amber""#, r#""tlp":"amber+strict""#),
        (r#""tlp":"amber""#, r#""tlp":"TLP:AMBER""#),
        (r#""encrypt_in_transit":"may""#, r#""encrypt_in_transit":"should""#),
        (r#""unmodified_resale":"must-not""#, r#""unmodified_resale":"must""#),
        (r#""affected_party_notifications":"may""#, r#""affected_party_notifications":true"#),
        ("externally-visible-direct-actions", "all"),
        (r#""provider_attribution":"may""#, r#""provider_attribution":"never""#),
        (r#""iep_version":2.0"#, r#""iep_version":1.0"#),
        (r#""iep_version":2.0"#, r#""iep_version":"2.0""#),
        // The nearest number below 2.
        (r#""iep_version":2.0"#, r#""iep_version":1.9999999999999998"#),
        (r#""name":"n""#, r#""embargo":"n""#),
        ("2022-10-01T00:00:00Z", "soon"),
        (r#""start_date""#, r#""end_date""#),
    ] {
        assert!(IEP.contains(good), "{good}");
        assert_eq!(extended(IEP_EXTENSION, &IEP.replace(good, bad)), Label::unknown(ID), "{bad}");
    }
}

const ACS: &str = r#""identifier":"isa:guide.19001.ACS3-3bda2f6e","name":"n","create_date_time":"2018-05-27T14:10:26.723Z",
    "responsible_entity_custodian":"USA.NSA",
    "policy_reference":"urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit""#;

fn acs(rest: &str) -> Label {
    extended(ACS_EXTENSION, &format!("{ACS},{rest}"))
}

#[test]
fn an_access_control_marking_is_read_whole() {
    assert_eq!(acs(r#""control_set":{"classification":"U"}"#).to_string(), "TLP:CLEAR, US level 0");
    let full = acs(
        r#""responsible_entity_originator":"USA.DHS.US-CERT","authority_reference":["urn:isa:authority:misa"],
           "original_classification":{"classified_by":"x"},"declassification":{"declass_period":5},
           "public_release":{"released_by":"x"},
           "resource_disposition":{"disposition_date":"2027-01-01T00:00:00Z","disposition_process":"destroy"},
           "further_sharing":[{"sharing_scope":["USA.DOJ"],"rule_effect":"deny"},
                              {"sharing_scope":["SECTOR"],"rule_effect":"permit"}],
           "control_set":{"classification":"C","formal_determination":["NF","FOUO","AIS"],"caveat":["POSSIBLEPII"],
             "entity":["MIL","GOV"],"shareability":["NCC","EM"],"permitted_nationalities":["USA","JPN"],
             "permitted_organizations":["USA.USG","identity--00000005-0000-4000-8000-000000000000"]}"#,
    );
    assert_eq!(
        full.to_string(),
        "TLP:AMBER, US level 1, REL identity--00000005-0000-4000-8000-000000000000 USA.USG, REL JPN USA, REL USA, \
         REL EM NCC, REL GOV MIL, NOT USA.DOJ, until 2027-01-01T00:00:00.000Z"
    );
}

#[test]
fn defaults_and_rules_of_an_access_control_marking_bind_what_may_be_done() {
    let set = r#""control_set":{"classification":"TS"}"#;
    let rule = |action: &str, who: &str, effect: &str| {
        format!(
            r#"{{"privilege_action":"{action}","rule_effect":"{effect}","privilege_scope":{{"permitted_organizations":["{who}"]}}}}"#
        )
    };
    let with = |defaults: &str, rules: &[String]| {
        let text = format!(r#"{ACS},{set},"access_privilege":[{}]"#, rules.join(","));
        let text = if rules.is_empty() { format!("{ACS},{set}") } else { text };
        extended(ACS_EXTENSION, &text.replace("privdefault=permit&sharedefault=permit", defaults)).to_string()
    };
    let unknown = Label::unknown(ID).to_string();
    assert_eq!(with("privdefault=permit&sharedefault=deny", &[]), "TLP:CLEAR, US level 3, ORCON");
    assert_eq!(with("privdefault=deny&sharedefault=permit", &[]), unknown);
    let deny = "privdefault=deny&sharedefault=permit";
    let permit = "privdefault=permit&sharedefault=permit";
    assert_eq!(with(deny, &[rule("ALL", "ALL", "permit")]), "TLP:CLEAR, US level 3");
    assert_eq!(with(deny, &[rule("TEARLINE", "ALL", "permit")]), "TLP:CLEAR, PAP:RED, US level 3, ORCON");
    assert_eq!(with(deny, &[rule("TEARLINE", "USA.DHS", "permit")]), unknown);
    assert_eq!(with(permit, &[rule("NETDEF", "USA.DHS", "deny")]), "TLP:CLEAR, PAP:RED, US level 3");
    assert_eq!(with(permit, &[rule("OPACTION", "ALL", "deny")]), "TLP:CLEAR, PAP:GREEN, US level 3");
    assert_eq!(with(permit, &[rule("IDSRC", "ALL", "deny")]), "TLP:CLEAR, US level 3, ORCON");
    assert_eq!(with(permit, &[rule("ALL", "ALL", "permit"), rule("ALL", "USA.DHS", "deny")]), unknown);
    assert_eq!(with(permit, &[rule("LEGAL", "ALL", "deny")]), "TLP:CLEAR, US level 3");
    for rules in [rule("NAP", "ALL", "permit"), rule("LEGAL", "ALL", "maybe"), "{}".into(), "1".into()] {
        assert_eq!(with(permit, std::slice::from_ref(&rules)), unknown, "{rules}");
    }
    let twice = format!("{permit} urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=deny");
    assert_eq!(with(&twice, &[]), "TLP:CLEAR, US level 3, ORCON");
    for defaults in
        ["privdefault=permit", "privdefault=x&sharedefault=permit", &format!("{permit} urn:other:policy")]
    {
        assert_eq!(with(defaults, &[]), unknown, "{defaults}");
    }
}

#[test]
fn a_rule_of_an_access_control_marking_that_says_more_or_less_than_it_may_is_unknown() {
    let with = |rules: &str| acs(&format!(r#""control_set":{{"classification":"U"}},{rules}"#));
    let scoped = |scope: &str| {
        with(&format!(
            r#""access_privilege":[{{"privilege_action":"LEGAL","rule_effect":"permit","privilege_scope":{scope}}}]"#
        ))
    };
    assert!(scoped(r#"{"entity":["ALL"]}"#).unknown.is_empty());
    for scope in ["{}", "[]", r#"["ALL"]"#, r#""ALL""#, r#"{"entity":["ALL"],"planet":["ALL"]}"#] {
        assert_eq!(scoped(scope), Label::unknown(ID), "{scope}");
    }
    for rules in [
        r#""access_privilege":[{"privilege_action":"LEGAL","rule_effect":"permit","privilege_scope":{"entity":["ALL"]},"until":"2027"}]"#,
        r#""further_sharing":[{"sharing_scope":["USA.DOJ"],"rule_effect":"permit","until":"2027"}]"#,
    ] {
        let (good, bad) = (rules.replace(r#","until":"2027""#, ""), rules);
        assert!(with(&good).unknown.is_empty(), "{good}");
        assert_eq!(with(bad), Label::unknown(ID), "{bad}");
    }
}

#[test]
fn what_of_an_access_control_marking_cannot_be_honoured_is_unknown() {
    let in_set = |rest: &str| acs(&format!(r#""control_set":{{"classification":"U",{rest}}}"#));
    for rest in [
        r#""sci_controls":["SI"]"#,
        r#""logical_authority_category":["LAC12345"]"#,
        r#""sensitivity":["LES"]"#,
        r#""caveat":["FISA"]"#,
        r#""caveat":["CISAPROPRIETARY"]"#,
        r#""caveat":[]"#,
        r#""formal_determination":["PUBREL","SECRET SAUCE"]"#,
        r#""formal_determination":"NF""#,
        r#""permitted_nationalities":["XKX"]"#,
        r#""permitted_nationalities":["ALL"]"#,
        r#""permitted_nationalities":[]"#,
        // The financial sector, not Finland.
        r#""permitted_organizations":["FIN"]"#,
        r#""permitted_organizations":["two words"]"#,
        r#""shareability":["ALL"]"#,
        r#""entity":["GOV","DOG"]"#,
        r#""something":["new"]"#,
    ] {
        assert_eq!(in_set(rest), Label::unknown(ID), "{rest}");
    }
    for rest in [
        r#""name":"no control set""#,
        r#""control_set":{"classification":"u"}"#,
        r#""control_set":{"classification":"R"}"#,
        r#""control_set":{"formal_determination":["AIS"]}"#,
        r#""control_set":{"classification":"U"},"something":1"#,
        r#""control_set":{"classification":"U"},"resource_disposition":{"disposition_process":"destroy"}"#,
        r#""control_set":{"classification":"U"},"further_sharing":[{"sharing_scope":["FOREIGNGOV"],"rule_effect":"deny"}]"#,
        r#""control_set":{"classification":"U"},"further_sharing":[{"sharing_scope":["SECTOR"],"rule_effect":"deny"}]"#,
        r#""control_set":{"classification":"U"},"further_sharing":[{"rule_effect":"permit"}]"#,
        r#""control_set":{"classification":"U"},"further_sharing":[]"#,
    ] {
        assert_eq!(acs(rest), Label::unknown(ID), "{rest}");
    }
    let undeclared = format!(
        r#"{{"id":"{ID}","extensions":{{"{ACS_EXTENSION}":{{{ACS},"control_set":{{"classification":"U"}}}}}}}}"#
    );
    let tree = Tree::parse(undeclared.as_bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(label(tree.root(), &Classifications::new()), Label::unknown(ID));
}

#[test]
fn a_nato_label_stands_in_our_extension_beside_the_rest() {
    let xml = |policy: &str| {
        format!(
            "<slab:originatorConfidentialityLabel xmlns:slab='{}'><slab:ConfidentialityInformation>\
             <slab:PolicyIdentifier>{policy}</slab:PolicyIdentifier><slab:Classification>SECRET</slab:Classification>\
             </slab:ConfidentialityInformation></slab:originatorConfidentialityLabel>",
            crate::stanag::NAMESPACE
        )
    };
    let nato = xml("NATO");
    let other = nato.replace("originator", "alternative");
    assert_eq!(
        ours(&format!(r#""stanag_4774":"{nato}","tlp":"GREEN","classification":[{{"policy":"NATO","level":"UNCLASSIFIED"}}]"#))
            .to_string(),
        "TLP:GREEN, NATO level 1"
    );
    let mine = xml("MINE");
    assert_eq!(
        ours(&format!(r#""stanag_4774":["{mine}","{other}"]"#)).to_string(),
        "TLP:CLEAR, NATO level 1"
    );
    for value in [format!("\"{mine}\""), "[]".into(), "1".into(), "\"\"".into(), format!("[\"{other}\"]")] {
        assert_eq!(ours(&format!(r#""stanag_4774":{value}"#)), Label::unknown(ID), "{value}");
    }
}

#[test]
fn as_many_rules_as_an_object_can_hold_are_read() {
    let rules: Vec<_> =
        (0..15_000).map(|at| format!(r#"{{"sharing_scope":["ORG.{at}"],"rule_effect":"deny"}}"#)).collect();
    let label =
        acs(&format!(r#""control_set":{{"classification":"U"}},"further_sharing":[{}]"#, rules.join(",")));
    assert_eq!(label.not.len(), 15_000);
}
