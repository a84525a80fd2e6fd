//! Which file a schema's type goes to: that of the one module that uses it, `webhooks`, or `shared`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Document, Node, Operation};

/// The file of the types that only webhooks use.
pub const WEBHOOKS: &str = "webhooks";
/// The file of the types that several modules use.
pub const SHARED: &str = "shared";

/// The module of an operation: its first tag.
pub fn of_operation(operation: &Operation) -> String {
    crate::names::snake(operation.tags.first().map(String::as_str).unwrap_or_default())
}

/// The modules of all operations, in document order, with their tags.
pub fn all(document: &Document) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for operation in document.operations() {
        let module = of_operation(operation);
        if !found.iter().any(|(name, _)| *name == module) {
            found.push((module, operation.tags.first().cloned().unwrap_or_default()));
        }
    }
    found
}

/// Schema name to module. Schemas that nothing uses are absent.
pub fn of_schemas(document: &Document) -> BTreeMap<String, String> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in document.operations() {
        let module = of_operation(operation);
        let parameters = operation.parameters.iter().map(|parameter| &parameter.node);
        let bodies = operation.body.iter().chain(operation.responses.iter().filter_map(|response| response.body.as_ref()));
        for node in parameters.chain(bodies.map(|body| &body.node)) {
            reach(document, node.get("schema"), &module, &mut users);
        }
    }
    for webhook in document.webhooks() {
        reach(document, webhook.body.node.get("schema"), WEBHOOKS, &mut users);
    }
    let home =
        |modules: &BTreeSet<String>| if modules.len() == 1 { modules.first().cloned().unwrap_or_default() } else { SHARED.to_owned() };
    users.into_iter().map(|(schema, modules)| (schema, home(&modules))).collect()
}

/// Schemas that `schema` leads to, itself included.
pub fn reachable(document: &Document, schema: &Node) -> BTreeSet<String> {
    let mut users = BTreeMap::new();
    reach(document, Some(schema), "", &mut users);
    users.into_keys().collect()
}

fn reach(document: &Document, node: Option<&Node>, module: &str, users: &mut BTreeMap<String, BTreeSet<String>>) {
    let Some(node) = node else { return };
    if let Some(name) = node.str("$ref").and_then(|address| address.strip_prefix("#/components/schemas/")) {
        if users.entry(name.to_owned()).or_default().insert(module.to_owned()) {
            reach(document, document.schema(name), module, users);
        }
        return;
    }
    for (_, child) in node.members() {
        reach(document, Some(child), module, users);
    }
    for item in node.items() {
        reach(document, Some(item), module, users);
    }
}
