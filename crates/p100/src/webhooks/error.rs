//! Why a call is no event, and what to answer.

use std::fmt;

use p100_raw::Bytes;
use p100_raw::reqwest::StatusCode;

/// A call that is refused. Shows neither token nor body.
///
/// [`status`](Self::status) is what to answer. The body of a call from P100 stays reachable; that of a call without the
/// token was dropped unread.
pub struct ReceiveError {
    kind: ReceiveErrorKind,
    body: Option<Bytes>,
}

/// What was wrong with a refused call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReceiveErrorKind {
    /// There is no header `Authorization`, or an empty one. It is not from P100.
    MissingToken,
    /// The header `Authorization` holds none of the tokens. It is not from P100, or the token has changed.
    WrongToken,
    /// The body is larger than the receiver allows.
    #[non_exhaustive]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is not JSON. It may have been damaged on the way.
    #[non_exhaustive]
    NotJson {
        /// Line of the body, from 1.
        line: usize,
        /// Column of the line, from 0.
        column: usize,
    },
}

impl ReceiveError {
    /// Of a call that is not from P100.
    pub(super) fn dropped(kind: ReceiveErrorKind) -> Self {
        Self { kind, body: None }
    }

    pub(super) fn kept(kind: ReceiveErrorKind, body: Bytes) -> Self {
        Self { kind, body: Some(body) }
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> ReceiveErrorKind {
        self.kind
    }

    /// What to answer: 401 if the token is missing or wrong, else 400. P100 takes anything but 200 as a failure and sends
    /// again, five times in all.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.kind {
            ReceiveErrorKind::MissingToken | ReceiveErrorKind::WrongToken => StatusCode::UNAUTHORIZED,
            ReceiveErrorKind::TooLarge { .. } | ReceiveErrorKind::NotJson { .. } => StatusCode::BAD_REQUEST,
        }
    }

    /// The body as it arrived; nothing if the token was missing or wrong. It may hold a one-time code.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }
}

impl fmt::Debug for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiveError").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ReceiveErrorKind::MissingToken => f.write_str("the call has no webhook token in the header Authorization"),
            ReceiveErrorKind::WrongToken => f.write_str("the header Authorization of the call is not the webhook token"),
            ReceiveErrorKind::TooLarge { limit } => write!(f, "the body is larger than the {limit} bytes allowed"),
            ReceiveErrorKind::NotJson { line, column } => write!(f, "the body is not JSON (line {line}, column {column})"),
        }
    }
}

impl std::error::Error for ReceiveError {}
