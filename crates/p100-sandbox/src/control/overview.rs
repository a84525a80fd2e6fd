//! What people and tests look at: users, cards, deposits, orders, books, webhooks and what is still to happen, in one response.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use p100_raw::types::{CardStatus, DepositStatus, KycAttemptStatus, OrderStatus, PaymentLinkStatus, PoaStatus, SepaContactStatus};
use p100_raw::{Decimal, Timestamp, decimal, operations};
use serde::{Deserialize, Serialize};

use super::ClockState;
use crate::currencies;
use crate::deliveries::Delivery;
use crate::faults::Fault;
use crate::ledger::{Account, Entry};
use crate::resources::{Card, CheckedDeposit, Deposit, Order, PaymentLink};
use crate::schedule::Step;
use crate::time::Time;
use crate::world::World;

/// How much of each list is shown. The counts report what there is.
const SHOWN: usize = 200;

/// Everything that the page shows: of long lists the latest, of steps the next, of contacts the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Overview {
    /// The present.
    pub clock: ClockState,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// Latest users, newest first.
    pub users: Vec<UserLine>,
    /// How many users there are, deleted ones included.
    pub user_count: usize,
    /// Latest cards, newest first.
    pub cards: Vec<CardLine>,
    /// How many cards there are, deleted ones included.
    pub card_count: usize,
    /// Latest crypto deposits, newest first.
    pub deposits: Vec<DepositLine>,
    /// How many crypto deposits there are.
    pub deposit_count: usize,
    /// Latest SEPA deposits whose sender is or was checked, newest first.
    pub sepa_deposits: Vec<SepaDepositLine>,
    /// How many of them there are.
    pub sepa_deposit_count: usize,
    /// Accounts that SEPA deposits came from, by whom they paid.
    pub sepa_contacts: Vec<SepaContactLine>,
    /// How many of them there are.
    pub sepa_contact_count: usize,
    /// Latest orders, newest first.
    pub orders: Vec<OrderLine>,
    /// How many orders there are.
    pub order_count: usize,
    /// Latest payment links, newest first.
    pub payment_links: Vec<PaymentLinkLine>,
    /// How many payment links there are.
    pub payment_link_count: usize,
    /// Who holds what.
    pub balances: BTreeMap<Account, Balances>,
    /// The sum over all accounts by currency: always nothing.
    #[serde(with = "decimal::string")]
    pub sums: BTreeMap<String, Decimal>,
    /// Latest movements of money, newest first.
    pub entries: Vec<Entry>,
    /// How many movements there are.
    pub entry_count: usize,
    /// Latest webhooks, newest first.
    pub deliveries: Vec<Delivery>,
    /// How many webhooks there are.
    pub delivery_count: usize,
    /// What has been caused and has not happened.
    pub pending: Vec<PendingStep>,
    /// How many such steps there are.
    pub pending_count: usize,
    /// What will go wrong.
    pub faults: Vec<Fault>,
    /// Slugs of all currencies.
    pub currencies: Vec<String>,
    /// Ids of all operations.
    pub operations: Vec<String>,
}

/// What one account holds, by currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Balances(#[serde(with = "decimal::string")] pub BTreeMap<String, Decimal>);

/// The books: who holds what, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Books {
    /// Every account that ever held something.
    pub balances: BTreeMap<Account, Balances>,
    /// Every movement of money, oldest first.
    pub entries: Vec<Entry>,
    /// The sum over all accounts by currency: always nothing.
    #[serde(with = "decimal::string")]
    pub sums: BTreeMap<String, Decimal>,
}

/// A user in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserLine {
    /// The partner's own id.
    pub external_user_id: String,
    /// First and last name.
    pub name: String,
    /// Where the user lives.
    pub country: String,
    /// What the user can do.
    pub state: UserState,
    /// How far the last attempt at KYC is.
    pub kyc: Option<KycAttemptStatus>,
    /// Why it failed.
    pub rejection_reason: Option<String>,
    /// The hosted KYC that waits for a decision.
    pub verification_id: Option<String>,
    /// How far the proof of address is.
    pub poa: Option<PoaStatus>,
    /// Whether a proof of address is asked for.
    pub poa_required: bool,
}

/// What a user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum UserState {
    /// Has no KYC and will have none.
    Limited,
    /// Has not passed KYC.
    Created,
    /// Has passed KYC; the balances are not active.
    Verified,
    /// Can do everything.
    Active,
    /// May do nothing for now.
    Suspended,
    /// Is no user any more.
    Deleted,
}

/// A card in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardLine {
    /// Its id.
    pub card_id: String,
    /// Whose it is.
    pub external_user_id: String,
    /// What the partner called it.
    pub label: String,
    /// Last digits of its number.
    pub last_digits: String,
    /// Whether it can be used.
    pub status: CardStatus,
}

/// A crypto deposit in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DepositLine {
    /// Its id.
    pub crypto_deposit_id: String,
    /// Who receives it.
    pub account: Account,
    /// How much.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// Of what.
    pub currency: String,
    /// How far it is.
    pub status: DepositStatus,
}

/// A SEPA deposit in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SepaDepositLine {
    /// Its id.
    pub sepa_deposit_id: String,
    /// Who receives it.
    pub account: Account,
    /// How much, in EUR.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// Who sent it.
    pub sender_name: String,
    /// The account it came from.
    pub sender_iban: String,
    /// How far the check of its sender is.
    pub status: SepaContactStatus,
}

/// A bank account that an account was paid from, in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SepaContactLine {
    /// Who was paid.
    pub account: Account,
    /// The account that it came from.
    pub iban: String,
    /// Whether its owner is the right one.
    pub status: SepaContactStatus,
}

/// An order in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrderLine {
    /// Its id.
    pub order_id: String,
    /// How far it is, as getOrder reports it.
    pub status: OrderStatus,
    /// What it is paid in.
    pub currency: String,
    /// How much has arrived.
    #[serde(with = "decimal::string")]
    pub received_amount: Decimal,
    /// How much is to be paid.
    #[serde(with = "decimal::string")]
    pub total_amount_required: Decimal,
    /// Confirmations of the latest payment.
    pub confirmations: i32,
    /// Whether the partner got the euros.
    pub settled: bool,
}

/// A payment link in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentLinkLine {
    /// Its id.
    pub payment_link_id: String,
    /// How far it is, as getPaymentLink reports it.
    pub status: PaymentLinkStatus,
    /// How much is to be paid, in EUR.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// What all that has arrived is worth, in EUR.
    #[serde(with = "decimal::string")]
    pub arrived: Decimal,
    /// In how many transfers.
    pub transaction_count: usize,
    /// Whether the partner got the euros.
    pub settled: bool,
}

/// Something that was caused and has not happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PendingStep {
    /// What will happen.
    pub step: Step,
    /// What it is about: the id of a resource, or the external id of a user.
    pub subject: String,
    /// When it happens, if it waits for a time.
    pub at: Option<Timestamp>,
    /// After how many reads it happens, if it waits for those. Without either it waits for somebody to say so.
    pub reads: Option<u32>,
}

impl World {
    pub(crate) fn books(&self) -> Books {
        Books { balances: self.balances(), entries: self.ledger.entries().to_vec(), sums: self.sums() }
    }

    fn balances(&self) -> BTreeMap<Account, Balances> {
        self.ledger.accounts().map(|(account, holdings)| (account.clone(), Balances(holdings.clone()))).collect()
    }

    fn sums(&self) -> BTreeMap<String, Decimal> {
        let mut sums = BTreeMap::new();
        for (currency, amount) in self.ledger.accounts().flat_map(|(_, holdings)| holdings) {
            *sums.entry(currency.clone()).or_insert(Decimal::ZERO) += amount;
        }
        sums
    }

    pub(crate) fn overview(&self, speed: f64) -> Overview {
        let entries = self.ledger.entries();
        let deliveries = self.deliveries.log();
        let users = latest(&self.users, |user| user.created_at);
        // Accounts of P100 itself, and of the users that are shown.
        let shown: BTreeSet<&str> = users.iter().map(|(id, _)| *id).collect();
        let is_shown = |account: &Account| account.user().is_none_or(|user| shown.contains(user.as_str()));
        let contacts = self.sepa_contacts.iter().flat_map(|(account, contacts)| {
            contacts.iter().map(move |(iban, check)| SepaContactLine { account: account.clone(), iban: iban.clone(), status: check.word() })
        });
        let holdings = self.ledger.accounts().filter(|(account, _)| is_shown(account));
        let pending = self.schedule.pending().map(|(step, subject, at, reads)| PendingStep {
            step,
            subject: subject.to_owned(),
            at: at.map(Timestamp::from),
            reads,
        });
        Overview {
            clock: ClockState { now: self.stamp(), speed },
            webhook_url: self.settings.webhooks.as_ref().map(|receiver| receiver.url.clone()),
            balances: holdings.map(|(account, holdings)| (account.clone(), Balances(holdings.clone()))).collect(),
            user_count: self.users.len(),
            cards: lines(&self.cards, |card| card.created_at, card_line),
            card_count: self.cards.len(),
            deposits: lines(&self.deposits, |deposit| deposit.created_at, Deposit::line),
            deposit_count: self.deposits.len(),
            sepa_deposits: lines(&self.sepa_deposits, |deposit| deposit.created_at, CheckedDeposit::line),
            sepa_deposit_count: self.sepa_deposits.len(),
            sepa_contacts: contacts.take(SHOWN).collect(),
            sepa_contact_count: self.sepa_contacts.values().map(BTreeMap::len).sum(),
            orders: lines(&self.orders, |order| order.created_at, Order::line),
            order_count: self.orders.len(),
            payment_links: lines(&self.payment_links, |link| link.created_at, PaymentLink::line),
            payment_link_count: self.payment_links.len(),
            sums: self.sums(),
            entries: entries.iter().rev().take(SHOWN).cloned().collect(),
            entry_count: entries.len(),
            deliveries: deliveries.iter().rev().take(SHOWN).cloned().collect(),
            delivery_count: deliveries.len(),
            pending: pending.take(SHOWN).collect(),
            pending_count: self.schedule.pending().count(),
            faults: self.faults.clone(),
            currencies: currencies::ALL.iter().map(|currency| currency.slug.to_owned()).collect(),
            operations: operations::ALL.iter().map(|operation| operation.id.to_owned()).collect(),
            users: users.into_iter().map(|(id, user)| user.line(id)).collect(),
        }
    }
}

/// The latest of all, newest first.
fn latest<T, At: Ord>(all: &BTreeMap<String, T>, at: impl Fn(&T) -> At) -> Vec<(&str, &T)> {
    let mut all: Vec<(&str, &T)> = all.iter().map(|(id, one)| (id.as_str(), one)).collect();
    all.sort_by_key(|(_, one)| Reverse(at(one)));
    all.truncate(SHOWN);
    all
}

/// The latest of all, newest first, as they are shown.
fn lines<T, L>(all: &BTreeMap<String, T>, at: impl Fn(&T) -> Time, line: impl Fn(&T, &str) -> L) -> Vec<L> {
    latest(all, at).into_iter().map(|(id, one)| line(one, id)).collect()
}

fn card_line(card: &Card, id: &str) -> CardLine {
    CardLine {
        card_id: id.to_owned(),
        external_user_id: card.external_user_id().to_owned(),
        label: card.label().to_owned(),
        last_digits: card.last_digits().to_owned(),
        status: card.status(),
    }
}
