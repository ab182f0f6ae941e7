//! What does the obvious matcher find: parse the line, look each value up? The rival, and the judge of candidates.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
};

use cresset_matcher::scan::Kind;
use serde_json::Value;

use crate::generate::{KEYS, Sought};

#[derive(Default)]
pub struct Naive {
    hashes: HashSet<String>,
    names: HashSet<String>,
    addresses: HashSet<u32>,
    networks: HashMap<u32, HashSet<u32>>,
    urls: HashSet<String>,
}

impl Naive {
    pub fn new(all: &[Sought]) -> Self {
        let mut own = Self::default();
        for one in all {
            match one {
                Sought::Hash(text) => drop(own.hashes.insert(text.clone())),
                Sought::Name(text) => drop(own.names.insert(text.clone())),
                Sought::Url(text) => drop(own.urls.insert(text.clone())),
                Sought::Address(text) => {
                    own.addresses.insert(text.parse::<Ipv4Addr>().unwrap().into());
                }
                Sought::Network(text) => {
                    let (address, length) = text.split_once('/').unwrap();
                    let address: u32 = address.parse::<Ipv4Addr>().unwrap().into();
                    own.networks.entry(length.parse().unwrap()).or_default().insert(address);
                }
            }
        }
        own
    }

    pub fn matches(&self, line: &[u8]) -> bool {
        serde_json::from_slice::<Value>(line).is_ok_and(|value| self.walk(&value))
    }

    fn walk(&self, value: &Value) -> bool {
        match value {
            Value::Object(members) => {
                let text = |key: &str| members.get(key).and_then(Value::as_str);
                if let (Some(host), Some(path)) =
                    (text("host").or(text("hostname")), text("uri").or(text("url")))
                    && self.urls.contains(&format!("http://{host}{path}"))
                {
                    return true;
                }
                members.iter().any(|(key, value)| {
                    let kind = KEYS.iter().find(|own| own.leaf == key).map(|own| own.kind);
                    kind.is_some_and(|kind| self.wanted(kind, value)) || self.walk(value)
                })
            }
            Value::Array(all) => all.iter().any(|value| self.walk(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }

    fn wanted(&self, kind: Kind, value: &Value) -> bool {
        match (kind, value) {
            (_, Value::Array(all)) => all.iter().any(|value| self.wanted(kind, value)),
            (Kind::Text, Value::String(text)) => self.hashes.contains(&text.to_ascii_lowercase()),
            (Kind::Packed, Value::String(text)) => {
                text.split(['=', ',']).any(|part| self.hashes.contains(&part.to_ascii_lowercase()))
            }
            (Kind::Address | Kind::Name | Kind::Host, Value::String(text)) => {
                text.parse::<Ipv4Addr>().is_ok_and(|address| self.address(address.into()))
                    || kind != Kind::Address && self.name(&text.to_ascii_lowercase())
            }
            (Kind::Url, Value::String(text)) => self.urls.contains(text),
            _ => false,
        }
    }

    fn address(&self, address: u32) -> bool {
        let around =
            |(length, all): (&u32, &HashSet<u32>)| all.contains(&(address & (u32::MAX << (32 - length))));
        self.addresses.contains(&address) || self.networks.iter().any(around)
    }

    fn name(&self, text: &str) -> bool {
        let mut rest = text;
        loop {
            if self.names.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}
