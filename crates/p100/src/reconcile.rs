//! What to do after a create whose fate is unknown: look for its trace, never send it again unseen.

mod attempt;

use chrono::TimeDelta;

pub use attempt::{Account, Attempt, Payment};

use crate::raw::{Operation, operations};
use crate::types::Transaction;
use crate::{Client, Error, ErrorKind, Month, OutcomeUnknown};

/// P100 does not say in which time zone it cuts months. No zone is further from UTC.
const ZONES: TimeDelta = TimeDelta::hours(14);

/// Each month is a call.
const MOST_MONTHS: usize = 12;

/// What the transaction history says about an [`Attempt`].
///
/// Entries carry no id, the words of their types and states are unknown, and no page says whether an amount contains the fee. So this is
/// evidence to be judged, never proof, and nothing here sends a payment again.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Verdict {
    /// No entry of the currency in the time of the attempt. The payment may still be on its way into the history: look again after some
    /// minutes, and ask P100 about large amounts, before you pay again.
    NoTrace,
    /// Entries in the time of the attempt that concern its currencies, but none of exactly its amount. One may be the payment with its
    /// fee, the bought side of an exchange, or an entry without amount, currency or time.
    Unclear(Vec<Transaction>),
    /// Entries of exactly this amount and currency in the time of the attempt, in either direction. One of them probably is the payment;
    /// an equal payment made at the same time looks the same. Failed ones may be among them: the `status` of an entry tells whether money
    /// moved.
    Candidates(Vec<Transaction>),
}

impl Client {
    /// Looks for the trace of a payment that [may have taken effect](Error::may_have_taken_effect) although its call failed, so that
    /// there is no id to ask for. With an id, ask for the details instead: [`Pending`](crate::Pending).
    ///
    /// This reads the transaction history of the account for entries between the attempt's beginning and end with
    /// [a tolerance](Attempt::with_tolerance), one call for each month which that touches in any time zone: mostly one, two near the turn
    /// of a month, 12 at the most. Entries whose time cannot be read count as in time, and what an entry lacks rules nothing out. Amounts are compared without their sign,
    /// currencies without case.
    ///
    /// A month that by the client's clock is still ahead in some time zone counts as empty if P100 refuses it. If candidates were found
    /// before a later month could not be read, they are the answer.
    ///
    /// ```no_run
    /// # async fn example(client: p100::Client, request: p100::types::TransferRequest) -> Result<(), Box<dyn std::error::Error>> {
    /// use p100::chrono::Utc;
    /// use p100::{Attempt, Verdict};
    ///
    /// let started_at = Utc::now();
    /// match client.transfers().create(&request).await {
    ///     Ok(pending) => println!("accepted: {}", pending.id()),
    ///     Err(error) if error.may_have_taken_effect() => {
    ///         let attempt = Attempt::new(&request, started_at, Utc::now());
    ///         match client.reconcile(&attempt).await? {
    ///             Verdict::Candidates(found) => println!("probably the payment, its status tells whether it moved: {found:?}"),
    ///             Verdict::NoTrace => println!("nothing so far, look again in some minutes"),
    ///             unclear => println!("somebody must look: {unclear:?}"),
    ///         }
    ///     }
    ///     Err(error) => println!("nothing happened: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The history could not be read, or the attempt touches more than 12 months, so that nothing was sent. Neither says anything about
    /// the payment.
    pub async fn reconcile(&self, attempt: &Attempt) -> Result<Verdict, OutcomeUnknown> {
        let mut entries: Vec<Transaction> = Vec::new();
        let mut fault = None;
        for month in months(attempt)? {
            match self.history(&attempt.account, month).await {
                // Should P100 answer more than the month, an entry must not look like two payments.
                Ok(history) => {
                    let new: Vec<_> = history.into_iter().filter(|entry| !entries.contains(entry)).collect();
                    entries.extend(new);
                }
                Err(error) if month.start() + ZONES > self.clock.now() && is_refusal(&error) => {}
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
        }
        match (judge(attempt, entries), fault) {
            (verdict @ Verdict::Candidates(_), _) | (verdict, None) => Ok(verdict),
            (_, Some(error)) => Err(OutcomeUnknown::new(attempt.operation, None, Some(error))),
        }
    }

    async fn history(&self, account: &Account, month: Month) -> Result<Vec<Transaction>, Error> {
        let history = match account {
            Account::Partner => self.partner().transactions(month).await,
            Account::User(user) => self.users().transactions(user, month).await,
        };
        // A response without the list is no empty list.
        history?.transactions.ok_or_else(|| Error::incomplete(history_of(account), "transactions"))
    }
}

/// The operation that reads the history of an account.
fn history_of(account: &Account) -> &'static Operation {
    match account {
        Account::Partner => &operations::GET_PARTNER_TRANSACTIONS,
        Account::User(_) => &operations::GET_USER_TRANSACTIONS,
    }
}

/// Whether P100 has understood the question and does not answer it. No page says how it refuses a month that it has not reached. A 400
/// that cannot be read may be a server fault.
fn is_refusal(error: &Error) -> bool {
    let status = error.status().unwrap_or_default();
    let says_nothing = match status.as_u16() {
        400 => error.api_error().is_none(),
        code => matches!(code, 401 | 403 | 408 | 425 | 429),
    };
    error.kind() == ErrorKind::Refused && status.is_client_error() && !says_nothing && !error.is_server_fault()
}

/// The months that the time of the attempt touches in any time zone.
fn months(attempt: &Attempt) -> Result<Vec<Month>, OutcomeUnknown> {
    let (from, until) = attempt.time(ZONES);
    let following = std::iter::successors(Some(Month::holding(from)), |month| month.following());
    let months: Vec<_> = following.take_while(|month| month.start() <= until).take(MOST_MONTHS + 1).collect();
    if months.len() > MOST_MONTHS {
        let error =
            Error::not_sent(history_of(&attempt.account), format!("the attempt touches more than {MOST_MONTHS} months: narrow its times"));
        return Err(OutcomeUnknown::new(attempt.operation, None, Some(error)));
    }
    Ok(months)
}

fn judge(attempt: &Attempt, mut entries: Vec<Transaction>) -> Verdict {
    entries.retain(|entry| attempt.concerns(entry));
    let exact: Vec<_> = entries.iter().filter(|entry| attempt.matches(entry)).cloned().collect();
    if !exact.is_empty() {
        return Verdict::Candidates(exact);
    }
    if entries.is_empty() { Verdict::NoTrace } else { Verdict::Unclear(entries) }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Attempt, months};
    use crate::types::TransferRequest;

    /// The months of an attempt without tolerance; the time zones are 14 hours to either side.
    fn touched(started_at: DateTime<Utc>, finished_at: DateTime<Utc>) -> Option<String> {
        let request = TransferRequest::builder().amount(5.into()).currency("eur").build();
        let attempt = Attempt::new(&request, started_at, finished_at).with_tolerance(TimeDelta::zero());
        let months = months(&attempt).ok()?.iter().map(ToString::to_string).collect::<Vec<_>>();
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
