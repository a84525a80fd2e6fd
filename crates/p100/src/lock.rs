//! Rate locks: rates that hold for about a minute.

mod order;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

pub use order::OrderRateLock;

use crate::raw::{Operation, Timestamp, operations};
use crate::types::{self, ExchangeDetails, ExchangeRates};
use crate::{Account, Attempt, Client, Decimal, Error, Pending};

/// The lifetime of a lock by the docs, for locks that do not tell their own.
const LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// Rates that P100 holds for one account, and the way to exchange at them. From
/// [`Exchange::lock_rate`](crate::Exchange::lock_rate) or [`Partner::lock_rate`](crate::Partner::lock_rate).
///
/// It expires at P100's `validUntil`, by this machine's clock. If that is missing or no time, it expires 60 seconds after `createdAt`, and if
/// that is none either, 60 seconds after it was received.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Decimal;
///
/// let lock = client.partner().lock_rate().await?;
/// let eth = lock.rates().and_then(|rates| rates.get("eth"));
/// println!("1 ETH = {eth:?} EUR, fee {:?} %, until {}", lock.fee_percentage(), lock.expires_at());
/// let pending = lock.exchange(Decimal::new(5, 1), "eth", "eur").await?;
/// println!("accepted: {}", pending.id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RateLock {
    client: Client,
    account: Account,
    details: types::RateLock,
    received_at: DateTime<Utc>,
    clock: Clock,
}

impl RateLock {
    pub(crate) fn new(client: &Client, account: Account, details: types::RateLock) -> Self {
        let clock = client.clock.clone();
        Self { client: client.clone(), account, details, received_at: clock.now(), clock }
    }

    /// The same lock by another clock. It counts as received at the time that clock shows now.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { received_at: clock.now(), clock, ..self }
    }

    /// P100's id of the lock, the `lock_id` of requests.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.details.id
    }

    /// Whose balances can be exchanged.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Price of one unit of each currency in EUR, if P100 wrote it.
    #[must_use]
    pub fn rates(&self) -> Option<&ExchangeRates> {
        self.details.rates.as_ref()
    }

    /// The fee in percent, if P100 wrote it: 1.49 means 1.49 %.
    #[must_use]
    pub fn fee_percentage(&self) -> Option<Decimal> {
        self.details.fee_percentage
    }

    /// The lock as P100 answered it.
    #[must_use]
    pub fn details(&self) -> &types::RateLock {
        &self.details
    }

    /// When it expires.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        let time = |text: &Option<Timestamp>| text.as_ref().and_then(|text| text.utc().ok());
        time(&self.details.valid_until).unwrap_or_else(|| time(&self.details.created_at).unwrap_or(self.received_at) + LIFETIME)
    }

    /// Whether it is of no use at `now`.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at() <= now
    }

    /// How long it is of use after `now`; zero once it has expired.
    #[must_use]
    pub fn remaining(&self, now: DateTime<Utc>) -> Duration {
        (self.expires_at() - now).to_std().unwrap_or_default()
    }

    /// Exchanges `amount` of one currency into another at these rates, on the balances of this lock's account.
    ///
    /// Operations [`createExchange`](crate::raw::Client::create_exchange) and
    /// [`createPartnerExchange`](crate::raw::Client::create_partner_exchange).
    ///
    /// # Errors
    /// The lock has expired: nothing was sent, and the source of the error is [`LockExpired`]. Otherwise the call failed: see [`Error`].
    /// If it [may have taken effect](Error::may_have_taken_effect), give [`attempt`](Self::attempt) to [`Client::reconcile`].
    pub async fn exchange(
        &self,
        amount: impl Into<Decimal>,
        currency_from: impl Into<String>,
        currency_to: impl Into<String>,
    ) -> Result<Pending<ExchangeDetails>, Error> {
        match self.request(amount.into(), currency_from.into(), currency_to.into()) {
            Request::User(request) => {
                check(&operations::CREATE_EXCHANGE, self.expires_at(), &self.clock)?;
                self.client.exchange().create(&request).await
            }
            Request::Partner(request) => {
                check(&operations::CREATE_PARTNER_EXCHANGE, self.expires_at(), &self.clock)?;
                self.client.partner().exchange(&request).await
            }
        }
    }

    /// The attempt to [`exchange`](Self::exchange) these, which went on from `started_at` to `finished_at`, for [`Client::reconcile`].
    /// Nothing is sent.
    ///
    /// ```no_run
    /// # async fn example(client: p100::Client, lock: p100::RateLock) -> Result<(), Box<dyn std::error::Error>> {
    /// use p100::Decimal;
    /// use p100::chrono::Utc;
    ///
    /// let (amount, started_at) = (Decimal::new(5, 1), Utc::now());
    /// match lock.exchange(amount, "eth", "eur").await {
    ///     Ok(pending) => println!("accepted: {}", pending.id()),
    ///     Err(error) if error.may_have_taken_effect() => {
    ///         let attempt = lock.attempt(amount, "eth", "eur", started_at, Utc::now());
    ///         println!("{:?}", client.reconcile(&attempt).await?);
    ///     }
    ///     Err(error) => println!("nothing happened: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn attempt(
        &self,
        amount: impl Into<Decimal>,
        currency_from: impl Into<String>,
        currency_to: impl Into<String>,
        started_at: DateTime<Utc>,
        finished_at: DateTime<Utc>,
    ) -> Attempt {
        match self.request(amount.into(), currency_from.into(), currency_to.into()) {
            Request::User(request) => Attempt::new(&request, started_at, finished_at),
            Request::Partner(request) => Attempt::new(&request, started_at, finished_at),
        }
    }

    fn request(&self, amount: Decimal, currency_from: String, currency_to: String) -> Request {
        match &self.account {
            Account::User(user) => Request::User(
                types::ExchangeRequest::builder()
                    .source_external_user_id(user)
                    .amount(amount)
                    .currency_from(currency_from)
                    .currency_to(currency_to)
                    .lock_id(self.id())
                    .build(),
            ),
            Account::Partner => Request::Partner(
                types::PartnerExchangeRequest::builder()
                    .amount(amount)
                    .currency_from(currency_from)
                    .currency_to(currency_to)
                    .lock_id(self.id())
                    .build(),
            ),
        }
    }
}

/// The exchange at a lock: one request for users, another for the partner.
enum Request {
    User(types::ExchangeRequest),
    Partner(types::PartnerExchangeRequest),
}

/// Fails if the lock that ends at `expired_at` is of no use any more, before `operation` is sent with it.
fn check(operation: &'static Operation, expired_at: DateTime<Utc>, clock: &Clock) -> Result<(), Error> {
    if expired_at <= clock.now() { Err(Error::not_sent(operation, LockExpired { expired_at })) } else { Ok(()) }
}

/// A rate lock that was of no use any more when it was to be used. Take a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockExpired {
    /// When it expired.
    pub expired_at: DateTime<Utc>,
}

impl fmt::Display for LockExpired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the rate lock expired at {}", self.expired_at.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl std::error::Error for LockExpired {}

/// Where the time is read from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The clock of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(Utc::now)
    }

    /// A clock that shows what `now` returns, for tests.
    #[must_use]
    pub fn from_fn(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
