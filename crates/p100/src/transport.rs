//! What stands behind the seam, once for all operations: the key, deadlines, retries, limits and traces.

mod budget;
mod read;
mod retry;

use std::fmt;
use std::time::Duration;

use p100_raw::reqwest::header::HeaderValue;
use p100_raw::reqwest::{self, Url};
use p100_raw::{Answer, Call, Sending, Transport, TransportError};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use self::budget::Budget;
use crate::Retries;
use crate::settings::Limits;

/// Sends with the partner's key, to the configured origin only.
pub(crate) struct Production {
    http: reqwest::Client,
    origin: String,
    key: HeaderValue,
    limits: Limits,
    retries: Retries,
    budget: Budget,
}

impl Production {
    pub(crate) fn new(http: reqwest::Client, base_url: &Url, key: HeaderValue, limits: Limits, retries: Retries) -> Self {
        let budget = Budget::new(retries.budget);
        Self { http, origin: origin(base_url), key, limits, retries, budget }
    }

    /// Sends until an outcome stands.
    async fn carry_out(&self, call: &Call) -> Result<Answer, TransportError> {
        let deadline = self.limits.call.map(|time| Instant::now() + time);
        self.budget.earn();
        let mut sent = 0;
        loop {
            sent += 1;
            let outcome = self.attempt(call, deadline).await;
            record(sent, &outcome);
            let verdict = retry::classify(call.operation().retry, &outcome);
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match retry::decide(&self.retries, verdict, sent, left, fastrand::f64()) {
                Some(wait) if self.budget.spend() => {
                    tracing::debug!(attempt = sent, wait_ms = millis(wait), "sending again");
                    sleep(wait).await;
                }
                _ => return outcome,
            }
        }
    }

    async fn attempt(&self, call: &Call, deadline: Option<Instant>) -> Result<Answer, TransportError> {
        let mut request = call.request()?;
        if origin(request.url()) != self.origin {
            return Err(TransportError::not_sent("the request is for another server than the configured one"));
        }
        if call.operation().authenticated {
            request.headers_mut().insert("x-api-key", self.key.clone());
        }
        let own = self.limits.attempt.map(|time| Instant::now() + time);
        let Some(end) = [own, deadline].into_iter().flatten().min() else {
            return read::read(self.http.execute(request).await?, self.limits.response).await;
        };
        let late = || TimedOut { call: Some(end) == deadline };
        let response = timeout_at(end, self.http.execute(request)).await.map_err(|_| TransportError::no_answer(late()).timed_out())??;
        let (status, headers) = (response.status(), response.headers().clone());
        timeout_at(end, read::read(response, self.limits.response))
            .await
            .map_err(|_| TransportError::broke_off(status, headers, late()).timed_out())?
    }
}

impl Transport for Production {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        let operation = call.operation().id;
        let span = tracing::info_span!(
            "p100.call",
            operation,
            attempt = Empty,
            status = Empty,
            error_code = Empty,
            request_id = Empty,
            date = Empty,
            duration_ms = Empty
        );
        let timed = async move {
            let begin = Instant::now();
            let outcome = self.carry_out(call).await;
            Span::current().record("duration_ms", millis(begin.elapsed()));
            outcome
        };
        Box::pin(timed.instrument(span))
    }
}

/// Writes what is known of the latest attempt into the span of the call: nothing of the request, of the answer only what P100's
/// support can use.
fn record(sent: u32, outcome: &Result<Answer, TransportError>) {
    let span = Span::current();
    span.record("attempt", sent);
    match outcome {
        Ok(answer) => {
            span.record("status", answer.status.as_u16());
            if !answer.status.is_success()
                && let Some(code) = retry::code(answer)
            {
                span.record("error_code", code.as_str());
            }
            for (field, header) in [("request_id", "x-request-id"), ("date", "date")] {
                if let Some(value) = answer.headers.get(header).and_then(|value| value.to_str().ok()) {
                    span.record(field, value);
                }
            }
        }
        Err(error) => tracing::debug!(attempt = sent, timeout = error.is_timeout(), "{error}"),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl fmt::Debug for Production {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Production")
            .field("origin", &self.origin)
            .field("key", &"[redacted]")
            .field("limits", &self.limits)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

/// Which time ran out.
#[derive(Debug)]
struct TimedOut {
    call: bool,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.call { "the time of the whole call ran out" } else { "the time of one attempt ran out" })
    }
}

impl std::error::Error for TimedOut {}
