//! Locks a rate, exchanges at it, and waits for the outcome: `cargo run --example exchange_with_lock`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use p100::chrono::{TimeDelta, Utc};
use p100::types::{ExchangeCreated, ExchangeDetails, ExchangeRates, ExchangeStatus, RateLock};
use p100::{Client, Currency, Decimal, Progress, WaitPolicy};
use p100_httpmock::MockServer;

const EXCHANGE: &str = "05162738-495a-4b6c-8d0e-1f2a3b4c5d0a";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = mocked().await;
    let client = Client::builder().base_url(server.base_url()).api_key("any").build()?;

    let lock = client.exchange().lock_rate("customer-42").await?;
    let rate = lock.rates().get("eth").ok_or("no rate for eth")?;
    println!("1 eth = {rate} EUR, fee {} %, good for {} s", lock.fee_percentage(), lock.remaining(Utc::now()).as_secs());

    // More decimals than the currency has are refused here, and an expired lock is refused before anything is sent.
    let amount = Currency::ETH.check(Decimal::new(5, 1))?;
    let pending = lock.exchange(amount, Currency::ETH, Currency::EUR).await?;
    println!("accepted as {}: store this id, client.exchange().pending(id) goes on after a restart", pending.id());

    let policy = WaitPolicy::default().first_interval(Duration::from_millis(10)).limit(Duration::from_secs(60));
    match pending.wait(policy).await? {
        Progress::Succeeded(exchange) => println!("{} eth became {} EUR", exchange.amount_from, exchange.amount_to),
        Progress::Failed(exchange) => println!("failed: {:?}", exchange.error),
        other => println!("still {} after the time we gave it: ask again later, do not exchange again", other.status()),
    }
    Ok(())
}

/// What P100 would answer.
async fn mocked() -> MockServer {
    let server = MockServer::start_async().await;
    let rates = BTreeMap::from([("eth".to_owned(), Decimal::new(30_005, 1)), ("eur".to_owned(), Decimal::ONE)]);
    let lock = RateLock::builder()
        .id("f4051627-3849-4a5b-8cfd-0e1f2a3b4c09")
        .rates(ExchangeRates::from(rates))
        .fee_percentage(Decimal::new(125, 2))
        .created_at(Utc::now())
        .valid_until(Utc::now() + TimeDelta::seconds(60))
        .build();
    server.lock_rate(|when, then| {
        when.external_user_id("customer-42");
        then.ok(&lock);
    });
    server.create_exchange(|_, then| {
        then.ok(&ExchangeCreated::builder().exchange_id(EXCHANGE).build());
    });
    let done = ExchangeDetails::builder()
        .id(EXCHANGE)
        .amount_from(Decimal::new(5, 1))
        .amount_to(Decimal::new(14_815, 1))
        .currency_from("eth")
        .currency_to("eur")
        .rate(Decimal::new(30_005, 1))
        .status(ExchangeStatus::Completed)
        .created_at(Utc::now())
        .build();
    server.get_exchange(|when, then| {
        when.exchange_id(EXCHANGE);
        then.ok(&done);
    });
    server
}
