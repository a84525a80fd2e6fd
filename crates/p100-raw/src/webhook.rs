//! Reading webhook payloads.

use std::fmt;

use serde::de::DeserializeOwned;

/// A body that is not the payload of the event it was taken for.
#[derive(Debug)]
pub struct InvalidPayload(serde_path_to_error::Error<serde_json::Error>);

impl InvalidPayload {
    /// The JSON path of the member that failed, e.g. `currency.name`.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path().to_string()
    }
}

impl fmt::Display for InvalidPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the webhook body could not be read at `{}`", self.0.path())
    }
}

impl std::error::Error for InvalidPayload {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.inner())
    }
}

pub(crate) fn payload<T: DeserializeOwned>(body: &[u8]) -> Result<T, InvalidPayload> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body)).map_err(InvalidPayload)
}
