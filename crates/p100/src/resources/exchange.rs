//! Rates and exchanges.

use crate::{Account, Client, Error, ExternalUserId, RateLock};

/// Rates, and exchanges of users: [`Client::exchange`]. [`RateLock::exchange`] is [`create`](Self::create), and looks at the clock first.
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
#[derive(Clone, Debug)]
pub struct Exchange(pub(crate) Client);

impl Exchange {
    /// Holds the current rates for an exchange of this user, for about a minute: [`RateLock::exchange`].
    ///
    /// Operation [`lockRate`](crate::raw::Client::lock_rate).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. A lock that nobody uses ends by itself and does no harm, so it may be called again.
    pub async fn lock_rate(self, external_user_id: impl Into<ExternalUserId>) -> Result<RateLock, Error> {
        let external_user_id = external_user_id.into();
        let lock = self.0.raw().lock_rate(&external_user_id).await?.into_inner();
        Ok(RateLock::new(&self.0, Account::User(external_user_id), lock))
    }
}
