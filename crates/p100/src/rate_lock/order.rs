//! The rate lock of an order.

use std::time::Duration;

use super::{Life, utc};
use crate::raw::operations;
use crate::types::{self, OrderDetails};
use crate::{Client, Currency, Error, Pending, Response, clock};

/// A rate that P100 holds for one order of the partner, and the way to order at it. From [`Orders::lock_rate`](crate::Orders::lock_rate).
///
/// It lives from its receipt until P100's `expiresAt`, counted from the `Date` of the response that brought it: both are by P100's clock,
/// and this machine's plays no part. If one of them is absent or no time, or they are not in order, nothing here counts the lock as expired:
/// P100 refuses it if it is.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::types::OrderLockRequest;
///
/// let request = OrderLockRequest::builder().currency("usdc").amount("346.59".parse()?).network("polygon").build();
/// let lock = client.orders().lock_rate(&request).await?;
/// println!("{} at {}", lock.details().amount, lock.details().rate);
/// let pending = lock.order().await?;
/// println!("ordered: {}", pending.id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OrderRateLock {
    client: Client,
    details: types::OrderLock,
    life: Life,
}

impl OrderRateLock {
    pub(crate) fn new(client: &Client, response: Response<types::OrderLock>) -> Self {
        let life = Life::from_now(clock::date(response.headers()), utc(&response.expires_at));
        Self { client: client.clone(), details: response.into_inner(), life }
    }

    /// P100's id of the lock, the `lock_id` of the order.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.details.lock_id
    }

    /// The lock as P100 returned it: amount, rate, currency, network.
    #[must_use]
    pub fn details(&self) -> &types::OrderLock {
        &self.details
    }

    /// The crypto currency, whichever of its two names P100 has written it under.
    #[must_use]
    pub fn currency(&self) -> Option<&Currency> {
        self.details.currency.as_ref().or(self.details.cryptocurrency.as_ref())
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

    /// Creates the order that this lock was made for.
    ///
    /// Operation [`createOrder`](crate::raw::Client::create_order).
    ///
    /// # Errors
    /// The lock has expired: nothing was sent, and the source of the error is [`LockExpired`](crate::LockExpired). Otherwise the call
    /// failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), lock a new rate and order anew, as
    /// [`Orders::create`](crate::Orders::create) explains: an order moves nothing of the partner's.
    pub async fn order(&self) -> Result<Pending<OrderDetails>, Error> {
        self.life.check(&operations::CREATE_ORDER)?;
        self.client.orders().create(&types::OrderRequest::builder().lock_id(self.id()).build()).await
    }
}
