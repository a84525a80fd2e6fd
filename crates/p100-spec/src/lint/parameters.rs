//! The rule about parameters: the kinds that become arguments, under names that stay apart in Rust.

use super::operations::repeated;
use super::walk::{entries, key_position};
use crate::document::{Operation, ParameterNode};
use crate::names::snake;
use crate::{Document, Problem};

/// Names the generated functions and mocks use themselves.
const TAKEN: [&str; 5] = ["body", "form", "into_inner", "part", "self"];

/// Keywords of a parameter that the client would ignore or fail on.
const UNREAD: [&str; 5] = ["style", "explode", "allowReserved", "allowEmptyValue", "content"];

pub(super) fn parameters(document: &Document) -> Vec<Problem> {
    document.operations().iter().flat_map(|operation| of_operation(document, operation)).collect()
}

fn of_operation(document: &Document, operation: &Operation) -> Vec<Problem> {
    let complain = |parameter: &ParameterNode, message: String| Problem::at(parameter.node.position, message).on(&operation.id);
    let mut problems = repeated(
        &operation.parameters,
        |parameter| snake(&parameter.name),
        |first, second| {
            let message = format!("the parameters `{}` and `{}` give the same Rust argument; rename or drop one", first.name, second.name);
            complain(second, message)
        },
    );
    for parameter in &operation.parameters {
        problems.extend(faults(document, operation, parameter).into_iter().map(|message| complain(parameter, message)));
    }
    for name in placeholders(&operation.path) {
        if !operation.parameters_in("path").any(|parameter| parameter.name == name) {
            let message = format!("the path has `{{{name}}}`, but no path parameter of that name is listed; add it");
            problems.push(Problem::at(key_position(&operation.node, "parameters"), message).on(&operation.id));
        }
    }
    let twice = |name: &&str| {
        Problem::at(operation.node.position, format!("the path has `{{{name}}}` twice; give each its own name")).on(&operation.id)
    };
    problems.extend(repeated(placeholders(&operation.path), |name| (*name).to_owned(), |_, name| twice(name)));
    problems
}

fn placeholders(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn faults(document: &Document, operation: &Operation, parameter: &ParameterNode) -> Vec<String> {
    let name = &parameter.name;
    let mut faults = Vec::new();
    match parameter.location.as_str() {
        "path" if !parameter.required => faults.push(format!("the path parameter `{name}` must say `required: true`")),
        "path" if !placeholders(&operation.path).contains(&name.as_str()) => {
            faults.push(format!("the path parameter `{name}` is not in the path `{}`; fix one of them", operation.path));
        }
        "path" | "query" => {}
        other => faults.push(format!("`{name}` is a {other} parameter; only path and query parameters are generated")),
    }
    if TAKEN.contains(&snake(name).as_str()) || !snake(name).starts_with(|c: char| c.is_ascii_lowercase()) {
        faults.push(format!("`{name}` gives a Rust argument that is taken or starts with no letter; it cannot be generated"));
    }
    for (key, ..) in entries(Some(&parameter.node)).filter(|(key, ..)| UNREAD.contains(key)) {
        faults.push(format!("`{key}` of the parameter `{name}` is not read; state a plain `schema` and the default style"));
    }
    let Some(schema) = parameter.node.get("schema") else { return faults };
    let target = Document::reference(schema).map_or(Some(schema), |name| document.schema(name));
    let is_scalar = target.is_some_and(|schema| matches!(schema.str("type"), Some("string" | "integer" | "boolean")));
    if !is_scalar {
        faults.push(format!(
            "the parameter `{name}` is not a string, integer, boolean or reference to an enum; others have no agreed wire form"
        ));
    }
    if schema.flag("nullable") {
        faults.push(format!("the parameter `{name}` is nullable, which would make it optional; say `required: false` instead"));
    }
    faults
}
