//! The books: every movement of money has two sides, so that all accounts together always hold nothing.

use std::collections::BTreeMap;
use std::fmt;

use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use crate::time::Time;

/// Whose money it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Account {
    /// The partner.
    Partner,
    /// The user of this external id.
    User(String),
    /// P100's income.
    Fees,
    /// P100's other side of an exchange, an order or a payment link.
    Desk,
    /// Everything beyond P100: banks, chains, shops. It owes what has come in.
    Outside,
}

impl Account {
    /// The user's external id, if it is one.
    pub(crate) fn user(&self) -> Option<String> {
        match self {
            Self::User(id) => Some(id.clone()),
            _ => None,
        }
    }

    /// Whether it may owe money.
    fn may_owe(&self) -> bool {
        matches!(self, Self::Desk | Self::Outside)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partner => f.write_str("partner"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Fees => f.write_str("fees"),
            Self::Desk => f.write_str("desk"),
            Self::Outside => f.write_str("outside"),
        }
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.to_string()
    }
}

impl TryFrom<String> for Account {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match (text.as_str(), text.strip_prefix("user:")) {
            (_, Some(id)) => Ok(Self::User(id.to_owned())),
            ("partner", _) => Ok(Self::Partner),
            ("fees", _) => Ok(Self::Fees),
            ("desk", _) => Ok(Self::Desk),
            ("outside", _) => Ok(Self::Outside),
            _ => Err(format!(
                "there is no account `{text}`: it is `partner`, `fees`, `desk`, `outside`, or `user:` and the external id of a user"
            )),
        }
    }
}

/// One movement of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entry {
    /// When, on the sandbox's clock.
    pub at: p100_raw::Timestamp,
    /// What it belongs to: the id of an exchange, a transfer, a card transaction.
    pub reference: String,
    /// Who has less.
    pub from: Account,
    /// Who has more.
    pub to: Account,
    /// Which money.
    pub currency: String,
    /// How much, more than nothing.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
}

/// One side of a movement that is to be booked.
pub(crate) struct Leg<'a> {
    pub(crate) from: Account,
    pub(crate) to: Account,
    pub(crate) currency: &'a str,
    pub(crate) amount: Decimal,
}

/// The account that pays has less than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InsufficientFunds;

/// What one account holds, by currency.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Holdings(#[serde(with = "decimal::string")] BTreeMap<String, Decimal>);

/// All accounts and how they came to hold what they hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    holdings: BTreeMap<Account, Holdings>,
    entries: Vec<Entry>,
}

impl Ledger {
    /// What `account` holds of `currency`.
    pub(crate) fn balance(&self, account: &Account, currency: &str) -> Decimal {
        self.holdings.get(account).and_then(|holdings| holdings.0.get(currency)).copied().unwrap_or_default()
    }

    /// Books all legs, or none if an account that must not owe would, or hold too much to be exact. Legs of no amount leave no trace.
    pub(crate) fn book(&mut self, at: Time, reference: &str, legs: &[Leg<'_>]) -> Result<(), InsufficientFunds> {
        // With 8 decimals, which are the most, this is what a balance can hold exactly.
        let most = Decimal::from(10_u128.pow(20));
        let mut changed: BTreeMap<(&Account, &str), Decimal> = BTreeMap::new();
        for leg in legs {
            debug_assert!(leg.amount >= Decimal::ZERO, "a movement has a direction and an amount");
            for (account, change) in [(&leg.from, -leg.amount), (&leg.to, leg.amount)] {
                let balance = changed.entry((account, leg.currency)).or_insert_with(|| self.balance(account, leg.currency));
                *balance = balance.checked_add(change).filter(|sum| sum.abs() <= most).ok_or(InsufficientFunds)?;
            }
        }
        if changed.iter().any(|((account, _), balance)| balance.is_sign_negative() && !balance.is_zero() && !account.may_owe()) {
            return Err(InsufficientFunds);
        }
        for ((account, currency), balance) in changed {
            let holdings = self.holdings.entry(account.clone()).or_default();
            holdings.0.insert(currency.to_owned(), balance.normalize());
        }
        self.entries.extend(legs.iter().filter(|leg| !leg.amount.is_zero()).map(|leg| Entry {
            at: at.into(),
            reference: reference.to_owned(),
            from: leg.from.clone(),
            to: leg.to.clone(),
            currency: leg.currency.to_owned(),
            amount: leg.amount.normalize(),
        }));
        Ok(())
    }

    /// What is wrong with the books, if they were written by somebody else: they must follow from their entries.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut holdings: BTreeMap<(&Account, &str), Decimal> = BTreeMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.amount <= Decimal::ZERO {
                return Err(format!("ledger.entries[{index}].amount must be a positive number"));
            }
            for (account, change) in [(&entry.from, -entry.amount), (&entry.to, entry.amount)] {
                let holding = holdings.entry((account, &entry.currency)).or_default();
                *holding = holding.checked_add(change).ok_or_else(|| format!("ledger.entries[{index}].amount is too large"))?;
            }
        }
        for (account, held) in &self.holdings {
            for (currency, amount) in &held.0 {
                let booked = holdings.remove(&(account, currency)).unwrap_or_default();
                if booked != *amount {
                    return Err(format!("ledger.holdings.{account}.{currency} is {amount}, but its entries make {booked}"));
                }
                if booked.is_sign_negative() && !booked.is_zero() && !account.may_owe() {
                    return Err(format!("ledger.holdings.{account}.{currency} must not be negative"));
                }
            }
        }
        match holdings.iter().find(|(_, booked)| !booked.is_zero()) {
            Some(((account, currency), booked)) => {
                Err(format!("ledger.holdings.{account}.{currency} is missing: its entries make {booked}"))
            }
            None => Ok(()),
        }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every account with its balances.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = (&Account, &BTreeMap<String, Decimal>)> {
        self.holdings.iter().map(|(account, holdings)| (account, &holdings.0))
    }
}
