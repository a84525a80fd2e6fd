//! The operations by what they are about: `client.users().create(..)`, `client.cards().list(..)`. Methods that only delegate to one call
//! are generated from the document; here are those that do more, and what each resource is.
//!
//! Every operation of the document is under one of them. [`Client::raw`] has them too, with status, headers and raw body.

mod cards;
mod exchange;
mod kyc;
mod orders;
mod partner;
mod users;

pub use cards::{Cards, Issued};
pub use exchange::Exchange;
pub use kyc::Kyc;
pub use orders::Orders;
pub use partner::Partner;
pub use users::Users;

use crate::Client;

/// Crypto deposits: [`Client::deposits`]. They arrive on their own; the event `cryptoDepositStatus` reports them.
///
/// ```no_run
/// # async fn example(client: p100::Client, sender: p100::types::TravelRuleRequest) -> Result<(), p100::Error> {
/// client.deposits().update_travel_rule("9c1f6f0e-3c55-4d0d-8a49-6f0b0c6a6a10", &sender).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Deposits(pub(crate) Client);

/// Crypto withdrawals of users: [`Client::withdrawals`]. Those of the partner are [`Partner::withdraw`](crate::Partner::withdraw).
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::Require;
///
/// let fee = client.withdrawals().network_fee("usdc", Some("polygon".into())).await?.network_fee.require("networkFee")?;
/// println!("the network takes {fee}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Withdrawals(pub(crate) Client);

/// Transfers between the partner and its users, inside P100: [`Client::transfers`].
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::{Decimal, WaitPolicy, types::TransferRequest};
///
/// let request = TransferRequest::builder().destination_external_user_id("customer-42").amount(Decimal::new(1250, 2)).currency("eur");
/// let pending = client.transfers().create(&request.build()).await?;
/// println!("accepted: {}", pending.id());
/// println!("now it is {}", pending.wait(WaitPolicy::default()).await?.status());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Transfers(pub(crate) Client);

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
#[derive(Clone, Debug)]
pub struct Sepa(pub(crate) Client);

/// Payment links, by which someone pays the partner in crypto: [`Client::payment_links`].
///
/// If a create [may have taken effect](crate::Error::may_have_taken_effect), there may be a link that nobody knows the address of: it does no
/// harm, so a new one may be created.
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
#[derive(Clone, Debug)]
pub struct PaymentLinks(pub(crate) Client);
