//! Points on the sandbox's own clock.

use std::ops::Add;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use p100_raw::{InvalidTimestamp, Timestamp};
use serde::{Deserialize, Serialize};

/// A time in whole milliseconds, written as P100 writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Timestamp", into = "Timestamp")]
pub(crate) struct Time(DateTime<Utc>);

/// The last moment of the year 9999: no later time can be written with four digits.
const END: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 999_000_000) {
    Some(end) => end,
    None => DateTime::<Utc>::MAX_UTC,
};

impl Time {
    pub(crate) fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The last whole second.
    pub(crate) fn whole_second(self) -> Self {
        Self(self.0.trunc_subsecs(0))
    }

    /// Written without milliseconds.
    pub(crate) fn in_seconds(self) -> Timestamp {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true).as_str().into()
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(3))
    }
}

impl From<Time> for Timestamp {
    fn from(time: Time) -> Self {
        time.0.into()
    }
}

impl TryFrom<Timestamp> for Time {
    type Error = InvalidTimestamp;

    fn try_from(text: Timestamp) -> Result<Self, InvalidTimestamp> {
        text.utc().map(Self::from)
    }
}

/// `#[serde(with)]`: a length of time as a JSON number of seconds.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        if time.subsec_nanos() == 0 { serializer.serialize_u64(time.as_secs()) } else { serializer.serialize_f64(time.as_secs_f64()) }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(|_| D::Error::custom("expected a number of seconds that is not negative"))
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    /// The end of time, when it is beyond.
    fn add(self, time: Duration) -> Self {
        let later = TimeDelta::from_std(time).ok().and_then(|time| self.0.checked_add_signed(time));
        later.map_or(END, |later| later.min(END)).into()
    }
}
