//! A link by which somebody pays in crypto, in as many transfers as they like: `cargo run --example payment_link`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::Decimal;
use p100::types::PaymentLinkRequest;
use p100_sandbox::Sandbox;
use p100_sandbox::control::PaymentLinkPayment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let request = PaymentLinkRequest::builder().amount(Decimal::new(4350, 2)).currency("eur").build();
    let link = client.payment_links().create(&request).await?;
    println!("send the payer to {}", link.url);

    for amount in [20, 30] {
        let (currency, network) = ("usdc".to_owned(), Some("polygon".to_owned()));
        let payment = PaymentLinkPayment { currency, network, amount: Decimal::from(amount) };
        sandbox.pay_payment_link(&link.payment_link_id, &payment)?;
        // The docs know one status, for a link that is underpaid, so the transfers tell more.
        let details = client.payment_links().get(&link.payment_link_id).await?;
        for transfer in &details.transactions {
            println!("{} {} on {}", transfer.amount, transfer.currency, transfer.network);
        }
        println!("{} transfers so far; the link is {}", details.transactions.len(), details.status);
    }
    for balance in client.partner().balances().await?.fiat_balances {
        println!("the partner has {} {}", balance.amount, balance.name);
    }
    Ok(())
}
