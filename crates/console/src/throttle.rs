//! How often may somebody try to sign in? Counted by account and by address, in a table of bounded size.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use stix::Timestamp;

use crate::config::ConsoleLimits;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Timestamp,
}

/// Who failed to sign in, and how often.
#[derive(Debug)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<Key, Failures>>,
    limits: ConsoleLimits,
}

/// Somebody has to wait for so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u64);

impl Throttle {
    pub(crate) fn new(limits: ConsoleLimits) -> Self {
        Self { failures: Mutex::default(), limits }
    }

    /// Lets somebody try, and counts it as failed until it is said to have succeeded: so many tries at one time are counted too.
    pub(crate) fn admit(&self, account: &str, address: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let keys = [
            (Key::Account(account.to_owned()), self.limits.failures_per_account_max),
            (Key::Address(network(address)), self.limits.failures_per_address_max),
        ];
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, max) in &keys {
            if let Some(entry) = failures.get(key).filter(|entry| entry.count >= *max) {
                let over = entry.since.plus_seconds(self.limits.failures_seconds);
                if now < over {
                    return Err(Wait(u64::try_from(over.seconds() - now.seconds()).unwrap_or(0).max(1)));
                }
            }
        }
        for (key, _) in keys {
            self.count(&mut failures, key, now);
        }
        Ok(())
    }

    fn count(&self, failures: &mut HashMap<Key, Failures>, key: Key, now: Timestamp) {
        let is_over = |entry: &Failures| entry.since.plus_seconds(self.limits.failures_seconds) <= now;
        if let Some(entry) = failures.get_mut(&key) {
            let count = if is_over(entry) { 0 } else { entry.count };
            *entry = Failures { count: count + 1, since: if count == 0 { now } else { entry.since } };
            return;
        }
        if failures.len() >= self.limits.failures_remembered_max {
            failures.retain(|_, entry| !is_over(entry));
        }
        if failures.len() >= self.limits.failures_remembered_max {
            let oldest = failures.iter().min_by_key(|(_, entry)| entry.since).map(|(key, _)| key.clone());
            oldest.map(|oldest| failures.remove(&oldest));
        }
        failures.insert(key, Failures { count: 1, since: now });
    }

    /// Takes back that a try was counted as failed, and forgets the failures of the account.
    pub(crate) fn succeeded(&self, account: &str, address: IpAddr) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&Key::Account(account.to_owned()));
        if let Some(entry) = failures.get_mut(&Key::Address(network(address))) {
            entry.count = entry.count.saturating_sub(1);
        }
    }
}

/// Of IPv6, the network of one customer; an address that stands for one of IPv4 is that one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        Throttle::new(ConsoleLimits {
            failures_per_account_max: 3,
            failures_per_address_max: 5,
            failures_seconds: 60,
            failures_remembered_max: 4,
            ..ConsoleLimits::default()
        })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_parts(1000 + seconds, 0)
    }

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn an_account_waits_at_the_limit_and_not_before() {
        let throttle = throttle();
        for _ in 0..3 {
            throttle.admit("mara", HERE, at(0)).unwrap();
        }
        assert_eq!(throttle.admit("mara", HERE, at(20)), Err(Wait(40)));
        throttle.admit("erik", HERE, at(20)).unwrap();
        throttle.admit("mara", HERE, at(60)).unwrap();
    }

    #[test]
    fn an_address_waits_whatever_accounts_it_names_and_a_64_is_one_address() {
        let throttle = throttle();
        let address = |last: u16| IpAddr::V6(std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        for number in 0..5 {
            throttle.admit(&format!("user{number}"), address(number), at(0)).unwrap();
        }
        assert!(throttle.admit("other", address(9), at(0)).is_err());
        throttle.admit("other", HERE, at(0)).unwrap();
    }

    #[test]
    fn who_signs_in_has_failed_no_more_and_the_table_stays_small() {
        let throttle = throttle();
        for _ in 0..10 {
            throttle.admit("mara", HERE, at(0)).unwrap();
            throttle.succeeded("mara", HERE);
        }
        for number in 0..20 {
            let address = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, number));
            throttle.admit(&format!("user{number}"), address, at(i64::from(number))).unwrap();
            assert!(throttle.failures.lock().unwrap().len() <= 4);
        }
    }
}
