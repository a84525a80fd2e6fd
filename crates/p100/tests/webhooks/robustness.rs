//! Any path, any headers, any bytes: no panic, and no byte is lost.

use std::collections::BTreeSet;

use p100::webhooks::{HeaderMap, HeaderValue, WebhookKind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;

use super::payloads::PAYLOADS;
use super::{TOKEN, invariant, receiver};

fn path() -> impl Strategy<Value = String> {
    let known = select(WebhookKind::ALL).prop_map(|kind| format!("/hooks{}", kind.route().path));
    prop_oneof![known.clone(), known.prop_map(|path| path + "/?a=b"), any::<String>(), Just("/p100".to_owned())]
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let value = prop_oneof![
        8 => Just(HeaderValue::from_static(TOKEN)),
        1 => vec(any::<u8>(), 0..20).prop_filter_map("a header value", |bytes| HeaderValue::from_bytes(&bytes).ok()),
    ];
    let name = prop_oneof![Just("authorization"), Just("content-type")];
    vec((name, value), 0..4).prop_map(|pairs| pairs.into_iter().map(|(name, value)| (name.parse().expect("a name"), value)).collect())
}

fn json() -> impl Strategy<Value = String> {
    let member = select(&["id", "status", "code", "amount", "destination", "merchantName", "event_type", "data", "exchangeId", "\\u0000"]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<f64>().prop_map(|number| if number.is_finite() { number.to_string() } else { "true".to_owned() }),
        "[A-Z]{1,6}".prop_map(|text| format!("{text:?}")),
        select(&["\"ADDED\"", "\"APPROVED\"", "\"\\ud800\"", "1e99999999999", "\"12.50\""]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        let object = vec((member.clone(), inner.clone()), 0..8).prop_map(|members| {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        });
        prop_oneof![4 => object, 1 => vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(",")))]
    })
}

/// A body of an event with some bytes changed, or cut off.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (select(PAYLOADS), any::<bool>(), vec((any::<Index>(), any::<u8>()), 0..3), any::<Index>(), any::<bool>()).prop_map(
        |((_, body), enveloped, changes, end, cut)| {
            let mut body = if enveloped { format!(r#"{{"event_type":"a","data":{body}}}"#) } else { body.to_string() }.into_bytes();
            for (place, byte) in changes {
                let place = place.index(body.len());
                body[place] = byte;
            }
            if cut {
                body.truncate(end.index(body.len()));
            }
            body
        },
    )
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..300), json().prop_map(String::into_bytes), damaged()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_panics_or_loses_its_bytes(path in path(), headers in headers(), body in body(), limit in prop_oneof![Just(100_usize), Just(65_536)]) {
        let receiver = receiver().base_path("/hooks").max_body_bytes(limit);
        let shared = receiver.clone().path(WebhookKind::CardTransaction, "/p100").path(WebhookKind::Card3dsCode, "/p100").base_path("");
        invariant::receive(&receiver, &path, &headers, &body);
        invariant::receive(&shared, &path, &headers, &body);
    }
}

/// The property above would say little if all its cases ended alike.
#[test]
fn the_property_meets_every_outcome() {
    let receiver = receiver().base_path("/hooks").max_body_bytes(100);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut outcomes = BTreeSet::new();
    for _ in 0..2000 {
        let (path, headers, body) = (path(), headers(), body()).new_tree(&mut runner).expect("a case").current();
        outcomes.insert(invariant::receive(&receiver, &path, &headers, &body));
    }
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), ["known", "missing token", "not JSON", "too large", "unknown", "wrong token"]);
}
