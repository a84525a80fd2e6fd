//! What a probe of P100 saw, beside what P100's docs say.
//!
//! `x-observed` is on an operation or a component schema and lists by day what was seen: `path`, statuses and error codes of an
//! operation, members or values of a schema. It is no grade: grades say what the docs support, and that does not change.

use crate::{Document, Node, Operation};

/// The extension.
pub(crate) const OBSERVED: &str = "x-observed";

/// Method and path of an operation, in its `x-observed`.
pub(crate) const PATH: &str = "path";

/// Whether `x-observed` of an operation or schema names this.
pub(crate) fn is_observed(node: &Node, name: &str) -> bool {
    node.get(OBSERVED).into_iter().flat_map(Node::members).any(|(_, seen)| seen.items().any(|item| item.as_str() == Some(name)))
}

/// What `x-observed` can name on a schema, or on the operation that the node is of.
pub(crate) fn observable<'a>(node: &'a Node, operation: Option<&'a Operation>) -> Vec<String> {
    let Some(operation) = operation else {
        let members = node.get("properties").into_iter().flat_map(Node::members).map(|(name, _)| name);
        return members.chain(Document::enum_values(node).unwrap_or_default()).map(str::to_owned).collect();
    };
    let statuses = operation.responses.iter().map(|response| response.status.to_string());
    let codes = operation.error_codes.iter().map(|code| code.code.clone());
    std::iter::once(PATH.to_owned()).chain(statuses).chain(codes).collect()
}
