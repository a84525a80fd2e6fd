//! Rules about bodies and responses, among them the ones that keep progenitor from panicking.

use super::walk::{Content, JSON, MULTIPART, contents, entries, key_position, owners};
use crate::document::{ERROR_SCHEMA, Operation, Response};
use crate::{Document, Node, Problem};

/// The statuses that have a name to call a mock's function by, apart from informational ones and redirects.
pub(super) fn is_registered(status: u16) -> bool {
    matches!(status, 200..=208 | 226 | 400..=418 | 421..=426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511)
}

/// A problem at the status of a response in the list of its operation.
pub(super) fn at_status(operation: &Operation, response: &Response, message: String) -> Problem {
    let list = operation.node.get("responses").unwrap_or(&operation.node);
    Problem::at(key_position(list, &response.status.to_string()), message).on(&operation.id)
}

pub(super) fn status_codes(document: &Document) -> Vec<Problem> {
    let unnamed = |operation: &Operation| -> Vec<Problem> {
        let complain = |response: &Response| {
            let message =
                format!("the status {} is no registered success or error; the client would not know it; leave it out", response.status);
            at_status(operation, response, message)
        };
        operation.responses.iter().filter(|response| !is_registered(response.status)).map(complain).collect()
    };
    document.operations().iter().flat_map(unnamed).collect()
}

/// What decides the Rust type of a response.
fn body(response: &Response) -> Option<(&str, String)> {
    response.body.as_ref().map(|body| (body.content_type.as_str(), body.node.get("schema").map(Node::to_json).unwrap_or_default()))
}

pub(super) fn one_success_schema(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for operation in document.operations() {
        let mut successes = operation.successes();
        let Some(first) = successes.next() else {
            let message = "it lists no success response; add the 2xx status that it returns";
            problems.push(Problem::at(key_position(&operation.node, "responses"), message).on(&operation.id));
            continue;
        };
        // progenitor panics on a second status without a body, too: one method has one return type.
        for other in successes.filter(|other| body(other) != body(first)) {
            let message = format!(
                "the bodies of {} and {} differ, and a method has one return type; let both refer to one schema, its members optional where only one response has them",
                first.status, other.status
            );
            problems.push(at_status(operation, other, message));
        }
    }
    problems
}

pub(super) fn one_error_schema(document: &Document) -> Vec<Problem> {
    let pointer = format!("#/components/schemas/{ERROR_SCHEMA}");
    let mut problems = Vec::new();
    for operation in document.operations() {
        for response in operation.failures() {
            let found = match &response.body {
                None => "no body".to_owned(),
                Some(body) if body.content_type != JSON => format!("a body of type {}", body.content_type),
                Some(body) if body.node.at(&["schema", "$ref"]).and_then(Node::as_str) == Some(&pointer) => continue,
                Some(_) => "another schema".to_owned(),
            };
            let message =
                format!("the error response {} has {found}; every one has {JSON} with a `$ref` to {ERROR_SCHEMA}", response.status);
            problems.push(at_status(operation, response, message));
        }
    }
    problems
}

pub(super) fn media_types(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (subject, node) in owners(document) {
        let Some(body) = node.get("requestBody") else { continue };
        if body.get("$ref").is_none() && !body.flag("required") {
            let message = "the request body is optional, but the client always sends one; say `required: true`";
            problems.push(Problem::at(key_position(node, "requestBody"), message).on(subject));
        }
    }
    problems.extend(contents(document).iter().flat_map(|content| faults(document, content)));
    problems
}

fn faults(document: &Document, content: &Content<'_>) -> Vec<Problem> {
    let complain = |position, message: String| Problem::at(position, message).on(content.subject);
    let mut problems = Vec::new();
    let allowed = if content.is_request { [JSON, MULTIPART] } else { [JSON, "text/html"] };
    if content.node.members().count() != 1 {
        problems.push(complain(content.node.position, "a body has exactly one content type; keep the one that the API uses".to_owned()));
    }
    for (content_type, position, media) in entries(Some(content.node)) {
        let side = if content.is_request { "a request" } else { "a response" };
        if !allowed.contains(&content_type) {
            problems.push(complain(position, format!("{content_type} is not generated for {side}; use {}", allowed.join(" or "))));
        }
        let Some(schema) = media.get("schema") else {
            problems.push(complain(position, format!("the {content_type} body has no schema; add one")));
            continue;
        };
        if content_type == MULTIPART {
            let form = Document::reference(schema).and_then(|name| document.schema(name)).unwrap_or(schema);
            problems.extend(mixed_parts(form).into_iter().map(|message| complain(position, message)));
        } else if media.get("encoding").is_some() {
            problems.push(complain(key_position(media, "encoding"), format!("`encoding` has no meaning for {content_type}; leave it out")));
        }
    }
    problems
}

/// The parts of an upload form that are not files.
fn mixed_parts(form: &Node) -> Vec<String> {
    let is_file = |schema: &Node| schema.str("type") == Some("string") && schema.str("format") == Some("binary");
    let is_part = |part: &Node| is_file(part) || part.str("type") == Some("array") && part.get("items").is_some_and(is_file);
    let parts: Vec<_> = form.get("properties").into_iter().flat_map(Node::members).collect();
    if form.str("type") != Some("object") || parts.is_empty() {
        return vec!["the form of an upload is an object whose properties are its parts".to_owned()];
    }
    let others = parts.into_iter().filter(|(_, part)| !is_part(part));
    others.map(|(name, _)| format!("the part `{name}` is no file; parts are `format: binary` strings or arrays of them")).collect()
}
