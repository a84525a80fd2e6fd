//! Ids, currencies, networks and IBANs have their types wherever the document has them, so that one cannot be where another belongs.

use p100_spec::Node;
use p100_spec::formats::value_type;
use p100_spec::names::{rust_method, snake};

use crate::DOCUMENT;
use crate::oracle::{ours, shown};

/// The kind of value that members and parameters of a name hold wherever they occur.
fn demanded(name: &str) -> Option<&'static str> {
    match name {
        "cardId" => Some("card-id"),
        "verificationId" => Some("verification-id"),
        "cryptocurrency" | "currency" | "currencyFrom" | "currencyTo" | "destinationCurrency" => Some("currency"),
        "network" => Some("network"),
        _ => name.to_lowercase().ends_with("externaluserid").then_some("external-user-id"),
    }
}

/// The schema's kind of value; an assertion that it is the one that its name demands.
fn kind<'a>(place: &str, name: &str, schema: &'a Node) -> Option<&'a str> {
    let format = schema.str("format").filter(|format| value_type(format).is_some());
    if let (Some(demanded), Some("string")) = (demanded(name), schema.str("type")) {
        let fits = format.is_some_and(|format| format == demanded || format.strip_suffix("-upper-case") == Some(demanded));
        assert!(fits, "{place} {name}: `format: {demanded}` is missing");
    }
    format
}

#[test]
fn every_value_of_a_kind_has_its_type_in_every_struct_and_argument() {
    let (ours, mut seen) = (ours(), std::collections::BTreeSet::new());
    for schema in DOCUMENT.schemas() {
        for (name, member) in schema.node.get("properties").into_iter().flat_map(Node::members) {
            let Some(format) = kind(schema.name, name, member) else { continue };
            let (expected, found) = (value_type(format).expect("a type"), shown(&ours.structs[schema.name][&snake(name)]));
            assert!(found == expected || found == format!("Option<{expected}>"), "{}.{name} is {found}", schema.name);
            // What P100 sends may be masked: only what it demands is an `Iban`.
            assert!(format != "iban" || schema.name.ends_with("Request"), "{}.{name}", schema.name);
            seen.insert(format);
        }
    }
    let mut arguments = 0;
    for operation in DOCUMENT.operations() {
        let method = &ours.operations[&rust_method(&operation.id)];
        for parameter in &operation.parameters {
            let schema = parameter.node.get("schema").expect("a schema");
            let Some(format) = kind(&operation.id, &parameter.name, schema) else { continue };
            let (_, found) = method.arguments.iter().find(|(name, _)| *name == snake(&parameter.name)).expect("an argument");
            assert_eq!(shown(found), format!("&{}", value_type(format).expect("a type")), "{}", operation.id);
            arguments += 1;
        }
    }
    assert!(arguments > 0 && seen.len() == 7, "{arguments} {seen:?}");
}
