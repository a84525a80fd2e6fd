//! Payment links.

use crate::raw::operations;
use crate::{Client, Error, Pending, types};

/// Payment links, by which someone pays the partner in crypto: [`Client::payment_links`].
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Require;
/// use p100::types::PaymentLinkRequest;
///
/// let request = PaymentLinkRequest::builder().amount("49.90".parse()?).currency("eur").build();
/// let link = client.payment_links().create(&request).await?;
/// println!("send the payer to {}, and store {}", link.url.require("url")?, link.payment_link_id);
/// let details = client.payment_links().get(&link.payment_link_id).await?;
/// println!("{}: {} transfers so far", details.status, details.transactions.require("transactions")?.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PaymentLinks<'a>(pub(super) &'a Client);

impl PaymentLinks<'_> {
    /// Creates a payment link. Its response has the address for the payer, and the id to follow it by.
    ///
    /// Operation [`createPaymentLink`](crate::raw::Client::create_payment_link).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), there may be a link that nobody knows
    /// the address of: it does no harm, so a new one may be created.
    pub async fn create(self, request: &types::PaymentLinkRequest) -> Result<types::PaymentLinkCreated, Error> {
        Ok(self.0.raw().create_payment_link(request).await?.into_inner())
    }

    /// Creates a payment page hosted by P100, with the partner's own branding and settings. Otherwise as [`create`](Self::create).
    ///
    /// Operation [`createHostedCheckout`](crate::raw::Client::create_hosted_checkout).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn create_checkout(self, request: &types::HostedCheckoutRequest) -> Result<types::PaymentLinkCreated, Error> {
        Ok(self.0.raw().create_hosted_checkout(request).await?.into_inner())
    }

    /// One payment link, with its state and every transfer that it has collected.
    ///
    /// Operation [`getPaymentLink`](crate::raw::Client::get_payment_link).
    /// Its path is assumed: if it is wrong, correct it with [`Corrections`](crate::Corrections).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn get(self, payment_link_id: impl Into<String>) -> Result<types::PaymentLinkDetails, Error> {
        Ok(self.0.raw().get_payment_link(payment_link_id.into().as_str()).await?.into_inner())
    }

    /// A payment link by its id. Sends nothing.
    ///
    /// The docs do not say which statuses are final, so [`Pending::wait`] ends at its limit with
    /// [`InProgress`](crate::Progress::InProgress): go by the transfers and the event `paymentLinkStatus`.
    pub fn pending(self, payment_link_id: impl Into<String>) -> Pending<types::PaymentLinkDetails> {
        Pending::new(self.0, &operations::CREATE_PAYMENT_LINK, payment_link_id)
    }

    /// A hosted checkout by its id. Sends nothing. Otherwise as [`pending`](Self::pending).
    pub fn pending_checkout(self, payment_link_id: impl Into<String>) -> Pending<types::PaymentLinkDetails> {
        Pending::new(self.0, &operations::CREATE_HOSTED_CHECKOUT, payment_link_id)
    }
}
