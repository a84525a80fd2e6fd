//! What happens to deliveries, for people on call: counts, traces and a hook for what is refused.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use p100_raw::OneLine;
use tracing::field::{Empty, display};
use tracing::{Span, info_span, warn};

use super::{Event, Payload, ReceiveError, ReceiveErrorKind};

/// How many deliveries a [`Receiver`](super::Receiver) and its clones have seen since it was made, by outcome. Each counts once, except
/// that one whose handler fails counts as `known` or `unknown` too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Events of the document.
    pub known: u64,
    /// Events that nobody could identify or read.
    pub unknown: u64,
    /// Refused: no token.
    pub missing_token: u64,
    /// Refused: not the token.
    pub wrong_token: u64,
    /// Refused: not a POST.
    pub wrong_method: u64,
    /// Refused: the body is too large.
    pub too_large: u64,
    /// Refused: the connection ended before the body did.
    pub incomplete: u64,
    /// Refused: the body is not JSON.
    pub not_json: u64,
    /// The handler of the router returned an error.
    pub handler_failed: u64,
    /// The handler of the router panicked, or was dropped because P100 hung up.
    pub handler_dropped: u64,
}

impl Stats {
    /// How many were refused, for whatever reason.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.missing_token + self.wrong_token + self.wrong_method + self.too_large + self.incomplete + self.not_json
    }
}

#[derive(Debug, Default)]
struct Counters {
    known: AtomicU64,
    unknown: AtomicU64,
    missing_token: AtomicU64,
    wrong_token: AtomicU64,
    wrong_method: AtomicU64,
    too_large: AtomicU64,
    incomplete: AtomicU64,
    not_json: AtomicU64,
    handler_failed: AtomicU64,
    handler_dropped: AtomicU64,
}

type Hook = Arc<dyn Fn(&ReceiveError) + Send + Sync>;

/// Notes every outcome: no delivery ends in silence.
#[derive(Clone, Default)]
pub(super) struct Outcomes {
    counters: Arc<Counters>,
    on_refused: Option<Hook>,
}

impl Outcomes {
    pub(super) fn set_hook(&mut self, hook: impl Fn(&ReceiveError) + Send + Sync + 'static) {
        self.on_refused = Some(Arc::new(hook));
    }

    pub(super) fn stats(&self) -> Stats {
        let Counters {
            known,
            unknown,
            missing_token,
            wrong_token,
            wrong_method,
            too_large,
            incomplete,
            not_json,
            handler_failed,
            handler_dropped,
        } = &*self.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            known: read(known),
            unknown: read(unknown),
            missing_token: read(missing_token),
            wrong_token: read(wrong_token),
            wrong_method: read(wrong_method),
            too_large: read(too_large),
            incomplete: read(incomplete),
            not_json: read(not_json),
            handler_failed: read(handler_failed),
            handler_dropped: read(handler_dropped),
        }
    }

    pub(super) fn received(&self, event: &Event) {
        let path = Shown(&event.path);
        if let Some(kind) = event.kind {
            Span::current().record("kind", display(kind));
        }
        match &event.payload {
            Payload::Known(_) => {
                count(&self.counters.known);
                if let Some(first) = event.deviations.first() {
                    let count = event.deviations.total();
                    warn!(%path, count, at = %OneLine(&first.path), "parts of an event do not fit the document and were set aside");
                }
            }
            Payload::Unknown(reason) => {
                count(&self.counters.unknown);
                warn!(%path, %reason, "an event could not be identified or read; its bytes are kept");
            }
        }
    }

    /// Notes a refusal and hands it to the hook.
    pub(super) fn refused(&self, refusal: ReceiveError) -> ReceiveError {
        count(match refusal.kind() {
            ReceiveErrorKind::MissingToken => &self.counters.missing_token,
            ReceiveErrorKind::WrongToken => &self.counters.wrong_token,
            ReceiveErrorKind::WrongMethod => &self.counters.wrong_method,
            ReceiveErrorKind::TooLarge { .. } => &self.counters.too_large,
            ReceiveErrorKind::Incomplete => &self.counters.incomplete,
            ReceiveErrorKind::NotJson { .. } => &self.counters.not_json,
        });
        let path = Shown(refusal.path().unwrap_or_default());
        warn!(%path, status = refusal.status().as_u16(), reason = %refusal, "a delivery was refused");
        if let Some(hook) = &self.on_refused {
            hook(&refusal);
        }
        refusal
    }

    #[cfg(feature = "axum")]
    pub(super) fn handler_failed(&self, kind: &str, path: &str, reason: &impl fmt::Display) {
        count(&self.counters.handler_failed);
        tracing::error!(kind, path = %Shown(path), error = %OneLine(&reason.to_string()), "the handler of an event failed");
    }

    #[cfg(feature = "axum")]
    pub(super) fn handler_dropped(&self, kind: &str, path: &str) {
        count(&self.counters.handler_dropped);
        tracing::error!(kind, path = %Shown(path), "the handler of an event did not end: it panicked, or the caller hung up");
    }
}

impl fmt::Debug for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").field("stats", &self.stats()).field("on_refused", &self.on_refused.is_some()).finish()
    }
}

/// The span of one delivery.
pub(super) fn span(path: &str) -> Span {
    info_span!("p100.webhook", path = %Shown(path), kind = Empty, outcome = Empty)
}

/// The outcome of a delivery, as the span reports it. Enter it once, at the end.
pub(super) fn word(read: Result<&Event, ReceiveErrorKind>) -> &'static str {
    match read {
        Ok(Event { payload: Payload::Known(_), .. }) => "known",
        Ok(_) => "unknown",
        Err(ReceiveErrorKind::MissingToken) => "missing_token",
        Err(ReceiveErrorKind::WrongToken) => "wrong_token",
        Err(ReceiveErrorKind::WrongMethod) => "wrong_method",
        Err(ReceiveErrorKind::TooLarge { .. }) => "too_large",
        Err(ReceiveErrorKind::Incomplete) => "incomplete",
        Err(ReceiveErrorKind::NotJson { .. }) => "not_json",
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A path for traces: one line, without its query string, for anybody can send one.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        OneLine(self.0.split(['?', '#']).next().unwrap_or_default()).fmt(f)
    }
}
