//! The rule about examples: they exist where readers need them, and they fit their schemas to the last member.

use super::walk::{JSON, MULTIPART, Media, entries, key_position, media};
use crate::document::MediaNode;
use crate::node::{Kind, Scalar, is_number};
use crate::{Document, Node, Problem};

pub(super) fn examples(document: &Document) -> Vec<Problem> {
    let mut problems = missing(document);
    for media in media(document) {
        if media.node.get("example").is_some() {
            let message = "`example` has no name; use `examples` with a name and a summary for each";
            problems.push(Problem::at(key_position(media.node, "example"), message).on(media.subject));
        }
        for (name, position, example) in entries(media.node.get("examples")) {
            let reference = example.str("$ref").and_then(|address| address.rsplit('/').next());
            let Ok(example) = document.resolve(example) else { continue };
            // What is wrong with a shared example is said of the example, once.
            let subject = reference.unwrap_or(media.subject);
            match example.get("value") {
                None => problems.push(Problem::at(position, format!("the example `{name}` has no `value`")).on(subject)),
                Some(value) => problems.extend(faults(document, &media, name, value).into_iter().map(|problem| problem.on(subject))),
            }
        }
    }
    problems
}

/// Bodies a reader or a test wants to see that have no example.
fn missing(document: &Document) -> Vec<Problem> {
    let operations = document.operations().iter().flat_map(|operation| {
        let responses = operation.successes().filter_map(|response| response.body.as_ref());
        operation.body.iter().chain(responses).map(|body| (operation.id.as_str(), body))
    });
    let events = document.webhooks().iter().map(|event| (event.id.as_str(), &event.body));
    let is_bare = |(_, body): &(&str, &MediaNode)| body.node.get("examples").is_none_or(|examples| examples.members().next().is_none());
    let complain = |(subject, body): (&str, &MediaNode)| {
        let message = format!("the {} body has no example; add one under `examples`", body.content_type);
        Problem::at(body.node.position, message).on(subject)
    };
    operations.chain(events).filter(is_bare).map(complain).collect()
}

fn faults(document: &Document, media: &Media<'_>, name: &str, value: &Node) -> Vec<Problem> {
    let Some(schema) = media.node.get("schema") else { return Vec::new() };
    let mut problems = match media.content_type {
        MULTIPART => form(document, schema, value),
        _ => mismatches(document, schema, value, "value"),
    };
    let code = value.str("errorCode").unwrap_or_default();
    let names_a_code = document.schema("ErrorCode").and_then(Document::enum_values).unwrap_or_default().contains(&name);
    if media.content_type == JSON && names_a_code && code != name {
        problems.push(Problem::at(value.position, format!("the example `{name}` has the errorCode `{code}`; they must be the same")));
    }
    problems
}

/// Files have no JSON form, so only the names of the parts are compared with the form.
fn form(document: &Document, schema: &Node, value: &Node) -> Vec<Problem> {
    let schema = Document::reference(schema).and_then(|name| document.schema(name)).unwrap_or(schema);
    members(schema, value, "value")
}

/// Everything that keeps `value` from being what `schema` says; `at` is how messages call it.
fn mismatches(document: &Document, schema: &Node, value: &Node, at: &str) -> Vec<Problem> {
    let wrong = |message: String| vec![Problem::at(value.position, format!("in an example, `{at}` {message}"))];
    if value.is_null() {
        return if schema.flag("nullable") { Vec::new() } else { wrong("is null, but its schema is not nullable".to_owned()) };
    }
    if let Some(name) = Document::reference(schema).filter(|_| schema.get("type").is_none()) {
        return document.schema(name).map_or_else(Vec::new, |target| mismatches(document, target, value, at));
    }
    if schema.get("allOf").is_some() {
        // What a composed object holds cannot be known; composing it is refused elsewhere.
        return Vec::new();
    }
    let kind = schema.str("type");
    if let (None, Some(forms)) = (kind, schema.get("oneOf").or_else(|| schema.get("anyOf"))) {
        let fits = forms.items().any(|form| mismatches(document, form, value, at).is_empty());
        return if fits { Vec::new() } else { wrong("fits none of the forms of its schema".to_owned()) };
    }
    let is_decimal = schema.str("format") == Some("decimal");
    match (kind, &value.kind) {
        (Some("string"), Kind::Scalar(Scalar::String(text))) => match schema.get("enum") {
            _ if is_decimal && !is_number(text) => wrong(format!("is `{text}`, which is no decimal number")),
            Some(values) if !values.items().any(|known| known.as_str() == Some(text)) => {
                wrong(format!("is `{text}`, which is no value of its enum"))
            }
            _ => Vec::new(),
        },
        (Some("number"), Kind::Scalar(Scalar::Number(_))) | (Some("boolean"), Kind::Scalar(Scalar::Bool(_))) | (None, _) => Vec::new(),
        (Some("integer"), Kind::Scalar(Scalar::Number(text))) if text.parse::<i64>().is_ok() => Vec::new(),
        (Some("array"), Kind::List(items)) => {
            let element = schema.get("items").map(|element| {
                let each = |(index, item)| mismatches(document, element, item, &format!("{at}[{index}]"));
                items.iter().enumerate().flat_map(each).collect()
            });
            element.unwrap_or_default()
        }
        (Some("object"), Kind::Map(_)) => object(document, schema, value, at),
        (Some(kind), _) => wrong(format!("is {}, but its schema says {kind}; mind the quotes", value.to_json())),
    }
}

fn object(document: &Document, schema: &Node, value: &Node, at: &str) -> Vec<Problem> {
    let mut problems = members(schema, value, at);
    for (name, _, member) in entries(Some(value)) {
        let at = format!("{at}.{name}");
        let property = schema.get("properties").and_then(|properties| properties.get(name));
        let Some(member_schema) = property.or_else(|| schema.get("additionalProperties")) else { continue };
        if property.is_some() && member.is_null() && !schema.strings("required").any(|required| required == name) {
            problems.push(Problem::at(member.position, format!("in an example, the optional member `{at}` is null; leave it out")));
        } else {
            problems.extend(mismatches(document, member_schema, member, &at));
        }
    }
    problems
}

/// Members that are missing from `value`, or unknown to `schema`.
fn members(schema: &Node, value: &Node, at: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut complain = |position, message: String| problems.push(Problem::at(position, format!("in an example, `{at}` {message}")));
    let holds = |form: &Node| form.strings("required").all(|name| value.get(name).is_some());
    let is_property = |name: &str| schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
    for name in schema.strings("required").filter(|name| value.get(name).is_none() && is_property(name)) {
        complain(value.position, format!("lacks the required member `{name}`"));
    }
    if schema.get("anyOf").is_some_and(|forms| !forms.items().any(holds)) {
        complain(value.position, "satisfies none of the `anyOf` groups of required members".to_owned());
    }
    if schema.get("oneOf").is_some_and(|forms| forms.items().filter(|form| holds(form)).count() != 1) {
        complain(value.position, "must satisfy exactly one of the `oneOf` groups of required members".to_owned());
    }
    for (name, position, _) in entries(Some(value)) {
        if !is_property(name) && schema.get("additionalProperties").is_none() {
            complain(position, format!("has a member `{name}` that its schema does not know; fix the spelling"));
        }
    }
    problems
}
