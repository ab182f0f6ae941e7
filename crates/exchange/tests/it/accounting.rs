//! Is everything that leaves accounted for, and does the ledger tell the truth?

use bytes::Bytes;
use exchange::{Channel, CredentialChange, Exchange, Record, SubmissionRecord};
use serde_json::json;
use stix::Timestamp;
use store::{
    Batch, Sequence, Store,
    ledger::{EntryDraft, EntryNumber},
};
use testkit::objects::{
    AMBER, RED, granular, id, indicator, malware, marked, relationship, restriction, version, with,
};

use crate::ground::{Ground, ROOM, WORLD, mark};

async fn records(exchange: &Exchange) -> Vec<Record> {
    let entries = exchange.entries(EntryNumber(0)).await.unwrap();
    entries.iter().map(|entry| serde_json::from_slice(&entry.content).unwrap()).collect()
}

fn to(codes: &[&str]) -> serde_json::Value {
    json!({ "releasable_to": codes })
}

#[tokio::test]
async fn every_release_is_told_with_what_was_taken_out_and_by_which_rule() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, to(&["NATO"]))]).await;
    let object = granular(with(indicator(1), "description", json!("NATO")), &mark(1), &["description"]);
    ground.add(None, &[object, indicator(2), marked(indicator(3), &[AMBER])]).await;
    let before = records(&ground.exchange).await.len();
    ground.read("jpn", Sequence::ZERO).await;
    ground.read("nor", Sequence::ZERO).await;
    let told = records(&ground.exchange).await;
    let [Record::Release(jpn), Record::Release(nor)] = &told[before..] else { panic!("{told:?}") };
    assert_eq!((jpn.partner.as_str(), jpn.channel, jpn.claims().count()), ("jpn", Channel::Objects, 2));
    assert_eq!(jpn.redacted.len(), 1);
    assert_eq!(jpn.redacted[0].fields, [("/description".to_owned(), 6)]);
    assert_eq!((nor.claims().count(), nor.redacted.len()), (4, 0));
    assert_eq!((jpn.policy.world, jpn.policy.markings), (1, 1));
    assert_eq!(jpn.fields(jpn.claims().next().unwrap().1), jpn.redacted[0].fields);
}

#[tokio::test]
async fn where_nothing_is_released_nothing_is_told() {
    let ground = Ground::new().await;
    ground.add(None, &[marked(indicator(1), &[RED])]).await;
    let before = records(&ground.exchange).await.len();
    assert!(ground.read("jpn", Sequence::ZERO).await.objects.is_empty());
    assert_eq!(records(&ground.exchange).await.len(), before);
}

#[tokio::test]
async fn what_cannot_be_accounted_for_is_not_released() {
    let ground = Ground::new().await;
    ground.add(None, &[indicator(1)]).await;
    let access = ground.exchange.access("nor", ROOM, ground.now()).unwrap();
    let query = Ground::query(Sequence::ZERO);
    let mut failed = 0;
    for after in 0.. {
        ground.faulty.fail(after);
        let result = ground.exchange.objects(&access, &query, Channel::Objects).await;
        if !ground.faulty.is_spent() {
            ground.faulty.mend();
            break;
        }
        assert!(result.is_err());
        failed += 1;
    }
    // Reading, accounting.
    assert!(failed >= 2, "{failed}");
    let releases = records(&ground.exchange).await;
    assert_eq!(releases.iter().filter(|record| matches!(record, Record::Release(_))).count(), 1);
}

#[tokio::test]
async fn what_is_written_is_told_in_its_own_commit() {
    let ground = Ground::new().await;
    ground.add(Some("nor"), &[indicator(1)]).await;
    let access = ground.exchange.access("nor", ROOM, ground.now()).unwrap();
    let every = exchange::SpecVersions::Only(vec![stix::SpecVersion::V21]);
    let removed = ground.exchange.remove(&access, &id("indicator", 1), exchange::Versions::All, every).await;
    assert_eq!(removed.unwrap(), 1);
    ground.apply(&WORLD.replace("TLP:GREEN", "TLP:AMBER")).await;
    let credential = exchange::Credential {
        id: uuid::Uuid::from_u128(7),
        partner: "nor".to_owned(),
        holder: exchange::Holder::Partner,
        secret: exchange::Secret::Token("00".repeat(32)),
        note: String::new(),
        created: String::new(),
        expires: None,
    };
    ground.exchange.change_credentials(|all| all.push(credential), ground.now()).await.unwrap();
    ground.exchange.change_credentials(Vec::clear, ground.now()).await.unwrap();
    let told = records(&ground.exchange).await;
    let [first, submission, removal, second, issued, withdrawn] = &told[..] else { panic!("{told:?}") };
    assert!(matches!(first, Record::Policy { version: 1, .. }));
    let Record::Submission(SubmissionRecord { partner, objects: 1, failures: 0, .. }) = submission else {
        panic!("{submission:?}")
    };
    assert_eq!(partner, "nor");
    assert!(matches!(removal, Record::Removal { objects, .. } if objects[0].0 == id("indicator", 1)));
    assert!(matches!(second, Record::Policy { version: 2, differences, .. } if differences.len() == 1));
    let what = |record: &Record| match record {
        Record::Credentials { changes } => changes[0].2,
        other => panic!("{other:?}"),
    };
    assert_eq!((what(issued), what(withdrawn)), (CredentialChange::Issued, CredentialChange::Withdrawn));
    let text = format!("{told:?}");
    assert!(!text.contains(&"00".repeat(32)), "a secret's hash is in the ledger");
}

#[tokio::test]
async fn who_got_an_object_is_told_even_when_it_is_gone() {
    let ground = Ground::new().await;
    let (own, other) = (id("indicator", 1), id("indicator", 2));
    ground.add(Some("nor"), &[indicator(1), indicator(2)]).await;
    ground.add(Some("nor"), &[version(indicator(1), 9)]).await;
    ground.read("jpn", Sequence::ZERO).await;
    ground.read("nor", Sequence::ZERO).await;
    let access = ground.exchange.access("nor", ROOM, ground.now()).unwrap();
    let every = exchange::SpecVersions::Only(vec![stix::SpecVersion::V21]);
    ground.exchange.remove(&access, &own, exchange::Versions::All, every).await.unwrap();
    let receipts = ground.exchange.who(&own).await.unwrap();
    let partners: Vec<_> = receipts.iter().map(|receipt| receipt.partner.as_str()).collect();
    assert_eq!(partners, ["jpn", "nor"]);
    assert_eq!(receipts[0].version, testkit::objects::moment(9));
    assert_eq!((receipts[0].collection.as_str(), receipts[0].channel), (ROOM, Channel::Objects));
    assert_eq!(ground.exchange.who(&other).await.unwrap().len(), 2);
    assert!(ground.exchange.who(&id("indicator", 3)).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_ledger_is_decided_again_without_differences_whatever_changed_since() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, to(&["NATO"])), malware(1), marked(malware(2), &[RED])]).await;
    let object = granular(with(indicator(1), "description", json!("NATO")), &mark(1), &["description"]);
    ground.add(None, &[object, relationship(1, &id("indicator", 1), &id("malware", 1))]).await;
    let late = granular(with(indicator(5), "description", json!("late")), &mark(5), &["description"]);
    ground.add(None, &[late, testkit::objects::report(1, &[id("malware", 1), id("malware", 2)])]).await;
    let everybody = async || {
        for partner in ["nor", "jpn", "swe"] {
            ground.read(partner, Sequence::ZERO).await;
        }
    };
    everybody().await;
    ground.add(None, &[restriction(5, to(&["NATO"]))]).await;
    everybody().await;
    ground.apply(&WORLD.replace(r#"members = ["NOR","#, r#"members = ["JPN","#)).await;
    everybody().await;
    ground.set("2026-02-10T00:00:00Z");
    ground.keep_house().await;
    everybody().await;
    ground.apply(WORLD).await;
    everybody().await;
    let replayed = ground.exchange.replay().await.unwrap();
    assert_eq!((replayed.differences, replayed.told), (0, Vec::new()));
    assert!(
        replayed.releases >= 15 && replayed.decisions > 60,
        "{} {}",
        replayed.releases,
        replayed.decisions
    );
    let ground = ground.reopen().await;
    assert_eq!(ground.exchange.replay().await.unwrap().differences, 0);
}

#[tokio::test]
async fn an_entry_that_tells_of_a_wrong_release_is_found() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, to(&["NATO"])), marked(indicator(1), &[&mark(1)])]).await;
    let object = granular(with(indicator(2), "description", json!("NATO")), &mark(1), &["description"]);
    ground.add(None, &[object]).await;
    ground.read("nor", Sequence::ZERO).await;
    let Some(Record::Release(release)) = records(&ground.exchange).await.pop() else { panic!("no release") };
    let mut forged = Vec::new();
    forged.push(exchange::Release { partner: "jpn".to_owned(), ..release.clone() });
    forged.push(exchange::Release { partner: "nobody".to_owned(), ..release.clone() });
    let mut without = release.clone();
    let place = release.claims().last().unwrap().1.get();
    without.redacted.push(exchange::Redacted { place, fields: vec![("/description".to_owned(), 6)] });
    forged.push(without);
    let mut other_day = release;
    other_day.policy.world = 77;
    forged.push(other_day);
    for (number, forged) in forged.into_iter().enumerate() {
        let before = ground.exchange.replay().await.unwrap().differences;
        let content = serde_json::to_vec(&Record::Release(forged)).unwrap();
        let entry = Some(EntryDraft { content: Bytes::from(content), about: None });
        let now = Timestamp::EPOCH;
        let batch = Batch { now, preconditions: Vec::new(), operations: Vec::new(), receipt: None, entry };
        ground.faulty.commit(batch).await.unwrap();
        assert!(ground.exchange.replay().await.unwrap().differences > before, "forgery {number}");
    }
}

#[tokio::test]
async fn checkpoints_vouch_for_what_was_there() {
    let ground = Ground::new().await;
    ground.add(None, &[indicator(1)]).await;
    let first = ground.exchange.checkpoint(ground.now()).await.unwrap().unwrap();
    ground.read("nor", Sequence::ZERO).await;
    ground.exchange.checkpoint(ground.now()).await.unwrap().unwrap();
    let found = ground.exchange.verify(std::slice::from_ref(&first), Some(&first.key)).await.unwrap();
    assert_eq!((found.problems, found.checkpoints), (Vec::new(), 3));
    let another = "00".repeat(32);
    assert_eq!(ground.exchange.verify(&[], Some(&another)).await.unwrap().problems.len(), 2);
    // A ledger that was made anew, or cut off, is not the one that the checkpoint vouches for.
    let other = Ground::new().await;
    assert_eq!(other.exchange.verify(std::slice::from_ref(&first), None).await.unwrap().problems.len(), 1);
    other.add(None, &[indicator(2), indicator(3)]).await;
    other.add(None, &[indicator(4)]).await;
    assert_eq!(other.exchange.verify(std::slice::from_ref(&first), None).await.unwrap().problems.len(), 1);
}

#[tokio::test]
async fn a_checkpoint_is_made_when_it_is_time() {
    let ground = Ground::new().await;
    assert!(ground.exchange.last_checkpoint().await.unwrap().is_none());
    ground.read("nor", Sequence::ZERO).await;
    ground.add(None, &[indicator(1)]).await;
    ground.keep_house().await;
    let first = ground.exchange.last_checkpoint().await.unwrap().unwrap();
    ground.read("nor", Sequence::ZERO).await;
    ground.keep_house().await;
    assert_eq!(ground.exchange.last_checkpoint().await.unwrap().unwrap(), first);
    ground.set("2026-01-01T02:00:00Z");
    ground.keep_house().await;
    let second = ground.exchange.last_checkpoint().await.unwrap().unwrap();
    assert!(second.entry > first.entry);
    ground.set("2026-01-01T04:00:00Z");
    ground.keep_house().await;
    assert_eq!(ground.exchange.last_checkpoint().await.unwrap().unwrap(), second, "nothing happened since");
    ground.set("2026-01-01T04:00:10Z");
    for _ in 0..4100 {
        ground.read("nor", Sequence::ZERO).await;
    }
    ground.set("2026-01-01T02:10:00Z");
    ground.keep_house().await;
    assert!(ground.exchange.last_checkpoint().await.unwrap().unwrap().entry > second.entry + 4000);
}
