//! Whether the text is an OpenAPI 3.0 document at all, and if not, what keeps it from being one.

use openapiv3::{OpenAPI, PathItem};
use serde::de::DeserializeOwned;

use crate::objects::DOCUMENT;
use crate::objects::check::{Concern, check as faults};
use crate::{Node, Problem};

/// Checks the document, and the events under `x-webhooks`, against the types of OpenAPI 3.0. Those say little about the place, so the
/// first fault against the table of objects is reported, if there is one.
pub(crate) fn check(root: &Node) -> Result<(), Problem> {
    fn read<T: DeserializeOwned>(node: &Node) -> Result<(), Problem> {
        let fault = |error| Problem::at(node.position, format!("not OpenAPI 3.0: {error}"));
        serde_json::from_value::<T>(node.to_value()).map(drop).map_err(fault)
    }
    let events = root.get("x-webhooks").into_iter().flat_map(Node::members);
    let result = read::<OpenAPI>(root)
        .and_then(|()| events.into_iter().try_for_each(|(name, event)| read::<PathItem>(event).map_err(|problem| problem.on(name))));
    let fault = || faults(&DOCUMENT, root).into_iter().find(|(concern, _)| *concern == Concern::Keys).map(|(_, problem)| problem);
    result.map_err(|problem| fault().unwrap_or(problem))
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
    fn what_does_not_fit_is_reported_with_its_place() {
        for (old, new, expected) in [
            ("version: 1.0.0", "version: 2026.2", "4:12: `version` is `2026.2`; it must be text"),
            ("deprecated: false", "deprecated: 'no'", "9:19: getOrder: `deprecated` is `\"no\"`; it must be `true` or `false`"),
            ("in: path", "in: paht", "11:26: getOrder: `in` is `\"paht\"`; it must be one of path, query, header, cookie"),
            ("minLength: 3", "minLength: '3'", "11:82: getOrder: `minLength` is `\"3\"`; it must be a number of at least 0"),
            ("description: The order.", "description: [The, order]", "14:24: getOrder: `description` is a list; it must be text"),
            ("tags: [Orders]", "tags: Orders", "23:13: orderPaid: `tags` is `\"Orders\"`; it must be a list"),
            ("required: [id]", "required: id", "29:17: Order: `required` is `\"id\"`; it must be a list"),
            ("maxLength: 9", "maxLength: nine", "33:22: Order: `maxLength` is `\"nine\"`; it must be a number of at least 0"),
            ("info:\n", "info: none\nx-info:\n", "2:7: `\"none\"` is here, where an info belongs"),
            ("schema: {type: string, minLength: 3}", "x-evidence: legacy", "1:1: not OpenAPI 3.0"),
        ] {
            assert_eq!(DOCUMENT.matches(old).count(), 1, "{old}");
            let problem = Document::load(&DOCUMENT.replace(old, new)).expect_err(new).to_string();
            assert!(problem.starts_with(expected), "{new}: {problem}");
        }
    }
}
