//! Reports, lists and statements through the binary.

use std::fmt::Write as _;

use serde_json::Value;

use crate::node::{code, cresset, done, prepared};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A PDF of one page with one line of text.
fn pdf(text: &str) -> String {
    let stream = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (at, object) in objects.iter().enumerate() {
        writeln!(places, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
    }
    let start = file.len();
    write!(file, "xref\n0 6\n0000000000 65535 f \n{places}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")
        .unwrap();
    file
}

#[test]
fn a_pdf_is_read_in_a_process_of_its_own_and_a_broken_one_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (good, bad, packed) = (dir.path().join("a.pdf"), dir.path().join("b.pdf"), dir.path().join("c.zip"));
    std::fs::write(&good, pdf("The host cdn[.]northwind-x[.]com was seen in Japan.")).unwrap();
    std::fs::write(&bad, "%PDF-1.7 nonsense").unwrap();
    std::fs::write(&packed, b"PK\x03\x04rest").unwrap();
    let files = [&good, &bad, &packed].map(|file| file.to_str().unwrap());
    let output = cresset(dir.path(), &["--json", "read", files[0], files[1], files[2]]);
    assert_eq!(code(&output), 1);
    let found = lines(&String::from_utf8(output.stdout).unwrap());
    let values: Vec<_> = found.iter().map(|one| one["value"].as_str().unwrap()).collect();
    assert_eq!(values, ["cdn.northwind-x.com", "Japan"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("b.pdf: the PDF cannot be read") && told.contains("c.zip: the file is an archive"),
        "{told}"
    );
}

#[test]
fn reports_and_lists_need_a_marking_and_come_in_by_the_one_door() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    prepared(dir);
    let (report, list) = (dir.join("report.txt"), dir.join("list.csv"));
    std::fs::write(&report, "The C2 was hxxp://a[.]northwind-x[.]com/x.\nNATO said so.\n").unwrap();
    std::fs::write(&list, "domain,first_seen\nb[.]example,2024-01-02\nnot one,2024-01-03\n").unwrap();
    let files = [report.to_str().unwrap(), list.to_str().unwrap()];
    let output = cresset(dir, &["import", "--collection", "shared", files[0]]);
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--marking"));
    let arguments =
        ["--json", "import", "--collection", "shared", "--marking", "TLP:GREEN", files[0], files[1]];
    let told = lines(&done(dir, &arguments));
    // The link, NATO, a note for each, and the report; then one indicator.
    assert_eq!((told[0]["added"].as_u64(), told[1]["added"].as_u64()), (Some(5), Some(1)), "{told:?}");
    assert_eq!(told[1]["notes"][0], "3:1: list-value: no value that can be looked for");
}

#[test]
fn two_statements_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let (earlier, later) = (dir.path().join("a.txt"), dir.path().join("b.txt"));
    std::fs::write(
        &earlier,
        "Speech\nby Minister A\n(As delivered)\nJapan plans to invest 2% of GDP by 2027.\n",
    )
    .unwrap();
    std::fs::write(&later, "Speech\nby Minister B\n(As delivered)\nNATO agreed to build a school.\n")
        .unwrap();
    let told = lines(&done(
        dir.path(),
        &["--json", "statements", "diff", earlier.to_str().unwrap(), later.to_str().unwrap()],
    ));
    let has = |change: &str, what: &str| {
        told.iter().any(|one| one["change"] == change && one["what"].as_str().unwrap().contains(what))
    };
    assert!(has("dropped", "2% of GDP") && has("new", "build a school"), "{told:?}");
}
