//! The rule about events: where they arrive, what they bring, and how their bodies are told apart.

use super::operations::{is_camel_case, repeated};
use super::walk::key_position;
use crate::document::Webhook;
use crate::names::pascal;
use crate::node::Kind;
use crate::{Document, Node, Position, Problem};

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
                format!("the response {status} is missing; P100 must learn what to expect from each answer"),
            );
        }
    }
    let payload = document.schema(&event.payload).filter(|payload| payload.str("type") == Some("object"));
    let Some(properties) = payload.and_then(|payload| payload.get("properties")) else {
        complain(key_position(&event.node, "requestBody"), format!("the payload `{}` is no object with properties", event.payload));
        return problems;
    };
    let shape = event.node.at(&["x-webhook", "distinguishing"]).unwrap_or(&event.node);
    let named = [("members", event.members.iter()), ("absent", event.absent.iter()), ("dedupe", event.dedupe.iter())];
    for (list, names) in named {
        let position = if list == "dedupe" { route_position(event, list) } else { key_position(shape, list) };
        // A member is told apart by being absent because it belongs to another event.
        let known = |name: &str| properties.get(name).is_some() || list == "absent" && is_anywhere(document, name);
        for name in names.filter(|name| !known(name)) {
            complain(position, format!("`{list}` names `{name}`, which is no property of {}", event.payload));
        }
    }
    for name in event.members.iter().filter(|name| event.absent.contains(name)) {
        complain(key_position(shape, "absent"), format!("`{name}` is both in `members` and in `absent`"));
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

/// Whether any event brings a member of this name.
fn is_anywhere(document: &Document, name: &str) -> bool {
    document
        .webhooks()
        .iter()
        .filter_map(|event| document.schema(&event.payload))
        .any(|payload| payload.at(&["properties", name]).is_some())
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
