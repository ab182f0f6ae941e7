//! Reports, lists and statements through the binary.

use std::fmt::Write as _;

use serde_json::Value;

use crate::node::{Node, WORLD, code, cresset, done, prepared};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A PDF of these objects, the first of them its catalog.
fn pdf_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = String::new();
    for (at, object) in objects.iter().enumerate() {
        writeln!(places, "{:010} 00000 n ", file.len()).unwrap();
        file.extend([format!("{} 0 obj\n", at + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let table = format!("xref\n0 {size}\n0000000000 65535 f \n{places}");
    let end = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend([table.as_bytes(), end.as_bytes()].concat());
    file
}

const CATALOG: &str = "<< /Type /Catalog /Pages 2 0 R >>";
const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/// A page whose font is object 3.
fn page(content: usize) -> Vec<u8> {
    format!("<< /Type /Page /Parent 2 0 R /Contents {content} 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
        .into()
}

fn stream(text: &str) -> Vec<u8> {
    let stream = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()).into()
}

/// A PDF of one page with one line of text.
fn pdf(text: &str) -> Vec<u8> {
    let tree = "<< /Type /Pages /Kids [4 0 R] /Count 1 >>";
    pdf_of(&[CATALOG.into(), tree.into(), FONT.into(), page(5), stream(text)])
}

/// Two gibibytes of blanks, packed twice into some ten kilobytes.
fn packed() -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress, write::ZlibEncoder};
    let mut piece = Vec::with_capacity(1 << 20);
    let mut packer = Compress::new(Compression::best(), false);
    packer.compress_vec(&vec![b' '; 16 << 20], &mut piece, FlushCompress::Full).unwrap();
    let once = [b"\x78\x9c".to_vec(), piece.repeat(128)].concat();
    let mut twice = ZlibEncoder::new(Vec::new(), Compression::best());
    std::io::Write::write_all(&mut twice, &once).unwrap();
    let twice = twice.finish().unwrap();
    let head = format!("<< /Length {} /Filter [/FlateDecode /FlateDecode] >>\nstream\n", twice.len());
    [head.as_bytes(), &twice, b"\nendstream"].concat()
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

/// What is read of a PDF beside a good one: the values, and what is said.
fn beside_a_good_one(file: &[u8]) -> (Vec<String>, String) {
    let dir = tempfile::tempdir().unwrap();
    let (bad, good) = (dir.path().join("bad.pdf"), dir.path().join("good.pdf"));
    std::fs::write(&bad, file).unwrap();
    std::fs::write(&good, pdf("The host good[.]example")).unwrap();
    let output = cresset(dir.path(), &["--json", "read", bad.to_str().unwrap(), good.to_str().unwrap()]);
    let found = lines(&String::from_utf8_lossy(&output.stdout));
    let mut values: Vec<_> = found.iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect();
    assert_eq!(values.pop().as_deref(), Some("good.example"), "what is beside it is read");
    (values, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn of_a_pdf_that_unpacks_to_gigabytes_the_other_pages_are_read() {
    let tree = "<< /Type /Pages /Kids [4 0 R 5 0 R 6 0 R] /Count 3 >>";
    let bomb = packed();
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let (first, last) = (stream("The host one[.]example"), stream("The host three[.]example"));
    let file =
        pdf_of(&[CATALOG.into(), tree.into(), FONT.into(), page(7), page(8), page(9), first, bomb, last]);
    let (values, told) = beside_a_good_one(&file);
    assert_eq!(values, ["one.example", "three.example"]);
    assert!(told.contains("bad.pdf: page 2 cannot be read"), "{told}");
}

#[test]
fn of_a_pdf_whose_reader_dies_what_it_read_before_stays() {
    let tree = "<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 >>";
    // As long as is allowed, and each operator takes the reader a hundred times its length.
    for operator in ["q ", "0 "] {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packer, operator.repeat(4 << 20).as_bytes()).unwrap();
        let bomb = packer.finish().unwrap();
        let head = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", bomb.len());
        let bomb = [head.as_bytes(), &bomb, b"\nendstream"].concat();
        let one = stream("The host one[.]example");
        let (values, _) = beside_a_good_one(&pdf_of(&[
            CATALOG.into(),
            tree.into(),
            FONT.into(),
            page(6),
            page(7),
            one,
            bomb,
        ]));
        assert_eq!(values, ["one.example"]);
    }
}

#[test]
fn a_pdf_whose_objects_lead_to_themselves_is_told_and_ends() {
    let looped = "<< /Type /Pages /Kids [4 0 R 2 0 R 2 0 R] /Count 3 >>";
    let one = || stream("The host one[.]example");
    let (values, _) =
        beside_a_good_one(&pdf_of(&[CATALOG.into(), looped.into(), FONT.into(), page(5), one()]));
    assert!(values.iter().all(|value| value == "one.example") && !values.is_empty(), "{values:?}");
    let tree = "<< /Type /Pages /Kids [4 0 R] /Count 1 >>";
    for own in [
        "5 0 R",
        "[5 0 R 5 0 R]",
        "<< /Length 5 0 R >>\nstream\nBT ET\nendstream",
        "<< /Type /Pages /Kids 5 0 R >>",
    ] {
        let file = pdf_of(&[CATALOG.into(), tree.into(), FONT.into(), page(5), own.into()]);
        let (values, told) = beside_a_good_one(&file);
        assert!(values.is_empty() && told.contains("bad.pdf: "), "{own}: {values:?} {told}");
    }
}

#[test]
fn a_pdf_of_ten_thousand_levels_or_four_thousand_million_objects_is_told_and_ends() {
    let levels = 10_000;
    let mut objects: Vec<Vec<u8>> = vec![CATALOG.into()];
    for level in 2..levels {
        let up = level - 1;
        objects
            .push(format!("<< /Type /Pages /Parent {up} 0 R /Kids [{} 0 R] /Count 1 >>", level + 1).into());
    }
    objects.push(page(levels + 1));
    objects.push(stream("The host deep[.]example"));
    let (values, told) = beside_a_good_one(&pdf_of(&objects));
    assert!(values.is_empty() == told.contains("bad.pdf: "), "{values:?} {told}");
    let whole = pdf("The host one[.]example");
    let at = whole.windows(5).position(|window| window == b"xref\n").unwrap();
    let huge = |table: &str| {
        [&whole[..at], table.as_bytes(), format!("\nstartxref\n{at}\n%%EOF\n").as_bytes()].concat()
    };
    for table in [
        "xref\n0 4000000000\n0000000000 65535 f \ntrailer\n<< /Size 4000000000 /Root 1 0 R >>",
        "6 0 obj\n<< /Type /XRef /Size 4000000000 /Index [0 4000000000] /W [0 0 0] /Root 1 0 R /Length 0 >>\nstream\n\nendstream\nendobj",
        "6 0 obj\n<< /Type /XRef /Size 4000000000 /W [1 8 8] /Root 1 0 R /Length 4 >>\nstream\n\x01\x01\x01\x01\nendstream\nendobj",
    ] {
        let (values, told) = beside_a_good_one(&huge(table));
        assert!(values == ["one.example"] || told.contains("bad.pdf: "), "{values:?} {told}");
    }
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

const HELD: &str = r#"{"type":"bundle","id":"bundle--00000001-0000-4000-8000-000000000000","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000001-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Velvet Heron","aliases":["Grey Kestrel"],"object_marking_refs":["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]},
{"type":"malware","spec_version":"2.1","id":"malware--00000002-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Grey Kestrel","is_family":true},
{"type":"malware","spec_version":"2.1","id":"malware--00000003-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"TidePool","is_family":true}]}"#;

#[test]
fn names_that_the_node_holds_are_looked_for_whether_it_runs_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    prepared(at);
    let report = at.join("report.txt");
    std::fs::write(&report, "The group Velvet Heron used TidePool against Norway.\n").unwrap();
    let read = || {
        let output = cresset(at, &["--json", "read", report.to_str().unwrap()]);
        let found = lines(&String::from_utf8_lossy(&output.stdout));
        let values: Vec<_> = found.iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect();
        (code(&output), values, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(read(), (0, vec!["Norway".to_owned()], String::new()));
    std::fs::write(at.join("held.json"), HELD).unwrap();
    done(at, &["import", "-c", "shared", at.join("held.json").to_str().unwrap()]);
    let all = ["Velvet Heron", "TidePool", "Norway"].map(str::to_owned).to_vec();
    assert_eq!(read(), (0, all.clone(), String::new()));
    let node = Node::serve(at);
    assert_eq!(read(), (0, all, String::new()));
    drop(node);
    std::fs::remove_dir_all(at.join("store")).unwrap();
    std::fs::write(at.join("store"), "none").unwrap();
    let (code, values, told) = read();
    assert_eq!((code, values), (0, vec!["Norway".to_owned()]), "it reads without a node");
    assert!(told.starts_with("names that the node holds are not looked for: "), "{told}");
}

#[test]
fn a_report_tells_nobody_of_a_name_that_is_withheld_from_them() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    prepared(at);
    std::fs::write(at.join("world.toml"), WORLD.replace("ceiling = \"RED\"", "ceiling = \"GREEN\"")).unwrap();
    done(at, &["apply", at.join("world.toml").to_str().unwrap()]);
    std::fs::write(at.join("held.json"), HELD).unwrap();
    done(at, &["import", "-c", "shared", at.join("held.json").to_str().unwrap()]);
    let report = at.join("report.txt");
    std::fs::write(&report, "Velvet Heron, says one. Grey Kestrel and TidePool, says another.\n").unwrap();
    let import = ["import", "-c", "shared", "--marking", "TLP:GREEN", report.to_str().unwrap()];
    done(at, &import);
    let of = |reader: &[&str]| done(at, &[&["export", "-c", "shared", "-f", "stix"], reader].concat());
    let (own, theirs) = (of(&["--own"]), of(&["--as", "partner"]));
    let report = |text: &str| {
        let whole: Value = serde_json::from_str(text).unwrap();
        let objects = whole["objects"].as_array().unwrap();
        objects.iter().find(|object| object["type"] == "report").unwrap().clone()
    };
    let (hidden, known) = (
        "intrusion-set--00000001-0000-4000-8000-000000000000",
        "malware--00000002-0000-4000-8000-000000000000",
    );
    let refs = |report: &Value| {
        let mentions = report["extensions"].as_object().unwrap().values().next().unwrap().clone();
        mentions["ambiguous"][0]["candidate_refs"].clone()
    };
    assert_eq!(refs(&report(&own)), serde_json::json!([hidden, known]));
    assert_eq!(refs(&report(&theirs)), serde_json::json!([known]));
    assert!(own.contains("Velvet Heron") && own.contains(hidden));
    assert!(!theirs.contains(hidden), "{theirs}");
    assert!(theirs.contains("malware--00000003"), "what is not withheld is referred to");
}
