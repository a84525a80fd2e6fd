//! Where parameters, bodies and schemas are in a document, references not followed.

use std::fmt::Display;

use crate::{Document, Node, Position, Problem};

/// The content type of nearly every body.
pub(super) const JSON: &str = "application/json";
/// The content type of uploads.
pub(super) const MULTIPART: &str = "multipart/form-data";

/// What a schema is to the thing it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An entry of `components.schemas`.
    Component,
    /// A JSON or multipart body.
    Body,
    /// A body of any other content type.
    Text,
    /// The schema of a parameter or header.
    Parameter,
    /// A member of `properties`.
    Property,
    /// `items` or `additionalProperties`.
    Element,
    /// A member of `allOf`, `anyOf` or `oneOf`.
    Alternative,
}

/// A schema and where it is.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) subject: &'a str,
    /// What a message calls it.
    pub(super) label: String,
    /// The name it is under, if it has one.
    pub(super) name: &'a str,
    pub(super) position: Position,
    pub(super) role: Role,
    pub(super) node: &'a Node,
}

impl<'a> Place<'a> {
    pub(super) fn problem(&self, message: impl Display) -> Problem {
        Problem::at(self.position, format!("{} {message}", self.label)).on(self.subject)
    }

    fn inner(&self, role: Role, label: String, node: &'a Node) -> Self {
        Self { subject: self.subject, label, name: "", position: node.position, role, node }
    }

    fn descend(self, places: &mut Vec<Self>) {
        let node = self.node;
        for (name, position, property) in entries(node.get("properties")) {
            let place = self.inner(Role::Property, format!("property `{name}`"), property);
            Self { name, position, ..place }.descend(places);
        }
        for (keyword, word) in [("items", "an item"), ("additionalProperties", "a value"), ("not", "the negation")] {
            if let Some(element) = node.get(keyword).filter(|element| element.as_map().is_some()) {
                self.inner(Role::Element, format!("{word} of {}", self.label), element).descend(places);
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for form in node.get(keyword).into_iter().flat_map(Node::items) {
                self.inner(Role::Alternative, format!("a form of {}", self.label), form).descend(places);
            }
        }
        places.push(self);
    }
}

/// One content type of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Media<'a> {
    pub(super) subject: &'a str,
    pub(super) content_type: &'a str,
    pub(super) position: Position,
    pub(super) node: &'a Node,
}

/// A `content` with all its content types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'a> {
    pub(super) subject: &'a str,
    pub(super) is_request: bool,
    pub(super) node: &'a Node,
}

/// The members of a mapping with the positions of their keys.
pub(super) fn entries(node: Option<&Node>) -> impl Iterator<Item = (&str, Position, &Node)> {
    node.and_then(Node::as_map).into_iter().flatten().map(|(name, (position, node))| (name.as_str(), *position, node))
}

/// Where `key` is in `node`, or `node` itself.
pub(super) fn key_position(node: &Node, key: &str) -> Position {
    node.as_map().and_then(|map| map.get(key)).map_or(node.position, |(position, _)| *position)
}

/// Operations and events under their ids.
pub(super) fn owners(document: &Document) -> impl Iterator<Item = (&str, &Node)> {
    let operations = document.operations().iter().map(|operation| (operation.id.as_str(), &operation.node));
    operations.chain(document.webhooks().iter().map(|event| (event.id.as_str(), &event.node)))
}

/// The components of one kind.
pub(super) fn components<'a>(document: &'a Document, kind: &str) -> impl Iterator<Item = (&'a str, Position, &'a Node)> {
    entries(document.root().at(&["components", kind]))
}

/// The parameters that are written out.
pub(super) fn parameters(document: &Document) -> Vec<(&str, &Node)> {
    let own = owners(document).flat_map(|(id, node)| node.get("parameters").into_iter().flat_map(Node::items).map(move |item| (id, item)));
    let shared = components(document, "parameters").map(|(name, _, node)| (name, node));
    own.chain(shared).filter(|(_, node)| node.get("$ref").is_none()).collect()
}

/// The responses that are written out.
pub(super) fn responses(document: &Document) -> Vec<(&str, &Node)> {
    let own =
        owners(document).flat_map(|(id, node)| node.get("responses").into_iter().flat_map(Node::members).map(move |(_, item)| (id, item)));
    own.chain(components(document, "responses").map(|(name, _, node)| (name, node))).collect()
}

/// The bodies that are written out.
pub(super) fn contents(document: &Document) -> Vec<Content<'_>> {
    let requests = owners(document).filter_map(|(subject, node)| Some((subject, node.get("requestBody")?, true)));
    let responses = responses(document).into_iter().map(|(subject, node)| (subject, node, false));
    requests
        .chain(responses)
        .filter_map(|(subject, node, is_request)| Some(Content { subject, is_request, node: node.get("content")? }))
        .collect()
}

/// Every content type of every body that is written out.
pub(super) fn media(document: &Document) -> Vec<Media<'_>> {
    let mut media = Vec::new();
    for Content { subject, node, .. } in contents(document) {
        media.extend(entries(Some(node)).map(|(content_type, position, node)| Media { subject, content_type, position, node }));
    }
    media
}

/// Every schema of the document, also those inside others.
pub(super) fn places(document: &Document) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for (name, position, node) in components(document, "schemas") {
        Place { subject: name, label: "the schema".to_owned(), name, position, role: Role::Component, node }.descend(&mut places);
    }
    for (subject, parameter) in parameters(document) {
        let name = parameter.str("name").unwrap_or_default();
        if let Some(node) = parameter.get("schema") {
            let label = format!("parameter `{name}`");
            Place { subject, label, name, position: parameter.position, role: Role::Parameter, node }.descend(&mut places);
        }
    }
    for (subject, response) in responses(document) {
        for (name, position, header) in entries(response.get("headers")) {
            if let Some(node) = header.get("schema") {
                Place { subject, label: format!("header `{name}`"), name, position, role: Role::Parameter, node }.descend(&mut places);
            }
        }
    }
    for Media { subject, content_type, position, node } in media(document) {
        let role = if [JSON, MULTIPART].contains(&content_type) { Role::Body } else { Role::Text };
        if let Some(node) = node.get("schema") {
            Place { subject, label: format!("the {content_type} body"), name: "", position, role, node }.descend(&mut places);
        }
    }
    places
}
