//! How far P100's clock is from this machine's, learned from the `Date` headers of responses.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use p100_raw::http_date;
use p100_raw::reqwest::header::{AGE, DATE, HeaderMap};

use super::Clock;

/// A `Date` has whole seconds.
const RESOLUTION: TimeDelta = TimeDelta::seconds(1);

/// How many differing skews are distinguished; older ones become one of their whole range.
const MOST: usize = 16;

/// How far P100's clock is ahead of this machine's, from [`Client::clock_skew`](crate::Client::clock_skew).
///
/// Each response narrows it down: P100 wrote its `Date` between the beginning of the call and the arrival of the response's head. A
/// response that does not fit what was known, because one of the clocks was set, begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSkew {
    least: TimeDelta,
    most: TimeDelta,
}

impl ClockSkew {
    /// How far P100's clock is ahead, at best knowledge; negative if it is behind.
    #[must_use]
    pub fn ahead(&self) -> TimeDelta {
        self.least + (self.most - self.least) / 2
    }

    /// By how much [`ahead`](Self::ahead) may be wrong in either direction.
    #[must_use]
    pub fn uncertainty(&self) -> TimeDelta {
        // Of an uneven number of nanoseconds the larger half.
        self.most - self.ahead()
    }

    /// The least that P100's clock can be ahead.
    pub(crate) fn least(&self) -> TimeDelta {
        self.least
    }

    /// The most that P100's clock can be ahead.
    pub(crate) fn most(&self) -> TimeDelta {
        self.most
    }

    /// What both can be.
    fn and(self, other: Self) -> Option<Self> {
        let both = Self { least: self.least.max(other.least), most: self.most.min(other.most) };
        (both.least <= both.most).then_some(both)
    }

    /// What either can be, and all between.
    fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// A skew, and by P100's clock the time after which it was another one.
#[derive(Clone, Copy, Debug)]
struct Known {
    skew: ClockSkew,
    until: Option<DateTime<Utc>>,
}

/// What a client and its clones know of P100's clock.
#[derive(Debug)]
pub(crate) struct Skews {
    clock: Clock,
    /// The present one is the last.
    known: Mutex<Vec<Known>>,
}

impl Skews {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, known: Mutex::default() }
    }

    /// The time by this machine's clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The latest that it can be by P100's clock.
    pub(crate) fn latest_now(&self) -> Option<DateTime<Utc>> {
        self.now().checked_add_signed(self.present()?.most)
    }

    /// The skew as of the last response.
    pub(crate) fn present(&self) -> Option<ClockSkew> {
        self.known().last().map(|known| known.skew)
    }

    /// Every skew that may have been the one at `time` by this machine's clock of then, so that a clock which was set in the meantime
    /// is no trap. `spare` is how long after `time` it matters.
    pub(crate) fn since(&self, time: DateTime<Utc>, spare: TimeDelta) -> Vec<ClockSkew> {
        let over = |known: &Known| {
            let at = time.checked_add_signed(known.skew.least - spare);
            known.until.is_some_and(|until| at.is_some_and(|at| until < at))
        };
        self.known().iter().filter(|known| !over(known)).map(|known| known.skew).collect()
    }

    /// Learns from a response that has just arrived. Its call began at `begin`, by this machine's clock.
    pub(crate) fn observe(&self, begin: DateTime<Utc>, headers: &HeaderMap) {
        let end = self.now();
        // If the clock was set back during the call, it says nothing.
        if let Some(date) = date(headers).filter(|_| begin <= end) {
            self.learn(ClockSkew { least: date - end, most: date + RESOLUTION - begin }, date);
        }
    }

    fn learn(&self, latest: ClockSkew, date: DateTime<Utc>) {
        let mut known = self.known();
        if let Some(last) = known.last_mut() {
            if let Some(both) = last.skew.and(latest) {
                last.skew = both;
                return;
            }
            last.until = Some(date + RESOLUTION);
        }
        known.push(Known { skew: latest, until: None });
        if known.len() > MOST {
            let oldest = known.remove(0);
            if let Some(next) = known.first_mut() {
                next.skew = next.skew.or(oldest.skew);
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When P100 wrote a response, by its clock. Nothing if the response comes from a cache: its date is that of another call.
pub(crate) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let fresh = headers.get_all(AGE).iter().all(|age| age.as_bytes() == b"0");
    let mut dates = headers.get_all(DATE).iter();
    let date = dates.next().filter(|_| fresh && dates.next().is_none())?;
    let date = http_date(date.to_str().ok()?)?;
    // Beyond these years a time cannot be counted with.
    (1970..=9999).contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use chrono::{DateTime, TimeDelta, Utc};
    use p100_raw::reqwest::header::{AGE, DATE, HeaderMap, HeaderName};

    use super::{ClockSkew, Skews, date};
    use crate::Clock;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))).collect()
    }

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    const MILLIS: fn(i64) -> TimeDelta = TimeDelta::milliseconds;

    /// What is known after calls that begin and end at these times by the local clock, in milliseconds after noon, and bring a date so
    /// many seconds after noon.
    fn after(calls: &[(i64, i64, i64)]) -> Skews {
        let noon = time("2025-08-12T12:00:00Z");
        let shown = Arc::new(Mutex::new(noon));
        let hand = Arc::clone(&shown);
        let skews = Skews::new(Clock::from_fn(move || *hand.lock().expect("no panic")));
        for (begin, end, date) in calls {
            *shown.lock().expect("no panic") = noon + MILLIS(*end);
            let date = (noon + TimeDelta::seconds(*date)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            skews.observe(noon + MILLIS(*begin), &headers(&[(DATE, &date)]));
        }
        skews
    }

    fn skew(calls: &[(i64, i64, i64)]) -> Option<ClockSkew> {
        after(calls).present()
    }

    #[test]
    fn the_skew_is_known_to_the_second_and_the_time_of_the_call() {
        let between = |least, most| Some(ClockSkew { least: MILLIS(least), most: MILLIS(most) });
        for (calls, expected) in [
            (&[][..], None),
            (&[(0, 0, 0)], between(0, 1000)),
            (&[(200, 400, 0)], between(-400, 800)),
            (&[(200, 400, 61)], between(60_600, 61_800)),
            (&[(200, 400, -360)], between(-360_400, -359_200)),
            // Each further response narrows it down, whichever is the better one.
            (&[(0, 30_000, 0), (30_200, 30_400, 30)], between(-400, 800)),
            (&[(200, 400, 0), (400, 30_400, 0)], between(-400, 600)),
            // A clock was set.
            (&[(200, 400, 0), (1200, 1400, 601)], between(599_600, 600_800)),
            (&[(200, 400, 0), (601_200, 601_400, 1)], between(-600_400, -599_200)),
            // It was set back during a call.
            (&[(200, 100, 0)], None),
        ] {
            assert_eq!(skew(calls), expected, "{calls:?}");
        }
        let skew = skew(&[(200, 401, 61)]).expect("a skew");
        assert!(skew.ahead() - skew.uncertainty() <= skew.least() && skew.ahead() + skew.uncertainty() >= skew.most(), "{skew:?}");
    }

    /// Whichever clock is wrong, by how much, and however long the call took: the truth lies within.
    #[test]
    fn the_truth_is_within_the_uncertainty() {
        for skew in [0, 1, 999, 61_000, -61_000, 360_000, -600_001, 86_400_000, -86_400_000] {
            for (begin, end) in [(0, 0), (0, 1), (17, 950), (500, 30_500)] {
                for written in [begin, (begin + end) / 2, end] {
                    let found = self::skew(&[(begin, end, (written + skew).div_euclid(1000))]).expect("a skew");
                    let (ahead, uncertainty) = (found.ahead(), found.uncertainty());
                    assert!((ahead - MILLIS(skew)).abs() <= uncertainty, "{skew} {begin} {end} {written}: {found:?}");
                    assert!(uncertainty <= MILLIS((1000 + end - begin) / 2 + 1), "{found:?}");
                }
            }
        }
    }

    #[test]
    fn skews_of_the_past_are_kept_for_what_began_in_their_time() {
        let noon = time("2025-08-12T12:00:00Z");
        let since = |skews: &Skews, at: i64| skews.since(noon + MILLIS(at), TimeDelta::zero()).len();
        // The local clock was 10 minutes fast at first, and was set right a minute later.
        let skews = after(&[(600_000, 600_100, 0), (60_000, 60_100, 60)]);
        assert_eq!(since(&skews, 601_000), 2, "before or after the clock was set");
        assert_eq!(since(&skews, 3_600_000), 1, "after it, by either clock");
        let many: Vec<_> = (0..100).map(|call| (call * 100_000, call * 100_000, call * 200)).collect();
        let skews = after(&many);
        let known = skews.since(noon, TimeDelta::zero());
        assert_eq!(known.len(), super::MOST);
        assert_eq!(known.iter().map(ClockSkew::least).min(), Some(TimeDelta::zero()), "none is forgotten");
    }

    #[test]
    fn only_one_date_of_a_fresh_response_counts() {
        const NOON: &str = "Tue, 12 Aug 2025 12:00:00 GMT";
        let noon = Some(time("2025-08-12T12:00:00Z"));
        for (pairs, expected) in [
            (&[(DATE, NOON)][..], noon),
            (&[(DATE, NOON), (AGE, "0")], noon),
            (&[(DATE, NOON), (AGE, "7")], None),
            (&[(DATE, NOON), (AGE, "old")], None),
            (&[(DATE, NOON), (DATE, NOON)], None),
            (&[(DATE, "yesterday")], None),
            (&[], None),
        ] {
            assert_eq!(date(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_date_that_no_clock_shows_is_none() {
        for text in ["31 Dec 262142 23:59:59 GMT", "Fri, 31 Dec 1965 23:59:59 GMT", "1 Jan 10000 00:00:00 GMT", "now", ""] {
            assert_eq!(date(&headers(&[(DATE, text)])), None, "{text}");
            let skews = Skews::new(Clock::system());
            skews.observe(Utc::now(), &headers(&[(DATE, text)]));
            assert_eq!(skews.present(), None, "{text}");
        }
    }
}
