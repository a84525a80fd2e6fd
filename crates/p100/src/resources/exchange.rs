//! Rates and exchanges.

use crate::raw::operations;
use crate::{Account, Client, Error, ExternalUserId, Pending, RateLock, types};

/// Rates, and exchanges of users: [`Client::exchange`].
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::{Decimal, Progress, Require, WaitPolicy};
///
/// let lock = client.exchange().lock_rate("customer-42").await?;
/// let pending = lock.exchange(Decimal::new(5, 1), "eth", "eur").await?;
/// match pending.wait(WaitPolicy::default()).await? {
///     Progress::Succeeded(exchange) => println!("got {} {}", exchange.amount_to.require("amountTo")?, exchange.currency_to.require("currencyTo")?),
///     Progress::Failed(exchange) => println!("not done: {:?}", exchange.error),
///     Progress::InProgress(_) => println!("not decided yet, ask again later for {}", pending.id()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a>(pub(super) &'a Client);

impl Exchange<'_> {
    /// The current price of each currency in EUR.
    ///
    /// Operation [`getRates`](crate::raw::Client::get_rates).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn rates(self) -> Result<types::ExchangeRates, Error> {
        Ok(self.0.raw().get_rates().await?.into_inner())
    }

    /// Holds the current rates for an exchange of this user, for about a minute: [`RateLock::exchange`].
    ///
    /// Operation [`lockRate`](crate::raw::Client::lock_rate).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. A lock that nobody uses ends by itself and does no harm, so it may be called again.
    pub async fn lock_rate(self, external_user_id: impl Into<ExternalUserId>) -> Result<RateLock, Error> {
        let external_user_id = external_user_id.into();
        let lock = self.0.raw().lock_rate(&external_user_id).await?.into_inner();
        Ok(RateLock::new(self.0, Account::User(external_user_id), lock))
    }

    /// Exchanges between two balances of a user at a locked rate. [`RateLock::exchange`] is this, and looks at the clock first.
    ///
    /// Operation [`createExchange`](crate::raw::Client::create_exchange).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn create(self, request: &types::ExchangeRequest) -> Result<Pending<types::ExchangeDetails>, Error> {
        let created = self.0.raw().create_exchange(request).await?.into_inner();
        Ok(self.pending(created.exchange_id))
    }

    /// One exchange of a user or of the partner, with its state.
    ///
    /// Operation [`getExchange`](crate::raw::Client::get_exchange).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn get(self, exchange_id: impl Into<String>) -> Result<types::ExchangeDetails, Error> {
        Ok(self.0.raw().get_exchange(exchange_id.into().as_str()).await?.into_inner())
    }

    /// An exchange of a user that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending(self, exchange_id: impl Into<String>) -> Pending<types::ExchangeDetails> {
        Pending::new(self.0, &operations::CREATE_EXCHANGE, exchange_id)
    }
}
