//! Commands on a data directory, and through a running node.

use serde_json::Value;

use crate::node::{Node, OBJECTS, WORLD, code, cresset, done, prepared, request, tool};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_declaration_is_applied_once_and_shown_before() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    done(dir, &["init", "--organisation", "Test"]);
    let file = dir.join("w.toml");
    std::fs::write(&file, WORLD).unwrap();
    let file = file.to_str().unwrap();
    let dry = done(dir, &["apply", file, "--dry-run"]);
    assert!(dry.contains("+ partner partner") && dry.contains("version 1 "), "{dry}");
    assert!(done(dir, &["apply", file]).contains("version 2 "));
    assert!(done(dir, &["apply", file]).contains("nothing to change; version 2 "));
    let node = Node::serve(dir);
    assert!(done(dir, &["apply", file, "--dry-run"]).contains("nothing to change"), "through the node");
    drop(node);
    std::fs::write(file, WORLD.replace("collection = \"shared\"", "collection = \"sharde\"")).unwrap();
    let output = cresset(dir, &["apply", file]);
    assert_eq!(code(&output), 1);
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("agreement of `partner` on `sharde`: the collection is not declared")
    );
    std::fs::write(file, "[organisation]\nid = 5").unwrap();
    let output = cresset(dir, &["--json", "apply", file]);
    assert_eq!(code(&output), 1);
    assert!(
        json(&String::from_utf8(output.stdout).unwrap())["refused"][0].as_str().unwrap().contains("line 2")
    );
}

#[test]
fn bundles_are_imported_with_and_without_a_node_and_faults_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let token = prepared(dir);
    let file = dir.join("bundle.json");
    let bad = tool(3).replace("\"name\":\"T3\"", "\"name\":3");
    let bundle = format!(
        r#"{{"type":"bundle","id":"bundle--1","objects":[{},{},{bad},{{"type":]}}"#,
        tool(1),
        tool(2)
    );
    std::fs::write(&file, &bundle).unwrap();
    let file = file.to_str().unwrap();
    let output = cresset(dir, &["--json", "import", "--collection", "shared", file]);
    assert_eq!(code(&output), 1);
    let told = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!((&told["added"], &told["refused"]), (&Value::from(2), &Value::from(2)), "{told}");
    assert_eq!(told["failures"][0]["codes"][0], "property-type");
    assert!(told["error"].as_str().unwrap().contains("byte"), "{told}");
    let node = Node::serve(dir);
    std::fs::write(file, format!(r#"{{"objects":[{},{}]}}"#, tool(1), tool(4))).unwrap();
    let told = json(&done(dir, &["--json", "import", "-c", "shared", file]));
    assert_eq!((&told["added"], &told["unchanged"]), (&Value::from(1), &Value::from(1)), "{told}");
    let (status, envelope) = request(&node.address, &token, "GET", OBJECTS, None).unwrap();
    assert_eq!((status, envelope["objects"].as_array().unwrap().len()), (200, 3));
    let collections = json(&done(dir, &["--json", "collection", "list"]));
    assert_eq!(collections["collections"][0]["objects"], 3);
}

#[test]
fn check_prints_findings_as_a_compiler_does() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bundle.json");
    let bad = tool(2).replace("\"name\":\"T2\"", "\n  \"name\": 3");
    std::fs::write(&file, format!("{{\"objects\":[\n{},\n{bad}]}}", tool(1))).unwrap();
    let path = file.to_str().unwrap();
    let output = cresset(dir.path(), &["check", path]);
    assert_eq!(code(&output), 1);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with(&format!("{path}:4:11: error[property-type] at /name:")), "{text}");
    assert!(text.contains("2 objects, 1 errors, 0 warnings"), "{text}");
    std::fs::write(&file, tool(1)).unwrap();
    assert!(done(dir.path(), &["check", path]).contains("1 objects, 0 errors"));
    std::fs::write(&file, "{\"type\": nonsense}").unwrap();
    let output = cresset(dir.path(), &["--json", "check", path]);
    let told = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        (&told["code"], &told["line"], &told["column"]),
        (&"json-syntax".into(), &1.into(), &10.into())
    );
}

#[test]
fn tokens_are_issued_listed_and_withdrawn_while_the_node_runs() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let token = prepared(dir);
    let node = Node::serve(dir);
    let status = |token: &str| request(&node.address, token, "GET", "/taxii2/", None).unwrap().0;
    assert_eq!((status(&token), status("nobody")), (200, 401));
    let issued =
        json(&done(dir, &["--json", "token", "issue", "partner", "--expires", "2020-01-01T00:00:00Z"]));
    assert_eq!(status(issued["secret"]["secret"].as_str().unwrap()), 401, "expired");
    let issued = json(&done(dir, &["--json", "token", "issue", "partner", "--note", "second"]));
    let second = issued["secret"]["secret"].as_str().unwrap();
    assert_eq!(status(second), 200);
    let listed = done(dir, &["token", "list"]);
    assert!(listed.contains("second") && !listed.contains(second), "{listed}");
    done(dir, &["token", "withdraw", issued["secret"]["id"].as_str().unwrap()]);
    assert_eq!((status(second), status(&token)), (401, 200));
    assert_eq!(code(&cresset(dir, &["token", "issue", "stranger"])), 1);
}

#[test]
fn preview_shows_the_bytes_and_the_reasons() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let token = prepared(dir);
    let file = dir.join("bundle.json");
    let amber = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    let red = tool(2).replace("\"name\"", &format!("\"object_marking_refs\":[\"{amber}\"],\"name\""));
    std::fs::write(&file, format!(r#"{{"objects":[{},{red}]}}"#, tool(1))).unwrap();
    done(dir, &["import", "-c", "shared", file.to_str().unwrap()]);
    let of = |number: u32| format!("tool--{number:08x}-0000-4000-8000-000000000000");
    let shown = json(&done(dir, &["--json", "preview", &of(1), "--as", "partner"]));
    assert_eq!(shown["preview"]["copies"][0]["text"].as_str().unwrap(), tool(1));
    let hidden = done(dir, &["preview", &of(2), "--as", "partner"]);
    assert!(hidden.contains("withheld: TLP:RED does not name the organisation (rule 8)"), "{hidden}");
    assert_eq!(code(&cresset(dir, &["preview", &of(9), "--as", "partner"])), 1);
    assert_eq!(code(&cresset(dir, &["preview", &of(1), "--as", "stranger"])), 1);
    let node = Node::serve(dir);
    let (_, envelope) = request(&node.address, &token, "GET", OBJECTS, None).unwrap();
    assert_eq!(envelope["objects"].as_array().unwrap().len(), 1);
}

#[test]
fn exit_codes_are_those_of_the_manual() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert_eq!(code(&cresset(dir, &["no-such-command"])), 2);
    assert_eq!(code(&cresset(&dir.join("nothing"), &["doctor"])), 3);
    assert_eq!(code(&cresset(dir, &["init", "--organisation", "Test", "--nation", "XYZ"])), 1);
    assert_eq!(code(&cresset(dir, &["init", "--organisation", "Test", "--nation", "NOR"])), 0);
    assert_eq!(code(&cresset(dir, &["init", "--organisation", "Test"])), 3, "there is a node already");
    assert!(done(dir, &["doctor"]).contains("store embedded"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(done(dir, &["completion", shell]).contains("cresset"));
    }
    let man = dir.join("man");
    done(dir, &["man", man.to_str().unwrap()]);
    assert!(man.join("cresset-serve.1").exists());
}

#[test]
fn a_node_stops_gracefully_and_leaves_no_socket() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    prepared(dir);
    let mut node = Node::serve(dir);
    let second = cresset(dir, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code(&second), 3, "one node a directory");
    let stopped =
        std::process::Command::new("kill").args(["-TERM", &node.child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert_eq!(node.child.wait().unwrap().code(), Some(0));
    assert!(!dir.join("cresset.sock").exists());
    done(dir, &["doctor"]);
}

#[test]
fn people_are_made_listed_and_removed_with_and_without_a_node_and_no_secret_is_listed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    prepared(dir);
    let password = done(dir, &["user", "add", "mara", "--role", "releaser", "--ceiling", "AMBER"]);
    assert!(password.trim().len() >= 20, "{password}");
    let node = Node::serve(dir);
    let other = done(dir, &["user", "passwd", "mara"]);
    assert_ne!(password, other);
    done(dir, &["user", "add", "ada", "--role", "administrator", "--certificate", &"a".repeat(64)]);
    done(dir, &["user", "totp", "mara"]);
    let listed = done(dir, &["user", "list"]);
    assert!(
        listed.contains("mara") && listed.contains("up to TLP:AMBER") && listed.contains("ada"),
        "{listed}"
    );
    assert!(!done(dir, &["--json", "user", "list"]).contains("argon2"));
    assert_eq!(code(&cresset(dir, &["user", "add", "mara", "--role", "reader"])), 1, "there is one");
    assert_eq!(code(&cresset(dir, &["user", "add", "eve", "--role", "king"])), 2);
    assert_eq!(code(&cresset(dir, &["user", "add", "eve", "--role", "reader", "--clearance", "X=Y"])), 1);
    assert_eq!(code(&cresset(dir, &["user", "remove", "ada"])), 1, "the last administrator stays");
    done(dir, &["user", "remove", "mara"]);
    assert_eq!(code(&cresset(dir, &["user", "passwd", "mara"])), 1);
    drop(node);
    assert!(done(dir, &["reindex"]).contains("built again"));
}
