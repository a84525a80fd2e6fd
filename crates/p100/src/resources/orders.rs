//! Orders of the partner, which turn a payer's crypto into euros.

use crate::rate_lock::OrderRateLock;
use crate::raw::operations;
use crate::{Client, Error, Pending, types};

/// Orders of the partner, which turn a payer's crypto into euros: [`Client::orders`].
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
#[derive(Clone, Copy, Debug)]
pub struct Orders<'a>(pub(super) &'a Client);

impl Orders<'_> {
    /// The current rates, as a first look: only a lock binds P100.
    ///
    /// Operation [`getOrderRates`](crate::raw::Client::get_order_rates).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn rates(self) -> Result<types::OrderRates, Error> {
        Ok(self.0.raw().get_order_rates().await?.into_inner())
    }

    /// Holds the rate of one currency for one order: [`OrderRateLock::order`].
    ///
    /// Operation [`lockOrderRate`](crate::raw::Client::lock_order_rate).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. A lock that nobody uses does no harm, so it may be called again.
    pub async fn lock_rate(self, request: &types::OrderLockRequest) -> Result<OrderRateLock, Error> {
        Ok(OrderRateLock::new(self.0, self.0.raw().lock_order_rate(request).await?))
    }

    /// Creates an order at a locked rate. [`OrderRateLock::order`] is this, and looks at the clock first.
    ///
    /// The docs do not say which statuses are final, so [`Pending::wait`] ends at its limit with
    /// [`InProgress`](crate::Progress::InProgress): go by [`status`](Pending::status), `received_amount` and the event `orderStatus`.
    ///
    /// Operation [`createOrder`](crate::raw::Client::create_order).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), there may be an order whose id is not
    /// known. Nobody knows its wallet address either, so no money is lost with it: lock a new rate and order anew.
    pub async fn create(self, request: &types::OrderRequest) -> Result<Pending<types::OrderDetails>, Error> {
        let created = self.0.raw().create_order(request).await?.into_inner();
        Ok(self.pending(created.order_id))
    }

    /// One order, with its state.
    ///
    /// Operation [`getOrder`](crate::raw::Client::get_order).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn get(self, order_id: impl Into<String>) -> Result<types::OrderDetails, Error> {
        Ok(self.0.raw().get_order(order_id.into().as_str()).await?.into_inner())
    }

    /// An order that was created earlier, by its stored id. Sends nothing.
    pub fn pending(self, order_id: impl Into<String>) -> Pending<types::OrderDetails> {
        Pending::new(self.0, &operations::CREATE_ORDER, order_id)
    }
}
