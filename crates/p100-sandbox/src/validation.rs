//! Requests against the document: every failure becomes a sentence, and all sentences one P403.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use p100_raw::types::ErrorCode;
use p100_raw::{decimal, operations};
use serde_json::{Value, json};

use crate::call::{Input, Refusal};

/// What each operation takes.
pub(crate) struct Requests(BTreeMap<String, Schemas>);

struct Schemas {
    body: Option<Body>,
    query: Option<Query>,
}

struct Body {
    schema: Validator,
    /// The names of the members that must be there.
    required: Vec<String>,
}

struct Query {
    parameters: Validator,
    /// The names of those that are integers.
    integers: Vec<String>,
}

impl Requests {
    /// The generated schemas, which are read once for all sandboxes.
    pub(crate) fn get() -> Result<&'static Self, &'static String> {
        static REQUESTS: LazyLock<Result<Requests, String>> = LazyLock::new(Requests::read);
        REQUESTS.as_ref()
    }

    fn read() -> Result<Self, String> {
        let document: Value = serde_json::from_str(include_str!("generated/requests.json")).map_err(|error| error.to_string())?;
        let operations = document["operations"].as_object().ok_or("no operations")?;
        let compile = |schema: &Value| {
            let whole = json!({"allOf": [schema], "$defs": document["$defs"]});
            let options = jsonschema::options().should_validate_formats(true).with_format("decimal", is_decimal);
            options.build(&whole).map_err(|error| error.to_string())
        };
        let schemas = operations.iter().map(|(id, entry)| {
            let body = entry.get("body");
            let body =
                body.map(|body| Ok::<_, String>(Body { schema: compile(body)?, required: required(&document, body) })).transpose()?;
            // An operation without P403 has a code of its own for a wrong parameter.
            let query = entry.get("query").filter(|_| knows_p403(id));
            let query =
                query.map(|schema| Ok::<_, String>(Query { parameters: compile(schema)?, integers: integers(schema) })).transpose()?;
            Ok((id.clone(), Schemas { body, query }))
        });
        schemas.collect::<Result<_, String>>().map(Self)
    }

    /// Refuses what does not fit.
    pub(crate) fn check(&self, operation: &str, input: &Input) -> Result<(), Refusal> {
        let Some(schemas) = self.0.get(operation) else { return Ok(()) };
        let mut sentences = Vec::new();
        if let Some(query) = &schemas.query {
            let given = query.read(&input.query);
            sentences.extend(query.parameters.iter_errors(&given).map(|error| sentence(&error, "The query")));
        }
        if let Some(body) = &schemas.body {
            match serde_json::from_slice(&input.body) {
                Err(_) => sentences.push("The body must be JSON.".to_owned()),
                Ok(given) => {
                    sentences.extend(body.schema.iter_errors(&given).map(|error| sentence(&error, "The body")));
                    sentences.extend(body.blank(&given));
                }
            }
        }
        Refusal::unless_empty(sentences)
    }
}

impl Body {
    /// A text that must be there must say something.
    fn blank(&self, given: &Value) -> impl Iterator<Item = String> {
        let is_blank = |member: &&String| given[member.as_str()].as_str().is_some_and(|text| text.trim().is_empty());
        self.required.iter().filter(is_blank).map(|member| format!("{member} should not be empty."))
    }
}

impl Query {
    /// As JSON: an integer where the document has one and the text is one. The first of a name counts, as for the handlers.
    fn read(&self, given: &[(String, String)]) -> Value {
        let value = |name: &String, text: &String| match text.parse::<i64>() {
            Ok(number) if self.integers.contains(name) => json!(number),
            _ => json!(text),
        };
        given.iter().rev().map(|(name, text)| (name.clone(), value(name, text))).collect()
    }
}

fn required(document: &Value, body: &Value) -> Vec<String> {
    let target = body["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    let names = target.unwrap_or(body)["required"].as_array().into_iter().flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn integers(query: &Value) -> Vec<String> {
    let parameters = query["properties"].as_object().into_iter().flatten();
    parameters.filter(|(_, schema)| schema["type"] == "integer").map(|(name, _)| name.clone()).collect()
}

fn knows_p403(operation: &str) -> bool {
    let operation = operations::ALL.iter().find(|known| known.id == operation);
    operation.is_some_and(|operation| operation.error_codes.iter().any(|known| known.code == ErrorCode::P403.as_str()))
}

fn is_decimal(text: &str) -> bool {
    decimal::parse(text).is_ok()
}

/// The failure in words, without the value: it may be a secret. `whole` is what the schema is of.
fn sentence(error: &ValidationError<'_>, whole: &str) -> String {
    let path = error.instance_path().to_string();
    let member = path.trim_start_matches('/').replace('/', ".");
    let member = if member.is_empty() { whole } else { &member };
    match error.kind() {
        ValidationErrorKind::Required { property } => format!("{} should not be empty.", property.as_str().unwrap_or_default()),
        ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Integer) } => format!("{member} must be an integer number."),
        ValidationErrorKind::Type { kind: TypeKind::Single(kind @ (JsonType::Array | JsonType::Object)) } => {
            format!("{member} must be an {kind}.")
        }
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => format!("{member} must be a {kind}."),
        ValidationErrorKind::Type { kind: TypeKind::Multiple(kinds) } => {
            let kinds: Vec<String> = kinds.iter().map(|kind| kind.to_string()).collect();
            format!("{member} must be of the type {}.", kinds.join(" or "))
        }
        ValidationErrorKind::Enum { options } => {
            let values: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{member} must be one of the following values: {}.", values.join(", "))
        }
        ValidationErrorKind::MinLength { limit } => format!("{member} must be longer than or equal to {limit} characters."),
        ValidationErrorKind::MaxLength { limit } => format!("{member} must be shorter than or equal to {limit} characters."),
        ValidationErrorKind::Pattern { pattern } => format!("{member} must match {pattern}."),
        ValidationErrorKind::Minimum { limit } => format!("{member} must not be less than {limit}."),
        ValidationErrorKind::Maximum { limit } => format!("{member} must not be greater than {limit}."),
        ValidationErrorKind::Format { format } => format!("{member} must be a valid {format}."),
        ValidationErrorKind::OneOfNotValid { .. } => format!("{member} must be a number or a string with a number."),
        ValidationErrorKind::MinProperties { .. } => "At least one member must be given.".to_owned(),
        _ => format!("{member} is not valid."),
    }
}
