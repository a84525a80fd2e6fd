//! Rate locks and when they expire.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
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

#[tokio::test]
async fn a_lock_knows_its_rates_and_when_it_expires() {
    let (server, client) = server_and_client().await;
    mock_lock(&server, CREATED, EXPIRY);
    let lock = client.exchange().lock_rate("u-1").await.expect("a lock");
    assert_eq!((lock.id(), lock.account()), ("l-1", &Account::User("u-1".to_owned())));
    assert_eq!(lock.rates().and_then(|rates| rates.get("eth")), Some(&Decimal::new(300_050, 2)));
    assert_eq!(lock.fee_percentage(), Some(Decimal::new(149, 2)));
    assert_eq!(lock.expires_at(), time(EXPIRY));
    let last = time(EXPIRY) - TimeDelta::milliseconds(1);
    assert!(!lock.is_expired(last) && lock.is_expired(time(EXPIRY)));
    assert_eq!(lock.remaining(last), Duration::from_millis(1));
    assert_eq!(lock.remaining(time(EXPIRY) + TimeDelta::days(1)), Duration::ZERO);
}

#[tokio::test]
async fn a_lock_without_times_lasts_a_minute_from_its_receipt() {
    let (server, client) = server_and_client().await;
    server.lock_rate(|_, then| {
        then.ok(&types::RateLock::builder().id("l-1").build());
    });
    let clock = Clock::from_fn(|| time("2025-08-12T09:00:00Z"));
    let lock = client.exchange().lock_rate("u-1").await.expect("a lock").with_clock(clock);
    assert_eq!((lock.expires_at(), lock.rates(), lock.fee_percentage()), (time("2025-08-12T09:01:00Z"), None, None));
}

#[tokio::test]
async fn a_lock_of_unreadable_expiry_lasts_a_minute_from_its_creation_or_else_from_its_receipt() {
    for (created_at, valid_until, expiry) in
        [(CREATED, "soon", "2025-08-12T08:01:00Z"), ("now", "soon", "2025-08-12T09:01:00Z"), ("now", EXPIRY, EXPIRY)]
    {
        let (server, client) = server_and_client().await;
        mock_lock(&server, created_at, valid_until);
        let clock = Clock::from_fn(|| time("2025-08-12T09:00:00Z"));
        let lock = client.exchange().lock_rate("u-1").await.expect("a lock").with_clock(clock);
        assert_eq!(lock.expires_at(), time(expiry), "{created_at} {valid_until}");
    }
}

/// A clock whose hands can be moved.
fn clock() -> (Arc<Mutex<DateTime<Utc>>>, Clock) {
    let now = Arc::new(Mutex::new(time(CREATED)));
    let shown = Arc::clone(&now);
    (now, Clock::from_fn(move || *shown.lock().expect("no panic")))
}

async fn expires_unsent(lock: &RateLock, now: &Mutex<DateTime<Utc>>) {
    *now.lock().expect("no panic") = time(EXPIRY);
    let error = lock.exchange(Decimal::ONE, "eth", "eur").await.expect_err("expired");
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(!error.may_have_taken_effect());
    let source = error.source().expect("a source");
    assert_eq!(source.downcast_ref::<LockExpired>().map(|expired| expired.expired_at), Some(time(EXPIRY)));
    assert_eq!(source.to_string(), "the rate lock expired at 2025-08-12T08:00:40.000Z");
}

#[tokio::test]
async fn a_user_exchanges_while_the_lock_holds_and_nothing_is_sent_afterwards() {
    let (server, client) = server_and_client().await;
    mock_lock(&server, CREATED, EXPIRY);
    let (now, clock) = clock();
    let lock = client.exchange().lock_rate("u-1").await.expect("a lock").with_clock(clock);
    let request = types::ExchangeRequest::builder().source_external_user_id("u-1").amount(Decimal::ONE);
    let request = request.currency_from("eth").currency_to("eur").lock_id("l-1").build();
    let mock = server.create_exchange(|when, then| {
        when.body(&request);
        then.ok(&ExchangeCreated::builder().exchange_id("e-1").build());
    });
    assert_eq!(lock.attempt(1, "eth", "eur", time(CREATED), time(EXPIRY)), Attempt::new(&request, time(CREATED), time(EXPIRY)));
    let pending = lock.exchange(1, p100::Currency::ETH, p100::Currency::EUR).await.expect("accepted");
    assert_eq!((pending.operation().id, pending.id()), ("createExchange", "e-1"));
    expires_unsent(&lock, &now).await;
    assert_eq!(mock.calls(), 1);
}

#[tokio::test]
async fn the_partner_exchanges_while_the_lock_holds_and_nothing_is_sent_afterwards() {
    let (server, client) = server_and_client().await;
    server.lock_partner_rate(|_, then| {
        then.ok(&lock(CREATED, EXPIRY));
    });
    let (now, clock) = clock();
    let lock = client.partner().lock_rate().await.expect("a lock").with_clock(clock);
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
    expires_unsent(&lock, &now).await;
    assert_eq!(mock.calls(), 1);
}
