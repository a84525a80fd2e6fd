//! What can go wrong with a call, and whether it may have taken effect anyway.

mod api;
mod meaning;
mod one_line;
mod wait;

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

pub use api::{AccessDenied, ApiError};
pub use meaning::Meaning;
pub use one_line::OneLine;
pub use wait::{http_date, retry_after};

use crate::transport::Stage;
use crate::types::ErrorCode;
use crate::{BoxError, InvalidJson, Operation, RawBody, RawResponse, Retry, TransportError, json, types};

/// Why a call has no result. One line in `Display`, without key, URL or headers, and of the body only code, name or path, as [`OneLine`]s;
/// nothing more of these in `Debug` either. The raw response is reachable through methods.
pub struct Error(Box<Inner>);

struct Inner {
    operation: &'static Operation,
    retry: Retry,
    kind: ErrorKind,
    head: Option<(StatusCode, HeaderMap)>,
    body: Option<RawBody>,
    error_body: Option<types::Error>,
    meaning: Option<Meaning>,
    source: Option<BoxError>,
}

/// How far the call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be built, was refused before it was sent, found no connection, or the server stated over HTTP/2 that it did not
    /// process it.
    NotSent,
    /// No response came back.
    NoResponse,
    /// P100 responded, but the response body is incomplete.
    IncompleteBody,
    /// P100 reported success, but the body is not what the document says. See [`Error::path`].
    Undecodable,
    /// P100 responded with an error status, 4xx or 5xx. See [`Error::api_error`].
    ErrorResponse,
}

impl Error {
    /// An error for a call of `operation` that was not sent.
    pub fn not_sent(operation: &'static Operation, source: impl Into<BoxError>) -> Self {
        Self::new(operation, ErrorKind::NotSent, None, Some(source.into()))
    }

    pub(crate) fn unbuildable(operation: &'static Operation, error: reqwest::Error) -> Self {
        Self::not_sent(operation, error.without_url())
    }

    pub(crate) fn transport(operation: &'static Operation, mut error: TransportError) -> Self {
        let kind = match error.stage() {
            Stage::NotSent => ErrorKind::NotSent,
            Stage::NoResponse => ErrorKind::NoResponse,
            Stage::IncompleteBody => ErrorKind::IncompleteBody,
        };
        let head = error.take_head();
        let mut own = Self::new(operation, kind, None, Some(error.into()));
        own.0.head = head;
        own
    }

    pub(crate) fn undecodable(operation: &'static Operation, response: RawResponse, error: InvalidJson) -> Self {
        Self::new(operation, ErrorKind::Undecodable, Some(response), Some(error.into()))
    }

    pub(crate) fn response(operation: &'static Operation, response: RawResponse, meaning: Meaning) -> Self {
        let error_body = types::Error::parse(&response.body);
        let mut own = Self::new(operation, ErrorKind::ErrorResponse, Some(response), None);
        (own.0.error_body, own.0.meaning) = (error_body, Some(meaning));
        own
    }

    fn new(operation: &'static Operation, kind: ErrorKind, response: Option<RawResponse>, source: Option<BoxError>) -> Self {
        let (head, body) = response
            .map(|RawResponse { status, headers, body }| ((status, headers), RawBody::new(body, operation.sensitive_response)))
            .unzip();
        Self(Box::new(Inner { operation, retry: operation.retry, kind, head, body, error_body: None, meaning: None, source }))
    }

    /// The same, of a call that may or may not be repeated, whatever the document says.
    pub(crate) fn of(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
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

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.head.as_ref().map(|(status, _)| *status)
    }

    /// The headers of the response, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.head.as_ref().map(|(_, headers)| headers)
    }

    /// The body of the response as it arrived, whatever it is. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref().map(RawBody::expose)
    }

    /// The body of an error response, if it is JSON of P100's form, with or without a code: see [`types::Error::parse`].
    /// [`api_error`](Self::api_error) has what most callers need of it.
    #[must_use]
    pub fn error_body(&self) -> Option<&types::Error> {
        self.0.error_body.as_ref()
    }

    /// The JSON path at which decoding a success failed, e.g. `cards[0].status`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.source.as_ref()?.downcast_ref::<InvalidJson>().map(InvalidJson::path)
    }

    /// Whether the call may have changed something at P100 although it failed. If so, look before calling again: P100 documents no
    /// idempotency key, a second create can pay twice.
    ///
    /// False for operations that only read, for requests that were not sent, and for a [meaning](Self::meaning) that is P100's word that
    /// it did nothing: a 4xx with a code that the document knows and that is no server fault, or a refused key. See [`Meaning`] for the
    /// table of all statuses and bodies.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        let did_nothing = self.0.meaning.is_some_and(Meaning::nothing_happened);
        self.0.retry == Retry::Never && self.0.kind != ErrorKind::NotSent && !did_nothing
    }

    /// The `content-encoding` of a response whose body arrived completely and could not be read, or was no success.
    fn unwanted_encoding(&self) -> Option<&str> {
        let encoding = self.headers().filter(|_| self.0.body.is_some())?.get(CONTENT_ENCODING)?;
        let encoding = encoding.to_str().unwrap_or("?");
        (!encoding.trim().eq_ignore_ascii_case("identity")).then_some(encoding)
    }

    /// What the response certainly says, if it was a complete error response: [`ErrorKind::ErrorResponse`].
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        self.0.meaning
    }
}

impl types::Error {
    /// Reads the body of an error response, if it is a JSON object. A member of another type than the document says counts as absent, but
    /// for the code: a body whose code cannot be read is not of P100's form. A code that is written in another case or with blanks around
    /// it, or one level down in `error` or `errors`, is read too.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let decoded = json::decode::<Self>(String::from_utf8_lossy(body).as_bytes()).ok()?;
        if decoded.deviations.iter().any(|deviation| deviation.path == "errorCode") {
            return None;
        }
        let mut error = decoded.value;
        let info = match &error.error_code {
            Some(code) => meaning::known(code.as_str()),
            None => meaning::code_below(body),
        };
        error.error_code = info.map(|info| ErrorCode::from(info.code)).or(error.error_code);
        Some(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status().map_or(0, |status| status.as_u16());
        write!(f, "{}: ", self.0.operation.id)?;
        match self.0.kind {
            ErrorKind::NotSent => f.write_str("the request was not sent")?,
            ErrorKind::NoResponse => f.write_str("no response received")?,
            ErrorKind::IncompleteBody => write!(f, "response body incomplete, status {status}")?,
            ErrorKind::Undecodable => {
                f.write_str("the response ")?;
                if self.status().is_some() {
                    write!(f, "with status {status} ")?;
                }
                write!(f, "could not be read at `{}`", OneLine(self.path().unwrap_or_default()))?;
            }
            ErrorKind::ErrorResponse => {
                write!(f, "P100 responded with status {status}")?;
                if self.status().is_some_and(|status| status.is_redirection()) {
                    f.write_str(", a redirect, which is not followed")?;
                }
                if let Some(code) = self.error_body().and_then(|error| error.error_code.as_ref()) {
                    write!(f, ", {}", OneLine(code.as_str()))?;
                }
                if let Some(name) = self.error_body().and_then(|error| error.error_name.as_ref()) {
                    write!(f, " ({})", OneLine(name))?;
                }
            }
        }
        if let Some(encoding) = self.unwanted_encoding() {
            write!(f, ", in the content-encoding `{}`, which was not asked for", OneLine(encoding))?;
        }
        if self.may_have_taken_effect() {
            f.write_str("; it may have taken effect; check before retrying")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    /// P100's messages are left out, because they may repeat what was sent: [`Error::error_body`] and [`Error::validation`] have them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation.id)
            .field("kind", &self.0.kind)
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("code", &self.code())
            .field("name", &self.error_body().and_then(|error| error.error_name.as_ref()))
            .field("access_denied", &self.access_denied())
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
