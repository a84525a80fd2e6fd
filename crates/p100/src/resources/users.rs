//! Users and their balances.

use crate::raw::{ErrorCodeInfo, Meaning};
use crate::{Client, Error, ExternalUserId, Month, types};

/// The partner's users: [`Client::users`]. They are named by the partner's own id, an [`ExternalUserId`](crate::ExternalUserId) or any
/// text; what a path cannot carry is refused before anything is sent.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::{ExternalUserId, Month, Require};
///
/// let balances = client.users().balances("customer-42").await?.crypto_balances.require("cryptoBalances")?;
/// let user = ExternalUserId::from("customer-42");
/// let history = client.users().transactions(&user, Month::new(2025, 8)?).await?.transactions.require("transactions")?;
/// println!("{} crypto balances, {} transactions", balances.len(), history.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Users<'a>(pub(super) &'a Client);

impl Users<'_> {
    /// Creates a user who can pass KYC. Balances come with the verification; before February 2026 they came with the creation.
    ///
    /// Operation [`createUser`](crate::raw::Client::create_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), [`exists`](Self::exists) reports.
    /// Creating again should make no second user: P100 refuses an id that is taken with `P411`, as far as can be inferred from its docs.
    pub async fn create(self, request: &types::CreateUserRequest) -> Result<types::UserCreated, Error> {
        Ok(self.0.raw().create_user(request).await?.into_inner())
    }

    /// Whether there is a user of this id: the outcome of a [`create`](Self::create) whose outcome is unknown. It needs no balances, which
    /// come with the verification.
    ///
    /// This asks for the state of the identification, [`Kyc::status`](crate::Kyc::status). P100 refuses it with `P412` if there is no such
    /// user, and with `P445` or `P459` if there is one who is not identified; [`Error::is_not_found`] is true of `P412` and `P445` alike.
    /// A create that P100 still works on may take effect after a `false`.
    ///
    /// # Errors
    /// Any other refusal, or the call failed: see [`Error`]. It says nothing about the user.
    pub async fn exists(self, external_user_id: impl Into<ExternalUserId>) -> Result<bool, Error> {
        match self.0.kyc().status(external_user_id).await {
            Ok(_) => Ok(true),
            Err(error) => match error.meaning() {
                Some(Meaning::Refused(ErrorCodeInfo { code: "P412", .. })) => Ok(false),
                Some(Meaning::Refused(ErrorCodeInfo { code: "P445" | "P459", .. })) => Ok(true),
                _ => Err(error),
            },
        }
    }

    /// Creates a user without KYC, who holds crypto only. The docs of September 2025 dropped limited users; it may still work.
    ///
    /// Operation [`createLimitedUser`](crate::raw::Client::create_limited_user).
    ///
    /// # Errors
    /// As [`create`](Self::create).
    #[deprecated = "P100's docs dropped it; it may still work"]
    #[expect(deprecated, reason = "the raw client marks it too")]
    pub async fn create_limited(self, request: &types::CreateLimitedUserRequest) -> Result<types::LimitedUserCreated, Error> {
        Ok(self.0.raw().create_limited_user(request).await?.into_inner())
    }

    /// Gives a user what cards ask for, if they are refused with `P461`. No page says what that is, nor what the request holds, and the
    /// docs of February 2026 dropped it.
    ///
    /// Operation [`extendUser`](crate::raw::Client::extend_user).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    #[deprecated = "P100's docs dropped it; it may still work"]
    #[expect(deprecated, reason = "the raw client marks it too")]
    pub async fn extend(
        self,
        external_user_id: impl Into<ExternalUserId>,
        request: &types::ExtendUserRequest,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().extend_user(&external_user_id.into(), request).await?.into_inner())
    }

    /// Changes a user's data: send only what changes.
    ///
    /// Operation [`updateUser`](crate::raw::Client::update_user).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn update(
        self,
        external_user_id: impl Into<ExternalUserId>,
        request: &types::UpdateUserRequest,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().update_user(&external_user_id.into(), request).await?.into_inner())
    }

    /// Deletes a user.
    ///
    /// Operation [`deleteUser`](crate::raw::Client::delete_user).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn delete(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().delete_user(&external_user_id.into()).await?.into_inner())
    }

    /// Suspends a user, who must have no active cards.
    ///
    /// Operation [`suspendUser`](crate::raw::Client::suspend_user).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn suspend(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().suspend_user(&external_user_id.into()).await?.into_inner())
    }

    /// Ends the suspension of a user.
    ///
    /// Operation [`unsuspendUser`](crate::raw::Client::unsuspend_user).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn unsuspend(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().unsuspend_user(&external_user_id.into()).await?.into_inner())
    }

    /// The balances of a user, with IBAN and deposit addresses.
    ///
    /// Operation [`getUserBalances`](crate::raw::Client::get_user_balances).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn balances(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::UserBalances, Error> {
        Ok(self.0.raw().get_user_balances(&external_user_id.into()).await?.into_inner())
    }

    /// The transactions of a user in one calendar month. P100 does not say in which time zone it cuts months.
    ///
    /// Operation [`getUserTransactions`](crate::raw::Client::get_user_transactions).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn transactions(self, external_user_id: impl Into<ExternalUserId>, month: Month) -> Result<types::TransactionHistory, Error> {
        Ok(self.0.raw().get_user_transactions(&external_user_id.into(), month.number(), month.year()).await?.into_inner())
    }
}
