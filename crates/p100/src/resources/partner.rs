//! The partner's own account.

use crate::{Account, Client, Error, RateLock};

/// The partner's own account: [`Client::partner`]. [`RateLock::exchange`] is [`exchange`](Self::exchange), and looks at the clock first. If
/// [`create_wallet`](Self::create_wallet) [may have taken effect](Error::may_have_taken_effect), check with [`balances`](Self::balances).
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::{Month, Require};
///
/// for balance in client.partner().balances().await?.crypto_balances.require("cryptoBalances")? {
///     println!("{} {}", balance.amount, balance.name);
/// }
/// let august = client.partner().transactions(Month::new(2025, 8)?).await?;
/// let this_month = client.partner().transactions(Month::of(p100::chrono::Utc::now())?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Partner(pub(crate) Client);

impl Partner {
    /// Holds the current rates for an exchange of the partner, for about a minute: [`RateLock::exchange`].
    ///
    /// Operation [`lockPartnerRate`](crate::raw::Client::lock_partner_rate).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. A lock that nobody uses ends by itself and does no harm, so it may be called again.
    pub async fn lock_rate(self) -> Result<RateLock, Error> {
        Ok(RateLock::new(&self.0, Account::Partner, self.0.raw().lock_partner_rate().await?.into_inner()))
    }
}
