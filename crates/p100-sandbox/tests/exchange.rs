//! Rates, rate locks and exchanges.

use std::time::Duration;

use p100::types::{ErrorCode, ExchangeRequest, ExchangeStatus, PartnerExchangeRequest};
use p100::{Client, RateLock};
use p100_sandbox::{Account, Step, When};
use serde_json::json;

use crate::money::{self, USER, amount, events, fees, fund, history, holdings, refused_without_code, user};

const NO_LOCK: &str = "There is no such rate lock, or it has expired or been used.";

fn request(lock: &str, value: &str, from: &str, to: &str) -> ExchangeRequest {
    let request = ExchangeRequest::builder().source_external_user_id(USER).lock_id(lock);
    request.amount(amount(value)).currency_from(from).currency_to(to).build()
}

fn partner_request(lock: &str, value: &str, from: &str, to: &str) -> PartnerExchangeRequest {
    PartnerExchangeRequest::builder().lock_id(lock).amount(amount(value)).currency_from(from).currency_to(to).build()
}

async fn lock(client: &Client) -> RateLock {
    client.exchange().lock_rate(USER).await.expect("a lock")
}

#[tokio::test]
async fn an_exchange_takes_its_fee_and_reports_itself() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "0.75 eth");
    let lock = lock(&client).await;
    assert_eq!(lock.fee_percentage(), Some(amount("1.49")));
    assert_eq!(lock.rates(), Some(&client.exchange().rates().await.expect("rates")));
    let pending = lock.exchange(amount("0.5"), "eth", "eur").await.expect("accepted");

    let details = client.exchange().get(pending.id()).await.expect("details");
    assert_eq!(details.status, ExchangeStatus::Completed);
    assert_eq!(
        (details.amount_from, details.amount_to, details.rate),
        (Some(amount("0.5")), Some(amount("1477.89")), Some(amount("3000.5")))
    );
    assert!(details.finished_at.is_some() && details.finished_at == details.created_at);
    assert_eq!(details.user.expect("a user").first_name, Some("Ada".to_owned()));
    assert_eq!(holdings(&sandbox, &user()).await, "1477.89 eur, 0.25 eth");
    assert_eq!(fees(&sandbox, "eth"), amount("0.00745"));
    assert_eq!(history(&sandbox, &user()).await, ["exchange 0.50000000 eth COMPLETED", "exchange 1477.89 eur COMPLETED"]);
    let expected = json!({
        "exchangeId": pending.id(), "externalUserId": USER, "amountFrom": 0.5, "amountTo": 1477.89, "currencyFrom": "eth",
        "currencyTo": "eur", "rate": 3000.5, "fee": 0.00745, "status": "COMPLETED", "createdAt": "2025-08-12T08:00:00.000Z",
    });
    assert_eq!(events(&sandbox, "exchangeStatus"), [expected]);
}

#[tokio::test]
async fn an_exchange_of_the_partner_has_no_user() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "100 eur");
    let lock = client.partner().lock_rate().await.expect("a lock");
    let pending = lock.exchange(amount("100"), "EUR", "usdc").await.expect("accepted");
    let details = client.exchange().get(pending.id()).await.expect("details");
    assert_eq!((details.currency_from.as_deref().unwrap(), details.rate, details.user), ("eur", Some(amount("0.87")), None));
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "113.229885 usdc");
    assert!(events(&sandbox, "exchangeStatus")[0].get("externalUserId").is_none());
}

#[tokio::test]
async fn an_exchange_without_funds_fails_and_moves_nothing() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "10 eur");
    let lock = lock(&client).await;
    let pending = lock.exchange(amount("10.01"), "eur", "btc").await.expect("accepted");
    let details = client.exchange().get(pending.id()).await.expect("details");
    assert_eq!(details.status, ExchangeStatus::Failed);
    assert_eq!(details.error.and_then(|error| error.status).as_deref(), Some("INSUFFICIENT_FUNDS"));
    assert!(details.finished_at.is_some());
    assert_eq!(holdings(&sandbox, &user()).await, "10 eur");
    assert_eq!(history(&sandbox, &user()).await[0], "exchange 10.01 eur FAILED");
    let event = &events(&sandbox, "exchangeStatus")[0];
    assert_eq!((&event["status"], &event["error"]["status"]), (&json!("FAILED"), &json!("INSUFFICIENT_FUNDS")));
}

#[tokio::test]
async fn a_lock_serves_one_exchange_of_its_account_while_it_lives() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "100 eur");
    let locked = lock(&client).await;
    assert_eq!(locked.lifetime(), Some(Duration::from_secs(60)));

    let foreign = client.partner().exchange(&partner_request(locked.id(), "1", "eur", "btc")).await.expect_err("of a user");
    assert_eq!(refused_without_code(&foreign), (400, NO_LOCK.to_owned()));
    let invalid = client.exchange().create(&request(locked.id(), "-1", "eur", "btc")).await.expect_err("invalid");
    assert_eq!(invalid.code(), Some(&ErrorCode::P403));
    sandbox.advance(Duration::from_millis(59_999)).await;
    let _ = client.exchange().create(&request(locked.id(), "1", "eur", "btc")).await.expect("refusals do not use it up");
    let used = client.exchange().create(&request(locked.id(), "1", "eur", "btc")).await.expect_err("used");
    assert_eq!(refused_without_code(&used), (400, NO_LOCK.to_owned()));

    let expired = lock(&client).await;
    sandbox.advance(Duration::from_secs(60)).await;
    let error = client.exchange().create(&request(expired.id(), "1", "eur", "btc")).await.expect_err("expired");
    assert_eq!(refused_without_code(&error), (400, NO_LOCK.to_owned()));
    let error = client.exchange().create(&request("no-lock", "1", "eur", "btc")).await.expect_err("unknown");
    assert_eq!(refused_without_code(&error), (400, NO_LOCK.to_owned()));
}

#[tokio::test]
async fn a_lock_holds_its_rates_while_the_market_moves() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "1 eth");
    let lock = lock(&client).await;
    let mut settings = sandbox.settings();
    settings.rates.insert("eth".to_owned(), amount("1"));
    sandbox.set_settings(settings).expect("settings");
    assert_eq!(client.exchange().rates().await.expect("rates").get("eth"), Some(&amount("1")));
    let pending = lock.exchange(amount("1"), "eth", "eur").await.expect("accepted");
    assert_eq!(client.exchange().get(pending.id()).await.expect("details").amount_to, Some(amount("2955.79")));
}

#[tokio::test]
async fn what_cannot_be_exchanged_is_refused_with_every_reason() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let locked = lock(&client).await;
    for (value, from, to, sentences) in [
        ("1", "eur", "EUR", "currencyFrom and currencyTo must differ."),
        ("0.001", "eur", "gbp", "amount must have at most 2 decimals. currencyTo is not supported."),
        ("0", "gbp", "chf", "amount must be a positive number. currencyFrom is not supported. currencyTo is not supported."),
        ("0.00000001", "doge", "eur", "amount is too small or too large to be exchanged."),
    ] {
        let error = client.exchange().create(&request(locked.id(), value, from, to)).await.expect_err("invalid");
        assert_eq!(error.code(), Some(&ErrorCode::P403));
        assert_eq!(error.error_body().and_then(|body| body.error_message.as_deref()), Some(sentences));
    }
    let error = client.exchange().lock_rate("nobody").await.expect_err("no such user");
    assert_eq!(error.code(), Some(&ErrorCode::P412));
    client.users().suspend(USER).await.expect("suspended");
    let error = locked.exchange(amount("1"), "eur", "btc").await.expect_err("suspended");
    assert_eq!(error.code(), Some(&ErrorCode::P455));
    let error = client.exchange().get("no-such-id").await.expect_err("no such exchange");
    assert_eq!(refused_without_code(&error), (404, "Exchange does not exist.".to_owned()));
}

#[tokio::test]
async fn an_exchange_settles_when_the_settings_say() {
    for when in [When::AfterReads(1), When::AfterTime(Duration::from_secs(5)), When::ByHand] {
        let (sandbox, client) = money::sandbox(&[(Step::Exchange, when)]).await;
        fund(&sandbox, &user(), "10 eur");
        let pending = lock(&client).await.exchange(amount("10"), "eur", "btc").await.expect("accepted");
        assert_eq!(history(&sandbox, &user()).await[0], "exchange 10.00 eur PROCESSING");
        match when {
            When::AfterReads(_) => {
                let details = client.exchange().get(pending.id()).await.expect("details");
                assert_eq!((details.status.as_str(), details.finished_at), ("PROCESSING", None));
            }
            When::AfterTime(time) => sandbox.advance(time).await,
            _ => sandbox.proceed(pending.id()).expect("it waits"),
        }
        let details = client.exchange().get(pending.id()).await.expect("details");
        assert_eq!(details.status, ExchangeStatus::Completed, "{when:?}");
        assert_eq!(details.finished_at.expect("an end").utc().expect("a time"), sandbox.now());
        assert_eq!(holdings(&sandbox, &user()).await, "0.00010944 btc");
    }
}
