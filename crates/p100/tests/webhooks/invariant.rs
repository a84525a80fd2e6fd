//! What holds for every call, whatever it is made of.

use p100::webhooks::{HeaderMap, ReceiveErrorKind, Receiver};

/// Receives the call and returns its outcome.
///
/// Panics if its bytes are lost.
pub(crate) fn receive(receiver: &Receiver, path: &str, headers: &HeaderMap, body: &[u8]) -> &'static str {
    match receiver.receive(path, headers, body.to_vec()) {
        Ok(event) => {
            assert_eq!((event.raw.bytes(), event.path.as_str()), (&body.to_vec().into(), path));
            assert!(body.windows(event.raw.data().len().max(1)).any(|part| part == event.raw.data()));
            assert!(event.dedupe_key().is_none() || event.known().is_some());
            assert!(event.known().is_none_or(|payload| event.kind == Some(payload.kind())));
            assert_eq!(event.known().is_none(), event.unknown_reason().is_some());
            assert!(!format!("{event:?}").is_empty());
            // What was stored can be read once more, and says the same.
            assert_eq!(receiver.recognise(path, body.to_vec()), event);
            if event.known().is_some() { "known" } else { "unknown" }
        }
        Err(error) => {
            assert!(!format!("{error} {error:?}").is_empty());
            let expected = match error.kind() {
                ReceiveErrorKind::MissingToken | ReceiveErrorKind::WrongToken => None,
                _ => Some(body),
            };
            assert_eq!(error.body().map(|body| &body[..]), expected);
            assert_eq!(error.path(), Some(path));
            match error.kind() {
                ReceiveErrorKind::MissingToken => "missing token",
                ReceiveErrorKind::WrongToken => "wrong token",
                ReceiveErrorKind::TooLarge { .. } => "too large",
                _ => "not JSON",
            }
        }
    }
}
