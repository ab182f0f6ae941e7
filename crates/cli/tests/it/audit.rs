//! What the ledger says, through the binary: with a node and without one.

use serde_json::Value;

use crate::node::{Node, OBJECTS, code, cresset, done, prepared, request, tool};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_ledger_tells_who_got_what_and_is_found_whole() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let token = prepared(dir);
    let file = dir.join("bundle.json");
    std::fs::write(&file, format!(r#"{{"objects":[{},{}]}}"#, tool(1), tool(2))).unwrap();
    done(dir, &["import", "-c", "shared", file.to_str().unwrap()]);
    let node = Node::serve(dir);
    let (status, _) = request(&node.address, &token, "GET", OBJECTS, None).unwrap();
    assert_eq!(status, 200);
    let id = json(&tool(1))["id"].as_str().unwrap().to_owned();
    let asked = |arguments: &[&str]| json(&done(dir, &[&["--json", "audit"], arguments].concat()));
    let who = asked(&["who", &id]);
    assert_eq!(who["who"][0]["partner"], "partner", "{who}");
    assert_eq!(who["who"][0]["channel"], "objects");
    assert!(done(dir, &["audit", "who", &id]).contains("by objects, entry"));
    let checkpoint = done(dir, &["audit", "checkpoint"]);
    let kept = dir.join("checkpoint.json");
    std::fs::write(&kept, &checkpoint).unwrap();
    let key = json(&checkpoint)["key"].as_str().unwrap().to_owned();
    assert_eq!(asked(&["replay"])["replayed"]["differences"], 0);
    let node_log = done(dir, &["audit", "export"]);
    drop(node);
    let kept = kept.to_str().unwrap();
    let verified = asked(&["verify", "--against", kept, "--key", &key]);
    assert_eq!(verified["verified"]["problems"], Value::Array(Vec::new()));
    assert!(verified["verified"]["checkpoints"].as_u64().unwrap() >= 2);
    let export = done(dir, &["audit", "export"]);
    assert!(export.starts_with(&node_log), "what was told stays");
    let entries: Vec<_> = export.lines().map(json).collect();
    assert!(entries.iter().zip(1..).all(|(entry, number)| entry["number"] == number));
    assert!(entries.iter().any(|entry| entry["content"].as_str().unwrap().contains(r#""kind":"release""#)));
    let output = cresset(dir, &["audit", "verify", "--key", "00"]);
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stdout).contains("signed by another key"));
    assert_eq!(code(&cresset(dir, &["audit", "who", "indicator--00000000-0000-4000-8000-000000000009"])), 1);
}

#[test]
fn the_key_of_the_ledger_is_for_its_owner_only_and_stays() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    prepared(dir);
    let file = dir.join("ledger.key");
    let key = std::fs::read(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    done(dir, &["audit", "checkpoint"]);
    assert_eq!(std::fs::read(&file).unwrap(), key);
    std::fs::write(&file, b"damaged").unwrap();
    assert_eq!(code(&cresset(dir, &["audit", "verify"])), 3);
}

#[test]
fn a_bundle_is_previewed_before_it_goes_and_flagged_where_it_says_too_much() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    prepared(dir);
    let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
    let secret = tool(1).replace("\"name\"", &format!("\"object_marking_refs\":[\"{red}\"],\"name\""));
    let secret = secret.replace("\"name\":\"T1\"", "\"name\":\"Night Heron\"");
    let quoting = tool(2).replace("\"name\":\"T2\"", "\"name\":\"T2\",\"description\":\"like night heron\"");
    let file = dir.join("bundle.json");
    std::fs::write(&file, format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{secret},{quoting}]}}"#))
        .unwrap();
    let file = file.to_str().unwrap();
    let output = cresset(dir, &["preview", "--file", file, "--collection", "shared"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(code(&output), 1, "{text}");
    assert!(text.contains("partner gets 1 of 2 objects") && text.contains("withheld: TLP:RED"), "{text}");
    assert!(text.contains("quoted: partner would read `Night Heron`"), "{text}");
    let node = Node::serve(dir);
    let told = cresset(dir, &["--json", "preview", "--file", file, "-c", "shared", "--as", "partner"]);
    let told = json(&String::from_utf8(told.stdout).unwrap());
    assert_eq!(told["draft-preview"]["recipients"].as_array().unwrap().len(), 1);
    drop(node);
    assert_eq!(code(&cresset(dir, &["preview", "--file", file, "-c", "nowhere"])), 1);
    assert_eq!(code(&cresset(dir, &["preview", "--file", file])), 2);
    let harmless = dir.join("fine.json");
    std::fs::write(&harmless, format!(r#"{{"objects":[{}]}}"#, tool(2))).unwrap();
    assert_eq!(code(&cresset(dir, &["preview", "--file", harmless.to_str().unwrap(), "-c", "shared"])), 0);
}

#[test]
fn what_a_partner_knows_of_a_value_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    prepared(dir);
    let file = dir.join("bundle.json");
    std::fs::write(&file, format!(r#"{{"objects":[{},{}]}}"#, tool(1), tool(2))).unwrap();
    done(dir, &["import", "-c", "shared", file.to_str().unwrap()]);
    let told = json(&done(dir, &["--json", "know", "T1", "--as", "partner"]));
    assert_eq!(told["knowledge"]["claims"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(done(dir, &["know", "T9", "--as", "partner"]), "nothing\n");
    assert_eq!(code(&cresset(dir, &["know", "T1", "--as", "nobody"])), 1);
}
