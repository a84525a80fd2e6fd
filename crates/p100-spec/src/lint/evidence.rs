//! Rules about what readers see: grades of evidence and descriptions.

use std::collections::BTreeSet;

use super::walk::{Role, components, entries, key_position, owners, parameters, places};
use crate::evidence::{OBSERVED, observable};
use crate::node::Kind;
use crate::{Document, Evidence, Node, Position, Problem};

pub(super) fn grades(document: &Document) -> Vec<Problem> {
    let words = Evidence::ALL.map(Evidence::word).join(", ");
    let mut problems = Vec::new();
    for (name, position, _) in
        components(document, "schemas").filter(|(.., node)| node.get("x-evidence").is_none() && node.get("$ref").is_none())
    {
        problems.push(Problem::at(position, format!("the schema has no `x-evidence`; grade it {words}")).on(name));
    }
    let shared = ["schemas", "parameters", "responses", "securitySchemes"].into_iter().flat_map(|kind| components(document, kind));
    for (subject, node) in owners(document).chain(shared.map(|(name, _, node)| (name, node))) {
        let mut found = Vec::new();
        collect(node, &mut found);
        let strange = found.into_iter().filter(|(_, grade)| grade.as_str().is_none_or(|word| word.parse::<Evidence>().is_err()));
        for (position, grade) in strange {
            problems.push(Problem::at(position, format!("{} is no grade of evidence; use {words}", grade.to_json())).on(subject));
        }
    }
    problems
}

/// Every grade below `node`, those of enum values included.
fn collect<'a>(node: &'a Node, found: &mut Vec<(Position, &'a Node)>) {
    match &node.kind {
        Kind::Scalar(_) => {}
        Kind::List(items) => items.iter().for_each(|item| collect(item, found)),
        Kind::Map(map) => {
            for (key, (position, value)) in map {
                match key.as_str() {
                    "x-evidence" => found.push((*position, value)),
                    "x-enum-evidence" => found.extend(entries(Some(value)).map(|(_, position, grade)| (position, grade))),
                    _ => collect(value, found),
                }
            }
        }
    }
}

pub(super) fn observed(document: &Document) -> Vec<Problem> {
    let operations = document.operations().iter().map(|operation| (operation.id.as_str(), &operation.node, Some(operation)));
    let schemas = document.schemas().map(|schema| (schema.name, schema.node, None));
    let mut problems = Vec::new();
    for (subject, node, operation) in operations.chain(schemas) {
        let is_by_day = node.get(OBSERVED).is_none_or(|days| days.as_map().is_some() && days.members().all(|(_, found)| is_list(found)));
        if !is_by_day {
            let message = "`x-observed` is a list of names for each day, such as {'2026-02-14': [path]}";
            problems.push(Problem::at(key_position(node, OBSERVED), message).on(subject));
        }
        let names = observable(node, operation);
        let mut seen = BTreeSet::new();
        for (day, position, found) in entries(node.get(OBSERVED)) {
            if !is_day(day) {
                problems.push(Problem::at(position, format!("`{day}` is no day; write it like '2026-02-14'")).on(subject));
            }
            for item in found.items() {
                let name = item.as_str().unwrap_or_default();
                if !names.iter().any(|known| known == name) {
                    let message = format!("`{name}` was observed, but there is no such thing here any more; drop it or rename it");
                    problems.push(Problem::at(item.position, message).on(subject));
                } else if !seen.insert(name) {
                    problems.push(Problem::at(item.position, format!("`{name}` is listed a second time; one day is enough")).on(subject));
                }
            }
        }
    }
    problems
}

fn is_list(node: &Node) -> bool {
    matches!(node.kind, Kind::List(_))
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let numbers = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    numbers && parts.iter().map(|part| part.len()).eq([4, 2, 2])
}

fn is_reported(node: &Node, key: &str) -> bool {
    node.str(key).is_some_and(|text| !text.trim().is_empty())
}

/// A reference is described by its target; one that leads nowhere is the business of another rule.
fn is_described(document: &Document, schema: &Node) -> bool {
    let target = || Document::reference(schema).map(|name| document.schema(name));
    is_reported(schema, "description")
        || target().is_some_and(|target| target.is_none_or(|target| is_reported(target, "description") || target.get("$ref").is_some()))
}

pub(super) fn descriptions(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (subject, node) in owners(document) {
        for key in ["summary", "description"].into_iter().filter(|key| !is_reported(node, key)) {
            problems.push(Problem::at(key_position(node, key), format!("it has no `{key}`; say to a stranger what it does")).on(subject));
        }
    }
    for (subject, parameter) in parameters(document).into_iter().filter(|(_, parameter)| !is_reported(parameter, "description")) {
        let name = parameter.str("name").unwrap_or_default();
        problems.push(Problem::at(parameter.position, format!("the parameter `{name}` has no `description`; add one")).on(subject));
    }
    let silent = places(document)
        .into_iter()
        .filter(|place| [Role::Component, Role::Property].contains(&place.role) && !is_described(document, place.node));
    problems.extend(silent.map(|place| place.problem("has no `description`; say what it means, its unit and its wire form")));
    problems
}
