//! Crypto withdrawals.

use crate::raw::operations;
use crate::{Client, Error, Pending, types};

/// Crypto withdrawals of users: [`Client::withdrawals`]. Those of the partner are [`Partner::withdraw`](crate::Partner::withdraw).
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Require;
///
/// let fee = client.withdrawals().network_fee("usdc", Some("polygon".into())).await?.network_fee.require("networkFee")?;
/// println!("the network takes {fee}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Withdrawals<'a>(pub(super) &'a Client);

impl Withdrawals<'_> {
    /// What the chain itself takes for a withdrawal at present. Name a network only for `usdc` and `usdt` on Polygon.
    ///
    /// Operation [`getNetworkFee`](crate::raw::Client::get_network_fee).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn network_fee(
        self,
        currency: impl Into<types::NetworkFeeCurrency>,
        network: Option<types::NetworkFeeNetwork>,
    ) -> Result<types::NetworkFee, Error> {
        Ok(self.0.raw().get_network_fee(&currency.into(), network.as_ref()).await?.into_inner())
    }

    /// Sends crypto from a user's balance to an outside wallet. It cannot be called back: check address and network.
    ///
    /// Operation [`createWithdrawal`](crate::raw::Client::create_withdrawal).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn create(self, request: &types::WithdrawalRequest) -> Result<Pending<types::WithdrawalDetails>, Error> {
        let created = self.0.raw().create_withdrawal(request).await?.into_inner();
        Ok(self.pending(created.withdrawal_id))
    }

    /// One withdrawal of a user or of the partner, with its state.
    ///
    /// Operation [`getWithdrawal`](crate::raw::Client::get_withdrawal).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn get(self, withdrawal_id: impl Into<String>) -> Result<types::WithdrawalDetails, Error> {
        Ok(self.0.raw().get_withdrawal(withdrawal_id.into().as_str()).await?.into_inner())
    }

    /// A withdrawal of a user that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending(self, withdrawal_id: impl Into<String>) -> Pending<types::WithdrawalDetails> {
        Pending::new(self.0, &operations::CREATE_WITHDRAWAL, withdrawal_id)
    }
}
