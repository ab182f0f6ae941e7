//! What is behind a wanted key, and which texts of it are looked up?

use super::{Found, Pass, Pending, Roles, Spot, Token, index, spot};
use crate::{
    compare::composed,
    network::{Family, Network},
    scan::{Kind, Scanner, hash::folded, quad, token},
};

impl Pass<'_, '_> {
    /// Looks at a value of a wanted key; `at` is behind the colon.
    #[inline]
    pub(in crate::scan) fn value(&mut self, kind: Kind, at: usize) {
        if kind == Kind::Present {
            self.found.push(Found { start: at, end: at, kind: Some(kind), indicator: None });
            return;
        }
        let rest = self.text.get(at..).unwrap_or(&[]);
        match rest.first() {
            Some(b'"') => {
                self.string(kind, at + 1);
            }
            Some(b'{' | b'\n') | None => {}
            Some(b'[') => self.list(kind, at + 1),
            Some(b' ' | b'\t' | b'\r') => {
                if let Some(blank) = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
                    self.value(kind, at + blank);
                }
            }
            Some(_) => {
                self.bare(kind, at);
            }
        }
    }

    /// Every string and number in a list, however deep; what else is in it only costs time.
    fn list(&mut self, kind: Kind, mut at: usize) {
        let mut depth = 1_usize;
        while let Some(byte) = self.text.get(at) {
            at += 1;
            match byte {
                b'"' => match self.string(kind, at) {
                    Some(end) => at = end + 1,
                    None => return,
                },
                b'[' | b'{' => depth += 1,
                b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                b'\n' => return,
                b',' | b':' | b' ' | b'\t' | b'\r' => {}
                _ => at = self.bare(kind, at - 1).max(at),
            }
        }
    }

    /// A value that is no string, by its text; where it ends.
    fn bare(&mut self, kind: Kind, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or(&[]);
        let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'\n' | b'\r' | b' ' | b'\t' | b'"');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.token(Token { rest, length }, spot(kind, at..at + length));
        at + length
    }

    /// A string; where it ends, if it does.
    #[inline]
    fn string(&mut self, kind: Kind, at: usize) -> Option<usize> {
        let rest = self.text.get(at..).unwrap_or(&[]);
        if let Some(length) = token::plain_length(rest) {
            self.token(Token { rest, length }, spot(kind, at..at + length));
            return Some(at + length);
        }
        self.escaped(kind, at)
    }

    #[cold]
    fn escaped(&mut self, kind: Kind, at: usize) -> Option<usize> {
        let mut text = std::mem::take(&mut self.scratch);
        let rest = self.text.get(at..).unwrap_or(&[]);
        let end = token::decoded(rest, &mut text).map(|length| at + length);
        if let Some(end) = end {
            self.token(Token::whole(text.as_bytes()), spot(kind, at..end));
            let small = text.trim().to_lowercase();
            if small != text {
                self.token(Token::whole(small.as_bytes()), spot(kind, at..end));
            }
            let normal = composed(&text);
            if *normal != *text {
                self.token(Token::whole(normal.trim().as_bytes()), spot(kind, at..end));
            }
            let normal = composed(&small);
            if *normal != *small {
                self.token(Token::whole(normal.as_bytes()), spot(kind, at..end));
            }
        } else {
            self.unclear(at);
        }
        self.scratch = text;
        end
    }

    /// Looks a text up as values of that kind are.
    #[inline]
    fn token(&mut self, token: Token<'_>, spot: Spot) {
        let text = token.text();
        let is_blank = |byte: Option<&u8>| byte.is_some_and(|byte| *byte <= b' ');
        if is_blank(text.first()) || is_blank(text.last()) {
            return self.trimmed(token, spot);
        }
        match spot.kind {
            Kind::Text | Kind::Url => self.look_up(text, Roles::Whole, spot),
            Kind::Hash => self.hash(text, spot),
            Kind::Packed => self.packed(text, spot),
            Kind::Path => self.path(text, spot),
            Kind::Pairs => self.pairs(text, spot),
            Kind::Mail => self.mail(text, spot),
            Kind::Address => {
                if !self.network_text(text, spot) {
                    self.look_up(text, Roles::Whole, spot);
                    self.address_within(text, spot);
                }
            }
            Kind::Name if token::is_bare(token.rest, token.length) => {
                self.bare_host(token, Roles::Whole, spot);
            }
            Kind::Host if token::is_bare(token.rest, token.length) => {
                self.bare_host(token, Roles::WholeOrHost, spot);
            }
            Kind::Name => self.host(token, Roles::Whole, spot),
            Kind::Host => {
                let host = token.part(token::host(text));
                if host.length != token.length {
                    // What is left may have a port of its own.
                    self.token(host, spot);
                }
                self.host(token, Roles::WholeOrHost, spot);
                self.address_within(text, spot);
            }
            Kind::Present => {}
        }
    }

    #[cold]
    fn trimmed(&mut self, token: Token<'_>, spot: Spot) {
        let text = token.text();
        let inner = text.trim_ascii();
        let front = text.len() - text.trim_ascii_start().len();
        // Control characters are not trimmed, and stay.
        if inner.len() == text.len() {
            self.look_up(text, Roles::Whole, spot);
        } else if !inner.is_empty() {
            self.token(token.part(front..front + inner.len()), spot);
        }
    }

    #[inline]
    fn hash(&mut self, text: &[u8], spot: Spot) {
        self.look_up(text, Roles::Whole, spot);
        if memchr::memchr(b':', text).is_some() {
            let digits: Vec<u8> = text.iter().copied().filter(|byte| *byte != b':').collect();
            self.look_up(&digits, Roles::Whole, spot);
        }
    }

    /// Between all signs, and between each of those that rules split at.
    fn packed(&mut self, text: &[u8], spot: Spot) {
        self.look_up(text, Roles::Whole, spot);
        let is_between = |byte: &u8| matches!(byte, b'=' | b',' | b';' | b'|') || byte.is_ascii_whitespace();
        for part in text.split(is_between).filter(|part| !part.is_empty() && part.len() < text.len()) {
            self.hash(part, spot);
        }
        for sign in b",;|= ".iter().filter(|sign| text.contains(sign)) {
            for part in text.split(|byte| byte == sign) {
                self.look_up(part.trim_ascii(), Roles::Whole, spot);
            }
        }
    }

    fn path(&mut self, text: &[u8], spot: Spot) {
        self.look_up(text, Roles::Whole, spot);
        let cuts = [memchr::memrchr2(b'/', b'\\', text), memchr::memrchr(b'\\', text)];
        let cuts = if cuts.first() == cuts.last() { cuts.get(..1) } else { cuts.get(..) };
        for cut in cuts.into_iter().flatten().flatten() {
            self.look_up(text.get(..*cut).unwrap_or(&[]), Roles::Whole, spot);
            self.look_up(text.get(..=*cut).unwrap_or(&[]), Roles::Whole, spot);
            self.look_up(text.get(cut + 1..).unwrap_or(&[]), Roles::Whole, spot);
        }
    }

    fn pairs(&mut self, text: &[u8], spot: Spot) {
        self.look_up(text, Roles::Whole, spot);
        let digits: Vec<u8> = text.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let mut written = Vec::with_capacity(digits.len() * 3 / 2);
        for (at, digit) in digits.iter().enumerate() {
            if at > 0 && at % 2 == digits.len() % 2 {
                written.push(b':');
            }
            written.push(*digit);
        }
        self.look_up(&written, Roles::Whole, spot);
    }

    fn mail(&mut self, text: &[u8], spot: Spot) {
        self.look_up(text, Roles::Whole, spot);
        if let Some(open) = memchr::memrchr(b'<', text) {
            let inner = text.get(open + 1..).unwrap_or(&[]);
            let end = memchr::memchr(b'>', inner).unwrap_or(inner.len());
            self.look_up(inner.get(..end).unwrap_or(&[]).trim_ascii(), Roles::Whole, spot);
        }
        let is_between = |byte: &u8| matches!(byte, b'<' | b'>' | b',' | b';') || byte.is_ascii_whitespace();
        for part in text.split(is_between).filter(|part| !part.is_empty() && part.len() < text.len()) {
            self.look_up(part, Roles::Whole, spot);
        }
    }

    /// An address in brackets or with a zone: `[fe80::1%eth0]`.
    #[inline]
    fn address_within(&mut self, text: &[u8], spot: Spot) {
        if let Some(end) = memchr::memchr2(b'%', b']', text) {
            let inner = text.get(..end).unwrap_or(&[]);
            self.network_text(inner.strip_prefix(b"[").unwrap_or(inner), spot);
        }
    }

    #[inline]
    fn look_up(&mut self, text: &[u8], roles: Roles, Spot { start, end, kind }: Spot) {
        let hash = folded(self.scanner.settings.seed, text);
        self.texts.push(Pending { hash, start, end, roles, kind });
    }

    /// [`Pass::host`] of what has no sign around it, so is no address of IPv6 and no network.
    #[inline]
    fn bare_host(&mut self, token: Token<'_>, roles: Roles, spot: Spot) {
        if !token.rest.first().is_some_and(u8::is_ascii_digit) {
            return self.name(token, roles, spot);
        }
        let Some(sixteen) = token.rest.first_chunk() else { return self.host(token, roles, spot) };
        let Some(address) = quad::parse_text(sixteen, token.length) else {
            return self.name(token, roles, spot);
        };
        let Scanner { base, delta, .. } = self.scanner;
        if base.networks.may_hold(address) || delta.networks.may_hold(address) {
            self.network(Network { family: Family::V4, address: address.into(), length: 32 }, spot);
        }
        // It may be the host of a URL all the same.
        if roles == Roles::WholeOrHost {
            self.look_up(token.text(), roles, spot);
        }
    }

    /// A name of a host, or its address; a dot at the end may be there or not.
    fn host(&mut self, token: Token<'_>, roles: Roles, spot: Spot) {
        let text = token.text();
        if self.network_text(text, spot) {
            // It may be the host of a URL all the same.
            if roles == Roles::WholeOrHost {
                self.look_up(text, roles, spot);
            }
            return;
        }
        self.name(token, roles, spot);
    }

    /// A name: whole, and each name above it.
    #[inline]
    fn name(&mut self, token: Token<'_>, roles: Roles, spot: Spot) {
        let text = token.text();
        self.look_up(text, roles, spot);
        token::below(token.rest, token.length, |above| self.look_up(above, Roles::Below, spot));
        if text.last() == Some(&b'.') {
            self.host(token.part(0..token.length - 1), roles, spot);
        }
    }

    /// Whether it is an address or a network.
    #[inline]
    fn network_text(&mut self, text: &[u8], spot: Spot) -> bool {
        let may_be = text.first().is_some_and(u8::is_ascii_digit) || text.contains(&b':');
        may_be && self.network_slowly(text, spot)
    }

    #[inline(never)]
    fn network_slowly(&mut self, text: &[u8], spot: Spot) -> bool {
        let network = std::str::from_utf8(text).ok().and_then(Network::parse);
        if let Some(network) = network {
            self.network(network, spot);
            // What telemetry calls `::ffff:192.0.2.1` is an address of IPv4 to patterns.
            if let Some(mapped) = network.mapped() {
                self.network(mapped, spot);
            }
        }
        network.is_some()
    }

    /// Whether a value is a string that is an address of IPv4 in the usual way; if so it is looked up.
    #[inline]
    pub(super) fn quad(&mut self, place: u32) -> bool {
        // The quote, and three bytes of the key.
        let at = index(place);
        let frame =
            at.checked_sub(3).and_then(|from| self.text.get(from..)).and_then(|rest| rest.first_chunk());
        let Some(frame) = frame.filter(|_| self.text.get(at) == Some(&b'"')) else { return false };
        let Some(address) = quad::parse(frame, b'"') else { return false };
        self.quads.push((address, place + 1));
        true
    }
}
