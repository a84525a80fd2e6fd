//! Points in time as P100 writes them.

mod iso;

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::OneLine;

/// A time, kept exactly as it was written: ISO 8601 in UTC (`2025-08-12T08:00:00.000Z`) as far as the docs show.
///
/// A text that is not a time is kept too: it must not fail the response that reports the outcome of a payment. [`utc`](Self::utc) says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

/// A [`Timestamp`] whose text is not a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp {
    text: String,
}

impl Timestamp {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time: of any usual form of ISO 8601 (any offset, a blank instead of `T`, without seconds or punctuation, a week or
    /// ordinal date, a date alone for its beginning), or of seconds since 1970 or their thousandths, distinguished by their magnitude.
    ///
    /// Without an offset it is taken as UTC, in which P100 writes its times as far as the docs show: see
    /// [`has_offset`](Self::has_offset).
    ///
    /// # Errors
    /// The text is not a time.
    pub fn utc(&self) -> Result<DateTime<Utc>, InvalidTimestamp> {
        self.read().map(|read| read.utc).ok_or_else(|| InvalidTimestamp { text: self.0.clone() })
    }

    /// Whether the text says where on Earth its clock is, so that [`utc`](Self::utc) is certain. False of a date alone, and of what is no
    /// time.
    #[must_use]
    pub fn has_offset(&self) -> bool {
        self.read().is_some_and(|read| read.has_offset)
    }

    /// The form that P100 writes first.
    fn read(&self) -> Option<iso::Read> {
        let written = DateTime::parse_from_rfc3339(&self.0).ok();
        written.map(|time| iso::Read { utc: time.to_utc(), has_offset: true }).or_else(|| iso::read(&self.0))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// With milliseconds and `Z`, the form P100 writes most.
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an ISO 8601 time such as 2025-08-12T08:00:00.000Z", OneLine(&self.text))
    }
}

impl std::error::Error for InvalidTimestamp {}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn both_forms_of_the_docs_are_times_and_other_text_is_reported_not_lost() {
        let millis = Timestamp::from("2025-08-12T08:00:00.000Z");
        let seconds = Timestamp::from("2025-08-12T08:00:00Z");
        assert_eq!(millis.utc(), seconds.utc());
        assert_eq!(Timestamp::from(millis.utc().expect("a time")), millis);
        let other = Timestamp::from("soon");
        assert_eq!(other.utc().expect_err("no time").to_string(), "`soon` is not an ISO 8601 time such as 2025-08-12T08:00:00.000Z");
        assert_eq!(other.as_str(), "soon");
    }
}
