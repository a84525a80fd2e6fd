//! Crypto withdrawals and their fees.

use std::time::Duration;

use p100::types::{ErrorCode, NetworkFeeCurrency, NetworkFeeNetwork, PartnerWithdrawalRequest, PartyType, WalletType, WithdrawalRequest};
use p100_sandbox::{Account, Step, When};
use serde_json::json;

use crate::money::{self, USER, amount, events, fees, fund, history, holdings, refused_without_code, user};

const WALLET: &str = "0x1111111111111111111111111111111111111111";

fn request(money: &str, network: Option<&str>) -> WithdrawalRequest {
    let (value, currency) = money.split_once(' ').expect("an amount and a currency");
    WithdrawalRequest::builder()
        .source_external_user_id(USER)
        .currency(currency)
        .amount(amount(value))
        .wallet_address(WALLET)
        .maybe_network(network)
        .name("Ada Example")
        .wallet_type(WalletType::NonCustodial)
        .receiver_type(PartyType::Natural)
        .build()
}

fn partner_request(money: &str) -> PartnerWithdrawalRequest {
    let (value, currency) = money.split_once(' ').expect("an amount and a currency");
    PartnerWithdrawalRequest::builder()
        .currency(currency)
        .amount(amount(value))
        .wallet_address(WALLET)
        .name("Example Ltd")
        .wallet_type(WalletType::Custodial)
        .receiver_type(PartyType::Legal)
        .build()
}

#[tokio::test]
async fn a_withdrawal_pays_amount_and_both_fees_and_reports_the_chain_and_of_its_end() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "100 usdc");
    let pending = client.withdrawals().create(&request("20.5 USDC", Some("POLYGON"))).await.expect("accepted");
    let details = client.withdrawals().get(pending.id()).await.expect("details");
    assert_eq!((details.status.as_str(), details.amount, details.fee), ("SUCCESSFUL", Some(amount("20.5")), Some(amount("0.52"))));
    assert_eq!(
        (details.currency.as_ref().unwrap().name.as_deref().unwrap(), details.currency.as_ref().unwrap().network.as_deref().unwrap()),
        ("usdc", "polygon")
    );
    assert_eq!(details.user.expect("a user").external_user_id, Some(USER.into()));
    assert_eq!(holdings(&sandbox, &user()).await, "78.98 usdc");
    assert_eq!(fees(&sandbox, "usdc"), amount("0.5"));
    assert_eq!(history(&sandbox, &user()).await, ["crypto-withdrawal 20.500000 usdc SUCCESSFUL"]);

    let events = events(&sandbox, "cryptoWithdrawalStatus");
    let statuses: Vec<_> = events.iter().map(|event| event["status"].as_str().expect("a status")).collect();
    assert_eq!(statuses, ["PROCESSING", "SUCCESSFUL"]);
    assert_eq!(events[0]["transactionHash"], json!(details.transaction_hash.expect("a hash")));
    let mut last = events[1].clone();
    assert_eq!(last["user"]["firstName"], "Ada");
    last.as_object_mut().expect("an object").retain(|member, _| !["user", "transactionHash"].contains(&member.as_str()));
    let expected = json!({
        "id": pending.id(), "amount": 20.5, "fee": 0.52, "destination": WALLET, "status": "SUCCESSFUL",
        "currency": {"name": "usdc", "network": "polygon"}, "createdAt": "2025-08-12T08:00:00.000Z",
    });
    assert_eq!(last, expected);
}

#[tokio::test]
async fn without_a_network_the_first_of_the_currency_is_taken() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &Account::Partner, "100 usdt");
    let pending = client.partner().withdraw(&partner_request("50 usdt")).await.expect("accepted");
    let details = client.withdrawals().get(pending.id()).await.expect("details");
    assert_eq!(
        (details.currency.as_ref().unwrap().network.as_deref().unwrap(), details.fee, details.user),
        ("ethereum", Some(amount("11.2")), None)
    );
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "38.8 usdt");
}

#[tokio::test]
async fn a_withdrawal_whose_fees_are_not_covered_fails_before_the_chain() {
    let (sandbox, client) = money::sandbox(&[]).await;
    fund(&sandbox, &user(), "1 btc");
    let pending = client.withdrawals().create(&request("1 btc", None)).await.expect("accepted");
    let details = client.withdrawals().get(pending.id()).await.expect("details");
    assert_eq!((details.status.as_str(), details.transaction_hash), ("FAILED", None));
    assert_eq!(details.error.and_then(|error| error.status).as_deref(), Some("INSUFFICIENT_FUNDS"));
    assert_eq!(holdings(&sandbox, &user()).await, "1 btc");
    let events = events(&sandbox, "cryptoWithdrawalStatus");
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["status"], &events[0]["transactionHash"]), (&json!("FAILED"), &json!(null)));
}

#[tokio::test]
async fn broadcast_and_confirmation_happen_when_the_settings_say() {
    let minute = Duration::from_secs(60);
    let steps = [(Step::WithdrawalBroadcast, When::AfterReads(1)), (Step::WithdrawalConfirmation, When::AfterTime(minute))];
    let (sandbox, client) = money::sandbox(&steps).await;
    fund(&sandbox, &user(), "2 eth");
    let pending = client.withdrawals().create(&request("1 eth", None)).await.expect("accepted");
    let details = || async {
        let details = client.withdrawals().get(pending.id()).await.expect("details");
        (details.status.to_string(), details.transaction_hash.is_some())
    };
    assert_eq!(holdings(&sandbox, &user()).await, "2 eth");
    assert_eq!(details().await, ("PROCESSING".to_owned(), false));
    assert_eq!(details().await, ("PROCESSING".to_owned(), true));
    assert_eq!(holdings(&sandbox, &user()).await, "0.9966 eth");
    assert_eq!(events(&sandbox, "cryptoWithdrawalStatus").len(), 1);
    sandbox.advance(minute).await;
    assert_eq!(details().await, ("SUCCESSFUL".to_owned(), true));
    assert_eq!(events(&sandbox, "cryptoWithdrawalStatus").len(), 2);
    assert_eq!(holdings(&sandbox, &user()).await, "0.9966 eth");
}

#[tokio::test]
async fn what_cannot_be_withdrawn_is_refused() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    for money in ["1 eur", "1 eurt", "1 gbp"] {
        let error = client.withdrawals().create(&request(money, None)).await.expect_err("no such cryptocurrency");
        assert_eq!(error.code(), Some(&ErrorCode::P410), "{money}");
    }
    let error = client.withdrawals().create(&request("1 btc", Some("POLYGON"))).await.expect_err("not on that network");
    assert_eq!(error.code(), Some(&ErrorCode::P410));
    let mut blank = partner_request("1 btc");
    blank.wallet_address = " ".to_owned();
    let error = client.partner().withdraw(&blank).await.expect_err("no address");
    assert_eq!(error.validation().expect("P403"), ["walletAddress should not be empty"]);
    let error = client.partner().withdraw(&partner_request("0.123456789 btc")).await.expect_err("too fine");
    assert_eq!(error.validation().expect("P403"), ["amount must have at most 8 decimals"]);
    let mut stranger = request("1 btc", None);
    stranger.source_external_user_id = "nobody".into();
    let error = client.withdrawals().create(&stranger).await.expect_err("no such user");
    assert_eq!(error.code(), Some(&ErrorCode::P412));
    client.users().suspend(USER).await.expect("suspended");
    let error = client.withdrawals().create(&request("1 btc", None)).await.expect_err("suspended");
    assert_eq!(error.code(), Some(&ErrorCode::P455));
    let error = client.withdrawals().get("no-such-id").await.expect_err("no such withdrawal");
    assert_eq!(refused_without_code(&error), (404, "Withdrawal does not exist.".to_owned()));
}

#[tokio::test]
async fn the_network_fee_is_reported_per_network_and_unknown_ones_are_refused() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let fee = |currency: &'static str, network: Option<&'static str>| {
        let network = network.map(NetworkFeeNetwork::from);
        let client = &client;
        async move { client.withdrawals().network_fee(NetworkFeeCurrency::from(currency), network).await }
    };
    assert_eq!(fee("btc", None).await.expect("a fee").network_fee, Some(amount("0.000469")));
    assert_eq!(fee("usdc", None).await.expect("a fee").network_fee, Some(amount("1.2")));
    assert_eq!(fee("usdc", Some("polygon")).await.expect("a fee").network_fee, Some(amount("0.02")));
    for (currency, network) in [("eurt", None), ("eur", None), ("gbp", None), ("btc", Some("polygon")), ("usdc", Some("ethereum"))] {
        let error = fee(currency, network).await.expect_err("no such currency on that network");
        assert_eq!(error.code(), Some(&ErrorCode::P410), "{currency} {network:?}");
    }
}
