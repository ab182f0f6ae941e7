//! Which places and organisations does everybody know?
//!
//! Countries and their codes are ISO 3166-1 by the crate `rust_iso3166`. What they are called in a sentence, and the
//! organisations and regions of security policy, are written down here.

use super::Known;

/// What countries are called besides their names in ISO 3166-1.
const CALLED: [(&str, &[&str]); 36] = [
    ("BO", &["Bolivia"]),
    ("BN", &["Brunei"]),
    ("CD", &["DR Congo", "Democratic Republic of the Congo", "DRC"]),
    ("CI", &["Ivory Coast"]),
    ("CV", &["Cape Verde"]),
    ("CZ", &["Czech Republic", "Czechia"]),
    ("FM", &["Micronesia"]),
    ("GB", &["United Kingdom", "UK", "U.K.", "Great Britain", "Britain"]),
    ("IR", &["Iran"]),
    ("KP", &["North Korea", "DPRK", "Democratic People's Republic of Korea"]),
    ("KR", &["South Korea", "Republic of Korea", "ROK"]),
    ("LA", &["Laos"]),
    ("MD", &["Moldova"]),
    ("MK", &["North Macedonia"]),
    ("MM", &["Burma"]),
    ("NL", &["Netherlands", "the Netherlands", "Holland"]),
    ("PS", &["Palestine"]),
    ("RU", &["Russia", "Russian Federation"]),
    ("SY", &["Syria"]),
    ("SZ", &["Swaziland"]),
    ("TL", &["East Timor"]),
    ("TR", &["Turkey", "Türkiye"]),
    ("TW", &["Taiwan"]),
    ("TZ", &["Tanzania"]),
    ("US", &["United States", "United States of America", "USA", "U.S.", "U.S.A."]),
    ("VA", &["Vatican", "Holy See"]),
    ("VE", &["Venezuela"]),
    ("VN", &["Vietnam", "Viet Nam"]),
    ("AE", &["UAE", "United Arab Emirates"]),
    ("BA", &["Bosnia", "Bosnia and Herzegovina"]),
    ("CN", &["People's Republic of China", "PRC"]),
    ("DE", &["Federal Republic of Germany"]),
    ("GM", &["The Gambia"]),
    ("SA", &["Kingdom of Saudi Arabia"]),
    ("PH", &["the Philippines"]),
    ("XK", &["Kosovo"]),
];

/// Cities and regions, by the country where there is one. A seat of government stands for its government as often as for the town.
const PLACES: [(&str, &str); 49] = [
    ("Beijing", "CN"),
    ("Berlin", "DE"),
    ("Brussels", "BE"),
    ("Canberra", "AU"),
    ("Copenhagen", "DK"),
    ("Damascus", "SY"),
    ("Geneva", "CH"),
    ("Helsinki", "FI"),
    ("Hong Kong", "HK"),
    ("Jerusalem", "IL"),
    ("Kyiv", "UA"),
    ("London", "GB"),
    ("Madrid", "ES"),
    ("Minsk", "BY"),
    ("Moscow", "RU"),
    ("New Delhi", "IN"),
    ("Oslo", "NO"),
    ("Ottawa", "CA"),
    ("Paris", "FR"),
    ("Pyongyang", "KP"),
    ("Riga", "LV"),
    ("Rome", "IT"),
    ("Seoul", "KR"),
    ("Stockholm", "SE"),
    ("Taipei", "TW"),
    ("Tallinn", "EE"),
    ("Tehran", "IR"),
    ("Tokyo", "JP"),
    ("Vilnius", "LT"),
    ("Warsaw", "PL"),
    ("Washington", "US"),
    ("Crimea", "UA"),
    ("Donbas", "UA"),
    ("Gaza", "PS"),
    ("Arctic", ""),
    ("Baltic Sea", ""),
    ("Black Sea", ""),
    ("East Asia", ""),
    ("East China Sea", ""),
    ("Euro-Atlantic", ""),
    ("Europe", ""),
    ("High North", ""),
    ("Indo-Pacific", ""),
    ("Mediterranean", ""),
    ("Middle East", ""),
    ("Red Sea", ""),
    ("South China Sea", ""),
    ("Taiwan Strait", ""),
    ("Western Balkans", ""),
];

/// Organisations, each by its name and what else it is called.
const ORGANISATIONS: [(&str, &[&str]); 30] = [
    (
        "NATO",
        &[
            "North Atlantic Treaty Organization",
            "North Atlantic Treaty Organisation",
            "North Atlantic Alliance",
        ],
    ),
    ("United Nations", &["UN", "U.N."]),
    ("UN Security Council", &["United Nations Security Council", "UNSC"]),
    ("European Union", &["EU", "E.U."]),
    ("European Commission", &[]),
    ("G7", &["Group of Seven"]),
    ("G20", &["Group of Twenty"]),
    ("ASEAN", &["Association of Southeast Asian Nations"]),
    ("African Union", &[]),
    ("OSCE", &["Organization for Security and Co-operation in Europe"]),
    ("IAEA", &["International Atomic Energy Agency"]),
    ("International Maritime Organization", &[]),
    ("OPCW", &[]),
    ("Interpol", &["INTERPOL"]),
    ("Europol", &["EUROPOL"]),
    ("ENISA", &[]),
    ("CISA", &["Cybersecurity and Infrastructure Security Agency"]),
    ("FBI", &["Federal Bureau of Investigation"]),
    ("NSA", &["National Security Agency"]),
    ("NCSC", &["National Cyber Security Centre"]),
    ("AUKUS", &[]),
    ("Five Eyes", &["FVEY"]),
    ("OECD", &[]),
    ("World Health Organization", &[]),
    ("Red Cross", &["ICRC", "International Committee of the Red Cross"]),
    ("GRU", &[]),
    ("FSB", &[]),
    ("Wagner Group", &["Wagner group", "Wagner"]),
    ("People's Liberation Army", &["PLA"]),
    ("Kremlin", &[]),
];

/// Names of ISO 3166-1 that are not said so, or that are other words.
fn is_said(name: &str) -> bool {
    !name.contains(['(', ',']) && name.len() > 3
}

/// Everything in it.
pub(super) fn entries() -> Vec<Known> {
    let mut entries: Vec<Known> = Vec::new();
    let place =
        |name: &str| Known { object_type: "location".to_owned(), name: name.to_owned(), ..Known::default() };
    let country = |name: &str, code: &str| Known { code: Some(code.to_owned()), ..place(name) };
    for iso in rust_iso3166::ALL {
        let called =
            CALLED.iter().find(|(code, _)| *code == iso.alpha2).map_or(&[][..], |(_, called)| called);
        let own = Some(iso.name).filter(|name| is_said(name));
        let Some(name) = own.or_else(|| called.first().copied()) else { continue };
        let mut aliases: Vec<String> = called.iter().map(|alias| (*alias).to_owned()).collect();
        // "the Philippines" for what ISO writes as "Philippines (the)".
        aliases.extend(iso.name.strip_suffix(" (the)").map(str::to_owned));
        entries.push(Known { aliases, ..country(name, iso.alpha2) });
    }
    if !entries.iter().any(|entry| entry.code.as_deref() == Some("XK")) {
        entries.push(country("Kosovo", "XK"));
    }
    entries.extend(PLACES.iter().map(|(name, code)| Known {
        within: Some((*code).to_owned()).filter(|code| !code.is_empty()),
        ..place(name)
    }));
    for (name, aliases) in ORGANISATIONS {
        entries.push(Known {
            object_type: "identity".to_owned(),
            name: name.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..Known::default()
        });
    }
    entries
}
