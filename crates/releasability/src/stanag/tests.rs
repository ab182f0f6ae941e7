//! Is a confidentiality label read and written without loss, and understood strictly?

use std::{collections::BTreeMap, fmt::Write as _};

use proptest::prelude::*;
use stix::Timestamp;

use super::{
    document::{Attribute, Element, Node, Space},
    *,
};
use crate::{
    label::{ClassificationPolicy, Label, Level, OriginatorControl, Pap, Tlp},
    marking::Classifications,
};

/// As in the standard's examples, with everything that it allows.
const FULL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- before -->
<slab:originatorConfidentialityLabel xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" Id='l1'
    ReviewDateTime="2031-09-26T00:00:00Z" xml:lang="en">
  <slab:ConfidentialityInformation>
    <slab:PolicyIdentifier URI="urn:oid:1.3.26.1.3.1">NATO</slab:PolicyIdentifier>
    <slab:Classification> NATO
       SECRET </slab:Classification>
    <slab:PrivacyMark>MINIMUM &amp; &#x4e; <![CDATA[<less>]]></slab:PrivacyMark>
    <slab:Category Type="PERMISSIVE" TagName="Releasable To" URI="urn:oid:1.3.26.1.4.2">
      <slab:GenericValue>JPN</slab:GenericValue><slab:GenericValue>NATO</slab:GenericValue>
    </slab:Category>
    <slab:Category Type="RESTRICTIVE" TagName="not releasable to"><slab:GenericValue>NOR</slab:GenericValue></slab:Category>
    <slab:Category Type="INFORMATIVE" TagName="Administrative"><any xmlns="urn:x"/></slab:Category>
  </slab:ConfidentialityInformation>
  <slab:OriginatorID IDType="rfc822Name">author@example.org</slab:OriginatorID>
  <slab:CreationDateTime>2026-09-26T12:00:00Z</slab:CreationDateTime>
  <slab:SuccessionHandling>
    <slab:SuccessionDateTime>2030-01-01T00:00:00Z</slab:SuccessionDateTime>
    <slab:SuccessorConfidentialityLabel>
      <slab:ConfidentialityInformation>
        <slab:PolicyIdentifier>nato</slab:PolicyIdentifier>
        <slab:Classification>UNCLASSIFIED</slab:Classification>
        <slab:Category Type="PERMISSIVE" TagName="Context"><slab:GenericValue>NATO</slab:GenericValue></slab:Category>
      </slab:ConfidentialityInformation>
      <slab:CreationDateTime>2026-09-26T12:00:00Z</slab:CreationDateTime>
    </slab:SuccessorConfidentialityLabel>
  </slab:SuccessionHandling>
</slab:originatorConfidentialityLabel>
<?after it?>"#;

fn known() -> Classifications {
    BTreeMap::from([
        (
            ClassificationPolicy("NATO".into()),
            ["UNCLASSIFIED", "RESTRICTED", "SECRET"].map(str::to_owned).to_vec(),
        ),
        (ClassificationPolicy("ACME".into()), vec!["OPEN".into(), "open".into()]),
        (ClassificationPolicy("acme".into()), vec!["OPEN".into()]),
        (ClassificationPolicy("Solo".into()), vec!["OPEN".into(), "open".into()]),
        (ClassificationPolicy("Two  spaces".into()), vec!["OPEN".into()]),
    ])
}

fn meaning(text: &str) -> Option<Label> {
    label(&[text.to_owned()], &known())
}

fn dates() -> Dates {
    Dates { created: Timestamp::EPOCH, review: Timestamp::from_parts(1_800_000_000, 0) }
}

fn small(information: &str) -> String {
    format!(
        "<originatorConfidentialityLabel xmlns='{NAMESPACE}'><ConfidentialityInformation>{information}\
         </ConfidentialityInformation></originatorConfidentialityLabel>"
    )
}

const BASE: &str = "<PolicyIdentifier>NATO</PolicyIdentifier><Classification>SECRET</Classification>";

fn category(attributes: &str, values: &str) -> String {
    small(&format!("{BASE}<Category {attributes}>{values}</Category>"))
}

#[test]
fn a_full_label_is_understood() {
    assert_eq!(
        meaning(FULL).unwrap().to_string(),
        "TLP:CLEAR, NATO level 2, REL JPN NATO, REL NATO, NOT NOR"
    );
    assert_eq!(meaning(&small(BASE)).unwrap().to_string(), "TLP:CLEAR, NATO level 2");
}

#[test]
fn a_full_label_is_written_as_it_was_read() {
    let document = Document::read(FULL).unwrap();
    let text = document.to_string();
    assert_eq!(Document::read(&text).unwrap(), document);
    for kept in ["<!-- before -->", "<?after it?>", "Id=\"l1\"", "xml:lang=\"en\"", "<any xmlns=\"urn:x\"/>"]
    {
        assert!(text.contains(kept), "{kept}");
    }
    assert!(text.contains("MINIMUM &amp; N &lt;less&gt;"));
    assert_eq!(Document::read(&FULL.replace('\n', "\r\n")).unwrap(), document);
}

#[test]
fn each_kind_of_category_restricts_as_the_manual_says() {
    let value = "<GenericValue> JPN </GenericValue>";
    for (attributes, label) in [
        ("Type='PERMISSIVE' TagName='RELEASABLE  to'", "TLP:CLEAR, NATO level 2, REL JPN"),
        ("Type='PERMISSIVE' TagName='Only'", "TLP:CLEAR, NATO level 2, REL JPN"),
        ("Type='PERMISSIVE' TagName='Context' URI='urn:oid:1'", "TLP:CLEAR, NATO level 2, REL JPN"),
        ("Type='RESTRICTIVE' TagName='Not Releasable To'", "TLP:CLEAR, NATO level 2, NOT JPN"),
        ("Type='INFORMATIVE' TagName='Releasable To'", "TLP:CLEAR, NATO level 2"),
    ] {
        assert_eq!(meaning(&category(attributes, value)).unwrap().to_string(), label, "{attributes}");
    }
    let twice = small(&format!("{BASE}{}{}", permissive("JPN"), permissive("NATO")));
    assert_eq!(meaning(&twice).unwrap().to_string(), "TLP:CLEAR, NATO level 2, REL JPN, REL NATO");
}

fn permissive(value: &str) -> String {
    format!(
        "<Category Type='PERMISSIVE' TagName='Releasable To'><GenericValue>{value}</GenericValue></Category>"
    )
}

#[test]
fn what_is_not_understood_gives_no_label() {
    let value = "<GenericValue>JPN</GenericValue>";
    let inside = [
        BASE.replace("NATO", "EU"),
        BASE.replace("NATO", "ACME").replace("SECRET", "OPEN"),
        BASE.replace("SECRET", "COSMIC TOP SECRET"),
        BASE.replace("SECRET", ""),
        BASE.replace("SECRET", "<b>SECRET</b>"),
        BASE.replace("<Classification>", "<Classification hint='x'>"),
        format!("{BASE}{BASE}"),
        format!("{BASE}text"),
        format!("{BASE}<Caveat/>"),
        format!("{BASE}<x:Marking xmlns:x='urn:x'/>"),
        format!("{BASE}{}", permissive("two words")),
        format!("{BASE}<Category Type='PERMISSIVE' TagName='Releasable To'/>"),
        "<PolicyIdentifier>NATO</PolicyIdentifier>".to_owned(),
        String::new(),
    ];
    for information in inside {
        assert_eq!(meaning(&small(&information)), None, "{information}");
    }
    for attributes in [
        "Type='permissive' TagName='Releasable To'",
        "TagName='Releasable To'",
        "Type='PERMISSIVE'",
        "Type='INFORMATIVE'",
        "Type='INFORMATIVE' TagName=' &#9;'",
        "Type='PERMISSIVE' TagName='Eyes'",
        "Type='RESTRICTIVE' TagName='Additional Sensitivity'",
        "Type='RESTRICTIVE' TagName='Releasable To'",
        "Type='PERMISSIVE' TagName='Releasable To' More='1'",
    ] {
        assert_eq!(meaning(&category(attributes, value)), None, "{attributes}");
    }
    for values in ["<IntegerValue>1</IntegerValue>", "<GenericValue/>", "JPN"] {
        assert_eq!(meaning(&category("Type='PERMISSIVE' TagName='Releasable To'", values)), None, "{values}");
    }
    let good = small(BASE);
    for (from, to) in [
        ("originator", "metadata"),
        ("<Conf", "<x/><Conf"),
        ("<Conf", "<x xmlns='urn:x'/><Conf"),
        (NAMESPACE, "urn:nato:stanag:4774:confidentialitymetadatalabel:2:0"),
        ("<Conf", "<SuccessionHandling/><Conf"),
        ("xmlns=", "x:extra='1' xmlns:x='urn:x' xmlns="),
    ] {
        assert!(good.contains(from));
        assert_eq!(meaning(&good.replacen(from, to, 1)), None, "{to}");
    }
}

#[test]
fn what_may_stand_once_is_not_understood_twice() {
    let information = format!("<ConfidentialityInformation>{BASE}</ConfidentialityInformation>");
    let good = small(BASE);
    assert_eq!(meaning(&good.replacen("<Conf", &format!("{information}<Conf"), 1)), None);
    let successor = |labels: &str| {
        let handling = format!(
            "<SuccessionHandling>{labels}<SuccessionDateTime>2030-01-01T00:00:00Z</SuccessionDateTime></SuccessionHandling>"
        );
        meaning(&good.replacen("</originator", &format!("{handling}</originator"), 1))
    };
    let one = format!("<SuccessorConfidentialityLabel>{information}</SuccessorConfidentialityLabel>");
    assert!(successor(&one).is_some());
    assert_eq!(successor(&format!("{one}{one}")), None);
    let empty = "<SuccessorConfidentialityLabel></SuccessorConfidentialityLabel>";
    assert_eq!(successor(&format!("{one}{empty}")), None);
    let both =
        format!("<SuccessorConfidentialityLabel>{information}{information}</SuccessorConfidentialityLabel>");
    assert_eq!(successor(&both), None);
}

#[test]
fn an_empty_piece_of_text_is_no_text() {
    assert_eq!(Document::read("<x><![CDATA[]]></x>"), Document::read("<x></x>"));
    assert_eq!(Document::read("<x>&quot;&apos;</x>"), Document::read("<x><![CDATA[\"']]></x>"));
}

#[test]
fn an_alternative_counts_where_the_originators_policy_is_not_declared() {
    let foreign = small(&BASE.replace("NATO", "MINE"));
    let own = small(&BASE.replace("SECRET", "RESTRICTED"));
    let alternative = small(BASE).replace("originator", "alternative");
    let foreign_alternative = foreign.replace("originator", "alternative");
    let read = |documents: &[&String]| {
        let documents: Vec<String> = documents.iter().map(|text| (*text).clone()).collect();
        label(&documents, &known()).map(|label| label.to_string())
    };
    assert_eq!(read(&[&alternative, &foreign]).as_deref(), Some("TLP:CLEAR, NATO level 2"));
    assert_eq!(read(&[&own, &alternative]).as_deref(), Some("TLP:CLEAR, NATO level 1"));
    assert_eq!(read(&[&foreign, &foreign_alternative]), None);
    assert_eq!(read(&[&foreign, &alternative.replace("SECRET", "COSMIC")]), None);
    assert_eq!(read(&[&alternative]), None);
    assert_eq!(read(&[&own, &own]), None);
    assert_eq!(read(&[&own, &"no XML".to_owned()]), None);
    let many =
        |count| std::iter::once(own.clone()).chain(vec![alternative.clone(); count]).collect::<Vec<_>>();
    assert!(label(&many(DOCUMENTS_MAX - 1), &known()).is_some());
    assert!(label(&many(DOCUMENTS_MAX), &known()).is_none());
}

#[test]
fn entities_document_types_and_other_encodings_are_refused() {
    let error = |text: &str| Document::read(text).unwrap_err();
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>"#;
    assert_eq!(error(laughs), ReadError::DocumentType);
    assert_eq!(error(r#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>"#), ReadError::DocumentType);
    assert_eq!(error("<x>&b;</x>"), ReadError::Entity);
    assert_eq!(error("<x a='&b;'/>"), ReadError::Entity);
    assert_eq!(error("<?xml version='1.0' encoding='UTF-16'?><x/>"), ReadError::Encoding);
    assert_eq!(error("<?xml version='1.1'?><x/>"), ReadError::Encoding);
    assert!(Document::read("\u{feff}<?xml version='1.0' encoding='utf-8'?><x/>").is_ok());
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for text in [
        "",
        " ",
        "x",
        "<x>",
        "<x></y>",
        "</x>",
        "<x/><y/>",
        "<x/>text",
        "text<x/>",
        "<x a='1' a='2'/>",
        "<x a=1/>",
        "<x a='<'/>",
        "<1/>",
        "<a:b:c xmlns:a='urn:a'/>",
        "<x>&</x>",
        "<x>&#0;</x>",
        "<x>&#1;</x>",
        "<x a='&#1;'/>",
        "<x>\u{1}</x>",
        "<x>]]></x>",
        "<!-- a -- b --><x/>",
        "<?xml version='1.0'?><?xml version='1.0'?><x/>",
        " <?xml version='1.0'?><x/>",
        "<x><?XML no?></x>",
        "<x><? ?></x>",
        "<![CDATA[x]]><x/>",
        "<x/>&amp;",
        "<x><![CDATA[</x>",
        "<x><!--</x>",
        "<x",
        "<x a",
        "<x a=",
        "<x a='",
        "\u{feff}\u{feff}<x/>",
        "<?xml version='1.0' standalone='maybe'?><x/>",
        "<?xml version='1.0'encoding='UTF-8'?><x/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><x/>",
        "<?xml version='1.0' encoding='UTF-8' encoding='UTF-8'?><x/>",
        "<?xml version='1.0' a='b'?><x/>",
        "<?xml version=1.0?><x/>",
        "<?xml encoding='UTF-8'?><x/>",
        "<?xml?><x/>",
        "<x><?a:b c?></x>",
        "<x xmlns:a='urn:x' xmlns:b='urn:x' a:x='' b:x=''/>",
        "<x a='1'b='2'/>",
        "<x a=\"1\"b='2'></x>",
        "<x\u{d7}/>",
        "<x \u{b7}='1'/>",
        "<x\u{a0}a='1'/>",
    ] {
        assert_eq!(Document::read(text), Err(ReadError::Malformed), "{text}");
    }
    for text in [
        "<p:x/>",
        "<x p:a='1'/>",
        "<x xmlns:p=''/>",
        "<x xmlns:xmlns='urn:x'/>",
        "<y><x xmlns:p='urn:p'/><p:x/></y>",
        "<x xmlns:xml='urn:x'/>",
        "<x xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<x xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<x xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<xmlns:x/>",
    ] {
        assert_eq!(Document::read(text), Err(ReadError::Namespace), "{text}");
    }
}

#[test]
fn what_is_seldom_written_and_well_formed_is_read() {
    for text in [
        "<?xml\r\n version = \"1.0\"\tencoding='Utf-8' standalone=\"yes\" ?><x/>",
        "<?xml version='1.0' standalone='no'?><x/>",
        "<x xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang=''/>",
        "<xml:x/>",
        "<x\u{b7}\u{e9} \u{e9}='1'/>",
        "<x xmlns:a='urn:x' xmlns:b='urn:y' a:x='' b:x='' x=''/>",
        "<x xmlns:a='urn:x'><x xmlns:a='urn:y' a:x=''/></x>",
        "<x xmlns='urn:x'><x xmlns=''/></x>",
        "<x a='&apos;'>&quot;</x>",
        "<x a='\"'\n\tb=\"'\" ></x >",
    ] {
        assert!(Document::read(text).is_ok(), "{text}");
    }
}

#[test]
fn each_bound_holds_at_its_edge() {
    let nested = |depth: usize| format!("{}{}", "<x>".repeat(depth), "</x>".repeat(depth));
    assert!(Document::read(&nested(DEPTH_MAX)).is_ok());
    assert_eq!(Document::read(&nested(DEPTH_MAX + 1)), Err(ReadError::Depth));
    let wide = |count: usize| format!("<x>{}</x>", "<y/>".repeat(count - 1));
    assert!(Document::read(&wide(ELEMENTS_MAX)).is_ok());
    assert_eq!(Document::read(&wide(ELEMENTS_MAX + 1)), Err(ReadError::Elements));
    let attributes = |count: usize| {
        let list = (0..count).fold(String::new(), |mut list, at| {
            let _ = write!(list, " a{at}=''");
            list
        });
        format!("<x{list}/>")
    };
    assert!(Document::read(&attributes(ATTRIBUTES_MAX)).is_ok());
    assert_eq!(Document::read(&attributes(ATTRIBUTES_MAX + 1)), Err(ReadError::Attributes));
    let long = |bytes: usize| format!("<x a='{}'/>", "v".repeat(bytes - 9));
    assert!(Document::read(&long(DOCUMENT_BYTES_MAX)).is_ok());
    assert_eq!(Document::read(&long(DOCUMENT_BYTES_MAX + 1)), Err(ReadError::Size));
}

fn secret() -> Label {
    Label { levels: BTreeMap::from([(ClassificationPolicy("NATO".into()), Level(2))]), ..Label::clear() }
}

#[test]
fn a_label_is_written_as_the_standard_has_it() {
    let codes = |words: &[&str]| words.iter().map(|word| word.parse().unwrap()).collect();
    let label = Label { rel: [codes(&["NATO", "JPN"])].into(), not: codes(&["NOR"]), ..secret() };
    let document = Document::express(&label, &known(), dates()).unwrap();
    assert_eq!(
        document.to_string(),
        "<slab:originatorConfidentialityLabel xmlns:slab=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\" \
         ReviewDateTime=\"2027-01-15T08:00:00.000Z\"><slab:ConfidentialityInformation>\
         <slab:PolicyIdentifier>NATO</slab:PolicyIdentifier><slab:Classification>SECRET</slab:Classification>\
         <slab:Category Type=\"PERMISSIVE\" TagName=\"Releasable To\"><slab:GenericValue>JPN</slab:GenericValue>\
         <slab:GenericValue>NATO</slab:GenericValue></slab:Category>\
         <slab:Category Type=\"RESTRICTIVE\" TagName=\"Not Releasable To\"><slab:GenericValue>NOR</slab:GenericValue>\
         </slab:Category></slab:ConfidentialityInformation>\
         <slab:CreationDateTime>1970-01-01T00:00:00.000Z</slab:CreationDateTime>\
         </slab:originatorConfidentialityLabel>"
    );
    assert_eq!(Document::read(&document.to_string()).unwrap(), document);
}

#[test]
fn what_the_standard_has_no_form_for_is_an_error() {
    let set = |word: &str| [word.parse().unwrap()].into();
    let valid = crate::label::Validity { from: Some(Timestamp::EPOCH), until: None };
    let of = |policy: &str, level| Label {
        levels: BTreeMap::from([(ClassificationPolicy(policy.into()), Level(level))]),
        ..Label::clear()
    };
    let cases = [
        (secret().join(&Label::unknown("x")), Inexpressible::Unknown),
        (secret().join(&Label::of(Tlp::Green)), Inexpressible::TrafficLight),
        (Label { pap: Pap::Green, ..secret() }, Inexpressible::TrafficLight),
        (Label { orcon: OriginatorControl::Yes, ..secret() }, Inexpressible::OriginatorControl),
        (Label { valid, ..secret() }, Inexpressible::Validity),
        (Label::clear(), Inexpressible::Classification),
        (secret().join(&of("Solo", 0)), Inexpressible::Classification),
        (of("EU", 0), Inexpressible::Classification),
        (of("Two  spaces", 0), Inexpressible::Classification),
        (of("NATO", 3), Inexpressible::Classification),
        (Label { rel: [set("JPN"), set("NATO")].into(), ..secret() }, Inexpressible::Releasability),
        (Label { rel: [std::collections::BTreeSet::new()].into(), ..secret() }, Inexpressible::Releasability),
        // Two names that differ in case only would be read as the first.
        (of("Solo", 1), Inexpressible::Ambiguous),
        (of("ACME", 0), Inexpressible::Ambiguous),
    ];
    for (label, error) in cases {
        assert_eq!(Document::express(&label, &known(), dates()), Err(error), "{label}");
    }
}

fn texts() -> impl Strategy<Value = String> {
    "[ -~\t\n\r\u{85}\u{e9}\u{2028}\u{1f600}]{1,12}"
}

fn names() -> impl Strategy<Value = String> {
    "[a-z_é][a-zA-Z0-9._-]{0,6}"
}

fn elements() -> impl Strategy<Value = Element> {
    let attributes = || {
        proptest::collection::btree_map(names(), texts(), 0..4).prop_map(|attributes| {
            let attribute = |(name, value)| Attribute { name, space: Space::None, value };
            attributes.into_iter().filter(|(name, _)| name != "xmlns").map(attribute).collect::<Vec<_>>()
        })
    };
    let leaf = (names(), attributes()).prop_map(|(name, attributes)| Element {
        name,
        space: Space::None,
        attributes,
        children: Vec::new(),
    });
    leaf.prop_recursive(4, 32, 5, move |inner| {
        let node = prop_oneof![
            inner.prop_map(Node::Element),
            texts().prop_map(Node::Text),
            "[ a-zA-Z<>&]{0,8}".prop_map(Node::Comment),
            "[a-w][a-z]{0,4} [ a-z<&]{0,8}".prop_map(Node::Instruction),
        ];
        let children = proptest::collection::vec(node, 0..5).prop_map(|mut nodes: Vec<Node>| {
            // Two texts side by side are one.
            nodes.dedup_by(|a, b| matches!((a, b), (Node::Text(_), Node::Text(_))));
            nodes
        });
        (names(), attributes(), children).prop_map(|(name, attributes, children)| Element {
            name,
            space: Space::None,
            attributes,
            children,
        })
    })
}

/// Cuts, doubles or changes pieces of the full label.
fn damaged() -> impl Strategy<Value = String> {
    proptest::collection::vec((0..FULL.len(), 0..8_usize, "[ -~]{0,3}"), 1..6).prop_map(|cuts| {
        cuts.into_iter().fold(FULL.to_owned(), |mut text, (at, length, with)| {
            let from = at.min(text.len());
            let to = (from + length).min(text.len());
            if text.is_char_boundary(from) && text.is_char_boundary(to) {
                text.replace_range(from..to, &with);
            }
            text
        })
    })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_as_it_was(root in elements()) {
        let document = Document { before: Vec::new(), root, after: Vec::new() };
        prop_assert_eq!(Document::read(&document.to_string()), Ok(document));
    }

    #[test]
    fn whatever_is_read_is_written_and_read_the_same(text in damaged()) {
        if let Ok(document) = Document::read(&text) {
            prop_assert_eq!(meaning(&document.to_string()), meaning(&text));
            prop_assert_eq!(Document::read(&document.to_string()), Ok(document));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[<>/!?a-c:='\" &;#x\\[\\]-]{0,40}") {
        if let Ok(document) = Document::read(&text) {
            prop_assert_eq!(Document::read(&document.to_string()), Ok(document));
        }
    }
}
