//! The whole state of a sandbox, and what all resources share of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use p100_raw::types::{self, ErrorCode};
use p100_raw::webhooks::{WebhookEvent, WebhookKind};
use p100_raw::{Decimal, Timestamp, Wire, decimal};
use serde::{Deserialize, Serialize};

use crate::call::Refusal;
use crate::currencies::{self, Currency, Network};
use crate::deliveries::{Deliveries, Outgoing};
use crate::faults::Fault;
use crate::ids::Ids;
use crate::ledger::{Account, Ledger};
use crate::resources::{
    Card, CheckedDeposit, Contacts, Deposit, Exchange, KycSession, Lock, Order, OrderLock, PaymentLink, SepaTransfer, Transfer, User,
    Withdrawal,
};
use crate::schedule::{Schedule, Step, Task};
use crate::settings::Settings;
use crate::time::Time;

/// Everything that is exported and imported. Resources are kept by id, users by the partner's own id. What older states do not have may
/// be missing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) now: Time,
    pub(crate) ids: Ids,
    pub(crate) ledger: Ledger,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) kyc_sessions: BTreeMap<String, KycSession>,
    pub(crate) locks: BTreeMap<String, Lock>,
    pub(crate) exchanges: BTreeMap<String, Exchange>,
    pub(crate) transfers: BTreeMap<String, Transfer>,
    pub(crate) sepa_transfers: BTreeMap<String, SepaTransfer>,
    pub(crate) withdrawals: BTreeMap<String, Withdrawal>,
    pub(crate) deposits: BTreeMap<String, Deposit>,
    pub(crate) cards: BTreeMap<String, Card>,
    #[serde(default)]
    pub(crate) order_locks: BTreeMap<String, OrderLock>,
    #[serde(default)]
    pub(crate) orders: BTreeMap<String, Order>,
    #[serde(default)]
    pub(crate) payment_links: BTreeMap<String, PaymentLink>,
    /// Slugs of the currencies that the partner has a deposit address of.
    #[serde(default)]
    pub(crate) partner_wallets: BTreeSet<String>,
    #[serde(default)]
    pub(crate) sepa_deposits: BTreeMap<String, CheckedDeposit>,
    #[serde(default)]
    pub(crate) sepa_contacts: BTreeMap<Account, Contacts>,
    pub(crate) schedule: Schedule,
    pub(crate) deliveries: Deliveries,
    pub(crate) faults: Vec<Fault>,
    history: BTreeMap<Account, Vec<Row>>,
}

/// A line of a transaction history.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row {
    reference: String,
    kind: String,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    currency: String,
    status: String,
    created_at: Time,
    updated_at: Option<Time>,
}

#[derive(Serialize)]
struct WithNulls<'a, E> {
    #[serde(flatten)]
    event: &'a E,
    #[serde(flatten)]
    nulls: BTreeMap<&'a str, ()>,
}

/// A line that is to be entered into the history of an account.
pub(crate) struct NewRow<'a> {
    pub(crate) reference: &'a str,
    /// Our own word: none is documented.
    pub(crate) kind: &'a str,
    pub(crate) amount: Decimal,
    pub(crate) currency: &'a Currency,
    pub(crate) status: &'a str,
}

impl World {
    pub(crate) fn new(seed: u64, now: Time, settings: Settings) -> Self {
        Self {
            settings,
            now,
            ids: Ids::new(seed),
            ledger: Ledger::default(),
            users: BTreeMap::new(),
            kyc_sessions: BTreeMap::new(),
            locks: BTreeMap::new(),
            exchanges: BTreeMap::new(),
            transfers: BTreeMap::new(),
            sepa_transfers: BTreeMap::new(),
            withdrawals: BTreeMap::new(),
            deposits: BTreeMap::new(),
            cards: BTreeMap::new(),
            order_locks: BTreeMap::new(),
            orders: BTreeMap::new(),
            payment_links: BTreeMap::new(),
            partner_wallets: BTreeSet::new(),
            sepa_deposits: BTreeMap::new(),
            sepa_contacts: BTreeMap::new(),
            schedule: Schedule::default(),
            deliveries: Deliveries::default(),
            faults: Vec::new(),
            history: BTreeMap::new(),
        }
    }

    /// The time as bodies write it.
    pub(crate) fn stamp(&self) -> Timestamp {
        self.now.into()
    }

    /// Notifies the partner's server, soon: nothing waits for that.
    pub(crate) fn emit(&mut self, event: &WebhookEvent) {
        self.send(event.kind(), event.to_json());
    }

    /// The same for an event that has these members although they are null: its type would leave them out.
    pub(crate) fn emit_with_nulls(&mut self, kind: WebhookKind, event: &impl Serialize, nulls: &[&str]) {
        self.send(kind, serde_json::to_string(&Wire(&WithNulls { event, nulls: nulls.iter().map(|member| (*member, ())).collect() })));
    }

    fn send(&mut self, kind: WebhookKind, body: serde_json::Result<String>) {
        // Every payload can be written as JSON.
        self.deliveries.add(kind, body.unwrap_or_default(), self.now, self.settings.webhooks.is_some());
    }

    /// Does `step` when the settings say.
    pub(crate) fn plan(&mut self, step: Step, subject: &str) {
        let when = self.settings.steps.get(&step).copied().unwrap_or_default();
        if let Some(task) = self.schedule.plan(Task { step, subject: subject.to_owned() }, when, self.now) {
            self.run(task.step, &task.subject);
        }
    }

    /// The details of `subject` were read: what waited for that happens now.
    pub(crate) fn was_read(&mut self, subject: &str) {
        for step in self.schedule.read(subject) {
            self.run(step, subject);
        }
    }

    /// Does everything that waits for `subject`. False: nothing waits.
    pub(crate) fn proceed(&mut self, subject: &str) -> bool {
        let steps = self.schedule.proceed(subject);
        for step in &steps {
            self.run(*step, subject);
        }
        !steps.is_empty()
    }

    /// Moves the clock to `until` through the steps that are due before.
    pub(crate) fn catch_up(&mut self, until: Time) {
        while let Some((at, task)) = self.schedule.take(until) {
            self.now = self.now.max(at);
            self.run(task.step, &task.subject);
        }
        self.now = self.now.max(until);
    }

    /// Moves the clock towards `until`, and stops at the first webhook that is to be sent before.
    pub(crate) fn advance(&mut self, until: Time) -> Option<Outgoing> {
        loop {
            let delivery = self.deliveries.next().filter(|at| *at <= until);
            let step = self.schedule.next().filter(|at| *at <= until);
            match (step, delivery) {
                // A step may cause a webhook that is to be sent before anything later happens.
                (Some(step), None) => self.catch_up(step),
                (Some(step), Some(delivery)) if step < delivery => self.catch_up(step),
                _ => {
                    self.catch_up(delivery.unwrap_or(until));
                    return self.deliveries.outgoing(until);
                }
            }
        }
    }

    fn run(&mut self, step: Step, subject: &str) {
        match step {
            Step::KycFile => self.look_at_kyc_file(subject),
            Step::PoaReview => self.review_poa(subject),
            Step::KycDecision => self.decide_kyc(subject),
            Step::Activation => self.activate_balances(subject),
            Step::Exchange => self.settle_exchange(subject),
            Step::Transfer => self.settle_transfer(subject),
            Step::SepaTransfer => self.settle_sepa_transfer(subject),
            Step::WithdrawalBroadcast => self.broadcast_withdrawal(subject),
            Step::WithdrawalConfirmation => self.confirm_withdrawal(subject),
            Step::DepositCheck => self.check_deposit(subject),
            Step::SepaDepositCheck => self.check_sepa_deposit(subject),
            Step::OrderWallet => self.open_order(subject),
            Step::OrderConfirmation => self.confirm_order(subject),
        }
    }

    /// Enters a line into the history of `account`.
    pub(crate) fn record(&mut self, account: &Account, row: &NewRow<'_>) {
        self.history.entry(account.clone()).or_default().push(Row {
            reference: row.reference.to_owned(),
            kind: row.kind.to_owned(),
            amount: row.currency.padded(row.amount),
            currency: row.currency.slug.to_owned(),
            status: row.status.to_owned(),
            created_at: self.now,
            updated_at: None,
        });
    }

    /// Changes the status of the lines of `reference` in the history of `account`.
    pub(crate) fn update_record(&mut self, account: &Account, reference: &str, status: &str) {
        let rows = self.history.get_mut(account).into_iter().flatten().rev();
        // They were entered one after the other, most often a moment ago.
        let other = |row: &&mut Row| row.reference != reference;
        for row in rows.skip_while(other).take_while(|row| !other(row)) {
            status.clone_into(&mut row.status);
            row.updated_at = Some(self.now);
        }
    }

    /// What happened on `account` in a month, in UTC.
    pub(crate) fn transactions(&self, account: &Account, month: i32, year: i32) -> types::TransactionHistory {
        let within = |row: &&Row| {
            let time = row.created_at.utc();
            (i64::from(time.month()), time.year()) == (i64::from(month), year)
        };
        let rows = self.history.get(account).into_iter().flatten().filter(within).map(|row| {
            types::Transaction::builder()
                .type_(row.kind.as_str().into())
                .amount(row.amount)
                .currency(&row.currency)
                .status(row.status.as_str().into())
                .created_at(row.created_at)
                .maybe_updated_at(row.updated_at.map(Timestamp::from))
                .build()
        });
        types::TransactionHistory::builder().transactions(rows.collect()).build()
    }

    /// The user of this id, who has not been deleted.
    pub(crate) fn user(&self, external_user_id: &str) -> Result<&User, Refusal> {
        self.users.get(external_user_id).filter(|user| !user.is_deleted()).ok_or_else(|| Refusal::code(ErrorCode::P412))
    }

    /// Who `account` belongs to, as details report it; nobody for the partner.
    pub(crate) fn user_summary(&self, account: &Account) -> Option<types::UserSummary> {
        let id = account.user()?;
        self.users.get(&id).map(|user| user.summary(&id))
    }

    /// The user of this id, who may move money.
    pub(crate) fn spender(&self, external_user_id: &str) -> Result<&User, Refusal> {
        let user = self.user(external_user_id)?;
        if user.is_suspended() { Err(Refusal::code(ErrorCode::P455)) } else { Ok(user) }
    }
}

/// The currency `slug`, if `amount` of it can be moved; sentences about why not otherwise.
pub(crate) fn movable(amount: Decimal, slug: &str) -> Result<&'static Currency, Vec<String>> {
    let currency = currencies::find(slug);
    let unknown = currency.is_none().then(|| "currency is not supported.".to_owned());
    let sentences: Vec<String> = unmovable(amount, currency).into_iter().chain(unknown).collect();
    currency.filter(|_| sentences.is_empty()).ok_or(sentences)
}

/// The most of a currency that is moved at a time, 10^12: beyond any payment, and sums of such amounts are still exact.
pub(crate) const MOST: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

/// Why `amount` of a currency, or of one that is not known, cannot be moved, in a sentence.
pub(crate) fn unmovable(amount: Decimal, currency: Option<&Currency>) -> Option<String> {
    let too_fine = currency.map(|currency| currency.decimals).filter(|decimals| amount.normalize().scale() > *decimals);
    if amount <= Decimal::ZERO {
        Some("amount must be a positive number.".to_owned())
    } else if let Some(decimals) = too_fine {
        Some(format!("amount must have at most {decimals} decimals."))
    } else {
        (amount > MOST).then(|| format!("amount must not be greater than {MOST}."))
    }
}

/// The cryptocurrency `slug` and the network of this name, the default one without; refused with P410 if there is none.
pub(crate) fn on_network(slug: &str, network: Option<&str>) -> Result<(&'static Currency, &'static Network), Refusal> {
    let found = currencies::find(slug).and_then(|currency| Some((currency, currency.network(network)?)));
    found.ok_or_else(|| Refusal::code(ErrorCode::P410))
}

/// The verification, which opens the balances of a user, has not been started.
pub(crate) fn no_balances() -> Refusal {
    Refusal::message(400, "The user has no balances.")
}
