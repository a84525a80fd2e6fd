//! What holds for every call, whatever it is made of.

use p100::webhooks::{Event, HeaderMap, ReceiveErrorKind, Receiver};

/// Receives the call and returns what became of it.
///
/// Panics if its bytes are lost.
pub(crate) fn receive(receiver: &Receiver, path: &str, headers: &HeaderMap, body: &[u8]) -> &'static str {
    match receiver.receive(path, headers, body.to_vec()) {
        Ok(event) => {
            assert_eq!(event.raw().bytes(), body);
            assert!(std::str::from_utf8(body).expect("JSON").contains(std::str::from_utf8(event.raw().data()).expect("JSON")));
            assert!(event.dedupe_key().is_none() || event.payload().is_some());
            assert!(!format!("{event:?}").is_empty());
            match event {
                Event::Known { .. } => "known",
                _ => "unknown",
            }
        }
        Err(error) => {
            assert!(!format!("{error} {error:?}").is_empty());
            let expected = match error.kind() {
                ReceiveErrorKind::MissingToken | ReceiveErrorKind::WrongToken => None,
                _ => Some(body),
            };
            assert_eq!(error.body().map(|body| &body[..]), expected);
            match error.kind() {
                ReceiveErrorKind::MissingToken => "missing token",
                ReceiveErrorKind::WrongToken => "wrong token",
                ReceiveErrorKind::TooLarge { .. } => "too large",
                _ => "not JSON",
            }
        }
    }
}
