//! A node that is killed while sensors post to it: no hit that was acknowledged is lost, and none is counted twice.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
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

/// So often it is looked whether all came home, five times a second.
const LOOKS_MAX: usize = 300;
const NAMES: [&str; 2] = ["harbour", "island"];

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

/// What senders know.
#[derive(Default)]
struct Sent {
    /// The number of the next body.
    next: AtomicU64,
    /// Bodies that were not acknowledged: which sensor's, and number.
    open: Mutex<Vec<(usize, u64)>>,
    /// How many hits were acknowledged.
    acknowledged: AtomicU64,
}

impl Sent {
    /// Sends a body; whether it was acknowledged.
    fn send(&self, address: &str, token: &str, (which, number): (usize, u64)) -> bool {
        let path = format!("/api/v1/sensors/{}/telemetry", NAMES[which]);
        let answer = request(address, token, "POST", &path, Some(&body(number)));
        let Some((200, report)) = answer else {
            self.open.lock().unwrap().push((which, number));
            return false;
        };
        assert_eq!(report["hits"], hits(number));
        self.acknowledged.fetch_add(hits(number), Ordering::SeqCst);
        true
    }

    /// Sends what was not acknowledged again first, as a sender does, then new bodies until the node is no more.
    fn send_on(&self, address: &str, token: &str, which: usize) {
        let mine = |list: &mut Vec<(usize, u64)>| -> Vec<_> {
            list.extract_if(.., |(own, _)| *own == which).collect()
        };
        let again = mine(&mut self.open.lock().unwrap());
        let sent: Vec<bool> = again.into_iter().map(|one| self.send(address, token, one)).collect();
        if sent.iter().all(|sent| *sent) {
            while self.send(address, token, (which, self.next.fetch_add(1, Ordering::SeqCst))) {}
        }
    }
}

/// Declares the sensors, and gives the tokens of the partner and of them.
fn declared(dir: &Path) -> (String, [String; 2]) {
    let partner = prepared(dir);
    let world = dir.join("world.toml");
    std::fs::write(&world, format!("{WORLD}{SENSORS}")).unwrap();
    let shown = done(dir, &["apply", "--dry-run", world.to_str().unwrap()]);
    assert!(shown.contains("+ sensor harbour") && shown.contains("+ sensor island"), "{shown}");
    done(dir, &["apply", world.to_str().unwrap()]);
    let refused = cresset(dir, &["token", "issue", "--sensor", "nowhere"]);
    assert_eq!(refused.status.code(), Some(1));
    (partner, NAMES.map(|name| done(dir, &["token", "issue", "--sensor", name]).trim().to_owned()))
}

#[test]
fn no_acknowledged_hit_is_lost_and_none_counted_twice_where_a_node_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let (partner, tokens) = declared(dir.path());
    let sent = Arc::new(Sent::default());
    for round in 0..rounds() {
        let node = Node::serve(dir.path());
        request(&node.address, &partner, "POST", OBJECTS, Some(INDICATOR)).unwrap();
        let senders: Vec<_> = (0..NAMES.len())
            .map(|which| {
                let (sent, address, own) = (Arc::clone(&sent), node.address.clone(), tokens[which].clone());
                std::thread::spawn(move || sent.send_on(&address, &own, which))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300 + round * 317 % 1100));
        node.kill();
        for sender in senders {
            sender.join().unwrap();
        }
    }
    let node = Node::serve(dir.path());
    let open = std::mem::take(&mut *sent.open.lock().unwrap());
    for (which, number) in open {
        assert!(sent.send(&node.address, &tokens[which], (which, number)));
    }
    let expected = sent.acknowledged.load(Ordering::SeqCst);
    assert!(expected > 0, "something was acknowledged at all");
    for _ in 0..LOOKS_MAX {
        if counted(&node.address, &partner) >= expected {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    // One window more, in which nothing may come that was counted twice.
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(counted(&node.address, &partner), expected);
    let id = "indicator--00000001-0000-4000-8000-000000000001";
    let coverage = done(dir.path(), &["coverage", id]);
    assert!(coverage.contains("2 own sensor(s) watch for it: harbour, island"), "{coverage}");
    assert!(coverage.contains(&format!("this node: seen {expected} time(s)")), "{coverage}");
    assert!(sent.send(&node.address, &tokens[0], (0, u64::MAX - 1)));
    let alerts = done(dir.path(), &["alerts"]);
    assert!(alerts.contains(r#""pap":"CLEAR""#) && alerts.contains(r#""sensor":"harbour""#), "{alerts}");
}
