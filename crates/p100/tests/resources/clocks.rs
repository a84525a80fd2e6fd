//! Clocks of two machines that differ, and what may still be said about a payment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use p100::chrono::{TimeDelta, Utc};
use p100::raw::reqwest::header::{DATE, HeaderMap};
use p100::raw::reqwest::{StatusCode, Url};
use p100::raw::{self, Call, RawResponse, Sending, Timestamp, Transport};
use p100::types::{ExchangeRates, Transaction, TransactionHistory, TransferRequest};
use p100::{Attempt, Client, Clock, Decimal, Doubt, Retries, Verdict};
use p100_httpmock::MockServer;

/// One minute and a second, 6 and 10 minutes, a day: by how many seconds this machine's clock is fast.
const WRONG: [i64; 9] = [0, 61, -61, 360, -360, 600, -600, 86_400, -86_400];

/// A clock that is so many seconds fast, and can be set.
fn clock(fast: i64) -> (Arc<AtomicI64>, Clock) {
    let fast = Arc::new(AtomicI64::new(fast));
    let shown = Arc::clone(&fast);
    (fast, Clock::from_fn(move || Utc::now() + TimeDelta::seconds(shown.load(Ordering::Relaxed))))
}

fn client(server: &MockServer, clock: Clock) -> Client {
    Client::builder().base_url(server.base_url()).api_key("key").retries(Retries::none()).clock(clock).build().expect("a client")
}

/// A transfer of 12.50 EUR that has just been tried, with its times by `clock`, and its entry with the time by P100's clock.
fn tried(clock: &Clock) -> (Attempt, Transaction) {
    let request = TransferRequest::to_user("u-1", Decimal::new(1250, 2), "eur");
    let attempt = Attempt::new(&request, clock.now() - TimeDelta::seconds(1), clock.now());
    let entry = Transaction::builder().type_("transfer".into()).amount(Decimal::new(1250, 2)).currency("eur").status("SUCCESSFUL".into());
    (attempt, entry.created_at(Timestamp::from(Utc::now()).as_str()).build())
}

fn mock_history(server: &MockServer, entries: Vec<Transaction>) {
    server.get_user_transactions(|_, then| {
        then.ok(&TransactionHistory::builder().transactions(entries).build());
    });
}

#[tokio::test]
async fn a_payment_is_found_and_its_absence_believed_as_far_as_the_clocks_allow() {
    for fast in WRONG {
        for happened in [true, false] {
            let server = MockServer::start_async().await;
            let (_, clock) = clock(fast);
            let client = client(&server, clock.clone());
            let (attempt, entry) = tried(&clock);
            mock_history(&server, if happened { vec![entry.clone()] } else { Vec::new() });
            let verdict = client.reconcile(&attempt).await.expect("a verdict");
            let skew = client.clock_skew().expect("the history has a date");
            assert!((skew.ahead() + TimeDelta::seconds(fast)).abs() <= skew.uncertainty(), "{fast}: {skew:?}");
            let expected = match (happened, fast.abs() > 300) {
                (true, _) => {
                    let Verdict::Candidates(found) = verdict else { panic!("{fast} s fast: {verdict:?}") };
                    assert_eq!(found.exact, [entry]);
                    continue;
                }
                (false, true) => Verdict::Unclear { entries: Vec::new(), doubts: vec![Doubt::ClockSkew(skew)] },
                (false, false) => Verdict::NoTrace,
            };
            assert_eq!(verdict, expected, "{fast} s fast");
        }
    }
}

/// With a wider tolerance the same clock is good enough, with a narrower one it is not.
#[tokio::test]
async fn the_tolerance_says_how_far_the_clocks_may_be_apart() {
    for (fast, tolerance, certain) in
        [(600, 600, false), (-600, 600, false), (600, 660, true), (-600, 660, true), (0, 60, true), (0, 0, false)]
    {
        let server = MockServer::start_async().await;
        let (_, clock) = clock(fast);
        let client = client(&server, clock.clone());
        mock_history(&server, Vec::new());
        let attempt = tried(&clock).0.with_tolerance(TimeDelta::seconds(tolerance));
        // A skew of exactly the tolerance may be larger by its uncertainty.
        let verdict = client.reconcile(&attempt).await.expect("a verdict");
        assert_eq!(verdict == Verdict::NoTrace, certain, "{fast} {tolerance}: {verdict:?}");
    }
}

/// The clock was wrong during the attempt and is right now, or the other way round.
#[tokio::test]
async fn a_clock_that_was_set_since_the_attempt_hides_no_payment() {
    for (then, now) in [(600, 0), (-600, 0), (0, 600), (0, -600), (86_400, -86_400)] {
        for happened in [true, false] {
            let server = MockServer::start_async().await;
            let (fast, clock) = clock(then);
            let client = client(&server, clock.clone());
            server.get_rates(|_, response| {
                response.ok(&ExchangeRates::default());
            });
            client.exchange().rates().await.expect("rates");
            let (attempt, entry) = tried(&clock);
            fast.store(now, Ordering::Relaxed);
            mock_history(&server, if happened { vec![entry.clone()] } else { Vec::new() });
            match client.reconcile(&attempt).await.expect("a verdict") {
                Verdict::Candidates(found) if happened => assert_eq!(found.exact, [entry]),
                Verdict::Unclear { entries, doubts } if !happened => assert_eq!((entries.len(), doubts.len()), (0, 1)),
                other => panic!("{then} {now} {happened}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn every_response_reports_the_time_and_all_clones_know_it() {
    let server = MockServer::start_async().await;
    let client = client(&server, clock(-3600).1);
    let clone = client.clone();
    assert_eq!(client.clock_skew(), None);
    // Nothing is mocked: an error has a date too.
    client.raw().get_rates().await.expect_err("no mock");
    let skew = clone.clock_skew().expect("known");
    assert!((skew.ahead() - TimeDelta::hours(1)).abs() <= skew.uncertainty() && skew.uncertainty() < TimeDelta::minutes(1), "{skew:?}");
}

#[tokio::test]
async fn a_response_from_a_cache_reports_no_time() {
    let server = MockServer::start_async().await;
    let (_, clock) = clock(0);
    let client = client(&server, clock.clone());
    server.get_user_transactions(|_, then| {
        then.ok(&TransactionHistory::builder().transactions(Vec::new()).build()).into_inner().header("age", "600");
    });
    let verdict = client.reconcile(&tried(&clock).0).await.expect("a verdict");
    assert_eq!(verdict, Verdict::Unclear { entries: Vec::new(), doubts: vec![Doubt::ClockSkewUnknown] });
    assert_eq!(client.clock_skew(), None);
}

/// Returns an empty history with these headers.
#[derive(Debug)]
struct Empty(HeaderMap);

impl Transport for Empty {
    fn send<'a>(&'a self, _: &'a Call) -> Sending<'a> {
        Box::pin(async { Ok(RawResponse::new(StatusCode::OK, self.0.clone(), r#"{"transactions":[]}"#.into())) })
    }
}

#[tokio::test]
async fn without_a_date_nothing_is_certain_on_any_transport() {
    let now = Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (date, certain) in [(None, false), (Some("now"), false), (Some(now.as_str()), true)] {
        let headers = date.map(|date| (DATE, date.parse().expect("a value"))).into_iter().collect();
        let base_url: Url = "http://p100.invalid".parse().expect("a URL");
        let client = Client::from(raw::Client::with_transport(base_url, crate::http(), Arc::new(Empty(headers))));
        let verdict = client.reconcile(&tried(&Clock::system()).0).await.expect("a verdict");
        let unknown = Verdict::Unclear { entries: Vec::new(), doubts: vec![Doubt::ClockSkewUnknown] };
        assert_eq!(verdict, if certain { Verdict::NoTrace } else { unknown }, "{date:?}");
    }
}
