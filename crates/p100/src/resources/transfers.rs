//! Transfers between the partner and its users.

use crate::raw::operations;
use crate::{Client, Error, Pending, types};

/// Transfers between the partner and its users, inside P100: [`Client::transfers`].
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::{Decimal, WaitPolicy, types::TransferRequest};
///
/// let request = TransferRequest::to_user("customer-42", Decimal::new(1250, 2), "eur");
/// let pending = client.transfers().create(&request).await?;
/// println!("accepted: {}", pending.id());
/// println!("now it is {}", pending.wait(WaitPolicy::default()).await?.status());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Transfers<'a>(pub(super) &'a Client);

impl Transfers<'_> {
    /// Moves money between the partner and a user. Name exactly one of the two users: the other side is the partner.
    ///
    /// Operation [`createTransfer`](crate::raw::Client::create_transfer).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), see [`Client::reconcile`].
    pub async fn create(self, request: &types::TransferRequest) -> Result<Pending<types::TransferDetails>, Error> {
        let created = self.0.raw().create_transfer(request).await?.into_inner();
        Ok(self.pending(created.transfer_id))
    }

    /// One transfer, with its state.
    ///
    /// Operation [`getTransfer`](crate::raw::Client::get_transfer).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn get(self, transfer_id: impl Into<String>) -> Result<types::TransferDetails, Error> {
        Ok(self.0.raw().get_transfer(transfer_id.into().as_str()).await?.into_inner())
    }

    /// A transfer that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending(self, transfer_id: impl Into<String>) -> Pending<types::TransferDetails> {
        Pending::new(self.0, &operations::CREATE_TRANSFER, transfer_id)
    }
}
