//! What is behind a wanted key, and which texts of it are looked up?

use super::{Found, Pass, Pending, Roles, Spot, Token, index, spot};
use crate::{
    compare::composed,
    network::Network,
    scan::{Kind, hash::folded, quad, token},
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
            let normal = composed(&text);
            if *normal != *text {
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
        match spot.kind {
            Kind::Text | Kind::Url => self.look_up(text, Roles::Whole, spot),
            Kind::Packed => {
                self.look_up(text, Roles::Whole, spot);
                let is_between =
                    |byte: &u8| matches!(byte, b'=' | b',' | b';' | b'|') || byte.is_ascii_whitespace();
                for part in text.split(is_between).filter(|part| !part.is_empty()) {
                    self.look_up(part, Roles::Whole, spot);
                }
            }
            Kind::Path => {
                self.look_up(text, Roles::Whole, spot);
                if let Some(cut) = text.iter().rposition(|byte| matches!(byte, b'/' | b'\\')) {
                    self.look_up(text.get(..cut).unwrap_or(&[]), Roles::Whole, spot);
                    self.look_up(text.get(..=cut).unwrap_or(&[]), Roles::Whole, spot);
                    self.look_up(text.get(cut + 1..).unwrap_or(&[]), Roles::Whole, spot);
                }
            }
            Kind::Address => {
                if !self.network_text(text, spot) {
                    self.look_up(text, Roles::Whole, spot);
                }
            }
            Kind::Name => self.host(token, Roles::Whole, spot),
            Kind::Host => {
                let host = token.part(token::host(text));
                self.host(host, Roles::WholeOrHost, spot);
                if host.length != token.length {
                    self.host(token, Roles::Whole, spot);
                }
            }
            Kind::Present => {}
        }
    }

    #[inline]
    fn look_up(&mut self, text: &[u8], roles: Roles, Spot { start, end, kind }: Spot) {
        let hash = folded(self.scanner.settings.seed, text);
        self.texts.push(Pending { hash, start, end, roles, kind });
    }

    /// A name of a host, or its address: whole, and each name above it; a dot at the end may be there or not.
    #[inline]
    fn host(&mut self, token: Token<'_>, roles: Roles, spot: Spot) {
        let text = token.text();
        if self.network_text(text, spot) {
            // It may be the host of a URL all the same.
            if roles == Roles::WholeOrHost {
                self.look_up(text, roles, spot);
            }
            return;
        }
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
