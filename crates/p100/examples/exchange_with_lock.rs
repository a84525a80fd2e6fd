//! Locks a rate, exchanges at it, and waits for the outcome: `cargo run --example exchange_with_lock`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::time::Duration;

use p100::{Currency, Decimal, Progress, Require, WaitPolicy};
use p100_sandbox::{Account, Sandbox, Settings, Step, When};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // P100 takes its time: here the exchange settles when its details have been read twice.
    let mut settings = Settings::default();
    settings.steps.insert(Step::Exchange, When::AfterReads(2));
    let sandbox = Sandbox::builder().settings(settings).start().await?;
    let client = sandbox.client();
    sandbox.fund(&Account::Partner, "eth", Decimal::new(5, 1))?;

    let lock = client.partner().lock_rate().await?;
    let rate = lock.rates().require("rates")?.get("eth").ok_or("no rate for eth")?;
    let fee = lock.fee_percentage().require("feePercentage")?;
    println!("1 eth = {rate} EUR, fee {fee} %, good for {:?}", lock.lifetime().ok_or("no lifetime")?);

    // More decimals than the currency has are refused here, and a lock whose time has passed on this machine before anything is sent.
    let amount = Currency::ETH.check(Decimal::new(5, 1))?;
    let started_at = sandbox.now(); // elsewhere: Utc::now()
    let pending = match lock.exchange(amount, Currency::ETH, Currency::EUR).await {
        Err(error) if error.may_have_taken_effect() => {
            let attempt = lock.attempt(amount, Currency::ETH, Currency::EUR, started_at, sandbox.now());
            println!("{error}: {:?}", client.reconcile(&attempt).await?);
            return Ok(());
        }
        response => response?,
    };
    println!("accepted as {}: store this id, client.exchange().pending(id) goes on after a restart", pending.id());

    let policy = WaitPolicy::default().first_wait(Duration::from_millis(10)).limit(Duration::from_secs(60));
    match pending.wait(policy).await? {
        // P100 may leave members out; one line reads each that is needed.
        Progress::Succeeded(exchange) => {
            println!("{} eth became {} EUR", exchange.amount_from.require("amountFrom")?, exchange.amount_to.require("amountTo")?);
        }
        Progress::Failed(exchange) => println!("failed: {:?}", exchange.error),
        other => println!("still {} after the time we gave it: ask again later, do not exchange again", other.status()),
    }
    let late = client.partner().lock_rate().await?;
    sandbox.advance(Duration::from_secs(61)).await;
    if let Err(error) = late.exchange(amount, Currency::ETH, Currency::EUR).await {
        println!("a minute later for P100: {error}; may have taken effect: {}", error.may_have_taken_effect());
    }
    Ok(())
}
