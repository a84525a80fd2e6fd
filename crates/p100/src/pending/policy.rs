//! How patiently an outcome is waited for.

use std::time::Duration;

/// When [`Pending::wait`](crate::Pending::wait) asks, and for how long. P100 states no durations; the events report an outcome sooner
/// than asking does. [`Retries`](crate::Retries) has the same form, and a table of both.
///
/// ```
/// use std::time::Duration;
///
/// let policy = p100::WaitPolicy::default().limit(Duration::from_secs(20)).cap(Duration::from_secs(5));
/// assert_ne!(policy, p100::WaitPolicy::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitPolicy {
    pub(super) first_wait: Duration,
    factor: f64,
    cap: Duration,
    pub(super) limit: Duration,
}

impl Default for WaitPolicy {
    /// 1 s after the first question, 1.5 times as long after each further one, at most 15 s; 5 minutes in all.
    fn default() -> Self {
        Self { first_wait: Duration::from_secs(1), factor: 1.5, cap: Duration::from_secs(15), limit: Duration::from_secs(300) }
    }
}

impl WaitPolicy {
    /// The wait after the first question. Less than a millisecond counts as one.
    #[must_use]
    pub fn first_wait(self, first_wait: Duration) -> Self {
        Self { first_wait: first_wait.max(Duration::from_millis(1)), ..self }
    }

    /// What each wait is multiplied with to get the next. Anything below 1, or not a number, counts as 1.
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        Self { factor: factor.max(1.0), ..self }
    }

    /// The longest wait. A longer first one stays as it is.
    #[must_use]
    pub fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// How long to wait in all. With zero the question is not even given time to get a response: that is
    /// [`Pending::status`](crate::Pending::status).
    #[must_use]
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The pause after one of `interval`.
    pub(super) fn after(self, interval: Duration) -> Duration {
        let seconds = interval.as_secs_f64() * self.factor;
        let longer = Duration::try_from_secs_f64(seconds).unwrap_or(self.cap);
        longer.min(self.cap.max(interval))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::WaitPolicy;

    #[test]
    fn pauses_grow_to_the_cap_and_never_shrink() {
        let policy = WaitPolicy::default();
        let mut pauses = vec![policy.first_wait];
        for _ in 0..8 {
            pauses.extend(pauses.last().map(|pause| policy.after(*pause)));
        }
        let millis: Vec<_> = pauses.iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [1000, 1500, 2250, 3375, 5062, 7593, 11390, 15000, 15000]);
        let second = Duration::from_secs(1);
        assert_eq!(policy.factor(0.1).after(second), second);
        assert_eq!(policy.factor(f64::NAN).after(second), second);
        assert_eq!(policy.factor(f64::INFINITY).after(second), policy.cap);
        assert_eq!(policy.after(Duration::from_secs(60)), Duration::from_secs(60));
    }
}
