//! How long a call may take and how often it is sent: documented defaults, each of which can be changed or switched off.

use std::time::Duration;

/// How often a call is sent, and how long it waits in between. See [`ClientBuilder::retries`](crate::ClientBuilder::retries).
///
/// An operation that only reads is sent again after faults of the network, after status 408, 425, 429 or 5xx, after codes of the family
/// `P5xx`, and after a 400 that nobody can read. Any other operation is sent again only if P100 certainly did nothing and may do it later:
/// no connection could be established, the server states over HTTP/2 that it did not process the request, or P100 refused it with a known
/// code and status 425 or 429. P100 documents no idempotency key. [`Meaning`](crate::raw::Meaning) has the table of all cases.
///
/// [`WaitPolicy`](crate::WaitPolicy) has the same form:
///
/// | | `Retries`: waits between attempts of one call | `WaitPolicy`: waits between questions for an outcome |
/// | --- | --- | --- |
/// | `first_wait` | at most 0.2 s | 1 s |
/// | `factor` of each further wait | 2, always | 1.5 |
/// | `cap` of a wait | 5 s; a `Retry-After` may be longer | 15 s |
/// | the end | `attempts`: 3 | `limit`: 5 minutes |
/// | each wait is | a random part of this | this |
/// | for all calls together | `budget`: 20 | |
///
/// ```
/// use std::time::Duration;
///
/// use p100::{Retries, WaitPolicy};
///
/// let retries = Retries::default().first_wait(Duration::from_millis(100)).cap(Duration::from_secs(2)).attempts(5);
/// let policy = WaitPolicy::default().first_wait(Duration::from_secs(2)).cap(Duration::from_secs(30)).limit(Duration::from_secs(900));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    pub(crate) attempts: u32,
    pub(crate) first_wait: Duration,
    pub(crate) cap: Duration,
    pub(crate) budget: u32,
}

impl Default for Retries {
    /// Up to 0.2 s before the second attempt, twice as long before each further one, at most 5 s; 3 attempts in all; a budget of 20.
    fn default() -> Self {
        Self { attempts: 3, first_wait: Duration::from_millis(200), cap: Duration::from_secs(5), budget: 20 }
    }
}

impl Retries {
    /// Sends every call once.
    #[must_use]
    pub fn none() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// How often a call is sent at most, the first time included.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts: attempts.max(1), ..self }
    }

    /// The longest wait before the second attempt. It doubles with each further one; the real wait is a random part of it.
    #[must_use]
    pub fn first_wait(self, first_wait: Duration) -> Self {
        Self { first_wait, ..self }
    }

    /// The longest wait. A `Retry-After` of P100 may be longer and is kept, within the time of the call; without such a time, 5 minutes
    /// at most. After a longer one the call ends with the response.
    #[must_use]
    pub fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// How many retries in a row all calls of a client may spend together; ten calls earn one back. When P100 is down for long, calls
    /// fail at once instead of multiplying its load.
    #[must_use]
    pub fn budget(self, budget: u32) -> Self {
        Self { budget, ..self }
    }
}

/// Times and sizes of a client.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) connect: Option<Duration>,
    pub(crate) attempt: Option<Duration>,
    pub(crate) call: Option<Duration>,
    pub(crate) response: Option<usize>,
    /// How long a connection is kept without a call.
    pub(crate) idle: Option<Duration>,
}

impl Limits {
    /// How long connecting may take: always less than an attempt, for one that is cut off while it connects could not tell that nothing
    /// was sent.
    pub(crate) fn connect(&self) -> Option<Duration> {
        match [self.attempt, self.call].into_iter().flatten().min() {
            Some(whole) => Some(self.connect.filter(|time| *time < whole).unwrap_or(whole / 2)),
            None => self.connect,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Self { connect: seconds(10), attempt: seconds(30), call: seconds(90), idle: seconds(20), response: Some(16 * 1024 * 1024) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Limits;

    #[test]
    fn connecting_takes_less_time_than_an_attempt_or_a_call() {
        let limits = |[connect, attempt, call]: [Option<u64>; 3]| {
            let seconds = |time: Option<u64>| time.map(Duration::from_secs);
            Limits { connect: seconds(connect), attempt: seconds(attempt), call: seconds(call), idle: None, response: None }
        };
        for (times, connect) in [
            ([Some(10), Some(30), Some(90)], Some(10)),
            ([Some(10), Some(6), Some(90)], Some(3)),
            ([Some(10), Some(10), Some(90)], Some(5)),
            ([Some(10), Some(30), Some(8)], Some(4)),
            ([Some(10), None, Some(8)], Some(4)),
            ([Some(10), None, None], Some(10)),
            ([None, Some(30), Some(90)], Some(15)),
            ([None, None, None], None),
        ] {
            assert_eq!(limits(times).connect(), connect.map(Duration::from_secs), "{times:?}");
        }
        assert_eq!(Limits::default().connect(), Some(Duration::from_secs(10)));
    }
}
