//! Rules about `$ref`: where it may lead, what is allowed beside it, and what nothing refers to.

use std::collections::BTreeSet;

use super::walk::{components, entries, key_position, owners};
use crate::node::Kind;
use crate::{Document, Node, Position, Problem};

/// The kinds of components that are there to be referred to.
const KINDS: [&str; 6] = ["schemas", "parameters", "responses", "examples", "requestBodies", "headers"];

/// A `$ref` and where it is.
struct Reference<'a> {
    subject: &'a str,
    position: Position,
    address: &'a str,
    /// Keys on the way from the subject; `[]` for the item of a sequence.
    trail: Vec<&'a str>,
    siblings: usize,
}

fn collect<'a>(subject: &'a str, node: &'a Node, trail: &mut Vec<&'a str>, found: &mut Vec<Reference<'a>>) {
    match &node.kind {
        Kind::Scalar(_) => {}
        Kind::List(items) => {
            trail.push("[]");
            items.iter().for_each(|item| collect(subject, item, trail, found));
            trail.pop();
        }
        Kind::Map(map) => {
            if let Some(address) = node.str("$ref") {
                let position = key_position(node, "$ref");
                found.push(Reference { subject, position, address, trail: trail.clone(), siblings: map.len() - 1 });
            }
            for (key, (_, value)) in map {
                trail.push(key);
                collect(subject, value, trail, found);
                trail.pop();
            }
        }
    }
}

fn references(document: &Document) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    for (path, _, item) in entries(document.root().get("paths")).filter(|(_, _, item)| item.get("$ref").is_some()) {
        collect(path, item, &mut vec!["paths"], &mut found);
    }
    for (subject, node) in owners(document) {
        collect(subject, node, &mut Vec::new(), &mut found);
    }
    for kind in KINDS {
        for (name, _, node) in components(document, kind) {
            collect(name, node, &mut vec!["components", kind, name], &mut found);
        }
    }
    found
}

/// The kind of component that can be where the reference is; `None` where none can.
fn expected(trail: &[&str]) -> Option<&'static str> {
    match trail {
        ["paths"] | ["requestBody"] | ["components", _, _] => None,
        ["parameters", "[]"] => Some("parameters"),
        [.., "responses", status] if status.bytes().all(|digit| digit.is_ascii_digit()) => Some("responses"),
        [.., media, "examples", _] if media.contains('/') => Some("examples"),
        [.., "headers", _] => Some("headers"),
        _ => Some("schemas"),
    }
}

pub(super) fn dangling(document: &Document) -> Vec<Problem> {
    let fault = |reference: &Reference<'_>| {
        let Reference { address, trail, .. } = reference;
        let Some(kind) = expected(trail) else {
            return Some(format!("`$ref: {address}` cannot be here, the generator does not follow it; write its target out"));
        };
        let name = address.strip_prefix("#/components/").and_then(|rest| rest.strip_prefix(kind)).and_then(|rest| rest.strip_prefix('/'));
        match name {
            None => Some(format!("`$ref: {address}` must lead into #/components/{kind}/ of this document")),
            Some(name) if components(document, kind).any(|(known, ..)| known == name) => None,
            Some(_) => Some(format!("`$ref: {address}` leads nowhere; add the component or fix the spelling")),
        }
    };
    let complain = |reference: &Reference<'_>| Some(Problem::at(reference.position, fault(reference)?).on(reference.subject));
    references(document).iter().filter_map(complain).collect()
}

pub(super) fn siblings(document: &Document) -> Vec<Problem> {
    let message = "something is beside this `$ref` and would be ignored; wrap the reference as `allOf: [$ref]`";
    let crowded = references(document).into_iter().filter(|reference| reference.siblings > 0);
    crowded.map(|reference| Problem::at(reference.position, message).on(reference.subject)).collect()
}

/// The addresses of all components that `roots` refer to, directly or through others.
pub(super) fn reached<'a>(document: &'a Document, roots: impl IntoIterator<Item = &'a Node>) -> BTreeSet<&'a str> {
    let mut open: Vec<&Node> = roots.into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(node) = open.pop() {
        let mut found = Vec::new();
        collect("", node, &mut Vec::new(), &mut found);
        for Reference { address, .. } in found {
            if seen.insert(address) {
                let steps: Vec<&str> = address.trim_start_matches("#/").split('/').collect();
                open.extend(document.root().at(&steps));
            }
        }
    }
    seen
}

pub(super) fn unused(document: &Document) -> Vec<Problem> {
    let roots = ["paths", "x-webhooks"].into_iter().filter_map(|key| document.root().get(key));
    let reached = reached(document, roots);
    let mut problems = Vec::new();
    for kind in KINDS {
        for (name, position, _) in components(document, kind) {
            if !reached.contains(format!("#/components/{kind}/{name}").as_str()) {
                problems
                    .push(Problem::at(position, format!("nothing refers to components.{kind}.{name}; refer to it or delete it")).on(name));
            }
        }
    }
    problems
}
