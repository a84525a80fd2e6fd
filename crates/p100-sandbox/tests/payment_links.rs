//! Payment links: what is paid on them, and what the partner gets.

use p100::types::{ErrorCode, HostedCheckoutRequest, PaymentLinkRequest, PaymentLinkStatus};
use p100::{Client, Error};
use p100_sandbox::control::PaymentLinkPayment;
use p100_sandbox::{Account, Sandbox};
use serde_json::json;

use crate::money::{self, amount, events, history, holdings, refused_without_code};

async fn create(client: &Client, value: &str, currency: &str) -> Result<String, Error> {
    let request = PaymentLinkRequest::builder().amount(amount(value)).currency(currency).build();
    let created = client.raw().create_payment_link(&request).await?.into_inner();
    assert!(
        created.url.as_ref().unwrap().starts_with("https://") && created.url.as_ref().unwrap().ends_with(&created.payment_link_id),
        "{created:?}"
    );
    Ok(created.payment_link_id)
}

fn pay(sandbox: &Sandbox, id: &str, value: &str, currency: &str, network: Option<&str>) -> Result<String, String> {
    let payment = PaymentLinkPayment::builder().currency(currency).maybe_network(network).amount(amount(value)).build();
    sandbox.pay_payment_link(id, &payment).map_err(|refused| refused.to_string())
}

#[tokio::test]
async fn a_link_collects_payments_until_their_worth_reaches_its_amount() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let id = create(&client, "49.9", "eur").await.expect("a link");
    let link = client.raw().get_payment_link(&id).await.expect("a link").into_inner();
    assert_eq!(
        (link.amount.as_ref().unwrap().to_string().as_str(), link.transactions.as_ref().unwrap().len(), &link.expires_at),
        ("49.90", 0, &None)
    );

    // 17.40 EUR, and 32.49 EUR: a cent is missing.
    let first = pay(&sandbox, &id, "20", "USDC", Some("POLYGON")).expect("a payment");
    let second = pay(&sandbox, &id, "0.000361", "btc", None).expect("a payment");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "");
    assert!(!sandbox.overview().payment_links[0].settled);
    let third = pay(&sandbox, &id, "0.05", "pol", None).expect("a payment");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "49.9 eur");
    assert_eq!(history(&sandbox, &Account::Partner).await, ["payment-link 49.90 eur SUCCESSFUL"]);

    let link = client.raw().get_payment_link(&id).await.expect("a link").into_inner();
    assert_eq!((link.status, link.currency.as_deref().unwrap()), (PaymentLinkStatus::AwaitingCompletion, "eur"));
    let transaction = |hash: &str, amount: &str, currency: &str, network: &str| {
        let created_at = "2025-08-12T08:00:00.000Z";
        json!({"transactionHash": hash, "amount": amount, "currency": currency, "network": network, "createdAt": created_at})
    };
    let all = [
        transaction(&first, "20.000000", "usdc", "polygon"),
        transaction(&second, "0.00036100", "btc", "btc"),
        transaction(&third, "0.05000000", "pol", "polygon"),
    ];
    assert_eq!(serde_json::to_value(&link.transactions).expect("JSON"), json!(all));
    let reported: Vec<_> = (1..=3)
        .map(|count| {
            json!({"paymentLinkId": id, "status": "AWAITING_COMPLETION", "amount": "49.90", "currency": "eur", "transactions": all[..count]})
        })
        .collect();
    assert_eq!(events(&sandbox, "paymentLinkStatus"), reported);
    assert_eq!(pay(&sandbox, &id, "1", "usdc", None), Err("The payment link is paid in full.".to_owned()));
}

#[tokio::test]
async fn more_than_was_asked_for_is_credited_too() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let id = create(&client, "1", "EUR").await.expect("a link");
    pay(&sandbox, &id, "2", "usdc", None).expect("a payment");
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "1.74 eur");
}

#[tokio::test]
async fn a_hosted_checkout_is_a_link_with_another_address() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let request = HostedCheckoutRequest::builder().amount(amount("1")).currency("eur").build();
    let created = client.payment_links().create_checkout(&request).await.expect("a checkout");
    assert_eq!(created.url, Some(format!("https://checkout.example.com/{}", created.payment_link_id)));
    pay(&sandbox, &created.payment_link_id, "2", "usdc", None).expect("a payment");
    let link = client.payment_links().get(&created.payment_link_id).await.expect("a link");
    assert_eq!((link.amount, link.transactions.as_ref().unwrap().len()), (Some(amount("1")), 1));
    assert_eq!(holdings(&sandbox, &Account::Partner).await, "1.74 eur");
}

#[tokio::test]
async fn what_is_no_link_or_no_payment_is_refused() {
    let (sandbox, client) = money::sandbox(&[]).await;
    let error = create(&client, "-1", "usd").await.expect_err("invalid");
    assert_eq!(error.code(), Some(&ErrorCode::P403));
    assert_eq!(error.validation().expect("P403"), ["amount must be a positive number", "currency must be eur"]);
    let error = client.raw().get_payment_link("no-such-id").await.expect_err("no such link");
    assert_eq!(refused_without_code(&error), (404, "Payment link does not exist.".to_owned()));
    let id = create(&client, "1", "eur").await.expect("a link");
    for (id, value, currency, network, expected) in [
        ("no-such-id", "1", "usdc", None, "Payment link does not exist."),
        (&id, "1", "eur", None, "Currency is not supported."),
        (&id, "1", "btc", Some("polygon"), "Currency is not supported."),
        (&id, "0", "usdc", None, "amount must be a positive number."),
        (&id, "0.0000001", "usdc", None, "amount must have at most 6 decimals."),
        (&id, "1000000000000", "btc", None, "amount is too large."),
    ] {
        assert_eq!(pay(&sandbox, id, value, currency, network), Err(expected.to_owned()));
    }
    assert!(events(&sandbox, "paymentLinkStatus").is_empty());
}
