//! A node as a process, and a small HTTP client.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

pub(crate) fn cresset(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cresset")).arg("--dir").arg(dir).args(args).output().unwrap()
}

/// Runs a command that has to end well, and gives what it printed.
pub(crate) fn done(dir: &Path, args: &[&str]) -> String {
    let output = cresset(dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A running process, ended when it goes out of sight.
pub(crate) struct Node {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    /// Serves a directory on a free port.
    pub(crate) fn serve(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cresset"))
            .arg("--dir")
            .arg(dir)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some((_, rest)) = line.split_once("discovery=") {
                let url = rest.trim_matches('"');
                break url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
            }
        };
        // The pipe is read on, so that the node never waits to log.
        std::thread::spawn(move || lines.count());
        Self { child, address }
    }

    /// SIGKILL: no warning, no clean-up.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Status and body of a request; nothing where the connection broke.
pub(crate) fn request(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    body: Option<&str>,
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let body = body.unwrap_or("");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: application/taxii+json;version=2.1\r\nContent-Type: application/taxii+json;version=2.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let text = String::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
    if body.len() != length {
        return None;
    }
    Some((status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

/// A declaration with one partner that may do everything in one collection.
pub(crate) const WORLD: &str = r#"
[organisation]
id = "identity--e0000001-0000-4000-8000-000000000001"
name = "Test"

[[collection]]
id = "e0000001-0000-4000-8000-000000000002"
alias = "shared"
title = "Shared"
default_marking = ["TLP:CLEAR"]

[[partner]]
name = "partner"
organisation = "identity--e0000001-0000-4000-8000-000000000003"

[[agreement]]
partner = "partner"
collection = "shared"
may = ["read", "submit", "delete"]
ceiling = "RED"
"#;

pub(crate) const OBJECTS: &str = "/api/collections/shared/objects/";

/// A data directory with that declaration, and the partner's token.
pub(crate) fn prepared(dir: &Path) -> String {
    done(dir, &["init", "--organisation", "Test"]);
    std::fs::write(dir.join("world.toml"), WORLD).unwrap();
    done(dir, &["apply", dir.join("world.toml").to_str().unwrap()]);
    done(dir, &["token", "issue", "partner"]).trim().to_owned()
}

/// A tool with a number in its id.
pub(crate) fn tool(number: u32) -> String {
    format!(
        r#"{{"type":"tool","spec_version":"2.1","id":"tool--{number:08x}-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"T{number}"}}"#
    )
}
