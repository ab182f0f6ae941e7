//! Is the standard written down as it was? A table that is wrong makes generated tests that are wrong with it, so the
//! tables are also kept as a page that somebody can compare with the standard, and whose changes show in review.

use std::{collections::BTreeSet, fmt::Write as _};

use cresset_stix::validate::{
    self, COMMON,
    table::{Category, Need, Row, Shape, Table, Targets},
    vocabulary::{ALL, Openness},
};

const PAGE: &str = include_str!("standard.txt");

fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Id(targets) => format!("id({})", describe_targets(*targets)),
        Shape::Ids(targets) => format!("list of id({})", describe_targets(*targets)),
        Shape::List(inner) => format!("list of {}", describe(inner)),
        Shape::Struct(table) => format!("type of section {}", table.section),
        Shape::Vocabulary(words) => words.name.to_owned(),
        Shape::Integer(least, most) if most - least > 1 << 53 => "integer".to_owned(),
        Shape::Integer(0, most) if *most > 1 << 50 => "integer >= 0".to_owned(),
        Shape::Integer(least, most) => format!("integer {least}..{most}"),
        Shape::Float(least, most) if *most > 1e300 => format!("float >= {least}"),
        Shape::Float(least, most) => format!("float {least}..{most}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn describe_targets(targets: Targets) -> String {
    match targets {
        Targets::Only(names) => names.join("|"),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn write_table(table: &'static Table, inner: &mut BTreeSet<&'static str>, page: &mut String) {
    let mut rows: Vec<&'static Row> = table.rows.iter().collect();
    rows.sort_by_key(|row| row.name);
    for row in rows {
        let need = if row.need == Need::Required { " (required)" } else { "" };
        writeln!(page, "    {}{need}: {}", row.name, describe(&row.shape)).unwrap();
    }
    for row in table.rows {
        let other: &'static Table = match row.shape {
            Shape::Struct(other) | Shape::List(&Shape::Struct(other)) => other,
            _ => continue,
        };
        if inner.insert(other.section) {
            writeln!(page, "  type of section {}", other.section).unwrap();
            write_table(other, inner, page);
        }
    }
}

fn page() -> String {
    let mut page = String::new();
    let mut inner = BTreeSet::new();
    let columns = [
        ("sdo", Category::Domain),
        ("sro", Category::Relationship),
        ("sco", Category::Observable),
        ("extension", Category::Extension),
        ("language", Category::Language),
        ("marking", Category::Marking),
    ];
    page.push_str("common properties, section 3.2\n");
    let mut lines: Vec<_> = COMMON.iter().collect();
    lines.sort_by_key(|line| line.name);
    for line in lines {
        let having = |wanted: Need| {
            let names = columns.iter().filter(|(_, category)| line.need(*category) == wanted);
            names.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
        };
        let (required, optional) = (having(Need::Required), having(Need::Optional));
        writeln!(
            page,
            "    {}: {}; required: {required}; optional: {optional}",
            line.name,
            describe(&line.shape)
        )
        .unwrap();
    }
    for line in &COMMON {
        if let Shape::List(&Shape::Struct(table)) = line.shape {
            inner.insert(table.section);
            writeln!(page, "  type of section {}", table.section).unwrap();
            write_table(table, &mut inner, &mut page);
        }
    }
    let mut types = validate::TYPES.to_vec();
    types.sort_by_key(|kind| kind.name);
    for kind in types {
        let category = format!("{:?}", kind.category).to_lowercase();
        writeln!(page, "\n{}, {category}, section {}", kind.name, kind.table.section).unwrap();
        write_table(kind.table, &mut inner, &mut page);
        if !kind.contributing.is_empty() {
            writeln!(page, "    identifier from: {}", kind.contributing.join(", ")).unwrap();
        }
        for (key, table) in kind.extensions {
            writeln!(page, "  {key}, section {}", table.section).unwrap();
            write_table(table, &mut inner, &mut page);
        }
    }
    for words in ALL {
        let openness = if words.openness == Openness::Open { "open" } else { "closed" };
        writeln!(page, "\n{}, {openness}, section {}", words.name, words.section).unwrap();
        writeln!(page, "    {}", words.words.join(", ")).unwrap();
    }
    page
}

/// After a wanted change: run with `CRESSET_GOLDEN=write`, and read the difference.
#[test]
fn the_standard_is_written_down_as_it_was_reviewed() {
    let page = page();
    if std::env::var_os("CRESSET_GOLDEN").is_some_and(|word| word == "write") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/standard.txt");
        std::fs::write(path, &page).unwrap();
        return;
    }
    for (at, (now, then)) in page.lines().zip(PAGE.lines()).enumerate() {
        assert_eq!(now, then, "line {} of standard.txt", at + 1);
    }
    assert_eq!(page.len(), PAGE.len());
}
