//! Your code, tested without a key and without a network: `cargo run --example test_your_code`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{FiatBalance, FiatBalanceStatus, UserBalances};
use p100::{Client, Decimal, Require};
use p100_httpmock::MockServer;

/// The code under test: what a user can spend in euros.
async fn spendable(client: &Client, user: &str) -> Result<Decimal, Box<dyn Error>> {
    // A response without balances is an error, and not nothing to spend.
    let balances = client.users().balances(user).await?.fiat_balances.require("fiatBalances")?;
    let is_active = |balance: &&FiatBalance| balance.name == "eur" && balance.status == Some(FiatBalanceStatus::Active);
    Ok(balances.iter().filter(is_active).map(|balance| balance.amount).sum())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = MockServer::start_async().await;
    let client = Client::builder().base_url(server.base_url()).api_key("any").build()?;

    // A typed response: what P100 cannot send does not compile.
    let eur = FiatBalance::builder()
        .id("e3f40516-2738-494a-9bec-fd0e1f2a3b08")
        .amount(Decimal::new(1000, 2))
        .name("eur")
        .rate(Decimal::ONE)
        .iban("LT121000011101001000")
        .status(FiatBalanceStatus::Active)
        .build();
    let balances = UserBalances::builder().fiat_balances(vec![eur]).crypto_balances(Vec::new()).build();
    let mock = server.get_user_balances(|when, then| {
        when.external_user_id("customer-42");
        then.ok(&balances);
    });
    assert_eq!(spendable(&client, "customer-42").await?, Decimal::new(1000, 2));
    mock.assert();
    println!("an active balance counts");

    // A status that P100 may add tomorrow.
    let frozen = FiatBalanceStatus::from("FROZEN");
    assert!(frozen.is_unknown());
    println!("an unknown status is {frozen}, and no failure");

    // A call nobody expected says what was.
    let error = spendable(&client, "customer-43").await.expect_err("not mocked");
    println!("{error}");
    assert!(error.to_string().contains("which is getUserBalances"), "{error}");
    Ok(())
}
