//! `cresset export`, and MISP in, with and without a node that runs.

use crate::node::{Node, code, cresset, done, prepared};

const INDICATOR: &str = r#"{"type":"bundle","id":"bundle--00000001-0000-4000-8000-000000000000","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--00000001-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern":"[domain-name:value = 'evil.example']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"}]}"#;

#[test]
fn an_export_is_the_same_whether_a_node_runs_or_not_and_never_half_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    prepared(at);
    std::fs::write(at.join("bundle.json"), INDICATOR).unwrap();
    done(at, &["import", "-c", "shared", at.join("bundle.json").to_str().unwrap()]);
    let out = at.join("out.intel");
    let export = ["export", "-c", "shared", "-f", "zeek", "--as", "partner", "-o", out.to_str().unwrap()];
    let body = || {
        let text = std::fs::read_to_string(&out).unwrap();
        text.lines().filter(|line| !line.starts_with("# ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(done(at, &export).contains("1 objects looked at, 1 said"));
    let stopped = body();
    assert!(stopped.iter().any(|line| line.starts_with("evil.example\tIntel::DOMAIN\t")), "{stopped:?}");
    let node = Node::serve(at);
    std::fs::write(&out, "before").unwrap();
    done(at, &export);
    assert_eq!(body(), stopped);
    let dir_out = at.join("rules");
    done(at, &["export", "-c", "shared", "-f", "suricata", "--own", "-o", dir_out.to_str().unwrap()]);
    assert!(std::fs::read_to_string(dir_out.join("cresset.rules")).unwrap().contains("sid:3000000000;"));
    let unknown = || cresset(at, &["export", "-c", "shared", "-f", "zeek", "--as", "nobody", "-o", "-"]);
    let while_it_runs = unknown();
    drop(node);
    for refused in [while_it_runs, unknown()] {
        assert_eq!((code(&refused), refused.stdout.as_slice()), (1, &b""[..]));
    }
    assert_eq!(code(&cresset(at, &["export", "-c", "shared", "-f", "zeek"])), 2, "a reader is named");
}

#[test]
fn a_misp_feed_goes_in_with_what_is_lost_and_comes_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    prepared(at);
    let feed = at.join("feed");
    std::fs::create_dir(&feed).unwrap();
    std::fs::write(feed.join("manifest.json"), "{}").unwrap();
    let event = r#"{"Event":{"uuid":"5c1b2c3d-0000-4000-8000-000000000001","info":"E","date":"2026-02-01","timestamp":"1770000000","distribution":"3",
        "Attribute":[{"uuid":"5c1b2c3d-0000-4000-8000-000000000002","type":"domain","value":"evil.example","to_ids":true,"distribution":"5"},
                     {"type":"btc","value":"1A","to_ids":true,"distribution":"5"}]}}"#;
    std::fs::write(feed.join("5c1b2c3d-0000-4000-8000-000000000001.json"), event).unwrap();
    let out = cresset(at, &["import", "-c", "shared", "--format", "misp", feed.to_str().unwrap()]);
    assert_eq!(code(&out), 0, "{}", String::from_utf8_lossy(&out.stderr));
    assert!(String::from_utf8_lossy(&out.stdout).contains("2 added, 0 unchanged, 0 refused"));
    assert!(String::from_utf8_lossy(&out.stderr).contains("lost: /Event/Attribute/1"));
    let list = done(at, &["export", "-c", "shared", "-f", "csv", "--own"]);
    assert!(list.contains("\"indicator--5c1b2c3d-0000-4000-8000-000000000002\""), "{list}");
    std::fs::write(feed.join("broken.json"), "{").unwrap();
    assert_eq!(
        code(&cresset(at, &["import", "-c", "shared", "--format", "misp", feed.to_str().unwrap()])),
        1
    );
}
