//! What leaves in other tools' files, is it all accounted for, and does it depend on what may be had only?

use std::{collections::BTreeMap, sync::Arc};

use exchange::{Access, Channel, ExchangeLimits, ExportError, ExportOrder, Spool};
use formats::export::{Filter, Format};
use serde_json::{Value, json};
use stix::Timestamp;
use store::memory::Memory;
use testkit::objects::{AMBER, GREEN, RED, id, indicator, malware, marked, object, version, with};

use crate::ground::{Ground, ROOM, moment};

#[derive(Default)]
struct Kept(BTreeMap<String, Vec<u8>>);

impl Spool for Kept {
    fn take(&mut self, part: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.0.entry(part.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

/// Every part whole, as it leaves.
async fn export(ground: &Ground, access: &Access, format: Format, now: Timestamp) -> String {
    let order = ExportOrder { format, filter: Filter::default() };
    let mut kept = Kept::default();
    let written = ground.exchange.export(access, &order, &mut kept).await.unwrap();
    let (ends, _) = ground.exchange.account_export(Channel::Export, written, now, now).await.unwrap();
    let mut text = Vec::new();
    for (part, end) in ends {
        let body = kept.0.remove(&part).unwrap_or_default();
        text.extend([part.into_bytes(), b":\n".to_vec(), end.head, body, end.tail].concat());
    }
    assert!(kept.0.is_empty(), "every part has its ends");
    String::from_utf8(text).unwrap()
}

const AFTER: &str = "2026-01-01T01:00:00Z";

fn looks_for(number: u32, value: &str) -> Value {
    with(indicator(number), "pattern", json!(format!("[domain-name:value = '{value}']")))
}

#[tokio::test]
async fn an_export_has_what_the_reader_may_have_and_is_accounted_for() {
    let ground = Ground::new().await;
    let objects = [
        marked(looks_for(1, "green.example"), &[GREEN]),
        marked(looks_for(2, "amber.example"), &[AMBER]),
        marked(looks_for(3, "red.example"), &[RED]),
        malware(4),
    ];
    ground.add(None, &objects).await;
    ground.add(Some("nor"), &[marked(looks_for(5, "theirs.example"), &[AMBER])]).await;
    let now = moment(AFTER);
    let of = async |access: Access| export(&ground, &access, Format::Zeek, now).await;
    let jpn = of(ground.exchange.access("jpn", ROOM, now).unwrap()).await;
    let nor = of(ground.exchange.access("nor", ROOM, now).unwrap()).await;
    let swe = of(ground.exchange.access("swe", ROOM, moment("2026-02-02T00:00:00Z")).unwrap()).await;
    let own = of(ground.exchange.own_access(ROOM, now).unwrap()).await;
    let has = |text: &str| {
        ["green", "amber", "red", "theirs"].map(|name| text.contains(&format!("{name}.example")))
    };
    assert_eq!(has(&jpn), [true, false, false, false]);
    assert_eq!(has(&nor), [true, true, false, true]);
    assert_eq!(has(&swe), [true, true, false, false], "what nor gave is not ours to pass on");
    assert_eq!(has(&own), [true, true, true, true], "and is there for ourselves");
    assert!(jpn.contains("# TLP:GREEN\n") && nor.contains("# TLP:AMBER\n") && own.contains("# TLP:RED\n"));
    let receipts = ground.exchange.who(&id("indicator", 1)).await.unwrap();
    let told: Vec<_> = receipts.iter().map(|receipt| (receipt.partner.as_str(), receipt.channel)).collect();
    assert_eq!(told, ["jpn", "nor", "swe", ""].map(|partner| (partner, Channel::Export)));
    assert_eq!(ground.exchange.who(&id("malware", 4)).await.unwrap(), [], "it has no place in the file");
    let replayed = ground.exchange.replay().await.unwrap();
    assert_eq!((replayed.differences, replayed.releases), (0, 4), "{:?}", replayed.told);
}

#[tokio::test]
async fn nothing_is_accounted_for_that_does_not_leave_and_nothing_leaves_unaccounted() {
    let ground = Ground::new().await;
    ground.add(None, &[looks_for(1, "a.example")]).await;
    let access = ground.exchange.access("nor", ROOM, moment(AFTER)).unwrap();
    let order = ExportOrder { format: Format::Zeek, filter: Filter::default() };
    let written = ground.exchange.export(&access, &order, &mut Kept::default()).await.unwrap();
    assert_eq!(ground.exchange.who(&id("indicator", 1)).await.unwrap(), []);
    ground.faulty.fail(0);
    let now = moment(AFTER);
    assert!(ground.exchange.account_export(Channel::Feed, written, now, now).await.is_err());
    ground.faulty.mend();
}

#[tokio::test]
async fn an_export_depends_on_nothing_that_is_withheld() {
    let (plain, full) = (Ground::new().await, Ground::new().await);
    for ground in [&plain, &full] {
        ground.add(None, &[looks_for(1, "a.example")]).await;
    }
    // Withheld: objects, an opinion about what is not, and numbers that others got before.
    let opinion = object("opinion", 9, json!({ "opinion": "disagree", "object_refs": [id("indicator", 1)] }));
    full.add(None, &[marked(looks_for(2, "b.example"), &[AMBER]), marked(opinion, &[RED])]).await;
    let now = moment(AFTER);
    export(&full, &full.exchange.access("nor", ROOM, now).unwrap(), Format::Suricata, now).await;
    for ground in [&plain, &full] {
        ground.add(None, &[looks_for(3, "c.example")]).await;
    }
    for format in Format::ALL {
        let of = async |ground: &Ground| {
            export(ground, &ground.exchange.access("jpn", ROOM, now).unwrap(), format, now).await
        };
        assert_eq!(of(&plain).await, of(&full).await, "{format}");
    }
}

#[tokio::test]
async fn what_the_organisation_disagrees_with_is_gone_for_whoever_may_know_it() {
    let ground = Ground::new().await;
    ground.add(None, &[looks_for(1, "a.example"), looks_for(2, "b.example")]).await;
    let opinion = |number, about: u32, word: &str| {
        object("opinion", number, json!({ "opinion": word, "object_refs": [id("indicator", about)] }))
    };
    ground.add(None, &[opinion(3, 1, "strongly-disagree"), opinion(4, 2, "agree")]).await;
    ground.add(Some("nor"), &[opinion(5, 2, "disagree")]).await;
    let now = moment(AFTER);
    for access in [ground.exchange.own_access(ROOM, now), ground.exchange.access("nor", ROOM, now)] {
        let text = export(&ground, &access.unwrap(), Format::Zeek, now).await;
        assert!(!text.contains("a.example") && text.contains("b.example"), "{text}");
    }
}

#[tokio::test]
async fn a_rule_keeps_its_number_over_a_restart_and_gives_it_to_no_other() {
    let mut ground = Ground::new().await;
    ground.add(None, &[looks_for(1, "a.example"), looks_for(2, "b.example")]).await;
    let numbers = async |ground: &Ground| -> BTreeMap<String, Vec<String>> {
        let access = ground.exchange.access("nor", ROOM, moment(AFTER)).unwrap();
        let text = export(ground, &access, Format::Suricata, moment(AFTER)).await;
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with("alert ")) {
            let value = line.split("content:\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let number = line.split("sid:").nth(1).unwrap().split(';').next().unwrap().to_owned();
            found.entry(value).or_default().push(number);
        }
        found
    };
    let first = numbers(&ground).await;
    let gone = version(with(looks_for(1, "a.example"), "revoked", json!(true)), 2);
    ground.add(None, &[gone, looks_for(3, "c.example")]).await;
    ground = ground.reopen().await;
    let second = numbers(&ground).await;
    assert_eq!(second["b.example"], first["b.example"]);
    assert!(!second.contains_key("a.example"));
    let before: std::collections::BTreeSet<_> = first.values().flatten().collect();
    assert!(second["c.example"].iter().all(|number| !before.contains(number)));
}

#[tokio::test]
async fn with_more_disagreed_with_than_can_be_left_out_nothing_is_exported() {
    let limits = ExchangeLimits { suppressed_max: 2, ..ExchangeLimits::default() };
    let ground = Ground::within(limits, Arc::new(Memory::default())).await;
    let opinion = |number, about: &[u32]| {
        let about: Vec<_> = about.iter().map(|about| id("indicator", *about)).collect();
        object("opinion", number, json!({ "opinion": "disagree", "object_refs": about }))
    };
    ground
        .add(None, &[looks_for(1, "a.example"), looks_for(2, "b.example"), looks_for(3, "c.example")])
        .await;
    ground.add(None, &[opinion(5, &[1, 2]), opinion(6, &[1])]).await;
    let access = || ground.exchange.own_access(ROOM, moment(AFTER)).unwrap();
    let text = export(&ground, &access(), Format::Zeek, moment(AFTER)).await;
    assert!(
        !text.contains("a.example") && !text.contains("b.example") && text.contains("c.example"),
        "{text}"
    );
    ground.add(None, &[opinion(7, &[3])]).await;
    let order = ExportOrder { format: Format::Zeek, filter: Filter::default() };
    let written = ground.exchange.export(&access(), &order, &mut Kept::default()).await;
    assert!(matches!(written, Err(ExportError::Suppressed(2))));
}
