//! The transaction history of an account, as far as attempts touch it.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::{Account, Attempt, Window};
use crate::raw::{ErrorClass, Meaning, Response, Timestamp, operations};
use crate::types::{Transaction, TransactionHistory};
use crate::{Client, Decimal, Doubt, Error, Month};

/// P100 does not say in which time zone it cuts months. No zone is further from UTC.
const ZONES: TimeDelta = TimeDelta::hours(14);

/// Each month is a call.
const MOST_MONTHS: usize = 12;

/// What was read of a history.
#[derive(Default)]
pub(super) struct History {
    pub(super) entries: Vec<Transaction>,
    /// Why these may not be all entries.
    pub(super) doubts: Vec<Doubt>,
    /// Why reading ended early.
    pub(super) error: Option<Error>,
    months: Vec<Month>,
}

impl History {
    /// Reads the months that the attempts touch, none twice.
    pub(super) async fn read(client: &Client, account: &Account, attempts: &[&Attempt]) -> Self {
        let mut history = Self::default();
        let mut earlier: HashMap<_, Vec<Transaction>> = HashMap::new();
        while let Some(month) = history.next(client, attempts) {
            history.months.push(month);
            match call(client, account, month).await {
                // Should P100 return more than the month, an entry must not look like two payments.
                Ok(response) => {
                    let listed = response.transactions.as_ref();
                    history.doubts.extend(Doubt::of(&response, "transactions", listed.is_some()));
                    let is_new = |entry: &&Transaction| !earlier.get(&key(entry)).is_some_and(|equal| equal.contains(*entry));
                    let new: Vec<Transaction> = listed.into_iter().flatten().filter(is_new).cloned().collect();
                    for entry in &new {
                        earlier.entry(key(entry)).or_default().push(entry.clone());
                    }
                    history.entries.extend(new);
                }
                Err(error) if client.skews.latest_now().is_some_and(|now| now < month.start() + ZONES) && is_refusal(&error) => {}
                Err(error) => {
                    history.error = Some(error);
                    break;
                }
            }
        }
        history
    }

    /// With each response P100's clock is known better, and so are the months.
    fn next(&mut self, client: &Client, attempts: &[&Attempt]) -> Option<Month> {
        for attempt in attempts {
            match months(attempt, &Window::of(attempt, &client.skews)) {
                Ok(months) => {
                    if let Some(month) = months.into_iter().find(|month| !self.months.contains(month)) {
                        return Some(month);
                    }
                }
                Err(error) => {
                    self.error = Some(error);
                    return None;
                }
            }
        }
        None
    }

    /// Whether it was read for all the time of an attempt.
    pub(super) fn covers(&self, attempt: &Attempt, window: &Window) -> bool {
        months(attempt, window).is_ok_and(|months| months.iter().all(|month| self.months.contains(month)))
    }
}

async fn call(client: &Client, account: &Account, month: Month) -> Result<Response<TransactionHistory>, Error> {
    let begin = client.skews.now();
    let response = match account {
        Account::Partner => client.raw().get_partner_transactions(month.number(), month.year()).await,
        Account::User(user) => client.raw().get_user_transactions(user, month.number(), month.year()).await,
    };
    if let Some(headers) = response.as_ref().map_or_else(Error::headers, |response| Some(response.headers())) {
        client.skews.observe(begin, headers);
    }
    response
}

/// Whether P100 refuses the question as one that makes no sense. No page says how it refuses a month that it has not reached; that it does
/// not know the user, or has suspended them, says nothing about a month.
fn is_refusal(error: &Error) -> bool {
    matches!(error.meaning(), Some(Meaning::Refused(info)) if info.class == ErrorClass::Validation)
}

/// The months that the time of the attempt touches in any time zone.
pub(super) fn months(attempt: &Attempt, window: &Window) -> Result<Vec<Month>, Error> {
    let mut months = Vec::new();
    for (from, until) in window.spans(ZONES) {
        let following = std::iter::successors(Some(Month::holding(from)), |month| month.following());
        for month in following.take_while(|month| month.start() <= until).take(MOST_MONTHS + 1) {
            if !months.contains(&month) {
                months.push(month);
            }
        }
    }
    if months.len() > MOST_MONTHS {
        let operation = match attempt.account {
            Account::Partner => &operations::GET_PARTNER_TRANSACTIONS,
            Account::User(_) => &operations::GET_USER_TRANSACTIONS,
        };
        return Err(Error::not_sent(operation, format!("the attempt touches more than {MOST_MONTHS} months: narrow its times")));
    }
    Ok(months)
}

/// What most entries differ in, so that few are compared completely.
fn key(entry: &Transaction) -> (Option<Timestamp>, Option<Decimal>) {
    (entry.created_at.clone(), entry.amount)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Attempt, Window, months};
    use crate::Clock;
    use crate::clock::Skews;
    use crate::types::TransferRequest;

    /// The months of an attempt without tolerance; the time zones are 14 hours to either side.
    fn touched(started_at: DateTime<Utc>, finished_at: DateTime<Utc>) -> Option<String> {
        let request = TransferRequest::builder().amount(5.into()).currency("eur").build();
        let attempt = Attempt::new(&request, started_at, finished_at).with_tolerance(TimeDelta::zero());
        let window = Window::of(&attempt, &Skews::new(Clock::system()));
        let months = months(&attempt, &window).ok()?.iter().map(ToString::to_string).collect::<Vec<_>>();
        Some(months.join(" "))
    }

    #[test]
    fn a_time_touches_the_months_of_both_its_ends_and_those_between() {
        let between = |from: &str, until: &str| touched(from.parse().expect("a time"), until.parse().expect("a time"));
        for (from, until, expected) in [
            ("2025-08-12T08:00:00Z", "2025-08-31T09:59:59Z", Some("2025-08")),
            ("2025-08-12T08:00:00Z", "2025-08-31T10:00:00Z", Some("2025-08 2025-09")),
            ("2025-09-01T13:59:59Z", "2025-09-01T13:59:59Z", Some("2025-08 2025-09")),
            ("2025-11-30T00:00:00Z", "2026-01-01T00:00:00Z", Some("2025-11 2025-12 2026-01")),
            ("2026-01-01T00:00:00Z", "2025-11-30T00:00:00Z", Some("2025-11 2025-12 2026-01")),
            ("2025-01-02T00:00:00Z", "2026-01-02T00:00:00Z", None),
        ] {
            assert_eq!(between(from, until).as_deref(), expected, "{from} to {until}");
        }
        let year = between("2025-01-02T00:00:00Z", "2025-12-30T00:00:00Z").expect("12 months are not too many");
        assert!(year.starts_with("2025-01 2025-02") && year.ends_with("2025-12"), "{year}");
    }

    #[test]
    fn the_ends_of_time_are_times_too() {
        let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert!(touched(first, first).is_some_and(|months| !months.contains(' ')));
        assert!(touched(last, last).is_some_and(|months| !months.contains(' ')));
        assert_eq!(touched(first, last), None);
    }
}
