//! The partner's own account.

use crate::raw::operations;
use crate::{Account, Client, Error, Month, Pending, RateLock, types};

/// The partner's own account: [`Client::partner`].
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Require;
///
/// for balance in client.partner().balances().await?.crypto_balances.require("cryptoBalances")? {
///     println!("{} {}", balance.amount, balance.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Partner<'a>(pub(super) &'a Client);

impl Partner<'_> {
    /// All balances, with the live fees and minimums of each network.
    ///
    /// Operation [`getPartnerBalances`](crate::raw::Client::get_partner_balances).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn balances(self) -> Result<types::PartnerBalances, Error> {
        Ok(self.0.raw().get_partner_balances().await?.into_inner())
    }

    /// The deposit address of one currency, made if there is none: see `wallet` of [`balances`](Self::balances).
    ///
    /// Operation [`createPartnerWallet`](crate::raw::Client::create_partner_wallet).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), [`balances`](Self::balances) reports.
    pub async fn create_wallet(self, request: &types::PartnerWalletRequest) -> Result<types::PartnerWalletCreated, Error> {
        Ok(self.0.raw().create_partner_wallet(request).await?.into_inner())
    }

    /// The transactions of one calendar month. P100 does not say in which time zone it cuts months.
    ///
    /// ```no_run
    /// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use p100::Month;
    ///
    /// let august = client.partner().transactions(Month::new(2025, 8)?).await?;
    /// let this_month = client.partner().transactions(Month::of(p100::chrono::Utc::now())?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Operation [`getPartnerTransactions`](crate::raw::Client::get_partner_transactions).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn transactions(self, month: Month) -> Result<types::TransactionHistory, Error> {
        Ok(self.0.raw().get_partner_transactions(month.number(), month.year()).await?.into_inner())
    }

    /// Holds the current rates for an exchange of the partner, for about a minute: [`RateLock::exchange`].
    ///
    /// Operation [`lockPartnerRate`](crate::raw::Client::lock_partner_rate).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. A lock that nobody uses ends by itself and does no harm, so it may be called again.
    pub async fn lock_rate(self) -> Result<RateLock, Error> {
        Ok(RateLock::new(self.0, Account::Partner, self.0.raw().lock_partner_rate().await?.into_inner()))
    }

    /// Exchanges between two balances of the partner at a locked rate. [`RateLock::exchange`] is this, and looks at the clock first.
    ///
    /// Operation [`createPartnerExchange`](crate::raw::Client::create_partner_exchange).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn exchange(self, request: &types::PartnerExchangeRequest) -> Result<Pending<types::ExchangeDetails>, Error> {
        let created = self.0.raw().create_partner_exchange(request).await?.into_inner();
        Ok(self.pending_exchange(created.exchange_id))
    }

    /// Sends crypto from the partner's balance to an outside wallet. It cannot be called back: check address and network.
    ///
    /// Operation [`createPartnerWithdrawal`](crate::raw::Client::create_partner_withdrawal).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn withdraw(self, request: &types::PartnerWithdrawalRequest) -> Result<Pending<types::WithdrawalDetails>, Error> {
        let created = self.0.raw().create_partner_withdrawal(request).await?.into_inner();
        Ok(self.pending_withdrawal(created.withdrawal_id))
    }

    /// Sends euros from the partner's balance to an IBAN. On level 1 (see [`Sepa`](crate::Sepa)) to an account of the partner's own only,
    /// and without the receiver fields.
    ///
    /// Operation [`createPartnerSepaTransfer`](crate::raw::Client::create_partner_sepa_transfer).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn sepa_transfer(self, request: &types::PartnerSepaTransferRequest) -> Result<Pending<types::SepaTransferDetails>, Error> {
        let created = self.0.raw().create_partner_sepa_transfer(request).await?.into_inner();
        Ok(self.pending_sepa_transfer(created.transfer_id))
    }

    /// Where the partner can pay in, and the title that the bank transfer must carry, unchanged, to be matched.
    ///
    /// Operation [`getPartnerSepaDepositInfo`](crate::raw::Client::get_partner_sepa_deposit_info).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn sepa_deposit_info(self) -> Result<types::SepaDepositInfo, Error> {
        Ok(self.0.raw().get_partner_sepa_deposit_info().await?.into_inner())
    }

    /// The accounts from which the partner has paid in, with the state of their check.
    ///
    /// Operation [`listPartnerSepaContacts`](crate::raw::Client::list_partner_sepa_contacts).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn sepa_contacts(self) -> Result<types::SepaContactList, Error> {
        Ok(self.0.raw().list_partner_sepa_contacts().await?.into_inner())
    }

    /// An exchange of the partner that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending_exchange(self, exchange_id: impl Into<String>) -> Pending<types::ExchangeDetails> {
        Pending::new(self.0, &operations::CREATE_PARTNER_EXCHANGE, exchange_id)
    }

    /// A withdrawal of the partner that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending_withdrawal(self, withdrawal_id: impl Into<String>) -> Pending<types::WithdrawalDetails> {
        Pending::new(self.0, &operations::CREATE_PARTNER_WITHDRAWAL, withdrawal_id)
    }

    /// A SEPA transfer of the partner that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending_sepa_transfer(self, transfer_id: impl Into<String>) -> Pending<types::SepaTransferDetails> {
        Pending::new(self.0, &operations::CREATE_PARTNER_SEPA_TRANSFER, transfer_id)
    }
}
