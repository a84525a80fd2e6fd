//! Somebody pays the partner in crypto, who gets euros: `cargo run --example order_in_crypto`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::OrderLockRequest;
use p100::{Decimal, Require};
use p100_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let request = OrderLockRequest::builder().currency("usdc").amount(Decimal::new(8700, 2)).network("polygon").build();
    let lock = client.orders().lock_rate(&request).await?;
    println!(
        "{} {} at {}, for {:?}",
        lock.details().amount,
        lock.currency().map_or("?", |currency| currency.as_str()),
        lock.details().rate,
        lock.lifetime()
    );

    // Store the id: the order goes on although this program may end.
    let pending = lock.order().await?;
    let order = pending.status().await?.into_details();
    let Some(address) = &order.wallet_address else {
        println!("no address yet: wait for the event orderStatus");
        return Ok(());
    };
    let required = order.total_amount_required.require("totalAmountRequired")?;
    println!("to pay: {required} to {address} on {}", order.network.as_deref().require("network")?);

    // The payer pays in two parts.
    sandbox.pay_order(pending.id(), Decimal::from(40))?;
    show(&client, pending.id()).await?;
    sandbox.pay_order(pending.id(), required - Decimal::from(40))?;
    show(&client, pending.id()).await?;

    // The docs name no status for the end: what counts is what has arrived.
    for balance in client.partner().balances().await?.fiat_balances.require("fiatBalances")? {
        println!("the partner has {} {}", balance.amount, balance.name);
    }
    Ok(())
}

async fn show(client: &p100::Client, order_id: &str) -> Result<(), Box<dyn Error>> {
    let order = client.orders().get(order_id).await?;
    let (received, required) =
        (order.received_amount.require("receivedAmount")?, order.total_amount_required.require("totalAmountRequired")?);
    let (seen, needed) = (order.confirmations.require("confirmations")?, order.required_confirmations.require("requiredConfirmations")?);
    println!("{}: {received} of {required}, {seen} of {needed} confirmations", order.status);
    Ok(())
}
