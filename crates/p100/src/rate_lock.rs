//! Rate locks: rates that hold for about a minute.

mod order;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

pub use order::OrderRateLock;

use crate::raw::{Operation, Timestamp, operations};
use crate::types::{self, ExchangeDetails, ExchangeRates};
use crate::{Account, Attempt, Client, Currency, Decimal, Error, Pending};

/// Rates that P100 holds for one account, and the way to exchange at them. From
/// [`Exchange::lock_rate`](crate::Exchange::lock_rate) or [`Partner::lock_rate`](crate::Partner::lock_rate).
///
/// It lives from its receipt for as long as P100 says: `validUntil - createdAt`, both by P100's clock. This machine's wall clock plays no
/// part, so it may be wrong or be set meanwhile. If P100 does not say it, because a member is absent or no time or they are not in order,
/// nothing here counts the lock as expired: P100 refuses it if it is. The same goes for the time that this machine sleeps, which
/// its monotonic clock leaves out.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Decimal;
///
/// let lock = client.partner().lock_rate().await?;
/// let eth = lock.rates().and_then(|rates| rates.get("eth"));
/// println!("1 ETH = {eth:?} EUR, fee {:?} %, for {:?}", lock.fee_percentage(), lock.remaining());
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
    life: Life,
}

impl RateLock {
    pub(crate) fn new(client: &Client, account: Account, details: types::RateLock) -> Self {
        let life = Life::from_now(utc(&details.created_at), utc(&details.valid_until));
        Self { client: client.clone(), account, details, life }
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

    /// The lock as P100 returned it.
    #[must_use]
    pub fn details(&self) -> &types::RateLock {
        &self.details
    }

    /// How long it lives, counted from its receipt. `None` if P100 does not say it.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.life.time
    }

    /// Whether it certainly is of no use any more.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// How long it is still of use; zero once it has expired. `None` if P100 does not say how long it lives.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.life.remaining()
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
        currency_from: impl Into<Currency>,
        currency_to: impl Into<Currency>,
    ) -> Result<Pending<ExchangeDetails>, Error> {
        match self.request(amount.into(), currency_from.into(), currency_to.into()) {
            Request::User(request) => {
                self.life.check(&operations::CREATE_EXCHANGE)?;
                self.client.exchange().create(&request).await
            }
            Request::Partner(request) => {
                self.life.check(&operations::CREATE_PARTNER_EXCHANGE)?;
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
        currency_from: impl Into<Currency>,
        currency_to: impl Into<Currency>,
        started_at: DateTime<Utc>,
        finished_at: DateTime<Utc>,
    ) -> Attempt {
        match self.request(amount.into(), currency_from.into(), currency_to.into()) {
            Request::User(request) => Attempt::new(&request, started_at, finished_at),
            Request::Partner(request) => Attempt::new(&request, started_at, finished_at),
        }
    }

    fn request(&self, amount: Decimal, currency_from: Currency, currency_to: Currency) -> Request {
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

/// How long a lock is of use, on a clock that nobody sets.
#[derive(Clone, Copy, Debug)]
struct Life {
    received_at: Instant,
    time: Option<Duration>,
}

impl Life {
    /// Of a lock that is received now: as long as from `begin` to `end`, two times of P100. Without evidence it has no end.
    fn from_now(begin: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Self {
        let time = begin.zip(end).and_then(|(begin, end)| (end - begin).to_std().ok()).filter(|time| !time.is_zero());
        Self { received_at: Instant::now(), time }
    }

    fn remaining(&self) -> Option<Duration> {
        Some(self.time?.saturating_sub(self.received_at.elapsed()))
    }

    /// Fails if the lock is of no use any more, before `operation` is sent with it.
    fn check(&self, operation: &'static Operation) -> Result<(), Error> {
        match self.time {
            Some(lifetime) if lifetime <= self.received_at.elapsed() => Err(Error::not_sent(operation, LockExpired { lifetime })),
            _ => Ok(()),
        }
    }
}

/// A time of P100, if it is there and certain.
fn utc<'a>(time: impl Into<Option<&'a Timestamp>>) -> Option<DateTime<Utc>> {
    time.into().filter(|time| time.has_offset())?.utc().ok()
}

/// A rate lock that was of no use any more when it was to be used. Take a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockExpired {
    /// How long it lived.
    pub lifetime: Duration,
}

impl fmt::Display for LockExpired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the rate lock has expired: it was of use for {:?}", self.lifetime)
    }
}

impl std::error::Error for LockExpired {}
