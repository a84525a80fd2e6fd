//! What to do after a create whose outcome is unknown: look for its trace, never send it again unseen.

mod attempt;
mod history;
mod judge;
mod window;

use std::slice;

pub use attempt::{Account, Attempt, Payment};
use history::{History, months};
use judge::judge;
use window::Window;

use crate::types::Transaction;
use crate::{Client, Doubt, Error, OutcomeUnknown};

/// What the transaction history says about an [`Attempt`].
///
/// Entries carry no id, the words of their types and states are unknown, and no page says whether an amount contains the fee. So this is
/// evidence to be judged, never proof, and nothing here sends a payment again.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Verdict {
    /// No entry of the currency in the time of the attempt by P100's clock, in a history that was read completely, but for entries that
    /// [acknowledged payments](Client::reconcile_all) explain. The payment may still be on its way into the history: look again after some
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
    /// an equal payment made at the same time looks the same. Failed ones may be among them: the `status` of an entry says whether money
    /// moved.
    Candidates(Candidates),
}

/// Entries that may be the payment of an [`Attempt`]: [`Verdict::Candidates`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidates {
    /// Of exactly the amount and currency of the attempt, in its time.
    pub exact: Vec<Transaction>,
    /// How many of `exact` are left when each acknowledged payment has taken the one that explains it.
    pub unexplained: usize,
    /// How many of the attempts these entries may be, this one included. If it is more than `unexplained`, not all of them can have
    /// happened with exactly their amount.
    pub attempts: usize,
    /// Other entries in the time of the attempt that concern its currencies, as those of [`Verdict::Unclear`]. If none of `exact` is the
    /// payment, one of these may be, with its fee.
    pub others: Vec<Transaction>,
}

/// What the transaction histories say about several attempts: [`Client::reconcile_all`].
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Reconciliation {
    /// One for each attempt, in the order of the attempts.
    pub verdicts: Vec<Verdict>,
    /// Why the history of an account could not be read to the end. The verdicts on its attempts are [`Unclear`](Verdict::Unclear) with
    /// [`Doubt::NotRead`], unless candidates were found before.
    pub errors: Vec<(Account, Error)>,
}

impl Client {
    /// Looks for the trace of a payment that [may have taken effect](Error::may_have_taken_effect) although its call failed, so that
    /// there is no id to ask for. With an id, ask for the details instead: [`Pending`](crate::Pending).
    ///
    /// This reads the transaction history of the account for entries between the attempt's beginning and end with
    /// [a tolerance](Attempt::with_tolerance), one call for each month which that touches in any time zone: mostly one, two near the turn
    /// of a month, 12 at the most. The times of the attempt are by this machine's wall clock and are corrected by the
    /// [`ClockSkew`](crate::ClockSkew), which the `Date` of these calls reports at the latest: if it is unknown, or larger than the
    /// tolerance, the verdict is never [`NoTrace`](Verdict::NoTrace). Entries whose time cannot be read, or has no offset from UTC, count
    /// as in time. Amounts are compared without their sign, currencies without case.
    ///
    /// A month that by P100's clock is still ahead in some time zone counts as empty if P100 refuses it with `P403`, failed
    /// validation. If candidates were found before a later month could not be read, they are the verdict.
    ///
    /// [`Verdict::NoTrace`] needs a history that was read completely: an entry that cannot be read, any other part that does not fit the
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
    ///             Verdict::Candidates(found) => println!("probably the payment, its status says whether it moved: {:?}", found.exact),
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
    /// Several payments at once, above all equal ones, are compared by [`reconcile_all`](Self::reconcile_all).
    ///
    /// # Errors
    /// The history could not be read, or the attempt touches more than 12 months. Neither says anything about the payment.
    pub async fn reconcile(&self, attempt: &Attempt) -> Result<Verdict, OutcomeUnknown> {
        let Reconciliation { mut verdicts, mut errors } = self.reconcile_all(slice::from_ref(attempt), &[]).await;
        match (verdicts.pop(), errors.pop()) {
            (Some(verdict @ Verdict::Candidates(_)), _) | (Some(verdict), None) => Ok(verdict),
            (_, error) => Err(OutcomeUnknown::new(attempt.operation, None, error.map(|(_, error)| error))),
        }
    }

    /// Looks for the traces of all payments whose outcome is unknown, as [`reconcile`](Self::reconcile) does for one, and counts: an entry
    /// that an acknowledged payment explains is no candidate, and equal payments need as many entries.
    ///
    /// `acknowledged` are the payments of the same accounts and times that are known to have moved money: their creates returned an id, and
    /// [`Pending`](crate::Pending) that they succeeded. Make each an [`Attempt`] of its request and times too. Leave out those that failed
    /// or whose outcome is open: as long as they have no entry of their own, they would explain that of another payment.
    ///
    /// Each account's history is read once, at most 12 months for each attempt. The work grows with the number of entries times that of
    /// attempts.
    ///
    /// ```no_run
    /// # async fn example(client: p100::Client, unknown: Vec<p100::Attempt>, known: Vec<p100::Attempt>) {
    /// use p100::Verdict;
    ///
    /// let reconciliation = client.reconcile_all(&unknown, &known).await;
    /// for (attempt, verdict) in unknown.iter().zip(&reconciliation.verdicts) {
    ///     match verdict {
    ///         Verdict::NoTrace => println!("{} {}: nothing so far", attempt.amount, attempt.currency),
    ///         Verdict::Candidates(found) if found.unexplained >= found.attempts => println!("probably one of {:?}", found.exact),
    ///         unclear => println!("somebody must look: {unclear:?}"),
    ///     }
    /// }
    /// for (_, error) in &reconciliation.errors {
    ///     println!("ask again later: {error}");
    /// }
    /// # }
    /// ```
    pub async fn reconcile_all(&self, attempts: &[Attempt], acknowledged: &[Attempt]) -> Reconciliation {
        let mut verdicts: Vec<_> =
            attempts.iter().map(|_| Verdict::Unclear { entries: Vec::new(), doubts: vec![Doubt::NotRead] }).collect();
        let mut errors = Vec::new();
        let mut accounts: Vec<&Account> = Vec::new();
        for attempt in attempts {
            if !accounts.contains(&&attempt.account) {
                accounts.push(&attempt.account);
            }
        }
        for account in accounts {
            let mut own = Vec::new();
            for (number, attempt) in attempts.iter().enumerate().filter(|(_, attempt)| attempt.account == *account) {
                match months(attempt, &Window::of(attempt, &self.skews)) {
                    Ok(_) => own.push((number, attempt)),
                    Err(error) => errors.push((account.clone(), error)),
                }
            }
            let (numbers, own): (Vec<usize>, Vec<&Attempt>) = own.into_iter().unzip();
            let mut history = History::read(self, account, &own).await;
            let unread = history.error.take();
            if unread.is_some() {
                history.doubts.push(Doubt::NotRead);
            }
            errors.extend(unread.map(|error| (account.clone(), error)));
            let own: Vec<_> = own.into_iter().map(|attempt| (attempt, Window::of(attempt, &self.skews))).collect();
            let known = acknowledged.iter().filter(|known| known.account == *account);
            let known: Vec<_> = known.map(|known| (known, Window::of(known, &self.skews))).collect();
            for (number, verdict) in numbers.into_iter().zip(judge(&own, &known, &history)) {
                verdicts[number] = verdict;
            }
        }
        Reconciliation { verdicts, errors }
    }
}
