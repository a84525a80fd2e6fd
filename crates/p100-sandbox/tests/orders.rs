//! Orders: locked rates, payments in parts, confirmations and what the partner gets.

use std::time::Duration;

use p100::types::{ErrorCode, OrderDetails, OrderLock, OrderLockRequest, OrderRequest, OrderStatus};
use p100::{Client, Error};
use p100_sandbox::{Account, Sandbox, Step, When};
use serde_json::{Value, json};

use crate::money::{self, amount, events, history, holdings, refused_without_code};

const NO_LOCK: &str = "There is no such rate lock, or it has expired or been used.";

async fn lock(client: &Client, value: &str, currency: &str, network: &str) -> Result<OrderLock, Error> {
    let request = OrderLockRequest::builder().amount(amount(value)).currency(currency).network(network).build();
    Ok(client.raw().lock_order_rate(&request).await?.into_inner())
}

async fn create(client: &Client, lock_id: &str) -> Result<String, Error> {
    Ok(client.raw().create_order(&OrderRequest::builder().lock_id(lock_id).build()).await?.into_inner().order_id)
}

/// An order of 87 euros: 100 usdc.
async fn order(client: &Client) -> String {
    let lock = lock(client, "87", "usdc", "polygon").await.expect("a lock");
    create(client, &lock.lock_id).await.expect("an order")
}

async fn details(client: &Client, id: &str) -> OrderDetails {
    client.raw().get_order(id).await.expect("an order").into_inner()
}

fn confirmations(sandbox: &Sandbox) -> Vec<(Value, Value)> {
    events(sandbox, "orderStatus").iter().map(|event| (event["confirmations"].clone(), event["receivedAmount"].clone())).collect()
}

#[tokio::test]
async fn rates_are_those_of_exchanges() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    let rates = client.raw().get_order_rates().await.expect("rates").into_inner();
    assert_eq!(*rates, *client.exchange().rates().await.expect("rates"));
}

#[tokio::test]
async fn a_lock_reports_what_has_to_be_paid_so_that_the_amount_is_met() {
    let (sandbox, client) = money::sandbox(&[]).await;
    sandbox.advance(Duration::from_millis(500)).await;
    let lock = lock(&client, "346.59", "USDC", "Polygon").await.expect("a lock");
    assert_eq!((lock.currency.as_deref(), lock.destination_currency.as_deref()), (Some("usdc"), Some("eur")));
    assert_eq!((lock.cryptocurrency, lock.network.as_str()), (None, "polygon"));
    // 398.3793103...: never less than what brings 346.59 EUR.
    assert_eq!((lock.rate, lock.amount), (amount("0.87"), amount("398.379311")));
    assert_eq!(lock.expires_at.as_str(), "2025-08-12T08:01:00.500Z");
}

#[tokio::test]
async fn what_cannot_be_locked_is_refused() {
    let (_sandbox, client) = money::sandbox(&[]).await;
    for (currency, network) in [("gbp", "polygon"), ("eur", "polygon"), ("usdc", "btc"), ("btc", "polygon")] {
        let error = lock(&client, "1", currency, network).await.expect_err("no such currency");
        assert_eq!(error.code(), Some(&ErrorCode::P410), "{currency} on {network}");
    }
    for (value, sentence) in [
        ("0", "amount must be a positive number"),
        ("1.001", "amount must have at most 2 decimals"),
        ("1000000000000.01", "amount must not be greater than 1000000000000"),
        // 10^12 EUR are more usdc than can be moved.
        ("1000000000000", "amount is too large for an order"),
    ] {
        let error = lock(&client, value, "usdc", "polygon").await.expect_err("invalid");
        assert_eq!(error.validation().expect("P403"), [sentence]);
    }
}

#[tokio::test]
async fn a_lock_serves_one_order_while_it_lives() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let locked = lock(&client, "1", "btc", "btc").await.expect("a lock");
    sandbox.advance(Duration::from_millis(59_999)).await;
    create(&client, &locked.lock_id).await.expect("an order");
    let used = create(&client, &locked.lock_id).await.expect_err("used");
    let expired = lock(&client, "1", "btc", "btc").await.expect("a lock");
    sandbox.advance(Duration::from_secs(60)).await;
    let expired = create(&client, &expired.lock_id).await.expect_err("expired");
    let unknown = create(&client, "00000000-0000-4000-8000-000000000000").await.expect_err("unknown");
    // One of an exchange is none of an order.
    let foreign = client.partner().lock_rate().await.expect("a lock");
    let foreign = create(&client, foreign.id()).await.expect_err("foreign");
    for error in [used, expired, unknown, foreign] {
        assert_eq!(refused_without_code(&error), (400, NO_LOCK.to_owned()));
    }
}

#[tokio::test]
async fn an_order_that_is_paid_brings_euros() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let locked = lock(&client, "87", "usdc", "polygon").await.expect("a lock");
    let id = create(&client, &locked.lock_id).await.expect("an order");
    // The rate that was locked counts.
    let mut settings = sandbox.settings();
    settings.rates.insert("usdc".to_owned(), amount("0.5"));
    sandbox.set_settings(settings).expect("settings");
    let hash = sandbox.pay_order(&id, amount("100")).expect("a payment");

    let order = details(&client, &id).await;
    assert_eq!(
        (order.order_id.as_ref(), order.lock_id.as_ref(), &order.status),
        (Some(&id), Some(&locked.lock_id), &OrderStatus::WaitingForConfirmation)
    );
    assert_eq!((order.received_amount, order.total_amount_required), (Some(amount("100")), Some(amount("100"))));
    assert_eq!((order.confirmations, order.required_confirmations), (Some(3), Some(3)));
    assert_eq!((order.cryptocurrency.as_deref(), order.network.as_deref().unwrap()), (Some("usdc"), "POLYGON"));
    assert_eq!(order.transaction_hash.as_ref(), Some(&hash));
    assert_eq!(order.expires_at.expect("an end").as_str(), "2025-08-12T08:15:00.000Z");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "87 eur");
    assert_eq!(history(&sandbox, &Account::Partner).await, ["order 87.00 eur SUCCESSFUL"]);
    let reported: Vec<_> = [(0, 0), (0, 100), (1, 100), (2, 100), (3, 100)].map(|(count, received)| (json!(count), json!(received))).into();
    assert_eq!(confirmations(&sandbox), reported);
    let expected = json!({
        "orderId": id, "lockId": locked.lock_id, "status": "WAITING_FOR_CONFIRMATION", "createdAt": "2025-08-12T08:00:00.000Z",
        "confirmations": 3, "requiredConfirmations": 3, "receivedAmount": 100, "totalAmountRequired": 100, "cryptocurrency": "usdc",
        "walletAddress": order.wallet_address, "expiresAt": "2025-08-12T08:15:00.000Z", "transactionHash": hash, "network": "POLYGON",
    });
    assert_eq!(events(&sandbox, "orderStatus").last(), Some(&expected));
    let again = sandbox.pay_order(&id, amount("1")).expect_err("paid");
    assert_eq!(again.to_string(), "The order is paid in full.");
}

#[tokio::test]
async fn an_order_is_paid_in_parts_and_settled_when_the_last_is_confirmed() {
    let second = Duration::from_secs(1);
    let (sandbox, client) = money::sandbox(&[(Step::OrderConfirmation, When::AfterTime(second))]).await;
    let id = order(&client).await;
    sandbox.pay_order(&id, amount("40")).expect("a payment");
    sandbox.advance(second * 10).await;
    let order = details(&client, &id).await;
    assert_eq!((order.received_amount, order.confirmations), (Some(amount("40")), Some(3)));
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "", "it is not paid in full");

    sandbox.pay_order(&id, amount("30.5")).expect("a payment");
    sandbox.advance(second).await;
    // More than is needed.
    sandbox.pay_order(&id, amount("30.5")).expect("a payment");
    sandbox.advance(second * 2).await;
    let order = details(&client, &id).await;
    assert_eq!((order.received_amount, order.confirmations), (Some(amount("101")), Some(2)), "the confirmations are those of the last");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "", "it is not confirmed");
    sandbox.advance(second).await;
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "87.87 eur");
    let counts: Vec<_> = confirmations(&sandbox).into_iter().map(|(count, _)| count).collect();
    assert_eq!(counts, [0, 0, 1, 2, 3, 0, 1, 0, 1, 2, 3]);
    assert!(sandbox.overview().pending.is_empty());
    assert!(sandbox.overview().orders[0].settled);
}

#[tokio::test]
async fn an_order_waits_for_its_address_and_can_expire() {
    let (sandbox, client) = money::sandbox(&[(Step::OrderWallet, When::ByHand)]).await;
    let id = order(&client).await;
    let order = details(&client, &id).await;
    assert_eq!((order.status, order.wallet_address, order.expires_at), (OrderStatus::WaitingForWalletAddress, None, None));
    assert!(events(&sandbox, "orderStatus").is_empty());
    let early = sandbox.pay_order(&id, amount("100")).expect_err("nowhere to pay to");
    assert_eq!(early.to_string(), "The order has no address to pay to.");

    sandbox.proceed(&id).expect("it waits");
    let order = details(&client, &id).await;
    assert!(order.wallet_address.is_some_and(|address| address.starts_with("0x")) && order.transaction_hash.is_none());
    sandbox.advance(Duration::from_secs(15 * 60)).await;
    let late = sandbox.pay_order(&id, amount("100")).expect_err("too late");
    assert_eq!(late.to_string(), "The order has expired.");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "");
}

#[tokio::test]
async fn what_is_no_order_or_no_payment_is_refused() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let error = client.raw().get_order("no-such-id").await.expect_err("no such order");
    assert_eq!(refused_without_code(&error), (404, "Order does not exist.".to_owned()));
    assert_eq!(sandbox.pay_order("no-such-id", amount("1")).expect_err("no order").to_string(), "Order does not exist.");
    let id = order(&client).await;
    for (value, sentence) in [
        ("0", "amount must be a positive number."),
        ("0.0000001", "amount must have at most 6 decimals."),
        ("1000000000001", "amount must not be greater than 1000000000000."),
    ] {
        assert_eq!(sandbox.pay_order(&id, amount(value)).expect_err("no payment").to_string(), sentence);
    }
    sandbox.pay_order(&id, amount("99.999999")).expect("a payment");
    assert_eq!(sandbox.pay_order(&id, amount("1000000000000")).expect_err("too much").to_string(), "amount is too large.");
}
