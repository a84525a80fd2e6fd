//! Issues a virtual card, shows it to its user, and blocks it: `cargo run --example issue_card`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{CardCreated, CardDetails, CardList, CardReference, CardStatus, CardSummary, CreateCardRequest, MessageResponse};
use p100::{CardId, Client, ExternalUserId, Pin};
use p100_httpmock::MockServer;

const CARD: &str = "7018ac87-455f-4bf4-851a-0f6bcf82b84d";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = mocked().await;
    let client = Client::builder().base_url(server.base_url()).api_key("any").build()?;
    let user = ExternalUserId::new("customer-42")?;

    let pin = Pin::new("1234")?;
    let request = CreateCardRequest::builder().external_user_id(&user).label("Shopping").pin(pin).build();
    println!("sending {request:?}");
    let created = client.cards().create(&request).await?;
    let card = CardId::new(created.card_id.as_str())?;
    println!("card {card} created: {created:?}");

    for card in client.cards().list(&user).await?.cards {
        println!("{} ending in {}: {}", card.label, card.card_last_digits, card.status);
    }

    // Only to show them to the card holder: never log, cache or store what expose() gives.
    let details = client.cards().get(&user, &card).await?;
    println!("number of {} digits, read on purpose", details.card_number.expose().len());

    client.cards().block(&user, &card).await?;
    println!("blocked");
    Ok(())
}

/// What P100 would answer.
async fn mocked() -> MockServer {
    let server = MockServer::start_async().await;
    server.create_card(|_, then| {
        then.ok(&CardCreated::builder().card_id(CARD).card_number("4000000000000002").cvv("987").exp("06/31").build());
    });
    let card = CardSummary::builder().card_id(CARD).status(CardStatus::Active).label("Shopping").card_last_digits("0002").build();
    server.list_cards(|_, then| {
        then.ok(&CardList::builder().cards(vec![card]).build());
    });
    server.get_card(|when, then| {
        when.card_id(CARD);
        then.ok(&CardDetails::builder().status(CardStatus::Active).card_number("4000000000000002").cvv("987").exp("06/31").build());
    });
    server.block_card(|when, then| {
        when.body(&CardReference::builder().external_user_id("customer-42").card_id(CARD).build());
        then.ok(&MessageResponse::default());
    });
    server
}
