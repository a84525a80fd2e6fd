//! Whether the text is an OpenAPI 3.0 document at all, and if not, which part of it keeps it from being one.

use std::fmt;

use openapiv3::{Components, Info, MediaType, OpenAPI, Operation, Parameter, PathItem, RequestBody, Response, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Node, Problem};

/// Holds the document, and the events under `x-webhooks`, against the types of OpenAPI 3.0.
pub(crate) fn check(root: &Node) -> Result<(), Problem> {
    let events = root.get("x-webhooks").into_iter().flat_map(Node::members).map(|(name, event)| (name, Part::PathItem, event));
    let fault = Part::Document.fault(root).or_else(|| first(events));
    fault.map_or(Ok(()), Err)
}

#[derive(Clone, Copy)]
enum Part {
    Document,
    Info,
    PathItem,
    Operation,
    Parameter,
    Body,
    Response,
    Media,
    Components,
    Schema,
}

/// The first fault of these parts; it is of the named one, unless a part within says of which it is.
fn first<'a>(mut parts: impl Iterator<Item = (&'a str, Part, &'a Node)>) -> Option<Problem> {
    parts.find_map(|(name, part, node)| {
        let problem = part.fault(node)?;
        Some(if problem.subject.is_none() && !name.is_empty() { problem.on(name) } else { problem })
    })
}

impl Part {
    /// The innermost part that cannot be read.
    fn fault(self, node: &Node) -> Option<Problem> {
        if node.get("$ref").is_some() {
            return None;
        }
        let error = self.read(node.to_value()).err()?;
        Some(first(self.parts(node).into_iter()).unwrap_or_else(|| self.own_fault(node, &error)))
    }

    fn read(self, value: Value) -> serde_json::Result<()> {
        fn read<T: DeserializeOwned>(value: Value) -> serde_json::Result<()> {
            serde_json::from_value::<T>(value).map(drop)
        }
        match self {
            Self::Document => read::<OpenAPI>(value),
            Self::Info => read::<Info>(value),
            Self::PathItem => read::<PathItem>(value),
            Self::Operation => read::<Operation>(value),
            Self::Parameter => read::<Parameter>(value),
            Self::Body => read::<RequestBody>(value),
            Self::Response => read::<Response>(value),
            Self::Media => read::<MediaType>(value),
            Self::Components => read::<Components>(value),
            Self::Schema => read::<Schema>(value),
        }
    }

    /// What it is made of, with a name for those that have one of their own.
    fn parts(self, node: &Node) -> Vec<(&str, Self, &Node)> {
        let own = |key: &str, part: Self| node.get(key).map(|node| ("", part, node)).into_iter();
        let items = |key: &str, part: Self| node.get(key).into_iter().flat_map(Node::items).map(move |node| ("", part, node));
        let named = |key: &str, part: Self| node.get(key).into_iter().flat_map(Node::members).map(move |(name, node)| (name, part, node));
        let unnamed = |key: &str, part: Self| named(key, part).map(|(_, part, node)| ("", part, node));
        match self {
            Self::Document => {
                own("info", Self::Info).chain(named("paths", Self::PathItem)).chain(own("components", Self::Components)).collect()
            }
            Self::PathItem => {
                let operations = node.members().filter(|(key, _)| ["get", "put", "post", "patch", "delete"].contains(key));
                let operations = operations.map(|(_, node)| (node.str("operationId").unwrap_or_default(), Self::Operation, node));
                items("parameters", Self::Parameter).chain(operations).collect()
            }
            Self::Operation => {
                let body = own("requestBody", Self::Body);
                items("parameters", Self::Parameter).chain(body).chain(unnamed("responses", Self::Response)).collect()
            }
            Self::Parameter | Self::Media => own("schema", Self::Schema).collect(),
            Self::Body | Self::Response => unnamed("content", Self::Media).collect(),
            Self::Components => {
                let answers = named("parameters", Self::Parameter).chain(named("responses", Self::Response));
                answers.chain(named("requestBodies", Self::Body)).chain(named("schemas", Self::Schema)).collect()
            }
            Self::Schema => {
                let forms = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|key| items(key, Self::Schema));
                let members = unnamed("properties", Self::Schema).chain(own("items", Self::Schema)).chain(forms);
                members.chain(own("additionalProperties", Self::Schema).filter(|(_, _, node)| node.as_map().is_some())).collect()
            }
            Self::Info => Vec::new(),
        }
    }

    /// The member that is in the way, where the part can be read without it or with another value; else the part.
    fn own_fault(self, node: &Node, error: &serde_json::Error) -> Problem {
        let others = [None, Some(json!("")), Some(json!([])), Some(json!({}))];
        let is_in_the_way = |key: &str| {
            others.iter().any(|other| {
                let mut value = node.to_value();
                if let Some(members) = value.as_object_mut() {
                    members.remove(key);
                    members.extend(other.clone().map(|other| (key.to_owned(), other)));
                }
                self.read(value).is_ok()
            })
        };
        // What reads alternatives does not tell why each of them failed.
        let reason =
            Some(error.to_string()).filter(|text| !text.contains("untagged enum")).map_or_else(String::new, |text| format!(": {text}"));
        match node.members().find(|(key, _)| is_in_the_way(key)) {
            Some((key, value)) => Problem::at(value.position, format!("`{key}` does not fit {self} of OpenAPI 3.0{reason}")),
            None => Problem::at(node.position, format!("not {self} of OpenAPI 3.0{reason}")),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "a document",
            Self::Info => "an info",
            Self::PathItem => "a path item",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::Body => "a request body",
            Self::Response => "a response",
            Self::Media => "a media type",
            Self::Components => "the components",
            Self::Schema => "a schema",
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Document;

    /// A document in which each line can be broken.
    const DOCUMENT: &str = "\
openapi: 3.0.3
info:
  title: Shop
  version: 1.0.0
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      deprecated: false
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, minLength: 3}}
      responses:
        '200':
          description: The order.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Order'
x-webhooks:
  orderPaid:
    post:
      operationId: orderPaid
      tags: [Orders]
      responses: {}
components:
  schemas:
    Order:
      type: object
      required: [id]
      properties:
        id:
          type: string
          maxLength: 9
";

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        for (old, new, expected) in [
            ("version: 1.0.0", "version: 2026.2", "4:12: `version` does not fit an info of OpenAPI 3.0: invalid type: floating point"),
            (
                "deprecated: false",
                "deprecated: 'no'",
                "9:19: getOrder: `deprecated` does not fit an operation of OpenAPI 3.0: invalid type: string",
            ),
            ("in: path", "in: paht", "11:11: getOrder: not a parameter of OpenAPI 3.0: unknown variant `paht`"),
            ("minLength: 3", "minLength: '3'", "11:82: getOrder: `minLength` does not fit a schema of OpenAPI 3.0"),
            (
                "description: The order.",
                "description: [The, order]",
                "14:24: getOrder: `description` does not fit a response of OpenAPI 3.0",
            ),
            ("tags: [Orders]", "tags: Orders", "23:13: orderPaid: `tags` does not fit an operation of OpenAPI 3.0: invalid type: string"),
            ("required: [id]", "required: id", "29:17: Order: `required` does not fit a schema of OpenAPI 3.0"),
            ("maxLength: 9", "maxLength: nine", "33:22: Order: `maxLength` does not fit a schema of OpenAPI 3.0"),
            ("info:\n", "info: none\nx-info:\n", "2:7: not an info of OpenAPI 3.0: invalid type: string \"none\""),
        ] {
            assert_eq!(DOCUMENT.matches(old).count(), 1, "{old}");
            let problem = Document::load(&DOCUMENT.replace(old, new)).expect_err(new).to_string();
            assert!(problem.starts_with(expected), "{new}: {problem}");
        }
    }
}
