//! SEPA transfers.

use crate::raw::operations;
use crate::{Client, Error, Pending, types};

/// SEPA transfers that were made: [`Client::sepa`]. [`Partner::sepa_transfer`](crate::Partner::sepa_transfer) makes them.
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), p100::Error> {
/// let transfer = client.sepa().get("0d3f9e0c-5a5b-4a3e-9a63-5c1b1f0c7d11").await?;
/// println!("{} {} to {}: {}", transfer.amount, transfer.currency, transfer.destination_iban, transfer.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sepa<'a>(pub(super) &'a Client);

impl Sepa<'_> {
    /// One outgoing SEPA transfer, with its state.
    ///
    /// Operation [`getSepaTransfer`](crate::raw::Client::get_sepa_transfer).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. An unknown id is [not found](Error::is_not_found).
    pub async fn get(self, transfer_id: impl AsRef<str>) -> Result<types::SepaTransferDetails, Error> {
        Ok(self.0.raw().get_sepa_transfer(transfer_id.as_ref()).await?.into_inner())
    }

    /// A SEPA transfer that was accepted earlier, by its stored id. Sends nothing.
    pub fn pending(self, transfer_id: impl Into<String>) -> Pending<types::SepaTransferDetails> {
        Pending::new(self.0, &operations::CREATE_PARTNER_SEPA_TRANSFER, transfer_id)
    }
}
