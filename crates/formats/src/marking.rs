//! Which marking-definition is a level of TLP?

/// TLP 2.0, as OASIS published it.
const TLP: [(&str, &str); 6] = [
    ("CLEAR", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("WHITE", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("GREEN", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    ("AMBER", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    ("AMBER+STRICT", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    ("RED", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
];

/// The marking-definition of a level in capitals, such as `AMBER+STRICT`.
pub fn tlp(level: &str) -> Option<&'static str> {
    TLP.iter().find(|(name, _)| *name == level).map(|(_, id)| *id)
}
