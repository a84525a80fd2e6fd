//! What happens later: the asynchronous steps of P100, on the virtual clock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// Work that P100 does on its own some time after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Step {
    /// A KYC file was looked at: `kycFileAdded`.
    KycFile,
    /// A proof of address was reviewed: `poaVerificationStatus`.
    PoaReview,
    /// The identity of a user was verified from own files: `kycVerificationStatus`.
    KycDecision,
    /// The balances of a verified user become active: `userBalanceGenerated`.
    Activation,
    /// An exchange settles: `exchangeStatus`.
    Exchange,
    /// An internal transfer settles: `transferStatus`.
    Transfer,
    /// A SEPA transfer settles: `sepaTransferStatus`.
    SepaTransfer,
    /// A withdrawal is sent to the chain: `cryptoWithdrawalStatus`.
    WithdrawalBroadcast,
    /// A withdrawal is confirmed on the chain: `cryptoWithdrawalStatus`.
    WithdrawalConfirmation,
    /// A crypto deposit was checked: `cryptoDepositStatus`.
    DepositCheck,
    /// The sender of a SEPA deposit was compared with the KYC data: `ibanStatus`.
    SepaDepositCheck,
    /// An order gets the address that it is paid to: `orderStatus`.
    OrderWallet,
    /// A payment of an order is confirmed on the chain once more: `orderStatus`.
    OrderConfirmation,
}

/// When a [`Step`] happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum When {
    /// Before the response to the call that caused it.
    #[default]
    Immediate,
    /// When the details have been read this many times.
    AfterReads(u32),
    /// When this much virtual time has passed.
    AfterTime(#[serde(with = "crate::time::seconds")] Duration),
    /// When [`Sandbox::proceed`](crate::Sandbox::proceed) says so.
    ByHand,
}

/// A step and what it is about: the id of a resource or of a user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) step: Step,
    pub(crate) subject: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Due {
    at: Time,
    order: u64,
    task: Task,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Waiting {
    /// Reads until it happens; without a number it waits for somebody to say so.
    reads: Option<u32>,
    step: Step,
}

/// The steps that have been caused and have not happened.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Schedule {
    due: BTreeSet<Due>,
    waiting: BTreeMap<String, Vec<Waiting>>,
    order: u64,
}

impl Schedule {
    /// Keeps `task` for later. One that happens at once is handed back.
    pub(crate) fn plan(&mut self, task: Task, when: When, now: Time) -> Option<Task> {
        let reads = match when {
            When::Immediate | When::AfterReads(0) => return Some(task),
            When::AfterTime(wait) => {
                self.order += 1;
                self.due.insert(Due { at: now + wait, order: self.order, task });
                return None;
            }
            When::AfterReads(reads) => Some(reads),
            When::ByHand => None,
        };
        self.waiting.entry(task.subject).or_default().push(Waiting { reads, step: task.step });
        None
    }

    /// Everything that waits: what for, for a time or for a number of reads. Without either it waits for somebody to say so.
    pub(crate) fn pending(&self) -> impl Iterator<Item = (Step, &str, Option<Time>, Option<u32>)> {
        let due = self.due.iter().map(|due| (due.task.step, due.task.subject.as_str(), Some(due.at), None));
        let waiting =
            self.waiting.iter().flat_map(|(subject, all)| all.iter().map(move |one| (one.step, subject.as_str(), None, one.reads)));
        due.chain(waiting)
    }

    /// When the next step is due.
    pub(crate) fn next(&self) -> Option<Time> {
        self.due.first().map(|due| due.at)
    }

    /// Takes the next step that is due at `until` or before.
    pub(crate) fn take(&mut self, until: Time) -> Option<(Time, Task)> {
        if self.next()? > until {
            return None;
        }
        self.due.pop_first().map(|due| (due.at, due.task))
    }

    /// Takes the steps that happen because the details of `subject` were read once more.
    pub(crate) fn read(&mut self, subject: &str) -> Vec<Step> {
        for waiting in self.waiting.get_mut(subject).into_iter().flatten() {
            waiting.reads = waiting.reads.map(|reads| reads.saturating_sub(1));
        }
        self.take_waiting(subject, |waiting| waiting.reads == Some(0))
    }

    /// Takes every step that waits for `subject`, whatever it waits for.
    pub(crate) fn proceed(&mut self, subject: &str) -> Vec<Step> {
        let timed: Vec<Due> = self.due.iter().filter(|due| due.task.subject == subject).cloned().collect();
        self.due.retain(|due| due.task.subject != subject);
        let mut steps = self.take_waiting(subject, |_| true);
        steps.extend(timed.into_iter().map(|due| due.task.step));
        steps
    }

    /// Forgets that `step` waits for `subject`: it has been done in another way.
    pub(crate) fn cancel(&mut self, step: Step, subject: &str) {
        self.due.retain(|due| due.task.subject != subject || due.task.step != step);
        self.take_waiting(subject, |waiting| waiting.step == step);
    }

    fn take_waiting(&mut self, subject: &str, ready: impl Fn(&Waiting) -> bool) -> Vec<Step> {
        let Some(waiting) = self.waiting.get_mut(subject) else { return Vec::new() };
        let steps = waiting.extract_if(.., |waiting| ready(waiting)).map(|waiting| waiting.step).collect();
        if waiting.is_empty() {
            self.waiting.remove(subject);
        }
        steps
    }
}
