//! The partner's key, and the one origin that it goes to.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Request, Url};

use crate::{Call, Sensitive, TransportError};

static HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// The partner's key, for calls of one server. For a [`Transport`](crate::Transport) of your own.
#[derive(Clone)]
pub struct ApiKey {
    /// How URLs of the server begin: up to the slash after host and port, for `https://p100.io.example` begins with `https://p100.io`.
    origin: String,
    value: HeaderValue,
}

impl ApiKey {
    /// The key for the server at `base_url`.
    ///
    /// # Errors
    /// The key is empty, or a header cannot carry it.
    pub fn new(key: &Sensitive, base_url: &Url) -> Result<Self, InvalidApiKey> {
        if key.expose().trim().is_empty() {
            return Err(InvalidApiKey("the API key is empty"));
        }
        let value = HeaderValue::from_str(key.expose());
        let mut value = value.map_err(|_| InvalidApiKey("the API key has characters that a header cannot carry, such as a line break"))?;
        value.set_sensitive(true);
        Ok(Self { origin: format!("{}/", base_url.origin().ascii_serialization()), value })
    }

    /// A fresh request for one attempt, with the key where the operation takes it.
    ///
    /// # Errors
    /// Those of [`Call::request`], or the request is for another server.
    pub fn request(&self, call: &Call) -> Result<Request, TransportError> {
        let mut request = call.request()?;
        if !request.url().as_str().starts_with(&self.origin) {
            return Err(TransportError::not_sent("the request is for another server than the configured one"));
        }
        if call.operation().authenticated {
            request.headers_mut().insert(&HEADER, self.value.clone());
        }
        Ok(request)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("origin", &self.origin).field("value", &"[redacted]").finish()
    }
}

/// Why a text is no key. Does not show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidApiKey(&'static str);

impl fmt::Display for InvalidApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidApiKey {}
