//! Somebody pays the partner in crypto, who gets euros: `cargo run --example order_in_crypto`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::Decimal;
use p100::types::OrderLockRequest;
use p100_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let request = OrderLockRequest::builder().currency("usdc").amount(Decimal::new(8700, 2)).network("polygon").build();
    let lock = client.orders().lock_rate(&request).await?;
    println!("{} {} at {}, for {:?}", lock.details().amount, lock.currency().unwrap_or("?"), lock.details().rate, lock.lifetime());

    // Store the id: the order goes on although this program may end.
    let pending = lock.order().await?;
    let order = pending.status().await?.into_details();
    let Some(address) = &order.wallet_address else {
        println!("no address yet: wait for the event orderStatus");
        return Ok(());
    };
    println!("to pay: {} to {address} on {}", order.total_amount_required, order.network);

    // The payer pays in two parts.
    sandbox.pay_order(&order.order_id, Decimal::from(40))?;
    show(&client, &order.order_id).await?;
    sandbox.pay_order(&order.order_id, order.total_amount_required - Decimal::from(40))?;
    show(&client, &order.order_id).await?;

    // The docs name no status for the end: what counts is what has arrived.
    for balance in client.partner().balances().await?.fiat_balances {
        println!("the partner has {} {}", balance.amount, balance.name);
    }
    Ok(())
}

async fn show(client: &p100::Client, order_id: &str) -> Result<(), p100::Error> {
    let order = client.orders().get(order_id).await?;
    let (received, required) = (order.received_amount, order.total_amount_required);
    println!("{}: {received} of {required}, {} of {} confirmations", order.status, order.confirmations, order.required_confirmations);
    Ok(())
}
