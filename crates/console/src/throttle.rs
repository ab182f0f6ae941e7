//! How often may somebody try to sign in? Counted by account and by address, in a table of bounded size.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use stix::Timestamp;

use crate::config::ConsoleLimits;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Timestamp,
}

/// Who failed to sign in, and how often. Accounts and addresses lie apart, so that many names do not crowd out an address.
#[derive(Debug)]
pub(crate) struct Throttle {
    accounts: Mutex<HashMap<String, Failures>>,
    addresses: Mutex<HashMap<IpAddr, Failures>>,
    limits: ConsoleLimits,
}

/// Somebody has to wait for so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u64);

impl Throttle {
    pub(crate) fn new(limits: ConsoleLimits) -> Self {
        Self { accounts: Mutex::default(), addresses: Mutex::default(), limits }
    }

    /// Lets somebody try, and counts it as failed until it is said to have succeeded: so many tries at one time are counted too.
    pub(crate) fn admit(&self, account: &str, address: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network(address);
        self.check(accounts.get(account), self.limits.failures_per_account_max, now)?;
        self.check(addresses.get(&address), self.limits.failures_per_address_max, now)?;
        self.count(&mut accounts, account.to_owned(), now);
        self.count(&mut addresses, address, now);
        Ok(())
    }

    fn check(&self, failures: Option<&Failures>, max: u32, now: Timestamp) -> Result<(), Wait> {
        let Some(entry) = failures.filter(|entry| entry.count >= max) else { return Ok(()) };
        let over = entry.since.plus_seconds(self.limits.failures_seconds);
        if now >= over {
            return Ok(());
        }
        Err(Wait(u64::try_from(over.seconds() - now.seconds()).unwrap_or(0).max(1)))
    }

    fn count<K: Clone + Eq + Hash>(&self, failures: &mut HashMap<K, Failures>, key: K, now: Timestamp) {
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
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = addresses.get_mut(&network(address)) {
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
            assert!(throttle.accounts.lock().unwrap().len() <= 4);
            assert!(throttle.addresses.lock().unwrap().len() <= 4);
        }
    }
}
