//! Is a value really an address, a name, a hash, and how does a tool write it?

use std::net::IpAddr;

/// An address or network: the address and how many of its bits count.
pub(crate) fn network(value: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match value.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (value, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    let length = match length {
        Some(text) if digits(text) => text.parse().ok().filter(|length| *length <= most)?,
        Some(_) => return None,
        None => most,
    };
    Some((cut(address, length), length))
}

/// An address without the bits that do not count.
fn cut(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

/// A domain name as DNS carries it (IDNA, UTS 46): lower case, without a point at the end; letters, digits, `-`, `_` only.
pub(crate) fn domain(value: &str) -> Option<String> {
    let value = value.strip_suffix('.').unwrap_or(value);
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let name = if plain && !value.to_ascii_lowercase().contains("xn--") {
        value.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii(value).ok()?
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    let is_name = name.len() <= 253 && name.split('.').all(label) && name.parse::<IpAddr>().is_err();
    is_name.then_some(name)
}

/// A hash as lower-case hexadecimal digits of the expected length.
pub(crate) fn hash(value: &str, digits: usize) -> Option<String> {
    (value.len() == digits && value.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| value.to_ascii_lowercase())
}

/// Scheme, host with port, and the rest of a URL.
pub(crate) fn url(value: &str) -> Option<(String, &str, &str)> {
    let (scheme, rest) = value.split_once("://")?;
    let is_scheme =
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !is_scheme || rest.contains([' ', '"', '<', '>']) {
        return None;
    }
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    (!host.is_empty()).then(|| (scheme.to_ascii_lowercase(), host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_loses_the_bits_that_do_not_count() {
        assert_eq!(network("192.0.2.77/24"), Some(("192.0.2.0".parse().unwrap(), 24)));
        assert_eq!(network("2001:db8::1/0"), Some(("::".parse().unwrap(), 0)));
        assert_eq!(network("192.0.2.1"), Some(("192.0.2.1".parse().unwrap(), 32)));
        for bad in ["192.0.2.1/33", "192.0.2.1/+8", "192.0.2.1/", "1.2.3", "a", "::1/129", "fe80::1%eth0"] {
            assert_eq!(network(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_domain_is_written_as_dns_carries_it() {
        assert_eq!(domain("BÜCHER.example.").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(domain("_dmarc.Example").as_deref(), Some("_dmarc.example"));
        let long = format!("{}.example", "a".repeat(64));
        for bad in ["", ".", "a..b", "192.0.2.1", "a b.example", "a;b.example", &long, "*.example"] {
            assert_eq!(domain(bad), None, "{bad}");
        }
        assert!(domain(&format!("{}.example", "a".repeat(63))).is_some());
    }

    #[test]
    fn a_url_comes_apart() {
        assert_eq!(
            url("HTTP://user@h.example:8080/p?q#f"),
            Some(("http".into(), "h.example:8080", "/p?q#f"))
        );
        assert_eq!(url("https://h.example"), Some(("https".into(), "h.example", "")));
        assert_eq!(url("no url"), None);
    }
}
