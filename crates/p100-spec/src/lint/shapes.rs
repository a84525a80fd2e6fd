//! Rules about the form of schemas: what needs a name, what may be composed, and which keywords do not survive generation.

use super::schemas::each_place;
use super::walk::{Place, Role};
use crate::{Document, Node, Problem};

/// What OpenAPI 3.0 knows as `type`; its readers let others pass, and progenitor panics on them.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Keywords that may be beside `allOf: [$ref]`: they say something about this use of the component.
const BESIDE_REFERENCE: [&str; 7] = ["allOf", "description", "deprecated", "readOnly", "writeOnly", "x-evidence", "x-presence"];

pub(super) fn named_types(document: &Document) -> Vec<Problem> {
    each_place(document, |place| unnamed(place).map(str::to_owned))
}

fn unnamed(place: &Place<'_>) -> Option<&'static str> {
    let node = place.node;
    let kind = node.str("type");
    let is_enum = node.get("enum").is_some() || node.get("x-extensible-enum").is_some();
    match (place.role, kind) {
        (Role::Alternative, _) => None,
        (Role::Component, Some("object")) => None,
        (Role::Component, _) if node.get("$ref").is_some() => None,
        (Role::Component, Some("array")) => node.get("items").is_none().then_some("is an array without `items`; say what it holds"),
        (Role::Component, Some("string")) if is_enum => None,
        (Role::Component, _) => Some("is neither an object nor an array nor a string enum; write a scalar or a reference where it is used"),
        (Role::Body, _) => {
            node.get("$ref").is_none().then_some("is written out; make it a component schema and refer to it with a bare `$ref`")
        }
        (Role::Text, _) => (kind != Some("string")).then_some("is not JSON, so its schema is `type: string`"),
        _ if ["$ref", "allOf"].iter().any(|keyword| node.get(keyword).is_some()) => None,
        _ if is_enum => Some("is an enum without a name; make it a component schema and refer to it"),
        _ if node.get("properties").is_some() => Some("is an object without a name; make it a component schema and refer to it"),
        _ if ["anyOf", "oneOf", "not"].iter().any(|keyword| node.get(keyword).is_some()) => None,
        (_, None) => Some("states no `type`; add it, or refer to a component schema"),
        (_, Some("object")) if node.get("additionalProperties").is_none() => {
            Some("is an object that says nothing of its members; refer to a component schema, or state `additionalProperties` for a map")
        }
        (_, Some("array")) if node.get("items").is_none() => Some("is an array without `items`; say what it holds"),
        _ => None,
    }
}

pub(super) fn no_composition(document: &Document) -> Vec<Problem> {
    each_place(document, |place| composed(place.node).map(str::to_owned))
}

fn composed(node: &Node) -> Option<&'static str> {
    let only = |keys: &[&str]| node.members().all(|(key, _)| keys.contains(&key));
    if node.get("not").is_some() || node.get("discriminator").is_some() {
        return Some("uses `not` or `discriminator`, which have no Rust form here; say it in the description");
    }
    if node.get("allOf").is_some() && node.get("nullable").is_some() {
        return Some("uses `nullable` beside a reference, where OpenAPI 3.0.3 gives it no effect; make the component nullable");
    }
    if let Some(forms) = node.get("allOf") {
        let is_wrapper = forms.items().count() == 1 && forms.items().all(|form| form.get("$ref").is_some());
        return (!is_wrapper || !only(&BESIDE_REFERENCE))
            .then_some("uses `allOf` for more than describing a single `$ref`; write one flat object with all the properties");
    }
    let forms: Vec<&Node> = ["anyOf", "oneOf"].iter().filter_map(|keyword| node.get(keyword)).flat_map(Node::items).collect();
    if node.get("anyOf").is_none() && node.get("oneOf").is_none() {
        return None;
    }
    let is_constraint =
        |form: &&Node| form.get("required").is_some() && form.members().all(|(key, _)| ["required", "title"].contains(&key));
    let is_decimal =
        |form: &&Node, kind: &str| form.str("type") == Some(kind) && form.str("format") == Some("decimal") && form.members().count() == 2;
    let constrains = node.get("properties").is_some() && !forms.is_empty() && forms.iter().all(is_constraint);
    let two_forms = node.get("type").is_none()
        && node.get("properties").is_none()
        && forms.len() == 2
        && ["number", "string"].iter().all(|kind| forms.iter().any(|form| is_decimal(form, kind)));
    (!constrains && !two_forms).then_some(
        "uses `anyOf` or `oneOf` for something else than groups of `required` on an object or the two decimal forms, number and string",
    )
}

pub(super) fn unsupported_keywords(document: &Document) -> Vec<Problem> {
    each_place(document, unsupported)
}

fn unsupported(place: &Place<'_>) -> Option<String> {
    let node = place.node;
    let has = |keyword: &str| node.get(keyword).is_some();
    let same_bounds = node.get("minItems").zip(node.get("maxItems")).is_some_and(|(least, most)| least.same_json(most));
    let reasons = [
        (
            has("type") && !node.str("type").is_some_and(|kind| TYPES.contains(&kind)),
            "a `type` that OpenAPI 3.0 does not have; it is array, boolean, integer, number, object or string",
        ),
        (
            has("properties") && node.get("additionalProperties").is_some_and(|values| values.as_map().is_some()),
            "`properties` beside a schema of `additionalProperties`: a map has no members of its own; keep one of them",
        ),
        (
            node.get("additionalProperties").is_some_and(|node| node.to_json() == "false"),
            "`additionalProperties: false`: a new member must break nobody; leave it out",
        ),
        (has("default"), "`default`: an absent member must stay distinguished from a sent one; describe the default"),
        (has("uniqueItems"), "`uniqueItems`: the array would become a set, which its items do not support; leave it out"),
        (same_bounds, "as many `minItems` as `maxItems`: it would become a Rust array of that length; keep one of them"),
        (
            has("exclusiveMinimum") || has("exclusiveMaximum"),
            "an exclusive bound, which progenitor fails on without an inclusive one; state `minimum` or `maximum`",
        ),
        (has("multipleOf"), "`multipleOf`: the width of the integer would be lost; say it in the description"),
        (
            has("title") && ![Role::Component, Role::Alternative].contains(&place.role),
            "`title`: it would become the name of a type; use `description`",
        ),
        (
            place.role == Role::Component && has("nullable") && node.str("type") != Some("object"),
            "`nullable`: say so where the component is used, or each use becomes optional",
        ),
    ];
    reasons.into_iter().find_map(|(is_used, reason)| is_used.then(|| format!("uses {reason}")))
}
