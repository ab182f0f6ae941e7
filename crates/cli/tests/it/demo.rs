//! `cresset demo`.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::node::{Node, request};

fn demo() -> (Node, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cresset"))
        .args(["demo", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let address = ready["url"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
    (Node { child, address }, ready)
}

fn may(collection: &Value) -> Vec<&str> {
    collection["may"].as_array().unwrap().iter().map(|right| right.as_str().unwrap()).collect()
}

#[test]
fn the_demo_says_in_one_line_where_and_how_to_try_it() {
    let (node, ready) = demo();
    assert!(ready["console"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(ready["user"]["password"].as_str().unwrap().len() >= 20 && ready["user"]["user"] == "demo");
    let partners = ready["partners"].as_array().unwrap();
    let all: Vec<&Value> =
        partners.iter().flat_map(|partner| partner["collections"].as_array().unwrap()).collect();
    for rights in [vec!["read", "submit", "delete"], vec!["read"], vec!["submit"]] {
        assert!(all.iter().any(|collection| may(collection) == rights), "{rights:?}");
    }
    let ids = |partner: &Value| -> Vec<String> {
        let own = partner["collections"].as_array().unwrap();
        own.iter().map(|collection| collection["id"].as_str().unwrap().to_owned()).collect()
    };
    let hidden = all
        .iter()
        .any(|collection| !ids(&partners[2]).contains(&collection["id"].as_str().unwrap().to_owned()));
    assert!(hidden, "somebody has a collection that another does not see");
    for partner in partners {
        let token = partner["token"].as_str().unwrap();
        assert_eq!(request(&node.address, token, "GET", "/taxii2/", None).unwrap().0, 200);
        for collection in partner["collections"].as_array().unwrap() {
            let url = collection["url"].as_str().unwrap();
            let path = url.strip_prefix(&format!("http://{}", node.address)).unwrap();
            assert_eq!(request(&node.address, token, "GET", path, None).unwrap().0, 200, "{url}");
        }
    }
}

#[test]
fn each_partner_gets_its_own_version_of_the_shown_object() {
    let (node, ready) = demo();
    let path = "/api/collections/coalition/objects/indicator--c0000001-0000-4000-8000-000000000001/";
    let get = |partner: usize| {
        let token = ready["partners"][partner]["token"].as_str().unwrap();
        request(&node.address, token, "GET", path, None).unwrap()
    };
    let (status, norwegian) = get(0);
    assert_eq!(status, 200);
    assert_eq!(norwegian["objects"][0]["labels"].as_array().unwrap().len(), 3);
    assert!(norwegian["objects"][0]["description"].is_string());
    let (status, japanese) = get(1);
    assert_eq!(status, 200);
    assert_eq!(japanese["objects"][0]["labels"], serde_json::json!(["night-heron", "loader"]));
    assert!(japanese["objects"][0].get("description").is_none());
    assert!(japanese["objects"][0].get("granular_markings").is_none());
    assert_eq!(get(2).0, 404);
}
