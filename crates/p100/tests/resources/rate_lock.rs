//! Rate locks and when they expire.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use p100::chrono::{DateTime, TimeDelta, Utc};
use p100::types::{self, ExchangeCreated, ExchangeRates};
use p100::{Account, Attempt, Clock, Decimal, ErrorKind, LockExpired, RateLock};
use p100_httpmock::MockServer;

use super::server_and_client;

const CREATED: &str = "2025-08-12T08:00:00.000Z";
const EXPIRY: &str = "2025-08-12T08:00:40.000Z";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn lock(created_at: &str, valid_until: &str) -> types::RateLock {
    let rates = ExchangeRates::from(std::collections::BTreeMap::from([("eth".to_owned(), Decimal::new(300_050, 2))]));
    let lock = types::RateLock::builder().id("l-1").rates(rates).fee_percentage(Decimal::new(149, 2));
    lock.created_at(created_at).valid_until(valid_until).build()
}

fn mock_lock(server: &MockServer, created_at: &str, valid_until: &str) {
    server.lock_rate(|when, then| {
        when.external_user_id("u-1");
        then.ok(&lock(created_at, valid_until));
    });
}

/// Lets so much time pass, by the monotonic clock alone.
pub(super) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_lock_knows_its_rates_and_how_long_it_lives() {
    let (server, client) = server_and_client().await;
    mock_lock(&server, CREATED, EXPIRY);
    let lock = client.exchange().lock_rate("u-1").await.expect("a lock");
    assert_eq!((lock.id(), lock.account()), ("l-1", &Account::User("u-1".into())));
    assert_eq!(lock.rates().and_then(|rates| rates.get("eth")), Some(&Decimal::new(300_050, 2)));
    assert_eq!(lock.fee_percentage(), Some(Decimal::new(149, 2)));
    assert_eq!(lock.lifetime(), Some(Duration::from_secs(40)));
    pass(Duration::from_secs(30)).await;
    let remaining = lock.remaining().expect("a lifetime");
    assert!(!lock.is_expired() && remaining > Duration::ZERO && remaining <= Duration::from_secs(10), "{remaining:?}");
    pass(Duration::from_secs(10)).await;
    assert!(lock.is_expired());
    pass(Duration::from_secs(86_400)).await;
    assert_eq!(lock.remaining(), Some(Duration::ZERO));
}

/// Without evidence nothing is refused here: P100 does it.
#[tokio::test]
async fn a_lock_of_unknown_lifetime_is_left_to_p100() {
    // A time without its offset may be hours away from what it seems.
    let bare = EXPIRY.trim_end_matches('Z');
    for (created_at, valid_until) in
        [(CREATED, "soon"), ("now", "soon"), ("now", EXPIRY), (CREATED, CREATED), (EXPIRY, CREATED), (CREATED, bare), (bare, EXPIRY)]
    {
        let (server, client) = server_and_client().await;
        mock_lock(&server, created_at, valid_until);
        let mock = server.create_exchange(|_, then| {
            then.ok(&ExchangeCreated::builder().exchange_id("e-1").build());
        });
        let lock = client.exchange().lock_rate("u-1").await.expect("a lock");
        assert_eq!((lock.lifetime(), lock.remaining()), (None, None), "{created_at} {valid_until}");
        pass(Duration::from_secs(86_400)).await;
        assert!(!lock.is_expired());
        let _ = lock.exchange(1, "eth", "eur").await.expect("sent");
        assert_eq!(mock.calls(), 1);
    }
}

/// Clocks that are wrong, to either side, and the members of a lock as P100 writes them by its own.
#[tokio::test]
async fn a_wall_clock_that_is_wrong_or_set_changes_nothing() {
    for seconds in [0, 61, -61, 360, -360, 600, -600, 86_400, -86_400] {
        let server = MockServer::start_async().await;
        let wrong = Arc::new(AtomicI64::new(seconds));
        let shown = Arc::clone(&wrong);
        let clock = Clock::from_fn(move || Utc::now() + TimeDelta::seconds(shown.load(Ordering::Relaxed)));
        let client = p100::Client::builder().base_url(server.base_url()).api_key("key").clock(clock).build().expect("a client");
        let at = |seconds| p100::raw::Timestamp::from(Utc::now() + TimeDelta::seconds(seconds)).to_string();
        mock_lock(&server, &at(0), &at(60));
        let order_lock = format!(r#"{{"lockId": "l-1", "rate": 1, "amount": 1, "expiresAt": "{}", "network": "polygon"}}"#, at(60));
        server.mock(|when, then| {
            when.path("/v1/order/lock-rate");
            then.status(200).body(order_lock);
        });
        server.create_exchange(|_, then| {
            then.ok(&ExchangeCreated::builder().exchange_id("e-1").build());
        });
        server.create_order(|_, then| {
            then.ok(&types::OrderCreated::builder().order_id("o-1").build());
        });
        let lock = client.exchange().lock_rate("u-1").await.expect("a lock");
        let request = types::OrderLockRequest::builder().currency("usdc").amount(Decimal::ONE).network("polygon").build();
        let order_lock = client.orders().lock_rate(&request).await.expect("a lock");
        // It is set right, and then to the other side.
        for now in [seconds, 0, -seconds] {
            wrong.store(now, Ordering::Relaxed);
            let _ = lock.exchange(1, "eth", "eur").await.expect("accepted");
            let _ = order_lock.order().await.expect("ordered");
            assert!(!lock.is_expired() && !order_lock.is_expired());
        }
        pass(Duration::from_secs(62)).await;
        for error in [lock.exchange(1, "eth", "eur").await.map(drop), order_lock.order().await.map(drop)] {
            assert_eq!(error.expect_err("expired").kind(), ErrorKind::NotSent, "{seconds}");
        }
    }
}

async fn expires_unsent(lock: &RateLock) {
    pass(Duration::from_secs(40)).await;
    let error = lock.exchange(Decimal::ONE, "eth", "eur").await.expect_err("expired");
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(!error.may_have_taken_effect());
    let source = error.source().expect("a source");
    assert_eq!(source.downcast_ref::<LockExpired>().map(|expired| expired.lifetime), Some(Duration::from_secs(40)));
    assert_eq!(source.to_string(), "the rate lock has expired: it was of use for 40s");
}

#[tokio::test]
async fn a_user_exchanges_while_the_lock_holds_and_nothing_is_sent_afterwards() {
    let (server, client) = server_and_client().await;
    mock_lock(&server, CREATED, EXPIRY);
    let lock = client.exchange().lock_rate("u-1").await.expect("a lock");
    let request = types::ExchangeRequest::builder().source_external_user_id("u-1").amount(Decimal::ONE);
    let request = request.currency_from("eth").currency_to("eur").lock_id("l-1").build();
    let mock = server.create_exchange(|when, then| {
        when.body(&request);
        then.ok(&ExchangeCreated::builder().exchange_id("e-1").build());
    });
    assert_eq!(lock.attempt(1, "eth", "eur", time(CREATED), time(EXPIRY)), Attempt::new(&request, time(CREATED), time(EXPIRY)));
    let pending = lock.exchange(1, p100::Currency::ETH, p100::Currency::EUR).await.expect("accepted");
    assert_eq!((pending.operation().id, pending.id()), ("createExchange", "e-1"));
    expires_unsent(&lock).await;
    assert_eq!(mock.calls(), 1);
}

#[tokio::test]
async fn the_partner_exchanges_while_the_lock_holds_and_nothing_is_sent_afterwards() {
    let (server, client) = server_and_client().await;
    server.lock_partner_rate(|_, then| {
        then.ok(&lock(CREATED, EXPIRY));
    });
    let lock = client.partner().lock_rate().await.expect("a lock");
    assert_eq!(lock.account(), &Account::Partner);
    let request = types::PartnerExchangeRequest::builder().amount(Decimal::ONE).currency_from("eth").currency_to("eur");
    let request = request.lock_id("l-1").build();
    let mock = server.create_partner_exchange(|when, then| {
        when.body(&request);
        then.ok(&ExchangeCreated::builder().exchange_id("e-1").build());
    });
    assert_eq!(lock.attempt(1, "eth", "eur", time(CREATED), time(EXPIRY)), Attempt::new(&request, time(CREATED), time(EXPIRY)));
    let pending = lock.exchange(1, "eth", "eur").await.expect("accepted");
    assert_eq!((pending.operation().id, pending.id()), ("createPartnerExchange", "e-1"));
    expires_unsent(&lock).await;
    assert_eq!(mock.calls(), 1);
}
