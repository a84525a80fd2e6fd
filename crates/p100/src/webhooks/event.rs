//! What a call tells: an event, or bytes nobody knows yet.

use std::collections::BTreeMap;
use std::fmt;

use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Bytes, InvalidJson};
use serde_json::value::RawValue;

/// A call from P100.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An event of the document.
    #[non_exhaustive]
    Known {
        /// Which event it is, and what it tells.
        payload: WebhookEvent,
        /// The body as it arrived, with the members that the payload does not know.
        raw: Raw,
    },
    /// JSON that is no event of the document. Store it and answer 200: P100 would only send the same again.
    #[non_exhaustive]
    Unknown {
        /// Why.
        reason: UnknownReason,
        /// The body as it arrived.
        raw: Raw,
    },
}

/// Why a call is [`Event::Unknown`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum UnknownReason {
    /// Neither the path nor the members tell which event it is.
    Unrecognised,
    /// It is not the payload of the event that the path, or else the members, tell.
    #[non_exhaustive]
    Invalid {
        /// The event.
        kind: WebhookKind,
        /// Which member failed, and what was expected there.
        error: InvalidJson,
    },
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrecognised => f.write_str("neither path nor members tell a known event"),
            Self::Invalid { kind, error } => write!(f, "it is not the payload of {kind}: {error}"),
        }
    }
}

impl Event {
    /// Which event it is. For an [`Unknown`](Self::Unknown) with a payload that cannot be read, which event it should be.
    #[must_use]
    pub fn kind(&self) -> Option<WebhookKind> {
        match self {
            Self::Known { payload, .. } => Some(payload.kind()),
            Self::Unknown { reason: UnknownReason::Invalid { kind, .. }, .. } => Some(*kind),
            Self::Unknown { reason: UnknownReason::Unrecognised, .. } => None,
        }
    }

    /// What it tells, if it is known.
    #[must_use]
    pub fn payload(&self) -> Option<&WebhookEvent> {
        match self {
            Self::Known { payload, .. } => Some(payload),
            Self::Unknown { .. } => None,
        }
    }

    /// The body as it arrived.
    #[must_use]
    pub fn raw(&self) -> &Raw {
        match self {
            Self::Known { raw, .. } | Self::Unknown { raw, .. } => raw,
        }
    }

    /// What tells a repeat of this event from news as long as P100 may send it again: a JSON array of the event's id and the values of
    /// its [`dedupe`](crate::raw::WebhookRoute::dedupe) members, such as `["exchangeStatus","0516","COMPLETED"]`.
    ///
    /// P100 sends no event id, so the key is made of what identifies the resource and its status. **Remember it for some minutes, not for
    /// ever**: P100 tries five times, about 8, 16, 32 and 64 seconds apart, so for about two minutes. Later an equal key may be news: a
    /// second proof of address can be `QUESTIONED` as the first was, a second deposit from one account `REJECTED`.
    ///
    /// Nothing if the event is unknown, if a member is missing or null, or if equal deliveries may be different news even at once: two
    /// KYC files of one user give two equal bodies. Take such events each time.
    ///
    /// ```
    /// use p100::webhooks::{Receiver, Verifier};
    /// # use p100::webhooks::{HeaderMap, HeaderValue};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut headers = HeaderMap::new();
    /// # headers.insert("authorization", HeaderValue::from_static("token"));
    /// let receiver = Receiver::new(Verifier::new("token")?);
    /// let body = r#"{"externalUserId": "customer-42", "status": "APPROVED"}"#;
    /// let event = receiver.receive("/webhook/poa-verification/status", &headers, body)?;
    /// assert_eq!(event.dedupe_key().as_deref(), Some(r#"["poaVerificationStatus","customer-42","APPROVED"]"#));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn dedupe_key(&self) -> Option<String> {
        let route = self.payload()?.kind().route();
        if route.dedupe.is_empty() {
            return None;
        }
        let members = object(self.raw().data())?;
        let mut key = serde_json::to_string(route.id).ok()?;
        for name in route.dedupe {
            key.push(',');
            key.push_str(&canonical(members.get(*name)?)?);
        }
        Some(format!("[{key}]"))
    }
}

/// One text for each value: strings may be escaped in several ways. Nothing for null.
fn canonical(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::to_string(&serde_json::from_str::<String>(text).ok()?).ok(),
        text => Some(text.to_owned()),
    }
}

/// A body as it arrived. It may hold a one-time code, so `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw {
    bytes: Bytes,
    envelope: Option<Envelope>,
}

#[derive(Clone, PartialEq, Eq)]
struct Envelope {
    event_type: String,
    data: Bytes,
}

impl Raw {
    pub(super) fn flat(bytes: Bytes) -> Self {
        Self { bytes, envelope: None }
    }

    /// The body, unwrapped if it is enveloped, and the members of the payload, if it is an object.
    ///
    /// # Errors
    /// The body is not JSON.
    pub(super) fn read(bytes: &Bytes) -> Result<(Self, Option<Members<'_>>), serde_json::Error> {
        let Some(members) = object(bytes) else {
            serde_json::from_slice::<&RawValue>(bytes)?;
            return Ok((Self::flat(bytes.clone()), None));
        };
        let enveloped = members.get("event_type").zip(members.get("data")).and_then(|(event_type, data)| {
            let event_type = serde_json::from_str(event_type.get()).ok()?;
            let data = data.get().as_bytes();
            data.starts_with(b"{").then_some((event_type, data))
        });
        Ok(match enveloped {
            Some((event_type, data)) => {
                let envelope = Envelope { event_type, data: bytes.slice_ref(data) };
                (Self { bytes: bytes.clone(), envelope: Some(envelope) }, object(data))
            }
            None => (Self::flat(bytes.clone()), Some(members)),
        })
    }

    /// The whole body, byte by byte.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The payload: what is under `data` if the body was enveloped, else the whole body.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        self.envelope.as_ref().map_or(&self.bytes, |envelope| &envelope.data)
    }

    /// The event name of the envelope, such as `exchange.status_changed`, if there was one.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.envelope.as_ref().map(|envelope| envelope.event_type.as_str())
    }
}

pub(super) type Members<'a> = BTreeMap<String, &'a RawValue>;

fn object(text: &[u8]) -> Option<Members<'_>> {
    serde_json::from_slice(text).ok()
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = format_args!("[{} bytes]", self.bytes.len());
        f.debug_struct("Raw").field("bytes", &size).field("enveloped", &self.envelope.is_some()).finish()
    }
}
