//! Is it a number by which the field names something: CVE, ATT&CK, DISARM?

use super::hit::{Found, Framework, Judgement};

/// What of frameworks the whole document speaks of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Frameworks {
    /// ATT&CK.
    pub(crate) attack: Spoken,
    /// DISARM.
    pub(crate) disarm: Spoken,
}

/// Whether a document speaks of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Spoken {
    /// No.
    #[default]
    No,
    /// Yes.
    Yes,
}

impl Frameworks {
    /// Looks for their names.
    pub(crate) fn of(text: &str) -> Self {
        let has = |words: &[&str]| {
            let any =
                words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some());
            if any { Spoken::Yes } else { Spoken::No }
        };
        Self { attack: has(&["ATT&CK", "ATT&amp;CK", "MITRE", "Mitre"]), disarm: has(&["DISARM", "Disarm"]) }
    }
}

/// A vulnerability's number.
pub(crate) fn cve(word: &str) -> Option<(Found, Judgement)> {
    let (head, rest) = word.split_at_checked(4).filter(|(head, _)| head.eq_ignore_ascii_case("CVE-"))?;
    let (year, number) = rest.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_year = year.len() == 4 && digits(year) && (year.starts_with("19") || year.starts_with("20"));
    (is_year && (4..=19).contains(&number.len()) && digits(number)).then(|| {
        let found = Found::Vulnerability(format!("{}{rest}", head.to_ascii_uppercase()));
        (found, Judgement::new(95, "the form of a CVE number"))
    })
}

/// A number of ATT&CK or DISARM.
pub(crate) fn entry(word: &str, spoken: Frameworks) -> Option<(Found, Judgement)> {
    let (number, sub) = match word.split_once('.') {
        Some((number, sub)) => (number, Some(sub)),
        None => (word, None),
    };
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if sub.is_some_and(|sub| !digits(sub, 3)) {
        return None;
    }
    let found = |framework| Found::Entry { framework, external_id: word.to_owned() };
    let (attack, disarm) = (spoken.attack == Spoken::Yes, spoken.disarm == Spoken::Yes);
    if let Some(tactic) = number.strip_prefix("TA").filter(|_| sub.is_none()) {
        let (framework, known) = match tactic.len() {
            4 => (Framework::Attack, digits(tactic, 4) && tactic.starts_with('0')),
            _ => (Framework::Disarm, digits(tactic, 2) && disarm),
        };
        return known
            .then(|| (found(framework), judge(if attack || disarm { Spoken::Yes } else { Spoken::No })));
    }
    if let Some(technique) = number.strip_prefix('T').filter(|technique| digits(technique, 4)) {
        let of: u32 = technique.parse().ok()?;
        // DISARM numbers from 1 on, ATT&CK for industry from 800, for enterprise and mobile from 1001.
        let (framework, known) = match of {
            1..800 => (Framework::Disarm, disarm),
            800..1000 => (Framework::Attack, attack),
            1000..1700 => (Framework::Attack, attack || sub.is_some() || of > 1003),
            _ => return None,
        };
        return known
            .then(|| (found(framework), judge(if attack || disarm { Spoken::Yes } else { Spoken::No })));
    }
    let rest = number.strip_prefix(['G', 'S', 'M', 'C']).filter(|rest| digits(rest, 4) && sub.is_none())?;
    let is_plausible = rest.starts_with('0') || rest.starts_with('1');
    (attack && is_plausible).then(|| (found(Framework::Attack), judge(Spoken::Yes)))
}

fn judge(spoken: Spoken) -> Judgement {
    let mut judgement = Judgement::new(65, "the form of a framework's number");
    if spoken == Spoken::Yes {
        judgement.more(25, "the text speaks of the framework");
    }
    judgement
}
