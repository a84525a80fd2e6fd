//! Orders of the partner, which turn a payer's crypto into euros.

use crate::rate_lock::OrderRateLock;
use crate::{Client, Error, types};

/// Orders of the partner, which turn a payer's crypto into euros: [`Client::orders`]. [`OrderRateLock::order`] is [`create`](Self::create), and looks at the clock
/// first.
///
/// If a create [may have taken effect](Error::may_have_taken_effect), there may be an order whose id is not known. Nobody knows its wallet
/// address either, so no money is lost with it: lock a new rate and order anew.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Require;
/// use p100::types::OrderLockRequest;
///
/// let request = OrderLockRequest::builder().currency("usdc").amount("346.59".parse()?).network("polygon").build();
/// let pending = client.orders().lock_rate(&request).await?.order().await?;
/// let order = pending.status().await?.into_details();
/// let (required, network) = (order.total_amount_required.require("totalAmountRequired")?, order.network.require("network")?);
/// match order.wallet_address {
///     Some(address) => println!("pay {required} to {address} on {network}"),
///     None => println!("no address yet, ask again later for {}", pending.id()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Orders(pub(crate) Client);

impl Orders {
    /// Holds the rate of one currency for one order: [`OrderRateLock::order`].
    ///
    /// Operation [`lockOrderRate`](crate::raw::Client::lock_order_rate).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. A lock that nobody uses does no harm, so it may be called again.
    pub async fn lock_rate(self, request: &types::OrderLockRequest) -> Result<OrderRateLock, Error> {
        Ok(OrderRateLock::new(&self.0, self.0.raw().lock_order_rate(request).await?))
    }
}
