//! Typed calls over HTTP, against a mock server on this machine: `cargo run --example quickstart`.
//!
//! With P100_API_KEY set it calls P100's staging host instead, and only reads. With P100_BASE_URL set it does all of it against that
//! server, such as a mock made from spec/p100-partner-api.yaml by another tool.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::env;
use std::error::Error;

use p100::raw::FilePart;
use p100::types::{CreateCardRequest, CreateUserRequest, DocumentType, KycFilesForm};
use p100::{Client, Environment};
use p100_httpmock::MockServer;

mod mocked;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(url) = env::var("P100_BASE_URL") {
        let client = Client::builder().base_url(url).api_key("any").build()?;
        return onboard(&client).await;
    }
    if env::var_os("P100_API_KEY").is_some() {
        let client = Client::builder().environment(Environment::Staging).api_key_from_env().build()?;
        return look(&client).await;
    }
    let server = MockServer::start_async().await;
    mocked::everything(&server);
    println!("mock server on {}", server.base_url());
    onboard(&Client::builder().base_url(server.base_url()).api_key("any").build()?).await
}

/// What can be read without changing anything.
async fn look(client: &Client) -> Result<(), Box<dyn Error>> {
    let rates = client.raw().get_rates().await?;
    for (currency, rate) in rates.iter() {
        println!("1 {currency} = {rate} EUR");
    }
    let balances = client.raw().get_partner_balances().await?;
    println!("{} fiat and {} crypto balances", balances.fiat_balances.len(), balances.crypto_balances.len());
    Ok(())
}

/// A user, a document, a card.
async fn onboard(client: &Client) -> Result<(), Box<dyn Error>> {
    let raw = client.raw();
    let rates = raw.get_rates().await?;
    println!("rates: {:?}", rates.iter().map(|(currency, rate)| format!("1 {currency} = {rate} EUR")).collect::<Vec<_>>());

    let user = CreateUserRequest::builder()
        .external_user_id("customer-42")
        .email("ada@example.com")
        .phone("37060000000")
        .first_name("Ada")
        .last_name("Example")
        .address("Sample Street 1")
        .city("Vilnius")
        .post_code("01001")
        .country("LT")
        .citizenship("LT")
        .document_type(DocumentType::Passport)
        .document_number("X0000001")
        .build();
    println!("sending {user:?}");
    let created = raw.create_user(&user).await?;
    println!("user {} created", created.user_id);

    let photo = FilePart::from_bytes("passport.png", "image/png", &b"\x89PNG\r\n\x1a\n"[..]);
    let uploaded = raw.upload_kyc_files("customer-42", KycFilesForm::builder().front(photo).build()).await?;
    println!("document uploaded, status {}", uploaded.status().as_u16());

    let request = CreateCardRequest::builder().external_user_id("customer-42").label("Shopping").pin("1234").build();
    let card = raw.create_card(&request).await?;
    println!("card {} created", card.card_id);

    let details = raw.get_card("customer-42", &card.card_id).await?;
    println!("read back: {:?}", *details);
    Ok(())
}
