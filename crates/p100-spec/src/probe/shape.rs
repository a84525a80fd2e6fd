//! Bodies against the schemas of the document: what they confirm, break and add. Values never leave this module, but for words of enums.

use std::collections::BTreeMap;

use crate::{Document, Node, Problem, json_schema};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

/// What a body shows of the document.
#[derive(Debug, PartialEq)]
pub(super) enum Sight {
    /// A member or a value of an enum as the document has it.
    Seen { schema: String, name: String },
    /// A member that is not as the document has it, or is missing; without a name, something in a map or the body as a whole.
    Broken { schema: String, name: Option<String>, at: String, detail: String },
    /// A member that the document does not have, or a value outside of the list.
    Added { schema: String, name: String, at: String, detail: String },
}

/// The component schemas, ready to validate.
#[derive(Debug)]
pub(super) struct Schemas<'a> {
    document: &'a Document,
    definitions: Value,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let definitions: Map<String, Value> = document.schemas().map(|schema| (schema.name.to_owned(), own_schema(schema.node))).collect();
        Self { document, definitions: Value::Object(definitions) }
    }

    /// Everything that `body` shows of `schema`.
    pub(super) fn look(&self, schema: &Node, body: &Value) -> Result<Vec<Sight>, Problem> {
        let mut walk = Walk { document: self.document, places: BTreeMap::new(), seen: Vec::new(), added: Vec::new() };
        walk.visit(schema, body, String::new(), Place::default());
        let validator = self.validator(schema)?;
        let broken: Vec<Sight> = validator.iter_errors(body).map(|error| walk.broken(&error)).collect();
        // What is broken in one place is not confirmed by another.
        let is_whole = |schema: &String, name: &String| {
            let same =
                |sight: &Sight| matches!(sight, Sight::Broken { schema: other, name: Some(own), .. } if other == schema && own == name);
            !broken.iter().any(same)
        };
        let seen = walk.seen.into_iter().filter(|(schema, name)| is_whole(schema, name));
        let mut sights: Vec<Sight> = seen.map(|(schema, name)| Sight::Seen { schema, name }).collect();
        sights.extend(broken);
        sights.append(&mut walk.added);
        Ok(sights)
    }

    fn validator(&self, schema: &Node) -> Result<Validator, Problem> {
        let whole = json!({"allOf": [own_schema(schema)], "$defs": self.definitions});
        let options = jsonschema::options().should_validate_formats(true).with_format("decimal", is_decimal);
        options.build(&whole).map_err(|error| Problem::at(schema.position, format!("a schema of the document cannot be used: {error}")))
    }
}

/// Enums stay out: the walk looks at their words.
fn own_schema(schema: &Node) -> Value {
    json_schema(schema, &|keyword, _| keyword != "enum")
}

fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(fraction)
}

/// Where something is, in words without values: `cards[].status`.
#[derive(Clone, Default)]
struct Place {
    shown: String,
    /// The member it is of, with its schema.
    member: Option<(String, String)>,
    /// The schema of what is there.
    schema: String,
}

impl Place {
    fn inner(&self, step: &str) -> Self {
        let dot = if self.shown.is_empty() || step == "[]" { "" } else { "." };
        Self { shown: format!("{}{dot}{step}", self.shown), member: None, schema: self.schema.clone() }
    }
}

struct Walk<'a> {
    document: &'a Document,
    /// By JSON pointer into the body.
    places: BTreeMap<String, Place>,
    seen: Vec<(String, String)>,
    added: Vec<Sight>,
}

impl Walk<'_> {
    fn visit(&mut self, schema: &Node, value: &Value, pointer: String, mut place: Place) {
        let mut schema = schema;
        while let Some(name) = Document::reference(schema) {
            place.schema = name.to_owned();
            let Some(target) = self.document.schema(name) else { return };
            schema = target;
        }
        if let Some(member) = place.member.clone().filter(|_| !value.is_null()) {
            self.saw(member);
        }
        self.places.insert(pointer.clone(), place.clone());
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    self.member(schema, name, value, pointer, &place);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(schema) = schema.get("items") {
                        self.visit(schema, item, format!("{pointer}/{index}"), place.inner("[]"));
                    }
                }
            }
            Value::String(word) => self.word(schema, word, &place),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn member(&mut self, schema: &Node, name: &str, value: &Value, pointer: String, place: &Place) {
        let properties = schema.get("properties");
        if let Some(known) = properties.and_then(|properties| properties.get(name)) {
            let inner = Place { member: Some((place.schema.clone(), name.to_owned())), ..place.inner(name) };
            self.visit(known, value, pointer, inner);
        } else if let Some(values) = schema.get("additionalProperties").filter(|values| values.as_map().is_some()) {
            // The keys of a map are values.
            self.visit(values, value, pointer, place.inner("*"));
        } else if properties.is_some() {
            let shown = if is_member_name(name) { name } else { "(a name that is withheld)" };
            let (at, name) = (place.inner(shown).shown, shown.to_owned());
            let detail = format!("a {} that the document does not have", type_word(value));
            self.add(Sight::Added { schema: place.schema.clone(), name, at, detail });
        }
    }

    fn word(&mut self, schema: &Node, word: &str, place: &Place) {
        let Some(values) = Document::enum_values(schema) else { return };
        if values.contains(&word) {
            self.saw((place.schema.clone(), word.to_owned()));
            return;
        }
        let is_shown = is_enum_word(word) && !schema.flag("x-sensitive");
        let (name, detail) = if is_shown {
            (word.to_owned(), format!("the value `{word}` is outside of the list"))
        } else {
            ("(a value that is withheld)".to_owned(), "a value outside of the list".to_owned())
        };
        self.add(Sight::Added { schema: place.schema.clone(), name, at: place.shown.clone(), detail });
    }

    fn saw(&mut self, part: (String, String)) {
        if !self.seen.contains(&part) {
            self.seen.push(part);
        }
    }

    fn add(&mut self, sight: Sight) {
        if !self.added.contains(&sight) {
            self.added.push(sight);
        }
    }

    /// The failure in words, without the value.
    fn broken(&self, error: &ValidationError<'_>) -> Sight {
        let pointer = error.instance_path().to_string();
        let place = self.places.get(&pointer).cloned().unwrap_or_default();
        let detail = match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default().to_owned();
                let at = place.inner(&name).shown;
                return Sight::Broken { schema: place.schema, name: Some(name), at, detail: "required, but missing".to_owned() };
            }
            ValidationErrorKind::Type { kind } => {
                let expected = match kind {
                    TypeKind::Single(expected) => expected.to_string(),
                    TypeKind::Multiple(expected) => expected.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or "),
                };
                format!("a {} instead of a {expected}", type_word(error.instance()))
            }
            ValidationErrorKind::Format { format } => format!("not in the format {format}"),
            ValidationErrorKind::AnyOf { .. }
            | ValidationErrorKind::OneOfNotValid { .. }
            | ValidationErrorKind::OneOfMultipleValid { .. } => "in none of the forms that the document has".to_owned(),
            other => format!("against `{}` of the document", other.keyword()),
        };
        let (schema, name) = place.member.map_or((place.schema, None), |(schema, name)| (schema, Some(name)));
        let at = if place.shown.is_empty() { "the body".to_owned() } else { place.shown };
        Sight::Broken { schema, name, at, detail }
    }
}

fn type_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether it looks like a name that a programmer chose: letters, and hardly a digit.
fn is_member_name(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
    starts && name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && has_few_digits(name)
}

/// Whether it looks like a word of an enum: short, in one case, and hardly a digit.
fn is_enum_word(word: &str) -> bool {
    let in_case = |is_letter: fn(&char) -> bool| {
        word.starts_with(|first: char| is_letter(&first)) && word.chars().all(|c| is_letter(&c) || c.is_ascii_digit() || c == '_')
    };
    word.len() <= 32 && has_few_digits(word) && (in_case(char::is_ascii_uppercase) || in_case(char::is_ascii_lowercase))
}

/// More would be an account, a card or a phone.
fn has_few_digits(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() <= 3
}

#[cfg(test)]
mod tests {
    use crate::{Document, Node};
    use serde_json::{Value, json};

    use super::{Schemas, Sight, is_decimal, is_enum_word, is_member_name};

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: 1.0.0}
paths: {}
components:
  schemas:
    Things:
      type: object
      required: [things]
      properties:
        things: {type: array, items: {$ref: '#/components/schemas/Thing'}}
        rates: {type: object, additionalProperties: {type: number, format: decimal}}
    Thing:
      type: object
      required: [amount, state]
      properties:
        amount: {type: string, format: decimal}
        state: {description: D., allOf: [{$ref: '#/components/schemas/State'}]}
        note: {type: string, nullable: true}
    State: {type: string, x-extensible-enum: [OPEN, DONE]}
";

    fn sights(body: &Value) -> Vec<Sight> {
        let document = Document::load(DOCUMENT).expect("a document");
        let schema = Node::parse("{$ref: '#/components/schemas/Things'}").expect("a reference");
        Schemas::new(&document).look(&schema, body).expect("schemas")
    }

    fn look(body: &Value) -> Vec<String> {
        sights(body)
            .into_iter()
            .filter_map(|sight| match sight {
                Sight::Seen { .. } => None,
                Sight::Broken { schema, name, at, detail } => Some(format!("{schema}.{} {at}: {detail}", name.unwrap_or_default())),
                Sight::Added { schema, name, at, detail } => Some(format!("{schema}+{name} {at}: {detail}")),
            })
            .collect()
    }

    #[test]
    fn a_body_as_the_document_has_it_confirms_what_it_has() {
        let body = json!({"things": [{"amount": "1.50", "state": "OPEN", "note": null}], "rates": {"eur": 1}});
        assert_eq!(look(&body), Vec::<String>::new());
        let seen: Vec<String> = sights(&body)
            .into_iter()
            .filter_map(|sight| if let Sight::Seen { schema, name } = sight { Some(format!("{schema}.{name}")) } else { None })
            .collect();
        // That `note` is null says nothing of its type.
        assert_eq!(seen, ["Things.rates", "Things.things", "Thing.amount", "Thing.state", "State.OPEN"]);
    }

    #[test]
    fn what_differs_is_reported_by_place_and_type_alone() {
        let body = json!({
            "things": [
                {"amount": 1.5, "state": "LOST", "nick": "Ada"},
                {"amount": "Ada", "state": "Ada Example", "LT121000011101001000": 1},
                {"note": 7, "state": "OPEN", "amount": "1"},
                {"state": "OPEN"},
            ],
            "rates": {"Ada": "1"},
        });
        let mut found = look(&body);
        found.sort();
        assert_eq!(
            found,
            [
                "State+(a value that is withheld) things[].state: a value outside of the list",
                "State+LOST things[].state: the value `LOST` is outside of the list",
                "Thing+(a name that is withheld) things[].(a name that is withheld): a number that the document does not have",
                "Thing+nick things[].nick: a string that the document does not have",
                "Thing.amount things[].amount: a number instead of a string",
                "Thing.amount things[].amount: not in the format decimal",
                "Thing.amount things[].amount: required, but missing",
                "Thing.note things[].note: a number instead of a null or string",
                "Things. rates.*: a string instead of a number",
            ]
        );
    }

    #[test]
    fn only_what_looks_like_a_programmers_word_is_shown() {
        for word in ["LOCKED_BY_USER", "P446", "external", "mfa2"] {
            assert!(is_enum_word(word), "{word}");
        }
        for word in ["Ada", "ada@example.com", "LT121000011101001000", "4000000000000002", "", "ADA EXAMPLE", "12ab"] {
            assert!(!is_enum_word(word), "{word}");
        }
        assert!(is_member_name("cardLastDigits") && is_member_name("line2"));
        assert!(!is_member_name("Ada") && !is_member_name("ada@example.com") && !is_member_name("k37060000000"));
        assert!(is_decimal("-0.50") && is_decimal("12") && !is_decimal("1.") && !is_decimal("1e5") && !is_decimal("--1"));
    }
}
