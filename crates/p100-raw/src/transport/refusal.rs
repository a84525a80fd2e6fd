//! How a server states over HTTP/2 that it did not process a request.

/// Whether the server certainly did not process the request that ended with `error`.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(super) fn is_certain(error: &reqwest::Error, has_body: bool) -> bool {
    use std::error::Error;

    use h2::Reason;

    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.find_map(|cause| cause.downcast_ref::<h2::Error>()).is_some_and(|error| {
        let is_refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
        // h2 ends with it the streams above the last one that the server takes, and requests that it has begun to write, of which it does
        // not tell the stream. A request without a body is written at once; of another one the end is missing.
        let is_left_out = error.is_go_away() && error.reason() == Some(Reason::NO_ERROR) && has_body;
        error.is_remote() && (is_refused || is_left_out)
    })
}

/// HTTP/2 comes with TLS.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) fn is_certain(_: &reqwest::Error, _: bool) -> bool {
    false
}
