//! When an entry of the history may be an attempt's payment, by P100's clock.

use chrono::{DateTime, TimeDelta, Utc};

use super::Attempt;
use crate::clock::Skews;
use crate::{ClockSkew, Doubt};

/// The times of an attempt by P100's clock, with the tolerance.
pub(super) struct Window {
    /// One for each skew that there may have been.
    spans: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Why the attempt may have been outside of all of them.
    pub(super) doubt: Option<Doubt>,
}

impl Window {
    pub(super) fn of(attempt: &Attempt, skews: &Skews) -> Self {
        let known = skews.since(attempt.started_at.min(attempt.finished_at), attempt.tolerance);
        let too_far = |skew: &&ClockSkew| skew.least() < -attempt.tolerance || attempt.tolerance < skew.most();
        let doubt = match known.last() {
            None => Some(Doubt::ClockSkewUnknown),
            Some(_) => known.iter().find(too_far).map(|skew| Doubt::ClockSkew(*skew)),
        };
        let mut spans: Vec<_> = known.iter().map(|skew| attempt.time(skew.least(), skew.most())).collect();
        if spans.is_empty() {
            spans.push(attempt.time(TimeDelta::zero(), TimeDelta::zero()));
        }
        Self { spans, doubt }
    }

    /// From when until when, with so much to spare on either side.
    pub(super) fn spans(&self, spare: TimeDelta) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        self.spans.iter().map(move |(from, until)| {
            let from = from.checked_sub_signed(spare).unwrap_or(DateTime::<Utc>::MIN_UTC);
            (from, until.checked_add_signed(spare).unwrap_or(DateTime::<Utc>::MAX_UTC))
        })
    }

    /// Whether the attempt may have been carried out at this time.
    pub(super) fn holds(&self, time: DateTime<Utc>) -> bool {
        self.spans.iter().any(|(from, until)| (*from..=*until).contains(&time))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use p100_raw::reqwest::header::{DATE, HeaderMap, HeaderValue};

    use super::{Attempt, Doubt, Window};
    use crate::Clock;
    use crate::clock::Skews;
    use crate::types::TransferRequest;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn a_window_is_the_attempt_by_the_other_clock_with_the_tolerance_on_either_side() {
        let request = TransferRequest::builder().amount(5.into()).currency("eur").build();
        let attempt = Attempt::new(&request, time("2025-08-12T12:00:00Z"), time("2025-08-12T12:00:30Z"));
        let skews = Skews::new(Clock::from_fn(|| time("2025-08-12T13:00:00Z")));
        let unknown = Window::of(&attempt, &skews);
        assert_eq!(unknown.doubt, Some(Doubt::ClockSkewUnknown));
        let held = |window: &Window, text| window.holds(time(text));
        assert!(held(&unknown, "2025-08-12T11:55:00Z") && held(&unknown, "2025-08-12T12:05:30Z"));
        assert!(!held(&unknown, "2025-08-12T11:54:59.999Z") && !held(&unknown, "2025-08-12T12:05:30.001Z"));

        // A minute ahead, and up to a second more.
        let date = HeaderMap::from_iter([(DATE, HeaderValue::from_static("Tue, 12 Aug 2025 13:01:00 GMT"))]);
        skews.observe(time("2025-08-12T13:00:00Z"), &date);
        let known = Window::of(&attempt, &skews);
        assert_eq!(known.doubt, None);
        assert!(held(&known, "2025-08-12T11:56:00Z") && held(&known, "2025-08-12T12:06:31Z"));
        assert!(!held(&known, "2025-08-12T11:55:59.999Z") && !held(&known, "2025-08-12T12:06:31.001Z"));
        for (tolerance, certain) in [(60, false), (61, true)] {
            let window = Window::of(&attempt.clone().with_tolerance(TimeDelta::seconds(tolerance)), &skews);
            assert_eq!(window.doubt.is_none(), certain, "{tolerance}");
        }
    }
}
