//! Receives the events that P100 delivers to the partner's server, with any web framework or none.
//!
//! P100 sends each event as a POST with the partner's webhook token in the header `Authorization`. A [`Receiver`] checks
//! the token before anything else, then finds out which event it is and reads it:
//!
//! ```
//! use p100::webhooks::{Payload, Receiver, Verifier, WebhookEvent};
//! # use p100::webhooks::{HeaderMap, HeaderValue};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::new(Verifier::new("the webhook token")?);
//!
//! // Path, headers and body as the web framework has them.
//! # let mut headers = HeaderMap::new();
//! # headers.insert("authorization", HeaderValue::from_static("the webhook token"));
//! # let body = r#"{"id": "2738495a-6b7c-4d8e-9f2a-3b4c5d6e7f0c", "amount": 35.5, "currency": "usdc", "status": "FAILED",
//! #     "sourceExternalUserId": "customer-42", "createdAt": "2025-08-12T08:10:00.000Z"}"#;
//! let event = receiver.receive("/transfer-webhook", &headers, body)?;
//! match event.payload {
//!     Payload::Known(WebhookEvent::TransferStatus(transfer)) => println!("{:?} is {:?}", transfer.id, transfer.status),
//!     Payload::Known(other) => println!("{} is of no interest here", other.kind()),
//!     Payload::Unknown(reason) => println!("keep {} and {} bytes: {reason}", event.path, event.raw.bytes().len()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Where P100 names or words events otherwise, [`Receiver::corrections`] corrects it. With the feature `axum`, `router` does all of this behind a ready `axum::Router`. [`testing`] makes valid
//! deliveries for tests.
//!
//! # How an event is recognised
//!
//! Bodies carry no event name that is documented for each event, and P100 lets partners configure paths, so:
//!
//! 1. **By path**, if exactly one event is expected there. The default paths of [`routes`](crate::raw::webhooks::ROUTES) are mostly
//!    guesses: correct them with [`Receiver::base_path`] and [`Receiver::path`]. The path is believed: the event stays
//!    [`Known`](Payload::Known) whatever single members look like, and [`Event::deviations`] lists what could not be read. Only a body
//!    that is no object, has not one member of the event, or has those of another event instead is [`Unknown`](Payload::Unknown), with
//!    the event of the path as [`Event::kind`].
//! 2. **Otherwise by members**, on a URL that events share: by the presence of members that are at least inferred, and that no other
//!    event of the document has together; or by a status word that only one event with these members has. Never by the absence of a
//!    member. Everything else is unknown, and [`UnknownReason::Unrecognised`] names the events it may be.
//!
//! **Give each event a path of its own.** On a shared URL a one-time code for a card payment cannot be distinguished from one for a phone
//! wallet, so neither code event is recognised there, nor are `userBalanceGenerated` and what only assumed members could identify.
//!
//! The enveloped form `{"event_type": ..., "data": {...}}`, which the FAQ of P100 shows for one event, is unwrapped. Its event name
//! identifies nothing: only its form is documented.
//!
//! # Nothing is lost
//!
//! | the delivery | becomes | response |
//! |---|---|---|
//! | has no token, or a wrong one | [`ReceiveError`], body dropped | 401 |
//! | is too large, or not JSON: it may arrive undamaged when sent again | [`ReceiveError`] that [holds the body](ReceiveError::body) | 400 |
//! | is JSON, but no known event: P100 would only repeat it | [`Payload::Unknown`] with path, bytes and reason | 200 |
//! | is a known event, with whatever new members, statuses and currencies | [`Payload::Known`] with path and bytes | 200 |
//!
//! Each refusal is traced as a warning without secrets, [counted](Receiver::stats), and given to [`Receiver::on_refused`]; unknown
//! events and deviations are traced as warnings. The span `p100.webhook` has path, kind and outcome. After an upgrade,
//! [`Paths::recognise`] reads stored deliveries once more.
//!
//! # What P100 expects
//!
//! - Return exactly `200`, at once, and work afterwards: store the event and hand it to a queue or task. How long P100
//!   waits is not documented.
//! - Anything else makes P100 send again, about 8, 16, 32 and 64 seconds later; what happens after the fifth attempt is
//!   unknown. Ask the details operation of what you still wait for.
//! - Neither order nor exactly-once is promised: [`Event::dedupe_key`] identifies repeats for the minutes in which they may come.
//! - Nothing signs the body. Treat the token as a password, receive over TLS only, and confirm what moves money with the
//!   details operation.
//!
//! Docs: [19868429e0](https://partner-api-docs.p100.io/-kyc-file-added-19868429e0.md) and the other event pages.

#[cfg(feature = "axum")]
mod axum;
mod error;
mod event;
mod members;
mod outcome;
mod paths;
mod raw;
mod receiver;
pub mod testing;
mod verifier;

pub use error::{ReceiveError, ReceiveErrorKind};
pub use event::{Event, Payload, UnknownReason};
pub use outcome::Stats;
pub use paths::{HEALTH_PATH, Paths};
pub use raw::Raw;
pub use receiver::{DEFAULT_MAX_BODY_BYTES, Receiver};
pub use verifier::{InvalidToken, Verifier};

pub use p100_raw::reqwest::header::{HeaderMap, HeaderValue};
pub use p100_raw::webhooks::{WebhookEvent, WebhookKind};
pub use p100_raw::{Bytes, Deviation, Deviations};

#[cfg(feature = "axum")]
pub use self::axum::router;
