//! One webhook delivery as an event: which one, what it says, and the bytes it came in.

use std::fmt;

use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Deviations, InvalidJson};
use serde_json::value::RawValue;

use super::Raw;
use super::raw::object;

/// A delivery from P100.
///
/// What a version of this crate cannot read, a later one may: store `path` and `raw`, and hand them to
/// [`Paths::recognise`](super::Paths::recognise) after an upgrade.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Which event it is, if that is certain; also if its payload cannot be read.
    pub kind: Option<WebhookKind>,
    /// What it says.
    pub payload: Payload,
    /// The body as it arrived, with the members that the payload does not know.
    pub raw: Raw,
    /// The path as it arrived, with its query string.
    pub path: String,
    /// What of a known payload did not fit the document and was set aside. It is still in `raw`.
    pub deviations: Deviations,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// An event of the document.
    Known(WebhookEvent),
    /// No event of the document, or none that could be identified or read. Store the bytes; P100 would only send the same again.
    Unknown(UnknownReason),
}

/// Why a payload is [`Unknown`](Payload::Unknown).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum UnknownReason {
    /// Neither the path nor the members show which event it is.
    #[non_exhaustive]
    Unrecognised {
        /// The events it may be, in the order of the document. It may still be another one.
        candidates: Vec<WebhookKind>,
    },
    /// The path is that of one event, but the body has not one member of it, or the members of another event instead.
    #[non_exhaustive]
    Mismatch {
        /// The event of the path.
        kind: WebhookKind,
        /// The event whose members it has.
        members_of: Option<WebhookKind>,
    },
    /// It is the event, yet nothing can be made of its payload.
    #[non_exhaustive]
    Invalid {
        /// The event.
        kind: WebhookKind,
        /// Where the payload fails, and what was expected there.
        error: InvalidJson,
    },
    /// The body is not JSON. It may have been damaged on the way.
    #[non_exhaustive]
    NotJson {
        /// Line of the body, from 1.
        line: usize,
        /// Column of the line, from 0.
        column: usize,
    },
}

impl UnknownReason {
    /// Which event it is nevertheless.
    #[must_use]
    pub fn kind(&self) -> Option<WebhookKind> {
        match self {
            Self::Mismatch { kind, .. } | Self::Invalid { kind, .. } => Some(*kind),
            Self::Unrecognised { .. } | Self::NotJson { .. } => None,
        }
    }

    /// The events it may be.
    #[must_use]
    pub fn candidates(&self) -> Vec<WebhookKind> {
        match self {
            Self::Unrecognised { candidates } => candidates.clone(),
            Self::Mismatch { kind, members_of } => [*kind].into_iter().chain(*members_of).collect(),
            Self::Invalid { kind, .. } => vec![*kind],
            Self::NotJson { .. } => Vec::new(),
        }
    }
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrecognised { candidates } => {
                f.write_str("neither path nor members show which event it is")?;
                for (number, kind) in candidates.iter().enumerate() {
                    write!(f, "{}{kind}", if number == 0 { "; it may be " } else { " or " })?;
                }
                Ok(())
            }
            Self::Mismatch { kind, members_of: Some(other) } => write!(f, "the path is that of {kind}, the members are those of {other}"),
            Self::Mismatch { kind, members_of: None } => write!(f, "the path is that of {kind}, but no member of it is there"),
            Self::Invalid { kind, error } => write!(f, "it is not the payload of {kind}: {error}"),
            Self::NotJson { line, column } => write!(f, "the body is not JSON (line {line}, column {column})"),
        }
    }
}

impl Event {
    pub(super) fn unknown(path: &str, raw: Raw, reason: UnknownReason) -> Self {
        let kind = reason.kind();
        Self { kind, payload: Payload::Unknown(reason), raw, path: path.to_owned(), deviations: Deviations::default() }
    }

    /// What it says, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<&WebhookEvent> {
        match &self.payload {
            Payload::Known(event) => Some(event),
            Payload::Unknown(_) => None,
        }
    }

    /// Why it is unknown, if it is.
    #[must_use]
    pub fn unknown_reason(&self) -> Option<&UnknownReason> {
        match &self.payload {
            Payload::Known(_) => None,
            Payload::Unknown(reason) => Some(reason),
        }
    }

    /// What distinguishes a repeat of this event from news as long as P100 may send it again: a JSON array of the event's id and the values of
    /// its [`dedupe`](crate::raw::WebhookRoute::dedupe) members, such as `["exchangeStatus","0516","COMPLETED"]`.
    ///
    /// P100 sends no event id, so the key is made of what identifies the resource and its status. **Remember it for some minutes, not for
    /// ever**: P100 tries five times, about 8, 16, 32 and 64 seconds apart, so for about two minutes. Later an equal key may be news: a
    /// second proof of address can be `QUESTIONED` as the first was, a second deposit from one account `REJECTED`.
    ///
    /// Nothing if the event is unknown, if a member is missing, null, empty or could not be read, or if equal deliveries may be different news even at once: two
    /// KYC files of one user give two equal bodies. Take such events each time.
    ///
    /// ```
    /// use p100::webhooks::Paths;
    ///
    /// let body = r#"{"externalUserId": "customer-42", "status": "APPROVED"}"#;
    /// let event = Paths::default().recognise("/webhook/poa-verification/status", body);
    /// assert_eq!(event.dedupe_key().as_deref(), Some(r#"["poaVerificationStatus","customer-42","APPROVED"]"#));
    /// ```
    #[must_use]
    pub fn dedupe_key(&self) -> Option<String> {
        let route = self.known()?.kind().route();
        // What could not be read identifies nothing: two damaged ids may look the same.
        let is_odd = |name: &&str| self.deviations.iter().any(|deviation| deviation.path.split(['.', '[']).next() == Some(*name));
        let are_all_listed = self.deviations.len() == self.deviations.total();
        if route.dedupe.is_empty() || !are_all_listed || route.dedupe.iter().any(is_odd) {
            return None;
        }
        let text = self.raw.text_in_document();
        let members = object(&text)?;
        let mut key = serde_json::to_string(route.id).ok()?;
        for name in route.dedupe {
            key.push(',');
            key.push_str(&canonical(members.get(*name)?)?);
        }
        Some(format!("[{key}]"))
    }
}

/// One text for each value: strings may be escaped in several ways. Nothing for null, an empty text, and what is no single value.
fn canonical(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" | "\"\"" => None,
        text if text.starts_with(['{', '[']) => None,
        text if text.starts_with('"') => serde_json::to_string(&serde_json::from_str::<String>(text).ok()?).ok(),
        text => Some(text.to_owned()),
    }
}
