//! The rule about what is always there: P100's samples are partial, so a member of a response or event may be missing unless shown otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::walk::{entries, key_position};
use crate::document::{Operation, Retry};
use crate::{Document, Node, Problem, modules};

/// The extension of a member that names the pages whose samples show it.
const PRESENCE: &str = "x-presence";
/// Means the docs before July 2025, whose pages have no ids.
const LEGACY: &str = "legacy";

pub(super) fn presence(document: &Document) -> Vec<Problem> {
    let certain = certain(document);
    let (received, sent) = (received(document), sent(document));
    let mut problems = Vec::new();
    for schema in document.schemas() {
        let (name, node) = (schema.name, schema.node);
        let required: BTreeSet<&str> = node.strings("required").collect();
        for (member, position, property) in entries(node.get("properties")) {
            let Some(pages) = property.get(PRESENCE) else { continue };
            if let Some(message) = faults(member, pages, required.contains(member)) {
                problems.push(Problem::at(key_position(property, PRESENCE), message).on(name));
            } else if !received.contains_key(name) {
                let message = format!("`x-presence` is for responses and events; `{member}` is only ever sent, so leave it out");
                problems.push(Problem::at(position, message).on(name));
            }
        }
        let Some((user, place)) = received.get(name) else { continue };
        let of_request = if sent.contains(name) { "; what a request must have goes into a schema of its own" } else { "" };
        for member in node.get("required").into_iter().flat_map(Node::items) {
            let word = member.as_str().unwrap_or_default();
            // That it is a property at all is the business of another rule.
            let Some(property) = node.at(&["properties", word]) else { continue };
            if property.get(PRESENCE).is_none() && !certain.contains(&(name, word)) {
                let message = format!(
                    "`required` lists `{word}` of {name}, {place}: it is neither the id that a create returns nor the status of an outcome; \
                     take it out, or state the pages of two samples that show it as `x-presence: [..]` on the member{of_request}"
                );
                problems.push(Problem::at(member.position, message).on(*user));
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            let groups = node.get(keyword).into_iter().flat_map(Node::items).filter(|form| form.get("required").is_some());
            problems.extend(groups.take(1).map(|form| {
                let message = format!(
                    "`{keyword}` of {name}, {place}, says which members are there together; no sample shows that much, so describe it"
                );
                Problem::at(form.position, message).on(*user)
            }));
        }
    }
    problems
}

/// What is wrong with the pages of a member.
fn faults(member: &str, pages: &Node, is_required: bool) -> Option<String> {
    let ids: Vec<&str> = pages.items().filter_map(Node::as_str).collect();
    let is_page = |id: &&str| *id == LEGACY || id.len() > 1 && id.starts_with(|c: char| c.is_ascii_digit());
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    if ids.len() != pages.items().count() || !ids.iter().all(is_page) || distinct.len() < 2 || distinct.len() != ids.len() {
        return Some("`x-presence` lists at least two different pages by their ids, or `legacy` for the docs before July 2025".to_owned());
    }
    (!is_required).then(|| format!("`{member}` has `x-presence`, but `required` does not list it; add it there or leave the pages out"))
}

/// Schemas of what comes from P100, each with the first operation or event that brings it.
fn received(document: &Document) -> BTreeMap<String, (&str, &'static str)> {
    let responses = document.operations().iter().flat_map(|operation| {
        operation.successes().filter_map(|response| Some((operation.id.as_str(), "in a response", response.body.as_ref()?)))
    });
    let events = document.webhooks().iter().map(|event| (event.id.as_str(), "in an event", &event.body));
    let mut found = BTreeMap::new();
    for (user, place, body) in responses.chain(events) {
        for schema in body.node.get("schema").into_iter().flat_map(|schema| modules::reachable(document, schema)) {
            found.entry(schema).or_insert((user, place));
        }
    }
    found
}

fn sent(document: &Document) -> BTreeSet<String> {
    let bodies = document.operations().iter().filter_map(|operation| operation.body.as_ref()?.node.get("schema"));
    bodies.flat_map(|body| modules::reachable(document, body)).collect()
}

/// Members that are there by what they are for: schema and member.
fn certain(document: &Document) -> BTreeSet<(&str, &str)> {
    let mut found = BTreeSet::new();
    let body = |operation: &Operation| -> Option<&str> {
        let schema = operation.successes().find_map(|response| response.body.as_ref()?.node.get("schema").and_then(Document::reference))?;
        document.schemas().map(|known| known.name).find(|name| *name == schema)
    };
    let by_id: BTreeMap<&str, &Operation> = document.operations().iter().map(|operation| (operation.id.as_str(), operation)).collect();
    for operation in document.operations() {
        if let Some(schema) = body(operation).filter(|_| operation.retry == Retry::Never) {
            found.extend(created(document, operation, schema).map(|id| (schema, id)));
        }
        let Some(outcome) = &operation.outcome else { continue };
        let details = outcome.details.as_deref().and_then(|id| by_id.get(id)).and_then(|details| body(details));
        let event = outcome.event.as_deref().and_then(|id| document.webhooks().iter().find(|event| event.id == id));
        let event = event.and_then(|event| document.schemas().map(|known| known.name).find(|name| *name == event.payload));
        found.extend(details.into_iter().chain(event).map(|schema| (schema, outcome.status.as_str())));
    }
    found
}

/// The id that a create returns: the one its outcome names, or the only one in its body.
fn created<'a>(document: &'a Document, operation: &'a Operation, schema: &str) -> Option<&'a str> {
    if let Some(id) = operation.outcome.as_ref().and_then(|outcome| outcome.id.as_deref()) {
        return Some(id);
    }
    let properties = document.schema(schema)?.get("properties")?;
    let mut ids = properties.members().map(|(name, _)| name).filter(|name| *name == "id" || name.ends_with("Id"));
    let only = ids.next()?;
    ids.next().is_none().then_some(only)
}
