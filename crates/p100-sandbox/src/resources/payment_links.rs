//! Payment links of the partner: somebody pays in any crypto, in one or several transfers, and the partner gets euros for it.

use bon::Builder;
use p100_raw::types::{self, ErrorCode, PaymentLinkStatus};
use p100_raw::webhooks::WebhookEvent;
use p100_raw::{Decimal, decimal};
use serde::{Deserialize, Serialize};

use crate::call::Refusal;
use crate::control::PaymentLinkLine;
use crate::conversion::bought;
use crate::currencies::{self, Currency};
use crate::ledger::{Account, Leg};
use crate::time::Time;
use crate::world::{MOST, NewRow, World, movable, on_network, unmovable};

/// One payment link.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentLink {
    /// To be paid, in EUR.
    #[serde(with = "decimal::string")]
    amount: Decimal,
    transfers: Vec<Transfer>,
    pub(crate) created_at: Time,
}

/// A payment on a link, on its chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transfer {
    transaction_hash: String,
    #[serde(with = "decimal::string")]
    amount: Decimal,
    currency: String,
    network: String,
    /// What it is converted to, by the rate when it arrived.
    #[serde(with = "decimal::string")]
    euros: Decimal,
    created_at: Time,
}

/// Has somebody pay on a payment link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct PaymentLinkPayment {
    /// Slug of the cryptocurrency, e.g. `usdc`.
    pub currency: String,
    /// Network of the payment, e.g. `polygon`: the default one of the currency.
    #[serde(default)]
    pub network: Option<String>,
    /// How much, in that currency, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
}

impl PaymentLink {
    /// What all that has arrived is converted to.
    fn euros(&self) -> Decimal {
        self.transfers.iter().map(|transfer| transfer.euros).sum()
    }

    fn is_paid(&self) -> bool {
        self.euros() >= self.amount
    }

    /// The only word that the docs know is kept to the end.
    fn status() -> PaymentLinkStatus {
        PaymentLinkStatus::AwaitingCompletion
    }

    fn transactions(&self) -> Vec<types::PaymentLinkTransaction> {
        let transaction = |transfer: &Transfer| {
            types::PaymentLinkTransaction::builder()
                .transaction_hash(&transfer.transaction_hash)
                .amount(transfer.amount)
                .currency(&transfer.currency)
                .network(&transfer.network)
                .created_at(transfer.created_at)
                .build()
        };
        self.transfers.iter().map(transaction).collect()
    }

    /// As the page shows it.
    pub(crate) fn line(&self, id: &str) -> PaymentLinkLine {
        PaymentLinkLine {
            payment_link_id: id.to_owned(),
            status: Self::status(),
            amount: self.amount,
            arrived: self.euros(),
            transaction_count: self.transfers.len(),
            settled: self.is_paid(),
        }
    }
}

impl World {
    pub(crate) fn create_payment_link(&mut self, request: types::PaymentLinkRequest) -> Result<types::PaymentLinkCreated, Refusal> {
        self.add_payment_link(request.amount, &request.currency, "https://pay.example.com")
    }

    /// A checkout is a payment link with another address.
    pub(crate) fn create_hosted_checkout(&mut self, request: types::HostedCheckoutRequest) -> Result<types::PaymentLinkCreated, Refusal> {
        self.add_payment_link(request.amount, &request.currency, "https://checkout.example.com")
    }

    fn add_payment_link(&mut self, amount: Decimal, currency: &str, page: &str) -> Result<types::PaymentLinkCreated, Refusal> {
        let eur = eur()?;
        let mut sentences: Vec<String> = unmovable(amount, Some(eur)).into_iter().collect();
        if !currency.eq_ignore_ascii_case(eur.slug) {
            sentences.push("currency must be eur.".to_owned());
        }
        Refusal::unless_empty(sentences)?;
        let id = self.ids.uuid();
        let link = PaymentLink { amount: eur.padded(amount), transfers: Vec::new(), created_at: self.now };
        self.payment_links.insert(id.clone(), link);
        let url = format!("{page}/{id}");
        Ok(types::PaymentLinkCreated::builder().payment_link_id(id).url(url).build())
    }

    pub(crate) fn get_payment_link(&mut self, payment_link_id: &str) -> Result<types::PaymentLinkDetails, Refusal> {
        let link = self.payment_links.get(payment_link_id).ok_or_else(no_link)?;
        Ok(types::PaymentLinkDetails::builder()
            .payment_link_id(payment_link_id)
            .status(PaymentLink::status())
            .amount(link.amount)
            .currency("eur")
            .created_at(link.created_at)
            .transactions(link.transactions())
            .build())
    }

    /// Somebody pays on the link; the response is the hash of the transaction. With the last payment, the partner gets the euros of all.
    pub(crate) fn pay_payment_link(&mut self, id: &str, payment: &PaymentLinkPayment) -> Result<String, Refusal> {
        let link = self.payment_links.get(id).ok_or_else(no_link)?;
        if link.is_paid() {
            return Err(Refusal::message(400, "The payment link is paid in full."));
        }
        let (currency, network) = on_network(&payment.currency, payment.network.as_deref())?;
        movable(payment.amount, currency.slug)?;
        let euros = bought(payment.amount, self.settings.rate(currency), Decimal::ONE, 2);
        let euros = euros.filter(|euros| *euros <= MOST).ok_or_else(|| Refusal::message(400, "amount is too large."))?;
        let mut link = link.clone();
        let transaction_hash = self.ids.transaction_hash();
        link.transfers.push(Transfer {
            transaction_hash: transaction_hash.clone(),
            amount: currency.padded(payment.amount),
            currency: currency.slug.to_owned(),
            network: network.key.to_owned(),
            euros,
            created_at: self.now,
        });
        if link.is_paid() {
            self.settle_payment_link(id, &link)?;
        }
        let event = types::PaymentLinkStatusEvent::builder()
            .payment_link_id(id)
            .status(PaymentLink::status())
            .amount(link.amount)
            .currency("eur")
            .transactions(link.transactions())
            .build();
        self.payment_links.insert(id.to_owned(), link);
        self.emit(&WebhookEvent::PaymentLinkStatus(Box::new(event)));
        Ok(transaction_hash)
    }

    /// All that has arrived becomes euros of the partner.
    fn settle_payment_link(&mut self, id: &str, link: &PaymentLink) -> Result<(), Refusal> {
        let crypto = link.transfers.iter().map(|transfer| Leg {
            from: Account::Outside,
            to: Account::Desk,
            currency: &transfer.currency,
            amount: transfer.amount,
        });
        let euros = Leg { from: Account::Desk, to: Account::Partner, currency: "eur", amount: link.euros() };
        let legs: Vec<Leg<'_>> = crypto.chain([euros]).collect();
        self.ledger.book(self.now, id, &legs).map_err(|_| Refusal::message(400, "amount is too large."))?;
        let row = NewRow { reference: id, kind: "payment-link", amount: link.euros(), currency: eur()?, status: "SUCCESSFUL" };
        self.record(&Account::Partner, &row);
        Ok(())
    }
}

/// What payment links are in.
fn eur() -> Result<&'static Currency, Refusal> {
    currencies::find("eur").ok_or_else(|| Refusal::code(ErrorCode::P410))
}

fn no_link() -> Refusal {
    Refusal::message(404, "Payment link does not exist.")
}
