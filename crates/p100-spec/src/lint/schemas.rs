//! Rules about what schemas name and hold: names, enums, numbers, formats and secrets.

use std::collections::BTreeSet;

use super::operations::repeated;
use super::references::reached;
use super::walk::{Place, Role, components, entries, key_position, places};
use crate::formats::{VALUES, value_type};
use crate::names::pascal;
use crate::names::{rust_variant, snake};
use crate::{Document, Node, Problem};

/// Properties that are secrets or identity numbers wherever they occur.
const SENSITIVE: [&str; 8] = ["cardNumber", "cvv", "exp", "pin", "documentNumber", "pesel", "taxId", "userIdentificationNumber"];
/// A one-time code, as far as an event about cards brings it.
const ONE_TIME_CODE: &str = "code";

/// Words for `format` on strings.
const STRING_FORMATS: [&str; 7] = ["uuid", "date", "date-time", "uri", "decimal", "binary", "password"];

/// Applies a rule that says at most one thing about each schema.
pub(super) fn each_place(document: &Document, fault: impl Fn(&Place<'_>) -> Option<String>) -> Vec<Problem> {
    places(document).iter().filter_map(|place| fault(place).map(|message| place.problem(message))).collect()
}

pub(super) fn names(document: &Document) -> Vec<Problem> {
    let odd = components(document, "schemas")
        .filter(|(name, ..)| pascal(name) != *name || *name == "Self" || !name.starts_with(char::is_alphabetic));
    let message = "component schemas are named in PascalCase, one capital for each word, as their Rust types will be: `KycStatus`";
    odd.map(|(name, position, _)| Problem::at(position, message).on(name)).collect()
}

pub(super) fn property_names(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for place in places(document) {
        let properties: Vec<_> = entries(place.node.get("properties")).collect();
        for (name, position, _) in properties.iter().filter(|(name, ..)| !snake(name).starts_with(|c: char| c.is_ascii_lowercase())) {
            problems.push(
                Problem::at(*position, format!("property `{name}` gives no Rust field, since it starts with no letter")).on(place.subject),
            );
        }
        problems.extend(repeated(
            properties,
            |(name, ..)| snake(name),
            |(first, ..), (second, position, _)| {
                Problem::at(
                    *position,
                    format!("the properties `{first}` and `{second}` give the same Rust field; they cannot both be generated"),
                )
                .on(place.subject)
            },
        ));
    }
    problems
}

pub(super) fn required_known(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for place in places(document).into_iter().filter(|place| place.role != Role::Alternative) {
        let known: Vec<&str> = place.node.get("properties").into_iter().flat_map(Node::members).map(|(name, _)| name).collect();
        let always = place.node.get("required").into_iter().flat_map(Node::items);
        problems.extend(always.filter(|name| refers_to_nullable(document, place.node, name)).map(|name| {
            let message =
                format!("`required` lists {}, whose schema is nullable; its type would have to be another one here", name.to_json());
            Problem::at(name.position, message).on(place.subject)
        }));
        let forms = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| place.node.get(keyword)).flat_map(Node::items);
        for node in forms.chain([place.node]) {
            let names: Vec<&Node> = node.get("required").into_iter().flat_map(Node::items).collect();
            let complain = |name: &Node, message: String| Problem::at(name.position, message).on(place.subject);
            for name in names.iter().filter(|name| !name.as_str().is_some_and(|name| known.contains(&name))) {
                problems.push(complain(
                    name,
                    format!("`required` lists {}, which is no property of {}; fix the spelling", name.to_json(), place.label),
                ));
            }
            problems.extend(repeated(
                names,
                |name| name.to_json(),
                |_, name| complain(name, format!("`required` lists {} twice", name.to_json())),
            ));
        }
    }
    problems
}

/// A nullable component is an `Option` where it is used, so its uses must be optional.
fn refers_to_nullable(document: &Document, schema: &Node, property: &Node) -> bool {
    let property = property.as_str().and_then(|name| schema.get("properties")?.get(name));
    property.and_then(Document::reference).and_then(|target| document.schema(target)).is_some_and(|target| target.flag("nullable"))
}

pub(super) fn enum_values(document: &Document) -> Vec<Problem> {
    places(document).iter().filter(|place| place.role == Role::Component).flat_map(enum_faults).collect()
}

fn enum_faults(place: &Place<'_>) -> Vec<Problem> {
    let node = place.node;
    let complain = |position, message: String| Problem::at(position, message).on(place.subject);
    let mut problems = Vec::new();
    let lists = ["enum", "x-extensible-enum"].into_iter().filter_map(|keyword| node.get(keyword)).collect::<Vec<_>>();
    let values: Vec<&Node> = lists.iter().flat_map(|list| list.items()).collect();
    if let Some(list) = lists.first() {
        if node.str("type") != Some("string") {
            problems.push(complain(list.position, "an enum is `type: string`; other types have no open form".to_owned()));
        }
        if lists.len() > 1 {
            problems.push(complain(list.position, "`enum` is complete and `x-extensible-enum` is not; keep one of them".to_owned()));
        }
        // An extensible list may be empty: the type stays open for the values to come.
        if values.is_empty() && node.get("enum").is_some() {
            problems.push(complain(list.position, "the enum has no value; list the known ones or make it a plain string".to_owned()));
        }
    }
    let variant = |value: &Node| rust_variant(value.as_str().unwrap_or_default());
    for value in &values {
        let text = value.to_json();
        if value.as_str().is_none() {
            problems.push(complain(value.position, format!("the enum value {text} is not a string; quote it")));
        } else if !variant(value).starts_with(|c: char| c.is_ascii_uppercase()) {
            problems.push(complain(value.position, format!("the enum value {text} gives no Rust variant, since it starts with no letter")));
        } else if variant(value) == "Unknown" {
            problems.push(complain(
                value.position,
                format!("the enum value {text} gives the variant `Unknown`, which is that of values not listed"),
            ));
        }
    }
    let strings: Vec<&Node> = values.into_iter().filter(|value| value.as_str().is_some()).collect();
    for keyword in ["x-enum-descriptions", "x-enum-evidence"] {
        for (name, position, _) in
            entries(node.get(keyword)).filter(|(name, ..)| !strings.iter().any(|value| value.as_str() == Some(*name)))
        {
            problems.push(complain(position, format!("`{keyword}` names `{name}`, which is no value of the enum; fix the spelling")));
        }
    }
    problems.extend(repeated(
        strings,
        |value| variant(value),
        |first, second| {
            complain(
                second.position,
                format!("the enum values {} and {} give the same Rust variant `{}`", first.to_json(), second.to_json(), variant(second)),
            )
        },
    ));
    problems
}

pub(super) fn decimals(document: &Document) -> Vec<Problem> {
    each_place(document, |place| match (place.node.str("type"), place.node.str("format")) {
        (Some("number"), Some("decimal")) => None,
        (Some("number"), _) => {
            Some("is a `type: number` without `format: decimal`; it would become a float, which no amount may be".to_owned())
        }
        (Some("string"), Some("decimal")) => None,
        (_, Some("decimal")) => Some("has `format: decimal`, which goes with `type: string` or `type: number` only".to_owned()),
        _ => None,
    })
}

pub(super) fn integers(document: &Document) -> Vec<Problem> {
    each_place(document, |place| match (place.node.str("type"), place.node.str("format")) {
        (Some("integer"), Some("int32" | "int64")) => None,
        (Some("integer"), _) => Some("is an integer without `format: int32` or `format: int64`; say how wide it is".to_owned()),
        (_, Some(format @ ("int32" | "int64"))) => Some(format!("has `format: {format}`, which goes with `type: integer` only")),
        _ => None,
    })
}

pub(super) fn formats(document: &Document) -> Vec<Problem> {
    each_place(document, |place| {
        let format = place.node.str("format").filter(|format| !["int32", "int64", "decimal"].contains(format))?;
        if !STRING_FORMATS.contains(&format) && value_type(format).is_none() {
            let known = STRING_FORMATS.iter().chain(VALUES.iter().map(|(word, ..)| word)).copied().collect::<Vec<_>>().join(", ");
            return Some(format!("has the unknown `format: {format}`; known are {known}, int32 and int64"));
        }
        (place.node.str("type") != Some("string")).then(|| format!("has `format: {format}`, which goes with `type: string` only"))
    })
}

pub(super) fn sensitive(document: &Document) -> Vec<Problem> {
    let cards = document.webhooks().iter().filter(|event| event.id.starts_with("card")).map(|event| &event.node);
    let of_cards: BTreeSet<&str> = reached(document, cards);
    each_place(document, |place| {
        let mark = place.node.get("x-sensitive");
        let is_secret = SENSITIVE.contains(&place.name)
            || place.name == ONE_TIME_CODE && of_cards.contains(format!("#/components/schemas/{}", place.subject).as_str());
        match mark {
            Some(_) if !place.node.flag("x-sensitive") => Some("has an `x-sensitive` that is not `true`; leave it out instead".to_owned()),
            Some(_) if place.node.str("type") != Some("string") => {
                Some("has `x-sensitive`, which goes with `type: string` only".to_owned())
            }
            None if is_secret && place.role == Role::Property => {
                Some("is a secret or an identity number: add `x-sensitive: true`, so that it is redacted and wiped".to_owned())
            }
            _ => None,
        }
    })
    .into_iter()
    .chain(secret_parameters(document))
    .collect()
}

/// A secret in an address would end in the logs of every proxy.
fn secret_parameters(document: &Document) -> Vec<Problem> {
    let secret =
        document.operations().iter().flat_map(|operation| operation.parameters.iter().map(move |parameter| (operation, parameter)));
    let found = secret
        .filter(|(_, parameter)| SENSITIVE.contains(&parameter.name.as_str()) || parameter.node.at(&["schema", "x-sensitive"]).is_some());
    found
        .map(|(operation, parameter)| {
            let message = format!("the parameter `{}` is a secret and would be in the address; secrets go into bodies", parameter.name);
            Problem::at(key_position(&parameter.node, "name"), message).on(&operation.id)
        })
        .collect()
}
