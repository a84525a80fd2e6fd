//! Where each event is expected, and what a delivery is that arrives there.

use std::collections::BTreeMap;

use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Bytes, CheckedCorrections, Corrections, Decoded, Ending, InvalidCorrection};

use super::members::{self, Names};
use super::raw::{Members, object};
use super::{Event, Payload, Raw, UnknownReason};

/// Where P100 looks whether the partner's server is up, below the base path. Return 200; the method GET is assumed.
pub const HEALTH_PATH: &str = "/webhook/health";

/// The paths at which events are expected: the default ones unless configured otherwise.
///
/// Reads stored deliveries once more, for example those that an earlier version of this crate did not know:
///
/// ```
/// use p100::webhooks::{Paths, WebhookKind};
///
/// let paths = Paths::default().base("/hooks/p100").set(WebhookKind::SepaDepositReceived, "/sepa-in");
/// assert_eq!(paths.of(WebhookKind::SepaDepositReceived), "/hooks/p100/sepa-in");
/// assert_eq!(paths.of(WebhookKind::TransferStatus), "/hooks/p100/transfer-webhook");
///
/// // Path and body as they were stored.
/// let event = paths.recognise("/hooks/p100/sepa-in", r#"{"id": "8d9eafb0", "amount": "120.00", "currency": "eur"}"#);
/// assert_eq!(event.kind, Some(WebhookKind::SepaDepositReceived));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    base: Option<String>,
    own: BTreeMap<WebhookKind, String>,
    corrections: Option<CheckedCorrections>,
}

impl Paths {
    /// Expects all events below this path, e.g. `/hooks/p100`. Do not set it if the web framework has cut it off already.
    ///
    /// The router of the feature `axum` takes everything there, and below it.
    #[must_use]
    pub fn base(mut self, path: &str) -> Self {
        self.base = Some(normal(path));
        self
    }

    /// Expects the event at this path below the base path, instead of at its default path.
    ///
    /// Events that share a path are distinguished by their members; those that only their path identifies need one of their own.
    #[must_use]
    pub fn set(mut self, kind: WebhookKind, path: &str) -> Self {
        self.own.insert(kind, normal(path));
        self
    }

    /// Reads events with these corrections: of their paths, unless they are [set](Self::set), of their members, and of the words that end
    /// what they are about. They replace earlier ones.
    ///
    /// # Errors
    /// One of them does not fit the document.
    pub fn corrections(mut self, corrections: &Corrections) -> Result<Self, InvalidCorrection> {
        let checked = corrections.check()?;
        self.corrections = (!corrections.is_empty()).then_some(checked);
        Ok(self)
    }

    /// How the `status` of an event ends what the event is about, by the words of the operations whose outcome it reports. Nothing if it is
    /// not final, or no status.
    ///
    /// ```
    /// use p100::raw::{Ending, operations};
    /// use p100::{Corrections, webhooks::Paths};
    ///
    /// let rejected = Corrections::new().operation(&operations::CREATE_WITHDRAWAL, |withdrawal| withdrawal.failure(["REJECTED"]));
    /// let paths = Paths::default().corrections(&rejected)?;
    /// let event = paths.recognise("/crypto-withdrawal-webhook", r#"{"id": "1627", "destination": "0x11", "status": "REJECTED"}"#);
    /// assert_eq!(paths.ending(&event), Some(Ending::Failure));
    /// # Ok::<(), p100::InvalidCorrection>(())
    /// ```
    #[must_use]
    pub fn ending(&self, event: &Event) -> Option<Ending> {
        let kind = event.known()?.kind();
        let text = event.raw.text_in_document();
        let status: String = serde_json::from_str(object(&text)?.get("status")?.get()).ok()?;
        match &self.corrections {
            Some(corrections) => corrections.ending_of_event(kind, &status),
            None => kind.ending(&status),
        }
    }

    /// The whole path at which the event is expected.
    #[must_use]
    pub fn of(&self, kind: WebhookKind) -> String {
        match format!("{}{}", self.base_path(), self.below_base(kind)) {
            path if path.is_empty() => "/".to_owned(),
            path => path,
        }
    }

    /// [`HEALTH_PATH`] below the base path.
    #[must_use]
    pub fn health(&self) -> String {
        format!("{}{HEALTH_PATH}", self.base_path())
    }

    /// Reads a delivery without a check of its token: one that was received and stored before.
    ///
    /// `path` is that of the delivery. A query string, a trailing slash, doubled slashes and percent-encoding do not matter.
    #[must_use]
    pub fn recognise(&self, path: &str, body: impl Into<Bytes>) -> Event {
        let (body, expected) = (body.into(), self.expected_at(path));
        if let [kind] = expected[..]
            && self.corrections.is_none()
            && let Some(Decoded { value, deviations, .. }) = decode_flat(kind, &body)
        {
            return Event { kind: Some(kind), payload: Payload::Known(value), raw: Raw::flat(body), path: path.to_owned(), deviations };
        }
        let raw = match Raw::read(body.clone()) {
            Ok(raw) => raw,
            Err(error) => {
                let reason = UnknownReason::NotJson { line: error.line(), column: error.column() };
                return Event::unknown(path, Raw::flat(body), reason);
            }
        };
        let kind = match recognise(&expected, &raw, Names(self.corrections.as_ref())) {
            Ok(kind) => kind,
            Err(reason) => return Event::unknown(path, raw, reason),
        };
        let corrected = self.corrections.as_ref().and_then(|corrections| corrections.event_payload(kind, raw.data()));
        let raw = raw.with_corrected(corrected);
        match kind.decode(raw.in_document()) {
            Ok(Decoded { value, deviations, .. }) => {
                Event { kind: Some(kind), payload: Payload::Known(value), raw, path: path.to_owned(), deviations }
            }
            Err(error) => Event::unknown(path, raw, UnknownReason::Invalid { kind, error }),
        }
    }

    /// The events whose path this is.
    pub(super) fn expected_at(&self, path: &str) -> Vec<WebhookKind> {
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let base = self.base_path();
        // Most have no base path, and on some processors glibc takes longer to compare nothing than all the rest of this takes.
        let below = if base.is_empty() { Some(path) } else { path.strip_prefix(base) };
        let all = || WebhookKind::ALL.iter().copied();
        let expected: Vec<_> = all().filter(|kind| below == Some(self.below_base(*kind))).collect();
        if !expected.is_empty() || !path.contains("//") && !path.contains('%') && path.is_ascii() {
            return expected;
        }
        let path = canonical(path);
        all().filter(|kind| canonical(&self.of(*kind)) == path).collect()
    }

    #[cfg(feature = "axum")]
    pub(super) fn is_health(&self, path: &str) -> bool {
        canonical(path) == canonical(&self.health())
    }

    #[cfg(feature = "axum")]
    pub(super) fn configured_base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    fn base_path(&self) -> &str {
        self.base.as_deref().unwrap_or_default()
    }

    fn below_base(&self, kind: WebhookKind) -> &str {
        let corrected = || self.corrections.as_ref()?.event_path(kind);
        self.own.get(&kind).map_or_else(|| corrected().unwrap_or(kind.route().path).trim_end_matches('/'), String::as_str)
    }
}

/// With a slash in front and none behind; the root is empty.
fn normal(path: &str) -> String {
    match path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    }
}

/// The segments of a path, decoded: the same for all ways to write it.
fn canonical(path: &str) -> Vec<Vec<u8>> {
    path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect()
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.filter(|code| !code.starts_with('+')).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

/// The most frequent form, a flat payload at the path of its event, without a look at its members one by one. Nothing if that look is needed.
fn decode_flat(kind: WebhookKind, body: &[u8]) -> Option<Decoded<WebhookEvent>> {
    let text = std::str::from_utf8(body).ok()?;
    // An envelope may be read as a payload that has nothing; a name may be written with escapes.
    if !text.trim_start().starts_with('{')
        || text.contains("event_type")
        || text.contains('\\')
        || !kind.route().members.iter().all(|name| text.contains(name))
    {
        return None;
    }
    let decoded = kind.decode(body).ok()?;
    (decoded.deviations.total() == 0 && !is_empty(kind, &decoded.value)).then_some(decoded)
}

/// Whether nothing was read.
fn is_empty(kind: WebhookKind, event: &WebhookEvent) -> bool {
    kind.decode(b"{}").is_ok_and(|empty| empty.value == *event)
}

/// By path if exactly one event is expected there, else by members.
fn recognise(expected: &[WebhookKind], raw: &Raw, names: Names<'_>) -> Result<WebhookKind, UnknownReason> {
    let text = raw.text();
    let members = object(&text);
    let candidates = match expected {
        [kind] => {
            if let Some(members) = &members
                && let Some(reason) = mismatch(*kind, members, names)
            {
                return Err(reason);
            }
            return Ok(*kind);
        }
        [] => WebhookKind::ALL,
        several => several,
    };
    let Some(members) = members else { return Err(UnknownReason::Unrecognised { candidates: Vec::new() }) };
    members::identify(candidates, &members, names).map_err(|candidates| UnknownReason::Unrecognised { candidates })
}

/// Why a body cannot be what its path says: it has nothing of that event, or everything of another one.
///
/// One member of another event is not enough, for P100 may add it to this one.
fn mismatch(kind: WebhookKind, members: &Members<'_>, names: Names<'_>) -> Option<UnknownReason> {
    let route = kind.route();
    let own = || members.iter().filter(|(name, _)| names.member(route, name.as_str()).is_some());
    if own().all(|(_, value)| value.get() == "null") {
        return Some(UnknownReason::Mismatch { kind, members_of: None });
    }
    if route.members.is_empty() || names.all_there(route, members) {
        return None;
    }
    let is_other = |other: &&WebhookKind| {
        let other = other.route();
        other.kind != kind && names.identify(other, members) && own().all(|(name, _)| names.member(other, name.as_str()).is_some())
    };
    WebhookKind::ALL.iter().find(is_other).map(|other| UnknownReason::Mismatch { kind, members_of: Some(*other) })
}
