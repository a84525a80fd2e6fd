//! Which event a call is: by path, by members, in an envelope, or unknown.

use p100::types::{ExchangeStatus, WithdrawalStatus};
use p100::webhooks::{Event, ReceiveErrorKind, Receiver, UnknownReason, WebhookEvent, WebhookKind};

use super::payloads::PAYLOADS;
use super::{payload, receive, receiver};

const ELSEWHERE: &str = "/somewhere/else";

/// Whether the document says that no member tells the event.
fn only_its_path_tells(kind: WebhookKind) -> bool {
    kind.route().members.is_empty() && kind.route().values.is_empty()
}

fn kind(receiver: &Receiver, path: &str, body: &str) -> Option<WebhookKind> {
    receive(receiver, path, body).expect("an event").payload().map(WebhookEvent::kind)
}

fn reason(receiver: &Receiver, path: &str, body: &str) -> UnknownReason {
    match receive(receiver, path, body).expect("an event") {
        Event::Unknown { reason, raw, .. } => {
            assert_eq!(raw.bytes(), body);
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_table_has_every_event() {
    assert_eq!(PAYLOADS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), WebhookKind::ALL);
}

#[test]
fn every_event_is_recognised_by_its_path_and_keeps_its_bytes() {
    let receiver = receiver();
    for (kind, body) in PAYLOADS {
        let path = kind.route().path;
        for path in [path.to_owned(), format!("{path}/"), format!("{path}?attempt=2"), format!("{path}/?to=/transfer-webhook")] {
            let event = receive(&receiver, &path, body).expect(&path);
            assert_eq!(event.payload(), Some(&kind.decode(body.as_bytes()).expect("a payload")), "{path}");
            assert_eq!((event.raw().bytes(), event.raw().data()), (&(*body).into(), &(*body).into()), "{path}");
            assert_eq!((event.kind(), event.raw().event_type()), (Some(*kind), None), "{path}");
        }
    }
}

#[test]
fn every_event_is_recognised_below_a_base_path_and_at_a_path_of_its_own() {
    for base in ["/hooks/p100", "hooks/p100/"] {
        let moved = WebhookKind::ALL.iter().fold(receiver().base_path(base), |moved, kind| moved.path(*kind, &format!("{kind}/")));
        for (kind, body) in PAYLOADS {
            let based = receiver().base_path(base);
            let path = format!("/hooks/p100{}", kind.route().path);
            assert_eq!((based.path_of(*kind), self::kind(&based, &path, body)), (path.clone(), Some(*kind)));
            let path = format!("/hooks/p100/{kind}");
            assert_eq!((moved.path_of(*kind), self::kind(&moved, &path, body)), (path, Some(*kind)));
        }
    }
    let at_root = receiver().base_path("/").path(WebhookKind::UserBalanceGenerated, "/");
    assert_eq!(at_root.path_of(WebhookKind::UserBalanceGenerated), "/");
    assert_eq!(kind(&at_root, "/", payload(WebhookKind::UserBalanceGenerated)), Some(WebhookKind::UserBalanceGenerated));
}

#[test]
fn a_path_that_was_moved_away_from_tells_nothing() {
    let body = payload(WebhookKind::UserBalanceGenerated);
    let path = WebhookKind::UserBalanceGenerated.route().path;
    for receiver in [receiver().path(WebhookKind::UserBalanceGenerated, "/balance"), receiver().base_path("/hooks")] {
        assert_eq!(reason(&receiver, path, body), UnknownReason::Unrecognised);
    }
    assert_eq!(reason(&receiver().base_path("/hooks"), &format!("/hooksy{path}"), body), UnknownReason::Unrecognised);
}

#[test]
fn every_event_is_recognised_by_its_members_where_the_path_tells_nothing() {
    for (kind, body) in PAYLOADS {
        let expected = (!only_its_path_tells(*kind)).then_some(*kind);
        assert_eq!(self::kind(&receiver(), ELSEWHERE, body), expected, "{kind}");
    }
}

#[test]
fn events_that_share_a_path_are_told_apart_by_their_members() {
    let shared = WebhookKind::ALL.iter().fold(receiver(), |shared, kind| shared.path(*kind, "/p100"));
    for (kind, body) in PAYLOADS {
        let expected = (!only_its_path_tells(*kind)).then_some(*kind);
        assert_eq!(self::kind(&shared, "/p100", body), expected, "{kind}");
    }
    let two = receiver().path(WebhookKind::ExchangeStatus, "/p100").path(WebhookKind::TransferStatus, "/p100");
    assert_eq!(reason(&two, "/p100", payload(WebhookKind::CardTransaction)), UnknownReason::Unrecognised);
}

#[test]
fn every_event_is_unwrapped_from_its_envelope() {
    let event_type = r#"resource.\"status\" changed"#;
    for (kind, body) in PAYLOADS {
        let enveloped = format!(r#" {{"delivery": 7, "data" : {body} , "event_type": "{event_type}"}} "#);
        for path in [kind.route().path, ELSEWHERE] {
            let event = receive(&receiver(), path, &enveloped).expect("an event");
            assert_eq!(event.raw().bytes(), &enveloped, "{kind}");
            assert_eq!(event.raw().event_type(), Some(r#"resource."status" changed"#), "{kind}");
            assert_eq!(event.raw().data(), body, "{kind}");
            if path != ELSEWHERE || !only_its_path_tells(*kind) {
                assert_eq!(event.payload(), Some(&kind.decode(body.as_bytes()).expect("a payload")), "{kind}");
            }
        }
    }
}

#[test]
fn the_envelope_of_the_faq_is_read_although_its_amount_is_a_string() {
    let body = r#"{"event_type":"crypto_deposit.status_changed","data":{"cryptoDepositId":"c-1","amount":"0.0010","currency":"eth",
        "status":"SUCCESSFUL","transactionHash":"0x10","createdAt":"2025-03-20T11:34:37.646Z"}}"#;
    match receive(&receiver(), ELSEWHERE, body).expect("an event") {
        Event::Known { payload: WebhookEvent::CryptoDepositStatus(deposit), .. } => assert_eq!(deposit.amount.to_string(), "0.0010"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_only_looks_like_an_envelope_is_flat() {
    for body in [r#"{"event_type":"a"}"#, r#"{"event_type":1,"data":{}}"#, r#"{"event_type":"a","data":[]}"#, r#"{"data":{}}"#] {
        let event = receive(&receiver(), ELSEWHERE, body).expect("an event");
        assert_eq!((event.raw().event_type(), event.raw().data()), (None, &body.into()), "{body}");
    }
}

#[test]
fn new_statuses_and_members_fail_nothing() {
    for (kind, body) in PAYLOADS {
        let body = body.replace(r#""status":""#, r#""new":[{}],"status":"NEW_"#).replace(r#"Status":""#, r#"Status":"NEW_"#);
        let event = receive(&receiver(), kind.route().path, &body).expect("an event");
        assert!(event.payload().is_some(), "{kind}: {event:?}");
        assert_eq!(event.raw().bytes(), &body);
    }
    match receive(&receiver(), "/exchange-webhook", &payload(WebhookKind::ExchangeStatus).replace("COMPLETED", "PAUSED")) {
        Ok(Event::Known { payload: WebhookEvent::ExchangeStatus(exchange), .. }) => {
            assert_eq!(exchange.status, ExchangeStatus::Unknown("PAUSED".to_owned()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_body_that_is_not_the_event_of_its_path_is_no_other_event_either() {
    let body = payload(WebhookKind::CardTransaction);
    let reason = reason(&receiver(), "/transfer-webhook", body);
    match &reason {
        UnknownReason::Invalid { kind, .. } => assert_eq!(*kind, WebhookKind::TransferStatus),
        other => panic!("{other:?}"),
    }
    let text = reason.to_string();
    assert!(text.starts_with("it is not the payload of transferStatus: at ") && text.ends_with("missing field `status`"), "{text}");
    assert_eq!(receive(&receiver(), "/transfer-webhook", body).expect("an event").kind(), Some(WebhookKind::TransferStatus));
}

#[test]
fn a_status_word_is_outweighed_by_a_member() {
    let body = payload(WebhookKind::CryptoWithdrawalStatus).replace("SUCCESSFUL", "REJECTED");
    match receive(&receiver(), ELSEWHERE, &body).expect("an event") {
        Event::Known { payload: WebhookEvent::CryptoWithdrawalStatus(withdrawal), .. } => {
            assert_eq!(withdrawal.status, WithdrawalStatus::from("REJECTED"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_status_word_beside_strange_members_tells_nothing() {
    // An event that a later generation of P100's docs may describe and the document does not have.
    let strange = r#"{"externalUserId":"customer-42","colour":"blue","status":"APPROVED"}"#;
    let receiver = receiver();
    assert_eq!(reason(&receiver, ELSEWHERE, strange), UnknownReason::Unrecognised);
    let enveloped = format!(r#"{{"event_type":"colour.status_changed","data":{strange}}}"#);
    assert_eq!(reason(&receiver, ELSEWHERE, &enveloped), UnknownReason::Unrecognised);
}

#[test]
fn members_of_two_events_tell_neither() {
    let both = payload(WebhookKind::TransferStatus).replacen('{', r#"{"destination":"0x11","#, 1);
    assert_eq!(reason(&receiver(), ELSEWHERE, &both), UnknownReason::Unrecognised);
}

#[test]
fn json_that_is_no_object_is_unknown() {
    for body in ["null", "[]", "1e999", r#""\ud800""#, r#"{"\ud800":1}"#, "{}"] {
        assert_eq!(reason(&receiver(), ELSEWHERE, body), UnknownReason::Unrecognised, "{body}");
        assert!(matches!(reason(&receiver(), "/transfer-webhook", body), UnknownReason::Invalid { .. }), "{body}");
    }
}

#[test]
fn a_body_that_is_not_json_is_an_error_that_holds_it() {
    for body in [&b""[..], b"<html>", b"{\"id\":1", b"{} {}", b"\xff", b"{\"\xff\":1}", b"\xef\xbb\xbf{}"] {
        for path in ["/transfer-webhook", ELSEWHERE] {
            let error = receiver().receive(path, &super::headers(), body).expect_err("an error");
            assert!(matches!(error.kind(), ReceiveErrorKind::NotJson { .. }), "{error}");
            assert_eq!((error.status().as_u16(), error.body().map(|body| &body[..])), (400, Some(body)));
        }
    }
    let broken = [b"{\"new\":\"\xff\",", &payload(WebhookKind::ExchangeStatus).as_bytes()[1..]].concat();
    let error = receiver().receive("/exchange-webhook", &super::headers(), broken).expect_err("an error");
    assert!(matches!(error.kind(), ReceiveErrorKind::NotJson { .. }), "{error}");
    let error = receive(&receiver(), ELSEWHERE, "{\n<html>").expect_err("an error");
    assert_eq!(error.to_string(), "the body is not JSON (line 2, column 1)");
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let body = payload(WebhookKind::TransferStatus).replacen('{', &format!(r#"{{"new":{deep},"#), 1);
    let receiver = receiver().max_body_bytes(1_000_000);
    for path in ["/transfer-webhook", ELSEWHERE] {
        assert_eq!(kind(&receiver, path, &body), Some(WebhookKind::TransferStatus));
        assert!(receive(&receiver, path, &deep).expect("an event").payload().is_none());
    }
}

#[test]
fn a_code_for_a_payment_is_never_taken_for_one_that_adds_a_card_to_a_wallet() {
    let codes = [WebhookKind::Card3dsCode, WebhookKind::CardActivationCode];
    let shared = codes.iter().fold(receiver(), |shared, kind| shared.path(*kind, "/codes"));
    for body in codes.map(payload).into_iter().chain([r#"{"code":"482913"}"#]) {
        for path in ["/codes", ELSEWHERE] {
            assert_eq!(reason(&shared, path, body), UnknownReason::Unrecognised, "{body}");
        }
        for kind in codes {
            assert_eq!(self::kind(&receiver(), kind.route().path, body), Some(kind), "{body}");
        }
    }
}

#[test]
fn a_word_that_two_events_share_tells_neither() {
    for word in ["APPROVED", "REJECTED"] {
        for body in [format!(r#"{{"externalUserId":"u-1","status":"{word}"}}"#), format!(r#"{{"iban":"DE1","status":"{word}"}}"#)] {
            assert_eq!(reason(&receiver(), ELSEWHERE, &body), UnknownReason::Unrecognised, "{body}");
        }
    }
}

#[test]
fn an_envelope_is_unwrapped_however_its_name_is_escaped() {
    let body = payload(WebhookKind::CardTransaction);
    let path = WebhookKind::CardTransaction.route().path;
    for name in ["event_type", r"event\u005ftype", r"\u0065vent_type"] {
        let event = receive(&receiver(), path, &format!(r#"{{"{name}":"card.paid","data":{body}}}"#)).expect("an event");
        let expected = WebhookKind::CardTransaction.decode(body.as_bytes()).expect("a payload");
        assert_eq!((event.payload(), event.raw().event_type()), (Some(&expected), Some("card.paid")), "{name}");
    }
}
