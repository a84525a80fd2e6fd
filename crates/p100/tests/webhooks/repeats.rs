//! The key that distinguishes a repeat from news.

use p100::webhooks::WebhookKind;

use super::payloads::PAYLOADS;
use super::{payload, receive, receiver};

fn key(kind: WebhookKind, body: &str) -> Option<String> {
    let event = receive(&receiver(), kind.route().path, body).expect("an event");
    assert!(event.known().is_some(), "{event:?}");
    event.dedupe_key()
}

#[test]
fn every_event_has_the_key_that_the_document_gives_it() {
    for (kind, body) in PAYLOADS {
        let expected = match kind {
            WebhookKind::UserBalanceGenerated => r#"["userBalanceGenerated","customer-42","ACTIVE"]"#,
            WebhookKind::PoaVerificationStatus => r#"["poaVerificationStatus","customer-42","QUESTIONED"]"#,
            WebhookKind::KycVerificationStatus => r#"["kycVerificationStatus","customer-42","VERIFIED","SUCCESSFUL"]"#,
            WebhookKind::TransferStatus => r#"["transferStatus","t-1","FAILED"]"#,
            WebhookKind::SepaTransferStatus => r#"["sepaTransferStatus","s-1","SUCCESSFUL"]"#,
            WebhookKind::SepaDepositReceived => r#"["sepaDepositReceived","d-1"]"#,
            WebhookKind::CryptoWithdrawalStatus => r#"["cryptoWithdrawalStatus","w-1","SUCCESSFUL"]"#,
            WebhookKind::CryptoDepositStatus => r#"["cryptoDepositStatus","c-1","WAITING_FOR_TR_DATA"]"#,
            WebhookKind::ExchangeStatus => r#"["exchangeStatus","e-1","COMPLETED"]"#,
            WebhookKind::IbanStatus => r#"["ibanStatus","customer-42","DE89370400440532013000","APPROVED"]"#,
            // Two files of one user give two equal bodies, as two payments of one order give equal statuses; nothing is certain to identify what a card does.
            _ => "",
        };
        assert_eq!(expected.is_empty(), kind.route().dedupe.is_empty(), "{kind}");
        let expected = Some(expected.to_owned()).filter(|key| !key.is_empty());
        assert_eq!(key(*kind, body), expected, "{kind}");
        let enveloped = format!(r#"{{"event_type":"a","data":{body}}}"#);
        assert_eq!(key(*kind, &enveloped), expected, "{kind}");
    }
}

#[test]
fn the_same_values_in_another_order_and_spelling_are_a_repeat() {
    let spelled = r#"{ "status":"\u0041CTIVE", "new":1, "externalUserId":"customer\u002d42" }"#;
    let kind = WebhookKind::UserBalanceGenerated;
    assert_eq!(key(kind, spelled), key(kind, payload(kind)));
}

#[test]
fn no_values_can_pass_for_others() {
    let body = |user: &str, status: &str| format!(r#"{{"externalUserId":{user:?},"status":{status:?}}}"#);
    let kind = WebhookKind::PoaVerificationStatus;
    let keys =
        [key(kind, &body(r#"a","b"#, "c")), key(kind, &body("a", r#"b","c"#)), key(kind, &body("a,b", "c")), key(kind, &body("a", "b,c"))];
    for (number, one) in keys.iter().enumerate() {
        assert!(keys[number + 1..].iter().all(|other| one != other), "{keys:?}");
    }
    assert_ne!(key(kind, &body("a", "b")), key(WebhookKind::UserBalanceGenerated, &body("a", "b")));
}

#[test]
fn what_cannot_be_read_identifies_nothing() {
    for kind in WebhookKind::ALL {
        let Some((_, body)) = PAYLOADS.iter().find(|(own, _)| own == kind) else { panic!("no payload of {kind}") };
        let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body).expect("an object");
        for name in kind.route().dedupe {
            let own = format!("{:?}:", name);
            for odd in [r#""""#, "null", "[]", r#"{"id":"a"}"#, r#""\ud800""#] {
                let mut text: Vec<String> = members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                text.iter_mut().filter(|member| member.starts_with(&own)).for_each(|member| *member = format!("{own}{odd}"));
                let event = receive(&receiver(), kind.route().path, &format!("{{{}}}", text.join(","))).expect("an event");
                assert_eq!(event.dedupe_key(), None, "{kind}: {name} is {odd}");
            }
            let twice = body.replacen('{', &format!(r#"{{{own}"another","#), 1);
            assert_eq!(receive(&receiver(), kind.route().path, &twice).expect("an event").dedupe_key(), None, "{twice}");
            let value = members[*name].as_str().expect("a text");
            let at = body.find(&format!("{value:?}")).expect("there") + 1;
            let damaged = |byte| [&body.as_bytes()[..at], &[byte], &body.as_bytes()[at..]].concat();
            let event = p100::webhooks::Paths::default().recognise(kind.route().path, damaged(0xff));
            assert_eq!(event.dedupe_key(), None, "{kind}: {name} is damaged");
        }
    }
}

#[test]
fn an_unknown_event_has_no_key() {
    for (path, body) in [("/somewhere/else", r#"{"id":"1","status":"NEW"}"#), ("/transfer-webhook", r#"{"new":1}"#)] {
        assert_eq!(receive(&receiver(), path, body).expect("an event").dedupe_key(), None);
    }
}
