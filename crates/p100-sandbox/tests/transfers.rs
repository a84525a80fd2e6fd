//! Internal transfers.

use std::time::Duration;

use p100::types::{ErrorCode, TransferRequest, TransferStatus};
use p100::{Decimal, WaitPolicy};
use p100_sandbox::{Account, Settings, Step, When};
use serde_json::json;

use crate::money::{self, USER, amount, events, fund, history, holdings, user};

fn to_user(value: &str) -> TransferRequest {
    TransferRequest::to_user(USER, amount(value), "eur")
}

fn from_user(value: &str, currency: &str) -> TransferRequest {
    TransferRequest::from_user(USER, amount(value), currency)
}

#[tokio::test]
async fn a_transfer_moves_money_between_partner_and_user_and_reports_it() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "100 eur");
    let pending = client.transfers().create(&to_user("35.5")).await.expect("accepted");
    let progress = pending.wait(WaitPolicy::default()).await.expect("an outcome");
    let details = progress.details();
    assert_eq!(details.status, TransferStatus::Successful);
    assert_eq!((details.source_external_user_id.as_deref(), details.destination_external_user_id.as_deref()), (None, Some(USER)));
    let _ = client.transfers().create(&from_user("0.5", "eur")).await.expect("accepted");

    assert_eq!(holdings(&sandbox, &Account::Partner).await, "65 eur");
    assert_eq!(holdings(&sandbox, &user()).await, "35 eur");
    let lines = ["transfer 35.50 eur SUCCESSFUL", "transfer 0.50 eur SUCCESSFUL"];
    assert_eq!(history(&sandbox, &user()).await, lines);
    assert_eq!(history(&sandbox, &Account::Partner).await, lines);
    let expected = json!({
        "id": pending.id(), "sourceExternalUserId": null, "destinationExternalUserId": USER, "amount": 35.5, "currency": "eur",
        "status": "SUCCESSFUL", "createdAt": "2025-08-12T08:00:00.000Z",
    });
    assert_eq!(events(&sandbox, "transferStatus")[0], expected);
}

#[tokio::test]
async fn a_transfer_without_funds_is_accepted_and_fails() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "1 usdc");
    let pending = client.transfers().create(&from_user("1.000001", "usdc")).await.expect("accepted");
    let details = client.transfers().get(pending.id()).await.expect("details");
    assert_eq!(details.status, TransferStatus::Failed);
    assert_eq!(details.error.and_then(|error| error.status).as_deref(), Some("INSUFFICIENT_FUNDS"));
    assert_eq!(holdings(&sandbox, &user()).await, "1 usdc");
    assert_eq!(events(&sandbox, "transferStatus")[0]["error"]["status"], "INSUFFICIENT_FUNDS");
}

#[tokio::test]
async fn in_the_legacy_manner_a_transfer_without_funds_is_refused_at_once() {
    let mut settings = Settings::default();
    settings.refuse_unfunded_transfers = true;
    let sandbox = p100_sandbox::Sandbox::builder().settings(settings).start().await.expect("a sandbox");
    money::add_user(&sandbox).await;
    let error = sandbox.client().transfers().create(&to_user("1")).await.expect_err("refused");
    assert_eq!(error.code(), Some(&ErrorCode::P433));
    assert!(events(&sandbox, "transferStatus").is_empty());
}

#[tokio::test]
async fn what_cannot_be_transferred_is_refused() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let request = |user: &str, value: &str, currency: &str| TransferRequest::from_user(user, amount(value), currency);
    let nobody = TransferRequest::builder().amount(Decimal::ONE).currency("eur").build();
    let both =
        TransferRequest::builder().source_external_user_id(USER).destination_external_user_id(USER).amount(Decimal::ONE).currency("eur");
    for (request, code) in [
        (nobody, ErrorCode::P424),
        (both.build(), ErrorCode::P403),
        (request("nobody", "1", "eur"), ErrorCode::P412),
        (request(USER, "0", "eur"), ErrorCode::P403),
        (request(USER, "0.001", "eur"), ErrorCode::P403),
        (request(USER, "1000000000000.01", "eur"), ErrorCode::P403),
        (request(USER, "1", "eurt"), ErrorCode::P403),
    ] {
        let error = client.transfers().create(&request).await.expect_err("refused");
        assert_eq!(error.code(), Some(&code), "{request:?}");
    }
    client.users().suspend(USER).await.expect("suspended");
    let error = client.transfers().create(&request(USER, "1", "eur")).await.expect_err("refused");
    assert_eq!(error.code(), Some(&ErrorCode::P455));
    let error = client.transfers().get("no-such-id").await.expect_err("refused");
    assert_eq!(money::refused_without_code(&error), (404, "Transfer does not exist.".to_owned()));
}

#[tokio::test]
async fn a_transfer_settles_when_the_settings_say() {
    for when in [When::AfterReads(2), When::AfterTime(Duration::from_secs(30)), When::ByHand] {
        let (sandbox, client) = money::sandbox(&[(Step::Transfer, when)]).await;
        fund(&sandbox, &Account::Partner, "10 eur");
        let pending = client.transfers().create(&to_user("10")).await.expect("accepted");
        let status = || async { client.transfers().get(pending.id()).await.expect("details").status.to_string() };
        assert_eq!(status().await, "PROCESSING");
        assert_eq!(holdings(&sandbox, &user()).await, "");
        match when {
            When::AfterReads(_) => assert_eq!(status().await, "PROCESSING"),
            When::AfterTime(time) => {
                sandbox.advance(time - Duration::from_millis(1)).await;
                assert_eq!(status().await, "PROCESSING");
                sandbox.advance(Duration::from_millis(1)).await;
            }
            _ => sandbox.proceed(pending.id()).expect("it waits"),
        }
        assert_eq!(status().await, "SUCCESSFUL", "{when:?}");
        assert_eq!(holdings(&sandbox, &user()).await, "10 eur");
        assert_eq!(events(&sandbox, "transferStatus").len(), 1);
    }
}
