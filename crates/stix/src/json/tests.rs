//! What is read, what is refused, and where.

use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<Tree<'_>, SyntaxError> {
    Tree::parse(text.as_bytes(), &Limits::DEFAULT)
}

fn problem(text: &[u8]) -> Problem {
    Tree::parse(text, &Limits::DEFAULT).unwrap_err().problem
}

#[test]
fn members_and_elements_are_found_with_their_text() {
    let tree = parse(r#" {"a": [1, 2.50, {"b": "x\ty"}], "c\u0064": null, "e": {}} "#).unwrap();
    let root = tree.root();
    let list = root.get("a").unwrap();
    assert_eq!(list.elements().map(Value::raw).collect::<Vec<_>>(), ["1", "2.50", r#"{"b": "x\ty"}"#]);
    assert_eq!(list.elements().nth(2).unwrap().get("b").unwrap().as_str().unwrap(), "x\ty");
    assert_eq!(root.get("cd").unwrap().kind(), Kind::Null);
    assert!(root.get("e").unwrap().is_empty());
    assert_eq!(root.members().count(), 3);
    assert_eq!(root.elements().count(), 0);
}

#[test]
fn malformed_text_is_refused_with_its_position() {
    assert_eq!(parse(r#"{"a":tru}"#).unwrap_err(), SyntaxError { offset: 5, problem: Problem::Value });
    assert_eq!(problem(b"{\"a\":\"\xff\"}"), Problem::Utf8);
    assert_eq!(problem(b"{\"a\""), Problem::End);
    assert_eq!(problem(b"{\"a\" 1}"), Problem::Colon);
    assert_eq!(problem(b"{a:1}"), Problem::Key);
    assert_eq!(problem(b"[1 2]"), Problem::Comma);
    assert_eq!(problem(b"[01]"), Problem::Number);
    assert_eq!(problem(b"[1.x]"), Problem::Number);
    assert_eq!(problem(b"[\"a\nb\"]"), Problem::Control);
    assert_eq!(problem(b"[\"\\x\"]"), Problem::Escape);
    assert_eq!(problem(br#"["\ud800"]"#), Problem::Escape);
    assert_eq!(problem(br#"["\udc00"]"#), Problem::Escape);
    assert_eq!(problem(br#"["\ud800\u0041"]"#), Problem::Escape);
    assert_eq!(problem(b"{} {}"), Problem::Trailing);
    assert_eq!(problem(b""), Problem::End);
    assert_eq!(problem(b"[1,]"), Problem::Value);
}

#[test]
fn surrogate_pairs_are_one_character() {
    let tree = parse(r#""\ud83d\ude00 \u00e9\/""#).unwrap();
    assert_eq!(tree.root().as_str().unwrap(), "😀 é/");
}

#[test]
fn duplicate_keys_are_found_whatever_their_spelling() {
    assert_eq!(
        parse(r#"{"a":1,"\u0061":2}"#).unwrap().duplicates().map(Value::raw).collect::<Vec<_>>(),
        ["2"]
    );
    assert_eq!(
        parse(r#"{"a":{"a":1},"b":2,"b":3}"#).unwrap().duplicates().map(Value::raw).collect::<Vec<_>>(),
        ["3"]
    );
    let many = (0..100).map(|n| format!(r#""k{n}":0,"#)).collect::<Vec<_>>().concat();
    assert_eq!(parse(&format!(r#"{{{many}"k7":1}}"#)).unwrap().duplicates().count(), 1);
}

#[test]
fn every_limit_holds_at_its_edge() {
    let limits =
        Limits { depth_max: 3, values_max: 5, string_bytes_max: 4, object_bytes_max: 20, ..Limits::DEFAULT };
    let read = |text: &str| Tree::parse(text.as_bytes(), &limits).map(|_| ()).map_err(|error| error.problem);
    assert_eq!(read("[[[]]]"), Ok(()));
    assert_eq!(read("[[[[]]]]"), Err(Problem::Depth));
    assert_eq!(read("[1,2,3,4]"), Ok(()));
    assert_eq!(read("[1,2,3,4,5]"), Err(Problem::Count));
    assert_eq!(read(r#""1234""#), Ok(()));
    assert_eq!(read(r#""12345""#), Err(Problem::Length));
    assert_eq!(read("                   1"), Ok(()));
    assert_eq!(read("                    1"), Err(Problem::Size));
}

#[test]
fn texts_that_say_the_same_mean_the_same() {
    let meaning = |text: &str| parse(text).unwrap().root().meaning();
    assert_eq!(meaning(r#"{"a": 1, "b": "é"}"#), meaning(r#"{"b":"\u00e9","a":1}"#));
    assert_ne!(meaning(r#"{"a":1}"#), meaning(r#"{"a":1.0}"#));
    assert_ne!(meaning(r#"["a","b"]"#), meaning(r#"["ab"]"#));
    assert_ne!(meaning("[[],[]]"), meaning("[[[]]]"));
    assert_ne!(meaning("[1,2]"), meaning("[12]"));
}

proptest! {
    #[test]
    fn what_serde_json_reads_we_read_and_the_reverse(text in r#"[\[\]{},:"\\a-c0-9.eE+u \-]{0,40}|true|\[null,false\]"#) {
        let ours = parse(&text);
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        // serde_json refuses numbers beyond a double's range, which we keep as they are spelled.
        let out_of_range = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
        prop_assert!(out_of_range || ours.is_ok() == theirs.is_ok(), "{:?} {:?}", ours, theirs);
    }

    #[test]
    fn strings_come_back_as_they_were(text in ".*") {
        let json = serde_json::to_string(&text).unwrap();
        let tree = parse(&json).unwrap();
        prop_assert_eq!(tree.root().as_str().unwrap(), text);
    }
}

#[test]
fn strings_end_where_they_end_wherever_that_is() {
    for before in 0..20 {
        for behind in 0..20 {
            for special in ["\\\"", "\\\\", "\\n", "é", "\u{7f}", "\u{80}", " ", "!"] {
                let inner = format!("{}{special}{}", "a".repeat(before), "b".repeat(behind));
                let text = format!("[\"{inner}\",\"\\u001f\"]");
                let tree = parse(&text).unwrap();
                assert_eq!(tree.root().elements().next().unwrap().raw().len(), inner.len() + 2);
            }
            for special in ['\u{0}', '\u{1f}', '\n'] {
                let text = format!("\"{}{special}{}\"", "a".repeat(before), "é".repeat(behind));
                let error = parse(&text).unwrap_err();
                assert_eq!(error, SyntaxError { offset: before + 1, problem: Problem::Control });
            }
        }
    }
}

#[test]
fn strings_are_compared_by_what_they_say() {
    let tree = parse(r#"{"ab":"a\u0062","abc":["ab"]}"#).unwrap();
    let root = tree.root();
    assert!(root.get("ab").unwrap().is_str("ab"));
    assert!(!root.get("ab").unwrap().is_str("a\\u0062"));
    assert!(root.get("a").is_none() && root.get("abcd").is_none() && root.get("").is_none());
    assert!(!root.get("abc").unwrap().is_str("[\"ab\"]"));
}
