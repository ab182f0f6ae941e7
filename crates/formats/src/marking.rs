//! Which marking-definition is a level of TLP or PAP?

/// The marking-definitions of the standards by their tags, in lower case: TLP 2.0 and the white of TLP 1 as OASIS published them, PAP
/// as MISP's taxonomy has it.
pub(crate) const STANDARD: [(&str, &str); 10] = [
    ("tlp:clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("tlp:white", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("tlp:green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    ("tlp:amber", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    ("tlp:amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    ("tlp:red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
    ("pap:clear", "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92"),
    ("pap:green", "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9"),
    ("pap:amber", "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab"),
    ("pap:red", "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e"),
];

/// The marking-definition of a tag, such as `tlp:amber+strict`, in any case.
pub fn tagged(tag: &str) -> Option<&'static str> {
    STANDARD.iter().find(|(own, _)| own.eq_ignore_ascii_case(tag)).map(|(_, id)| *id)
}

/// The marking-definition of a level of TLP, such as `AMBER+STRICT`, in any case.
pub fn tlp(level: &str) -> Option<&'static str> {
    tagged(&format!("tlp:{level}"))
}
