//! Who may call, how much they may send, and what never shows.

use p100::Corrections;
use p100::webhooks::{DEFAULT_MAX_BODY_BYTES, HeaderMap, HeaderValue, ReceiveErrorKind, Receiver, Verifier, WebhookKind, testing};

use super::{TOKEN, headers, payload, receive, receiver};

const PATH: &str = "/somewhere/else";

fn authorized(values: &[&[u8]]) -> HeaderMap {
    let value = |value: &&[u8]| HeaderValue::from_bytes(value).expect("a value");
    values.iter().map(|bytes| ("authorization".parse().expect("a name"), value(bytes))).collect()
}

fn refusal(receiver: &Receiver, values: &[&[u8]]) -> Option<(ReceiveErrorKind, u16)> {
    // Neither JSON nor within the limit: the token must come first.
    let error = receiver.receive(PATH, &authorized(values), vec![b'<'; DEFAULT_MAX_BODY_BYTES + 1]).expect_err("a refusal");
    let refused = !matches!(error.kind(), ReceiveErrorKind::TooLarge { .. });
    assert_eq!(error.body().is_none(), refused);
    refused.then(|| (error.kind(), error.status().as_u16()))
}

#[test]
fn a_missing_and_a_wrong_token_are_distinguished_and_come_before_anything_else() {
    let receiver = receiver();
    assert_eq!(refusal(&receiver, &[]), Some((ReceiveErrorKind::MissingToken, 401)));
    let missing = receiver.receive(PATH, &authorized(&[]), "{}").expect_err("a refusal");
    assert!(missing.to_string().starts_with("missing Authorization header"), "{missing}");
    assert_eq!(refusal(&receiver, &[b""]), Some((ReceiveErrorKind::MissingToken, 401)));
    let token = TOKEN.as_bytes();
    let (longer, shorter, bearer) = ([token, b"!"].concat(), &token[1..], [b"Bearer ", token].concat());
    for values in [&[&longer[..]][..], &[shorter], &[&bearer], &[b"\xff"], &[token, token], &[token, b""], &[b"", token]] {
        assert_eq!(refusal(&receiver, values), Some((ReceiveErrorKind::WrongToken, 401)), "{values:?}");
    }
    assert_eq!(refusal(&receiver, &[token]), None);
}

#[test]
fn the_token_is_where_and_as_corrections_say() {
    let corrections = Corrections::new().token_header("X-Webhook-Token").token_form("Token {token};");
    let receiver = receiver().corrections(&corrections).expect("fits");
    let kind = |name: &'static str, value: String| {
        let headers = [(name.parse().expect("a name"), HeaderValue::from_str(&value).expect("a value"))].into_iter().collect();
        receiver.receive(PATH, &headers, vec![b'<'; DEFAULT_MAX_BODY_BYTES + 1]).expect_err("no event").kind()
    };
    assert!(matches!(kind("x-webhook-token", format!("Token {TOKEN};")), ReceiveErrorKind::TooLarge { .. }));
    for wrong in [TOKEN.to_owned(), format!("Token {TOKEN}"), format!("{TOKEN};"), format!("token {TOKEN};"), "Token ;".to_owned()] {
        assert_eq!(kind("x-webhook-token", wrong.clone()), ReceiveErrorKind::WrongToken, "{wrong}");
    }
    assert_eq!(kind("authorization", TOKEN.to_owned()), ReceiveErrorKind::MissingToken);
    let misspelt = Corrections::new().token_form("Bearer");
    assert_eq!(receiver.clone().corrections(&misspelt).expect_err("no token in it").entry(), "webhooks.token_form");
}

#[test]
fn several_tokens_are_accepted_while_they_change() {
    let verifier = Verifier::new("new").and_then(|verifier| verifier.also("old")).and_then(|verifier| verifier.also("Bearer new"));
    let receiver = Receiver::new(verifier.expect("tokens"));
    for token in ["new", "old", "Bearer new"] {
        assert_eq!(refusal(&receiver, &[token.as_bytes()]), None, "{token}");
    }
    for token in ["", "newold", "Bearer old"] {
        assert!(refusal(&receiver, &[token.as_bytes()]).is_some(), "{token}");
    }
}

#[test]
fn a_token_that_no_call_could_have_is_refused() {
    for (token, reason) in [("", "empty"), (" ", "blank"), ("s3cr3t\n", "line break"), ("\ts3cr3t", "blank"), ("s3\r\ncr3t", "line break")]
    {
        for error in [Verifier::new(token).expect_err(token), Verifier::new("a").expect("a token").also(token).expect_err(token)] {
            assert!(error.to_string().contains(reason), "{error}");
            assert!(!format!("{error} {error:?}").contains("cr3t"), "{error:?}");
        }
    }
}

#[test]
fn a_body_may_be_as_large_as_the_limit() {
    let body = |size: usize| format!("{}{{}}", " ".repeat(size - 2));
    for (receiver, limit) in [(receiver(), DEFAULT_MAX_BODY_BYTES), (receiver().max_body_bytes(10), 10)] {
        receive(&receiver, PATH, &body(limit)).expect("an event");
        let error = receive(&receiver, PATH, &body(limit + 1)).expect_err("too large");
        assert!(matches!(error.kind(), ReceiveErrorKind::TooLarge { limit: reported, .. } if reported == limit), "{error}");
        assert_eq!((error.status().as_u16(), error.body().map(|kept| &kept[..])), (400, Some(body(limit + 1).as_bytes())));
        assert_eq!(error.to_string(), format!("the body is larger than the {limit} bytes allowed"));
    }
}

#[test]
fn neither_tokens_nor_codes_show() {
    const CODE: &str = "482913";
    let kind = WebhookKind::Card3dsCode;
    let body = payload(kind);
    let receiver = receiver();
    let event = receive(&receiver, kind.route().path, body).expect("an event");
    let delivery = testing::delivery(event.known().expect("known"), TOKEN).expect("a delivery");
    let enveloped = delivery.clone().enveloped(CODE).expect("a delivery");
    let mut texts = vec![
        format!("{receiver:?} {event:?} {delivery:?} {enveloped:?} {:?}", delivery.headers),
        format!("{:?}", receive(&receiver, "/else", std::str::from_utf8(&enveloped.body).expect("text"))),
    ];
    for (path, headers, body) in [
        (PATH, HeaderMap::new(), body.to_owned()),
        (PATH, authorized(&[format!("{TOKEN}{CODE}").as_bytes()]), body.to_owned()),
        (PATH, headers(), body.repeat(1000)),
        (PATH, headers(), format!("{body}{body}")),
        (PATH, headers(), format!("{{{CODE}")),
    ] {
        let error = receiver.receive(path, &headers, body).expect_err("an error");
        texts.push(format!("{error} {error:?}"));
    }
    for body in
        [body.replace(r#""amount":12.99"#, &format!(r#""amount":"{CODE}x""#)), body.replace("12.99", &CODE.repeat(9)), format!("{CODE:?}")]
    {
        for path in [kind.route().path, PATH] {
            let event = receive(&receiver, path, &body).expect("an event");
            assert!(event.known().is_none() || event.deviations.total() > 0, "{event:?}");
            texts.push(format!("{event:?} {:?}", event.unknown_reason().map(ToString::to_string)));
        }
    }
    for text in texts {
        assert!(!text.contains(TOKEN) && !text.contains(CODE), "{text}");
    }
}
