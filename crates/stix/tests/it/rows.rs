//! Does every row of every table do its work? Generated from the tables themselves.

use cresset_stix::{
    Code, Severity,
    validate::{
        self, COMMON,
        table::{Need, Row, Shape, Table, by_length},
    },
};
use serde_json::{Map, Value, json};

use crate::fixtures::{assert_error, minimal, sample, sample_struct, told, with_id, wrong};

/// A property somewhere in an object: its row, where it is, and how to make an object with a value there.
struct Spot<'s> {
    row: &'s Row,
    pointer: String,
    put: &'s dyn Fn(Option<Value>) -> Value,
}

/// Visits every row of a table and of the tables inside it. `put` makes an object around a value of the table.
fn visit(
    table: &'static Table,
    good: &Map<String, Value>,
    pointer: &str,
    put: &dyn Fn(Value) -> Value,
    see: &mut dyn FnMut(Spot<'_>),
) {
    for row in table.rows {
        let put_here = |value: Option<Value>| {
            let mut own = good.clone();
            match value {
                Some(value) => _ = own.insert(row.name.to_owned(), value),
                None => _ = own.remove(row.name),
            }
            put(Value::Object(own))
        };
        let pointer = format!("{pointer}/{}", row.name);
        see(Spot { row, pointer: pointer.clone(), put: &put_here });
        let (inner, pointer, is_list) = match row.shape {
            Shape::Struct(inner) => (inner, pointer, false),
            Shape::List(Shape::Struct(inner)) => (*inner, format!("{pointer}/0"), true),
            _ => continue,
        };
        let put_inside = |value: Value| put_here(Some(if is_list { json!([value]) } else { value }));
        visit(inner, sample_struct(inner).as_object().unwrap(), &pointer, &put_inside, see);
    }
}

/// Visits every row that the standard has.
fn every_spot(see: &mut dyn FnMut(Spot<'_>)) {
    for kind in validate::TYPES {
        visit(kind.table, minimal(kind.name).as_object().unwrap(), "", &with_id, see);
        for (key, table) in kind.extensions {
            let put = |value: Value| {
                let mut object = minimal(kind.name);
                object["extensions"] = json!({*key: value});
                with_id(object)
            };
            let pointer = format!("/extensions/{key}");
            visit(table, sample_struct(table).as_object().unwrap(), &pointer, &put, see);
        }
        for line in COMMON.iter().filter(|line| line.need(kind.category) != Need::NotApplicable) {
            let row = Row { name: line.name, need: line.need(kind.category), shape: line.shape };
            let put = |value: Option<Value>| {
                let mut object = minimal(kind.name);
                match value {
                    Some(value) => object[line.name] = value,
                    None => _ = object.as_object_mut().unwrap().remove(line.name),
                }
                object
            };
            see(Spot { row: &row, pointer: format!("/{}", line.name), put: &put });
            if let Shape::List(Shape::Struct(inner)) = line.shape {
                let put = |value: Value| put(Some(json!([value])));
                let pointer = format!("/{}/0", line.name);
                visit(inner, sample_struct(inner).as_object().unwrap(), &pointer, &put, see);
            }
        }
    }
}

#[test]
fn every_required_property_that_is_missing_is_found() {
    let mut count = 0;
    every_spot(&mut |spot| {
        if spot.row.need != Need::Required {
            return;
        }
        count += 1;
        let object = (spot.put)(None);
        match spot.row.name {
            // Without it the object is STIX 2.0.
            "spec_version" if object.get("created").is_some() => {}
            "spec_version" => assert_error(&object, Code::SpecVersion, &spot.pointer),
            _ => assert_error(&object, Code::PropertyMissing, &spot.pointer),
        }
    });
    assert!(count > 200, "{count}");
}

#[test]
fn every_property_with_a_wrong_type_is_found() {
    let mut count = 0;
    every_spot(&mut |spot| {
        count += 1;
        let object = (spot.put)(Some(wrong(&spot.row.shape)));
        let code = match spot.row.name {
            "type" | "id" if !spot.pointer.contains("extensions") => Code::PropertyMissing,
            "spec_version" => Code::SpecVersion,
            _ => Code::PropertyType,
        };
        assert_error(&object, code, &spot.pointer);
    });
    assert!(count > 800, "{count}");
}

#[test]
fn every_null_is_found() {
    every_spot(&mut |spot| {
        let object = (spot.put)(Some(Value::Null));
        let told = told(&object);
        assert!(
            told.iter().any(|(severity, _, at)| *severity == Severity::Error && *at == spot.pointer),
            "{}: {told:?}",
            spot.pointer
        );
    });
}

#[test]
fn every_list_and_dictionary_that_is_empty_is_found() {
    every_spot(&mut |spot| {
        let empty = match sample(&spot.row.shape) {
            Value::Array(_) => json!([]),
            Value::Object(_) => json!({}),
            _ => return,
        };
        assert_error(&(spot.put)(Some(empty)), Code::PropertyEmpty, &spot.pointer);
    });
}

#[test]
fn every_element_of_a_wrong_type_is_found() {
    every_spot(&mut |spot| {
        let bad = match spot.row.shape {
            Shape::List(inner) => wrong(inner),
            Shape::Ids(_) | Shape::Selectors | Shape::HeadMarkings => json!(7),
            _ => return,
        };
        assert_error(&(spot.put)(Some(json!([bad]))), Code::PropertyType, &format!("{}/0", spot.pointer));
    });
}

#[test]
fn every_property_takes_a_good_value() {
    every_spot(&mut |spot| {
        let is_head = matches!(spot.row.shape, Shape::Head);
        // By hand elsewhere: what follows from another property.
        let by_hand = matches!(spot.pointer.as_str(), "/definition_type" | "/objects" | "/body_multipart")
            || spot.row.name == "lang" && spot.pointer.contains("granular_markings");
        if is_head || by_hand {
            return;
        }
        let object = (spot.put)(Some(sample(&spot.row.shape)));
        let told = told(&object);
        let about = |at: &str| at.starts_with(&spot.pointer);
        let wrong_here = told.iter().any(|(_, code, at)| {
            about(at) && !matches!(code, Code::PropertyCombination | Code::TimestampOrder | Code::RuleBroken)
        });
        assert!(!wrong_here, "{}: {told:?} in {object}", spot.pointer);
    });
}

#[test]
fn references_to_forbidden_types_and_malformed_ones_are_found() {
    every_spot(&mut |spot| {
        let (list, only) = match spot.row.shape {
            Shape::Id(targets) => (false, targets),
            Shape::Ids(targets) => (true, targets),
            _ => return,
        };
        let put = |id: &str| (spot.put)(Some(if list { json!([id]) } else { json!(id) }));
        let pointer = if list { format!("{}/0", spot.pointer) } else { spot.pointer.clone() };
        assert!(!only.allow("bundle"));
        assert_error(&put("bundle--31b940d4-6f7f-459a-80ea-9c1f17b5891b"), Code::ReferenceType, &pointer);
        assert_error(&put("malware--1"), Code::IdForm, &pointer);
        assert_error(&put("0"), Code::IdForm, &pointer);
    });
}

#[test]
fn numbers_outside_their_range_are_found() {
    every_spot(&mut |spot| match spot.row.shape {
        Shape::Integer(least, most) => {
            for number in [json!(least - 1), json!(most + 1), json!(1e300)] {
                assert_error(&(spot.put)(Some(number)), Code::PropertyValue, &spot.pointer);
            }
            assert_error(&(spot.put)(Some(json!(1.5))), Code::PropertyType, &spot.pointer);
        }
        Shape::Float(least, most) => {
            assert_error(&(spot.put)(Some(json!(least - 1.0))), Code::PropertyValue, &spot.pointer);
            if most < 1e6 {
                assert_error(&(spot.put)(Some(json!(most + 1.0))), Code::PropertyValue, &spot.pointer);
            }
        }
        Shape::Timestamp => {
            for text in ["2016-04-06", "2016-04-06T20:03:48+01:00", "2016-13-06T20:03:48Z"] {
                assert_error(&(spot.put)(Some(json!(text))), Code::TimestampForm, &spot.pointer);
            }
        }
        Shape::Hex => {
            assert_error(&(spot.put)(Some(json!("0g"))), Code::PropertyValue, &spot.pointer);
            assert_error(&(spot.put)(Some(json!("000"))), Code::PropertyValue, &spot.pointer);
        }
        Shape::Binary => assert_error(&(spot.put)(Some(json!("a b="))), Code::PropertyValue, &spot.pointer),
        Shape::Hashes => {
            let md5 = (spot.put)(Some(json!({"MD5": "3773"})));
            assert_error(&md5, Code::HashForm, &format!("{}/MD5", spot.pointer));
        }
        _ => {}
    });
}

#[test]
fn tables_are_sorted_and_fit_their_bits() {
    fn look(table: &'static Table) {
        assert!(
            table.rows.is_sorted_by(|left, right| by_length(left.name, right.name).is_lt()),
            "{}",
            table.section
        );
        assert!(table.rows.len() <= 64);
        assert!(table.rows.iter().all(|row| table.find(row.name).is_some()));
    }
    for kind in validate::TYPES {
        look(kind.table);
        kind.extensions.iter().for_each(|(_, table)| look(table));
        assert!(kind.contributing.is_sorted());
        assert!(validate::find_type(kind.name).is_some());
    }
    assert!(COMMON.is_sorted_by(|left, right| by_length(left.name, right.name).is_lt()));
    assert_eq!(validate::find_type("unknown").map(|kind| kind.name), None);
}
