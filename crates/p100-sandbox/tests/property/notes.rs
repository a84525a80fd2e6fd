//! What the clients together know: what they have asked for and its outcome.

use std::collections::{BTreeMap, BTreeSet};

use p100::types::RateLock;
use p100_sandbox::Account;
use p100_sandbox::control::Books;

use super::payment::{Holdings, Movement, Payment, apply};

/// A crypto deposit.
#[derive(Clone, Debug)]
pub(super) struct Deposit {
    pub(super) movement: Movement,
    pub(super) travel_rule: bool,
    /// Whether the sender was named: not known, if the response was lost.
    pub(super) named: Option<bool>,
    pub(super) refused: bool,
}

/// What is known, by ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub(super) users: Vec<String>,
    pub(super) deleted: BTreeSet<String>,
    pub(super) locks: Vec<(Account, RateLock)>,
    pub(super) used_locks: BTreeSet<String>,
    /// Cards with their users.
    pub(super) cards: Vec<(String, String)>,
    pub(super) deposits: BTreeMap<String, Deposit>,
    /// What happened at once.
    pub(super) booked: Vec<Movement>,
    /// Payments that were accepted.
    pub(super) payments: BTreeMap<String, Payment>,
    /// Payments whose response was lost, and whether they were accepted for certain.
    pub(super) lost: Vec<(Payment, bool)>,
    /// How payments have ended.
    pub(super) ends: BTreeMap<String, bool>,
    /// How often each operation was carried out, and how often not.
    pub(super) counts: BTreeMap<&'static str, [u32; 2]>,
    /// The longest books seen so far: how many entries, and the last.
    seen: Option<(usize, p100_sandbox::Entry)>,
}

impl Notes {
    pub(super) fn count(&mut self, operation: &'static str, done: bool) {
        self.counts.entry(operation).or_default()[usize::from(!done)] += 1;
    }

    /// What ends stays so.
    pub(super) fn ended(&mut self, id: &str, succeeded: Option<bool>) {
        let before = self.ends.get(id).copied();
        assert!(before.is_none() || before == succeeded, "payment {id} ended with {before:?} and then with {succeeded:?}");
        self.ends.extend(succeeded.map(|succeeded| (id.to_owned(), succeeded)));
    }

    /// Checks the books as they are at one moment, whatever is under way, and that they only grow.
    pub(super) fn check(&mut self, books: &Books) {
        let held = holdings_of(books);
        let mut sums: BTreeMap<&str, p100::Decimal> = BTreeMap::new();
        for ((account, slug), amount) in &held {
            *sums.entry(slug).or_default() += amount;
            let may_owe = matches!(account, Account::Desk | Account::Outside);
            assert!(may_owe || !amount.is_sign_negative(), "{account} has {amount} {slug}");
        }
        assert!(sums.values().chain(books.sums.values()).all(|sum| sum.is_zero()), "{sums:?}, {:?}", books.sums);
        let mut entered = Holdings::new();
        for entry in &books.entries {
            assert!(entry.amount > p100::Decimal::ZERO && entry.from != entry.to, "{entry:?}");
            let p100_sandbox::Entry { from, to, currency, amount, .. } = entry;
            apply(&mut entered, [&Movement { from: from.clone(), to: to.clone(), slug: currency.clone(), amount: *amount }]);
        }
        entered.retain(|_, amount| !amount.is_zero());
        assert_eq!(held, entered, "balances are what the entries make");
        match (&self.seen, books.entries.last()) {
            (Some((count, last)), _) if *count <= books.entries.len() => assert_eq!(&books.entries[count - 1], last),
            (Some(_), _) | (None, None) => return,
            (None, Some(_)) => {}
        }
        self.seen = books.entries.last().map(|last| (books.entries.len(), last.clone()));
    }
}

/// What the books say that there is.
pub(super) fn holdings_of(books: &Books) -> Holdings {
    let all = books.balances.iter().flat_map(|(account, balances)| balances.0.iter().map(move |(slug, amount)| (account, slug, amount)));
    all.filter(|(.., amount)| !amount.is_zero()).map(|(account, slug, amount)| ((account.clone(), slug.clone()), *amount)).collect()
}
