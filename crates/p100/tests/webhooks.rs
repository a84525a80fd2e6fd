//! The webhook receiver as a partner's server uses it.

mod invariant;
mod payloads;
mod recognition;
mod repeats;
mod robustness;
mod router;
mod tokens;

use p100::webhooks::{Event, HeaderMap, HeaderValue, ReceiveError, Receiver, Verifier, WebhookKind};

use self::payloads::PAYLOADS;

const TOKEN: &str = "w3bh00k-t0k3n";

fn payload(wanted: WebhookKind) -> &'static str {
    PAYLOADS.iter().find(|(kind, _)| *kind == wanted).map(|(_, body)| *body).expect("a payload of every event")
}

fn receiver() -> Receiver {
    Receiver::new(Verifier::new(TOKEN).expect("a token"))
}

fn headers() -> HeaderMap {
    HeaderMap::from_iter([("authorization".parse().expect("a name"), HeaderValue::from_static(TOKEN))])
}

/// Receives a call with the right token.
fn receive(receiver: &Receiver, path: &str, body: &str) -> Result<Event, ReceiveError> {
    receiver.receive(path, &headers(), body.to_owned())
}
