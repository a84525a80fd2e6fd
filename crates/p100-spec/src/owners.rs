//! Operations and events of a document, also of one that does not keep the project's conventions.

use crate::Node;

/// Each operation and event: its kind as in the docs index, its id, and where it is.
pub(crate) fn owners(root: &Node) -> impl Iterator<Item = (&'static str, &str, &Node)> {
    let members = |key: &str| root.get(key).into_iter().flat_map(Node::members);
    let operations = members("paths").flat_map(|(_, path)| path.members());
    let operations = operations.filter_map(|(_, node)| Some(("operation", node.str("operationId")?, node)));
    let events = members("x-webhooks").filter_map(|(id, event)| Some(("webhook", id, event.get("post")?)));
    operations.chain(events)
}
