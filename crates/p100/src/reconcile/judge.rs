//! Which entries of a history may be which payments.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Attempt, Candidates, History, Verdict, Window};
use crate::{Decimal, Doubt};

/// One verdict for each of `attempts`, which with `acknowledged` are of one account.
pub(super) fn judge(attempts: &[(&Attempt, Window)], acknowledged: &[(&Attempt, Window)], history: &History) -> Vec<Verdict> {
    let entries = &history.entries;
    let mut by_amount: HashMap<Decimal, Vec<usize>> = HashMap::new();
    for (number, entry) in entries.iter().enumerate() {
        if let Some(amount) = entry.amount {
            by_amount.entry(amount.abs().normalize()).or_default().push(number);
        }
    }
    let exact = |(attempt, window): &(&Attempt, Window)| -> Vec<usize> {
        let equal = by_amount.get(&attempt.amount.abs().normalize()).into_iter().flatten().copied();
        equal.filter(|number| attempt.concerns(&entries[*number], window) && attempt.matches(&entries[*number])).collect()
    };
    let explained = Explained::of(&acknowledged.iter().map(exact).collect::<Vec<_>>(), entries.len());

    let is_free = |number: &usize| explained.may_be_free[*number];
    let exacts: Vec<Vec<usize>> = attempts.iter().map(|attempt| exact(attempt).into_iter().filter(is_free).collect()).collect();
    // What is acknowledged and has no entry, neither of its amount nor one that may be it with its fee: the history is behind.
    let is_missing = |number: &usize| {
        let (known, window) = &acknowledged[*number];
        let near = || entries.iter().enumerate().any(|(number, entry)| is_free(&number) && known.concerns(entry, window));
        !explained.is_explained(*number) && history.covers(known, window) && !near()
    };
    let missing = (0..acknowledged.len()).filter(is_missing).count();

    let mut claims: HashMap<usize, Vec<usize>> = HashMap::new();
    for (attempt, exact) in exacts.iter().enumerate() {
        exact.iter().for_each(|entry| claims.entry(*entry).or_default().push(attempt));
    }
    let verdict = |((attempt, window), exact): (&(&Attempt, Window), &Vec<usize>)| {
        let other = |number: &usize| is_free(number) && !exact.contains(number) && attempt.concerns(&entries[*number], window);
        let others: Vec<_> = (0..entries.len()).filter(other).map(|number| entries[number].clone()).collect();
        if !exact.is_empty() {
            let rivals: HashSet<usize> = exact.iter().flat_map(|entry| &claims[entry]).copied().collect();
            return Verdict::Candidates(Candidates {
                exact: exact.iter().map(|number| entries[*number].clone()).collect(),
                unexplained: exact.iter().filter(|number| !explained.takes(**number)).count(),
                attempts: rivals.len(),
                others,
            });
        }
        let mut doubts = history.doubts.clone();
        doubts.extend(window.doubt.clone());
        if missing > 0 {
            doubts.push(Doubt::AcknowledgedNotListed(missing));
        }
        if others.is_empty() && doubts.is_empty() { Verdict::NoTrace } else { Verdict::Unclear { entries: others, doubts } }
    };
    attempts.iter().zip(&exacts).map(verdict).collect()
}

/// Which entries the acknowledged payments explain, each one at most, and as many as possible.
struct Explained {
    /// The payment that takes an entry.
    payment_of: Vec<Option<usize>>,
    entry_of: Vec<Option<usize>>,
    /// Whether the payments can be explained as well without this entry.
    may_be_free: Vec<bool>,
}

impl Explained {
    /// `payments` has the entries that may be each payment.
    fn of(payments: &[Vec<usize>], entries: usize) -> Self {
        let mut explained =
            Self { payment_of: vec![None; entries], entry_of: vec![None; payments.len()], may_be_free: vec![false; entries] };
        for payment in 0..payments.len() {
            explained.explain(payment, payments);
        }
        // An entry is free if nobody takes it, or if the payment that takes it could take a free one.
        let mut takers: Vec<Vec<usize>> = vec![Vec::new(); entries];
        for (payment, own) in payments.iter().enumerate() {
            own.iter().for_each(|entry| takers[*entry].push(payment));
        }
        let mut free: VecDeque<usize> = (0..entries).filter(|entry| !explained.takes(*entry)).collect();
        while let Some(entry) = free.pop_front() {
            if std::mem::replace(&mut explained.may_be_free[entry], true) {
                continue;
            }
            free.extend(takers[entry].iter().filter_map(|payment| explained.entry_of[*payment]));
        }
        explained
    }

    /// Gives the payment an entry, for which others may have to take another of theirs: the shortest chain of such changes.
    fn explain(&mut self, payment: usize, payments: &[Vec<usize>]) {
        let mut wanted_by: HashMap<usize, usize> = HashMap::new();
        let mut waiting = VecDeque::from([payment]);
        while let Some(next) = waiting.pop_front() {
            for entry in &payments[next] {
                if wanted_by.contains_key(entry) {
                    continue;
                }
                wanted_by.insert(*entry, next);
                if let Some(other) = self.payment_of[*entry] {
                    waiting.push_back(other);
                    continue;
                }
                let mut entry = Some(*entry);
                while let Some(taken) = entry {
                    let payment = wanted_by[&taken];
                    entry = self.entry_of[payment].replace(taken);
                    self.payment_of[taken] = Some(payment);
                }
                return;
            }
        }
    }

    fn takes(&self, entry: usize) -> bool {
        self.payment_of[entry].is_some()
    }

    fn is_explained(&self, payment: usize) -> bool {
        self.entry_of[payment].is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Explained;

    /// How many payments can be explained at most without the entry `without`, by trying everything.
    fn most(payments: &[Vec<usize>], taken: &mut Vec<usize>) -> usize {
        let Some((first, rest)) = payments.split_first() else { return 0 };
        let mut best = most(rest, taken);
        for entry in first {
            if !taken.contains(entry) {
                taken.push(*entry);
                best = best.max(1 + most(rest, taken));
                taken.pop();
            }
        }
        best
    }

    proptest! {
        #[test]
        fn as_many_payments_as_possible_are_explained_and_an_entry_is_free_if_they_do_not_need_it(
            payments in prop::collection::vec(prop::collection::btree_set(0_usize..5, 0..4), 0..6)
        ) {
            let payments: Vec<Vec<usize>> = payments.into_iter().map(|own| own.into_iter().collect()).collect();
            let explained = Explained::of(&payments, 5);
            let best = most(&payments, &mut Vec::new());
            let found = (0..payments.len()).filter(|payment| explained.is_explained(*payment)).count();
            prop_assert_eq!(found, best);
            prop_assert_eq!((0..5).filter(|entry| explained.takes(*entry)).count(), best);
            for (payment, entry) in explained.entry_of.iter().enumerate() {
                prop_assert!(entry.is_none_or(|entry| payments[payment].contains(&entry) && explained.payment_of[entry] == Some(payment)));
            }
            for entry in 0..5 {
                prop_assert_eq!(explained.may_be_free[entry], most(&payments, &mut vec![entry]) == best, "entry {}", entry);
            }
        }
    }
}
