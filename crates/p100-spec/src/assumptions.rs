//! What nothing in P100's docs states, and the document says all the same: the list that goes with the sandbox.

use std::fmt::Write;

use crate::markdown::{code, words};
use crate::{Document, Evidence, Node};

/// The whole list as Markdown.
#[must_use]
pub fn page(document: &Document) -> String {
    let mut out = String::from(
        "What the sandbox does because the document says so, although no page of P100's docs does: everything graded `assumed`, from \
         spec/p100-partner-api.yaml. Expect P100 to differ here first.\n",
    );
    let mut operations = Section::new("Operations");
    for operation in document.operations() {
        let assumed = |grade: Option<Evidence>| grade.unwrap_or(operation.evidence) == Evidence::Assumed;
        if operation.evidence == Evidence::Assumed {
            operations.add(&operation.id, format!("its path, {}", code(&operation.call())));
        }
        // Path parameters are graded with their path.
        for parameter in operation.parameters_in("query").filter(|parameter| assumed(Evidence::of(&parameter.node))) {
            operations.add(&operation.id, format!("the query parameter {}", code(&parameter.name)));
        }
        for response in operation.successes().filter(|response| assumed(Evidence::of(&response.node))) {
            operations.add(&operation.id, format!("the status {}", response.status));
        }
        for code in operation.error_codes.iter().filter(|code| code.evidence == Evidence::Assumed) {
            operations.add(&operation.id, format!("the error {} with status {}", words(&code.code), code.status));
        }
    }
    let mut schemas = Section::new("Bodies");
    for schema in document.schemas() {
        let inherited = Evidence::of(schema.node);
        let whole = inherited == Some(Evidence::Assumed);
        for (member, node) in schema.node.get("properties").into_iter().flat_map(Node::members) {
            if Evidence::of(node).or(inherited) == Some(Evidence::Assumed) {
                schemas.add(schema.name, code(member));
            }
        }
        for value in Document::enum_values(schema.node).unwrap_or_default() {
            let own = schema.node.at(&["x-enum-evidence", value]).and_then(Node::as_str).map(|grade| grade == Evidence::Assumed.word());
            if own.unwrap_or(whole) {
                schemas.add(schema.name, format!("the value {}", code(value)));
            }
        }
    }
    let mut webhooks = Section::new("Webhooks");
    for webhook in document.webhooks().iter().filter(|webhook| webhook.path_evidence == Evidence::Assumed) {
        webhooks.add(&webhook.id, format!("its default path, {}", code(&webhook.path)));
    }
    for section in [operations, schemas, webhooks] {
        out.push_str(&section.text());
    }
    out
}

/// One line for each subject, in the order of the document.
struct Section {
    title: &'static str,
    lines: Vec<(String, Vec<String>)>,
}

impl Section {
    fn new(title: &'static str) -> Self {
        Self { title, lines: Vec::new() }
    }

    fn add(&mut self, subject: &str, what: String) {
        match self.lines.last_mut().filter(|(last, _)| last == subject) {
            Some((_, facts)) => facts.push(what),
            None => self.lines.push((subject.to_owned(), vec![what])),
        }
    }

    fn text(&self) -> String {
        let mut out = format!("\n# {}\n\n", self.title);
        for (subject, facts) in &self.lines {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "- {}: {}", words(subject), facts.join(", "));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::Document;

    #[test]
    fn only_what_is_assumed_is_listed_with_what_it_inherits() {
        let text = include_str!("../../../spec/p100-partner-api.yaml");
        let page = super::page(&Document::load(text).expect("the document"));
        for line in ["- updateUser: its path, `PATCH /v1/user/{externalUserId}`, the status 200", "- exchangeStatus: its default path"] {
            assert!(page.contains(line), "{line} is missing in {page}");
        }
        assert!(!page.contains("- getRates:"), "{page}");
    }
}
