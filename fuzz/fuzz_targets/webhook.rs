//! The webhook receiver: any path, header and body, no panic and no byte lost.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use p100::webhooks::{HeaderMap, HeaderValue, ReceiveErrorKind, Receiver, Verifier, WebhookKind};

static RECEIVER: LazyLock<Receiver> = LazyLock::new(|| {
    let receiver = Receiver::new(Verifier::new("token").expect("a token")).base_path("/hooks");
    receiver.path(WebhookKind::CardTransaction, "/cards").path(WebhookKind::Card3dsCode, "/cards")
});

// Three lines: the header, or nothing for the right token; the path, or the number of an event as one byte; the body.
fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (header, path, body) = (part(), String::from_utf8_lossy(part()), part());

    let mut headers = HeaderMap::new();
    match HeaderValue::from_bytes(header) {
        Ok(value) if !value.is_empty() => headers.insert("authorization", value),
        _ => headers.insert("authorization", HeaderValue::from_static("token")),
    };
    let known = path.bytes().next().and_then(|byte| WebhookKind::ALL.get(usize::from(byte)));
    let path = known.map_or(path.into_owned(), |kind| RECEIVER.path_of(*kind));

    match RECEIVER.receive(&path, &headers, body.to_vec()) {
        Ok(event) => {
            assert_eq!((event.raw.bytes(), event.path.as_str()), (&body.to_vec().into(), path.as_str()));
            let _ = (event.dedupe_key(), format!("{event:?}"));
        }
        Err(error) => match error.kind() {
            ReceiveErrorKind::MissingToken | ReceiveErrorKind::WrongToken => assert!(error.body().is_none()),
            _ => assert_eq!(error.body().map(|kept| &kept[..]), Some(body)),
        },
    }
});
