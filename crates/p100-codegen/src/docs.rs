//! Rustdoc made from the document's own words.

use syn::{Attribute, parse_quote};

use crate::markdown::{self, code, link, rendered};
use crate::text::Line;
use crate::{Document, Evidence, Node, Operation, Retry, Webhook};

/// `text` as doc comments, one a line, wrapped for readers of the file.
pub(crate) fn attributes(text: &str) -> Vec<Attribute> {
    lines(text).into_iter().map(|line| parse_quote!(#[doc = #line])).collect()
}

/// The same for the file that they stand in.
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
pub(crate) fn schema(node: &Node, inherited: Option<Evidence>) -> String {
    let mut text = rendered(node.str("description").unwrap_or_default());
    if let Some(grade) = Evidence::of(node).filter(|grade| Some(*grade) != inherited) {
        text.push_str(&format!("\n\nEvidence: {grade}."));
    }
    text
}

/// The page of the method that calls `operation`.
pub(crate) fn operation(document: &Document, operation: &Operation) -> String {
    let node = &operation.node;
    let mut text = format!(
        "{}\n\n{}\n\n{}",
        markdown::inline(node.str("summary").unwrap_or_default()),
        rendered(node.str("description").unwrap_or_default()),
        call(operation),
    );
    match operation.evidence {
        Evidence::Documented => text.push_str(" (path: documented).\n"),
        Evidence::Assumed => {
            text.push_str(
                " (path: **assumed**: no page of the docs states it; if P100 answers 404 for every call, this guess is wrong).\n",
            );
            text.push_str(&correction(operation));
        }
        grade => text.push_str(&format!(" (path: {grade}).\n")),
    }
    if !operation.parameters.is_empty() {
        text.push_str("\n# Parameters\n\n");
        for parameter in &operation.parameters {
            let what = item(parameter.node.str("description").unwrap_or_default());
            text.push_str(&format!("- `{}`: {what}\n", crate::snake(&parameter.name)));
        }
    }
    text.push_str("\n# Errors\n\n");
    for code in &operation.error_codes {
        let meaning =
            document.schema("ErrorCode").and_then(|schema| schema.at(&["x-enum-descriptions", &code.code])).and_then(Node::as_str);
        let meaning = markdown::inline(meaning.unwrap_or_default());
        text.push_str(&format!("- {} (status {}, {}): {meaning}\n", markdown::code(&code.code), code.status, code.evidence));
    }
    if operation.authenticated {
        text.push_str("- status 401: no key, a wrong key, or an address that is not on the allow-list.\n");
    }
    if operation.retry == Retry::Never {
        text.push_str(
            "\nA call whose fate is unknown must not be repeated blindly: see [`Error::may_have_taken_effect`](crate::Error::may_have_taken_effect).\n",
        );
    }
    text.push_str(&outcome(operation));
    text.push_str(&format!("\nDocs: {}.", pages(node, &operation.docs_pages)));
    text
}

/// Method and path.
pub(crate) fn call(operation: &Operation) -> String {
    code(&format!("{} {}", operation.method.word(), operation.path))
}

/// Text of the document behind the name that it describes, in an item of a list: what is more than one paragraph stands below it.
fn item(text: &str) -> String {
    let text = rendered(text);
    let below = if markdown::is_paragraph(&text) { "" } else { "\n\n" };
    format!("{below}{text}").replace('\n', "\n  ")
}

/// How to call an operation whose path is a guess, once the real one is known. The raw crate cannot link to the one above it.
fn correction(operation: &Operation) -> String {
    format!(
        "\nIf you know the right path or method, you need not wait for a release: name it with \
         {}, or with [`Routes::set`](crate::Routes::set) where this crate is used alone.\n",
        code(&format!("p100::ClientBuilder::override_operation({:?}, ..)", operation.id))
    )
}

fn outcome(operation: &Operation) -> String {
    let Some(outcome) = &operation.outcome else { return String::new() };
    let details = outcome.details.as_ref().map(|id| format!("[`{0}`](Self::{0})", crate::rust_method(id)));
    let event = outcome.event.as_ref().map(|id| format!("the event {}", code(id)));
    let ways: Vec<String> = details.into_iter().chain(event).collect();
    let statuses: Vec<String> = outcome.terminal.iter().map(|status| code(status)).collect();
    let end = if statuses.is_empty() { String::new() } else { format!("; final: {}", statuses.join(", ")) };
    format!("\nThe outcome comes later, by {}{end}.\n", ways.join(" and "))
}

/// The page of an event's variant.
pub(crate) fn webhook(webhook: &Webhook) -> String {
    format!(
        "{}\n\n{}\n\nDefault path: {} ({}). Docs: {}.",
        markdown::inline(webhook.node.str("summary").unwrap_or_default()),
        rendered(webhook.node.str("description").unwrap_or_default()),
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
