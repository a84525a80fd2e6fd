//! A link by which somebody pays in crypto, in as many transfers as they like: `cargo run --example payment_link`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::PaymentLinkRequest;
use p100::{Decimal, Require};
use p100_sandbox::Sandbox;
use p100_sandbox::control::PaymentLinkPayment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let request = PaymentLinkRequest::builder().amount(Decimal::new(4350, 2)).currency("eur").build();
    let link = client.payment_links().create(&request).await?;
    println!("send the payer to {}", link.url.as_deref().require("url")?);

    for amount in [20, 30] {
        let payment = PaymentLinkPayment::builder().currency("usdc").network("polygon").amount(Decimal::from(amount)).build();
        sandbox.pay_payment_link(&link.payment_link_id, &payment)?;
        // The docs know one status, for a link that is underpaid, so the transfers show more.
        let details = client.payment_links().get(&link.payment_link_id).await?;
        let transfers = details.transactions.require("transactions")?;
        for transfer in &transfers {
            let network = transfer.network.as_deref().unwrap_or("an unknown network");
            println!("{} {} on {network}", transfer.amount.require("amount")?, transfer.currency.as_deref().require("currency")?);
        }
        println!("{} transfers so far; the link is {}", transfers.len(), details.status);
    }
    for balance in client.partner().balances().await?.fiat_balances.require("fiatBalances")? {
        println!("the partner has {} {}", balance.amount, balance.name);
    }
    Ok(())
}
