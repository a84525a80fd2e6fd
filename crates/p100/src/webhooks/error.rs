//! Why a delivery is refused, and what to return.

use std::fmt;

use p100_raw::Bytes;
use p100_raw::reqwest::StatusCode;

/// A delivery that is refused. `Debug` and `Display` show neither token nor body.
///
/// [`status`](Self::status) is what to return. The body of a delivery with the right token stays reachable; without it, nothing was
/// read.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiveError {
    kind: ReceiveErrorKind,
    path: Option<String>,
    body: Option<Bytes>,
}

/// What was wrong with a refused delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReceiveErrorKind {
    /// There is no header `Authorization`, or an empty one. It is not from P100.
    MissingToken,
    /// The header `Authorization` holds none of the tokens. It is not from P100, or the token has changed.
    WrongToken,
    /// The method is not POST. Only the router of the feature `axum` sees it.
    WrongMethod,
    /// The body is larger than the receiver allows.
    #[non_exhaustive]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection ended before the body did. Only the router of the feature `axum` sees it.
    Incomplete,
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
    pub(super) fn new(kind: ReceiveErrorKind, path: Option<&str>, body: Option<Bytes>) -> Self {
        Self { kind, path: path.map(str::to_owned), body }
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> ReceiveErrorKind {
        self.kind
    }

    /// What to return: 401 if the token is missing or wrong, 405 to another method than POST, else 400. P100 takes anything but 200 as a
    /// failure and sends again, five times in all.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.kind {
            ReceiveErrorKind::MissingToken | ReceiveErrorKind::WrongToken => StatusCode::UNAUTHORIZED,
            ReceiveErrorKind::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            ReceiveErrorKind::TooLarge { .. } | ReceiveErrorKind::Incomplete | ReceiveErrorKind::NotJson { .. } => StatusCode::BAD_REQUEST,
        }
    }

    /// The path at which it arrived, with its query string; nothing if only headers were [verified](super::Verifier::verify).
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// What was read of the body; nothing if the token was missing or wrong. It may hold a one-time code.
    ///
    /// It is the whole body of [`NotJson`](ReceiveErrorKind::NotJson), its beginning for [`Incomplete`](ReceiveErrorKind::Incomplete)
    /// and, from the router, for [`TooLarge`](ReceiveErrorKind::TooLarge): empty if a declared length is beyond the limit.
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
            ReceiveErrorKind::MissingToken => f.write_str("missing Authorization header, or the one that corrections name"),
            ReceiveErrorKind::WrongToken => f.write_str("the header of the delivery does not hold the webhook token"),
            ReceiveErrorKind::WrongMethod => f.write_str("the method is not POST"),
            ReceiveErrorKind::TooLarge { limit } => write!(f, "the body is larger than the {limit} bytes allowed"),
            ReceiveErrorKind::Incomplete => f.write_str("the connection ended before the body did"),
            ReceiveErrorKind::NotJson { line, column } => write!(f, "the body is not JSON (line {line}, column {column})"),
        }
    }
}

impl std::error::Error for ReceiveError {}
