//! The connections of a client, and how those are retired that nothing comes from any more.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use p100_raw::reqwest;

/// Makes a client with connections of its own.
pub(crate) type Connect = Box<dyn Fn() -> reqwest::Result<reqwest::Client> + Send + Sync>;

/// The present connections. An HTTP/2 connection is shared by all calls and has no fault that its pool could see when it goes silent, so
/// the pool would hand it out for ever.
pub(crate) struct Connections {
    connect: Connect,
    present: Mutex<Present>,
}

#[derive(Clone)]
pub(crate) struct Present {
    pub(crate) http: reqwest::Client,
    /// Distinguishes them from earlier ones.
    number: u64,
}

impl Connections {
    /// # Errors
    /// The HTTP client cannot be set up.
    pub(crate) fn new(connect: Connect) -> reqwest::Result<Self> {
        let present = Mutex::new(Present { http: connect()?, number: 0 });
        Ok(Self { connect, present })
    }

    /// What to send with now.
    pub(crate) fn present(&self) -> Present {
        self.lock().clone()
    }

    /// Sends nothing more through the connections of a request that timed out; requests under way on them go on.
    pub(super) fn retire(&self, used: &Present) {
        {
            let mut present = self.lock();
            if present.number != used.number {
                return;
            }
            // Before it is done, so that of many which time out together one does it.
            present.number += 1;
        }
        // Not under the lock, since it reads certificates. Without a new client the present one is the best there is.
        if let Ok(http) = (self.connect)() {
            self.lock().http = http;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

/// Ends HTTP/2 connections that have gone silent: after 10 seconds without anything from the server it is asked for a sign of life, and has
/// 20 seconds for it, because an upload on a slow line delays it. So calls that their caller drops before they time out do no harm.
pub(crate) fn pinged(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let http = {
        let seconds = std::time::Duration::from_secs;
        http.http2_keep_alive_interval(seconds(10)).http2_keep_alive_timeout(seconds(20)).http2_keep_alive_while_idle(true)
    };
    http
}
