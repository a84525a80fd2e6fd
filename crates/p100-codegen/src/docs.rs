//! Rustdoc made from the document's own words.

use syn::{Attribute, parse_quote};

use crate::Line;
use crate::emit::parameters::arguments;
use crate::links::Links;
use crate::markdown::{self, code, link, rendered};
use crate::{Document, Evidence, MediaNode, Node, Operation, Retry, Webhook, error_codes, names};

/// `text` as doc comments, one a line, wrapped for readers of the file.
pub(crate) fn attributes(text: &str) -> Vec<Attribute> {
    lines(text).into_iter().map(|line| parse_quote!(#[doc = #line])).collect()
}

/// The same for the file that they are in.
pub(crate) fn of_file(text: &str) -> Vec<Attribute> {
    lines(text).into_iter().map(|line| parse_quote!(#![doc = #line])).collect()
}

/// Wrapped where that changes nothing for readers of Markdown; each character can be seen.
fn lines(text: &str) -> Vec<String> {
    let wrapped: Vec<String> = text.trim().lines().flat_map(wrap).collect();
    let is_same = markdown::structure(&wrapped.join("\n")) == markdown::structure(text);
    let lines = if is_same { wrapped } else { text.trim().lines().map(str::to_owned).collect() };
    lines.into_iter().map(|line| if line.is_empty() { line } else { format!(" {}", Line(&line)) }).collect()
}

fn wrap(line: &str) -> Vec<String> {
    const WIDTH: usize = 110;
    let indent = if line.starts_with("- ") { "  " } else { "" };
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        // A word that Markdown would read as a list item or heading does not start a line.
        let starts_block =
            matches!(word, "-" | "+" | "*" | "#") || word.ends_with(['.', ')']) && word[..word.len() - 1].parse::<u32>().is_ok();
        if lines[last].trim().is_empty() {
            lines[last].push_str(word);
        } else if lines[last].chars().count() + 1 + word.chars().count() > WIDTH && !starts_block {
            lines.push(format!("{indent}{word}"));
        } else {
            lines[last].push(' ');
            lines[last].push_str(word);
        }
    }
    lines
}

/// What is said about a schema or property, with its grade where that is news.
pub(crate) fn schema(node: &Node, inherited: Option<Evidence>, links: &Links<'_>) -> String {
    let mut text = links.apply(&rendered(node.str("description").unwrap_or_default()));
    if let Some(grade) = Evidence::of(node).filter(|grade| Some(*grade) != inherited) {
        push_grade(&mut text, grade);
    }
    text
}

/// Ends the paragraph with a grade, or what is more than one with a paragraph of it.
pub(crate) fn push_grade(text: &mut String, grade: Evidence) {
    text.push_str(if markdown::is_paragraph(text) { " " } else { "\n\n" });
    text.push_str(&format!("Evidence: {grade}."));
}

/// The page of the method that calls `operation`. What holds for many operations is said once, on the client.
pub(crate) fn operation(document: &Document, operation: &Operation) -> String {
    let node = &operation.node;
    let bodies = operation.body.iter().chain(operation.successes().filter_map(|response| response.body.as_ref()));
    let links = Links::in_client(document, &bodies.filter_map(MediaNode::schema).collect::<Vec<_>>());
    let path = match operation.evidence {
        Evidence::Assumed => "[**assumed**](Self#assumed-paths)".to_owned(),
        grade => grade.to_string(),
    };
    let repeat = if operation.retry == Retry::Never { "; [never repeated](Self#calls-that-must-not-be-repeated)" } else { "" };
    let mut text = format!(
        "{}\n\n{}\n\n{}{} (path: {path}{repeat}). Docs: {}.\n",
        markdown::inline(node.str("summary").unwrap_or_default()),
        links.apply(&rendered(node.str("description").unwrap_or_default())),
        outcome(operation),
        code(&operation.call()),
        pages(node, &operation.docs_pages),
    );
    if !operation.parameters.is_empty() {
        text.push_str("\n# Parameters\n\n");
        for parameter in arguments(operation) {
            let what = links.apply(&item(parameter.node.str("description").unwrap_or_default()));
            text.push_str(&format!("- `{}`: {what}\n", crate::names::snake(&parameter.name)));
        }
    }
    let common = common_codes(document);
    let is_common = |word: &str, status| operation.authenticated && common.contains(&(word, status));
    let rows = error_codes::rows(document.root());
    let own: Vec<String> = operation
        .error_codes
        .iter()
        .filter(|code| !is_common(&code.code, code.status))
        .map(|entry| {
            let row = rows.iter().find(|row| row.code == entry.code);
            let meaning = links.apply(&markdown::inline(row.map_or("", |row| row.meaning)));
            let name = row.and_then(|row| row.name).map(|name| format!("{}: ", code(name))).unwrap_or_default();
            format!("- {} (status {}, {}): {name}{meaning}\n", code(&entry.code), entry.status, entry.evidence)
        })
        .collect();
    if !own.is_empty() {
        text.push_str(&format!("\n# Errors\n\n{}", own.concat()));
    }
    if operation.authenticated {
        text.push_str(match (own.is_empty(), operation.parameters.is_empty()) {
            (false, _) => "- Those",
            (true, true) => "Errors: those",
            (true, false) => "\nErrors: those",
        });
        text.push_str(" of [every call](Self#errors-of-every-call).\n");
    }
    text
}

/// The page of the method of a resource that calls `operation`: what it is for. Codes and parameters are on the page of the raw method.
pub(crate) fn of_resource(document: &Document, operation: &Operation) -> String {
    let node = &operation.node;
    let bodies = operation.body.iter().chain(operation.successes().filter_map(|response| response.body.as_ref()));
    let links = Links::in_resources(document, &bodies.filter_map(MediaNode::schema).collect::<Vec<_>>());
    let method = names::ident(&names::rust_method(&operation.id));
    let path = match operation.evidence {
        Evidence::Assumed => " Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).",
        _ => "",
    };
    let open_end = if operation.returns_only_an_id(document) { open_end(operation) } else { String::new() };
    let unknown = match (operation.retry, &operation.outcome) {
        (Retry::Safe, _) => "",
        // A payment: its end is known, and so is how to find it.
        (_, Some(outcome)) if outcome.id.is_some() && !outcome.terminal.is_empty() => {
            " If it [may have taken effect](crate::Error::may_have_taken_effect), see [`Client::reconcile`](crate::Client::reconcile)."
        }
        _ => " If it [may have taken effect](crate::Error::may_have_taken_effect), check before you repeat it.",
    };
    format!(
        "{}\n\n{}\n\n{open_end}Operation [`{}`](crate::raw::Client::{method}).{path}\n\n# Errors\n\nThe call failed: see [`Error`](crate::Error).{unknown}\n",
        markdown::inline(node.str("summary").unwrap_or_default()),
        links.apply(&rendered(node.str("description").unwrap_or_default())),
        operation.id,
    )
}

/// The page of the method that follows what `operation` created earlier.
pub(crate) fn of_pending(operation: &Operation) -> Option<String> {
    let create = &operation.resource.as_ref()?.method;
    Some(format!("What [`{create}`](Self::{create}) created earlier, by its stored id. Sends nothing.\n\n{}", open_end(operation)))
}

/// What waiting for an outcome leads to whose final words are not known.
fn open_end(operation: &Operation) -> String {
    let Some(outcome) = operation.outcome.as_ref().filter(|outcome| outcome.terminal.is_empty()) else { return String::new() };
    let event = outcome.event.as_ref().map(|id| {
        let kind = names::ident(&names::pascal(id));
        format!(" and the event [`{kind}`](crate::raw::webhooks::WebhookKind::{kind})")
    });
    format!(
        "The docs do not say which statuses are final, so [`Pending::wait`](crate::Pending::wait) ends at its limit with \
         [`InProgress`](crate::Progress::InProgress): go by its details{}.\n\n",
        event.unwrap_or_default()
    )
}

/// Text of the document behind the name that it describes, in an item of a list: what is more than one paragraph is below it.
fn item(text: &str) -> String {
    let text = rendered(text);
    let below = if markdown::is_paragraph(&text) { "" } else { "\n\n" };
    format!("{below}{text}").replace('\n', "\n  ")
}

/// Error codes that every operation with a key lists with the same status.
fn common_codes(document: &Document) -> Vec<(&str, u16)> {
    let with_key: Vec<&Operation> = document.operations().iter().filter(|operation| operation.authenticated).collect();
    let Some((first, others)) = with_key.split_first() else { return Vec::new() };
    let codes = first.error_codes.iter().map(|code| (code.code.as_str(), code.status));
    let lists =
        |operation: &&Operation, (word, status)| operation.error_codes.iter().any(|code| code.code == word && code.status == status);
    codes.filter(|code| others.iter().all(|operation| lists(operation, *code))).collect()
}

/// The errors that no method lists, since all have them: a section of the client's page.
pub(crate) fn common_errors(document: &Document) -> String {
    let mut text = String::from("# Errors of every call\n\n");
    for (word, status) in common_codes(document) {
        let row = error_codes::rows(document.root()).into_iter().find(|row| row.code == word);
        text.push_str(&format!("- {} (status {status}): {}\n", code(word), markdown::inline(row.map_or("", |row| row.meaning))));
    }
    text + "- Status 401: no key, a wrong key, or an address that is not on the allow-list.\n\nA method that needs no key lists all its errors itself.\n"
}

fn outcome(operation: &Operation) -> String {
    let Some(outcome) = &operation.outcome else { return String::new() };
    let details = outcome.details.as_ref().map(|id| format!("[`{0}`](Self::{0})", names::ident(&crate::names::rust_method(id))));
    let event = outcome.event.as_ref().map(|id| format!("the event [`{0}`](WebhookKind::{0})", names::ident(&names::pascal(id))));
    let ways: Vec<String> = details.into_iter().chain(event).collect();
    let statuses: Vec<String> = outcome.terminal.iter().map(|status| code(status)).collect();
    let end = if statuses.is_empty() { String::new() } else { format!("; final: {}", statuses.join(", ")) };
    format!("The outcome comes later, by {}{end}.\n\n", ways.join(" and "))
}

/// The page of an event's variant.
pub(crate) fn webhook(document: &Document, webhook: &Webhook) -> String {
    let links = Links::in_events(document, &webhook.payload);
    format!(
        "{}\n\n{}\n\nDefault path: {} ({}). Docs: {}.",
        markdown::inline(webhook.node.str("summary").unwrap_or_default()),
        links.apply(&rendered(webhook.node.str("description").unwrap_or_default())),
        code(&webhook.path),
        webhook.path_evidence,
        pages(&webhook.node, &webhook.docs_pages),
    )
}

fn pages(node: &Node, pages: &[String]) -> String {
    let address = node.at(&["externalDocs", "url"]).and_then(Node::as_str).unwrap_or_default();
    let mut ids = pages.iter();
    let first = ids.next().map(|id| link(id, address));
    first.into_iter().chain(ids.map(|id| markdown::words(id))).collect::<Vec<_>>().join(", ")
}
