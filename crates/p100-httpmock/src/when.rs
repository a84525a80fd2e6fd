//! How a mock recognises its requests: what the generated types share.

use std::fmt::Display;
use std::marker::PhantomData;

use p100_raw::Operation;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::matching;

/// Represents the body of a request or response that has none.
#[derive(Debug)]
pub enum NoBody {}

/// Represents the body of an upload: a form of files.
#[derive(Debug)]
pub enum Upload {}

/// Which requests a mock matches: at first every request of its operation. `B` is the type of the body.
pub struct When<B = NoBody> {
    inner: httpmock::When,
    operation: &'static Operation,
    body: PhantomData<fn(&B)>,
}

impl<B> When<B> {
    pub(crate) fn new(inner: httpmock::When, operation: &'static Operation) -> Self {
        Self { inner: matching::operation(inner, operation), operation, body: PhantomData }
    }

    /// The bare `When`, for conditions beyond the document.
    pub fn into_inner(self) -> httpmock::When {
        self.inner
    }

    /// The path parameter `name` has exactly this value.
    pub(crate) fn path(self, name: &'static str, value: &str) -> Self {
        Self { inner: matching::path_parameter(self.inner, self.operation, name, value), ..self }
    }

    /// The query parameter `name` has exactly this value.
    pub(crate) fn query(self, name: &str, value: impl Display) -> Self {
        Self { inner: self.inner.query_param(name, value.to_string()), ..self }
    }

    /// The query parameter `name` has exactly this value, or is missing.
    pub(crate) fn optional_query(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => Self { inner: self.inner.query_param_missing(name), ..self },
        }
    }
}

impl<B: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync + 'static> When<B> {
    /// The body is this value.
    pub fn body(self, value: &B) -> Self {
        Self { inner: matching::body(self.inner, value), ..self }
    }
}

impl When<Upload> {
    /// The form carries a part of this name and content, among others.
    pub fn part(self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { inner: matching::part(self.inner, name, content.into()), ..self }
    }
}
