//! Points on the sandbox's own clock.

use std::ops::Add;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use p100_raw::{InvalidTimestamp, Timestamp};
use serde::{Deserialize, Serialize};

/// A time in whole milliseconds, written as P100 writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Timestamp", into = "Timestamp")]
pub(crate) struct Time(DateTime<Utc>);

impl Time {
    pub(crate) fn utc(self) -> DateTime<Utc> {
        self.0
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

impl Add<Duration> for Time {
    type Output = Self;

    /// The end of time, when it is beyond.
    fn add(self, time: Duration) -> Self {
        let later = TimeDelta::from_std(time).ok().and_then(|time| self.0.checked_add_signed(time));
        later.unwrap_or(DateTime::<Utc>::MAX_UTC).into()
    }
}
