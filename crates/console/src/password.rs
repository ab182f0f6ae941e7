//! What is kept of a password, and how is one made?

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use ring::rand::{SecureRandom, SystemRandom};

/// A password that somebody chooses has at least so many characters.
pub(crate) const PASSWORD_CHARS_MIN: usize = 12;
/// And at most so many bytes, so that hashing one is bounded.
pub(crate) const PASSWORD_BYTES_MAX: usize = 512;

/// Why a password was not hashed.
pub use argon2::password_hash::Error as HashError;

/// What is kept of a password: argon2id in PHC form. Slow on purpose.
///
/// # Errors
/// Where the machine has no randomness.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
}

/// Whether a password is the one of which this is kept.
pub fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The machine has no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine has no randomness")]
pub struct NoRandomness;

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A key with which the console seals.
///
/// # Errors
/// Where the machine has no randomness.
pub fn random_key() -> Result<[u8; 32], NoRandomness> {
    random()
}

/// Letters and digits that nobody takes for each other.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567892";

/// A password of 100 random bits in groups that can be typed.
///
/// # Errors
/// Where the machine has no randomness.
pub fn random_password() -> Result<String, NoRandomness> {
    let bytes = random::<20>()?;
    let mut text = String::with_capacity(23);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            text.push('-');
        }
        text.push(ALPHABET.get(usize::from(byte % 32)).copied().map_or('a', char::from));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_long_enough_and_never_the_same() {
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert!(one.len() >= PASSWORD_CHARS_MIN && one != other);
        let hash = hash_password(&one).unwrap();
        assert!(hash.starts_with("$argon2id$") && is_password(&one, &hash) && !is_password(&other, &hash));
    }
}
