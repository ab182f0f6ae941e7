//! `kill -9` at any moment loses nothing acknowledged and shows nothing half-done.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use crate::node::{Node, OBJECTS, prepared, request, tool};

const WRITERS: usize = 3;
const ENVELOPE: u32 = 20;

fn rounds() -> u32 {
    std::env::var("CRESSET_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5)
}

/// Everything that is there, page by page.
fn held(address: &str, token: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut path = format!("{OBJECTS}?limit=500");
    loop {
        let (status, page) = request(address, token, "GET", &path, None).unwrap();
        assert_eq!(status, 200);
        for object in page["objects"].as_array().into_iter().flatten() {
            let number = u32::from_str_radix(&object["id"].as_str().unwrap()[6..14], 16).unwrap();
            assert!(found.insert(number), "{number} was there twice");
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{OBJECTS}?next={next}"),
            None => return found,
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    let token = prepared(dir.path());
    let numbers = Arc::new(AtomicU32::new(0));
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let mut sent_before = 0;
    for round in 0..rounds() {
        let node = Node::serve(dir.path());
        let known = held(&node.address, &token);
        let missing: Vec<_> = acknowledged.lock().unwrap().difference(&known).copied().collect();
        assert!(missing.is_empty(), "round {round}: acknowledged and lost: {missing:?}");
        let partly: Vec<u32> = (0..sent_before / ENVELOPE)
            .filter(|envelope| {
                let there = (0..ENVELOPE).filter(|n| known.contains(&(envelope * ENVELOPE + n))).count();
                there != 0 && there != ENVELOPE as usize
            })
            .collect();
        assert!(partly.is_empty(), "round {round}: envelopes half there: {partly:?}");
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (numbers, acknowledged) = (Arc::clone(&numbers), Arc::clone(&acknowledged));
                let (address, token) = (node.address.clone(), token.clone());
                std::thread::spawn(move || {
                    loop {
                        let first = numbers.fetch_add(ENVELOPE, Ordering::SeqCst);
                        let objects: Vec<_> = (first..first + ENVELOPE).map(tool).collect();
                        let envelope = format!(r#"{{"objects":[{}]}}"#, objects.join(","));
                        match request(&address, &token, "POST", OBJECTS, Some(&envelope)) {
                            Some((202, status)) => {
                                assert_eq!(status["success_count"], ENVELOPE);
                                acknowledged.lock().unwrap().extend(first..first + ENVELOPE);
                            }
                            _ => return,
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(u64::from(20 + round * 37 % 180)));
        node.kill();
        for writer in writers {
            writer.join().unwrap();
        }
        sent_before = numbers.load(Ordering::SeqCst);
    }
    let node = Node::serve(dir.path());
    let known = held(&node.address, &token);
    let acknowledged = acknowledged.lock().unwrap();
    assert!(acknowledged.is_subset(&known));
    assert!(!acknowledged.is_empty(), "something was acknowledged at all");
}
