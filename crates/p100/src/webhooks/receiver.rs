//! From path, headers and body to an event.

use std::collections::BTreeMap;

use p100_raw::reqwest::header::HeaderMap;
use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Bytes, WebhookRoute};

use super::event::Members;
use super::{Event, Raw, ReceiveError, ReceiveErrorKind, UnknownReason, Verifier};

/// The largest body a [`Receiver`] takes unless told otherwise: 64 KiB. Known events have less than 2 KiB.
pub const DEFAULT_MAX_BODY_BYTES: usize = 64 * 1024;

/// Where P100 looks whether the partner's server is up, below the base path. Answer 200; the method GET is inferred.
pub const HEALTH_PATH: &str = "/webhook/health";

/// A member of every envelope.
const EVENT_TYPE: &str = "event_type";

/// Checks calls and reads them. Cheap enough to clone, and shareable behind an `Arc`.
///
/// ```
/// use p100::webhooks::{Receiver, Verifier, WebhookKind};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::new(Verifier::new("the webhook token")?)
///     .base_path("/hooks/p100")
///     .path(WebhookKind::SepaDepositReceived, "/sepa-in")
///     .max_body_bytes(16 * 1024);
/// assert_eq!(receiver.path_of(WebhookKind::SepaDepositReceived), "/hooks/p100/sepa-in");
/// assert_eq!(receiver.path_of(WebhookKind::TransferStatus), "/hooks/p100/transfer-webhook");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Receiver {
    verifier: Verifier,
    base_path: String,
    paths: BTreeMap<WebhookKind, String>,
    max_body_bytes: usize,
}

impl Receiver {
    /// Takes calls with the token, at the default paths, of at most [`DEFAULT_MAX_BODY_BYTES`].
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self { verifier, base_path: String::new(), paths: BTreeMap::new(), max_body_bytes: DEFAULT_MAX_BODY_BYTES }
    }

    /// Expects all events below this path, e.g. `/hooks/p100`. Do not set it if the web framework has cut it off already.
    #[must_use]
    pub fn base_path(mut self, path: &str) -> Self {
        self.base_path = normal(path);
        self
    }

    /// Expects the event at this path below the base path, instead of at its default path.
    ///
    /// Events that share a path are told apart by their members; those that only their path tells need one of their own.
    #[must_use]
    pub fn path(mut self, kind: WebhookKind, path: &str) -> Self {
        self.paths.insert(kind, normal(path));
        self
    }

    /// Refuses bodies of more bytes.
    #[must_use]
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = limit;
        self
    }

    /// The whole path at which the event is expected.
    #[must_use]
    pub fn path_of(&self, kind: WebhookKind) -> String {
        rooted(format!("{}{}", self.base_path, self.below_base(kind)))
    }

    /// [`HEALTH_PATH`] below the base path.
    #[must_use]
    pub fn health_path(&self) -> String {
        format!("{}{HEALTH_PATH}", self.base_path)
    }

    /// Checks the token, then reads the body.
    ///
    /// `path` is that of the call; a query string and a trailing slash do not matter. `headers` is the `HeaderMap` of the
    /// crate `http` 1, as most frameworks have it.
    ///
    /// # Errors
    /// The token is missing or wrong, or the body too large or not JSON. [`ReceiveError::status`] says what to answer.
    pub fn receive(&self, path: &str, headers: &HeaderMap, body: impl Into<Bytes>) -> Result<Event, ReceiveError> {
        self.verify(headers)?;
        self.read(path, body.into())
    }

    pub(super) fn verify(&self, headers: &HeaderMap) -> Result<(), ReceiveError> {
        self.verifier.verify(headers)
    }

    #[cfg(feature = "axum")]
    pub(super) fn body_limit(&self) -> usize {
        self.max_body_bytes
    }

    #[cfg(feature = "axum")]
    pub(super) fn base(&self) -> &str {
        &self.base_path
    }

    /// Reads a call whose token is right.
    pub(super) fn read(&self, path: &str, body: Bytes) -> Result<Event, ReceiveError> {
        if body.len() > self.max_body_bytes {
            return Err(ReceiveError::kept(ReceiveErrorKind::TooLarge { limit: self.max_body_bytes }, body));
        }
        let expected = self.expected_at(path);
        // The most frequent form can be tried without looking further, unless it may be an envelope: many payloads have no member that
        // must be there. Text first: what the decoder skips it does not check, and damaged bytes in a new member are damage too.
        let mut first = expected.clone();
        if let (Some(kind), None) = (first.next(), first.next())
            && std::str::from_utf8(&body).is_ok_and(|text| !text.contains(EVENT_TYPE) && !text.contains("\\u"))
            && let Ok(payload) = kind.decode(&body)
        {
            return Ok(Event::Known { payload, raw: Raw::flat(body) });
        }
        let error = match Raw::read(&body) {
            Ok((raw, members)) => {
                return Ok(match recognise(&expected.collect::<Vec<_>>(), &raw, members) {
                    Ok(payload) => Event::Known { payload, raw },
                    Err(reason) => Event::Unknown { reason, raw },
                });
            }
            Err(error) => error,
        };
        Err(ReceiveError::kept(ReceiveErrorKind::NotJson { line: error.line(), column: error.column() }, body))
    }

    /// The events whose path this is.
    fn expected_at<'a>(&'a self, path: &'a str) -> impl Iterator<Item = WebhookKind> + Clone + 'a {
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        // Most have no base path, and on some processors glibc takes longer to compare nothing than all the rest of this takes.
        let below = if self.base_path.is_empty() { Some(path) } else { path.strip_prefix(self.base_path.as_str()) };
        WebhookKind::ALL.iter().copied().filter(move |kind| below == Some(self.below_base(*kind)))
    }

    fn below_base(&self, kind: WebhookKind) -> &str {
        self.paths.get(&kind).map_or(kind.route().path, String::as_str)
    }
}

/// With a slash in front and none behind; the root is empty.
fn normal(path: &str) -> String {
    match path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    }
}

fn rooted(path: String) -> String {
    if path.is_empty() { "/".to_owned() } else { path }
}

/// By path if exactly one event is expected there, else by members.
fn recognise(expected: &[WebhookKind], raw: &Raw, members: Option<Members<'_>>) -> Result<WebhookEvent, UnknownReason> {
    let decode = |kind: WebhookKind| kind.decode(raw.data()).map_err(|error| UnknownReason::Invalid { kind, error });
    let candidates = match expected {
        [kind] => return decode(*kind),
        [] => WebhookKind::ALL,
        several => several,
    };
    let members = members.ok_or(UnknownReason::Unrecognised)?;
    let fitting = |by_name: bool| -> Vec<&WebhookRoute> {
        let routes = candidates.iter().map(|kind| kind.route());
        routes.filter(|route| route.members.is_empty() != by_name && fits(route, &members)).collect()
    };
    // Values come second: a status word alone may turn up in any event.
    let mut routes = fitting(true);
    if routes.is_empty() {
        routes = fitting(false);
    }
    let [route] = routes[..] else {
        return Err(UnknownReason::Unrecognised);
    };
    let payload = decode(route.kind)?;
    if route.members.is_empty() && !has_no_other_members(&payload, &members) {
        return Err(UnknownReason::Unrecognised);
    }
    Ok(payload)
}

/// Whether all that tells the event apart is there. Never for an event that only its path tells.
fn fits(route: &WebhookRoute, members: &Members<'_>) -> bool {
    let has_value = |name: &str, values: &[&str]| {
        let value = members.get(name).and_then(|value| serde_json::from_str::<String>(value.get()).ok());
        value.is_some_and(|value| values.contains(&value.as_str()))
    };
    !(route.members.is_empty() && route.values.is_empty())
        && route.members.iter().all(|name| members.contains_key(*name))
        && route.values.iter().all(|(name, values)| has_value(name, values))
}

/// Whether the payload knows every member: `{"iban": .., "status": "APPROVED"}` must not pass for a review of documents.
fn has_no_other_members(payload: &WebhookEvent, members: &Members<'_>) -> bool {
    let Ok(text) = payload.to_json() else {
        return false;
    };
    let known: Members<'_> = serde_json::from_str(&text).unwrap_or_default();
    members.keys().all(|name| known.contains_key(name))
}
