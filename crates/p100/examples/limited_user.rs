//! A user without KYC who only has crypto: `cargo run --example limited_user`. P100's docs dropped such users in September 2025.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(deprecated, reason = "it shows what P100 may still return")]

use std::error::Error;

use p100::types::{CreateLimitedUserRequest, DocumentType, TransferRequest};
use p100::{Currency, Decimal, Require, WaitPolicy};
use p100_sandbox::control::CryptoDeposit;
use p100_sandbox::{Account, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let user = CreateLimitedUserRequest::builder()
        .external_user_id("customer-44")
        .email("eva@example.com")
        .first_name("Eva")
        .last_name("Sample")
        .address("Test Avenue 7B")
        .city("Kaunas")
        .country("LT")
        .birth_country("LT")
        .birth_date("1988-01-31")
        .document_type(DocumentType::Passport)
        .document_number("X0000002")
        .build();
    let created = client.users().create_limited(&user).await?;
    for balance in created.balances.require("balances")?.iter().filter(|balance| balance.wallet.is_some()) {
        println!("{} is received at {}", balance.name, balance.wallet.as_deref().unwrap_or_default());
    }

    // Somebody sends the user crypto; the event cryptoDepositStatus reports when it is credited.
    let account = Account::User("customer-44".to_owned());
    let deposit = CryptoDeposit::builder().account(account).currency("usdc").amount(Decimal::new(255, 1)).build();
    sandbox.receive_crypto_deposit(deposit)?;

    // The user pays the partner.
    let amount = Currency::USDC.check(Decimal::new(2050, 2))?;
    let request = TransferRequest::from_user("customer-44", amount, Currency::USDC);
    let transfer = client.transfers().create(&request).await?.wait(WaitPolicy::default()).await?;
    println!("the transfer is {}", transfer.status());
    let balances = client.users().balances("customer-44").await?.crypto_balances.require("cryptoBalances")?;
    for balance in balances.iter().filter(|balance| !balance.amount.is_zero()) {
        println!("left: {} {}", balance.amount, balance.name);
    }
    Ok(())
}
