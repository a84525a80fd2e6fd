//! The table of error codes: what each is called, comes with and means. The schema ErrorCode carries it.

use crate::document::status_code;
use crate::{Evidence, Node};

/// The keys under which the schema ErrorCode has the table, and a response the words of a refused key.
pub const TABLE: &str = "x-error-code-table";
pub(crate) const DENIALS: &str = "x-access-denied";

/// What callers branch on. The generated client has a variant for each.
pub(crate) const CLASSES: [&str; 10] = [
    "success",
    "validation",
    "not-found",
    "duplicate",
    "insufficient-funds",
    "forbidden-country",
    "suspended",
    "not-verified",
    "refusal",
    "server-fault",
];

/// Why a key is refused. The generated client has a variant for each.
pub(crate) const REASONS: [&str; 3] = ["no-key", "wrong-key", "address-not-allowed"];

/// A row of the table.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Row<'a> {
    pub code: &'a str,
    pub status: u16,
    pub class: &'a str,
    /// The `errorName`, if it is known.
    pub name: Option<&'a str>,
    pub meaning: &'a str,
    pub evidence: Evidence,
    pub node: &'a Node,
}

fn schema(root: &Node) -> Option<&Node> {
    root.at(&["components", "schemas", "ErrorCode"])
}

/// The rows that can be read; `lint` reports the others.
#[must_use]
pub fn rows(root: &Node) -> Vec<Row<'_>> {
    let Some(schema) = schema(root) else { return Vec::new() };
    let inherited = Evidence::of(schema).unwrap_or(Evidence::Assumed);
    let entries = schema.get(TABLE).into_iter().flat_map(Node::items);
    let row = |node| {
        let code = Node::str(node, "code")?;
        let own = schema.at(&["x-enum-evidence", code]).and_then(Node::as_str).and_then(|word| word.parse().ok());
        Some(Row {
            code,
            status: node.get("status").and_then(status_code)?,
            class: node.str("class")?,
            name: node.str("name"),
            meaning: schema.at(&["x-enum-descriptions", code]).and_then(Node::as_str).unwrap_or_default(),
            evidence: own.unwrap_or(inherited),
            node,
        })
    };
    entries.filter_map(row).collect()
}

/// The status that the table has for a code.
#[must_use]
pub fn status_of(root: &Node, code: &str) -> Option<u16> {
    rows(root).into_iter().find(|row| row.code == code).map(|row| row.status)
}

/// The words by which a 401 says why it refuses the key, each with the reason.
#[must_use]
pub fn denials(root: &Node) -> Vec<(&str, &str)> {
    let responses = root.at(&["components", "responses"]).into_iter().flat_map(Node::members);
    let words = responses.filter_map(|(_, response)| response.get(DENIALS)).flat_map(Node::members);
    words.filter_map(|(word, reason)| Some((word, reason.as_str()?))).collect()
}
