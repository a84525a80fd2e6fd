//! P100 may add and change things: what is new, missing or in the other wire form never fails, and nothing is lost.

use p100_spec::{Document, Node};
use serde_json::json;

use crate::DOCUMENT;
use crate::harness::{SCHEMAS, Schema, assert_same_json};
use crate::samples::Sample;

#[test]
fn a_new_enum_value_decodes_and_survives() {
    let sample = Sample { enumeration: |_| "BRAND_NEW value-1".to_owned(), ..Sample::default() };
    for schema in SCHEMAS {
        let text = sample.of(schema.name).to_string();
        let again = (schema.recode)(&text).unwrap_or_else(|error| panic!("{}: {error}", schema.name));
        assert_eq!(again.matches("BRAND_NEW value-1").count(), text.matches("BRAND_NEW value-1").count(), "{}", schema.name);
    }
}

#[test]
fn every_known_enum_value_is_itself_again() {
    let enums: Vec<_> = SCHEMAS.iter().filter_map(|schema| Some((schema, Document::enum_values(schema.node())?))).collect();
    assert!(enums.len() > 20, "{}", enums.len());
    for (schema, values) in enums {
        for value in values {
            let text = json!(value).to_string();
            assert_eq!((schema.recode)(&text).as_deref(), Ok(text.as_str()), "{}", schema.name);
            assert!(!(schema.debug)(&text).contains("Unknown"), "{value} of {} is not a variant", schema.name);
        }
    }
}

#[test]
fn an_unknown_member_is_no_error() {
    let sample = Sample { unknown_member: true, ..Sample::default() };
    for schema in SCHEMAS {
        let result = (schema.recode)(&sample.of(schema.name).to_string());
        assert!(result.is_ok(), "{}: {result:?}", schema.name);
    }
}

#[test]
fn a_missing_optional_member_is_no_error() {
    let sample = Sample { required_only: true, ..Sample::default() };
    for schema in SCHEMAS {
        let text = sample.of(schema.name).to_string();
        let again = (schema.recode)(&text).unwrap_or_else(|error| panic!("{}: {error}", schema.name));
        assert_same_json(&again, &text, schema.name);
    }
}

#[test]
fn a_missing_nullable_member_is_no_error() {
    for schema in SCHEMAS {
        let mut value = Sample::default().of(schema.name);
        for (name, property) in schema.node().get("properties").into_iter().flat_map(Node::members) {
            if property.flag("nullable") {
                value.as_object_mut().expect("an object").remove(name);
            }
        }
        let result = (schema.recode)(&value.to_string());
        assert!(result.is_ok(), "{}: {result:?}", schema.name);
    }
}

#[test]
fn null_is_no_error_where_the_document_allows_it() {
    for schema in SCHEMAS {
        let mut value = Sample::default().of(schema.name);
        for (name, property) in schema.node().get("properties").into_iter().flat_map(Node::members) {
            if property.flag("nullable") {
                value[name] = json!(null);
            }
        }
        let result = (schema.recode)(&value.to_string());
        assert!(result.is_ok(), "{}: {result:?}", schema.name);
    }
}

#[test]
fn an_amount_in_the_other_wire_form_decodes_and_is_sent_in_its_own() {
    let other = Sample { decimal: |number| if number { json!("1.5") } else { json!(1.5) }, ..Sample::default() };
    let own = Sample { decimal: |number| if number { json!(1.5) } else { json!("1.5") }, ..Sample::default() };
    for schema in SCHEMAS {
        let again = (schema.recode)(&other.of(schema.name).to_string()).unwrap_or_else(|error| panic!("{}: {error}", schema.name));
        assert_same_json(&again, &own.of(schema.name).to_string(), schema.name);
    }
}

#[test]
fn null_for_an_optional_member_reads_as_its_absence() {
    for (schema, name, _) in optional_members() {
        let mut value = Sample::default().of(schema.name);
        value.as_object_mut().expect("an object").remove(name);
        let without = value.to_string();
        value[name] = json!(null);
        let again = (schema.recode)(&value.to_string()).unwrap_or_else(|error| panic!("{}.{name}: {error}", schema.name));
        assert_same_json(&again, &without, &format!("{}.{name}", schema.name));
    }
}

#[test]
fn an_empty_list_or_map_is_sent_and_an_absent_one_is_not() {
    let mut found = 0;
    for (schema, name, property) in optional_members() {
        let target = Document::reference(property).and_then(|name| DOCUMENT.schema(name)).unwrap_or(property);
        let empty = match target.str("type") {
            Some("array") => json!([]),
            Some("object") if target.get("additionalProperties").is_some() => json!({}),
            _ => continue,
        };
        found += 1;
        let mut value = Sample::default().of(schema.name);
        for empty in [Some(empty), None] {
            match empty {
                Some(empty) => value[name] = empty,
                None => drop(value.as_object_mut().expect("an object").remove(name)),
            }
            let again = (schema.recode)(&value.to_string()).unwrap_or_else(|error| panic!("{}.{name}: {error}", schema.name));
            assert_same_json(&again, &value.to_string(), &format!("{}.{name}", schema.name));
        }
    }
    assert!(found > 10, "{found}");
}

/// Every member that may be absent, with its schema.
fn optional_members() -> impl Iterator<Item = (&'static Schema, &'static str, &'static Node)> {
    SCHEMAS.iter().flat_map(|schema| {
        let required: Vec<&str> = schema.node().strings("required").collect();
        let properties = schema.node().get("properties").into_iter().flat_map(Node::members);
        properties.filter(move |(name, _)| !required.contains(name)).map(move |(name, property)| (schema, name, property))
    })
}
