//! Schemas of the document as JSON Schema.

use serde_json::{Map, Value, json};

use crate::formats::wire_format;
use crate::{Document, Node};

/// `schema` as JSON Schema says it, without what only OpenAPI knows. References lead to `#/$defs/<name>`; of the keywords only those
/// stay that `keeps` wants, which is asked with the keyword and its value.
///
/// ```
/// use p100_spec::{Node, json_schema};
///
/// let schema = Node::parse("{type: string, nullable: true, description: A name., maxLength: 50}")?;
/// assert_eq!(json_schema(&schema, &|_, _| true), serde_json::json!({"type": ["string", "null"], "maxLength": 50}));
/// # Ok::<_, p100_spec::Problem>(())
/// ```
pub fn json_schema(schema: &Node, keeps: &dyn Fn(&str, &Node) -> bool) -> Value {
    if let Some(name) = Document::reference(schema) {
        return json!({"$ref": format!("#/$defs/{name}")});
    }
    let is_nullable = schema.flag("nullable");
    let mut out = Map::new();
    for (keyword, value) in schema.members().filter(|(keyword, value)| keeps(keyword, value)) {
        let own = match keyword {
            "properties" => Value::Object(value.members().map(|(name, own)| (name.to_owned(), json_schema(own, keeps))).collect()),
            "items" | "additionalProperties" => json_schema(value, keeps),
            "oneOf" | "anyOf" | "allOf" => value.items().map(|form| json_schema(form, keeps)).collect(),
            "type" if is_nullable => json!([value.to_value(), "null"]),
            "enum" if is_nullable => value.items().map(Node::to_value).chain([Value::Null]).collect(),
            "format" => match value.as_str().map(wire_format) {
                Some(None) => continue,
                Some(Some(format)) => json!(format),
                None => value.to_value(),
            },
            "type" | "required" | "enum" | "pattern" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems"
            | "minProperties" => value.to_value(),
            _ => continue,
        };
        out.insert(keyword.to_owned(), own);
    }
    if is_nullable && !out.contains_key("type") { json!({"anyOf": [out, {"type": "null"}]}) } else { Value::Object(out) }
}
