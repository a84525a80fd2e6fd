//! What a mock responds with: what the generated types share.

use std::marker::PhantomData;

use p100_raw::types;
use serde::Serialize;

use crate::{NoBody, matching};

/// What comes back from a mocked operation: `T` with the status `SUCCESS`, or an error with status 400 or 401. Operations with other
/// statuses have types of their own.
pub struct Then<T = NoBody, const SUCCESS: u16 = 0> {
    inner: httpmock::Then,
    body: PhantomData<fn(&T)>,
}

impl<T, const SUCCESS: u16> Then<T, SUCCESS> {
    pub(crate) fn new(inner: httpmock::Then) -> Self {
        Self { inner, body: PhantomData }
    }

    /// The bare `Then`, for responses beyond the document.
    pub fn into_inner(self) -> httpmock::Then {
        self.inner
    }

    /// Responds with status 400.
    pub fn bad_request(self, value: &types::Error) -> Self {
        self.json(400, value)
    }

    /// Responds with status 401.
    pub fn unauthorized(self, value: &types::Error) -> Self {
        self.json(401, value)
    }

    pub(crate) fn json(self, status: u16, value: &impl Serialize) -> Self {
        self.body(status, "application/json", matching::json(value))
    }

    /// An empty body has no content type.
    pub(crate) fn body(self, status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let inner = self.inner.status(status).body(body);
        Self { inner: if content_type.is_empty() { inner } else { inner.header("content-type", content_type) }, ..self }
    }
}

impl<T: Serialize> Then<T, 200> {
    /// Responds with status 200.
    pub fn ok(self, value: &T) -> Self {
        self.json(200, value)
    }
}

impl<T: Serialize> Then<T, 201> {
    /// Responds with status 201.
    pub fn created(self, value: &T) -> Self {
        self.json(201, value)
    }
}
