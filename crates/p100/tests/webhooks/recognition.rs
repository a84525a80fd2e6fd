//! Which event a delivery is: by path, by members, in an envelope, or unknown.

use p100::types::WithdrawalStatus;
use p100::webhooks::{Deviations, Event, Paths, Payload, ReceiveErrorKind, Receiver, UnknownReason, WebhookEvent, WebhookKind};

use super::payloads::PAYLOADS;
use super::{payload, receive, receiver};

const ELSEWHERE: &str = "/somewhere/else";

/// What no member identifies that is more than a guess, or that another event could not have.
const PATH_ONLY: &[WebhookKind] = &[
    WebhookKind::UserBalanceGenerated,
    WebhookKind::SepaDepositReceived,
    WebhookKind::ExchangeStatus,
    WebhookKind::CardTransaction,
    WebhookKind::Card3dsCode,
    WebhookKind::CardActivationCode,
    WebhookKind::PaymentLinkStatus,
    WebhookKind::IbanStatus,
];

fn kind(receiver: &Receiver, path: &str, body: &str) -> Option<WebhookKind> {
    receive(receiver, path, body).expect("an event").known().map(WebhookEvent::kind)
}

fn decoded(kind: WebhookKind, body: &str) -> WebhookEvent {
    kind.decode(body.as_bytes()).expect("a payload").value
}

fn reason(receiver: &Receiver, path: &str, body: &str) -> UnknownReason {
    let event = receive(receiver, path, body).expect("an event");
    assert_eq!((event.raw.bytes(), event.path.as_str()), (&body.to_owned().into(), path));
    match event.payload {
        Payload::Unknown(reason) => reason,
        Payload::Known(other) => panic!("{other:?}"),
    }
}

fn candidates(receiver: &Receiver, path: &str, body: &str) -> Vec<WebhookKind> {
    match reason(receiver, path, body) {
        reason @ UnknownReason::Unrecognised { .. } => reason.candidates(),
        other => panic!("{other:?}"),
    }
}

fn shared() -> Receiver {
    WebhookKind::ALL.iter().fold(receiver(), |shared, kind| shared.path(*kind, "/p100"))
}

#[test]
fn the_table_has_every_event() {
    assert_eq!(PAYLOADS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), WebhookKind::ALL);
}

#[test]
fn every_event_is_recognised_by_its_path_however_it_is_written_and_keeps_path_and_bytes() {
    let receiver = receiver();
    for (kind, body) in PAYLOADS {
        let path = kind.route().path;
        let encoded = path.replace('-', "%2d").replacen('w', "%77", 1);
        for path in [
            path.to_owned(),
            format!("{path}/"),
            format!("/{path}//"),
            format!("{path}?attempt=2"),
            format!("{path}/?to=/transfer-webhook"),
            path.replace('/', "//"),
            encoded,
        ] {
            let event = receive(&receiver, &path, body).expect(&path);
            assert_eq!(event.known(), Some(&decoded(*kind, body)), "{path}");
            assert_eq!((event.raw.bytes(), event.raw.data()), (&(*body).into(), &(*body).into()), "{path}");
            assert_eq!((event.kind, event.raw.event_type(), event.path), (Some(*kind), None, path));
            assert_eq!(event.deviations, Deviations::default());
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
            assert_eq!(self::kind(&based, &format!("//hooks//p100/{}", kind.route().path), body), Some(*kind));
            let path = format!("/hooks/p100/{kind}");
            assert_eq!((moved.path_of(*kind), self::kind(&moved, &path, body)), (path, Some(*kind)));
        }
    }
    let at_root = receiver().base_path("/").path(WebhookKind::UserBalanceGenerated, "/");
    assert_eq!(at_root.path_of(WebhookKind::UserBalanceGenerated), "/");
    for path in ["/", "", "//", "/?a=b"] {
        assert_eq!(kind(&at_root, path, payload(WebhookKind::UserBalanceGenerated)), Some(WebhookKind::UserBalanceGenerated));
    }
    let strange = receiver().path(WebhookKind::ExchangeStatus, "/ä b?c#d/100%");
    for path in ["/%C3%A4%20b%3Fc%23d/100%25", "/%c3%a4%20b%3fc%23d/100%"] {
        assert_eq!(kind(&strange, path, payload(WebhookKind::ExchangeStatus)), Some(WebhookKind::ExchangeStatus), "{path}");
    }
}

#[test]
fn a_path_that_was_moved_away_from_reports_nothing() {
    let body = payload(WebhookKind::UserBalanceGenerated);
    let path = WebhookKind::UserBalanceGenerated.route().path;
    for receiver in [receiver().path(WebhookKind::UserBalanceGenerated, "/balance"), receiver().base_path("/hooks")] {
        assert_eq!(candidates(&receiver, path, body), [WebhookKind::UserBalanceGenerated]);
    }
    assert!(reason(&receiver().base_path("/hooks"), &format!("/hooksy{path}"), body).kind().is_none());
}

#[test]
fn where_the_path_identifies_nothing_members_identify_it_and_what_they_do_not_identify_is_unknown_with_its_candidates() {
    for (receiver, path) in [(receiver(), ELSEWHERE), (shared(), "/p100")] {
        for (kind, body) in PAYLOADS {
            if PATH_ONLY.contains(kind) {
                assert!(candidates(&receiver, path, body).contains(kind), "{kind}");
            } else {
                assert_eq!(self::kind(&receiver, path, body), Some(*kind), "{kind}");
            }
        }
    }
    let two = receiver().path(WebhookKind::CryptoDepositStatus, "/p100").path(WebhookKind::TransferStatus, "/p100");
    assert_eq!(kind(&two, "/p100", payload(WebhookKind::TransferStatus)), Some(WebhookKind::TransferStatus));
    assert!(candidates(&two, "/p100", payload(WebhookKind::CardTransaction)).len() < 2);
}

/// A code shown as the other one makes the card holder confirm a payment that he does not know.
#[test]
fn a_code_is_recognised_by_its_path_only() {
    const CODES: [WebhookKind; 2] = [WebhookKind::Card3dsCode, WebhookKind::CardActivationCode];
    for kind in CODES {
        let mut bodies = vec![payload(kind).to_owned(), r#"{"code":"482913"}"#.to_owned()];
        bodies.push(payload(kind).replace("merchantName", "merchant"));
        for body in bodies {
            for (receiver, path) in [(receiver(), ELSEWHERE), (shared(), "/p100")] {
                for body in [body.clone(), format!(r#"{{"event_type":"card_3ds.code","data":{body}}}"#)] {
                    assert_eq!(candidates(&receiver, path, &body), CODES, "{body}");
                }
            }
            assert_eq!(self::kind(&receiver(), kind.route().path, &body), Some(kind));
        }
    }
    let text = reason(&receiver(), ELSEWHERE, payload(WebhookKind::Card3dsCode)).to_string();
    assert_eq!(text, "neither path nor members show which event it is; it may be card3dsCode or cardActivationCode");
}

#[test]
fn every_event_is_unwrapped_from_its_envelope() {
    let event_type = r#"resource.\"status\" changed"#;
    for (kind, body) in PAYLOADS {
        let enveloped = format!(r#" {{"delivery": 7, "data" : {body} , "event_type": "{event_type}"}} "#);
        for path in [kind.route().path, ELSEWHERE] {
            let event = receive(&receiver(), path, &enveloped).expect("an event");
            assert_eq!(event.raw.bytes(), &enveloped, "{kind}");
            assert_eq!(event.raw.event_type(), Some(r#"resource."status" changed"#), "{kind}");
            assert_eq!(event.raw.data(), body, "{kind}");
            if path != ELSEWHERE || !PATH_ONLY.contains(kind) {
                assert_eq!(event.known(), Some(&decoded(*kind, body)), "{kind}");
            }
        }
    }
}

#[test]
fn the_partial_payload_of_an_envelope_as_in_the_faq_is_a_known_event() {
    let body = r#"{"event_type":"crypto_deposit.status_changed","data":{"cryptoDepositId":"dep_1","amount":"0.0010","currency":"eth",
        "status":"SUCCESSFUL"}}"#;
    for path in [WebhookKind::CryptoDepositStatus.route().path, ELSEWHERE] {
        let event = receive(&receiver(), path, body).expect("an event");
        let Some(WebhookEvent::CryptoDepositStatus(deposit)) = event.known() else { panic!("{event:?}") };
        assert_eq!(decimal(&deposit.amount), "0.0010");
        assert_eq!(event.deviations.total(), 0);
    }
}

/// A member that may be required or optional, as the evidence says.
fn decimal(amount: &impl std::fmt::Debug) -> String {
    format!("{amount:?}").replace("Some(", "").replace(')', "")
}

#[test]
fn an_event_name_alone_reports_nothing() {
    for kind in WebhookKind::ALL {
        let subject = kind.to_string().replace("Status", "");
        let body = format!(r#"{{"event_type":"{subject}.status_changed","data":{{"id":"1","colour":"blue"}}}}"#);
        assert!(reason(&receiver(), ELSEWHERE, &body).kind().is_none(), "{kind}");
    }
}

#[test]
fn what_only_looks_like_an_envelope_is_flat() {
    for body in [r#"{"event_type":"a"}"#, r#"{"event_type":"a","data":[]}"#, r#"{"event_type":"a","data":"{}"}"#, r#"{"data":{}}"#] {
        let event = receive(&receiver(), ELSEWHERE, body).expect("an event");
        assert_eq!((event.raw.event_type(), event.raw.data()), (None, &body.into()), "{body}");
    }
    // The payload is what matters, whatever the name is.
    let event = receive(&receiver(), ELSEWHERE, r#"{"event_type":1,"data":{}}"#).expect("an event");
    assert_eq!((event.raw.event_type(), &event.raw.data()[..]), (None, &b"{}"[..]));
}

#[test]
fn new_statuses_and_members_fail_nothing() {
    for (kind, body) in PAYLOADS {
        let mut changed = body.replacen('{', r#"{"new":{"a":[1,"\ud83d\ude00"]},"#, 1);
        for status in ["ACTIVE", "ADDED", "QUESTIONED", "SUCCESSFUL", "FAILED", "COMPLETED", "APPROVED", "VERIFIED"] {
            changed = changed.replace(&format!("{status:?}"), r#""BRAND_NEW""#);
        }
        assert_eq!(self::kind(&receiver(), kind.route().path, &changed), Some(*kind), "{kind}");
    }
}

/// The path is certain, so one member that nobody can read, or that belongs to another event, does not change the kind.
#[test]
fn no_single_member_demotes_an_event_at_its_path() {
    for (kind, body) in PAYLOADS {
        for route in p100::raw::webhooks::ROUTES {
            for member in route.payload.iter().filter(|member| !body.contains(&format!("{:?}:", member.name))) {
                let changed = body.replacen('{', &format!(r#"{{"{}":"x","#, member.name), 1);
                let event = receive(&receiver(), kind.route().path, &changed).expect("an event");
                assert_eq!(event.kind, Some(*kind), "{changed}");
                assert!(event.known().is_some(), "{changed}: {event:?}");
            }
        }
    }
    let odd = payload(WebhookKind::TransferStatus).replace(r#"{"description":"no funds","status":"NO_FUNDS"}"#, r#""no funds""#);
    let event = receive(&receiver(), WebhookKind::TransferStatus.route().path, &odd).expect("an event");
    assert_eq!(event.known().map(WebhookEvent::kind), Some(WebhookKind::TransferStatus), "{event:?}");
    assert_eq!(event.deviations.iter().map(|deviation| deviation.path.as_str()).collect::<Vec<_>>(), ["error"]);
    assert_eq!(event.dedupe_key().as_deref(), Some(r#"["transferStatus","t-1","FAILED"]"#));
}

#[test]
fn what_cannot_be_the_event_of_its_path_is_unknown_with_the_kind_of_the_path() {
    for kind in WebhookKind::ALL {
        for body in ["[]", r#"["1","1"]"#, r#"["1","1",1,"1","1","1","1","1","1","1"]"#, "null", "7", r#""text""#, "{}", r#"{"new":1}"#] {
            for body in [body.to_owned(), format!(r#"{{"event_type":"a","new":{body}}}"#)] {
                let event = receive(&receiver(), kind.route().path, &body).expect("an event");
                assert!(event.known().is_none(), "{kind}: {body}");
                assert_eq!(event.kind, Some(*kind), "{body}");
            }
        }
    }
}

#[test]
fn the_members_of_another_event_at_a_path_identify_neither() {
    let body = payload(WebhookKind::CryptoDepositStatus);
    let reason = reason(&receiver(), "/transfer-webhook", body);
    assert_eq!(reason.candidates(), [WebhookKind::TransferStatus, WebhookKind::CryptoDepositStatus]);
    assert_eq!(reason.to_string(), "the path is that of transferStatus, the members are those of cryptoDepositStatus");
    assert_eq!(receive(&receiver(), "/transfer-webhook", body).expect("an event").kind, Some(WebhookKind::TransferStatus));
}

#[test]
fn a_status_word_is_outweighed_by_a_member() {
    let body = payload(WebhookKind::CryptoWithdrawalStatus).replace("SUCCESSFUL", "REJECTED");
    match receive(&receiver(), ELSEWHERE, &body).expect("an event") {
        Event { payload: Payload::Known(WebhookEvent::CryptoWithdrawalStatus(withdrawal)), .. } => {
            assert!(format!("{:?}", withdrawal.status).contains(&format!("{:?}", WithdrawalStatus::from("REJECTED"))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_status_word_that_two_events_have_reports_neither() {
    let body = |status: &str| format!(r#"{{"externalUserId":"customer-42","status":"{status}"}}"#);
    for status in ["APPROVED", "REJECTED"] {
        let both = [WebhookKind::PoaVerificationStatus, WebhookKind::IbanStatus];
        assert_eq!(candidates(&receiver(), ELSEWHERE, &body(status)), both, "{status}");
    }
    assert_eq!(kind(&receiver(), ELSEWHERE, &body("ADDED")), Some(WebhookKind::KycFileAdded));
    assert!(reason(&receiver(), ELSEWHERE, r#"{"status":"ADDED"}"#).kind().is_none());
}

#[test]
fn a_status_word_beside_strange_members_identifies_nothing() {
    // An event that a later generation of P100's docs may describe and the document does not have.
    let strange = r#"{"externalUserId":"customer-42","colour":"blue","status":"QUESTIONED"}"#;
    assert!(reason(&receiver(), ELSEWHERE, strange).kind().is_none());
    let enveloped = format!(r#"{{"event_type":"colour.status_changed","data":{strange}}}"#);
    assert!(reason(&receiver(), ELSEWHERE, &enveloped).kind().is_none());
}

#[test]
fn members_of_two_events_report_neither() {
    let both = payload(WebhookKind::CryptoDepositStatus).replacen('{', r#"{"destination":"0x11","#, 1);
    let expected = [WebhookKind::CryptoWithdrawalStatus, WebhookKind::CryptoDepositStatus];
    assert_eq!(candidates(&receiver(), ELSEWHERE, &both), expected);
}

#[test]
fn json_that_is_no_object_is_unknown() {
    for body in ["null", "[]", r#"["1","1"]"#, "1e999", r#""\ud800""#, r#"{"\ud800":1}"#, "{}"] {
        assert_eq!(candidates(&receiver(), ELSEWHERE, body), [], "{body}");
    }
}

#[test]
fn a_body_that_is_not_json_is_an_error_that_holds_it() {
    for body in [&b""[..], b"<html>", b"{\"id\":1", b"{} {}", b"\xff", b"{\"a\":\xff}", b"\xef\xbb\xbf"] {
        for path in ["/transfer-webhook", ELSEWHERE] {
            let error = receiver().receive(path, &super::headers(), body).expect_err("an error");
            assert!(matches!(error.kind(), ReceiveErrorKind::NotJson { .. }), "{error}");
            assert_eq!((error.status().as_u16(), error.body().map(|body| &body[..])), (400, Some(body)));
            assert_eq!(error.path(), Some(path));
        }
    }
    let error = receive(&receiver(), ELSEWHERE, "{\n<html>").expect_err("an error");
    assert_eq!(error.to_string(), "the body is not JSON (line 2, column 1)");
}

#[test]
fn damage_in_one_member_costs_no_more_than_it() {
    for (kind, body) in PAYLOADS {
        for damage in [&b"\"new\":\"\xff\xfe\","[..], b"\"\xff\":1,", b"\"\\ud800\":1,", b"\"new\":1,\"new\":2,"] {
            let damaged = [b"{", damage, &body.as_bytes()[1..]].concat();
            let enveloped = [b"{\"\xff\":1,\"event_type\":\"\xff\",\"data\":", &damaged[..], b"}"].concat();
            for body in [damaged, enveloped] {
                let event = receiver().receive(kind.route().path, &super::headers(), body.clone()).expect("an event");
                assert_eq!((event.known().map(WebhookEvent::kind), event.raw.bytes()), (Some(*kind), &body.clone().into()));
                let event = receiver().receive(ELSEWHERE, &super::headers(), body).expect("an event");
                assert!(event.known().is_none_or(|event| event.kind() == *kind));
            }
        }
        let marked = format!("\u{feff}{body}");
        let event = receive(&receiver(), kind.route().path, &marked).expect("an event");
        assert_eq!((event.known(), event.raw.bytes()), (Some(&decoded(*kind, body)), &marked.into()));
    }
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let body = payload(WebhookKind::CryptoDepositStatus).replacen('{', &format!(r#"{{"new":{deep},"#), 1);
    let receiver = receiver().max_body_bytes(1_000_000);
    for path in ["/crypto-deposit-webhook", ELSEWHERE] {
        assert_eq!(kind(&receiver, path, &body), Some(WebhookKind::CryptoDepositStatus));
        assert!(receive(&receiver, path, &deep).expect("an event").known().is_none());
    }
}

/// What an earlier version stored as unknown is read by a later one, without the token and as it was when it arrived.
#[test]
fn stored_deliveries_are_read_once_more() {
    let paths = Paths::default().base("/hooks").set(WebhookKind::SepaDepositReceived, "/sepa-in");
    let receiver = receiver().paths(paths.clone());
    for (kind, body) in PAYLOADS {
        for path in [paths.of(*kind), "/hooks/new".to_owned()] {
            let received = receive(&receiver, &path, body).expect("an event");
            assert_eq!(paths.recognise(&received.path, received.raw.bytes().clone()), received);
        }
    }
    let broken = paths.recognise("/hooks/sepa-in", "<html>");
    assert!(matches!(broken.unknown_reason(), Some(UnknownReason::NotJson { .. })));
    assert_eq!((receiver.stats().known > 0, receiver.stats().not_json), (true, 0));
}

#[test]
fn an_envelope_is_unwrapped_however_its_name_is_escaped() {
    let body = payload(WebhookKind::CardTransaction);
    let path = WebhookKind::CardTransaction.route().path;
    for name in ["event_type", r"event\u005ftype", r"\u0065vent_type"] {
        let event = receive(&receiver(), path, &format!(r#"{{"{name}":"card.paid","data":{body}}}"#)).expect("an event");
        let expected = WebhookKind::CardTransaction.decode(body.as_bytes()).expect("a payload");
        assert_eq!((event.known(), event.raw.event_type()), (Some(&expected.value), Some("card.paid")), "{name}");
    }
}
