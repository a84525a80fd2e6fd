//! Users and their balances.

use crate::raw::{ErrorCodeInfo, Meaning};
use crate::{Client, Error, ExternalUserId, types};

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
#[derive(Clone, Debug)]
pub struct Users(pub(crate) Client);

impl Users {
    /// Creates a user who can pass KYC. Balances come with the verification; before February 2026 they came with the creation.
    ///
    /// Operation [`createUser`](crate::raw::Client::create_user).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), ask [`exists`](Self::exists).
    /// Creating again should make no second user: P100 refuses an id that is taken with `P411`, as far as can be inferred from its docs.
    pub async fn create(self, request: &types::CreateUserRequest) -> Result<types::UserCreated, Error> {
        Ok(self.0.raw().create_user(request).await?.into_inner())
    }

    /// Whether there is a user of this id, after a [`create`](Self::create) whose outcome is unknown. It needs no balances, which
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
}
