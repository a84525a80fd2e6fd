//! Which key stands where: fixed for OpenAPI's own objects, the author's order inside properties and examples.

use indexmap::IndexMap;

use crate::Position;
use crate::node::{Kind, Node};

type Map = IndexMap<String, (Position, Node)>;

/// What a node is in the document; decides the order of its keys and what its children are.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Components,
    /// A map from names to things of one kind; `sorted` by name or in the author's order.
    Named {
        of: &'static Place,
        sorted: bool,
    },
    Paths,
    PathItem,
    Operation,
    Parameter,
    Body,
    Response,
    Media,
    Example,
    Schema,
    Webhook,
    Outcome,
    Keyed(&'static [&'static str]),
    /// Kept as the author wrote it.
    Verbatim,
}

use Place::{
    Body, Components, Example, Keyed, Media, Named, Operation, Outcome, Parameter, PathItem, Paths, Response, Root, Schema, Verbatim,
    Webhook,
};

const DOCS: &Place = &Keyed(&["description", "url"]);

impl Place {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Root => &["openapi", "info", "externalDocs", "servers", "security", "tags", "paths", "x-webhooks", "components"],
            Components => &["securitySchemes", "parameters", "responses", "examples", "schemas"],
            Operation => &[
                "operationId",
                "tags",
                "summary",
                "description",
                "deprecated",
                "externalDocs",
                "x-docs-pages",
                "x-evidence",
                "x-observed",
                "x-retry",
                "x-outcome",
                "x-webhook",
                "x-error-codes",
                "security",
                "parameters",
                "requestBody",
                "responses",
            ],
            Parameter => &["$ref", "name", "in", "description", "required", "x-evidence", "schema"],
            Body => &["description", "x-evidence", "required", "content"],
            Response => &["$ref", "description", "x-evidence", "headers", "content", "links"],
            Media => &["schema", "encoding", "examples"],
            Example => &["$ref", "summary", "description", "value"],
            Schema => &[
                "$ref",
                "title",
                "description",
                "x-evidence",
                "x-presence",
                "x-observed",
                "x-sensitive",
                "writeOnly",
                "deprecated",
                "type",
                "format",
                "nullable",
                "allOf",
                "anyOf",
                "oneOf",
                "enum",
                "x-extensible-enum",
                "x-enum-descriptions",
                "x-enum-evidence",
                "pattern",
                "minLength",
                "maxLength",
                "minimum",
                "maximum",
                "items",
                "minItems",
                "maxItems",
                "required",
                "minProperties",
                "properties",
                "additionalProperties",
            ],
            Webhook => &["path", "pathEvidence", "distinguishing", "dedupe"],
            Outcome => &["details", "event", "id", "status", "terminal", "successful"],
            PathItem => &["parameters", "get", "post", "put", "patch", "delete"],
            Keyed(keys) => keys,
            Named { .. } | Paths | Verbatim => &[],
        }
    }

    /// The place of the member `key`; for sequences, of each item.
    fn child(self, key: &str) -> Place {
        match (self, key) {
            (Root, "info") => Keyed(&["title", "version", "description", "license"]),
            (Root, "servers") => Keyed(&["url", "description"]),
            (Root, "tags") => Keyed(&["name", "description", "externalDocs"]),
            (Root | Operation, "externalDocs") => *DOCS,
            (Root, "paths") => Paths,
            (Root, "x-webhooks") => Named { of: &PathItem, sorted: false },
            (Root, "components") => Components,
            (Components, "schemas") => Named { of: &Schema, sorted: true },
            (Components, "parameters") => Named { of: &Parameter, sorted: true },
            (Components, "responses") => Named { of: &Response, sorted: true },
            (Components, "examples") => Named { of: &Example, sorted: true },
            (Components, "securitySchemes") => Named { of: &Keyed(&["description", "x-evidence", "type", "in", "name"]), sorted: true },
            (Paths, _) => PathItem,
            (PathItem, "parameters") | (Operation, "parameters") => Parameter,
            (PathItem, _) => Operation,
            (Operation, "x-webhook") => Webhook,
            (Operation, "x-outcome") => Outcome,
            (Operation, "x-error-codes") => Keyed(&["code", "status", "evidence"]),
            (Operation, "requestBody") => Body,
            (Operation, "responses") => Named { of: &Response, sorted: true },
            (Body | Response, "content") => Named { of: &Media, sorted: true },
            (Response, "links") => Named { of: &Keyed(&["operationId", "description", "parameters"]), sorted: false },
            (Media | Parameter, "schema") => Schema,
            (Media, "examples") => Named { of: &Example, sorted: false },
            (Schema, "properties") => Named { of: &Schema, sorted: false },
            (Schema, "items" | "additionalProperties" | "allOf" | "anyOf" | "oneOf") => Schema,
            (Webhook, "distinguishing") => Keyed(&["members", "values"]),
            (Named { of, .. }, _) => *of,
            _ => Verbatim,
        }
    }
}

/// The whole document in canonical order.
pub(super) fn order(root: Node) -> Node {
    let modules: Vec<String> =
        root.get("tags").into_iter().flat_map(Node::items).filter_map(|tag| tag.str("name")).map(str::to_owned).collect();
    place(root, Root, &modules)
}

fn place(node: Node, here: Place, modules: &[String]) -> Node {
    let kind = match node.kind {
        Kind::Map(map) => Kind::Map(sort(map, here, modules)),
        Kind::List(items) => Kind::List(items.into_iter().map(|item| place(item, here, modules)).collect()),
        scalar @ Kind::Scalar(_) => scalar,
    };
    Node { kind, ..node }
}

fn sort(map: Map, here: Place, modules: &[String]) -> Map {
    let mut entries: Vec<_> = map.into_iter().collect();
    match here {
        Named { sorted: true, .. } => entries.sort_by(|(one, _), (two, _)| one.cmp(two)),
        Paths => entries.sort_by_key(|(_, (_, item))| module(item, modules)),
        _ => {
            let rank = |key: &str| here.keys().iter().position(|known| *known == key).unwrap_or(usize::MAX);
            entries.sort_by_key(|(key, _)| rank(key));
        }
    }
    entries
        .into_iter()
        .map(|(key, (position, node))| {
            let child = here.child(&key);
            (key, (position, place(node, child, modules)))
        })
        .collect()
}

/// The module of a path: the place of its first operation's first tag among the document's tags.
fn module(item: &Node, modules: &[String]) -> usize {
    let tag = item.members().find_map(|(_, operation)| operation.strings("tags").next());
    modules.iter().position(|name| Some(name.as_str()) == tag).unwrap_or(usize::MAX)
}
