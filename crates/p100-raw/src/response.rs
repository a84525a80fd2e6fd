//! What a call gives back.

use std::fmt;
use std::mem::take;
use std::ops::Deref;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use zeroize::Zeroize;

use crate::Deviations;

/// A decoded response with its status, headers and raw body. Dereferences to the value.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    body: RawBody,
    deviations: Deviations,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap, body: RawBody, deviations: Deviations) -> Self {
        Self { value, status, headers, body, deviations }
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

    /// The body as it arrived, with the members our types do not know. Sealed, for it may carry what must not be logged.
    pub fn raw_body(&self) -> &RawBody {
        &self.body
    }

    /// The parts of the body that do not fit the document, so that they are absent in the value: members that may be absent, and entries
    /// of lists and maps. [`raw_body`](Self::raw_body) has what was there.
    pub fn deviations(&self) -> &Deviations {
        &self.deviations
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
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("value", &self.value)
            .field("deviations", &self.deviations.total())
            .finish_non_exhaustive()
    }
}

/// The body of a response as it arrived. Not shown in `Debug` output, and overwritten when its last copy is dropped if the document says
/// that it carries sensitive values.
#[derive(Clone)]
pub struct RawBody {
    bytes: Bytes,
    is_sensitive: bool,
}

impl RawBody {
    pub(crate) fn new(bytes: Bytes, is_sensitive: bool) -> Self {
        Self { bytes, is_sensitive }
    }

    /// The bytes as they arrived. A copy of them is not overwritten.
    #[must_use]
    pub fn expose(&self) -> &Bytes {
        &self.bytes
    }
}

impl Drop for RawBody {
    fn drop(&mut self) {
        if self.is_sensitive
            && let Ok(mut bytes) = take(&mut self.bytes).try_into_mut()
        {
            bytes.as_mut().zeroize();
        }
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted, {} bytes]", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::RawBody;

    #[test]
    fn a_raw_body_is_sealed_and_its_last_copy_keeps_it() {
        for is_sensitive in [true, false] {
            let body = RawBody::new(Bytes::from(b"4929123412341234".to_vec()), is_sensitive);
            assert_eq!(format!("{body:?}"), "[redacted, 16 bytes]");
            let copy = body.clone();
            drop(body);
            assert_eq!(&copy.expose()[..], b"4929123412341234", "a copy that is dropped overwrites nothing");
        }
    }
}
