//! The rate lock of an order.

use chrono::{DateTime, Utc};

use super::{Clock, check};
use crate::raw::operations;
use crate::types::{self, OrderDetails};
use crate::{Client, Error, Pending};

/// A rate that P100 holds for one order of the partner, and the way to order at it. From [`Orders::lock_rate`](crate::Orders::lock_rate).
///
/// It expires at P100's `expiresAt`, by this machine's clock. No page states how long it lives, so one whose `expiresAt` is no time never
/// counts as expired: P100 refuses it if it is.
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
    clock: Clock,
}

impl OrderRateLock {
    pub(crate) fn new(client: &Client, details: types::OrderLock) -> Self {
        Self { client: client.clone(), details, clock: client.clock.clone() }
    }

    /// The same lock by another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// P100's id of the lock, the `lock_id` of the order.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.details.lock_id
    }

    /// The lock as P100 answered it: amount, rate, currency, network.
    #[must_use]
    pub fn details(&self) -> &types::OrderLock {
        &self.details
    }

    /// The slug of the crypto currency, whichever of its two names P100 has written it under.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.details.currency.as_deref().or(self.details.cryptocurrency.as_deref())
    }

    /// When it expires. `None` if P100 wrote something that is no time.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.details.expires_at.utc().ok()
    }

    /// Whether it is of no use at `now`.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at().is_some_and(|end| end <= now)
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
        if let Some(end) = self.expires_at() {
            check(&operations::CREATE_ORDER, end, &self.clock)?;
        }
        self.client.orders().create(&types::OrderRequest::builder().lock_id(self.id()).build()).await
    }
}
