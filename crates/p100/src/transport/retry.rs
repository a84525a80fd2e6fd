//! Whether a call is sent again, and when: three pure steps, classify, decide, delay.

use std::time::Duration;

use p100_raw::reqwest::StatusCode;
use p100_raw::types::{self, ErrorCode};
use p100_raw::{Meaning, RawResponse, Retry, TransportError, retry_after};

use super::read::TooLarge;
use crate::Retries;

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A result to hand over, good or bad.
    Final,
    /// Sending again does no harm; the response may ask for a wait.
    Again(Option<Duration>),
}

/// Only an operation that reads is sent again after it may have taken effect. Any other one is sent again only if the server certainly
/// did not process it, or did nothing because it came too early or too often: P100 documents no idempotency key, so a second create may
/// pay twice.
pub(super) fn classify(retry: Retry, outcome: &Result<RawResponse, TransportError>, meaning: &dyn Fn(&RawResponse) -> Meaning) -> Verdict {
    match (outcome, retry) {
        (Err(error), _) if error.is_unprocessed() => Verdict::Again(None),
        (Err(error), Retry::Safe) if error.may_have_been_sent() && !TooLarge::caused(error) => Verdict::Again(None),
        (Ok(response), Retry::Safe) if is_transient(response, meaning) => Verdict::Again(retry_after(&response.headers)),
        (Ok(response), Retry::Never) if is_postponed(response, meaning) => Verdict::Again(retry_after(&response.headers)),
        _ => Verdict::Final,
    }
}

/// Whether the response means "later", whatever its body says.
fn is_early(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS)
}

/// Whether P100 certainly did nothing, and may do it later. Without its word the call may have passed the limit that something behind it
/// ran into.
fn is_postponed(response: &RawResponse, meaning: &dyn Fn(&RawResponse) -> Meaning) -> bool {
    is_early(response.status) && meaning(response).nothing_happened()
}

fn is_transient(response: &RawResponse, meaning: &dyn Fn(&RawResponse) -> Meaning) -> bool {
    match response.status {
        StatusCode::REQUEST_TIMEOUT => true,
        status if is_early(status) || status.is_server_error() => true,
        status if !status.is_client_error() => false,
        // P100 reports faults of its own with status 400, and what is in front of it may do so in any words.
        status => match meaning(response) {
            Meaning::ServerFault => true,
            Meaning::Unclear => status == StatusCode::BAD_REQUEST,
            _ => false,
        },
    }
}

pub(super) fn code(response: &RawResponse) -> Option<ErrorCode> {
    types::Error::parse(&response.body).and_then(|error| error.error_code)
}

/// How long a call waits that has no time limit.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The wait before attempt number `sent + 1`, or nothing when the outcome of attempt number `sent` is final: all attempts are used,
/// or the wait would not end before the deadline. `jitter` is between 0 and 1.
pub(super) fn decide(policy: &Retries, verdict: Verdict, sent: u32, left: Option<Duration>, jitter: f64) -> Option<Duration> {
    let Verdict::Again(asked) = verdict else { return None };
    let wait = delay(policy, sent, jitter).max(asked.unwrap_or_default());
    (sent < policy.attempts && wait < left.unwrap_or(LONGEST)).then_some(wait)
}

/// Full jitter: a random part of a wait that doubles with each attempt, up to a cap.
pub(super) fn delay(policy: &Retries, sent: u32, jitter: f64) -> Duration {
    let doublings = sent.saturating_sub(1).min(31);
    policy.first_wait.saturating_mul(1 << doublings).min(policy.cap).mul_f64(jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use p100_raw::reqwest::StatusCode;
    use p100_raw::reqwest::header::{HeaderMap, HeaderValue};
    use p100_raw::{Bytes, Meaning, RawResponse, Retry, TransportError};

    use super::{Verdict, decide, delay};
    use crate::Retries;

    fn classify(retry: Retry, outcome: &Result<RawResponse, TransportError>) -> Verdict {
        super::classify(retry, outcome, &|response| Meaning::of(response.status, &response.body))
    }

    fn response(status: u16, body: &'static str) -> Result<RawResponse, TransportError> {
        Ok(RawResponse::new(StatusCode::from_u16(status).expect("a status"), HeaderMap::new(), Bytes::from_static(body.as_bytes())))
    }

    const MILLIS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn a_read_is_sent_again_after_a_transient_response() {
        for (status, body, again) in [
            (200, "", false),
            (302, "", false),
            (400, "", true),
            (400, "{}", true),
            (400, r#"{"message":"Endpoint request timed out"}"#, true),
            (400, r#"{"errorCode":null}"#, true),
            (400, r#"{"error":{"errorCode":"P500"}}"#, true),
            (400, r#"["P412"]"#, true),
            (400, r#"{"errorCode":"p502 "}"#, true),
            (400, r#"{"errorCode":"P499"}"#, false),
            (400, r#"{"errorCode":"p412 "}"#, false),
            (400, r#"{"errorCode":"P412"}"#, false),
            (400, r#"{"errorCode":"P500"}"#, true),
            (400, r#"{"errorCode":"P501"}"#, true),
            (401, "", false),
            (404, "", false),
            (404, r#"{"errorCode":"P500"}"#, true),
            (409, "{}", false),
            (408, "", true),
            (425, "", true),
            (429, "", true),
            (500, "<html>", true),
            (503, "", true),
        ] {
            let expected = if again { Verdict::Again(None) } else { Verdict::Final };
            assert_eq!(classify(Retry::Safe, &response(status, body)), expected, "{status} {body}");
            assert_eq!(classify(Retry::Never, &response(status, body)), Verdict::Final, "{status} {body}");
        }
    }

    #[test]
    fn a_write_is_never_sent_again_once_it_may_have_been_read() {
        let no_response = || Err(TransportError::no_response("reset"));
        let incomplete_body = || Err(TransportError::incomplete_body(StatusCode::OK, HeaderMap::new(), "reset"));
        for outcome in [no_response(), incomplete_body()] {
            assert_eq!(classify(Retry::Safe, &outcome), Verdict::Again(None));
            assert_eq!(classify(Retry::Never, &outcome), Verdict::Final);
        }
        let refused = Err(TransportError::not_sent("the request cannot be built"));
        for retry in [Retry::Safe, Retry::Never] {
            assert_eq!(classify(retry, &refused), Verdict::Final, "the same request would fail in the same way");
        }
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept() {
        let headers = [("retry-after".parse().expect("a name"), HeaderValue::from_static("7"))].into_iter().collect();
        let limited = Ok(RawResponse::new(StatusCode::TOO_MANY_REQUESTS, headers, Bytes::new()));
        let verdict = classify(Retry::Safe, &limited);
        assert_eq!(verdict, Verdict::Again(Some(Duration::from_secs(7))));
        let policy = Retries::default();
        assert_eq!(decide(&policy, verdict, 1, None, 0.0), Some(Duration::from_secs(7)));
        assert_eq!(decide(&policy, verdict, 1, Some(Duration::from_secs(8)), 0.0), Some(Duration::from_secs(7)));
        assert_eq!(decide(&policy, verdict, 1, Some(Duration::from_secs(7)), 0.0), None, "it would not end before the deadline");
        let hour = Verdict::Again(Some(Duration::from_secs(3600)));
        assert_eq!(decide(&policy, hour, 1, None, 0.0), None, "nobody waits for an hour without having said so");
        assert!(decide(&policy, hour, 1, Some(Duration::from_secs(7200)), 0.0).is_some());
    }

    #[test]
    fn waits_double_up_to_their_cap_and_jitter_scales_them() {
        let policy = Retries::default().attempts(9).first_wait(MILLIS(100)).cap(MILLIS(1000));
        let waits: Vec<Duration> = (1..=6).map(|sent| delay(&policy, sent, 1.0)).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1000, 1000].map(MILLIS));
        assert_eq!(delay(&policy, 3, 0.5), MILLIS(200));
        assert_eq!(delay(&policy, 3, 0.0), Duration::ZERO);
        assert_eq!(delay(&policy, u32::MAX, 1.0), MILLIS(1000));
    }

    #[test]
    fn attempts_run_out() {
        let policy = Retries::default().attempts(3).first_wait(MILLIS(100));
        let again = Verdict::Again(None);
        assert_eq!([1, 2, 3, 4].map(|sent| decide(&policy, again, sent, None, 1.0)), [Some(MILLIS(100)), Some(MILLIS(200)), None, None]);
        assert_eq!(decide(&policy, Verdict::Final, 1, None, 1.0), None);
        assert_eq!(decide(&Retries::none(), again, 1, None, 1.0), None);
    }
}
