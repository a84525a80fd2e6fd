//! Which operations are called, and with what in their path and query.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Document, Method, Node, Operation, ParameterNode, Retry};
use serde_json::Value;

/// The user of a path: named by the caller, never taken from a response, which may be about somebody else.
const USER: &str = "externalUserId";

/// The card of a path.
const CARD: &str = "cardId";

/// Member of a response that makes what was created go away by itself.
const EXPIRY: &str = "validUntil";

/// An operation that is never called, or not by these options.
pub(super) struct Excluded {
    pub(super) reason: &'static str,
    /// What would have it called.
    pub(super) flag: Option<&'static str>,
}

/// Why an operation is not called, whatever is known of its parameters.
pub(super) fn excluded(document: &Document, operation: &Operation, write: bool) -> Option<Excluded> {
    let never = |reason| Some(Excluded { reason, flag: None });
    if operation.method != Method::Get {
        return never("it changes something");
    }
    if !operation.authenticated || operation.returns_raw() {
        return never("it is a page for a browser, not for a server with a key");
    }
    match operation.retry {
        Retry::Safe => None,
        Retry::Never if !expires(document, operation) => never("although a GET, it creates or uses up something"),
        Retry::Never if write => None,
        Retry::Never => Some(Excluded { reason: "although a GET, it creates something, which expires", flag: Some("--write --user ID") }),
    }
}

/// Whether what the operation creates goes away by itself, as its response shows.
pub(super) fn expires(document: &Document, operation: &Operation) -> bool {
    let body = operation.successes().find_map(|response| response.body.as_ref());
    let schema = body.and_then(|body| body.schema()).and_then(|name| document.schema(name));
    schema.is_some_and(|schema| schema.at(&["properties", EXPIRY]).is_some())
}

/// Where a call goes, its values filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The segments of its path, not encoded.
    pub segments: Vec<String>,
    /// The pairs of its query, not encoded.
    pub query: Vec<(String, String)>,
    /// By name of the parameter.
    values: BTreeMap<String, String>,
}

/// What is known of parameters.
#[derive(Debug)]
pub struct Values {
    /// By operation, or for all of them, and name.
    given: BTreeMap<(Option<String>, String), String>,
    /// By operation and name, from the links of responses.
    linked: BTreeMap<(String, String), String>,
    /// By name, from members of responses.
    learnt: BTreeMap<String, String>,
    /// Names worth learning.
    wanted: BTreeSet<String>,
    /// The year and the month of the run.
    month: (i32, u32),
}

impl Values {
    /// What the caller gave: a user, a card, and `[OPERATION.]NAME=VALUE`; and the year and month of the run.
    ///
    /// # Errors
    /// What is wrong with a value, in words and without the value.
    pub fn new(
        document: &Document,
        user: Option<&str>,
        card: Option<&str>,
        parameters: &[String],
        month: (i32, u32),
    ) -> Result<Self, String> {
        let known = |operation: Option<&str>, name: &str| {
            let operations = document.operations().iter().filter(|known| operation.is_none_or(|id| known.id == id));
            operations.flat_map(|operation| &operation.parameters).any(|parameter| parameter.name == name)
        };
        let mut given = BTreeMap::new();
        given.extend(user.map(|user| ((None, USER.to_owned()), user.to_owned())));
        given.extend(card.map(|card| ((None, CARD.to_owned()), card.to_owned())));
        for text in parameters {
            // What is wrong with it is reported without the value.
            let (key, value) = text.split_once('=').ok_or("--parameter is [OPERATION.]NAME=VALUE")?;
            let (operation, name) = key.split_once('.').map_or((None, key), |(operation, name)| (Some(operation), name));
            if !known(operation, name) {
                return Err(format!("--parameter: no operation of the document has the parameter `{key}`"));
            }
            given.insert((operation.map(str::to_owned), name.to_owned()), value.to_owned());
        }
        if !given.values().all(|value| is_usable(value)) {
            return Err("a value for a parameter is empty, `.` or `..`, which no path can carry".to_owned());
        }
        let parameters = document.operations().iter().flat_map(|operation| &operation.parameters);
        let wanted = parameters.map(|parameter| parameter.name.clone()).filter(|name| name != USER).collect();
        Ok(Self { given, linked: BTreeMap::new(), learnt: BTreeMap::new(), wanted, month })
    }

    /// Where to call an operation, or which of its parameters is not known.
    pub(super) fn target<'a>(&self, document: &Document, operation: &'a Operation) -> Result<Target, &'a ParameterNode> {
        let mut target = Target { segments: Vec::new(), query: Vec::new(), values: BTreeMap::new() };
        for parameter in &operation.parameters {
            let value = if parameter.required {
                Some(self.value(document, operation, parameter).ok_or(parameter)?)
            } else {
                self.given(operation, &parameter.name).cloned()
            };
            let Some(value) = value else { continue };
            if parameter.location == "query" {
                target.query.push((parameter.name.clone(), value.clone()));
            }
            target.values.insert(parameter.name.clone(), value);
        }
        for segment in operation.path.trim_start_matches('/').split('/') {
            let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            target.segments.push(name.and_then(|name| target.values.get(name)).map_or_else(|| segment.to_owned(), Clone::clone));
        }
        Ok(target)
    }

    fn given(&self, operation: &Operation, name: &str) -> Option<&String> {
        let own = self.given.get(&(Some(operation.id.clone()), name.to_owned()));
        own.or_else(|| self.given.get(&(None, name.to_owned())))
    }

    fn value(&self, document: &Document, operation: &Operation, parameter: &ParameterNode) -> Option<String> {
        let name = &parameter.name;
        let schema = parameter.node.get("schema");
        let enumerated = || {
            let schema = schema.and_then(Document::reference).and_then(|name| document.schema(name)).or(schema)?;
            Document::enum_values(schema)?.first().map(|word| (*word).to_owned())
        };
        let is_integer = schema.and_then(|schema| schema.str("type")) == Some("integer");
        let dated = || match name.as_str() {
            "month" if is_integer => Some(self.month.1.to_string()),
            "year" if is_integer => Some(self.month.0.to_string()),
            _ => None,
        };
        let known = self.given(operation, name).or_else(|| self.linked.get(&(operation.id.clone(), name.clone())));
        known.cloned().or_else(enumerated).or_else(dated).or_else(|| self.learnt.get(name).cloned())
    }

    /// The option that gives a value to a parameter.
    pub(super) fn flag(document: &Document, operation: &Operation, parameter: &str) -> String {
        let others = document.operations().iter().filter(|other| other.method == Method::Get);
        let users = others.filter(|other| other.parameters.iter().any(|own| own.name == parameter)).count();
        match parameter {
            USER => "--user ID".to_owned(),
            CARD => "--card ID".to_owned(),
            _ if users > 1 => format!("--parameter {}.{parameter}=VALUE", operation.id),
            _ => format!("--parameter {parameter}=VALUE"),
        }
    }

    /// Keeps what later calls need: what links point at, and members that are called like a parameter. The first value stays.
    pub(super) fn learn(&mut self, target: &Target, response: &Node, body: &Value) {
        for (_, link) in response.get("links").into_iter().flat_map(Node::members) {
            let Some(operation) = link.str("operationId") else { continue };
            for (name, expression) in link.get("parameters").into_iter().flat_map(Node::members) {
                let value = expression.as_str().and_then(|expression| evaluate(expression, target, body)).filter(|value| is_usable(value));
                if let Some(value) = value {
                    self.linked.entry((operation.to_owned(), name.to_owned())).or_insert(value);
                }
            }
        }
        self.learn_members(body);
    }

    fn learn_members(&mut self, body: &Value) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    if let Some(value) = scalar(value).filter(|value| self.wanted.contains(name) && is_usable(value)) {
                        self.learnt.entry(name.clone()).or_insert(value);
                    }
                    self.learn_members(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_members(item)),
            _ => {}
        }
    }
}

/// A runtime expression of OpenAPI, as far as a GET has what it names.
fn evaluate(expression: &str, target: &Target, body: &Value) -> Option<String> {
    if let Some(pointer) = expression.strip_prefix("$response.body#") {
        return scalar(body.pointer(pointer)?);
    }
    let name = expression.strip_prefix("$request.path.").or_else(|| expression.strip_prefix("$request.query."))?;
    target.values.get(name).cloned()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_usable(value: &str) -> bool {
    !matches!(value, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use crate::{Document, Operation};
    use serde_json::json;

    use super::{Target, Values, excluded};

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: 1.0.0}
security: [{partnerKey: []}]
paths:
  /things:
    get:
      operationId: listThings
      x-evidence: assumed
      responses:
        '200':
          description: D.
          content: {application/json: {schema: {$ref: '#/components/schemas/Things'}}}
          links:
            first: {operationId: getThing, parameters: {thingId: $response.body#/things/1/id}}
            same: {operationId: getPart, parameters: {month: $request.query.month}}
      parameters:
        - {name: month, in: query, required: false, schema: {type: integer}}
  /things/{thingId}:
    get:
      operationId: getThing
      x-evidence: assumed
      parameters: [{name: thingId, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: D., content: {application/json: {schema: {$ref: '#/components/schemas/Things'}}}}}
  /users/{externalUserId}/parts/{partId}:
    get:
      operationId: getPart
      x-evidence: assumed
      parameters:
        - {name: externalUserId, in: path, required: true, schema: {type: string}}
        - {name: partId, in: path, required: true, schema: {type: string}}
        - {name: month, in: query, required: true, schema: {type: integer}}
        - {name: kind, in: query, required: true, schema: {$ref: '#/components/schemas/Kind'}}
      responses: {'200': {description: D., content: {application/json: {schema: {$ref: '#/components/schemas/Things'}}}}}
  /lock:
    get:
      operationId: lockThing
      x-evidence: assumed
      x-retry: never
      responses: {'200': {description: D., content: {application/json: {schema: {$ref: '#/components/schemas/Lock'}}}}}
  /ticket:
    get:
      operationId: takeTicket
      x-evidence: assumed
      x-retry: never
      responses: {'200': {description: D., content: {application/json: {schema: {$ref: '#/components/schemas/Things'}}}}}
  /page:
    get:
      operationId: openPage
      x-evidence: assumed
      responses: {'200': {description: D., content: {text/html: {schema: {type: string}}}}}
  /open:
    get:
      operationId: readOpenly
      x-evidence: assumed
      security: []
      responses: {'200': {description: D., content: {application/json: {schema: {$ref: '#/components/schemas/Things'}}}}}
  /made:
    post:
      operationId: makeThing
      x-evidence: assumed
      x-retry: safe
      responses: {'200': {description: D., content: {application/json: {schema: {$ref: '#/components/schemas/Things'}}}}}
components:
  schemas:
    Things: {type: object, properties: {things: {type: array, items: {type: object}}}}
    Kind: {type: string, enum: [small, large]}
    Lock: {type: object, properties: {validUntil: {type: string}}}
";

    fn document() -> Document {
        Document::load(DOCUMENT).expect("a document")
    }

    fn operation<'a>(document: &'a Document, id: &str) -> &'a Operation {
        document.operations().iter().find(|operation| operation.id == id).expect("there")
    }

    fn target(values: &Values, document: &Document, id: &str) -> Result<Target, String> {
        values.target(document, operation(document, id)).map_err(|parameter| parameter.name.clone())
    }

    #[test]
    fn only_what_reads_is_called_and_only_what_expires_is_created() {
        let document = document();
        let called = |write| {
            let operations = document.operations().iter().filter(|operation| excluded(&document, operation, write).is_none());
            operations.map(|operation| operation.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(called(false), ["listThings", "getThing", "getPart"]);
        assert_eq!(called(true), ["listThings", "getThing", "getPart", "lockThing"]);
        let flags = document.operations().iter().filter_map(|operation| excluded(&document, operation, false)?.flag);
        assert_eq!(flags.collect::<Vec<_>>(), ["--write --user ID"]);
    }

    #[test]
    fn parameters_come_from_the_caller_from_links_and_from_members_but_no_user_does() {
        let document = document();
        let mut values = Values::new(&document, None, None, &["listThings.month=7".to_owned()], (2026, 2)).expect("values");
        assert_eq!(target(&values, &document, "getThing"), Err("thingId".to_owned()));
        let listed = target(&values, &document, "listThings").expect("known");
        assert_eq!(listed.query, [("month".to_owned(), "7".to_owned())]);
        let body = json!({"things": [{"id": "a", "partId": ".."}, {"id": "b c", "partId": 5, "externalUserId": "x"}, {"partId": 6}]});
        values.learn(&listed, &operation(&document, "listThings").responses[0].node, &body);
        assert_eq!(target(&values, &document, "getThing").expect("linked").segments, ["things", "b c"]);
        assert_eq!(target(&values, &document, "getPart"), Err("externalUserId".to_owned()));
        let flag = |id: &str, name: &str| Values::flag(&document, operation(&document, id), name);
        assert_eq!(flag("getPart", "externalUserId"), "--user ID");
        assert_eq!(
            (flag("getPart", "partId"), flag("getPart", "month")),
            ("--parameter partId=VALUE".into(), "--parameter getPart.month=VALUE".into())
        );

        let mut values = Values::new(&document, Some("u"), None, &["listThings.month=7".to_owned()], (2026, 2)).expect("values");
        values.learn(&listed, &operation(&document, "listThings").responses[0].node, &body);
        let part = target(&values, &document, "getPart").expect("all known");
        assert_eq!(part.segments, ["users", "u", "parts", "5"]);
        let query = part.query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        assert_eq!(query, ["month=7", "kind=small"]);
    }
}
