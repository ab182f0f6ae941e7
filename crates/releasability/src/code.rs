//! By which words are recipients named? Organisations, nations and communities.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An organisation: the id of its STIX identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Organisation(String);

/// A nation: its ISO 3166-1 alpha-3 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nation([u8; 3]);

/// The name of a community, such as `NATO` or `IP4`: 2–64 letters, digits, `-`, `_`, `.`, `/`, beginning with a letter,
/// and not a nation's code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Community(String);

/// Who is named: see the rule, *Terms*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Code {
    /// One organisation.
    Organisation(Organisation),
    /// Everyone of a nation.
    Nation(Nation),
    /// Everyone in a community at the time.
    Community(Community),
}

/// Why a word names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not `identity--UUID`.
    #[error("an organisation is named by the id of its identity")]
    Organisation,
    /// Not assigned in ISO 3166-1.
    #[error("a nation is named by its ISO 3166-1 alpha-3 code")]
    Nation,
    /// Not of a community's form.
    #[error(
        "a community has a name of 2 to 64 letters, digits, `-`, `_`, `.` or `/` that is no nation's code"
    )]
    Community,
}

impl Organisation {
    /// Reads the id of an identity.
    ///
    /// # Errors
    /// [`CodeError::Organisation`].
    pub fn new(id: &str) -> Result<Self, CodeError> {
        if id.starts_with("identity--") && stix::id::check(id).is_ok() {
            Ok(Self(id.to_owned()))
        } else {
            Err(CodeError::Organisation)
        }
    }

    /// The id of its identity.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Nation {
    /// Reads an alpha-3 code in capitals.
    ///
    /// # Errors
    /// [`CodeError::Nation`].
    pub fn new(code: &str) -> Result<Self, CodeError> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| CodeError::Nation)?;
        let known = ISO_3166_1_ALPHA_3.as_bytes().chunks(4).any(|known| known.starts_with(&letters));
        if known && letters.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(letters))
        } else {
            Err(CodeError::Nation)
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl Community {
    /// Reads a name.
    ///
    /// # Errors
    /// [`CodeError::Community`].
    pub fn new(name: &str) -> Result<Self, CodeError> {
        let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
        let form = (2..=64).contains(&name.len())
            && name.bytes().all(good)
            && name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        if form && Nation::new(name).is_err() && !name.contains("--") {
            Ok(Self(name.to_owned()))
        } else {
            Err(CodeError::Community)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Code {
    /// The word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Organisation(organisation) => organisation.as_str(),
            Self::Nation(nation) => nation.as_str(),
            Self::Community(community) => community.as_str(),
        }
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(word: &str) -> Result<Self, CodeError> {
        if word.starts_with("identity--") {
            return Organisation::new(word).map(Self::Organisation);
        }
        Nation::new(word).map(Self::Nation).or_else(|_| Community::new(word).map(Self::Community))
    }
}

macro_rules! words {
    ($($name:ident via $read:expr;)+) => {$(
        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(word: String) -> Result<Self, CodeError> {
                $read(&word)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

words! {
    Organisation via Organisation::new;
    Nation via Nation::new;
    Community via Community::new;
    Code via str::parse;
}

/// The officially assigned codes, four bytes each.
const ISO_3166_1_ALPHA_3: &str = "\
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ \
BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU \
DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC \
GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM \
KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG \
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL \
PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN \
SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB \
VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_an_organisation_a_nation_or_a_community() {
        assert!(matches!("JPN".parse(), Ok(Code::Nation(_))));
        assert!(matches!("NATO".parse(), Ok(Code::Community(_))));
        assert!(matches!(
            "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff".parse(),
            Ok(Code::Organisation(_))
        ));
        assert_eq!("identity--x".parse::<Code>(), Err(CodeError::Organisation));
        assert_eq!("".parse::<Code>(), Err(CodeError::Community));
        assert_eq!("two words".parse::<Code>(), Err(CodeError::Community));
        assert_eq!("tool--f431f809-377b-45e0-aa1c-6a4751cae5ff".parse::<Code>(), Err(CodeError::Community));
        assert_eq!(Nation::new("BW "), Err(CodeError::Nation));
        assert_eq!(Nation::new("jpn"), Err(CodeError::Nation));
    }

    #[test]
    fn all_assigned_codes_are_known() {
        assert_eq!(ISO_3166_1_ALPHA_3.len(), 249 * 4);
        assert!(ISO_3166_1_ALPHA_3.split_whitespace().all(|code| Nation::new(code).is_ok()));
    }
}
