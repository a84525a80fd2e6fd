//! Deliveries as P100 makes them, for tests of the partner's own server.

use std::fmt;

use p100_raw::reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{BoxError, Bytes, Sensitive};
use serde_json::value::RawValue;

/// A POST from P100. Change what a test needs otherwise; `Debug` shows neither token nor body.
///
/// With the feature `axum` it converts into an `axum::extract::Request`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// The default path of the event. [`Receiver::path_of`](super::Receiver::path_of) reports a configured one.
    pub path: String,
    /// `Authorization` and `Content-Type`.
    pub headers: HeaderMap,
    /// The payload as flat JSON.
    pub body: Bytes,
}

/// The delivery of an event with the token, which a receiver with this token takes.
///
/// ```
/// use p100::types::{KycFileAddedEvent, KycFileStatus};
/// use p100::webhooks::{Receiver, Verifier, WebhookEvent, testing};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let added = KycFileAddedEvent::builder().external_user_id("customer-42").status(KycFileStatus::Added).build();
/// let event = WebhookEvent::KycFileAdded(Box::new(added));
/// let delivery = testing::delivery(&event, "token")?;
///
/// let receiver = Receiver::new(Verifier::new("token")?);
/// let received = receiver.receive(&delivery.path, &delivery.headers, delivery.body)?;
/// assert_eq!(received.known(), Some(&event));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The token cannot be in a header.
pub fn delivery(event: &WebhookEvent, token: impl Into<Sensitive>) -> Result<Delivery, BoxError> {
    let mut authorization = HeaderValue::from_bytes(token.into().expose().as_bytes())?;
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(Delivery { path: event.kind().route().path.to_owned(), headers, body: event.to_json()?.into() })
}

impl Delivery {
    /// The same in the enveloped form `{"event_type": .., "data": {..}}`.
    ///
    /// # Errors
    /// The body was replaced by one that is not JSON.
    pub fn enveloped(mut self, event_type: &str) -> Result<Self, BoxError> {
        let data: &RawValue = serde_json::from_slice(&self.body)?;
        self.body = format!(r#"{{"event_type":{},"data":{data}}}"#, serde_json::to_string(event_type)?).into();
        Ok(self)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = format_args!("[{} bytes]", self.body.len());
        f.debug_struct("Delivery").field("path", &self.path).field("body", &size).finish_non_exhaustive()
    }
}
