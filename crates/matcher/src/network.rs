//! Which addresses does a text mean? (STIX 2.1 sections 6.7, 6.8 and ISSUBSET, ISSUPERSET in 9.6.1)

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// IPv4 and IPv6 never contain each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    /// Length of an address in bits.
    pub(crate) const fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }
}

/// A block of addresses; an address alone is a block of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network {
    pub(crate) family: Family,
    /// Bits beyond the prefix are zero.
    pub(crate) address: u128,
    pub(crate) length: u8,
}

impl Network {
    /// Reads `address` or `address/length`; bits beyond the prefix do not count.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // The longest is `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128`.
        if text.len() > 49 || !text.starts_with(|c: char| c.is_ascii_hexdigit() || c == ':') {
            return None;
        }
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let (family, address) = match address.parse().ok()? {
            IpAddr::V4(address) => (Family::V4, u128::from(u32::from(address))),
            IpAddr::V6(address) => (Family::V6, u128::from(address)),
        };
        let length = match length {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
            None => family.bits(),
        };
        if length > family.bits() {
            return None;
        }
        Some(Self { family, address, length }.shortened(length))
    }

    /// The address of IPv4 that an address of IPv6 maps, if this is one (RFC 4291 section 2.5.5.2).
    pub(crate) fn mapped(self) -> Option<Self> {
        let is_one = self.family == Family::V6 && self.length == 128 && self.address >> 32 == 0xffff;
        is_one.then_some(Self {
            family: Family::V4,
            address: self.address & u128::from(u32::MAX),
            length: Family::V4.bits(),
        })
    }

    /// The block of this prefix length around it.
    pub(crate) fn shortened(self, length: u8) -> Self {
        let length = length.min(self.length);
        let host_bits = u32::from(self.family.bits().saturating_sub(length));
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        Self { address: self.address & mask, length, ..self }
    }

    /// Whether all of `other` lies in it.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.family == other.family
            && self.length <= other.length
            && other.shortened(self.length).address == self.address
    }

    /// Its last address.
    pub(crate) fn last(self) -> u128 {
        let host_bits = u32::from(self.family.bits().saturating_sub(self.length));
        self.address | !u128::MAX.checked_shl(host_bits).unwrap_or(0)
    }
}

/// A block of one is written as an address.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.family {
            Family::V4 => Ipv4Addr::from(u32::try_from(self.address).unwrap_or(0)).fmt(f)?,
            Family::V6 => Ipv6Addr::from(self.address).fmt(f)?,
        }
        if self.length == self.family.bits() { Ok(()) } else { write!(f, "/{}", self.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    #[test]
    fn blocks_contain_what_has_their_prefix() {
        for (outer, inner, whether) in [
            ("10.1.0.0/16", "10.1.2.3", true),
            ("10.1.0.0/16", "10.1.255.0/24", true),
            ("10.1.0.0/16", "10.0.0.0/8", false),
            ("10.1.0.0/16", "10.2.0.0", false),
            ("10.1.2.3", "10.1.2.3/32", true),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("::/0", "10.1.2.3", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
        ] {
            assert_eq!(network(outer).contains(network(inner)), whether, "{outer} {inner}");
        }
        for text in ["", "10.1.2", "10.1.2.3/33", "10.1.2.3/", "10.1.2.3/+8", "a.example", "/8", "::1/129"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_block_is_written_without_bits_beyond_its_prefix() {
        assert_eq!(network("10.1.2.3/8").to_string(), "10.0.0.0/8");
        assert_eq!(network("10.1.2.3/32").to_string(), "10.1.2.3");
        assert_eq!(network("2001:DB8:0::1/128").to_string(), "2001:db8::1");
        assert_eq!(network("10.1.0.0/16").last(), u128::from(u32::from(Ipv4Addr::new(10, 1, 255, 255))));
    }
}
