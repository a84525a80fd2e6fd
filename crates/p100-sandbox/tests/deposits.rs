//! Crypto and SEPA deposits.

use std::time::Duration;

use p100::types::{TravelRuleDetails, TravelRuleRequest, TravelRuleWalletType};
use p100_sandbox::control::{CryptoDeposit, SepaDeposit};
use p100_sandbox::{Account, Sandbox, Step, When};
use serde_json::{Value, json};

use crate::money::{self, USER, amount, events, history, holdings, refused_without_code, user};
use crate::users;

fn deposit(account: Account, travel_rule: bool) -> CryptoDeposit {
    CryptoDeposit::builder().account(account).currency("eth").amount(amount("0.001")).travel_rule(travel_rule).build()
}

fn sender() -> TravelRuleRequest {
    let details = TravelRuleDetails::builder().first_name("Ada").last_name("Example").country("PL").build();
    TravelRuleRequest::builder().wallet_type(TravelRuleWalletType::Custodial).details(details).build()
}

fn statuses(sandbox: &Sandbox) -> Vec<Value> {
    events(sandbox, "cryptoDepositStatus").iter().map(|event| event["status"].clone()).collect()
}

#[tokio::test]
async fn a_deposit_is_reported_when_it_is_seen_and_when_it_is_credited() {
    let (sandbox, _client) = money::sandbox(&[]).await;
    let id = sandbox.receive_crypto_deposit(deposit(user(), false)).expect("a deposit");
    assert_eq!(statuses(&sandbox), ["WAITING_FOR_VERIFICATION", "SUCCESSFUL"]);
    assert_eq!(holdings(&sandbox, &user()).await, "0.001 eth");
    assert_eq!(history(&sandbox, &user()).await, ["crypto-deposit 0.00100000 eth SUCCESSFUL"]);
    let mut event = events(&sandbox, "cryptoDepositStatus").remove(0);
    let hash = event.as_object_mut().expect("an object").remove("transactionHash");
    assert!(hash.as_ref().and_then(Value::as_str).is_some_and(|hash| hash.len() == 66), "{hash:?}");
    let expected = json!({
        "externalUserId": USER, "cryptoDepositId": id, "amount": 0.001, "currency": "eth", "status": "WAITING_FOR_VERIFICATION",
        "createdAt": "2025-08-12T08:00:00.000Z",
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_deposit_of_the_partner_names_no_user() {
    let (sandbox, _client) = money::sandbox(&[]).await;
    sandbox.receive_crypto_deposit(deposit(Account::Partner, false)).expect("a deposit");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "0.001 eth");
    assert_eq!(events(&sandbox, "cryptoDepositStatus")[1]["externalUserId"], json!(null));
}

#[tokio::test]
async fn a_deposit_held_for_the_travel_rule_is_released_once_by_its_sender_data() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let id = sandbox.receive_crypto_deposit(deposit(user(), true)).expect("a deposit");
    assert_eq!(statuses(&sandbox), ["WAITING_FOR_VERIFICATION", "WAITING_FOR_TR_DATA"]);
    assert_eq!(holdings(&sandbox, &user()).await, "");
    let response = client.deposits().update_travel_rule(&id, &sender()).await.expect("taken");
    assert!(response.message.is_some());
    assert_eq!(statuses(&sandbox)[2..], ["SUCCESSFUL"]);
    assert_eq!(holdings(&sandbox, &user()).await, "0.001 eth");

    let again = client.deposits().update_travel_rule(&id, &sender()).await.expect_err("released already");
    assert_eq!(refused_without_code(&again), (400, "The deposit does not wait for travel-rule data.".to_owned()));
    let unknown = client.deposits().update_travel_rule("no-such-id", &sender()).await.expect_err("no such deposit");
    assert_eq!(refused_without_code(&unknown), (404, "Deposit does not exist.".to_owned()));
    assert_eq!(holdings(&sandbox, &user()).await, "0.001 eth");
}

#[tokio::test]
async fn a_refused_deposit_is_never_credited() {
    let minute = Duration::from_secs(60);
    let (sandbox, client) = money::sandbox(&[(Step::DepositCheck, When::AfterTime(minute))]).await;
    let id = sandbox.receive_crypto_deposit(deposit(user(), true)).expect("a deposit");
    let early = client.deposits().update_travel_rule(&id, &sender()).await.expect_err("not asked for yet");
    assert_eq!(refused_without_code(&early).0, 400);
    sandbox.decide_deposit(&id, false).expect("refused");
    sandbox.advance(minute).await;
    assert_eq!(statuses(&sandbox), ["WAITING_FOR_VERIFICATION", "UNSUCCESSFUL"]);
    assert_eq!(history(&sandbox, &user()).await, ["crypto-deposit 0.00100000 eth UNSUCCESSFUL"]);
    assert_eq!(holdings(&sandbox, &user()).await, "");
    sandbox.decide_deposit(&id, false).expect_err("refused already");
    sandbox.proceed(&id).expect_err("nothing waits");
}

#[tokio::test]
async fn a_deposit_is_checked_when_the_settings_say() {
    let minute = Duration::from_secs(60);
    let (sandbox, _client) = money::sandbox(&[(Step::DepositCheck, When::AfterTime(minute))]).await;
    sandbox.receive_crypto_deposit(deposit(user(), false)).expect("a deposit");
    assert_eq!(holdings(&sandbox, &user()).await, "");
    sandbox.advance(minute).await;
    assert_eq!(statuses(&sandbox), ["WAITING_FOR_VERIFICATION", "SUCCESSFUL"]);
    assert_eq!(holdings(&sandbox, &user()).await, "0.001 eth");
}

#[tokio::test]
async fn a_bank_transfer_to_a_user_is_credited_and_reported_at_once() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let transfer = |to: &str| {
        SepaDeposit::builder()
            .external_user_id(to)
            .amount(amount("120"))
            .sender_name("Ada Example")
            .sender_iban("DE89 3704 0044 0532 0130 00")
            .build()
    };
    users::with_files(&client, "customer-43").await;
    sandbox.receive_sepa_deposit(transfer("customer-43")).expect_err("no IBAN yet");
    users::verify(&client, "customer-43").await;
    let id = sandbox.receive_sepa_deposit(transfer("customer-43")).expect("a deposit");
    let account = Account::User("customer-43".to_owned());
    assert_eq!(holdings(&sandbox, &account).await, "120 eur");
    assert_eq!(history(&sandbox, &account).await, ["sepa-deposit 120.00 eur SUCCESSFUL"]);
    let expected = json!({
        "externalUserId": "customer-43", "id": id, "amount": "120.00", "currency": "eur", "senderName": "Ada Example",
        "senderIban": "DE89370400440532013000", "createdAt": "2025-08-12T08:00:00.000Z",
    });
    assert_eq!(events(&sandbox, "sepaDepositReceived"), [expected]);
}

#[tokio::test]
async fn deposits_that_cannot_be_are_refused() {
    let (sandbox, client) = money::sandbox(&[]).await;
    client.users().create(&users::request("customer-43", "LT")).await.expect("a user without balances");
    for (account, currency) in [
        (Account::User("nobody".to_owned()), "eth"),
        (Account::User("customer-43".to_owned()), "eth"),
        (user(), "eur"),
        (user(), "gbp"),
        (Account::Fees, "eth"),
    ] {
        let deposit = CryptoDeposit::builder().account(account.clone()).currency(currency).amount(amount("0.001")).build();
        sandbox.receive_crypto_deposit(deposit).expect_err(&format!("{account} {currency}"));
    }
    assert!(statuses(&sandbox).is_empty());
}
