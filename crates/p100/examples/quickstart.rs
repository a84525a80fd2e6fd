//! A whole story against a P100 on your own machine: `cargo run --example quickstart`. With P100_API_KEY set it calls P100's staging
//! host instead, and only reads.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{CreateCardRequest, CreateUserRequest, DocumentType, TransferRequest, UserVerificationRequest};
use p100::webhooks::{self, Event, Receiver, Verifier};
use p100::{Client, Currency, Decimal, Document, Environment, KycFiles, Pin, Require, WaitPolicy};
use p100_sandbox::control::{CardChannel, CardTransaction};
use p100_sandbox::{Account, Sandbox};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    if std::env::var_os("P100_API_KEY").is_some() {
        let client = Client::builder().environment(Environment::Staging).api_key_from_env().build()?;
        for (currency, rate) in client.exchange().rates().await?.iter() {
            println!("1 {currency} = {rate} EUR");
        }
        return Ok(());
    }
    // Your server: it takes webhooks and keeps them.
    let (queue, mut events) = mpsc::channel::<Event>(100);
    let router = webhooks::router(Receiver::new(Verifier::new("the webhook token")?), move |event| {
        let queue = queue.clone();
        async move { queue.send(event).await }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    // P100, and a client of it. Elsewhere: Client::builder().environment(..).api_key_from_env().build()
    let sandbox = Sandbox::builder().webhooks(format!("http://{address}"), "the webhook token").start().await?;
    let client = sandbox.client();

    println!("Onboard a user");
    let user = CreateUserRequest::builder().external_user_id("customer-42").email("ada@example.com").phone("37060000000");
    let user = user.first_name("Ada").last_name("Example").address("Sample Street 1").city("Vilnius").post_code("01001");
    let user = user.country("LT").citizenship("LT").document_type(DocumentType::Passport).document_number("X0000001").build();
    client.users().create(&user).await?;
    let (scan, selfie) = (&b"%PDF-1.7 a scan"[..], &b"%PDF-1.7 a selfie"[..]);
    let files = KycFiles::passport(Document::from_bytes(scan)?, Document::from_bytes(selfie)?);
    client.kyc().upload_files("customer-42", files).await?;
    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id("customer-42").build()).await?;
    println!("  {}", client.kyc().status("customer-42").await?.verification_status.require("verificationStatus")?);

    println!("Fund the user with 0.5 eth of yours");
    let half = Currency::ETH.check(Decimal::new(5, 1))?;
    sandbox.fund(&Account::Partner, "eth", half)?;
    let transfer = TransferRequest::to_user("customer-42", half, Currency::ETH);
    println!("  {}", client.transfers().create(&transfer).await?.wait(WaitPolicy::default()).await?.status());

    println!("Lock a rate and exchange");
    let lock = client.exchange().lock_rate("customer-42").await?;
    let eth = lock.rates().require("rates")?.get("eth").ok_or("no rate")?;
    println!("  1 eth = {eth} EUR for {:?}", lock.lifetime().ok_or("no lifetime")?);
    println!("  {}", lock.exchange(half, Currency::ETH, Currency::EUR).await?.wait(WaitPolicy::default()).await?.status());

    println!("Issue a card and pay with it");
    let card = CreateCardRequest::builder().external_user_id("customer-42").label("Shopping").pin(Pin::new("1234")?).build();
    let card = client.cards().create(&card).await?;
    let payment = CardTransaction::builder().merchant_name("Example Shop").amount(Decimal::new(1299, 2)).channel(CardChannel::Ecom);
    sandbox.make_card_transaction(&card.card_id, payment.build())?;
    for balance in client.users().balances("customer-42").await?.fiat_balances.require("fiatBalances")? {
        println!("  {} {} on {}", balance.amount, balance.name, balance.iban.as_deref().unwrap_or("no account"));
    }

    println!("Received meanwhile");
    sandbox.settle().await;
    while let Ok(event) = events.try_recv() {
        println!("  {}", event.kind.map_or_else(|| "an unknown event".to_owned(), |kind| kind.to_string()));
    }
    Ok(())
}
