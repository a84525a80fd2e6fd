//! A wrong guess costs nothing but itself: each response and event is bent at each member, and what may be absent leaves the rest readable.

use std::collections::BTreeSet;

use p100_httpmock::MockServer;
use p100_raw::ErrorKind;
use p100_spec::{Document, Node, Operation, Retry};
use serde_json::{Value, json};

use crate::DOCUMENT;
use crate::harness::{Arguments, Schema, assert_same_json, call, client};
use crate::samples::Sample;

/// One place in a sample.
#[derive(Clone)]
struct Place {
    /// Where it is, as in errors.
    path: String,
    /// Where it is, as in RFC 6901.
    pointer: String,
    schema: &'static Node,
    /// Whether it is a member that may be absent.
    is_optional: bool,
    /// The smallest part around it, itself included, that may be absent: its pointer.
    set_aside: Option<String>,
}

fn resolved(schema: &'static Node) -> &'static Node {
    Document::reference(schema).map_or(schema, |name| resolved(DOCUMENT.schema(name).expect("resolves")))
}

/// Every place below `parent`.
fn below(parent: &Place, places: &mut Vec<Place>) {
    let schema = resolved(parent.schema);
    let join = |name: &str| if parent.path.is_empty() { name.to_owned() } else { format!("{}.{name}", parent.path) };
    let mut add = |path: String, step: &str, schema: &'static Node, is_optional: bool, may_go: bool| {
        let pointer = format!("{}/{step}", parent.pointer);
        let set_aside = if may_go { Some(pointer.clone()) } else { parent.set_aside.clone() };
        let place = Place { path, pointer, schema, is_optional, set_aside };
        below(&place, places);
        places.push(place);
    };
    if let Some(values) = schema.get("additionalProperties") {
        add(join("key"), "key", values, false, true);
    } else if let Some(items) = schema.get("items") {
        add(format!("{}[0]", parent.path), "0", items, false, true);
    } else {
        let required: Vec<&str> = schema.strings("required").collect();
        for (name, property) in schema.get("properties").into_iter().flat_map(Node::members) {
            let is_optional = !required.contains(&name) || property.flag("nullable");
            add(join(name), name, property, is_optional, is_optional);
        }
    }
}

/// What a member is bent to. `None` takes it away.
fn bends() -> Vec<Option<Value>> {
    [json!(null), json!({}), json!([]), json!(true), json!(7), json!(""), json!("odd")].into_iter().map(Some).chain([None]).collect()
}

enum Expected {
    /// It is what the document says, or absent.
    Fits,
    /// It fails there or below.
    Fails,
}

fn expected(place: &Place, bend: Option<&Value>) -> Expected {
    let schema = resolved(place.schema);
    let decimal = schema.get("oneOf").and_then(|forms| forms.items().next()).unwrap_or(schema).str("format") == Some("decimal");
    let kind = schema.str("type").unwrap_or_default();
    let needs = || {
        let properties = schema.get("properties");
        schema.strings("required").any(|name| !properties.and_then(|all| all.get(name)).is_some_and(|property| property.flag("nullable")))
    };
    let fits = match bend {
        None | Some(Value::Null) => place.is_optional,
        Some(Value::Object(_)) => kind == "object" && !needs(),
        Some(Value::Array(_)) => kind == "array",
        Some(Value::Bool(_)) => kind == "boolean",
        // A number is a text too, and an entry of a list of texts.
        Some(Value::Number(_)) => decimal || kind == "integer" || kind == "string",
        Some(Value::String(_)) => !decimal && kind == "string",
    };
    if fits { Expected::Fits } else { Expected::Fails }
}

fn take_away(value: &mut Value, pointer: &str) {
    let (parent, step) = pointer.rsplit_once('/').expect("not the root");
    match value.pointer_mut(parent).expect("it is in the sample") {
        Value::Object(members) => drop(members.remove(step)),
        Value::Array(entries) => drop(entries.remove(step.parse().expect("an index"))),
        other => panic!("{other} has no parts"),
    }
}

/// The schemas that P100 sends: of successes and of events.
fn sent_by_p100() -> BTreeSet<&'static str> {
    let successes = DOCUMENT.operations().iter().flat_map(Operation::successes);
    let responses = successes.filter_map(|response| response.body.as_ref()?.schema());
    responses.chain(DOCUMENT.webhooks().iter().map(|webhook| &*webhook.payload)).collect()
}

#[test]
#[allow(clippy::print_stdout, reason = "the share is worth seeing")]
fn what_may_be_absent_leaves_the_rest_readable_and_what_must_be_there_is_named() {
    let (mut readable, mut all) = (0, 0);
    for name in sent_by_p100() {
        let schema = Schema::named(name);
        let whole = Sample::default().of(name);
        let root = Place { path: String::new(), pointer: String::new(), schema: schema.node(), is_optional: false, set_aside: None };
        let mut places = Vec::new();
        below(&root, &mut places);
        for place in &places {
            for bend in bends() {
                let is_entry = matches!(place.pointer.rsplit('/').next(), Some("0" | "key"));
                if is_entry && bend.is_none() {
                    continue;
                }
                let mut bent = whole.clone();
                match &bend {
                    None => take_away(&mut bent, &place.pointer),
                    Some(value) => *bent.pointer_mut(&place.pointer).expect("it is in the sample") = value.clone(),
                }
                let what = format!("{name}.{} bent to {bend:?}", place.path);
                let is_there = |path: &str| path == place.path || path.starts_with(&format!("{}.", place.path));
                let read = (schema.decode)(&bent.to_string());
                match (expected(place, bend.as_ref()), &place.set_aside) {
                    (Expected::Fits, _) => {
                        let (_, deviations) = read.unwrap_or_else(|path| panic!("{what}: fails at {path}"));
                        assert!(deviations.is_empty(), "{what}: {deviations:?}");
                        continue;
                    }
                    (Expected::Fails, Some(part)) => {
                        let (again, deviations) = read.unwrap_or_else(|path| panic!("{what}: fails at {path}"));
                        assert!(deviations.len() == 1 && is_there(&deviations[0]), "{what}: {deviations:?}");
                        let mut rest = whole.clone();
                        take_away(&mut rest, part);
                        let rest = (schema.recode)(&rest.to_string()).unwrap_or_else(|error| panic!("{what}: {error}"));
                        assert_same_json(&again, &rest, &what);
                        readable += 1;
                    }
                    (Expected::Fails, None) => {
                        let path = read.expect_err(&what);
                        assert!(is_there(&path), "{what}: fails at {path}");
                    }
                }
                all += 1;
            }
        }
    }
    assert!(all > 1000, "{all}");
    println!("{readable} of {all} single deviations leave the rest readable: {} %", readable * 100 / all);
}

/// Whether a text is there: an id, a status, a time, a code.
fn is_text(schema: &Node) -> bool {
    schema.str("type") == Some("string") && schema.str("format") != Some("decimal")
}

#[test]
fn each_text_may_be_a_number_and_keeps_its_digits() {
    let mut texts = 0;
    for name in sent_by_p100() {
        let schema = Schema::named(name);
        let whole = Sample::default().of(name);
        let root = Place { path: String::new(), pointer: String::new(), schema: schema.node(), is_optional: false, set_aside: None };
        let mut places = Vec::new();
        below(&root, &mut places);
        for place in places.iter().filter(|place| is_text(resolved(place.schema))) {
            for number in ["7", "1754985600123", "340282366920938463463374607431768211456789"] {
                let mut numbered = whole.clone();
                *numbered.pointer_mut(&place.pointer).expect("it is in the sample") = json!("the number");
                let text = numbered.to_string().replace("\"the number\"", number);
                let (read, deviations) = (schema.decode)(&text).unwrap_or_else(|path| panic!("{name}.{}: fails at {path}", place.path));
                assert!(deviations.is_empty(), "{name}.{}: {deviations:?}", place.path);
                let read: Value = serde_json::from_str(&read).expect("JSON");
                assert_eq!(read.pointer(&place.pointer), Some(&json!(number)), "{name}.{}", place.path);
                texts += 1;
            }
        }
    }
    assert!(texts > 500, "{texts}");
}

#[test]
fn arrays_are_no_objects_in_any_response_or_event() {
    for name in sent_by_p100() {
        for text in
            ["[]", "[[]]", r#"["amount must be positive"]"#, r#"["1", "1"]"#, r#"["a", "b", "c", "d", "e", "f"]"#, "7", r#""text""#, "null"]
        {
            assert_eq!((Schema::named(name).decode)(text), Err(".".to_owned()), "{name} {text}");
        }
    }
    for (webhook, route) in DOCUMENT.webhooks().iter().zip(p100_raw::webhooks::ROUTES) {
        assert!(route.kind.decode(br#"["1", "1"]"#).is_err(), "{}", webhook.payload);
    }
}

/// The response types of the operations that report outcomes, with the final words of those whose outcome they report.
fn outcomes() -> Vec<(&'static Operation, BTreeSet<&'static str>)> {
    let words = |details: &str| -> BTreeSet<&'static str> {
        let reported = p100_raw::operations::ALL.iter().filter_map(|operation| operation.outcome.as_ref());
        // Of those that create something; what else ends is identified by members of their own.
        reported
            .filter(|outcome| outcome.id.is_some() && outcome.details == Some(details))
            .flat_map(|outcome| outcome.terminal.iter().copied())
            .collect()
    };
    let reported = DOCUMENT.operations().iter().map(|operation| (operation, words(&operation.id)));
    reported.filter(|(_, words)| !words.is_empty()).collect()
}

#[tokio::test]
async fn the_status_alone_reports_an_outcome() {
    let outcomes = outcomes();
    assert!(outcomes.len() >= 4, "{}", outcomes.len());
    for (operation, words) in outcomes {
        let name = operation.successes().find_map(|response| response.body.as_ref()?.schema()).expect("a JSON response");
        let node = Schema::named(name).node();
        let required: Vec<&str> = node.strings("required").collect();
        assert!(required.contains(&"status"), "{name}");
        for word in words {
            let sample = |required_only| {
                let mut sample = Sample { required_only, ..Sample::default() }.of(name);
                sample["status"] = json!(word);
                sample
            };
            let mut bodies = vec![sample(true), sample(false)];
            let mut all_odd = sample(false);
            for (member, property) in node.get("properties").into_iter().flat_map(Node::members) {
                if member == "status" || required.contains(&member) && !property.flag("nullable") {
                    continue;
                }
                for odd in bends().into_iter().flatten() {
                    let mut body = sample(false);
                    body[member] = odd;
                    bodies.push(body);
                }
                all_odd[member] = json!([["insufficient funds"]]);
            }
            bodies.push(all_odd);
            for body in bodies {
                let server = MockServer::start_async().await;
                server.mock(|when, then| {
                    when.is_true(|_| true);
                    then.status(200).body(body.to_string());
                });
                let response = call(&client(&server), &operation.id, &Arguments::of(operation, "x")).await;
                let text = response.unwrap_or_else(|error| panic!("{}: {error} {body}", operation.id)).text;
                assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["status"], json!(word), "{} {body}", operation.id);
            }
        }
    }
}

#[tokio::test]
async fn a_success_without_a_body_is_one_unless_something_must_be_in_it() {
    let mut empty = 0;
    for operation in DOCUMENT.operations().iter().filter(|operation| !operation.returns_raw()) {
        let name = operation.successes().find_map(|response| response.body.as_ref()?.schema()).expect("a JSON response");
        let node = Schema::named(name).node();
        let needs = (Schema::named(name).decode)("{}").is_err();
        assert_eq!(needs, node.strings("required").next().is_some(), "{name}");
        empty += usize::from(!needs);
        for (status, body) in [(200, ""), (202, " \r\n\t"), (204, "")] {
            let server = MockServer::start_async().await;
            server.mock(|when, then| {
                when.is_true(|_| true);
                then.status(status).body(body);
            });
            let response = call(&client(&server), &operation.id, &Arguments::of(operation, "x")).await;
            match response {
                Ok(response) => {
                    assert!(!needs, "{}", operation.id);
                    // A question without a response must not look like a response.
                    let deviations: &[&str] = if operation.retry == Retry::Safe { &["."] } else { &[] };
                    assert_eq!(
                        (response.status, response.deviations),
                        (status, deviations.iter().map(|path| (*path).to_owned()).collect())
                    );
                }
                Err(error) => {
                    assert!(needs, "{error}");
                    assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
                    assert_eq!(error.may_have_taken_effect(), operation.retry == Retry::Never, "{error}");
                    assert!(error.path().is_some_and(|path| node.strings("required").any(|name| name == path)), "{error}");
                }
            }
        }
    }
    assert!(empty > 10, "{empty}");
}
