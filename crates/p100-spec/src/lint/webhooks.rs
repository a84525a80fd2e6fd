//! Rules about events: where they arrive, what they bring, and how their bodies are distinguished.

use super::operations::{is_camel_case, repeated};
use super::walk::key_position;
use crate::document::Webhook;
use crate::names::pascal;
use crate::node::Kind;
use crate::{Document, Evidence, Node, Position, Problem};

/// A key of `distinguishing` that is not allowed, and often wished for.
const ABSENT: &str = "absent";

pub(super) fn webhooks(document: &Document) -> Vec<Problem> {
    let events = document.webhooks();
    let mut problems = repeated(
        events,
        |event| event.path.as_str(),
        |first, second| {
            let message = format!("the path `{}` is already that of `{}`; each event has its own", second.path, first.id);
            Problem::at(route_position(second, "path"), message).on(&second.id)
        },
    );
    problems.extend(repeated(
        events,
        |event| pascal(&event.id),
        |first, second| {
            Problem::at(second.node.position, format!("`{}` and `{}` give the same Rust variant; rename one of them", first.id, second.id))
                .on(&second.id)
        },
    ));
    problems.extend(events.iter().flat_map(|event| faults(document, event)));
    problems
}

fn route_position(event: &Webhook, key: &str) -> Position {
    event.node.get("x-webhook").map_or(event.node.position, |route| key_position(route, key))
}

fn faults(document: &Document, event: &Webhook) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut complain = |position, message: String| problems.push(Problem::at(position, message).on(&event.id));
    if !is_camel_case(&event.id) {
        complain(event.node.position, "an event id is camelCase, such as `transferStatus`".to_owned());
    }
    if !event.path.starts_with('/') || event.path.contains(['{', '}', '?']) || event.path.split('/').any(|part| matches!(part, "." | ".."))
    {
        complain(route_position(event, "path"), format!("the path `{}` must be a plain one that starts with a slash", event.path));
    }
    if let Some(position) = operation_id(&event.node) {
        complain(position, "an event has no operationId: its key under x-webhooks names it".to_owned());
    }
    for status in ["200", "401"] {
        if event.node.at(&["responses", status]).is_none() {
            complain(
                key_position(&event.node, "responses"),
                format!("the response {status} is missing; P100 must learn what to expect from each response"),
            );
        }
    }
    let payload = document.schema(&event.payload).filter(|payload| payload.str("type") == Some("object"));
    let Some(properties) = payload.and_then(|payload| payload.get("properties")) else {
        complain(key_position(&event.node, "requestBody"), format!("the payload `{}` is no object with properties", event.payload));
        return problems;
    };
    let shape = event.node.at(&["x-webhook", "distinguishing"]).unwrap_or(&event.node);
    for (list, names) in [("members", event.members.iter()), ("dedupe", event.dedupe.iter())] {
        let position = if list == "dedupe" { route_position(event, list) } else { key_position(shape, list) };
        for name in names.filter(|name| properties.get(name).is_none()) {
            complain(position, format!("`{list}` names `{name}`, which is no property of {}", event.payload));
        }
    }
    for (name, values) in &event.values {
        let position = shape.get("values").map_or(shape.position, |values| key_position(values, name));
        let Some(property) = properties.get(name) else {
            complain(position, format!("`values` names `{name}`, which is no property of {}", event.payload));
            continue;
        };
        let target = Document::reference(property).and_then(|name| document.schema(name)).unwrap_or(property);
        let known = Document::enum_values(target);
        for value in values.iter().filter(|value| known.as_ref().is_some_and(|known| !known.contains(&value.as_str()))) {
            complain(position, format!("`values.{name}` lists `{value}`, which is no value of that property"));
        }
    }
    problems
}

/// Only what the docs at least suggest identifies an event, and nothing that another event may bring too: a payment's code that passes for
/// one that adds a card to a wallet costs the card holder money.
pub(super) fn recognition(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for event in document.webhooks() {
        let Some(shape) = event.node.at(&["x-webhook", "distinguishing"]) else { continue };
        let mut complain = |position, message: String| problems.push(Problem::at(position, message).on(&event.id));
        if shape.get(ABSENT).is_some() {
            let message = "no event is identified by what its body lacks, since any body may lack anything; leave `absent` out, and write {} if \
                           nothing else reports it";
            complain(key_position(shape, ABSENT), message.to_owned());
        }
        let payload = document.schema(&event.payload);
        let guess = "is only assumed, so it identifies no event; leave it out, and write {} if nothing else reports it";
        for name in event.members.iter().chain(event.values.keys()) {
            if payload.and_then(|payload| member_grade(payload, name)) == Some(Evidence::Assumed) {
                let position = if event.values.contains_key(name) { value_position(shape, name) } else { key_position(shape, "members") };
                complain(position, format!("`{name}` of {} {guess}", event.payload));
            }
        }
        for (name, values) in &event.values {
            let known = payload.and_then(|payload| enumeration(document, payload, name));
            let is_assumed = |value: &&String| known.and_then(|known| value_grade(known, value)) == Some(Evidence::Assumed);
            for value in values.iter().filter(is_assumed) {
                complain(value_position(shape, name), format!("the value `{value}` of `{name}` {guess}"));
            }
        }
        for other in document.webhooks().iter().filter(|other| other.id != event.id && may_be(document, event, other)) {
            let message = format!(
                "a body of `{}` may have all that identifies `{}`; name members or values that only this event has, or write {{}}",
                other.id, event.id
            );
            complain(route_position(event, "distinguishing"), message);
        }
    }
    problems
}

fn value_position(shape: &Node, name: &str) -> Position {
    shape.get("values").map_or(shape.position, |values| key_position(values, name))
}

fn member_grade(schema: &Node, name: &str) -> Option<Evidence> {
    schema.at(&["properties", name]).and_then(Evidence::of).or_else(|| Evidence::of(schema))
}

/// The enum that a member of an object is one of.
fn enumeration<'a>(document: &'a Document, schema: &'a Node, name: &str) -> Option<&'a Node> {
    let property = schema.at(&["properties", name])?;
    let target = Document::reference(property).and_then(|name| document.schema(name)).unwrap_or(property);
    Document::enum_values(target).map(|_| target)
}

fn value_grade(known: &Node, value: &str) -> Option<Evidence> {
    known.at(&["x-enum-evidence", value]).and_then(Node::as_str).and_then(|word| word.parse().ok()).or_else(|| Evidence::of(known))
}

/// Whether a body of `other` can have all that identifies `event`, going by its members and their known values.
fn may_be(document: &Document, event: &Webhook, other: &Webhook) -> bool {
    let Some(payload) = document.schema(&other.payload) else { return false };
    let has = |name: &str| payload.at(&["properties", name]).is_some();
    let may_say = |name: &str, values: &[String]| {
        let known = enumeration(document, payload, name).and_then(Document::enum_values).unwrap_or_default();
        values.iter().any(|value| known.contains(&value.as_str()))
    };
    !(event.members.is_empty() && event.values.is_empty())
        && event.members.iter().all(|name| has(name))
        && event.values.iter().all(|(name, values)| may_say(name, values))
}

/// The first `operationId` below an event.
fn operation_id(node: &Node) -> Option<Position> {
    match &node.kind {
        Kind::Scalar(_) => None,
        Kind::List(items) => items.iter().find_map(operation_id),
        Kind::Map(map) => {
            map.iter().find_map(|(key, (position, value))| if key == "operationId" { Some(*position) } else { operation_id(value) })
        }
    }
}
