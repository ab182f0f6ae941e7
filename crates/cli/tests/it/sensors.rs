//! A node that is killed while sensors post to it: no hit that was acknowledged is lost, and none is counted twice.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::node::{Node, OBJECTS, WORLD, cresset, done, prepared, request};

const SENSORS: &str = r#"
[[sensor]]
name = "harbour"
collections = ["shared"]
home = "shared"
country = "NO"
marking = ["TLP:CLEAR"]
window_seconds = 1
warninglists = false

[[sensor]]
name = "island"
collections = ["shared"]
home = "shared"
marking = ["TLP:CLEAR"]
window_seconds = 1
warninglists = false
"#;

const INDICATOR: &str = r#"{"objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--00000001-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","valid_from":"2026-01-01T00:00:00Z","pattern_type":"stix","pattern":"[domain-name:value = 'bad.example']"}]}"#;

const PATIENCE: Duration = Duration::from_secs(60);

fn rounds() -> u64 {
    std::env::var("CRESSET_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5)
}

/// A body with so many hits as its number says, and no other body's lines.
fn body(number: u64) -> String {
    let line = format!(r#"{{"_path":"dns","ts":1790000000.0,"uid":"C{number}","query":"bad.example"}}"#);
    (line + "\n").repeat(usize::try_from(hits(number)).unwrap())
}

fn hits(number: u64) -> u64 {
    1 + number % 3
}

/// How often all sightings together say that it was seen.
fn counted(address: &str, token: &str) -> u64 {
    let path = format!("{OBJECTS}?match[type]=sighting&limit=5000");
    let (status, page) = request(address, token, "GET", &path, None).unwrap();
    assert_eq!(status, 200);
    let sightings = page["objects"].as_array().cloned().unwrap_or_default();
    sightings.iter().filter_map(|sighting| sighting["count"].as_u64()).sum()
}

#[test]
fn no_acknowledged_hit_is_lost_and_none_counted_twice_where_a_node_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let partner = prepared(dir.path());
    let world = dir.path().join("world.toml");
    std::fs::write(&world, format!("{WORLD}{SENSORS}")).unwrap();
    let shown = done(dir.path(), &["apply", "--dry-run", world.to_str().unwrap()]);
    assert!(shown.contains("+ sensor harbour") && shown.contains("+ sensor island"), "{shown}");
    done(dir.path(), &["apply", world.to_str().unwrap()]);
    let refused = cresset(dir.path(), &["token", "issue", "--sensor", "nowhere"]);
    assert_eq!(refused.status.code(), Some(1));
    let tokens = ["harbour", "island"]
        .map(|sensor| (sensor, done(dir.path(), &["token", "issue", "--sensor", sensor]).trim().to_owned()));
    let numbers = Arc::new(AtomicU64::new(0));
    let open: Arc<Mutex<Vec<(usize, u64)>>> = Arc::default();
    let expected = Arc::new(AtomicU64::new(0));
    for round in 0..rounds() {
        let node = Node::serve(dir.path());
        request(&node.address, &partner, "POST", OBJECTS, Some(INDICATOR)).unwrap();
        // What was not acknowledged is sent again first, as a sender does.
        let again: Vec<_> = std::mem::take(&mut *open.lock().unwrap());
        let writers: Vec<_> = (0..tokens.len())
            .map(|which| {
                let (numbers, open) = (Arc::clone(&numbers), Arc::clone(&open));
                let (expected, address) = (Arc::clone(&expected), node.address.clone());
                let (sensor, token) = (tokens[which].0, tokens[which].1.clone());
                let mut again: Vec<u64> =
                    again.iter().filter(|(own, _)| *own == which).map(|(_, number)| *number).collect();
                std::thread::spawn(move || {
                    loop {
                        let next = || numbers.fetch_add(1, Ordering::SeqCst);
                        let number = again.pop().unwrap_or_else(next);
                        let path = format!("/api/v1/sensors/{sensor}/telemetry");
                        match request(&address, &token, "POST", &path, Some(&body(number))) {
                            Some((200, taken)) => {
                                assert_eq!(taken["hits"], hits(number));
                                expected.fetch_add(hits(number), Ordering::SeqCst);
                            }
                            _ => {
                                again.push(number);
                                open.lock().unwrap().extend(again.iter().map(|number| (which, *number)));
                                return;
                            }
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300 + round * 317 % 1100));
        node.kill();
        for writer in writers {
            writer.join().unwrap();
        }
    }
    let node = Node::serve(dir.path());
    for (which, number) in open.lock().unwrap().drain(..) {
        let path = format!("/api/v1/sensors/{}/telemetry", tokens[which].0);
        let (status, _) =
            request(&node.address, &tokens[which].1, "POST", &path, Some(&body(number))).unwrap();
        assert_eq!(status, 200);
        expected.fetch_add(hits(number), Ordering::SeqCst);
    }
    let expected = expected.load(Ordering::SeqCst);
    assert!(expected > 0, "something was acknowledged at all");
    let begun = Instant::now();
    while counted(&node.address, &partner) < expected && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(200));
    }
    // One window more, in which nothing may come that was counted twice.
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(counted(&node.address, &partner), expected);
    let alerts = done(dir.path(), &["alerts"]);
    assert!(alerts.is_empty() || alerts.contains(r#""pap":"CLEAR""#));
    let id = "indicator--00000001-0000-4000-8000-000000000001";
    let coverage = done(dir.path(), &["coverage", id]);
    assert!(coverage.contains("2 own sensor(s) watch for it: harbour, island"), "{coverage}");
    assert!(coverage.contains(&format!("this node: seen {expected} time(s)")), "{coverage}");
}
