//! Which operations and events reach which component, and in which direction.

use std::collections::{BTreeMap, BTreeSet};

use crate::Node;

use super::change::{Direction, User};

/// The methods that OpenAPI knows.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A component by its kind and name.
pub(super) type Key<'a> = (&'a str, &'a str);

/// The component that an address names.
pub(super) fn component(address: &str) -> Option<Key<'_>> {
    let (kind, name) = address.strip_prefix("#/components/")?.split_once('/')?;
    (!name.contains('/')).then_some((kind, name))
}

/// Users by component.
pub(super) fn users<'a>(root: &'a Node, owners: &[Owner<'a>]) -> BTreeMap<Key<'a>, BTreeSet<User>> {
    let mut references: BTreeMap<Key<'a>, BTreeSet<Key<'a>>> = BTreeMap::new();
    for (kind, components) in root.get("components").into_iter().flat_map(Node::members) {
        for (name, node) in components.members() {
            let mut found = BTreeSet::new();
            collect(node, false, &mut found);
            references.insert((kind, name), found);
        }
    }
    let mut users: BTreeMap<Key<'a>, BTreeSet<User>> = BTreeMap::new();
    for owner in owners {
        for (direction, nodes) in owner.sides() {
            let mut seen = BTreeSet::new();
            for (key, node) in nodes {
                // The names of statuses and methods are no properties.
                if key == "security" { schemes(node, &mut seen) } else { collect(node, false, &mut seen) }
            }
            let mut open: Vec<Key<'a>> = seen.iter().copied().collect();
            while let Some(key) = open.pop() {
                for next in references.get(&key).into_iter().flatten() {
                    if seen.insert(*next) {
                        open.push(*next);
                    }
                }
            }
            for key in seen {
                users.entry(key).or_default().insert(User { id: owner.id.clone(), direction });
            }
        }
    }
    users
}

/// An operation or event, and what is around it.
pub(super) struct Owner<'a> {
    /// The name both documents know it by.
    pub(super) id: String,
    pub(super) is_event: bool,
    pub(super) node: &'a Node,
    /// The parameters of its path.
    pub(super) shared: Option<&'a Node>,
    /// The security of the document, if it has none of its own.
    pub(super) security: Option<&'a Node>,
}

impl<'a> Owner<'a> {
    pub(super) fn directions(&self) -> (Direction, Direction) {
        if self.is_event { (Direction::Event, Direction::Acknowledgement) } else { (Direction::Request, Direction::Response) }
    }

    fn sides(&self) -> [(Direction, Vec<(&'a str, &'a Node)>); 2] {
        let (there, back) = self.directions();
        let (responses, mut calls): (Vec<_>, Vec<_>) = self.node.members().partition(|(key, _)| *key == "responses");
        calls.extend(self.shared.map(|node| ("parameters", node)));
        calls.extend(self.security.map(|node| ("security", node)));
        [(there, calls), (back, responses)]
    }
}

fn schemes<'a>(security: &'a Node, found: &mut BTreeSet<Key<'a>>) {
    found.extend(security.items().flat_map(Node::members).map(|(name, _)| ("securitySchemes", name)));
}

/// What a node refers to by itself.
fn collect<'a>(node: &'a Node, is_properties: bool, found: &mut BTreeSet<Key<'a>>) {
    for item in node.items() {
        collect(item, false, found);
    }
    if let (false, Some(address)) = (is_properties, node.str("$ref")) {
        found.extend(component(address));
    }
    for (key, member) in node.members() {
        // Values of examples are data: a `$ref` in them is none.
        if is_properties || !matches!(key, "example" | "value" | "default" | "enum") {
            collect(member, !is_properties && key == "properties", found);
        }
    }
}
