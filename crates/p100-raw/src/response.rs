//! What a call gives back.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// A decoded answer with its status, headers and raw body. Dereferences to the value.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap, body: Option<Bytes>) -> Self {
        Self { value, status, headers, body }
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status it came with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers it came with.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as it arrived, with the members our types do not know. `None` for answers that carry sensitive values: those bytes
    /// are overwritten once decoded.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status.as_u16()).field("value", &self.value).finish_non_exhaustive()
    }
}

/// An answer that is not JSON, such as the hosted KYC page. Not shown in `Debug` output: it may carry a session secret.
#[derive(Clone)]
pub struct RawBody(Bytes);

impl RawBody {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// The bytes as they arrived.
    #[must_use]
    pub fn expose(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted, {} bytes]", self.0.len())
    }
}
