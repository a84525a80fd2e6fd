//! What stands behind the seam: the key goes to the configured origin and nowhere else.

use std::fmt;

use p100_raw::reqwest::header::HeaderValue;
use p100_raw::reqwest::{self, Url};
use p100_raw::{Answer, Call, Sending, Transport, TransportError};

/// Sends with the partner's key.
pub(crate) struct Keyed {
    http: reqwest::Client,
    origin: String,
    key: HeaderValue,
}

impl Keyed {
    pub(crate) fn new(http: reqwest::Client, base_url: &Url, key: HeaderValue) -> Self {
        Self { http, origin: origin(base_url), key }
    }
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl Transport for Keyed {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move {
            let mut request = call.request()?;
            if origin(request.url()) != self.origin {
                return Err(TransportError::not_sent("the request is for another server than the configured one"));
            }
            if call.operation().authenticated {
                request.headers_mut().insert("x-api-key", self.key.clone());
            }
            Answer::read(self.http.execute(request).await?).await
        })
    }
}

impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("origin", &self.origin).field("key", &"[redacted]").finish_non_exhaustive()
    }
}
