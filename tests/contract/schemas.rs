//! The JSON Schema that schemars derives from the Rust types says what the document says.
//!
//! Compared, for every schema but the multipart forms: the set of properties; which are required (a required nullable member may be
//! missing for us, so it is not required in the derived schema); JSON types; whether null is allowed (we also take null for every
//! optional member); formats; references; values of enums (ours are always extensible); items of arrays and values of maps.
//!
//! Not compared: bounds, lengths and patterns (P100 checks them, the types do not), `anyOf`/`oneOf` groups of required members
//! (one flat type holds all shapes), descriptions and evidence.

use std::collections::{BTreeMap, BTreeSet};

use p100_spec::{Document, Node};
use serde_json::Value;

use crate::DOCUMENT;
use crate::harness::SCHEMAS;

/// What is compared of a schema.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    reference: Option<String>,
    types: BTreeSet<String>,
    nullable: bool,
    format: Option<String>,
    values: Option<Vec<String>>,
    sensitive: bool,
    items: Option<Box<Shape>>,
    map: Option<Box<Shape>>,
    required: BTreeSet<String>,
    properties: BTreeMap<String, Shape>,
}

#[test]
fn derived_schemas_agree_with_the_document() {
    let rows: BTreeSet<&str> = SCHEMAS.iter().map(|schema| schema.name).collect();
    let forms: BTreeSet<&str> = DOCUMENT.operations().iter().filter_map(|operation| operation.upload()?.schema()).collect();
    let all: BTreeSet<&str> = DOCUMENT.schemas().map(|schema| schema.name).collect();
    assert_eq!(rows.union(&forms).copied().collect::<BTreeSet<_>>(), all);
    for schema in SCHEMAS {
        // A nullable component is null where it is used, as an `Option`; the type itself never is.
        let stated = Shape { nullable: false, ..from_document(schema.node()) };
        assert_eq!(from_derived(&(schema.derived)()), stated, "{}", schema.name);
    }
}

fn from_document(schema: &Node) -> Shape {
    if let Some(name) = Document::reference(schema) {
        return Shape { reference: Some(name.to_owned()), nullable: schema.flag("nullable"), ..Shape::default() };
    }
    let either = schema.get("oneOf").filter(|forms| forms.items().all(|form| form.str("type").is_some()));
    let types = either.map_or_else(
        || schema.str("type").map(str::to_owned).into_iter().collect(),
        |forms| forms.items().filter_map(|form| form.str("type")).map(str::to_owned).collect(),
    );
    let format = either.and_then(|forms| forms.items().next()).unwrap_or(schema).str("format");
    let required: Vec<&str> = schema.strings("required").collect();
    let mut shape = Shape {
        types,
        nullable: schema.flag("nullable"),
        format: format.map(str::to_owned),
        values: Document::enum_values(schema).map(|values| values.into_iter().map(str::to_owned).collect()),
        sensitive: schema.flag("x-sensitive"),
        items: schema.get("items").map(|items| Box::new(from_document(items))),
        map: schema.get("additionalProperties").map(|values| Box::new(from_document(values))),
        ..Shape::default()
    };
    // An object of which no member is known is a map to anything.
    if shape.types.contains("object") && schema.get("properties").is_none() && shape.map.is_none() {
        shape.map = Some(Box::default());
    }
    for (name, property) in schema.get("properties").into_iter().flat_map(Node::members) {
        let mut own = from_document(property);
        if required.contains(&name) && !own.nullable {
            shape.required.insert(name.to_owned());
        } else {
            own.nullable = true;
        }
        shape.properties.insert(name.to_owned(), own);
    }
    shape
}

fn from_derived(schema: &Value) -> Shape {
    if let Some(target) = schema["$ref"].as_str() {
        return Shape { reference: Some(target.trim_start_matches("#/$defs/").to_owned()), ..Shape::default() };
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        // `Option<Named>`: the type or null.
        let (null, other): (Vec<_>, Vec<_>) = forms.iter().partition(|form| form["type"] == "null");
        assert_eq!((null.len(), other.len()), (1, 1), "{schema}");
        return Shape { nullable: true, ..from_derived(other[0]) };
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut types: BTreeSet<String> = match (&schema["type"], schema["oneOf"].as_array()) {
        (Value::Array(types), _) => types.iter().filter_map(text).collect(),
        (_, Some(forms)) => forms.iter().filter_map(|form| text(&form["type"])).collect(),
        (one, None) => text(one).into_iter().collect(),
    };
    let format = schema["oneOf"]
        .as_array()
        .and_then(|forms| forms.iter().find_map(|form| text(&form["format"])))
        .or_else(|| text(&schema["format"]));
    Shape {
        reference: None,
        nullable: types.remove("null"),
        types,
        format,
        values: schema["x-extensible-enum"].as_array().map(|values| values.iter().filter_map(text).collect()),
        sensitive: schema["x-sensitive"] == true,
        items: schema.get("items").map(|items| Box::new(from_derived(items))),
        map: schema.get("additionalProperties").map(|values| Box::new(from_derived(values))),
        required: schema["required"].as_array().into_iter().flatten().filter_map(text).collect(),
        properties: schema["properties"].as_object().into_iter().flatten().map(|(name, own)| (name.clone(), from_derived(own))).collect(),
    }
}
