//! Users and their balances.

use crate::{Client, Error, types};

/// The partner's users: [`Client::users`]. They are named by the partner's own id, `external_user_id`.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), p100::Error> {
/// let balances = client.users().balances("customer-42").await?;
/// let history = client.users().transactions("customer-42", 8, 2025).await?;
/// println!("{} crypto balances, {} transactions", balances.crypto_balances.len(), history.transactions.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Users<'a>(pub(super) &'a Client);

impl Users<'_> {
    /// Creates a user who can pass KYC, with fiat and crypto balances.
    ///
    /// Operation [`createUser`](crate::raw::Client::create_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), [`balances`](Self::balances) tells: it
    /// finds the user or [does not](Error::is_not_found).
    pub async fn create(self, request: &types::CreateUserRequest) -> Result<types::UserCreated, Error> {
        Ok(self.0.raw().create_user(request).await?.into_inner())
    }

    /// Creates a user without KYC, who holds crypto only.
    ///
    /// Operation [`createLimitedUser`](crate::raw::Client::create_limited_user).
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn create_limited(self, request: &types::CreateLimitedUserRequest) -> Result<types::LimitedUserCreated, Error> {
        Ok(self.0.raw().create_limited_user(request).await?.into_inner())
    }

    /// Changes a user's data: send only what changes.
    ///
    /// Operation [`updateUser`](crate::raw::Client::update_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn update(
        self,
        external_user_id: impl AsRef<str>,
        request: &types::UpdateUserRequest,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().update_user(external_user_id.as_ref(), request).await?.into_inner())
    }

    /// Deletes a user.
    ///
    /// Operation [`deleteUser`](crate::raw::Client::delete_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn delete(self, external_user_id: impl AsRef<str>) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().delete_user(external_user_id.as_ref()).await?.into_inner())
    }

    /// Suspends a user, who must have no active cards.
    ///
    /// Operation [`suspendUser`](crate::raw::Client::suspend_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn suspend(self, external_user_id: impl AsRef<str>) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().suspend_user(external_user_id.as_ref()).await?.into_inner())
    }

    /// Ends the suspension of a user.
    ///
    /// Operation [`unsuspendUser`](crate::raw::Client::unsuspend_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn unsuspend(self, external_user_id: impl AsRef<str>) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().unsuspend_user(external_user_id.as_ref()).await?.into_inner())
    }

    /// The balances of a user, with IBAN and deposit addresses.
    ///
    /// Operation [`getUserBalances`](crate::raw::Client::get_user_balances).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn balances(self, external_user_id: impl AsRef<str>) -> Result<types::UserBalances, Error> {
        Ok(self.0.raw().get_user_balances(external_user_id.as_ref()).await?.into_inner())
    }

    /// The transactions of a user in one calendar month: `month` from 1 to 12, `year` of four digits.
    ///
    /// Operation [`getUserTransactions`](crate::raw::Client::get_user_transactions).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn transactions(self, external_user_id: impl AsRef<str>, month: i32, year: i32) -> Result<types::TransactionHistory, Error> {
        Ok(self.0.raw().get_user_transactions(external_user_id.as_ref(), month, year).await?.into_inner())
    }
}
