//! What a call says of itself, and what comes back.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// How long a call may take, from its beginning to the last byte of the response.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest response that is read, in bytes.
pub const LARGEST: usize = 4 << 20;

/// Who a call says it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The partner.
    Key,
    /// Nobody.
    Nothing,
    /// A key that P100 never gave to anybody.
    Wrong,
}

/// What came back. It is never shown.
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// Without its parameters; empty if there is none, or something that is no content type.
    pub content_type: String,
    /// The body, if it is JSON.
    pub json: Option<Value>,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// There is no connection.
    Unreachable,
    /// It takes longer than [`TIMEOUT`].
    Late,
    /// The connection ended before the response did.
    Interrupted,
    /// It is larger than [`LARGEST`].
    TooLarge,
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("no connection"),
            Self::Late => write!(f, "no response within {} s", TIMEOUT.as_secs()),
            Self::Interrupted => f.write_str("the connection ended before the response did"),
            Self::TooLarge => write!(f, "a response of more than {} MiB", LARGEST >> 20),
        }
    }
}
