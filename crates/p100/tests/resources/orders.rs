//! Orders and payment links: what someone else pays to the partner.

use std::error::Error as _;
use std::time::Duration;

use p100::types::{self, OrderLockRequest, PaymentLinkRequest};
use p100::{Currency, Decimal, ErrorKind, LockExpired, OrderRateLock, Progress};
use p100_httpmock::MockServer;

use super::rate_lock::pass;
use super::server_and_client;

fn lock(server: &MockServer, expires_at: &str) -> OrderLockRequest {
    let request = OrderLockRequest::builder().currency("usdc").amount(Decimal::new(34659, 2)).network("polygon").build();
    let response = format!(
        r#"{{"lockId": "l-1", "rate": 0.9, "amount": 180.5, "expiresAt": "{expires_at}", "cryptocurrency": "usdc", "network": "polygon"}}"#
    );
    server.mock(|when, then| {
        when.path("/v1/order/lock-rate").body(r#"{"currency":"usdc","amount":"346.59","network":"polygon"}"#);
        then.status(200).header("date", "Wed, 01 Oct 2025 09:59:20 GMT").body(response);
    });
    request
}

#[tokio::test]
async fn an_order_is_made_while_its_lock_holds_and_not_sent_afterwards() {
    let (server, client) = server_and_client().await;
    let request = lock(&server, "2025-10-01T10:00:00Z");
    let create = server.create_order(|when, then| {
        when.body(&types::OrderRequest::builder().lock_id("l-1").build());
        then.ok(&types::OrderCreated::builder().order_id("o-1").build());
    });
    let lock: OrderRateLock = client.orders().lock_rate(&request).await.expect("a lock");
    assert_eq!(lock.lifetime(), Some(Duration::from_secs(40)), "from the date of the response");
    pass(Duration::from_secs(30)).await;
    assert_eq!((lock.id(), lock.details().amount), ("l-1", Decimal::new(1805, 1)));
    let pending = lock.order().await.expect("ordered");
    assert_eq!((pending.operation().id, pending.id()), ("createOrder", "o-1"));

    pass(Duration::from_secs(10)).await;
    assert!(lock.is_expired() && lock.remaining() == Some(Duration::ZERO));
    let error = lock.order().await.expect_err("expired");
    assert_eq!((error.kind(), error.operation().id), (ErrorKind::NotSent, "createOrder"));
    assert!(error.source().is_some_and(|source| source.is::<LockExpired>()));
    assert_eq!(create.calls(), 1);
}

/// Only P100 knows how long it lives.
#[tokio::test]
async fn a_lock_of_unreadable_expiry_is_left_to_p100() {
    // No time, and times that are not after the date of the response.
    for expires_at in ["soon", "2025-10-01T09:59:20Z", "2025-09-01T10:00:00Z"] {
        let (server, client) = server_and_client().await;
        let request = lock(&server, expires_at);
        server.create_order(|_, then| {
            then.bad_request(&types::Error::default());
        });
        let lock = client.orders().lock_rate(&request).await.expect("a lock");
        assert_eq!((lock.lifetime(), lock.is_expired()), (None, false), "{expires_at}");
        assert_eq!(lock.order().await.expect_err("refused").kind(), ErrorKind::ErrorResponse);
    }
}

/// The docs call no status of orders and payment links final, so none must look like an end.
#[tokio::test]
async fn no_status_of_an_order_or_a_payment_link_is_final() {
    let (server, client) = server_and_client().await;
    for word in ["WAITING_FOR_WALLET_ADDRESS", "WAITING_FOR_CONFIRMATION", "COMPLETED", "FAILED"] {
        let path = format!("/v1/order/details/{word}");
        let response = format!(
            r#"{{"orderId": "o-1", "lockId": "l-1", "status": "{word}", "createdAt": "2025-10-01T09:59:30.000Z", "confirmations": 0,
                "requiredConfirmations": 12, "receivedAmount": 0, "totalAmountRequired": 200.5, "cryptocurrency": "usdc",
                "walletAddress": null, "network": "ETHEREUM"}}"#
        );
        server.mock(|when, then| {
            when.path(path);
            then.status(200).body(response);
        });
        let progress = client.orders().pending(word).status().await.expect("a response");
        assert!(matches!(progress, Progress::InProgress(_)), "{progress:?}");
        assert_eq!(progress.processing_error(), None);
    }
}

/// P100 renamed the currency of a lock and made its rate a string.
#[tokio::test]
async fn a_lock_is_read_in_either_form_of_the_docs() {
    let (server, client) = server_and_client().await;
    let request = lock(&server, "2025-10-01T10:00:00Z");
    let earlier = client.orders().lock_rate(&request).await.expect("a lock");
    assert_eq!((earlier.currency(), earlier.details().rate), (Some(&Currency::USDC), Decimal::new(9, 1)));

    let (server, client) = server_and_client().await;
    server.mock(|when, then| {
        when.path("/v1/order/lock-rate");
        then.status(200).header("date", "Sun, 01 Mar 2026 09:59:00 GMT").body(
            r#"{"lockId": "l-2", "amount": 250, "rate": "0.80", "expiresAt": "2026-03-01T10:00:00.000Z", "currency": "usdc",
                "destinationCurrency": "eur", "network": "ethereum"}"#,
        );
    });
    let later = client.orders().lock_rate(&request).await.expect("a lock");
    assert_eq!((later.currency(), later.details().rate.to_string()), (Some(&Currency::USDC), "0.80".to_owned()));
    assert_eq!(later.details().destination_currency.as_deref(), Some("eur"));
    assert_eq!(later.lifetime(), Some(Duration::from_secs(60)));
}

#[tokio::test]
async fn a_payment_link_is_created_and_followed_by_its_transfers() {
    let (server, client) = server_and_client().await;
    let request = PaymentLinkRequest::builder().amount(Decimal::new(4990, 2)).currency("eur").build();
    server.create_payment_link(|when, then| {
        when.body(&request);
        then.ok(&types::PaymentLinkCreated::builder().payment_link_id("p-1").url("https://pay.example.com/p-1").build());
    });
    let link = client.payment_links().create(&request).await.expect("created");
    assert_eq!(link.url.as_deref(), Some("https://pay.example.com/p-1"));
    server.mock(|when, then| {
        when.path("/v1/payment-link/details/p-1");
        then.status(200).body(
            r#"{"paymentLinkId": "p-1", "status": "AWAITING_COMPLETION", "amount": "49.90", "currency": "eur",
                "createdAt": "2025-10-05T12:00:00.000Z", "transactions": [{"transactionHash": "0x3", "amount": "20.000000",
                "currency": "usdc", "network": "polygon", "createdAt": "2025-10-05T12:04:00.000Z"}]}"#,
        );
    });
    let progress = client.payment_links().pending(&link.payment_link_id).status().await.expect("a response");
    assert_eq!(progress.details().transactions.as_ref().expect("transfers")[0].amount, Some(Decimal::from(20)));
    assert!(!progress.is_final());
}
