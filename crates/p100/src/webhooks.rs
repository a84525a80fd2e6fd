//! Receives what P100 tells the partner's server, with any web framework or none.
//!
//! P100 sends each event as a POST with the partner's webhook token in the header `Authorization`. A [`Receiver`] checks
//! the token before anything else, then finds out which event it is and reads it:
//!
//! ```
//! use p100::types::TransferStatus;
//! use p100::webhooks::{Event, Receiver, Verifier, WebhookEvent};
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
//! match receiver.receive("/transfer-webhook", &headers, body)? {
//!     Event::Known { payload: WebhookEvent::TransferStatus(transfer), .. } => {
//!         assert_eq!(transfer.status, TransferStatus::Failed);
//!     }
//!     Event::Known { payload, .. } => println!("{} is of no interest here", payload.kind()),
//!     Event::Unknown { reason, raw, .. } => println!("keep {} bytes: {reason}", raw.bytes().len()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! With the feature `axum`, `router` does all of this behind a ready `axum::Router`. [`testing`] makes valid
//! deliveries for tests.
//!
//! # How an event is recognised
//!
//! Bodies carry no event name, and P100 lets partners configure paths, so:
//!
//! 1. **By path**, if exactly one event arrives there. The default paths of [`routes`](crate::raw::webhooks::ROUTES) are
//!    mostly guesses: correct them with [`Receiver::base_path`] and [`Receiver::path`]. The path is believed: a body that
//!    is not the payload of its path's event is [`Event::Unknown`], never another event.
//! 2. **Otherwise by members**, if those of one event fit. An event that only its `status` tells must have no other
//!    members than the known ones, for a word like `APPROVED` says little. Events whose members are only assumed, both
//!    card codes, failed SEPA transfers and payments by the partner itself are known by their path only: give each a
//!    path of its own. Their [`WebhookRoute`](crate::raw::WebhookRoute) has neither `members` nor `values`.
//!
//! The enveloped form `{"event_type": ..., "data": {...}}`, which the FAQ of P100 shows for one event, is unwrapped.
//!
//! # Nothing is lost
//!
//! | the call | becomes | answer |
//! |---|---|---|
//! | has no token, or a wrong one | [`ReceiveError`], body dropped | 401 |
//! | is too large, or no JSON: retrying may mend it | [`ReceiveError`] that [holds the body](ReceiveError::body) | 400 |
//! | is JSON, but no known event: P100 would only repeat it | [`Event::Unknown`] with the bytes and the reason | 200 |
//! | is a known event, with whatever new members, statuses and currencies | [`Event::Known`] with payload and bytes | 200 |
//!
//! # What P100 expects
//!
//! - Answer exactly `200`, at once, and work afterwards: store the event and hand it to a queue or task. How long P100
//!   waits is not documented.
//! - Anything else makes P100 send again, about 8, 16, 32 and 64 seconds later; what happens after the fifth attempt is
//!   unknown. Ask the details operation of what you still wait for.
//! - Neither order nor exactly-once is promised: [`Event::dedupe_key`] tells repeats for the minutes in which they may come.
//! - Nothing signs the body. Treat the token as a password, receive over TLS only, and confirm what moves money with the
//!   details operation.
//!
//! Docs: [19868429e0](https://partner-api-docs.p100.io/-kyc-file-added-19868429e0.md) and the other event pages.

#[cfg(feature = "axum")]
mod axum;
mod error;
mod event;
mod receiver;
pub mod testing;
mod verifier;

pub use error::{ReceiveError, ReceiveErrorKind};
pub use event::{Event, Raw, UnknownReason};
pub use receiver::{DEFAULT_MAX_BODY_BYTES, HEALTH_PATH, Receiver};
pub use verifier::{InvalidToken, Verifier};

pub use p100_raw::Bytes;
pub use p100_raw::reqwest::header::{HeaderMap, HeaderValue};
pub use p100_raw::webhooks::{WebhookEvent, WebhookKind};

#[cfg(feature = "axum")]
pub use self::axum::router;
