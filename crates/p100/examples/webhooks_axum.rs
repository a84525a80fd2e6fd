//! Receives webhooks with axum: `cargo run --example webhooks_axum --features p100/axum`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashSet;
use std::error::Error;

use p100::raw::reqwest;
use p100::types::{Card3dsCodeEvent, KycFileAddedEvent, KycFileStatus, TransferStatus, TransferStatusEvent};
use p100::webhooks::{self, Event, Receiver, Verifier, WebhookEvent, testing};
use p100::{Decimal, Sensitive};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // During a rotation both tokens are good: Verifier::new("new")?.also("old")?
    let receiver = Receiver::new(Verifier::new("the webhook token")?);

    // The handler only puts the event where it is safe; a real one writes to a table or a durable queue.
    let (queue, mut events) = mpsc::channel::<Event>(1000);
    let router = webhooks::router(receiver, move |event| {
        let queue = queue.clone();
        async move { queue.send(event).await }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });

    // What P100 would send: a transfer twice, since it promises no exactly-once, and a code that must be shown at once.
    let transfer = TransferStatusEvent::builder()
        .id("2738495a-6b7c-4d8e-9f2a-3b4c5d6e7f0c")
        .source_external_user_id("customer-42")
        .amount(Decimal::new(355, 1))
        .currency("usdc")
        .status(TransferStatus::Successful)
        .created_at("2025-08-12T08:10:00.000Z")
        .build();
    let transfer = WebhookEvent::TransferStatus(Box::new(transfer));
    let code = Card3dsCodeEvent::builder()
        .external_user_id("customer-42")
        .code("482913")
        .merchant_name("Example Shop")
        .amount(Decimal::new(1299, 2));
    let code = WebhookEvent::Card3dsCode(Box::new(code.build()));
    let file = KycFileAddedEvent::builder().external_user_id("customer-42").status(KycFileStatus::Added).build();
    let file = WebhookEvent::KycFileAdded(Box::new(file));
    for event in [&transfer, &transfer, &code, &file] {
        println!("answered {}", deliver(&format!("http://{address}"), event, "the webhook token").await?);
    }
    println!("answered {} to a wrong token", deliver(&format!("http://{address}"), &file, "guessed").await?);

    let mut seen = HashSet::new();
    while let Ok(event) = events.try_recv() {
        if event.dedupe_key().is_some_and(|key| !seen.insert(key)) {
            println!("a repeat, dropped");
            continue;
        }
        match event.payload() {
            Some(WebhookEvent::TransferStatus(transfer)) => println!("transfer {} is {}", transfer.id, transfer.status),
            Some(WebhookEvent::Card3dsCode(code)) => println!("show a code of {} digits to its user", code.code.expose().len()),
            Some(other) => println!("{other:?}"),
            None => println!("an event this version does not know; its bytes are kept: {:?}", event.raw()),
        }
    }
    Ok(())
}

async fn deliver(base_url: &str, event: &WebhookEvent, token: impl Into<Sensitive>) -> Result<u16, Box<dyn Error + Send + Sync>> {
    let delivery = testing::delivery(event, token)?;
    let request = reqwest::Client::new().post(format!("{base_url}{}", delivery.path)).headers(delivery.headers).body(delivery.body);
    Ok(request.send().await?.status().as_u16())
}
