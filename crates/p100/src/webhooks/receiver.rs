//! From path, headers and body to an event, or to a refusal.

use p100_raw::reqwest::header::HeaderMap;
use p100_raw::webhooks::WebhookKind;
use p100_raw::{Bytes, Corrections, Ending, InvalidCorrection};

use super::outcome::{Outcomes, span, word};
use super::{Event, Paths, Payload, ReceiveError, ReceiveErrorKind, Stats, UnknownReason, Verifier};

/// The largest body a [`Receiver`] takes unless configured otherwise: 64 KiB. Known events have less than 2 KiB.
pub const DEFAULT_MAX_BODY_BYTES: usize = 64 * 1024;

/// Checks deliveries and reads them. Cheap enough to clone, and shareable behind an `Arc`; clones count together.
///
/// ```
/// use p100::webhooks::{Receiver, Verifier, WebhookKind};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::new(Verifier::new("the webhook token")?)
///     .base_path("/hooks/p100")
///     .path(WebhookKind::SepaDepositReceived, "/sepa-in")
///     .max_body_bytes(16 * 1024)
///     .on_refused(|refusal| eprintln!("alert: {refusal} at {:?}", refusal.path()));
/// assert_eq!(receiver.path_of(WebhookKind::SepaDepositReceived), "/hooks/p100/sepa-in");
/// assert_eq!(receiver.stats().refused(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Receiver {
    verifier: Verifier,
    paths: Paths,
    max_body_bytes: usize,
    outcomes: Outcomes,
}

impl Receiver {
    /// Takes deliveries with the token, at the default paths, of at most [`DEFAULT_MAX_BODY_BYTES`].
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self { verifier, paths: Paths::default(), max_body_bytes: DEFAULT_MAX_BODY_BYTES, outcomes: Outcomes::default() }
    }

    /// Expects the events at these paths.
    #[must_use]
    pub fn paths(mut self, paths: Paths) -> Self {
        self.paths = paths;
        self
    }

    /// Expects all events below this path, see [`Paths::base`].
    #[must_use]
    pub fn base_path(mut self, path: &str) -> Self {
        self.paths = self.paths.base(path);
        self
    }

    /// Expects the event at this path below the base path, see [`Paths::set`].
    #[must_use]
    pub fn path(mut self, kind: WebhookKind, path: &str) -> Self {
        self.paths = self.paths.set(kind, path);
        self
    }

    /// Reads deliveries with these corrections: [of events](Paths::corrections) and [of the token's header](Verifier::corrections).
    ///
    /// # Errors
    /// One of them does not fit the document.
    pub fn corrections(mut self, corrections: &Corrections) -> Result<Self, InvalidCorrection> {
        self.verifier = self.verifier.corrections(corrections)?;
        self.paths = self.paths.corrections(corrections)?;
        Ok(self)
    }

    /// How an event ends what it is about, see [`Paths::ending`].
    #[must_use]
    pub fn ending(&self, event: &Event) -> Option<Ending> {
        self.paths.ending(event)
    }

    /// Refuses bodies of more bytes.
    #[must_use]
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = limit;
        self
    }

    /// Calls this with every delivery that is refused, each time it is: to count, to alert, or to keep what
    /// [`body`](ReceiveError::body) there is. It must not block, for P100 waits.
    #[must_use]
    pub fn on_refused(mut self, hook: impl Fn(&ReceiveError) + Send + Sync + 'static) -> Self {
        self.outcomes.set_hook(hook);
        self
    }

    /// The whole path at which the event is expected.
    #[must_use]
    pub fn path_of(&self, kind: WebhookKind) -> String {
        self.paths.of(kind)
    }

    /// [`HEALTH_PATH`](super::HEALTH_PATH) below the base path.
    #[must_use]
    pub fn health_path(&self) -> String {
        self.paths.health()
    }

    /// The outcome of the deliveries so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.outcomes.stats()
    }

    /// Checks the token, then reads the body.
    ///
    /// `path` is that of the delivery; a query string, a trailing slash, doubled slashes and percent-encoding do not matter. `headers`
    /// is the `HeaderMap` of the crate `http` 1, as most frameworks have it. The method must be POST; check that first.
    ///
    /// # Errors
    /// The token is missing or wrong, or the body too large or not JSON. [`ReceiveError::status`] says what to return.
    pub fn receive(&self, path: &str, headers: &HeaderMap, body: impl Into<Bytes>) -> Result<Event, ReceiveError> {
        let span = span(path).entered();
        let read = self.verify(path, headers).and_then(|()| match self.read(path, body.into())? {
            (event, None) => Ok(event),
            (_, Some(refusal)) => Err(refusal),
        });
        span.record("outcome", word(read.as_ref().map_err(ReceiveError::kind)));
        read
    }

    /// Reads a delivery without a check of its token, see [`Paths::recognise`]. It is not counted.
    #[must_use]
    pub fn recognise(&self, path: &str, body: impl Into<Bytes>) -> Event {
        self.paths.recognise(path, body)
    }

    pub(super) fn verify(&self, path: &str, headers: &HeaderMap) -> Result<(), ReceiveError> {
        self.verifier.check(headers).map_err(|kind| self.refuse(kind, path, None))
    }

    /// Reads a delivery whose token is right. What is not JSON is an event, and refused: P100 shall send it again.
    pub(super) fn read(&self, path: &str, body: Bytes) -> Result<(Event, Option<ReceiveError>), ReceiveError> {
        if body.len() > self.max_body_bytes {
            return Err(self.refuse(ReceiveErrorKind::TooLarge { limit: self.max_body_bytes }, path, Some(body)));
        }
        let event = self.paths.recognise(path, body);
        if let Payload::Unknown(UnknownReason::NotJson { line, column }) = event.payload {
            let refusal = self.refuse(ReceiveErrorKind::NotJson { line, column }, path, Some(event.raw.bytes().clone()));
            return Ok((event, Some(refusal)));
        }
        self.outcomes.received(&event);
        Ok((event, None))
    }

    pub(super) fn refuse(&self, kind: ReceiveErrorKind, path: &str, body: Option<Bytes>) -> ReceiveError {
        self.outcomes.refused(ReceiveError::new(kind, Some(path), body))
    }
}

#[cfg(feature = "axum")]
impl Receiver {
    pub(super) fn body_limit(&self) -> usize {
        self.max_body_bytes
    }

    pub(super) fn expected(&self) -> &Paths {
        &self.paths
    }

    pub(super) fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    pub(super) fn has_token(&self, headers: &HeaderMap) -> bool {
        self.verifier.check(headers).is_ok()
    }
}
