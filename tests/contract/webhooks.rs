//! Which event the receiver takes every example of the document for, whole and in part.

use p100::webhooks::{Paths, UnknownReason, WebhookEvent, WebhookKind};
use p100_spec::Node;

use crate::DOCUMENT;

const ELSEWHERE: &str = "/a/path/of/no/event";

/// Every event with the members of each of its examples, as JSON.
fn examples() -> Vec<(WebhookKind, Vec<(String, String)>)> {
    let mut found = Vec::new();
    for webhook in DOCUMENT.webhooks() {
        for example in DOCUMENT.examples(&webhook.body.node).expect("resolves") {
            let members = example.value.members().map(|(name, value): (&str, &Node)| (name.to_owned(), value.to_json()));
            found.push((webhook.id.parse().expect("an event"), members.collect()));
        }
    }
    assert!(WebhookKind::ALL.iter().all(|kind| found.iter().any(|(other, _)| other == kind)), "each event has an example");
    found
}

/// All bodies that lack any of the members.
fn parts(members: &[(String, String)]) -> impl Iterator<Item = String> {
    (0..1_u32 << members.len()).map(|chosen| {
        let chosen = members.iter().enumerate().filter(|(number, _)| chosen >> number & 1 == 1);
        let members: Vec<String> = chosen.map(|(_, (name, value))| format!("{name:?}:{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn whole(members: &[(String, String)]) -> String {
    parts(members).last().expect("at least the empty one")
}

fn enveloped(body: &str) -> String {
    format!(r#"{{"event_type":"subject.status_changed","data":{body}}}"#)
}

#[test]
fn every_example_is_known_at_its_path_and_says_nothing_odd() {
    let paths = Paths::default();
    for (kind, members) in examples() {
        for body in [whole(&members), enveloped(&whole(&members))] {
            let event = paths.recognise(kind.route().path, body);
            assert_eq!(event.known().map(WebhookEvent::kind), Some(kind), "{event:?}");
            assert_eq!(event.deviations.total(), 0, "{kind}: {:?}", event.deviations);
        }
    }
}

#[test]
fn the_path_is_certain_however_little_of_an_event_arrives() {
    let paths = Paths::default();
    for (kind, members) in examples() {
        for body in parts(&members) {
            assert_eq!(paths.recognise(kind.route().path, body.clone()).kind, Some(kind), "{body}");
        }
    }
}

#[test]
fn at_a_shared_path_no_example_is_taken_for_another_event_however_much_of_it_is_missing() {
    let all_at_one = WebhookKind::ALL.iter().fold(Paths::default(), |paths, kind| paths.set(*kind, "/p100"));
    let mut reported = std::collections::BTreeSet::new();
    for (kind, members) in examples() {
        for body in parts(&members) {
            for body in [enveloped(&body), body] {
                for (paths, path) in [(&Paths::default(), ELSEWHERE), (&all_at_one, "/p100")] {
                    match paths.recognise(path, body.clone()).kind {
                        Some(other) => assert_eq!(other, kind, "{body}"),
                        None => continue,
                    }
                    reported.insert(kind);
                }
            }
        }
    }
    // What the document says that members report, they do report; a code event never.
    let by_members = DOCUMENT.webhooks().iter().filter(|webhook| !webhook.members.is_empty() || !webhook.values.is_empty());
    let expected = by_members.map(|webhook| webhook.id.parse().expect("an event")).collect();
    assert_eq!(reported, expected);
    assert!(!reported.contains(&WebhookKind::Card3dsCode) && !reported.contains(&WebhookKind::CardActivationCode));
}

#[test]
fn an_event_that_members_do_not_identify_is_among_the_candidates() {
    for (kind, members) in examples() {
        let event = Paths::default().recognise(ELSEWHERE, whole(&members));
        match event.unknown_reason() {
            None => assert_eq!(event.kind, Some(kind)),
            Some(reason @ UnknownReason::Unrecognised { .. }) => {
                let candidates = reason.candidates();
                assert!(candidates.contains(&kind), "{kind}: {candidates:?}");
                if [WebhookKind::Card3dsCode, WebhookKind::CardActivationCode].contains(&kind) {
                    assert_eq!(candidates, [WebhookKind::Card3dsCode, WebhookKind::CardActivationCode]);
                }
            }
            Some(other) => panic!("{kind}: {other}"),
        }
    }
}

#[test]
fn the_routing_table_has_the_members_of_every_payload() {
    for (webhook, route) in DOCUMENT.webhooks().iter().zip(p100_raw::webhooks::ROUTES) {
        let schema = DOCUMENT.schema(&webhook.payload).expect("a schema");
        let names: Vec<&str> = schema.get("properties").into_iter().flat_map(Node::members).map(|(name, _)| name).collect();
        assert!(names.iter().all(|name| route.payload.iter().any(|member| member.name == *name)), "{}", webhook.id);
        for name in route.members.iter().chain(route.dedupe).chain(route.values.iter().map(|(name, _)| name)) {
            assert!(route.payload.iter().any(|member| member.name == *name), "{}: {name}", webhook.id);
        }
    }
}
