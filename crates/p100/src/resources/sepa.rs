//! SEPA of users, and the state of any SEPA transfer.

use crate::raw::operations;
use crate::{Client, Error, ExternalUserId, Pending, types};

/// SEPA of users, and the state of any SEPA transfer: [`Client::sepa`]. For the partner's own account there are
/// [`Partner::sepa_transfer`](crate::Partner::sepa_transfer) and its neighbours.
///
/// P100 knows two levels of partners. On level 1, the default for new ones, money is paid out only to accounts of the owner's own, and the
/// receiver fields of a request must be left out; on level 2 they must be sent.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Require;
///
/// let transfer = client.sepa().get("0d3f9e0c-5a5b-4a3e-9a63-5c1b1f0c7d11").await?;
/// let (amount, iban) = (transfer.amount.require("amount")?, transfer.destination_iban.require("destinationIban")?);
/// println!("{amount} to {iban}: {}", transfer.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sepa<'a>(pub(super) &'a Client);

impl Sepa<'_> {
    /// Sends euros from a user's balance to an IBAN.
    ///
    /// Operation [`createUserSepaTransfer`](crate::raw::Client::create_user_sepa_transfer).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn create(self, request: &types::SepaTransferRequest) -> Result<Pending<types::SepaTransferDetails>, Error> {
        let created = self.0.raw().create_user_sepa_transfer(request).await?.into_inner();
        Ok(self.pending(created.transfer_id))
    }

    /// Where a user can pay in, and the title that the bank transfer must carry, unchanged, to be matched.
    ///
    /// Operation [`getUserSepaDepositInfo`](crate::raw::Client::get_user_sepa_deposit_info).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn deposit_info(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::SepaDepositInfo, Error> {
        Ok(self.0.raw().get_user_sepa_deposit_info(&external_user_id.into()).await?.into_inner())
    }

    /// The accounts from which a user has paid in, with the state of their check.
    ///
    /// Operation [`listUserSepaContacts`](crate::raw::Client::list_user_sepa_contacts).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn contacts(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::SepaContactList, Error> {
        Ok(self.0.raw().list_user_sepa_contacts(&external_user_id.into()).await?.into_inner())
    }

    /// One outgoing SEPA transfer, with its state.
    ///
    /// Operation [`getSepaTransfer`](crate::raw::Client::get_sepa_transfer).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. An unknown id is [not found](Error::is_not_found).
    pub async fn get(self, transfer_id: impl Into<String>) -> Result<types::SepaTransferDetails, Error> {
        Ok(self.0.raw().get_sepa_transfer(transfer_id.into().as_str()).await?.into_inner())
    }

    /// A SEPA transfer of a user that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending(self, transfer_id: impl Into<String>) -> Pending<types::SepaTransferDetails> {
        Pending::new(self.0, &operations::CREATE_USER_SEPA_TRANSFER, transfer_id)
    }
}
