//! Every example decodes into its type, encodes to the same JSON, and is valid for an independent validator.

use p100_spec::{MediaNode, Node, json_schema};
use serde_json::{Map, Value, json};

use crate::DOCUMENT;
use crate::harness::{Schema, assert_same_json};

/// One JSON example: where it is, the schema it is of, its text.
pub(crate) struct Example {
    pub(crate) place: String,
    pub(crate) schema: &'static str,
    pub(crate) node: Node,
}

/// Every JSON example of bodies, responses and webhooks.
pub(crate) fn all() -> Vec<Example> {
    let mut found = Vec::new();
    for operation in DOCUMENT.operations() {
        let responses = operation.responses.iter().filter_map(|response| Some((response.status.to_string(), response.body.as_ref()?)));
        for (what, media) in operation.body.iter().map(|body| ("request".to_owned(), body)).chain(responses) {
            collect(&format!("{} {what}", operation.id), media, &mut found);
        }
    }
    for webhook in DOCUMENT.webhooks() {
        collect(&webhook.id, &webhook.body, &mut found);
    }
    found
}

fn collect(place: &str, media: &'static MediaNode, found: &mut Vec<Example>) {
    if media.content_type != "application/json" {
        return;
    }
    let schema = media.schema().expect("a body refers to its schema");
    for example in DOCUMENT.examples(&media.node).expect("resolves") {
        found.push(Example { place: format!("{place}, example {}", example.name), schema, node: example.value });
    }
}

#[test]
fn each_example_decodes_and_encodes_to_the_same_json() {
    let examples = all();
    assert!(examples.len() > 200, "{}", examples.len());
    for example in examples {
        let text = example.node.to_json();
        let again = (Schema::named(example.schema).recode)(&text).unwrap_or_else(|error| panic!("{}: {error}", example.place));
        assert_same_json(&again, &text, &example.place);
    }
}

#[test]
fn each_example_is_valid_for_an_independent_validator() {
    for example in all() {
        let errors: Vec<String> = validator(example.schema).iter_errors(&example.node.to_value()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", example.place);
    }
}

#[test]
fn every_webhook_example_decodes_as_its_event() {
    for (webhook, route) in DOCUMENT.webhooks().iter().zip(p100_raw::webhooks::ROUTES) {
        for example in DOCUMENT.examples(&webhook.body.node).expect("resolves") {
            let decoded = route.kind.decode(example.value.to_json().as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", webhook.id));
            assert_eq!(decoded.deviations.total(), 0, "{}: {:?}", webhook.id, decoded.deviations);
            let event = decoded.value;
            assert_eq!(event.kind(), route.kind);
            assert_same_json(&event.to_json().expect("encodes"), &example.value.to_json(), &webhook.id);
        }
    }
}

#[test]
fn the_shape_of_a_webhook_is_never_taken_for_another_event() {
    let mut reported = std::collections::BTreeSet::new();
    for webhook in DOCUMENT.webhooks() {
        for example in DOCUMENT.examples(&webhook.body.node).expect("resolves") {
            let matching: Vec<&str> =
                DOCUMENT.webhooks().iter().filter(|other| has_shape(&example.value, other)).map(|other| other.id.as_str()).collect();
            assert!(matching.is_empty() || matching == [webhook.id.as_str()], "{}, example {}: {matching:?}", webhook.id, example.name);
            reported.extend(matching);
        }
    }
    let by_shape = DOCUMENT.webhooks().iter().filter(|webhook| !webhook.members.is_empty() || !webhook.values.is_empty());
    assert_eq!(reported, by_shape.map(|webhook| webhook.id.as_str()).collect(), "each shape has an example");
}

/// Whether a body has what distinguishes the event; never true for events that only their path identifies.
fn has_shape(body: &Node, webhook: &p100_spec::Webhook) -> bool {
    let values =
        |(member, values): (&String, &Vec<String>)| body.str(member).is_some_and(|value| values.iter().any(|known| known == value));
    (!webhook.members.is_empty() || !webhook.values.is_empty())
        && webhook.members.iter().all(|member| body.get(member).is_some())
        && webhook.values.iter().all(values)
}

/// A validator for a component schema, from another hand than ours.
pub(crate) fn validator(schema: &str) -> jsonschema::Validator {
    let plain = |schema: &Node| json_schema(schema, &|_, _| true);
    let schemas: Map<String, Value> = DOCUMENT.schemas().map(|schema| (schema.name.to_owned(), plain(schema.node))).collect();
    let root = json!({"$ref": format!("#/$defs/{schema}"), "$defs": schemas});
    jsonschema::options().with_draft(jsonschema::Draft::Draft7).should_validate_formats(true).build(&root).expect("a schema")
}

#[test]
fn the_validator_refuses_what_is_wrong() {
    let mut broken = all().into_iter().find(|example| example.schema == "CreateCardRequest").expect("an example").node.to_value();
    assert!(validator("CreateCardRequest").is_valid(&broken));
    broken["pin"] = json!("12345");
    assert!(!validator("CreateCardRequest").is_valid(&broken), "a PIN of five digits");
}
