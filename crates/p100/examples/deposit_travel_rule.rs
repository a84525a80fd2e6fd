//! A crypto deposit that is held until its sender is known: `cargo run --example deposit_travel_rule`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{TravelRuleDetails, TravelRuleRequest, TravelRuleWalletType};
use p100::webhooks::{WebhookEvent, WebhookKind};
use p100::{Currency, Decimal, Require};
use p100_sandbox::control::CryptoDeposit;
use p100_sandbox::{Account, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    let (account, amount) = (Account::Partner, Decimal::new(1, 1));
    sandbox.receive_crypto_deposit(CryptoDeposit::builder().account(account).currency("eth").amount(amount).travel_rule(true).build())?;
    show(&sandbox)?;

    // The id comes with the event cryptoDepositStatus, in the state WAITING_FOR_TR_DATA.
    let held = sandbox.deliveries().into_iter().rev().find(|delivery| delivery.event == "cryptoDepositStatus").ok_or("no event")?;
    let WebhookEvent::CryptoDepositStatus(held) = WebhookKind::CryptoDepositStatus.decode(held.body.as_bytes())?.value else {
        return Err("another event".into());
    };
    let details = TravelRuleDetails::builder().first_name("Ada").last_name("Example").country("PL").build();
    let sender = TravelRuleRequest::builder().wallet_type(TravelRuleWalletType::Custodial).details(details).build();
    client.deposits().update_travel_rule(&held.crypto_deposit_id, &sender).await?;

    show(&sandbox)?;
    let balances = client.partner().balances().await?.crypto_balances.require("cryptoBalances")?;
    let eth = balances.iter().find(|balance| balance.name == Currency::ETH.as_str()).ok_or("no balance")?;
    println!("{} eth on the account", eth.amount);
    Ok(())
}

/// Which events have been sent.
fn show(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    for delivery in sandbox.deliveries() {
        if let WebhookEvent::CryptoDepositStatus(deposit) = delivery.event.parse::<WebhookKind>()?.decode(delivery.body.as_bytes())?.value {
            let (amount, currency) = (deposit.amount.require("amount")?, deposit.currency.require("currency")?);
            println!("event {}: {amount} {currency} is {}", delivery.id, deposit.status);
        }
    }
    Ok(())
}
