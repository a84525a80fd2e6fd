//! Crypto deposits.

use crate::{Client, Error, types};

/// Crypto deposits: [`Client::deposits`]. They arrive on their own; the event `cryptoDepositStatus` reports them.
///
/// ```no_run
/// # async fn example(client: p100::Client, sender: p100::types::TravelRuleRequest) -> Result<(), p100::Error> {
/// client.deposits().update_travel_rule("9c1f6f0e-3c55-4d0d-8a49-6f0b0c6a6a10", &sender).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Deposits<'a>(pub(super) &'a Client);

impl Deposits<'_> {
    /// Supplies the sender of a deposit that waits for it.
    ///
    /// Operation [`updateDepositTravelRule`](crate::raw::Client::update_deposit_travel_rule).
    /// Which details a person, a company or an own wallet needs is not known; P100 refuses what it misses.
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn update_travel_rule(
        self,
        crypto_deposit_id: impl Into<String>,
        request: &types::TravelRuleRequest,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().update_deposit_travel_rule(crypto_deposit_id.into().as_str(), request).await?.into_inner())
    }
}
