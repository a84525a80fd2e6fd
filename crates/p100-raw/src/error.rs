//! What can go wrong with a call, and whether it may have taken effect all the same.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::{BoxError, InvalidJson, Operation, Retry, TransportError, types};

/// Why a call has no result. One line in `Display`, without body, headers, key or URL; the raw answer is reachable through methods.
pub struct Error(Box<Inner>);

struct Inner {
    operation: &'static Operation,
    kind: ErrorKind,
    answer: Option<Answer>,
    source: Option<BoxError>,
    maybe_sent: bool,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    error: Option<types::Error>,
}

/// How far the call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be built, or was refused before it was sent.
    NotSent,
    /// No answer came back.
    NoAnswer,
    /// P100 answered, but the body broke off.
    Truncated,
    /// P100 reported success, but the body is not what the document says. See [`Error::path`].
    Undecodable,
    /// P100 answered with an error status. See [`Error::api_error`].
    Refused,
}

impl Error {
    /// An error for a call that was not sent.
    pub(crate) fn not_sent(operation: &'static Operation, source: impl Into<BoxError>) -> Self {
        Self::new(operation, ErrorKind::NotSent, None, Some(source.into()), false)
    }

    pub(crate) fn unbuildable(operation: &'static Operation, error: reqwest::Error) -> Self {
        Self::not_sent(operation, error.without_url())
    }

    pub(crate) fn transport(operation: &'static Operation, error: TransportError) -> Self {
        let maybe_sent = error.may_have_been_sent();
        let kind = if maybe_sent { ErrorKind::NoAnswer } else { ErrorKind::NotSent };
        Self::new(operation, kind, None, Some(error.into()), maybe_sent)
    }

    pub(crate) fn truncated(operation: &'static Operation, status: StatusCode, headers: HeaderMap, error: reqwest::Error) -> Self {
        let answer = Answer { status, headers, body: Bytes::new(), error: None };
        Self::new(operation, ErrorKind::Truncated, Some(answer), Some(error.without_url().into()), true)
    }

    pub(crate) fn undecodable(
        operation: &'static Operation,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        error: InvalidJson,
    ) -> Self {
        let answer = Answer { status, headers, body, error: None };
        Self::new(operation, ErrorKind::Undecodable, Some(answer), Some(error.into()), true)
    }

    pub(crate) fn answer(operation: &'static Operation, status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        let error = serde_json::from_slice(&body).ok();
        Self::new(operation, ErrorKind::Refused, Some(Answer { status, headers, body, error }), None, true)
    }

    fn new(operation: &'static Operation, kind: ErrorKind, answer: Option<Answer>, source: Option<BoxError>, maybe_sent: bool) -> Self {
        Self(Box::new(Inner { operation, kind, answer, source, maybe_sent }))
    }

    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.0.operation
    }

    /// How far the call got.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The headers of the answer, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body of the answer as it arrived, whatever it is. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// What P100 said, if it said it in its own form.
    #[must_use]
    pub fn api_error(&self) -> Option<&types::Error> {
        self.0.answer.as_ref()?.error.as_ref()
    }

    /// The JSON path at which decoding a success failed, e.g. `cards[0].status`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.source.as_ref()?.downcast_ref::<InvalidJson>().map(InvalidJson::path)
    }

    /// Whether the call may have changed something at P100 although it failed. If so, look before calling again: P100 documents no
    /// idempotency key, a second create can pay twice.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.operation.retry == Retry::Never && self.0.maybe_sent && !self.was_refused()
    }

    /// A 4xx is P100's word that it did nothing; except P500 and P501, which are server faults under status 400, and 408.
    fn was_refused(&self) -> bool {
        use types::ErrorCode::{P500, P501};
        let fault = self.api_error().and_then(|error| error.error_code.as_ref()).is_some_and(|code| matches!(code, P500 | P501));
        let status = self.status().filter(|_| self.0.kind == ErrorKind::Refused);
        status.is_some_and(|status| status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT) && !fault
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status().map_or(0, |status| status.as_u16());
        write!(f, "{}: ", self.0.operation.id)?;
        match self.0.kind {
            ErrorKind::NotSent => f.write_str("the request was not sent")?,
            ErrorKind::NoAnswer => f.write_str("no answer arrived")?,
            ErrorKind::Truncated => write!(f, "the answer with status {status} broke off")?,
            ErrorKind::Undecodable => {
                write!(f, "the answer with status {status} could not be read at `{}`", self.path().unwrap_or_default())?;
            }
            ErrorKind::Refused => {
                write!(f, "P100 answered with status {status}")?;
                if let Some(code) = self.api_error().and_then(|error| error.error_code.as_ref()) {
                    write!(f, ", {code}")?;
                }
                if let Some(name) = self.api_error().and_then(|error| error.error_name.as_ref()) {
                    write!(f, " ({name})")?;
                }
            }
        }
        if self.may_have_taken_effect() {
            f.write_str("; it may have taken effect all the same, look before calling again")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation.id)
            .field("kind", &self.0.kind)
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("api_error", &self.api_error())
            .field("may_have_taken_effect", &self.may_have_taken_effect())
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
