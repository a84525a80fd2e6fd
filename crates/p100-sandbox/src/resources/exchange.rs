//! Rate locks, and exchanges between two balances of one account at locked rates.

use std::collections::BTreeMap;

use p100_raw::types;
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use super::{Progress, insufficient_funds};
use crate::call::Refusal;
use crate::conversion::bought;
use crate::currencies::{self, Currency};
use crate::ledger::{Account, Leg};
use crate::schedule::Step;
use crate::time::Time;
use crate::world::{NewRow, World, unmovable};

const DONE: &str = "COMPLETED";

/// Digits after the point of the rate that details report.
const RATE_DECIMALS: u32 = 8;

/// Rates that hold for one exchange of one account. It is gone once it has been used.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lock {
    account: Account,
    #[serde(with = "decimal::string")]
    rates: BTreeMap<String, Decimal>,
    #[serde(with = "decimal::string")]
    fee_percentage: Decimal,
    valid_until: Time,
}

/// One exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exchange {
    account: Account,
    currency_from: String,
    currency_to: String,
    terms: Terms,
    progress: Progress,
    created_at: Time,
    finished_at: Option<Time>,
}

/// What is paid for what.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terms {
    /// Sold in all, fee included.
    #[serde(with = "decimal::string")]
    amount_from: Decimal,
    #[serde(with = "decimal::string")]
    amount_to: Decimal,
    /// Part of what is sold.
    #[serde(with = "decimal::string")]
    fee: Decimal,
    #[serde(with = "decimal::string")]
    rate: Decimal,
}

impl Lock {
    /// What `amount` is exchanged for; `None` if it is too small to buy anything or too large to reckon with.
    fn terms(&self, amount: Decimal, from: &Currency, to: &Currency) -> Option<Terms> {
        let (rate_from, rate_to) = (self.rates.get(from.slug)?, self.rates.get(to.slug)?);
        let fee = amount.checked_mul(self.fee_percentage)?.checked_div(Decimal::ONE_HUNDRED)?;
        let fee = from.rounded(fee).clamp(Decimal::ZERO, amount);
        let amount_to = bought(amount - fee, *rate_from, *rate_to, to.decimals)?.normalize();
        // Of the crypto currency in EUR, whichever side it is on.
        let rate = if from.is_fiat() { rate_to.checked_div(*rate_from)? } else { rate_from.checked_div(*rate_to)? };
        (amount_to > Decimal::ZERO).then(|| Terms {
            amount_from: amount,
            amount_to,
            fee: fee.normalize(),
            rate: rate.round_dp(RATE_DECIMALS).normalize(),
        })
    }
}

impl World {
    pub(crate) fn get_rates(&mut self) -> Result<types::ExchangeRates, Refusal> {
        Ok(self.rates().into())
    }

    pub(crate) fn lock_rate(&mut self, external_user_id: &str) -> Result<types::RateLock, Refusal> {
        self.user(external_user_id)?;
        Ok(self.lock(Account::User(external_user_id.to_owned())))
    }

    pub(crate) fn lock_partner_rate(&mut self) -> Result<types::RateLock, Refusal> {
        Ok(self.lock(Account::Partner))
    }

    pub(crate) fn create_exchange(&mut self, request: types::ExchangeRequest) -> Result<types::ExchangeCreated, Refusal> {
        self.spender(&request.source_external_user_id)?;
        let account = Account::User(request.source_external_user_id.to_string());
        self.accept_exchange(account, request.amount, &request.currency_from, &request.currency_to, &request.lock_id)
    }

    pub(crate) fn create_partner_exchange(&mut self, request: types::PartnerExchangeRequest) -> Result<types::ExchangeCreated, Refusal> {
        self.accept_exchange(Account::Partner, request.amount, &request.currency_from, &request.currency_to, &request.lock_id)
    }

    pub(crate) fn get_exchange(&mut self, exchange_id: &str) -> Result<types::ExchangeDetails, Refusal> {
        let exchange = self.exchanges.get(exchange_id).ok_or_else(|| Refusal::message(404, "Exchange does not exist."))?;
        let details = types::ExchangeDetails::builder()
            .id(exchange_id)
            .amount_from(exchange.terms.amount_from)
            .amount_to(exchange.terms.amount_to)
            .currency_from(&exchange.currency_from)
            .currency_to(&exchange.currency_to)
            .rate(exchange.terms.rate)
            .status(exchange.progress.word(DONE).into())
            .created_at(exchange.created_at)
            .maybe_finished_at(exchange.finished_at)
            .maybe_user(self.user_summary(&exchange.account))
            .maybe_error((exchange.progress == Progress::Failed).then(insufficient_funds))
            .build();
        self.was_read(exchange_id);
        Ok(details)
    }

    pub(crate) fn settle_exchange(&mut self, id: &str) {
        let Some(exchange) = self.exchanges.get_mut(id) else { return };
        let Terms { amount_from, amount_to, fee, .. } = exchange.terms;
        let leg = |from: &Account, to: &Account, currency, amount| Leg { from: from.clone(), to: to.clone(), currency, amount };
        let (account, sold, bought) = (&exchange.account, exchange.currency_from.as_str(), exchange.currency_to.as_str());
        let legs = [
            leg(account, &Account::Desk, sold, amount_from - fee),
            leg(account, &Account::Fees, sold, fee),
            leg(&Account::Desk, account, bought, amount_to),
        ];
        let Some(progress) = exchange.progress.carry_out(|| self.ledger.book(self.now, id, &legs)) else { return };
        exchange.progress = progress;
        exchange.finished_at = Some(self.now);
        let exchange = exchange.clone();
        self.update_record(&exchange.account, id, progress.word(DONE));
        let event = types::ExchangeStatusEvent::builder()
            .exchange_id(id)
            .maybe_external_user_id(exchange.account.user())
            .amount_from(exchange.terms.amount_from)
            .amount_to(exchange.terms.amount_to)
            .currency_from(exchange.currency_from)
            .currency_to(exchange.currency_to)
            .rate(exchange.terms.rate)
            .fee(exchange.terms.fee)
            .status(progress.word(DONE).into())
            .created_at(exchange.created_at)
            .maybe_error((progress == Progress::Failed).then(insufficient_funds))
            .build();
        self.emit(&WebhookEvent::ExchangeStatus(Box::new(event)));
    }

    /// The price of every currency in EUR.
    pub(super) fn rates(&self) -> BTreeMap<String, Decimal> {
        currencies::ALL.iter().map(|currency| (currency.slug.to_owned(), self.settings.rate(currency))).collect()
    }

    fn lock(&mut self, account: Account) -> types::RateLock {
        let lock = Lock {
            account,
            rates: self.rates(),
            fee_percentage: self.settings.exchange_fee_percentage,
            valid_until: self.now + self.settings.lock_lifetime,
        };
        let id = self.ids.uuid();
        let response = types::RateLock::builder()
            .id(&id)
            .rates(lock.rates.clone().into())
            .fee_percentage(lock.fee_percentage)
            .created_at(self.now)
            .valid_until(lock.valid_until)
            .build();
        self.locks.insert(id, lock);
        response
    }

    fn accept_exchange(
        &mut self,
        account: Account,
        amount: Decimal,
        from: &str,
        to: &str,
        lock_id: &str,
    ) -> Result<types::ExchangeCreated, Refusal> {
        let (from, to) = pair(amount, from, to)?;
        let lock = self.locks.get(lock_id).filter(|lock| lock.account == account && self.now < lock.valid_until);
        let lock = lock.ok_or_else(no_lock)?;
        let terms = lock.terms(amount, from, to);
        let terms = terms.ok_or_else(|| Refusal::invalid("amount is too small or too large to be exchanged."))?;
        self.locks.remove(lock_id);
        let id = self.ids.uuid();
        let progress = Progress::Processing;
        for (currency, amount) in [(from, terms.amount_from), (to, terms.amount_to)] {
            self.record(&account, &NewRow { reference: &id, kind: "exchange", amount, currency, status: progress.word(DONE) });
        }
        let (currency_from, currency_to) = (from.slug.to_owned(), to.slug.to_owned());
        let exchange = Exchange { account, currency_from, currency_to, terms, progress, created_at: self.now, finished_at: None };
        self.exchanges.insert(id.clone(), exchange);
        self.plan(Step::Exchange, &id);
        Ok(types::ExchangeCreated::builder().exchange_id(id).build())
    }
}

/// Whether a lock never was, is another's, has expired or has been used is distinguished by no page.
pub(super) fn no_lock() -> Refusal {
    Refusal::message(400, "There is no such rate lock, or it has expired or been used.")
}

/// The two currencies, if `amount` of the first can be exchanged into the second; refused with P403 otherwise.
fn pair(amount: Decimal, from: &str, to: &str) -> Result<(&'static Currency, &'static Currency), Refusal> {
    let (from, to) = (currencies::find(from), currencies::find(to));
    let mut sentences: Vec<String> = unmovable(amount, from).into_iter().collect();
    for (member, currency) in [("currencyFrom", from), ("currencyTo", to)] {
        if currency.is_none() {
            sentences.push(format!("{member} is not supported."));
        }
    }
    match (from, to) {
        (Some(from), Some(to)) if from.slug == to.slug => sentences.push("currencyFrom and currencyTo must differ.".to_owned()),
        (Some(from), Some(to)) if sentences.is_empty() => return Ok((from, to)),
        _ => {}
    }
    Err(sentences.into())
}

#[cfg(test)]
mod tests {
    use p100_raw::Decimal;

    use super::Lock;
    use crate::currencies::{self, Currency};
    use crate::ledger::Account;
    use crate::settings::Settings;
    use crate::time::Time;

    fn lock(settings: &Settings) -> Lock {
        Lock {
            account: Account::Partner,
            rates: settings.rates.clone(),
            fee_percentage: settings.exchange_fee_percentage,
            valid_until: Time::from(chrono::DateTime::UNIX_EPOCH),
        }
    }

    fn currency(slug: &str) -> &'static Currency {
        currencies::find(slug).expect("a currency")
    }

    #[test]
    fn the_fee_comes_off_before_conversion_and_what_is_bought_is_rounded_down() {
        let lock = lock(&Settings::default());
        for (amount, from, to, expected) in [
            // 1.49 % of 0.5 eth; 0.49255 eth at 3000.5
            ("0.5", "eth", "eur", "0.00745 1477.89 3000.5"),
            // 14.9 cents round up to 15; 9.85 / 90000.25
            ("10", "eur", "btc", "0.15 0.00010944 90000.25"),
            // 0.5066 cents round up to 1; 0.33 / 0.87
            ("0.34", "eur", "usdc", "0.01 0.37931 0.87"),
            ("100", "usdc", "usdt", "1.49 98.589324 1.00080525"),
        ] {
            let terms = lock.terms(amount.parse().expect("an amount"), currency(from), currency(to)).expect("terms");
            assert_eq!(format!("{} {} {}", terms.fee, terms.amount_to, terms.rate), expected, "{amount} {from} -> {to}");
        }
    }

    #[test]
    fn the_largest_amounts_are_rounded_down_too() {
        let mut settings = Settings::default();
        for (currency, rate) in [("btc", "172335.88234795"), ("doge", "1.2747792")] {
            settings.rates.insert(currency.to_owned(), rate.parse().expect("a rate"));
        }
        settings.exchange_fee_percentage = Decimal::ZERO;
        let amount = "999999999996.39641333".parse().expect("an amount");
        let terms = lock(&settings).terms(amount, currency("btc"), currency("doge")).expect("terms");
        // 135188809440355610.376768179993...
        assert_eq!(terms.amount_to.to_string(), "135188809440355610.37676817");
    }

    #[test]
    fn what_would_buy_nothing_or_cannot_be_reckoned_has_no_terms() {
        let mut settings = Settings::default();
        settings.rates.insert("doge".to_owned(), Decimal::ZERO);
        settings.rates.insert("ltc".to_owned(), Decimal::MAX);
        let lock = lock(&settings);
        for (amount, from, to) in [("0.00000001", "pol", "eur"), ("1", "eur", "doge"), ("10", "ltc", "eur")] {
            assert!(lock.terms(amount.parse().expect("an amount"), currency(from), currency(to)).is_none(), "{from} -> {to}");
        }
    }
}
