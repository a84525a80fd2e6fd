//! Which key is where: as the table of objects says, and the author's order inside properties and examples.

use indexmap::IndexMap;

use crate::Position;
use crate::node::{Kind, Node};
use crate::objects::{DOCUMENT, Object, Order, SCHEMA, Value};

/// The whole document in canonical order.
pub(super) fn order(root: Node) -> Node {
    let modules: Vec<String> =
        root.get("tags").into_iter().flat_map(Node::items).filter_map(|tag| tag.str("name")).map(str::to_owned).collect();
    place(root, Value::Object(&DOCUMENT), &modules)
}

fn place(node: Node, here: Value, modules: &[String]) -> Node {
    let kind = match (node.kind, here) {
        (Kind::Map(map), Value::Object(object)) => Kind::Map(by_keys(map, object, modules)),
        (Kind::Map(map), Value::Schema) => Kind::Map(by_keys(map, &SCHEMA, modules)),
        (Kind::Map(map), Value::Map(_, each, order)) => Kind::Map(by_names(map, *each, order, modules)),
        (Kind::List(items), Value::List(each)) => Kind::List(items.into_iter().map(|item| place(item, *each, modules)).collect()),
        (other, _) => other,
    };
    Node { kind, ..node }
}

type Map = IndexMap<String, (Position, Node)>;

fn by_keys(map: Map, object: &Object, modules: &[String]) -> Map {
    let find = |key: &str| object.keys.iter().position(|(known, _)| *known == key);
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_by_key(|(key, _)| find(key).unwrap_or(usize::MAX));
    let value = |key: &str| find(key).map_or(Value::Data, |index| object.keys[index].1);
    entries
        .into_iter()
        .map(|(key, (position, node))| {
            let here = value(&key);
            (key, (position, place(node, here, modules)))
        })
        .collect()
}

fn by_names(map: Map, each: Value, order: Order, modules: &[String]) -> Map {
    let mut entries: Vec<_> = map.into_iter().collect();
    match order {
        Order::AsWritten => {}
        Order::ByName => entries.sort_by(|(one, _), (two, _)| one.cmp(two)),
        Order::ByModule => entries.sort_by_key(|(_, (_, item))| module(item, modules)),
    }
    entries.into_iter().map(|(key, (position, node))| (key, (position, place(node, each, modules)))).collect()
}

/// The module of a path: the place of its first operation's first tag among the document's tags.
fn module(item: &Node, modules: &[String]) -> usize {
    let tag = item.members().find_map(|(_, operation)| operation.strings("tags").next());
    modules.iter().position(|name| Some(name.as_str()) == tag).unwrap_or(usize::MAX)
}
