//! Is an ID token what it says? Signature, issuer, audience, time and nonce (OpenID Connect Core 1.0 section 3.1.3.7).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::Deserialize;
use stix::Timestamp;

/// How far clocks may be apart.
const SKEW_SECONDS: i64 = 60;

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("the token is not of the form")]
    Form,
    #[error("the token is signed by a key that is not known, or in a way that is not taken")]
    Key,
    #[error("the token's signature is wrong")]
    Signature,
    #[error("the token is from another issuer or for another client")]
    Party,
    #[error("the token is over, or not yet")]
    Time,
    #[error("the token answers another question")]
    Nonce,
}

/// The keys of an identity provider (RFC 7517).
#[derive(Debug, Deserialize)]
pub(crate) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What a token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) now: Timestamp,
}

fn decode(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Form)
}

fn part<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, TokenError> {
    serde_json::from_slice(&decode(text)?).map_err(|_| TokenError::Form)
}

/// The subject of a token that is believed.
pub(crate) fn subject(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<String, TokenError> {
    let mut parts = token.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(TokenError::Form);
    };
    let signed = token.get(..head.len() + 1 + claims.len()).ok_or(TokenError::Form)?;
    let head: Head = part(head)?;
    let fits = |key: &&Key| {
        key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && (head.kid.is_none() || key.kid == head.kid)
            && key.suits(&head.alg)
    };
    let mut candidates = keys.keys.iter().filter(fits).peekable();
    candidates.peek().ok_or(TokenError::Key)?;
    let signature = decode(signature)?;
    if !candidates.any(|key| key.verifies(&head.alg, signed.as_bytes(), &signature)) {
        return Err(TokenError::Signature);
    }
    check(part(claims)?, expected)
}

fn check(claims: Claims, expected: &Expected<'_>) -> Result<String, TokenError> {
    let (is_for, is_shared) = match &claims.aud {
        Audience::One(one) => (one == expected.client, false),
        Audience::Many(many) => (many.iter().any(|one| one == expected.client), many.len() > 1),
    };
    let named = claims.azp.as_deref();
    let is_ours = named.map_or(!is_shared, |named| named == expected.client);
    if claims.iss != expected.issuer || !is_for || !is_ours {
        return Err(TokenError::Party);
    }
    let now = expected.now.seconds();
    let begins = claims.nbf.unwrap_or(now);
    if claims.exp.saturating_add(SKEW_SECONDS) <= now || begins > now.saturating_add(SKEW_SECONDS) {
        return Err(TokenError::Time);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(TokenError::Nonce);
    }
    if claims.sub.is_empty() {
        return Err(TokenError::Form);
    }
    Ok(claims.sub)
}

impl Key {
    /// Whether the key is of the kind of which an algorithm speaks: the algorithm of the token alone decides nothing.
    fn suits(&self, algorithm: &str) -> bool {
        let (kind, curve) = (self.kty.as_str(), self.crv.as_deref());
        match algorithm {
            "RS256" | "PS256" => kind == "RSA",
            "ES256" => kind == "EC" && curve == Some("P-256"),
            "ES384" => kind == "EC" && curve == Some("P-384"),
            "EdDSA" => kind == "OKP" && curve == Some("Ed25519"),
            _ => false,
        }
    }

    fn verifies(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        let field = |field: &Option<String>| field.as_deref().and_then(|text| decode(text).ok());
        let rsa = |parameters: &RsaParameters| {
            let (Some(n), Some(e)) = (field(&self.n), field(&self.e)) else { return false };
            RsaPublicKeyComponents { n, e }.verify(parameters, signed, signature).is_ok()
        };
        let plain = |kind: &'static dyn VerificationAlgorithm, key: Option<Vec<u8>>| {
            key.is_some_and(|key| UnparsedPublicKey::new(kind, key).verify(signed, signature).is_ok())
        };
        // Uncompressed: 4, x, y (SEC 1 section 2.3.3).
        let point = || Some([vec![4], field(&self.x)?, field(&self.y)?].concat());
        match algorithm {
            "RS256" => rsa(&RSA_PKCS1_2048_8192_SHA256),
            "PS256" => rsa(&RSA_PSS_2048_8192_SHA256),
            "ES256" => plain(&ECDSA_P256_SHA256_FIXED, point()),
            "ES384" => plain(&ECDSA_P384_SHA384_FIXED, point()),
            "EdDSA" => plain(&ED25519, field(&self.x)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use serde_json::{Value, json};

    use super::*;

    struct Issuer(EcdsaKeyPair);

    impl Issuer {
        fn new() -> Self {
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let key = EcdsaKeyPair::generate_pkcs8(kind, &SystemRandom::new()).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &SystemRandom::new()).unwrap())
        }

        fn keys(&self) -> Keys {
            let point = self.0.public_key().as_ref();
            let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
            let key = json!({ "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": x, "y": y });
            serde_json::from_value(json!({ "keys": [key] })).unwrap()
        }

        fn token(&self, head: &Value, claims: &Value) -> String {
            let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
            let signed = format!("{}.{}", encode(head), encode(claims));
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn expected() -> Expected<'static> {
        Expected {
            issuer: "https://id.example",
            client: "cresset",
            nonce: "n1",
            now: Timestamp::from_parts(1000, 0),
        }
    }

    fn claims() -> Value {
        json!({ "iss": "https://id.example", "sub": "s1", "aud": "cresset", "exp": 1300, "nonce": "n1" })
    }

    fn with(key: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[key] = value;
        claims
    }

    #[test]
    fn a_good_token_names_its_subject_and_every_other_is_refused() {
        let issuer = Issuer::new();
        let head = json!({ "alg": "ES256", "kid": "one" });
        let ask = |claims: &Value| subject(&issuer.token(&head, claims), &issuer.keys(), &expected());
        assert_eq!(ask(&claims()), Ok("s1".to_owned()));
        assert_eq!(ask(&with("aud", json!(["cresset"]))), Ok("s1".to_owned()));
        for (claims, why) in [
            (with("iss", json!("https://other.example")), TokenError::Party),
            (with("aud", json!("other")), TokenError::Party),
            (with("aud", json!(["cresset", "other"])), TokenError::Party),
            (with("azp", json!("other")), TokenError::Party),
            (with("exp", json!(940)), TokenError::Time),
            (with("nbf", json!(1061)), TokenError::Time),
            (with("nonce", json!("n2")), TokenError::Nonce),
            (with("sub", json!("")), TokenError::Form),
        ] {
            assert_eq!(ask(&claims), Err(why), "{claims}");
        }
        assert_eq!(ask(&with("exp", json!(941))), Ok("s1".to_owned()), "clocks are apart");
    }

    #[test]
    fn no_other_key_or_algorithm_is_taken() {
        let (issuer, other) = (Issuer::new(), Issuer::new());
        let ask = |token: &str| subject(token, &issuer.keys(), &expected());
        let head = json!({ "alg": "ES256", "kid": "one" });
        assert_eq!(ask(&other.token(&head, &claims())), Err(TokenError::Signature));
        for head in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256", "kid": "one" }),
            json!({ "alg": "RS256", "kid": "one" }),
            json!({ "alg": "ES256", "kid": "two" }),
        ] {
            assert_eq!(ask(&issuer.token(&head, &claims())), Err(TokenError::Key), "{head}");
        }
        let token = issuer.token(&head, &claims());
        let cut = token.rsplit_once('.').unwrap().0;
        assert_eq!(ask(&format!("{cut}.")), Err(TokenError::Signature));
        assert_eq!(ask(cut), Err(TokenError::Form));
        assert_eq!(ask(""), Err(TokenError::Form));
    }
}
