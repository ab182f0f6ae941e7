//! Is it a hash, a wallet, a vessel? What its own form or check digit can tell.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

use super::hit::{Found, Judgement, observable};
use crate::ObservableKind;

/// A hash by its length.
pub(crate) fn hash(word: &str) -> Option<(Found, Judgement)> {
    let kind = match word.len() {
        32 => ObservableKind::Md5,
        40 => ObservableKind::Sha1,
        64 => ObservableKind::Sha256,
        128 => ObservableKind::Sha512,
        _ => return None,
    };
    let (mut digits, mut letters) = (0_u32, 0_u32);
    for byte in word.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'f' | b'A'..=b'F' => letters += 1,
            _ => return None,
        }
    }
    // A hash of digits only, or of letters only, does not happen.
    if digits == 0 || letters == 0 {
        return None;
    }
    Some((observable(kind, word.to_ascii_lowercase()), Judgement::new(85, "as long as a hash, hexadecimal")))
}

/// `blocksize:hash:hash`, the block size three times a power of two.
pub(crate) fn ssdeep(token: &str) -> Option<(Found, Judgement)> {
    let mut parts = token.split(':');
    let (size, first, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let size: u64 = size.parse().ok()?;
    let is_size = size.is_multiple_of(3) && (size / 3).is_power_of_two();
    let base64 = |part: &str| {
        (6..=64).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/' || b == b'+')
    };
    (is_size && base64(first) && base64(second))
        .then(|| (observable(ObservableKind::Ssdeep, token), Judgement::new(85, "the form of ssdeep")))
}

/// A wallet whose checksum is right.
pub(crate) fn wallet(word: &str) -> Option<(Found, Judgement)> {
    let found = |currency| Found::Wallet { currency, address: word.to_owned() };
    if (word.starts_with("bc1") || word.starts_with("BC1")) && bech32::segwit::decode(word).is_ok() {
        return Some((found("bitcoin"), Judgement::new(90, "its bech32 checksum is right")));
    }
    if word.starts_with(['1', '3']) && (26..=35).contains(&word.len()) && is_base58check(word) {
        return Some((found("bitcoin"), Judgement::new(90, "its base58 checksum is right")));
    }
    let digits = word.strip_prefix("0x").filter(|digits| digits.len() == 40)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let cased =
        digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if !cased {
        return Some((found("ethereum"), Judgement::new(55, "the form of an address, without a checksum")));
    }
    is_eip55(digits).then(|| (found("ethereum"), Judgement::new(90, "its EIP-55 checksum is right")))
}

fn is_base58check(word: &str) -> bool {
    let Ok(bytes) = bs58::decode(word).into_vec() else { return false };
    let Some((content, check)) = bytes.split_last_chunk::<4>() else { return false };
    let version = content.first().is_some_and(|version| *version == 0 || *version == 5);
    content.len() == 21 && version && Sha256::digest(Sha256::digest(content)).starts_with(check)
}

fn is_eip55(digits: &str) -> bool {
    let hash = Keccak256::digest(digits.to_ascii_lowercase().as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .bytes()
        .zip(nibbles)
        .all(|(digit, nibble)| !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8))
}

/// Seven digits, the last of them the check of the others, behind the word `IMO`.
pub(crate) fn imo(word: &str) -> Option<(Found, Judgement)> {
    let digits: Vec<u32> = word.chars().filter_map(|c| c.to_digit(10)).collect();
    let (check, first) = digits.split_last().filter(|_| digits.len() == 7 && word.len() == 7)?;
    let sum: u32 = first.iter().zip((2..=7).rev()).map(|(digit, weight)| digit * weight).sum();
    (sum % 10 == *check)
        .then(|| (Found::Imo(word.to_owned()), Judgement::new(90, "its check digit is right")))
}

/// Nine digits that begin with a country's, behind the word `MMSI`.
pub(crate) fn mmsi(word: &str) -> Option<(Found, Judgement)> {
    let country: u32 = word.get(..3)?.parse().ok()?;
    (word.len() == 9 && word.bytes().all(|b| b.is_ascii_digit()) && (201..=775).contains(&country))
        .then(|| (Found::Mmsi(word.to_owned()), Judgement::new(85, "a vessel's number of a country")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_is_wrong_is_no_find() {
        assert!(wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").is_some());
        assert!(wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb").is_none());
        assert!(wallet("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").is_some());
        assert!(wallet("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD").is_none());
        assert!(imo("9074729").is_some() && imo("9074728").is_none());
        assert!(hash("12345678901234567890123456789012").is_none());
        assert!(ssdeep("97:abcdefgh:abcdefgh").is_none() && ssdeep("96:abcdefgh:abcdefgh").is_some());
    }
}
