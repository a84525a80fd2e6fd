//! What is traced of a call: nothing of the request, of the response only what P100's support can use.

use std::time::Duration;

use p100_raw::reqwest::StatusCode;
use p100_raw::reqwest::header::HeaderMap;
use p100_raw::{Deviations, OneLine, Operation};
use tracing::Span;

use super::{Outcome, retry};

/// Writes the attempt whose outcome is final into the span of the call.
pub(super) fn ended(sent: u32, outcome: &Outcome) {
    let span = Span::current();
    if !span.is_disabled() {
        let header = |name| head(outcome)?.1.get(name)?.to_str().ok();
        span.record("attempt", sent);
        span.record("outcome", word(outcome));
        // Not as options: subscribers write a blank for a value that is absent.
        if let Some(status) = status(outcome) {
            span.record("status", status);
        }
        if let Some(code) = error_code(outcome) {
            span.record("error_code", code);
        }
        if let Some(id) = header("x-request-id").or_else(|| header("request-id")) {
            span.record("request_id", id);
        }
        if let Some(date) = header("date") {
            span.record("date", date);
        }
    }
    if let Err(error) = outcome {
        tracing::debug!(attempt = sent, timeout = error.is_timeout(), "{error}");
    }
}

/// Reports an attempt that another one follows.
pub(super) fn again(sent: u32, outcome: &Outcome, wait: Duration) {
    tracing::debug!(
        attempt = sent,
        outcome = word(outcome),
        status = status(outcome),
        error_code = error_code(outcome),
        wait_ms = millis(wait),
        "sending again"
    );
}

/// Reports a response that does not fit the document.
pub(super) fn deviated(operation: &Operation, deviations: &Deviations) {
    let paths: Vec<String> = deviations.iter().map(|deviation| OneLine(&deviation.path).to_string()).collect();
    tracing::warn!(
        operation = operation.id,
        paths = paths.join(" "),
        total = deviations.total(),
        "parts of the response do not fit the document and were set aside"
    );
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Ok(_) => "response",
        Err(error) if error.head().is_some() => "incomplete_body",
        Err(error) if error.may_have_been_sent() => "no_response",
        Err(_) => "not_sent",
    }
}

fn head(outcome: &Outcome) -> Option<(StatusCode, &HeaderMap)> {
    match outcome {
        Ok(response) => Some((response.status, &response.headers)),
        Err(error) => error.head(),
    }
}

fn status(outcome: &Outcome) -> Option<u16> {
    head(outcome).map(|(status, _)| status.as_u16())
}

fn error_code(outcome: &Outcome) -> Option<String> {
    let response = outcome.as_ref().ok().filter(|response| !response.status.is_success())?;
    Some(OneLine(retry::code(response)?.as_str()).to_string())
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
