//! Cards: issuing, commands, limits, and what shops and cardholders do with them.

use std::collections::BTreeSet;
use std::time::Duration;

use p100::types::{CardLimits, CardStatus, CreateCardRequest, ExtendUserRequest, UpdateCardLimitsRequest, UpdateCardPinRequest};
use p100::{CardId, Client, Decimal, Error};
use p100_sandbox::control::{CardChannel, CardConfirmation, CardTransaction};
use p100_sandbox::{Account, Sandbox};
use serde_json::json;

use crate::users::{events, invalid, jpeg, limited, month, refusal, request, verify, with_files};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A sandbox with the verified user `ada`, who has so many euros.
async fn with_ada(euros: i64) -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    if euros > 0 {
        sandbox.fund(&Account::User("ada".into()), "eur", Decimal::from(euros)).expect("funds");
    }
    (sandbox, client)
}

async fn create(client: &Client, id: &str) -> Result<CardId, Error> {
    let request = CreateCardRequest::builder().external_user_id(id).label("Shopping").pin("1234").build();
    Ok(client.cards().create(&request).await?.card_id)
}

fn payment(amount: &str, channel: CardChannel) -> CardTransaction {
    CardTransaction::builder().merchant_name("Example Shop").amount(amount.parse().expect("an amount")).channel(channel).build()
}

fn limits(card_id: &str, [monthly_all, daily_all, monthly_atm, daily_atm, monthly_ecom, daily_ecom]: [i64; 6]) -> UpdateCardLimitsRequest {
    UpdateCardLimitsRequest::builder()
        .external_user_id("ada")
        .card_id(card_id)
        .monthly_trx_all(monthly_all.into())
        .daily_trx_all(daily_all.into())
        .monthly_trx_atm(monthly_atm.into())
        .daily_trx_atm(daily_atm.into())
        .monthly_trx_ecom(monthly_ecom.into())
        .daily_trx_ecom(daily_ecom.into())
        .build()
}

#[tokio::test]
async fn a_card_has_a_number_that_is_one() {
    let (sandbox, client) = with_ada(0).await;
    let request = CreateCardRequest::builder().external_user_id("ada").label("Shopping").pin("1234").build();
    let created = client.cards().create(&request).await.unwrap();
    let number = created.card_number.as_ref().unwrap().expose();
    let digits = number.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits.zip([1, 2].into_iter().cycle()).map(|(digit, weight)| digit * weight / 10 + digit * weight % 10).sum();
    assert_eq!((number.len(), sum % 10), (16, 0), "{number}");
    assert_eq!((created.cvv.as_ref().unwrap().expose().len(), created.exp.as_ref().unwrap().expose()), (3, "08/30"));
    assert_eq!(created.card_id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{}", created.card_id);

    let details = client.cards().get("ada", &created.card_id).await.unwrap();
    assert_eq!(details.status, Some(CardStatus::Active));
    assert_eq!((details.card_number, details.cvv, details.exp), (created.card_number.clone(), created.cvv, created.exp));
    let [card] = &client.cards().list("ada").await.unwrap().cards.unwrap()[..] else { panic!("one card") };
    assert_eq!(
        (card.card_id.as_deref().unwrap(), card.label.as_deref().unwrap(), &card.status),
        (created.card_id.as_str(), "Shopping", &Some(CardStatus::Active))
    );
    assert_eq!(card.card_last_digits.as_deref(), Some(&number[12..]));
    assert!(!format!("{:?}", sandbox.overview()).contains(number));
}

#[tokio::test]
async fn cards_are_for_verified_users_of_some_countries_who_are_not_suspended() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    assert_eq!(refusal(create(&client, "ada").await), (400, "P412".into()));
    assert_eq!(refusal(client.cards().list("ada").await), (400, "P412".into()));
    client.users().create(&request("ada", "LT")).await.unwrap();
    client.users().create_limited(&limited("lim")).await.unwrap();
    for id in ["ada", "lim"] {
        assert_eq!(refusal(create(&client, id).await), (400, "P459".into()), "{id}");
        assert_eq!(refusal(client.cards().get(id, "none").await), (400, "P459".into()), "{id}");
    }
    client.users().create(&request("eve", "CH")).await.unwrap();
    client.kyc().upload_files("eve", p100::KycFiles::passport(jpeg(), jpeg())).await.unwrap();
    verify(&client, "eve").await;
    assert_eq!(refusal(create(&client, "eve").await), (400, "P451".into()));
    client.users().suspend("eve").await.unwrap();
    assert_eq!(refusal(create(&client, "eve").await), (400, "P455".into()));
    let wrong = CreateCardRequest::builder().external_user_id("eve").label("ab").pin("12x4").build();
    let sentences = invalid(client.cards().create(&wrong).await);
    assert!(
        sentences.contains("label must be longer than or equal to 3 characters.") && sentences.contains("pin must match"),
        "{sentences}"
    );
    assert!(!sentences.contains("12x4"), "{sentences}");
}

#[tokio::test]
async fn cards_may_be_only_for_extended_users() {
    let (sandbox, client) = with_ada(1).await;
    let card = create(&client, "ada").await.unwrap();
    let mut settings = sandbox.settings();
    settings.demand_extension = true;
    sandbox.set_settings(settings).unwrap();
    assert_eq!(refusal(create(&client, "ada").await), (400, "P461".into()));
    assert_eq!(refusal(client.cards().get("ada", &card).await), (400, "P461".into()));
    let extend = async |user: &str| client.raw().extend_user(&user.into(), &ExtendUserRequest::default()).await;
    assert_eq!(refusal(extend("nobody").await), (400, "P412".into()));
    client.users().create(&request("eva", "LT")).await.unwrap();
    assert_eq!(refusal(extend("eva").await), (400, "P459".into()));
    extend("ada").await.unwrap();
    create(&client, "ada").await.unwrap();
    client.cards().get("ada", &card).await.unwrap();
}

#[tokio::test]
async fn an_unknown_card_is_an_unknown_card_everywhere() {
    let (_sandbox, client) = with_ada(0).await;
    with_files(&client, "bob").await;
    verify(&client, "bob").await;
    let card = create(&client, "bob").await.unwrap();
    let pin = |id: &str| UpdateCardPinRequest::builder().external_user_id(id).card_id(&card).pin("4321").build();
    // It is bob's, and there is no carl.
    for (id, code) in [("ada", "P434"), ("carl", "P412")] {
        let mut wanted = limits(&card, [1, 1, 1, 1, 1, 1]);
        wanted.external_user_id = id.into();
        for response in [
            refusal(client.cards().update_pin(&pin(id)).await),
            refusal(client.cards().block(id, &card).await),
            refusal(client.cards().unblock(id, &card).await),
            refusal(client.cards().limits(id, &card).await),
            refusal(client.cards().update_limits(&wanted).await),
            refusal(client.cards().delete(id, &card).await),
        ] {
            assert_eq!(response, (400, code.into()));
        }
        assert_eq!(refusal(client.cards().get(id, &card).await), (400, "P434".into()), "its page knows no P412");
    }
    client.cards().update_pin(&pin("bob")).await.unwrap();
}

#[tokio::test]
async fn a_card_is_blocked_unblocked_and_deleted() {
    let (_sandbox, client) = with_ada(0).await;
    let card = create(&client, "ada").await.unwrap();
    let status = async || client.cards().get("ada", &card).await.map(|card| card.status);
    for _ in 0..2 {
        client.cards().block("ada", &card).await.unwrap();
        assert_eq!(status().await.unwrap(), Some(CardStatus::LockedByUser));
    }
    for _ in 0..2 {
        client.cards().unblock("ada", &card).await.unwrap();
        assert_eq!(status().await.unwrap(), Some(CardStatus::Active));
    }
    client.cards().delete("ada", &card).await.unwrap();
    assert_eq!(refusal(status().await), (400, "P434".into()));
    assert_eq!(refusal(client.cards().unblock("ada", &card).await), (400, "P434".into()));
    assert!(client.cards().list("ada").await.unwrap().cards.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn a_user_with_active_cards_is_not_suspended() {
    let (_sandbox, client) = with_ada(0).await;
    let card = create(&client, "ada").await.unwrap();
    assert_eq!(refusal(client.users().suspend("ada").await), (400, "P454".into()));
    client.cards().block("ada", &card).await.unwrap();
    client.users().suspend("ada").await.unwrap();
    // A deleted user takes their cards along.
    client.users().delete("ada").await.unwrap();
    assert_eq!(refusal(client.cards().get("ada", &card).await), (400, "P434".into()));
}

#[tokio::test]
async fn cards_are_counted_over_a_day_a_month_a_year_and_at_a_time() {
    let (sandbox, client) = with_ada(0).await;
    let refused = async || refusal(create(&client, "ada").await);
    let delete_all = async || {
        for card in client.cards().list("ada").await.unwrap().cards.unwrap() {
            client.cards().delete("ada", card.card_id.unwrap()).await.unwrap();
        }
    };
    let mut ids = BTreeSet::new();
    for round in 0..2 {
        for _ in 0..5 {
            assert!(ids.insert(create(&client, "ada").await.unwrap()));
        }
        let period = if round == 0 { "The user got 5 cards within 24 hours." } else { "The user has 10 cards." };
        assert_eq!(refused().await, (400, period.into()));
        sandbox.advance(DAY - Duration::from_secs(1)).await;
        assert_eq!(refused().await, (400, period.into()));
        sandbox.advance(Duration::from_secs(1)).await;
    }
    delete_all().await;
    // Ten in two days, of which the first five drop out of the 30 days after 28 more.
    assert_eq!(refused().await, (400, "The user got 10 cards within 30 days.".into()));
    sandbox.advance(DAY * 28).await;
    for _ in 0..5 {
        create(&client, "ada").await.unwrap();
    }
    sandbox.advance(DAY).await;
    for _ in 0..5 {
        create(&client, "ada").await.unwrap();
    }
    delete_all().await;
    sandbox.advance(DAY * 300).await;
    assert_eq!(refused().await, (400, "The user got 20 cards within 12 months.".into()));
    // A year after the first.
    sandbox.advance(DAY * (365 - 331)).await;
    create(&client, "ada").await.unwrap();
}

#[tokio::test]
async fn limits_are_read_as_they_were_set() {
    let (_sandbox, client) = with_ada(0).await;
    let card = create(&client, "ada").await.unwrap();
    let set = limits(&card, [100, 50, 40, 30, 20, 0]);
    client.cards().update_limits(&set).await.unwrap();
    let expected: CardLimits = serde_json::from_value(json!({"monthlyTrxAll": 100, "dailyTrxAll": 50, "monthlyTrxAtm": 40,
        "dailyTrxAtm": 30, "monthlyTrxEcom": 20, "dailyTrxEcom": 0}))
    .unwrap();
    assert_eq!(client.cards().limits("ada", &card).await.unwrap(), expected);
    let wrong = limits(&card, [100, 101, -1, -2, 20, 20]);
    assert_eq!(
        invalid(client.cards().update_limits(&wrong).await),
        "dailyTrxAll must not be greater than monthlyTrxAll. monthlyTrxAtm must not be less than 0. dailyTrxAtm must not be less than 0."
    );
    assert_eq!(client.cards().limits("ada", &card).await.unwrap(), expected);
}

#[tokio::test]
async fn a_payment_moves_money_and_is_reported() {
    let (sandbox, client) = with_ada(20).await;
    let card = create(&client, "ada").await.unwrap();
    let before = events(&sandbox, "ada").len();
    let id = sandbox.make_card_transaction(&card, payment("12.99", CardChannel::Ecom)).unwrap();
    let (name, mut body) = events(&sandbox, "ada").swap_remove(before);
    body.as_object_mut().unwrap().remove("createdAt");
    assert_eq!(name, "cardTransaction");
    assert_eq!(body, json!({"cardId": card, "transactionId": id, "merchantName": "Example Shop", "amount": 12.99, "currency": "eur"}));
    assert_eq!(client.users().balances("ada").await.unwrap().fiat_balances.as_ref().unwrap()[0].amount.to_string(), "7.01");
    let history = client.users().transactions("ada", month(8)).await.unwrap().transactions;
    assert_eq!(history.as_ref().unwrap().last().unwrap().amount.as_ref().unwrap().to_string(), "12.99");
    // What is not there cannot be spent, and leaves no trace.
    let error = sandbox.make_card_transaction(&card, payment("7.02", CardChannel::Pos)).unwrap_err();
    assert_eq!(error.to_string(), "The balance is too low.");
    assert!(sandbox.make_card_transaction(&card, payment("0.001", CardChannel::Pos)).is_err());
    assert!(sandbox.make_card_transaction(&card, payment("0", CardChannel::Pos)).is_err());
    assert_eq!(events(&sandbox, "ada").len(), before + 1);
    sandbox.make_card_transaction(&card, payment("7.01", CardChannel::Pos)).unwrap();
}

#[tokio::test]
async fn only_an_active_card_of_an_admitted_user_pays() {
    let (sandbox, client) = with_ada(20).await;
    let card = create(&client, "ada").await.unwrap();
    let pay = || sandbox.make_card_transaction(&card, payment("1", CardChannel::Pos)).map_err(|error| error.to_string());
    client.cards().block("ada", &card).await.unwrap();
    assert_eq!(pay(), Err("The card is not active.".into()));
    client.users().suspend("ada").await.unwrap();
    assert_eq!(pay(), Err("User is suspended.".into()));
    client.users().unsuspend("ada").await.unwrap();
    client.cards().unblock("ada", &card).await.unwrap();
    pay().unwrap();
    client.cards().delete("ada", &card).await.unwrap();
    assert_eq!(pay(), Err("Card does not exist.".into()));
    assert!(sandbox.send_card_activation_code(&card).is_err());
}

#[tokio::test]
async fn limits_hold_for_days_and_months_and_for_each_channel() {
    let (sandbox, client) = with_ada(10_000).await;
    let card = create(&client, "ada").await.unwrap();
    client.cards().update_limits(&limits(&card, [250, 100, 60, 50, 90, 80])).await.unwrap();
    let pay =
        |amount: &str, channel| sandbox.make_card_transaction(&card, payment(amount, channel)).map(drop).map_err(|error| error.to_string());
    let over = |limit: &str| Err(format!("The limit {limit} does not allow this payment."));
    assert_eq!(pay("100.01", CardChannel::Pos), over("dailyTrxAll"));
    assert_eq!(pay("50.01", CardChannel::Atm), over("dailyTrxAtm"));
    pay("50", CardChannel::Atm).unwrap();
    assert_eq!(pay("0.01", CardChannel::Atm), over("dailyTrxAtm"));
    pay("50", CardChannel::Ecom).unwrap();
    assert_eq!(pay("0.01", CardChannel::Pos), over("dailyTrxAll"));
    // It is 8:00 in UTC, and the days are UTC's.
    sandbox.advance(Duration::from_secs(16 * 60 * 60 - 1)).await;
    assert_eq!(pay("0.01", CardChannel::Pos), over("dailyTrxAll"));
    sandbox.advance(Duration::from_secs(1)).await;
    assert_eq!(pay("10.01", CardChannel::Atm), over("monthlyTrxAtm"));
    assert_eq!(pay("80.01", CardChannel::Ecom), over("dailyTrxEcom"));
    assert_eq!(pay("40.01", CardChannel::Ecom), over("monthlyTrxEcom"));
    pay("100", CardChannel::Pos).unwrap();
    sandbox.advance(DAY).await;
    pay("50", CardChannel::Pos).unwrap();
    assert_eq!(pay("0.01", CardChannel::Pos), over("monthlyTrxAll"));
    // From 14 August to 1 September.
    sandbox.advance(DAY * 18).await;
    pay("50", CardChannel::Atm).unwrap();
}

#[tokio::test]
async fn codes_are_sent_and_returned() {
    let (sandbox, client) = with_ada(0).await;
    let card = create(&client, "ada").await.unwrap();
    let before = events(&sandbox, "ada").len();
    let confirmation = CardConfirmation::builder().merchant_name("Example Shop").amount("12.99".parse().unwrap()).build();
    let secure = sandbox.send_card_3ds_code(&card, confirmation).unwrap();
    let activation = sandbox.send_card_activation_code(&card).unwrap();
    let reported = events(&sandbox, "ada").split_off(before);
    let expected = [
        (
            "card3dsCode".to_owned(),
            json!({"cardId": card, "code": secure.expose(), "merchantName": "Example Shop", "amount": 12.99, "currency": "eur"}),
        ),
        ("cardActivationCode".to_owned(), json!({"cardId": card, "code": activation.expose()})),
    ];
    assert_eq!(reported, expected);
    assert!(secure.expose().len() == 6 && secure != activation);
}
