//! What to do after a create whose fate is unknown: look for its trace, never send it again unseen.

mod attempt;

use chrono::{DateTime, TimeDelta, Utc};

pub use attempt::{Account, Attempt, Payment};

use crate::types::{ErrorCode, Transaction, TransactionHistory};
use crate::{Client, Error, Month, OutcomeUnknown};

/// P100 does not say in which time zone it cuts months. No zone is further from UTC.
const ZONES: TimeDelta = TimeDelta::hours(14);

/// What the transaction history says about an [`Attempt`].
///
/// Entries carry no id, the words of their types and states are unknown, and no page says whether an amount contains the fee. So this is
/// evidence to be judged, never proof, and nothing here sends a payment again.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Verdict {
    /// No entry of the currency in the time of the attempt. The payment may still be on its way into the history: look again after some
    /// minutes, and ask P100 about large amounts, before you pay again.
    NoTrace,
    /// Entries in the time of the attempt that concern its currencies, but none of exactly its amount. One may be the payment with its
    /// fee, or the bought side of an exchange.
    Unclear(Vec<Transaction>),
    /// Entries of exactly this amount and currency in the time of the attempt, in either direction. One of them probably is the payment;
    /// an equal payment made at the same time looks the same.
    Candidates(Vec<Transaction>),
}

impl Client {
    /// Looks for the trace of a payment that [may have taken effect](Error::may_have_taken_effect) although its call failed, so that
    /// there is no id to ask for. With an id, ask for the details instead: [`Pending`](crate::Pending).
    ///
    /// This reads the transaction history of the account, one to three months of it, for entries between the attempt's beginning and end
    /// with [a tolerance](Attempt::with_tolerance). Entries whose time cannot be read count as in time. Amounts are compared without
    /// their sign, currencies without case.
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
    ///             Verdict::Candidates(found) => println!("probably paid: {found:?}"),
    ///             Verdict::Unclear(found) => println!("somebody must look: {found:?}"),
    ///             Verdict::NoTrace => println!("nothing so far, look again in some minutes"),
    ///         }
    ///     }
    ///     Err(error) => println!("nothing happened: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The history could not be read. That says nothing about the payment.
    pub async fn reconcile(&self, attempt: &Attempt) -> Result<Verdict, OutcomeUnknown> {
        let mut entries: Vec<Transaction> = Vec::new();
        for month in months(attempt.from() - ZONES, attempt.until() + ZONES) {
            match self.history(&attempt.account, month).await {
                // Should P100 answer more than the month, an entry must not look like two payments.
                Ok(history) => {
                    let new: Vec<_> = history.transactions.into_iter().filter(|entry| !entries.contains(entry)).collect();
                    entries.extend(new);
                }
                // A month that P100's calendar has not reached yet has no entries.
                Err(error) if is_ahead(month, attempt.finished_at) && error.code() == Some(&ErrorCode::P403) => {}
                Err(error) => return Err(OutcomeUnknown::new(attempt.operation, None, Some(error))),
            }
        }
        Ok(judge(attempt, entries))
    }

    async fn history(&self, account: &Account, month: Month) -> Result<TransactionHistory, Error> {
        match account {
            Account::Partner => self.partner().transactions(month).await,
            Account::User(user) => self.users().transactions(user, month).await,
        }
    }
}

fn is_ahead(month: Month, now: DateTime<Utc>) -> bool {
    month.start() > now
}

/// The months, in UTC, that the time between touches.
fn months(from: DateTime<Utc>, until: DateTime<Utc>) -> impl Iterator<Item = Month> {
    std::iter::successors(Some(Month::holding(from)), |month| month.following()).take_while(move |month| month.start() <= until)
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
    use chrono::{DateTime, Utc};

    use super::{is_ahead, months};

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn a_time_touches_the_months_of_both_its_ends_and_those_between() {
        let touched = |from: &str, until: &str| {
            let months = months(time(from), time(until)).map(|month| month.to_string()).collect::<Vec<_>>();
            months.join(" ")
        };
        assert_eq!(touched("2025-08-12T08:00:00Z", "2025-08-31T23:59:59Z"), "2025-08");
        assert_eq!(touched("2025-08-31T23:59:59Z", "2025-09-01T00:00:00Z"), "2025-08 2025-09");
        assert_eq!(touched("2025-11-30T00:00:00Z", "2026-01-01T00:00:00Z"), "2025-11 2025-12 2026-01");
        assert_eq!(touched("2025-08-12T08:00:00Z", "2025-07-01T00:00:00Z"), "");
        let september = months(time("2025-09-30T00:00:00Z"), time("2025-09-30T00:00:00Z")).next().expect("a month");
        assert!(is_ahead(september, time("2025-08-31T23:59:59Z")));
        assert!(!is_ahead(september, time("2025-09-01T00:00:00Z")));
    }
}
