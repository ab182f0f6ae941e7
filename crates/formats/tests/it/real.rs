//! What do real files give? Run where `CRESSET_DATA` names them.

use std::path::PathBuf;

use formats::{
    disarm,
    names::Names,
    statement::{self, Statement},
};

fn data(path: &str) -> Option<Vec<u8>> {
    let Ok(folder) = std::env::var("CRESSET_DATA") else {
        println!("CRESSET_DATA is not set: `{path}` is not looked at");
        return None;
    };
    Some(std::fs::read(PathBuf::from(folder).join(path)).unwrap())
}

#[test]
fn no_technique_of_disarm_says_any_more_that_it_is_one_of_attack() {
    let Some(bytes) = data("disarm/DISARM.json") else { return };
    let bundle: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let mut relabelled = 0;
    for object in bundle["objects"].as_array().unwrap() {
        let text = object.to_string();
        let own = disarm::relabel(text.as_bytes()).map(|own| String::from_utf8(own).unwrap());
        relabelled += usize::from(own.is_some());
        let own = own.unwrap_or(text);
        assert!(!own.contains("\"mitre-attack\""), "{own}");
    }
    assert_eq!(relabelled, 391);
}

#[test]
fn two_statements_give_their_facts_and_their_difference() {
    let Some((earlier, later)) = statements() else { return };
    assert_eq!(earlier.speaker.as_deref(), Some("NATO Secretary General Jens Stoltenberg"));
    assert_eq!(later.speaker.as_deref(), Some("NATO Secretary General Mark Rutte"));
    assert_eq!((earlier.date.as_deref(), later.date.as_deref()), (Some("2023-01-31"), None));
    assert_eq!(
        (earlier.occasion.as_deref(), later.occasion.as_deref()),
        (Some("Joint press point"), Some("Press conference"))
    );
    for name in ["NATO", "Japan", "Ukraine", "Indo-Pacific", "China", "North Korea", "Russian Federation"] {
        for statement in [&earlier, &later] {
            assert!(statement.mentioned.iter().any(|own| own == name), "{name}: {:?}", statement.mentioned);
        }
    }
    assert!(earlier.mentioned.iter().any(|own| own == "Tallinn"));
    let defence = |all: &Statement| {
        let found = all.commitments.iter().find(|one| one.amount.as_deref() == Some("2% of GDP"));
        found.map(|one| (one.who.clone(), one.deadline.clone()))
    };
    let expected = Some((Some("Japan".to_owned()), Some("2027".to_owned())));
    assert_eq!((defence(&earlier), defence(&later)), (expected.clone(), expected));
    let differences = statement::compare(&earlier, &later);
    assert!(
        differences.iter().any(|one| one.change == "kept" && one.what.contains("2% of GDP")),
        "{differences:#?}"
    );
    assert!(
        differences.iter().any(|one| one.change == "new"
            && one.what.starts_with("Japan: participate in the NATO Security Assistance")),
        "{differences:#?}"
    );
    assert!(differences.iter().any(|one| one.change == "dropped"), "{differences:#?}");
}

/// The two real statements, where they are there.
fn statements() -> Option<(Statement, Statement)> {
    let names = Names::new([]).unwrap();
    let read = |path: &str| {
        let bytes = data(path)?;
        Some(statement::read(std::str::from_utf8(&bytes).unwrap(), &names).unwrap())
    };
    Some((read("statements/2023-01-31-stoltenberg-kishida.txt")?, read("statements/rutte-ishiba.txt")?))
}

#[test]
fn two_statements_name_programmes_and_say_of_whom_they_speak() {
    let Some((earlier, later)) = statements() else { return };
    let names_of = |all: &[String], names: &[&str]| {
        for name in names {
            assert!(all.iter().any(|own| own == name), "{name}: {all:?}");
        }
    };
    names_of(
        &earlier.programmes,
        &["National Security Strategy", "National Defence Strategy", "Cyber Coalition"],
    );
    names_of(&earlier.programmes, &["NATO Centre of Excellence", "Maritime Command"]);
    let (training, fund) = (
        "NATO Security Assistance and Training for Ukraine",
        "Comprehensive Assistance Package Trust Fund for Ukraine",
    );
    names_of(&later.programmes, &[training, fund]);
    let stands = |all: &Statement, stance: &str, words: &str| {
        let position = all.positions.iter().find(|one| one.stance == stance && one.quote.contains(words));
        position.map(|one| one.about.join(", "))
    };
    for (statement, stance, words, about) in [
        (&earlier, "condemns", "war of aggression", "Russian Federation"),
        (&earlier, "condemns", "coercive behaviour", "China, North Korea"),
        (&earlier, "is concerned about", "threatening Taiwan", "China"),
        (&earlier, "welcomes", "strict sanctions", "Japan"),
        (&earlier, "welcomes", "deeply values", "Japan"),
        (&earlier, "calls on", "Pyongyang", "Pyongyang"),
        (&later, "condemns", "It continues", "China"),
        (&later, "condemns", "illegal weapons", "Russian Federation, North Korea"),
        (&later, "welcomes", "your willingness", "Japan"),
        (&later, "supports", "Together", "Ukraine"),
    ] {
        assert_eq!(stands(statement, stance, words).as_deref(), Some(about), "{words}");
    }
    let promised = |all: &Statement, words: &str| {
        let commitment = all.commitments.iter().find(|one| one.what.starts_with(words));
        commitment.and_then(|one| one.who.clone())
    };
    assert_eq!(promised(&earlier, "continue strengthening our cooperation").as_deref(), Some("we"));
    assert_eq!(promised(&later, "maintaining our regular dialogue"), later.speaker);
    assert_eq!(promised(&later, training), None);
    assert_eq!(promised(&later, &format!("participate in the {training}")).as_deref(), Some("Japan"));
}
