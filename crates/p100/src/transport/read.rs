//! Reading a response, up to a size.

use std::error::Error;
use std::fmt;
use std::mem::take;

use p100_raw::{BoxError, Bytes, RawResponse, TransportError, reqwest};

/// What a declared length may reserve: it is a claim, and memory follows what arrives.
const STEP: usize = 64 * 1024;

/// The response is larger than the client takes.
#[derive(Debug)]
pub(super) struct TooLarge {
    limit: usize,
}

impl TooLarge {
    /// Whether this is why a response was not read.
    pub(super) fn caused(error: &TransportError) -> bool {
        error.source().is_some_and(|source| source.is::<Self>())
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response has more than {} bytes, the limit of this client (ClientBuilder::max_response_size)", self.limit)
    }
}

impl Error for TooLarge {}

/// Reads the whole body, or gives up at the first byte beyond `limit`. The head is taken out of `response`.
pub(super) async fn read(response: &mut reqwest::Response, limit: Option<usize>) -> Result<RawResponse, TransportError> {
    match body(response, limit).await {
        Ok(body) => Ok(RawResponse::new(response.status(), take(response.headers_mut()), body)),
        Err(cause) => Err(incomplete_body(response, cause)),
    }
}

/// The error for a body that is not read to its end. The head is taken out of `response`.
pub(super) fn incomplete_body(response: &mut reqwest::Response, cause: impl Into<BoxError>) -> TransportError {
    TransportError::incomplete_body(response.status(), take(response.headers_mut()), cause)
}

async fn body(response: &mut reqwest::Response, limit: Option<usize>) -> Result<Bytes, BoxError> {
    let declared = response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    within(limit, declared)?;
    // Copied even if it arrives in one piece: pieces are parts of the connection's buffer, which a body that somebody keeps would
    // keep too, and which cannot be overwritten once a sensitive response is read.
    let mut body = Vec::with_capacity(declared.min(STEP));
    while let Some(chunk) = response.chunk().await? {
        within(limit, body.len().saturating_add(chunk.len()))?;
        body.extend_from_slice(&chunk);
    }
    // An HTTP/2 stream that is reset without a fault ends like one that is complete.
    if body.len() < declared {
        return Err("the body is shorter than its content-length".into());
    }
    Ok(body.into())
}

fn within(limit: Option<usize>, size: usize) -> Result<(), TooLarge> {
    limit.filter(|limit| size > *limit).map_or(Ok(()), |limit| Err(TooLarge { limit }))
}
