//! Values made from a schema alone, with every property, for schemas that have no example of their own.

use p100_spec::{Document, Node};
use serde_json::{Map, Value, json};

use crate::DOCUMENT;

/// What a sample is made of.
pub(crate) struct Sample {
    /// Makes the value of a sensitive string from the property's name.
    pub(crate) sensitive: fn(&str) -> String,
    /// Whether properties that are not required are left out.
    pub(crate) required_only: bool,
    /// Makes the value of an enum from its known values.
    pub(crate) enumeration: fn(&[&str]) -> String,
    /// The value of a decimal, from whether the schema says number.
    pub(crate) decimal: fn(bool) -> Value,
    /// Whether each object gets a member that the document does not know.
    pub(crate) unknown_member: bool,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            sensitive: |name| name.to_owned(),
            required_only: false,
            enumeration: |values| values.first().map_or_else(|| "ANY".to_owned(), |value| (*value).to_owned()),
            decimal: |number| if number { json!(1) } else { json!("1.50") },
            unknown_member: false,
        }
    }
}

impl Sample {
    /// A value of the component schema `name`.
    pub(crate) fn of(&self, name: &str) -> Value {
        self.value(name, DOCUMENT.schema(name).unwrap_or_else(|| panic!("no schema {name}")))
    }

    fn value(&self, name: &str, schema: &Node) -> Value {
        if let Some(target) = Document::reference(schema) {
            return self.value(name, DOCUMENT.schema(target).expect("resolves"));
        }
        if let Some(values) = Document::enum_values(schema) {
            return json!((self.enumeration)(&values));
        }
        // Of two forms the first one is written.
        let decimal = schema.get("oneOf").and_then(|forms| forms.items().next()).unwrap_or(schema);
        if decimal.str("format") == Some("decimal") {
            return (self.decimal)(decimal.str("type") == Some("number"));
        }
        match schema.str("type") {
            Some("array") => json!([self.value(name, schema.get("items").expect("items"))]),
            Some("boolean") => json!(true),
            Some("integer") => json!(1),
            Some("string") if schema.flag("x-sensitive") => json!((self.sensitive)(name)),
            Some("string") => json!(name),
            Some("object") => self.object(name, schema),
            other => panic!("a schema of type {other:?} under {name}"),
        }
    }

    fn object(&self, name: &str, schema: &Node) -> Value {
        let mut members = Map::new();
        if let Some(values) = schema.get("additionalProperties") {
            members.insert("key".to_owned(), self.value(name, values));
            return Value::Object(members);
        }
        let required: Vec<&str> = schema.strings("required").collect();
        for (name, property) in schema.get("properties").into_iter().flat_map(Node::members) {
            if required.contains(&name) || !self.required_only {
                members.insert(name.to_owned(), self.value(name, property));
            }
        }
        if self.unknown_member {
            members.insert("unheardOf".to_owned(), json!({"deep": [1, null]}));
        }
        Value::Object(members)
    }
}
