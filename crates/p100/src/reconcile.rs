//! What to do after a create whose fate is unknown: look for its trace, never send it again unseen.

mod attempt;
mod window;

use std::collections::HashMap;

use chrono::TimeDelta;

pub use attempt::{Account, Attempt, Payment};
use window::Window;

use crate::raw::{Meaning, Response, Timestamp, operations};
use crate::types::{Transaction, TransactionHistory};
use crate::{Client, Decimal, Doubt, Error, Month, OutcomeUnknown};

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
    /// No entry of the currency in the time of the attempt by P100's clock, in a history that was read whole. The payment may still be on its way into the history: look again after some
    /// minutes, and ask P100 about large amounts, before you pay again.
    NoTrace,
    /// Nothing that decides it: look again later, or ask P100.
    Unclear {
        /// Entries in the time of the attempt that concern its currencies, but none of exactly its amount. One may be the payment with
        /// its fee, or the bought side of an exchange. Entries whose time, currency or amount cannot be read are among them.
        entries: Vec<Transaction>,
        /// Why there may have been a payment although no entry shows it. Empty if only the entries are why.
        doubts: Vec<Doubt>,
    },
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
    /// of a month, 12 at the most. The times of the attempt are by this machine's wall clock and are corrected by the
    /// [`ClockSkew`](crate::ClockSkew), which the `Date` of these calls tells at the latest: if it is unknown, or larger than the tolerance,
    /// the verdict is never [`NoTrace`](Verdict::NoTrace). Entries whose time cannot be read count as in time. Amounts are compared without their sign,
    /// currencies without case.
    ///
    /// A month that by P100's clock is still ahead in some time zone counts as empty if P100 refuses it with `P403`, failed
    /// validation. If candidates were found before a later month could not be read, they are the verdict.
    ///
    /// [`Verdict::NoTrace`] needs a history that was read whole: an entry that cannot be read, any other part that does not fit the
    /// document, a member beside the list or another sign of paging makes it [`Verdict::Unclear`], with the [reason](Doubt).
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
    /// The history could not be read, or the attempt touches more than 12 months. Neither says anything about the payment.
    pub async fn reconcile(&self, attempt: &Attempt) -> Result<Verdict, OutcomeUnknown> {
        let mut entries: Vec<Transaction> = Vec::new();
        let mut earlier: HashMap<_, Vec<Transaction>> = HashMap::new();
        let mut doubts = Vec::new();
        let mut fault = None;
        // With each response P100's clock is known better, and so are the months.
        let mut window = Window::of(attempt, &self.skews);
        let mut asked = Vec::new();
        while let Some(month) = months(attempt, &window)?.into_iter().find(|month| !asked.contains(month)) {
            asked.push(month);
            match self.history(&attempt.account, month).await {
                // Should P100 answer more than the month, an entry must not look like two payments.
                Ok(history) => {
                    let listed = history.transactions.as_ref();
                    doubts.extend(Doubt::of(&history, "transactions", listed.is_some()));
                    let is_new = |entry: &&Transaction| !earlier.get(&key(entry)).is_some_and(|equal| equal.contains(*entry));
                    let new: Vec<Transaction> = listed.into_iter().flatten().filter(is_new).cloned().collect();
                    for entry in &new {
                        earlier.entry(key(entry)).or_default().push(entry.clone());
                    }
                    entries.extend(new);
                }
                Err(error) if self.skews.latest_now().is_some_and(|now| now < month.start() + ZONES) && is_refusal(&error) => {}
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
            window = Window::of(attempt, &self.skews);
        }
        doubts.extend(window.doubt.take());
        match (judge(attempt, &window, entries, doubts), fault) {
            (verdict @ Verdict::Candidates(_), _) | (verdict, None) => Ok(verdict),
            (_, Some(error)) => Err(OutcomeUnknown::new(attempt.operation, None, Some(error))),
        }
    }

    async fn history(&self, account: &Account, month: Month) -> Result<Response<TransactionHistory>, Error> {
        let begin = self.skews.now();
        let response = match account {
            Account::Partner => self.raw().get_partner_transactions(month.number(), month.year()).await,
            Account::User(user) => self.raw().get_user_transactions(user, month.number(), month.year()).await,
        };
        if let Some(headers) = response.as_ref().map_or_else(Error::headers, |response| Some(response.headers())) {
            self.skews.observe(begin, headers);
        }
        response
    }
}

/// Whether P100 refuses the question as one that makes no sense. No page says how it refuses a month that it has not reached; that it does
/// not know the user, or has suspended them, says nothing about a month.
fn is_refusal(error: &Error) -> bool {
    matches!(error.meaning(), Some(Meaning::Refused(info)) if info.code == "P403")
}

/// The months that the time of the attempt touches in any time zone.
fn months(attempt: &Attempt, window: &Window) -> Result<Vec<Month>, OutcomeUnknown> {
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
        let error = Error::not_sent(operation, format!("the attempt touches more than {MOST_MONTHS} months: narrow its times"));
        return Err(OutcomeUnknown::new(attempt.operation, None, Some(error)));
    }
    Ok(months)
}

/// What most entries differ in, so that few are compared as a whole.
fn key(entry: &Transaction) -> (Option<Timestamp>, Option<Decimal>) {
    (entry.created_at.clone(), entry.amount)
}

fn judge(attempt: &Attempt, window: &Window, mut entries: Vec<Transaction>, doubts: Vec<Doubt>) -> Verdict {
    entries.retain(|entry| attempt.concerns(entry, window));
    let exact: Vec<_> = entries.iter().filter(|entry| attempt.matches(entry)).cloned().collect();
    if !exact.is_empty() {
        return Verdict::Candidates(exact);
    }
    if entries.is_empty() && doubts.is_empty() { Verdict::NoTrace } else { Verdict::Unclear { entries, doubts } }
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
