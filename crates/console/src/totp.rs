//! The second factor: a code of six digits that changes every 30 seconds (RFC 6238), each good for one sign-in.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use stix::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use crate::password::{NoRandomness, random};

/// Seals what must be read again, such as the secret of a second factor, so that a copy of the store alone gives it to nobody.
#[derive(Clone)]
pub(crate) struct Sealer(LessSafeKey);

impl Sealer {
    pub(crate) fn new(key: &[u8; 32]) -> Option<Self> {
        Some(Self(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).ok()?)))
    }

    /// Seals for one user, so that it is of no use in another's account.
    pub(crate) fn seal(&self, user: &str, plain: &[u8]) -> Result<String, NoRandomness> {
        let nonce = random::<NONCE_LEN>()?;
        let mut bytes = plain.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(user.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| NoRandomness)?;
        Ok(STANDARD.encode([nonce.as_slice(), &bytes].concat()))
    }

    pub(crate) fn open(&self, user: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.0.open_in_place(nonce, Aad::from(user.as_bytes()), &mut rest).ok()?;
        Some(plain.to_vec())
    }
}

/// A new secret.
pub(crate) fn new_secret() -> Result<[u8; 20], NoRandomness> {
    random::<20>()
}

/// The secret as people type it.
pub(crate) fn base32(secret: &[u8]) -> String {
    Secret::from(secret).to_base32()
}

/// The secret as an app reads it from a picture.
pub(crate) fn uri(organisation: &str, user: &str, secret: &[u8]) -> String {
    let (issuer, user) = (escaped(organisation), escaped(user));
    format!("otpauth://totp/{issuer}:{user}?secret={}&issuer={issuer}", base32(secret))
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = std::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
        }
        out
    })
}

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(secret.to_vec()).build().ok()
}

/// The step of time for which a code is right, if it is and none of that step or a later one was used before.
pub(crate) fn step(secret: &[u8], code: &str, used: Option<u64>, now: Timestamp) -> Option<u64> {
    let seconds = u64::try_from(now.seconds()).ok()?;
    let step = totp(secret)?.check(code.trim(), seconds)?;
    used.is_none_or(|used| step > used).then_some(step)
}

/// The code of a moment.
#[cfg(test)]
pub(crate) fn code(secret: &[u8], now: Timestamp) -> String {
    totp(secret).unwrap().generate(u64::try_from(now.seconds()).unwrap()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_rfc_6238_are_right_and_each_is_good_once() {
        // RFC 6238, appendix B, SHA-1, with the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Timestamp::from_parts(seconds, 0);
            let used = step(secret, expected, None, now).unwrap();
            assert_eq!(step(secret, expected, Some(used), now), None, "used before");
            assert_eq!(step(secret, "000000", None, now), None);
            assert_eq!(code(secret, now), expected);
        }
    }

    #[test]
    fn what_is_sealed_opens_for_its_user_and_key_alone() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let sealed = sealer.seal("mara", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(sealer.open("mara", &sealed).unwrap(), b"secret");
        assert_eq!(sealer.open("erik", &sealed), None);
        assert_eq!(Sealer::new(&[8; 32]).unwrap().open("mara", &sealed), None);
        assert_eq!(sealer.open("mara", "AAAA"), None);
    }

    #[test]
    fn names_are_escaped_in_the_uri() {
        let uri = uri("Fjord CERT", "m@x", &[0; 20]);
        assert!(uri.starts_with("otpauth://totp/Fjord%20CERT:m%40x?secret=AAAA"), "{uri}");
    }
}
