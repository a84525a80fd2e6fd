//! What an error response says: P100's code, a refused key, failed validation, a limit of calls.

use std::time::Duration;

use reqwest::StatusCode;

use super::meaning::denied;
use super::{Error, ErrorKind, Meaning, retry_after};
use crate::types::ErrorCode;
use crate::{ErrorClass, Operation, TransportError, error_codes};

/// What P100 said in its own form.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ApiError<'a> {
    /// Operation that was refused.
    pub operation: &'static Operation,
    /// HTTP status.
    pub status: StatusCode,
    /// Code to branch on, e.g. [`ErrorCode::P412`].
    pub code: &'a ErrorCode,
    /// Name, e.g. `invalid-user`. Absent for `P403`.
    pub name: Option<&'a str>,
    /// Message for logs, not for end users.
    pub message: Option<&'a str>,
}

/// Why P100 refused access with status 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessDenied {
    /// `xo1`: no key arrived.
    NoKey,
    /// `xo2`: the key is wrong, for instance that of the other environment.
    WrongKey,
    /// `xo3`: the source address is not on the allow-list of the production environment.
    AddressNotAllowed,
    /// A 401 that says none of these.
    Unknown,
}

impl AccessDenied {
    /// The word in the text of the response, e.g. `xo1`.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        error_codes::ACCESS_DENIED.iter().find(|(_, reason)| *reason == self).map(|(word, _)| *word)
    }
}

impl Error {
    /// Operation, status, code, name and message, if P100 responded in its own form and with a code. [`error_body`](Self::error_body) is the
    /// whole body.
    #[must_use]
    pub fn api_error(&self) -> Option<ApiError<'_>> {
        let error = self.error_body()?;
        Some(ApiError {
            operation: self.operation(),
            status: self.status()?,
            code: error.error_code.as_ref()?,
            name: error.error_name.as_deref(),
            message: error.error_message.as_deref(),
        })
    }

    /// The error code of the response, e.g. [`ErrorCode::P412`].
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        self.error_body()?.error_code.as_ref()
    }

    /// Why access was refused, for status 401. The form of that response is not documented, so its text is searched.
    #[must_use]
    pub fn access_denied(&self) -> Option<AccessDenied> {
        self.status().filter(|status| *status == StatusCode::UNAUTHORIZED)?;
        Some(denied(self.body()?))
    }

    /// The sentences of a failed validation (`P403`), which P100 joins into one text. Split only where that is safe: a text with
    /// quotes or brackets stays whole, because values in it may hold a full stop.
    #[must_use]
    pub fn validation(&self) -> Option<Vec<&str>> {
        let message = self
            .api_error()
            .filter(|error| error.code.info().is_some_and(|info| info.class == ErrorClass::Validation))?
            .message
            .unwrap_or_default()
            .trim();
        if message.contains(['"', '\'', '`', '(', '[', '{']) {
            return Some(vec![message]);
        }
        Some(message.split(". ").map(|sentence| sentence.trim().trim_end_matches('.')).filter(|sentence| !sentence.is_empty()).collect())
    }

    /// Whether the named user, card, KYC or transfer does not exist: status 404, or one of the codes that say so with status 400. False of
    /// server faults.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self.meaning() {
            Some(Meaning::Refused(info)) if info.class == ErrorClass::NotFound => true,
            Some(Meaning::ServerFault) => false,
            _ => self.status() == Some(StatusCode::NOT_FOUND),
        }
    }

    /// Whether time ran out: connecting, waiting for a response, or for the whole call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.source.as_ref().and_then(|source| source.downcast_ref::<TransportError>()).is_some_and(TransportError::is_timeout)
    }

    /// Whether P100 asked for fewer calls (status 429). Its limits are not documented.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// How long the response asks to wait before the next call: see [`retry_after`].
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?)
    }

    /// Whether a success could not be read; [`path`](Self::path) says where.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Undecodable
    }

    /// Whether P100 itself failed: status 5xx, or a code of the family `P5xx` such as `P500` and `P501`, which come with status 400.
    #[must_use]
    pub fn is_server_fault(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error()) || self.meaning() == Some(Meaning::ServerFault)
    }

    /// What identifies the response in a support ticket: its `x-request-id` or `request-id`, and its `date`, as far as it had them.
    #[must_use]
    pub fn support_reference(&self) -> Option<String> {
        let headers = self.headers()?;
        let found = ["x-request-id", "request-id", "date"].into_iter().filter_map(|name| Some((name, headers.get(name)?.to_str().ok()?)));
        let lines: Vec<String> = found.map(|(name, value)| format!("{name}: {value}")).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }
}
