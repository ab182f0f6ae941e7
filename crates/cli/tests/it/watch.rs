//! Share, watch, sight: a node, a sensor that watches logs for its indicators, and the sighting home. Real processes.

mod trouble;

use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    net::UdpSocket,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;

use crate::node::{Node, OBJECTS, code, done, prepared, request};

const PATIENCE: Duration = Duration::from_secs(30);

fn indicator(number: u32, pattern: &str) -> String {
    let pattern = Value::from(pattern);
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{number:08x}-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","indicator_types":["malicious-activity"],"name":"I{number}","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","pattern":{pattern}}}"#
    )
}

fn named(number: u32, domain: &str) -> String {
    indicator(number, &format!("[domain-name:value = '{domain}']"))
}

/// A line of Zeek's dns.log in JSON.
fn asks(domain: &str) -> String {
    format!(
        r#"{{"ts":1790000000.5,"uid":"CAbc","id.orig_h":"192.0.2.10","id.orig_p":40000,"id.resp_h":"192.0.2.53","id.resp_p":53,"proto":"udp","query":"{domain}","qtype_name":"A","rcode_name":"NOERROR"}}"#
    )
}

fn write(file: &Path, lines: impl IntoIterator<Item = String>) {
    let mut text: String = lines.into_iter().collect::<Vec<_>>().join("\n");
    text.push('\n');
    fs::write(file, text).unwrap();
}

fn append(file: &Path, lines: &[String]) {
    let mut file = fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
}

/// A place with a node that has a partner, a log, and the state of a sensor.
struct Place {
    dir: tempfile::TempDir,
    token: String,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let token = prepared(dir.path());
        fs::write(dir.path().join("token"), &token).unwrap();
        Self { dir, token }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn publish(&self, objects: &[String]) {
        let file = self.path("bundle.json");
        fs::write(&file, format!(r#"{{"objects":[{}]}}"#, objects.join(","))).unwrap();
        done(self.dir.path(), &["import", "-c", "shared", file.to_str().unwrap()]);
    }

    fn watch(&self, node: Option<&Node>, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cresset"));
        command.args(["watch", "--state"]).arg(self.path("sensor"));
        if let Some(node) = node {
            let collection = format!("http://{}/api/collections/shared/", node.address);
            command.args(["--indicators", &collection, "--token-file"]).arg(self.path("token"));
        }
        command.args(arguments);
        command
    }

    /// The sightings at the node, as the partner that sent them reads them.
    fn sightings(&self, node: &Node) -> Vec<Value> {
        let path = format!("{OBJECTS}?match[type]=sighting&limit=1000");
        let (status, body) = request(&node.address, &self.token, "GET", &path, None).unwrap();
        assert_eq!(status, 200);
        body["objects"].as_array().cloned().unwrap_or_default()
    }

    fn seen(&self, node: &Node) -> u64 {
        self.sightings(node).iter().map(|sighting| sighting["count"].as_u64().unwrap()).sum()
    }
}

fn alerts(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A sensor that runs until it goes out of sight.
struct Sensor {
    child: Child,
    alerts: Receiver<Value>,
}

impl Drop for Sensor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sensor {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, alerts) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { child, alerts }
    }

    fn next(&self) -> Value {
        self.alerts.recv_timeout(PATIENCE).unwrap()
    }

    fn stop(&mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap()
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let pause = Duration::from_millis(100);
    let mut waited = Duration::ZERO;
    while !is_so() {
        assert!(waited < PATIENCE, "{what}");
        std::thread::sleep(pause);
        waited += pause;
    }
}

#[test]
fn a_published_indicator_fires_in_a_partners_log_and_the_sighting_goes_home() {
    let place = Place::new();
    place.publish(&[
        named(1, "bad.night-heron-lanterns.net"),
        indicator(2, "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"),
    ]);
    let node = Node::serve(place.dir.path());
    let log = place.path("dns.log");
    write(
        &log,
        [
            asks("good.night-heron-lanterns.net"),
            "{broken".to_owned(),
            asks("BAD.night-heron-lanterns.net"),
            asks("bad.night-heron-lanterns.net"),
        ],
    );
    let output =
        place.watch(Some(&node), &["--input", log.to_str().unwrap(), "--country", "NO"]).output().unwrap();
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let told = alerts(&output);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["indicator"], "indicator--00000001-0000-4000-8000-000000000000");
    assert_eq!(told[0]["values"][0][1], "bad.night-heron-lanterns.net", "as names are compared");
    assert_eq!((&told[0]["seen"]["line"], &told[1]["seen"]["line"]), (&3.into(), &4.into()));
    let sightings = place.sightings(&node);
    let [sighting] = &sightings[..] else { panic!("{sightings:?}") };
    assert_eq!(sighting["count"], 2);
    assert_eq!(sighting["sighting_of_ref"], told[0]["indicator"]);
    assert!(sighting.get("observed_data_refs").is_none(), "raw telemetry stays");
    let text = done(place.dir.path(), &["coverage", told[0]["indicator"].as_str().unwrap()]);
    assert!(text.contains("1 partner(s) have it: partner") && text.contains("seen 2 time(s)"), "{text}");
    // The log was read to its end: reading it again counts nothing twice.
    let output = place.watch(Some(&node), &["--input", log.to_str().unwrap()]).output().unwrap();
    assert_eq!((alerts(&output).len(), place.seen(&node)), (0, 2));
}

#[test]
fn a_sensor_follows_logs_over_rotation_and_takes_new_indicators_while_it_runs() {
    let place = Place::new();
    place.publish(&[named(1, "one.night-heron-lanterns.net")]);
    let node = Node::serve(place.dir.path());
    let logs = place.path("logs");
    fs::create_dir(&logs).unwrap();
    let log = logs.join("dns.log");
    append(&log, &[asks("one.night-heron-lanterns.net")]);
    let mut sensor =
        Sensor::start(place.watch(Some(&node), &["--input", logs.to_str().unwrap(), "--window", "1"]));
    assert_eq!(sensor.next()["name"], "I1");
    place.publish(&[named(2, "two.night-heron-lanterns.net")]);
    std::thread::sleep(Duration::from_millis(1500));
    append(&log, &[asks("two.night-heron-lanterns.net")]);
    assert_eq!(sensor.next()["name"], "I2");
    fs::rename(&log, logs.join("dns.1.log")).unwrap();
    append(&log, &[asks("one.night-heron-lanterns.net"), asks("two.night-heron-lanterns.net")]);
    let told = [sensor.next(), sensor.next()];
    assert_eq!(told[0]["seen"]["line"], 1, "the new file begins at its first line");
    assert_eq!([&told[0]["name"], &told[1]["name"]], ["I1", "I2"]);
    until("the sightings come home", || place.seen(&node) == 4);
    assert_eq!(sensor.stop(), 0);
    assert!(sensor.alerts.try_recv().is_err(), "nothing is told twice");
}

#[test]
fn a_sensor_that_is_killed_loses_no_hit_and_counts_none_twice() {
    let place = Place::new();
    place.publish(&[named(1, "bad.night-heron-lanterns.net")]);
    let node = Node::serve(place.dir.path());
    let log = place.path("dns.log");
    let line = |number: u32| {
        asks(if number % 100 == 7 { "bad.night-heron-lanterns.net" } else { "good.night-heron-lanterns.net" })
    };
    write(&log, (0..60_000).map(line));
    let input = ["--input", log.to_str().unwrap()];
    for kill_after in [300, 600, 900] {
        let mut sensor = Sensor::start(place.watch(Some(&node), &input));
        std::thread::sleep(Duration::from_millis(kill_after));
        sensor.child.kill().unwrap();
    }
    let output = place.watch(Some(&node), &input).output().unwrap();
    assert_eq!(code(&output), 0);
    until("the sightings come home", || place.seen(&node) >= 600);
    assert_eq!(place.seen(&node), 600);
}

#[test]
fn sightings_wait_on_the_disk_while_their_home_is_away() {
    let place = Place::new();
    let bundle = place.path("indicators.json");
    fs::write(
        &bundle,
        format!(
            r#"{{"type":"bundle","id":"bundle--1","objects":[{}]}}"#,
            named(1, "bad.night-heron-lanterns.net")
        ),
    )
    .unwrap();
    place.publish(&[named(1, "bad.night-heron-lanterns.net")]);
    let node = Node::serve(place.dir.path());
    let home = format!("http://{}/api/collections/shared/", node.address);
    node.kill();
    let log = place.path("dns.log");
    write(&log, [asks("bad.night-heron-lanterns.net")]);
    let arguments = [
        "--indicators",
        bundle.to_str().unwrap(),
        "--input",
        log.to_str().unwrap(),
        "--home",
        &home,
        "--token-file",
    ];
    let mut command = place.watch(None, &arguments);
    assert_eq!(code(&command.arg(place.path("token")).output().unwrap()), 0);
    let kept = fs::read_to_string(place.path("sensor/state.json")).unwrap();
    assert!(kept.contains("sighting--"), "{kept}");
    let node = Node::serve(place.dir.path());
    let home = format!("http://{}/api/collections/shared/", node.address);
    let mut arguments = arguments;
    arguments[5] = &home;
    let mut command = place.watch(None, &arguments);
    assert_eq!(code(&command.arg(place.path("token")).output().unwrap()), 0);
    assert_eq!(place.seen(&node), 1);
    assert!(!fs::read_to_string(place.path("sensor/state.json")).unwrap().contains("sighting--"));
}

#[test]
fn what_is_silenced_here_does_not_fire_and_does_again_when_that_is_lifted() {
    let place = Place::new();
    let bundle = place.path("indicators.json");
    fs::write(&bundle, format!(r#"{{"objects":[{}]}}"#, named(1, "bad.night-heron-lanterns.net"))).unwrap();
    let state = place.path("sensor");
    let silence = |more: &[&str]| {
        let mut arguments = vec!["silence", "indicator--00000001-0000-4000-8000-000000000000", "--state"];
        arguments.push(state.to_str().unwrap());
        arguments.extend(more);
        done(place.dir.path(), &arguments);
    };
    let fires = |name: &str| {
        let log = place.path(name);
        write(&log, [asks("bad.night-heron-lanterns.net")]);
        let arguments =
            ["--indicators", bundle.to_str().unwrap(), "--input", log.to_str().unwrap(), "--no-home"];
        alerts(&place.watch(None, &arguments).output().unwrap()).len()
    };
    assert_eq!(fires("1.log"), 1);
    silence(&[]);
    assert_eq!(fires("2.log"), 0);
    silence(&["--lift"]);
    assert_eq!(fires("3.log"), 1);
}

#[test]
fn datagrams_and_standard_input_are_watched() {
    let place = Place::new();
    let bundle = place.path("indicators.json");
    fs::write(&bundle, format!(r#"{{"objects":[{}]}}"#, named(1, "bad.night-heron-lanterns.net"))).unwrap();
    let free = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let input = format!("udp://{address}");
    let arguments =
        ["--indicators", bundle.to_str().unwrap(), "--input", &input, "--input", "-", "--no-home"];
    let mut command = place.watch(None, &arguments);
    command.stdin(Stdio::piped());
    let mut sensor = Sensor::start(command);
    let mut stdin = sensor.child.stdin.take().unwrap();
    writeln!(stdin, "{}", asks("bad.night-heron-lanterns.net")).unwrap();
    let alert = sensor.next();
    assert_eq!((&alert["seen"]["input"], &alert["seen"]["line"]), (&"-".into(), &1.into()));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .send_to(
            format!("<134>Jan  1 00:00:00 host zeek: {}", asks("bad.night-heron-lanterns.net")).as_bytes(),
            &address,
        )
        .unwrap();
    assert_eq!(sensor.next()["seen"]["input"], "udp 127.0.0.1");
    drop(stdin);
    assert_eq!(sensor.stop(), 0);
}

#[test]
fn a_hunt_finds_a_pattern_in_files_and_says_where() {
    let place = Place::new();
    let log = place.path("dns.log");
    write(&log, [asks("good.night-heron-lanterns.net"), asks("bad.night-heron-lanterns.net")]);
    let hunt = |pattern: &str| {
        Command::new(env!("CARGO_BIN_EXE_cresset")).args(["hunt", pattern]).arg(&log).output().unwrap()
    };
    let output = hunt("[domain-name:value LIKE 'bad.%']");
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let found = alerts(&output);
    assert_eq!((found.len(), &found[0]["seen"]["line"]), (1, &2.into()));
    assert_eq!(code(&hunt("[domain-name:value = 'none.night-heron-lanterns.net']")), 1);
    let output = hunt("[domain-name:value = ");
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("the pattern: "));
}

#[test]
fn a_value_that_is_too_common_to_mean_anything_does_not_fire() {
    let place = Place::new();
    let bundle = place.path("indicators.json");
    fs::write(
        &bundle,
        format!(r#"{{"objects":[{},{}]}}"#, named(1, "google.com"), named(2, "mail.fjord-harbour.net")),
    )
    .unwrap();
    let own = place.path("own.txt");
    fs::write(&own, "[our own]\nmail.fjord-harbour.net\n").unwrap();
    let fires = |name: &str, more: &[&str]| {
        let log = place.path(name);
        write(&log, [asks("google.com"), asks("mail.fjord-harbour.net")]);
        let arguments =
            ["--indicators", bundle.to_str().unwrap(), "--input", log.to_str().unwrap(), "--no-home"];
        let told = alerts(&place.watch(None, &[&arguments[..], more].concat()).output().unwrap());
        told.iter().map(|alert| alert["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fires("1.log", &[]), ["I2"]);
    assert_eq!(fires("2.log", &["--no-warninglists"]), ["I1", "I2"]);
    assert!(fires("3.log", &["--warninglist", own.to_str().unwrap()]).is_empty());
}

#[test]
fn a_new_indicator_is_looked_for_in_the_past_and_that_none_was_seen_goes_home() {
    let place = Place::new();
    place.publish(&[named(1, "one.night-heron-lanterns.net")]);
    let node = Node::serve(place.dir.path());
    let log = place.path("dns.log");
    write(&log, [asks("one.night-heron-lanterns.net"), asks("two.night-heron-lanterns.net")]);
    let follow = ["--input", log.to_str().unwrap(), "--follow", "--remember-days", "3650", "--window", "1"];
    let mut sensor = Sensor::start(place.watch(Some(&node), &follow));
    assert_eq!(sensor.next()["name"], "I1");
    place.publish(&[named(2, "two.night-heron-lanterns.net"), named(3, "three.night-heron-lanterns.net")]);
    let alert = sensor.next();
    assert_eq!((&alert["name"], alert.get("seen")), (&"I2".into(), None));
    until("both answers come home", || place.sightings(&node).len() == 3);
    let sightings = place.sightings(&node);
    let of = |number: u32| {
        let id = format!("indicator--{number:08x}-0000-4000-8000-000000000000");
        sightings.iter().find(|sighting| sighting["sighting_of_ref"] == id.as_str()).unwrap()["count"].clone()
    };
    assert_eq!((of(1), of(2), of(3)), (1.into(), 1.into(), 0.into()));
    let text = done(place.dir.path(), &["coverage", "indicator--00000003-0000-4000-8000-000000000000"]);
    assert!(text.contains("looked for and not seen: 1"), "{text}");
    assert_eq!(sensor.stop(), 0);
    // What is remembered outlasts the sensor.
    drop(sensor);
    place.publish(&[indicator(
        4,
        "[domain-name:value LIKE '%two.night-heron%' OR url:value = 'http://x.night-heron-lanterns.net/']",
    )]);
    let sensor = Sensor::start(place.watch(Some(&node), &follow));
    assert_eq!(sensor.next()["name"], "I4");
}
