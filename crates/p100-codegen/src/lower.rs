//! The schemas as typify can take them: no forms, no formats it would turn into foreign types, no combinators, and a named
//! placeholder wherever we bring the Rust type ourselves.

use serde_json::{Map, Value, json};

use p100_spec::formats::{VALUES, value_type};

use crate::Node;
use crate::{Document, Operation, Problem, names};

/// Crate-like root of the paths that mark a substituted type until `passes::substitute` resolves them.
pub(crate) const MARK: &str = "p100_mark";

/// Types written by hand in `p100-raw` that replace schemas of a certain form.
pub(crate) const PLACEHOLDERS: [&str; 6] =
    ["DecimalString", "DecimalNumber", "DecimalEither", "DecimalEitherAsString", "Sensitive", "Timestamp"];

/// Prefix that keeps placeholders apart from the document's own schemas.
const PLACEHOLDER_PREFIX: &str = "StandIn";

/// The lowered document and what progenitor must know about it.
pub(crate) struct Lowered {
    pub(crate) openapi: openapiv3::OpenAPI,
    /// Schema name to the marked path of the type that replaces it.
    pub(crate) replacements: Vec<(String, String)>,
}

pub(crate) fn lower(document: &Document) -> Result<Lowered, Problem> {
    let mut schemas = Map::new();
    let mut replacements = Vec::new();
    for name in PLACEHOLDERS.into_iter().chain(VALUES.map(|(_, name, _)| name)) {
        schemas.insert(format!("{PLACEHOLDER_PREFIX}{name}"), json!({"type": "string"}));
        replacements.push((format!("{PLACEHOLDER_PREFIX}{name}"), format!("{MARK}::{name}")));
    }
    for schema in document.schemas() {
        if Document::enum_values(schema.node).is_some() {
            schemas.insert(schema.name.to_owned(), json!({"type": "string"}));
            replacements.push((schema.name.to_owned(), format!("{MARK}::types::{}", names::ident(schema.name))));
        } else if !is_form(document, schema.name) {
            let mut lowered = lower_schema(schema.node);
            // A nullable component is only ever used where a member may be missing anyway; as a type it stays itself.
            lowered.as_object_mut().map(|keywords| keywords.remove("nullable"));
            schemas.insert(schema.name.to_owned(), lowered);
        }
    }
    let lowered = json!({
        "openapi": "3.0.3",
        "info": {"title": "P100", "version": document.version()},
        "paths": {},
        "components": {"schemas": schemas},
    });
    let openapi = serde_json::from_value(lowered)
        .map_err(|error| Problem::at(document.root().position, format!("the generator cannot express this document: {error}")))?;
    Ok(Lowered { openapi, replacements })
}

/// Whether the schema is the form of a multipart body: those become our own types.
pub(crate) fn is_form(document: &Document, name: &str) -> bool {
    document.operations().iter().filter_map(Operation::upload).any(|form| form.schema() == Some(name))
}

fn lower_schema(schema: &Node) -> Value {
    let nullable = schema.flag("nullable");
    if let Some(name) = placeholder(schema) {
        return reference(&format!("{PLACEHOLDER_PREFIX}{name}"), nullable);
    }
    if let Some(name) = Document::reference(schema) {
        return reference(name, nullable);
    }
    let mut lowered = Map::new();
    for keyword in ["type", "required"] {
        if let Some(value) = schema.get(keyword) {
            lowered.insert(keyword.to_owned(), value.to_value());
        }
    }
    if schema.str("type") == Some("integer") {
        lowered.extend(schema.get("format").map(|format| ("format".to_owned(), format.to_value())));
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(child) = schema.get(keyword) {
            lowered.insert(keyword.to_owned(), lower_schema(child));
        }
    }
    if let Some(properties) = schema.get("properties") {
        let properties = properties.members().map(|(name, property)| (name.to_owned(), lower_schema(property))).collect();
        lowered.insert("properties".to_owned(), Value::Object(properties));
    }
    if nullable {
        lowered.insert("nullable".to_owned(), Value::Bool(true));
    }
    Value::Object(lowered)
}

fn reference(name: &str, nullable: bool) -> Value {
    let target = json!({"$ref": format!("#/components/schemas/{name}")});
    if nullable { json!({"nullable": true, "allOf": [target]}) } else { target }
}

/// The type written by hand that a schema of this form becomes.
pub(crate) fn placeholder(schema: &Node) -> Option<&'static str> {
    let is_decimal = |node: &Node| node.str("format") == Some("decimal");
    // An amount in two forms: which of the words says so makes no difference.
    let forms = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    if schema.flag("x-sensitive") {
        Some("Sensitive")
    } else if is_decimal(schema) {
        Some(if schema.str("type") == Some("number") { "DecimalNumber" } else { "DecimalString" })
    } else if forms.is_some_and(|forms| forms.items().all(is_decimal)) {
        // Sent in the form that comes first.
        let first = forms.and_then(|forms| forms.items().next()).and_then(|form| form.str("type"));
        Some(if first == Some("number") { "DecimalEither" } else { "DecimalEitherAsString" })
    } else if schema.str("format") == Some("date-time") {
        Some("Timestamp")
    } else {
        schema.str("format").and_then(value_type)
    }
}

#[cfg(test)]
mod tests {
    use super::placeholder;
    use crate::Node;

    #[test]
    fn an_amount_in_two_forms_is_an_amount_whichever_word_says_so() {
        for word in ["oneOf", "anyOf"] {
            for (forms, expected) in [
                ("[{type: number, format: decimal}, {type: string, format: decimal}]", Some("DecimalEither")),
                ("[{type: string, format: decimal}, {type: number, format: decimal}]", Some("DecimalEitherAsString")),
                ("[{type: string, format: decimal}, {type: string}]", None),
                ("[{required: [a]}, {required: [b]}]", None),
            ] {
                assert_eq!(placeholder(&Node::parse(&format!("{{{word}: {forms}}}")).expect("valid")), expected, "{word} {forms}");
            }
        }
    }
}
