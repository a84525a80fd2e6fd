//! The life of a virtual card: issued, used, blocked, deleted: `cargo run --example issue_card`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{CardLimits, CreateCardRequest, UpdateCardLimitsRequest};
use p100::{Decimal, ExternalUserId, Pin, Require};
use p100_sandbox::control::{CardChannel, CardTransaction, NewUser};
use p100_sandbox::{Account, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    let user = ExternalUserId::from("customer-42");
    sandbox.add_user(NewUser::new(user.as_str()))?;
    sandbox.fund(&Account::User(user.to_string()), "eur", Decimal::from(100))?;

    let pin = Pin::new("1234")?;
    let request = CreateCardRequest::builder().external_user_id(&user).label("Shopping").pin(pin).build();
    println!("sending {request:?}");
    let created = client.cards().create(&request).await?;
    println!("created: {created:?}");
    let card = created.card_id;

    // Only to show them to the card holder: never log, cache or store what expose() gives.
    let details = client.cards().get(&user, &card).await?;
    println!("number of {} digits, read on purpose", details.card_number.require("cardNumber")?.expose().len());

    let CardLimits { monthly_trx_all, monthly_trx_atm, daily_trx_atm, monthly_trx_ecom, daily_trx_ecom, .. } =
        client.cards().limits(&user, &card).await?;
    let limits = UpdateCardLimitsRequest::builder()
        .external_user_id(&user)
        .card_id(&card)
        .daily_trx_all(Decimal::from(50))
        .monthly_trx_all(monthly_trx_all.require("monthlyTrxAll")?)
        .daily_trx_atm(daily_trx_atm.require("dailyTrxAtm")?)
        .monthly_trx_atm(monthly_trx_atm.require("monthlyTrxAtm")?)
        .daily_trx_ecom(daily_trx_ecom.require("dailyTrxEcom")?)
        .monthly_trx_ecom(monthly_trx_ecom.require("monthlyTrxEcom")?)
        .build();
    client.cards().update_limits(&limits).await?;
    for amount in [Decimal::new(1299, 2), Decimal::from(40)] {
        let payment = CardTransaction::builder().merchant_name("Example Shop").amount(amount).channel(CardChannel::Ecom).build();
        match sandbox.make_card_transaction(card.as_str(), payment) {
            Ok(_) => println!("paid {amount} EUR"),
            Err(refused) => println!("{amount} EUR refused: {refused}"),
        }
    }

    client.cards().block(&user, &card).await?;
    for card in client.cards().list(&user).await?.cards.require("cards")? {
        let (label, digits) = (card.label.require("label")?, card.card_last_digits.require("cardLastDigits")?);
        println!("{label} ending in {digits}: {}", card.status.require("status")?);
    }
    client.cards().delete(&user, &card).await?;
    println!("{} cards left", client.cards().list(&user).await?.cards.require("cards")?.len());
    Ok(())
}
