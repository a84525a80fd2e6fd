//! Which operation of the new document is which of the old one.

use std::collections::HashMap;

use crate::Node;

use super::users::METHODS;

/// An operation of the old and the new document, each as path and method.
pub(super) struct Match<'a> {
    pub(super) old: Option<(&'a str, &'a str)>,
    pub(super) new: Option<(&'a str, &'a str)>,
}

struct Found<'a> {
    path: &'a str,
    method: &'a str,
    /// The path without the names of its parameters.
    shape: String,
    id: Option<&'a str>,
}

/// What operations are called: by their id, or else by method and path.
pub(super) fn operation_name(node: &Node, path: &str, method: &str) -> String {
    node.str("operationId").map_or_else(|| format!("{} {path}", method.to_ascii_uppercase()), str::to_owned)
}

/// Pairs the operations: those whose id both documents know first, since code calls them by it, then those with the same method
/// and path.
pub(super) fn match_operations<'a>(old: &'a Node, new: &'a Node) -> Vec<Match<'a>> {
    let (before, after) = (find(old), find(new));
    let by_id: HashMap<&str, usize> = after.iter().enumerate().filter_map(|(index, it)| Some((it.id?, index))).rev().collect();
    let by_place: HashMap<(&str, &str), usize> =
        after.iter().enumerate().map(|(index, it)| ((it.method, it.shape.as_str()), index)).rev().collect();
    let mut taken = vec![false; after.len()];
    let mut take = |index: Option<&usize>| {
        let index = *index?;
        (!std::mem::replace(&mut taken[index], true)).then(|| (after[index].path, after[index].method))
    };
    let named: Vec<_> = before.iter().map(|it| take(it.id.and_then(|id| by_id.get(id)))).collect();
    let pair = |(it, named): (&Found<'a>, Option<(&'a str, &'a str)>)| Match {
        old: Some((it.path, it.method)),
        new: named.or_else(|| take(by_place.get(&(it.method, it.shape.as_str())))),
    };
    let mut matched: Vec<Match<'a>> = before.iter().zip(named).map(pair).collect();
    let added = after.iter().zip(&taken).filter(|(_, taken)| !**taken);
    matched.extend(added.map(|(it, _)| Match { old: None, new: Some((it.path, it.method)) }));
    matched
}

fn find(root: &Node) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for (path, item) in root.get("paths").into_iter().flat_map(Node::members) {
        let methods = item.members().filter(|(key, node)| METHODS.contains(key) && node.as_map().is_some());
        found.extend(methods.map(|(method, node)| Found { path, method, shape: shape(path), id: node.str("operationId") }));
    }
    found
}

/// The path without the names of its parameters.
pub(super) fn shape(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') && part.ends_with('}') { "{}" } else { part }).collect();
    parts.join("/")
}
