//! What is behind the seam, once for all operations: the key, deadlines, retries, limits and traces.

mod budget;
mod connections;
#[cfg(all(test, feature = "rustls"))]
mod frames;
#[cfg(all(test, feature = "rustls"))]
mod loopback;
#[cfg(all(test, feature = "rustls"))]
mod matrix;
mod read;
mod retry;
#[cfg(all(test, feature = "rustls"))]
mod silence;
mod trace;
#[cfg(all(test, feature = "rustls"))]
mod unprocessed;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use p100_raw::reqwest;
use p100_raw::reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use p100_raw::{ApiKey, Call, Deviations, Operation, RawResponse, Retry, Sending, Transport, TransportError};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use self::budget::Budget;
pub(crate) use self::connections::{Connections, pinged};
use crate::Retries;
use crate::clock::Skews;
use crate::limits::Limits;

/// Sends with the partner's key, to the configured origin only.
pub(crate) struct HttpTransport {
    connections: Connections,
    skews: Arc<Skews>,
    key: ApiKey,
    limits: Limits,
    retries: Retries,
    budget: Budget,
}

/// What an attempt came to.
type Outcome = Result<RawResponse, TransportError>;

impl HttpTransport {
    pub(crate) fn new(connections: Connections, skews: Arc<Skews>, key: ApiKey, limits: Limits, retries: Retries) -> Self {
        let budget = Budget::new(retries.budget);
        Self { connections, skews, key, limits, retries, budget }
    }

    /// Sends until an outcome is final.
    async fn carry_out(&self, call: &Call) -> Outcome {
        let deadline = self.limits.call.and_then(end);
        self.budget.earn();
        let mut sent = 0;
        loop {
            sent += 1;
            let outcome = self.attempt(call, deadline).await;
            let verdict = retry::classify(call.retry(), &outcome, &|response| call.meaning(response));
            let left = deadline.map(|deadline| self.time_left(call.retry(), deadline));
            match retry::decide(&self.retries, verdict, sent, left, fastrand::f64()) {
                Some(wait) if self.budget.spend() => {
                    trace::again(sent, &outcome, wait);
                    sleep(wait).await;
                }
                _ => {
                    trace::ended(sent, &outcome);
                    return outcome;
                }
            }
        }
    }

    /// The time left for a wait before another attempt. One that is cut off while it connects cannot tell that nothing was sent, so a
    /// write keeps the time to connect.
    fn time_left(&self, retry: Retry, deadline: Instant) -> Duration {
        let left = deadline.saturating_duration_since(Instant::now());
        match retry {
            Retry::Safe => left,
            Retry::Never => left.saturating_sub(self.limits.connect().unwrap_or_default()),
        }
    }

    async fn attempt(&self, call: &Call, deadline: Option<Instant>) -> Outcome {
        let connections = self.connections.present();
        let begin = self.skews.now();
        let request = self.request(call)?;
        let has_body = request.body().is_some();
        let sending = connections.http.execute(request);
        // Outlives the timeout, so that a response which is cut off keeps its head.
        let mut arrived = None;
        let exchange = async {
            let response = arrived.insert(sending.await.map_err(|error| TransportError::without_response(error, has_body))?);
            self.skews.observe(begin, response.headers());
            read::read(response, self.limits.response).await
        };
        let own = self.limits.attempt.filter(|_| !call.is_upload()).and_then(end);
        let Some(end) = [own, deadline].into_iter().flatten().min() else {
            return exchange.await;
        };
        timeout_at(end, exchange).await.unwrap_or_else(|_| {
            self.connections.retire(&connections);
            let cause = TimedOut { call: Some(end) == deadline };
            let error = match &mut arrived {
                Some(response) => read::incomplete_body(response, cause),
                None => TransportError::no_response(cause),
            };
            Err(error.timed_out())
        })
    }

    fn request(&self, call: &Call) -> Result<reqwest::Request, TransportError> {
        let mut request = self.key.request(call)?;
        // A decoder that another crate switches on in reqwest asks for its encodings unless this is there.
        request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok(request)
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        let operation = call.operation().id;
        let span = tracing::info_span!(
            "p100.call",
            operation,
            attempt = Empty,
            outcome = Empty,
            status = Empty,
            error_code = Empty,
            request_id = Empty,
            date = Empty,
            duration_ms = Empty
        );
        let timed = async move {
            let begin = Instant::now();
            let outcome = self.carry_out(call).await;
            Span::current().record("duration_ms", trace::millis(begin.elapsed()));
            outcome
        };
        Box::pin(timed.instrument(span))
    }

    fn deviated(&self, operation: &'static Operation, deviations: &Deviations) {
        trace::deviated(operation, deviations);
    }
}

/// When a time ends that begins now; nothing if no clock gets that far.
fn end(time: Duration) -> Option<Instant> {
    Instant::now().checked_add(time)
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("key", &self.key)
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
        f.write_str(if self.call { "call timed out" } else { "attempt timed out" })
    }
}

impl std::error::Error for TimedOut {}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::sync::Arc;

    use p100_raw::ApiKey;
    use p100_raw::reqwest::{self, Url};

    use super::{Connections, HttpTransport};
    use crate::clock::Skews;
    use crate::limits::Limits;
    use crate::{Clock, Retries};

    #[tokio::test]
    async fn a_request_for_another_origin_is_not_sent() {
        let url = |text| Url::parse(text).expect("a URL");
        let http = reqwest::Client::new();
        let key = ApiKey::new(&"key".into(), &url("http://127.0.0.1:80")).expect("a key");
        let connections = Connections::new(Box::new(|| Ok(reqwest::Client::new()))).expect("a client");
        let skews = Arc::new(Skews::new(Clock::system()));
        let transport = Arc::new(HttpTransport::new(connections, skews, key, Limits::default(), Retries::none()));
        for other in ["https://127.0.0.1", "http://127.0.0.1:8080", "http://127.0.0.1.example", "http://127.0.0.1@127.0.0.2"] {
            let client = p100_raw::Client::with_transport(url(other), http.clone(), transport.clone());
            let error = client.get_rates().await.expect_err(other);
            let cause = error.source().and_then(Error::source).expect("a cause").to_string();
            assert_eq!(cause, "the request is for another server than the configured one", "{other}");
        }
    }
}
