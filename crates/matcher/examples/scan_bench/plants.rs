//! Which lines have to be found, and which only look so?

use crate::generate::{Numbers, Plant, Sought, line, sought};

/// Telemetry with what was put in it.
pub struct Telemetry {
    pub text: Vec<u8>,
    /// Numbers of the lines that have to be found.
    pub planted: Vec<u64>,
}

const PLANTED: u64 = 100;
const TRAPS: u64 = 200;

fn nth(kind: u64, number: u64) -> Sought {
    // Among the first thousand, so in every set of indicators.
    sought(kind + 20 * (number % 50))
}

fn text(sought: Sought) -> String {
    match sought {
        Sought::Hash(text)
        | Sought::Name(text)
        | Sought::Address(text)
        | Sought::Network(text)
        | Sought::Url(text) => text,
    }
}

/// An address in a network, by one more than its first.
fn member(network: &str) -> String {
    let (address, _) = network.split_once('/').unwrap_or((network, ""));
    let (front, last) = address.rsplit_once('.').unwrap_or((address, "0"));
    format!("{front}.{}", last.parse::<u64>().unwrap_or(0) + 1)
}

fn parts(url: &str) -> (String, String) {
    let rest = url.trim_start_matches("http://");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    (host.to_owned(), format!("/{path}"))
}

/// Twenty ways in which something wanted comes.
fn planted(number: u64, numbers: &mut Numbers) -> String {
    let (hash, name) = (text(nth(3, number)), text(nth(11, number)));
    let (address, network) = (text(nth(16, number)), text(nth(18, number)));
    let url = parts(&text(nth(19, number)));
    let none = Plant::default();
    let (sort, plant) = match number % 20 {
        0 => (0, Plant { address: Some(address), ..none }),
        1 => (4, Plant { address: Some(address), ..none }),
        2 => (0, Plant { address: Some(member(&network)), ..none }),
        3 => (4, Plant { address: Some(member(&network)), ..none }),
        4 => (1, Plant { name: Some(name), ..none }),
        5 => (1, Plant { name: Some(name.to_uppercase()), ..none }),
        6 => (1, Plant { name: Some(format!("a.b.{name}")), ..none }),
        7 => (5, Plant { name: Some(name), ..none }),
        8 => (8, Plant { name: Some(name), ..none }),
        9 => (8, Plant { name: Some(format!("WWW.{name}")), ..none }),
        10 => (2, Plant { host_and_path: Some((name, "/".to_owned())), ..none }),
        11 => (2, Plant { host_and_path: Some(url), ..none }),
        12 => (6, Plant { host_and_path: Some(url), ..none }),
        13 => (6, Plant { host_and_path: Some((format!("x.{name}"), "/".to_owned())), ..none }),
        14 => (3, Plant { hash: Some(hash), ..none }),
        15 => (7, Plant { hash: Some(hash.to_uppercase()), ..none }),
        16 => (9, Plant { hash: Some(hash), ..none }),
        17 => (9, Plant { hash: Some(hash.to_uppercase()), ..none }),
        18 => return with_answer(&format!("\"{name}\""), numbers),
        _ => return with_answer(&format!("\"{address}\""), numbers),
    };
    line(sort, &plant, numbers)
}

fn with_answer(answer: &str, numbers: &mut Numbers) -> String {
    line(1, &Plant::default(), numbers).replace("\"answers\":[", &format!("\"answers\":[{answer},"))
}

/// Ten ways in which something looks wanted and is not.
fn trap(number: u64, numbers: &mut Numbers) -> String {
    let (hash, name) = (text(nth(3, number)), text(nth(11, number)));
    let (address, url) = (text(nth(16, number)), parts(&text(nth(19, number))));
    let none = Plant::default();
    match number % 10 {
        0 => line(1, &Plant { name: Some(format!("not{name}")), ..none }, numbers),
        1 => line(1, &Plant { name: Some(format!("{name}.example")), ..none }, numbers),
        2 => line(3, &Plant { hash: Some(hash[1..].to_owned()), ..none }, numbers),
        3 => line(9, &Plant { hash: Some(format!("{hash}00")), ..none }, numbers),
        4 => line(2, &Plant { host_and_path: Some((url.0, "/else".to_owned())), ..none }, numbers),
        5 => line(2, &Plant { host_and_path: Some(("a.example".to_owned(), url.1)), ..none }, numbers),
        6 => line(0, &none, numbers).replace("\"service\":\"ssl\"", &format!("\"service\":\"{address}\"")),
        7 => {
            line(0, &none, numbers).replace("\"ssl\"", &format!("\"x \\\"id.resp_h\\\":\\\"{address}\\\"\""))
        }
        8 => line(6, &none, numbers).replace("\"GET\"", &format!("\"{name}\"")),
        _ => line(0, &none, numbers).replace("\"uid\":\"C", &format!("\"uid\":\"{hash}")),
    }
}

/// So many lines.
pub fn telemetry(lines: u64) -> Telemetry {
    let mut numbers = Numbers(42);
    let mut out = Telemetry {
        text: Vec::with_capacity(usize::try_from(lines * 480).unwrap_or(0)),
        planted: Vec::new(),
    };
    let every = (lines / (PLANTED + TRAPS)).max(1);
    for number in 0..lines {
        let which = number / every;
        let own = if number % every == every / 2 && which < PLANTED {
            out.planted.push(number);
            planted(which, &mut numbers)
        } else if number % every == every / 2 && which < PLANTED + TRAPS {
            trap(which, &mut numbers)
        } else {
            let sort = crate::generate::sort(&mut numbers);
            line(sort, &Plant::default(), &mut numbers)
        };
        out.text.extend_from_slice(own.as_bytes());
        out.text.push(b'\n');
    }
    out
}
