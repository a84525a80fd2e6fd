//! Orders of the partner: somebody pays an amount of crypto at a locked rate, in one or several parts, and the partner gets euros for it.

use p100_raw::types::{self, OrderStatus};
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use super::exchange::no_lock;
use crate::balances;
use crate::call::Refusal;
use crate::control::OrderLine;
use crate::conversion::{bought, cost};
use crate::currencies::{self, Currency};
use crate::ledger::{Account, Leg};
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{MOST, NewRow, World, movable, on_network, unmovable};

/// Confirmations that a payment needs, on every chain.
const REQUIRED_CONFIRMATIONS: i32 = 3;

/// Terms that hold for one order. It is gone once it has been used.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderLock {
    terms: Terms,
    expires_at: Time,
}

/// What is to be paid, and what for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terms {
    currency: String,
    network: String,
    /// Price of one unit in EUR.
    #[serde(with = "decimal::string")]
    rate: Decimal,
    /// In crypto, in all.
    #[serde(with = "decimal::string")]
    amount: Decimal,
}

/// One order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    lock_id: String,
    terms: Terms,
    wallet: Option<Wallet>,
    #[serde(with = "decimal::string")]
    received: Decimal,
    /// Of the latest payment, on the chain.
    transaction_hash: Option<String>,
    /// Of the latest payment, by the chain.
    confirmations: i32,
    pub(crate) created_at: Time,
}

/// Where an order is paid to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wallet {
    address: String,
    expires_at: Time,
}

impl Terms {
    fn currency(&self) -> Option<&'static Currency> {
        currencies::find(&self.currency)
    }

    /// What so much of the crypto is converted to.
    fn euros(&self, amount: Decimal) -> Option<Decimal> {
        bought(amount, self.rate, Decimal::ONE, 2)
    }
}

impl Order {
    fn is_paid(&self) -> bool {
        self.received >= self.terms.amount
    }

    fn is_confirmed(&self) -> bool {
        self.confirmations >= REQUIRED_CONFIRMATIONS
    }

    /// The docs know two words. The second says that a payment waits for its confirmations, and is kept to the end.
    fn status(&self) -> OrderStatus {
        if self.wallet.is_none() { OrderStatus::WaitingForWalletAddress } else { OrderStatus::WaitingForConfirmation }
    }

    /// In upper case, while locks have it in lower case.
    fn network(&self) -> String {
        self.terms.network.to_uppercase()
    }

    /// As the page shows it.
    pub(crate) fn line(&self, id: &str) -> OrderLine {
        OrderLine {
            order_id: id.to_owned(),
            status: self.status(),
            currency: self.terms.currency.clone(),
            received_amount: self.received,
            total_amount_required: self.terms.amount,
            confirmations: self.confirmations,
            settled: self.is_paid() && self.is_confirmed(),
        }
    }
}

impl World {
    pub(crate) fn get_order_rates(&mut self) -> Result<types::OrderRates, Refusal> {
        Ok(self.rates().into())
    }

    pub(crate) fn lock_order_rate(&mut self, request: types::OrderLockRequest) -> Result<types::OrderLock, Refusal> {
        let (currency, network) = on_network(&request.currency, Some(&request.network))?;
        movable(request.amount, "eur")?;
        let rate = self.settings.rate(currency);
        let amount = cost(request.amount, rate, currency.decimals).filter(|amount| unmovable(*amount, Some(currency)).is_none());
        let amount = amount.ok_or_else(|| Refusal::invalid("amount is too large for an order."))?.normalize();
        let expires_at = self.now + self.settings.lock_lifetime;
        let lock_id = self.ids.uuid();
        let terms = Terms { currency: currency.slug.to_owned(), network: network.key.to_owned(), rate, amount };
        let response = types::OrderLock::builder()
            .lock_id(&lock_id)
            .rate(rate)
            .amount(amount)
            .expires_at(expires_at)
            .currency(currency.slug)
            .destination_currency("eur")
            .network(network.key)
            .build();
        self.order_locks.insert(lock_id, OrderLock { terms, expires_at });
        Ok(response)
    }

    pub(crate) fn create_order(&mut self, request: types::OrderRequest) -> Result<types::OrderCreated, Refusal> {
        let lock_id = request.lock_id;
        let usable = self.order_locks.get(&lock_id).is_some_and(|lock| self.now < lock.expires_at);
        let lock = self.order_locks.remove(&lock_id).filter(|_| usable).ok_or_else(no_lock)?;
        let id = self.ids.uuid();
        let order = Order {
            lock_id,
            terms: lock.terms,
            wallet: None,
            received: Decimal::ZERO,
            transaction_hash: None,
            confirmations: 0,
            created_at: self.now,
        };
        self.orders.insert(id.clone(), order);
        self.plan(Step::OrderWallet, &id);
        Ok(types::OrderCreated::builder().order_id(id).build())
    }

    pub(crate) fn get_order(&mut self, order_id: &str) -> Result<types::OrderDetails, Refusal> {
        let order = self.orders.get(order_id).ok_or_else(no_order)?;
        let wallet = order.wallet.as_ref();
        let details = types::OrderDetails::builder()
            .order_id(order_id)
            .lock_id(&order.lock_id)
            .status(order.status())
            .created_at(order.created_at)
            .confirmations(order.confirmations)
            .required_confirmations(REQUIRED_CONFIRMATIONS)
            .received_amount(order.received)
            .total_amount_required(order.terms.amount)
            .cryptocurrency(&order.terms.currency)
            .maybe_wallet_address(wallet.map(|wallet| wallet.address.as_str()))
            .maybe_expires_at(wallet.map(|wallet| wallet.expires_at))
            .maybe_transaction_hash(order.transaction_hash.as_deref())
            .network(order.network())
            .build();
        self.was_read(order_id);
        Ok(details)
    }

    /// The order gets an address of its own, and from now on can be paid.
    pub(crate) fn open_order(&mut self, id: &str) {
        let Some(order) = self.orders.get(id).filter(|order| order.wallet.is_none()) else { return };
        let Some(currency) = order.terms.currency() else { return };
        let address = balances::wallet(self, &format!("order {id}"), currency);
        let expires_at = self.now + self.settings.order_lifetime;
        if let Some(order) = self.orders.get_mut(id) {
            order.wallet = Some(Wallet { address, expires_at });
        }
        self.report_order(id);
    }

    /// Somebody pays the order, or a part of it; the response is the hash of the transaction.
    pub(crate) fn pay_order(&mut self, id: &str, amount: Decimal) -> Result<String, Refusal> {
        let order = self.orders.get(id).ok_or_else(no_order)?;
        let currency = movable(amount, &order.terms.currency)?;
        match &order.wallet {
            None => return Err(Refusal::message(400, "The order has no address to pay to.")),
            Some(_) if order.is_paid() => return Err(Refusal::message(400, "The order is paid in full.")),
            Some(wallet) if wallet.expires_at <= self.now => return Err(Refusal::message(400, "The order has expired.")),
            Some(_) => {}
        }
        let received = order.received + amount;
        let euros = order.terms.euros(received).filter(|euros| *euros <= MOST);
        if unmovable(received, Some(currency)).is_some() || euros.is_none() {
            return Err(Refusal::message(400, "amount is too large."));
        }
        let transaction_hash = self.ids.transaction_hash();
        if let Some(order) = self.orders.get_mut(id) {
            order.received = received.normalize();
            order.transaction_hash = Some(transaction_hash.clone());
            order.confirmations = 0;
        }
        self.report_order(id);
        // Those of an earlier part are not waited for any more.
        self.schedule.cancel(Step::OrderConfirmation, id);
        self.plan(Step::OrderConfirmation, id);
        Ok(transaction_hash)
    }

    /// The chain confirms the latest payment once more. With the last confirmation of the last part, the order is settled.
    pub(crate) fn confirm_order(&mut self, id: &str) {
        let Some(order) = self.orders.get_mut(id).filter(|order| order.transaction_hash.is_some() && !order.is_confirmed()) else { return };
        order.confirmations += 1;
        let (paid, confirmed) = (order.is_paid(), order.is_confirmed());
        if paid && confirmed {
            self.settle_order(id);
        }
        self.report_order(id);
        if !confirmed {
            self.plan(Step::OrderConfirmation, id);
        }
    }

    /// All that was paid becomes euros of the partner, at the locked rate.
    fn settle_order(&mut self, id: &str) {
        let Some(Order { terms, received, .. }) = self.orders.get(id) else { return };
        let Some((eur, euros)) = currencies::find("eur").zip(terms.euros(*received)) else { return };
        let legs = [
            Leg { from: Account::Outside, to: Account::Desk, currency: &terms.currency, amount: *received },
            Leg { from: Account::Desk, to: Account::Partner, currency: eur.slug, amount: euros },
        ];
        // Nothing is booked if the partner's balance were too large.
        if self.ledger.book(self.now, id, &legs).is_ok() {
            self.record(&Account::Partner, &NewRow { reference: id, kind: "order", amount: euros, currency: eur, status: "SUCCESSFUL" });
        }
    }

    fn report_order(&mut self, id: &str) {
        let Some(order) = self.orders.get(id) else { return };
        let wallet = order.wallet.as_ref();
        let event = types::OrderStatusEvent::builder()
            .order_id(id)
            .lock_id(&order.lock_id)
            .status(order.status())
            .created_at(order.created_at)
            .confirmations(order.confirmations)
            .required_confirmations(REQUIRED_CONFIRMATIONS)
            .received_amount(order.received)
            .total_amount_required(order.terms.amount)
            .cryptocurrency(&order.terms.currency)
            .maybe_wallet_address(wallet.map(|wallet| wallet.address.as_str()))
            .maybe_expires_at(wallet.map(|wallet| wallet.expires_at))
            .maybe_transaction_hash(order.transaction_hash.as_deref())
            .network(order.network())
            .build();
        self.emit(&WebhookEvent::OrderStatus(Box::new(event)));
    }
}

fn no_order() -> Refusal {
    Refusal::message(404, "Order does not exist.")
}
