//! Rules about error codes: the table says what each is, operations say which of them they give, and nothing contradicts it.

use super::operations::repeated;
use super::responses::{at_status, is_registered};
use super::walk::{components, entries, key_position, owners, responses};
use crate::document::{Operation, Response, status_code};
use crate::error_codes::{DENIALS, Row, TABLE, rows};
use crate::{Document, Node, Problem};

/// `P` and three digits.
fn is_code(name: &str) -> bool {
    name.strip_prefix('P').is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

pub(super) fn table(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, _, schema) in components(document, "schemas").filter(|(name, ..)| *name != "ErrorCode") {
        if schema.get(TABLE).is_some() {
            problems.push(Problem::at(key_position(schema, TABLE), "the table belongs to the schema ErrorCode; move it there").on(name));
        }
    }
    let Some(schema) = document.schema("ErrorCode") else { return problems };
    let values = schema.get("enum").or_else(|| schema.get("x-extensible-enum")).into_iter().flat_map(Node::items);
    let values: Vec<(&str, &Node)> = values.filter_map(|value| Some((value.as_str()?, value))).collect();
    let table: Vec<&Node> = schema.get(TABLE).into_iter().flat_map(Node::items).collect();
    let mut complain = |node: &Node, message: String| problems.push(Problem::at(node.position, message).on("ErrorCode"));
    for node in &table {
        let code = node.str("code").unwrap_or_default();
        let missing: Vec<&str> = ["code", "status", "class"].into_iter().filter(|key| node.get(key).is_none()).collect();
        if !missing.is_empty() {
            complain(node, format!("the row lacks {}; write {{code: P412, status: 400, class: not-found}}", missing.join(", ")));
        } else if !values.iter().any(|(value, _)| *value == code) {
            complain(node, format!("`{code}` is no value of the schema ErrorCode; add it there or fix it"));
        }
    }
    let is_mapped = schema.get("x-enum-descriptions").is_none_or(|texts| texts.as_map().is_some());
    for (value, node) in &values {
        if !is_code(value) {
            complain(node, format!("`{value}` is no error code; codes are P and three digits"));
        }
        if !table.iter().any(|row| row.str("code") == Some(value)) {
            complain(node, format!("`{value}` has no row in `{TABLE}`; say its status and class"));
        }
        if is_mapped && schema.at(&["x-enum-descriptions", value]).is_none() {
            complain(node, format!("`{value}` is not described; add its meaning to `x-enum-descriptions`"));
        }
    }
    let rows = rows(document.root());
    for row in &rows {
        let is_success = (200..300).contains(&row.status);
        if !is_registered(row.status) {
            complain(row.node, format!("`{}` comes with {}, which is no registered success or error", row.code, row.status));
        } else if is_success != (row.class == "success") {
            complain(row.node, format!("`{}` comes with {}, and its class is `{}`; fix either", row.code, row.status, row.class));
        }
        // The client takes the whole family for faults, also those that no page names.
        if row.code.starts_with("P5") != (row.class == "server-fault") {
            complain(
                row.node,
                format!("`{}` is of class `{}`; codes of the family P5xx are server faults, and no others", row.code, row.class),
            );
        }
    }
    let second = |what: &'static str| {
        move |first: &Row<'_>, row: &Row<'_>| {
            let message = format!("`{}` has the {what} of `{}`; one of them is wrong", row.code, first.code);
            Problem::at(row.node.position, message).on("ErrorCode")
        }
    };
    problems.extend(repeated(rows.clone(), |row| row.code.to_owned(), second("code")));
    let named = rows.into_iter().filter(|row| row.name.is_some());
    problems.extend(repeated(named, |row| row.name.map(str::to_owned), second("name")));
    problems
}

pub(super) fn of_operations(document: &Document) -> Vec<Problem> {
    let rows = rows(document.root());
    let mut problems: Vec<Problem> = document.operations().iter().flat_map(|operation| codes_of(operation, &rows)).collect();
    for (subject, response) in responses(document) {
        let bodies = entries(response.get("content")).flat_map(|(_, _, body)| entries(body.get("examples")));
        for (name, position, example) in
            bodies.filter_map(|(name, position, example)| Some((name, position, document.resolve(example).ok()?)))
        {
            let reported = |key: &str| example.at(&["value", key]).and_then(Node::as_str);
            let row = rows.iter().find(|row| Some(row.code) == reported("errorCode"));
            if let Some(row) = row.filter(|row| reported("errorName").is_some_and(|reported| row.name != Some(reported))) {
                let known = row.name.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"));
                let message =
                    format!("the example `{name}` gives `{}` another name than the table of ErrorCode, which has {known}", row.code);
                problems.push(Problem::at(position, message).on(subject));
            }
        }
        for (word, position, _) in entries(response.get(DENIALS)).filter(|(word, ..)| !response.to_json().contains(&format!(" {word}\""))) {
            problems.push(Problem::at(position, format!("no example of the response ends with `{word}`; add one")).on(subject));
        }
    }
    for (subject, node) in owners(document) {
        let text = node.str("description").unwrap_or_default();
        for word in text.split('`').filter(|word| is_code(word)).filter(|word| !rows.iter().any(|row| row.code == *word)) {
            let message = format!("the description names `{word}`, which is no value of the schema ErrorCode; add it there or fix it");
            problems.push(Problem::at(key_position(node, "description"), message).on(subject));
        }
    }
    problems
}

fn codes_of(operation: &Operation, rows: &[Row<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let list = operation.node.get("x-error-codes");
    let mut complain = |node: &Node, message: String| problems.push(Problem::at(node.position, message).on(&operation.id));
    for (index, (entry, node)) in operation.error_codes.iter().zip(list.into_iter().flat_map(Node::items)).enumerate() {
        let (code, status) = (&entry.code, entry.status);
        if !is_code(code) {
            complain(node, format!("`{code}` is no error code; codes are P and three digits"));
        } else if !rows.iter().any(|row| row.code == code) {
            complain(node, format!("`{code}` has no row in `{TABLE}` of the schema ErrorCode; add it there or fix it"));
        }
        if operation.error_codes[..index].iter().any(|earlier| earlier.code == *code && earlier.status == status) {
            complain(node, format!("`{code}` is listed twice with {status}"));
        }
        let stated = node.get("status").and_then(status_code);
        if stated.is_some_and(|stated| rows.iter().any(|row| row.code == code && row.status == stated)) {
            complain(node, format!("the table of ErrorCode says that `{code}` comes with {status}; leave the status out"));
        }
        if !operation.responses.iter().any(|response| response.status == status) {
            complain(node, format!("`{code}` comes with {status}, but no response of that status is listed; add it"));
        }
    }
    let own = |response: &&Response| operation.node.at(&["responses", &response.status.to_string(), "$ref"]).is_none();
    for response in operation.failures().filter(own) {
        let examples = response.body.iter().flat_map(|body| body.node.get("examples").into_iter().flat_map(Node::members));
        let coded = examples.filter_map(|(name, example)| Some((name, example.at(&["value", "errorCode"])?.as_str()?)));
        // Another rule refuses the name of another code.
        let codes = coded.filter(|(name, code)| !is_code(name) || name == code).map(|(_, code)| code);
        for code in codes.filter(|code| !operation.error_codes.iter().any(|entry| entry.code == *code && entry.status == response.status)) {
            let message = format!(
                "the response {} has an example of `{code}`, but `x-error-codes` does not list it with that status",
                response.status
            );
            problems.push(at_status(operation, response, message));
        }
    }
    problems
}
