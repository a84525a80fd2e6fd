//! Reading an answer, up to a size.

use std::error::Error;
use std::fmt;

use p100_raw::{Answer, TransportError, reqwest};

/// The answer is larger than the client takes.
#[derive(Debug)]
pub(super) struct TooLarge {
    limit: usize,
}

impl TooLarge {
    /// Whether this is why an answer was not read.
    pub(super) fn caused(error: &TransportError) -> bool {
        error.source().is_some_and(|source| source.is::<Self>())
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer has more than {} bytes, the limit of this client (ClientBuilder::max_response_size)", self.limit)
    }
}

impl Error for TooLarge {}

/// Reads the whole body, or gives up at the first byte beyond `limit`.
pub(super) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Answer, TransportError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let declared = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Vec::with_capacity(declared.unwrap_or_default().min(limit));
    if declared.is_some_and(|length| length > limit) {
        return Err(TransportError::broke_off(status, headers, TooLarge { limit }));
    }
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                return Err(TransportError::broke_off(status, headers, TooLarge { limit }));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Answer::new(status, headers, body.into())),
            Err(error) => return Err(TransportError::broke_off(status, headers, error)),
        }
    }
}
