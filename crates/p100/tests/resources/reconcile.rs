//! Looking for the trace of a payment whose outcome is unknown.

use p100::chrono::{DateTime, TimeDelta, Utc};
use p100::raw::operations;
use p100::types::{self, Transaction, TransactionHistory, TransferRequest};
use p100::{Account, Attempt, Client, Clock, Decimal, Doubt, Error, ErrorKind, Iban, Retries, Verdict};
use p100_httpmock::MockServer;

use super::server_and_client;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn entry(amount: &str, currency: &str, created_at: &str) -> Transaction {
    let entry = Transaction::builder().type_("transfer".into()).amount(amount.parse().expect("an amount")).currency(currency);
    entry.status("SUCCESSFUL".into()).created_at(created_at).build()
}

fn mock_month(server: &MockServer, month: i32, year: i32, entries: &[Transaction]) {
    server.get_user_transactions(|when, then| {
        when.external_user_id("u-1").month(month).year(year);
        then.ok(&TransactionHistory::builder().transactions(entries.to_vec()).build());
    });
}

/// A transfer of 12.50 EUR to a user that took 30 seconds.
fn attempt(started_at: &str) -> Attempt {
    let request = TransferRequest::to_user("u-1", Decimal::new(1250, 2), "eur");
    Attempt::new(&request, time(started_at), time(started_at) + TimeDelta::seconds(30))
}

/// The candidates.
fn exact(verdict: Verdict) -> Vec<Transaction> {
    let Verdict::Candidates(found) = verdict else { panic!("{verdict:?}") };
    assert_eq!((found.unexplained, found.attempts), (found.exact.len(), 1), "nothing else explains them");
    found.exact
}

/// Entries that decide nothing, at known clocks.
fn unclear(entries: Vec<Transaction>) -> Verdict {
    Verdict::Unclear { entries, doubts: Vec::new() }
}

const NOON: &str = "2025-08-12T12:00:00Z";

async fn verdict(entries: &[Transaction]) -> Verdict {
    let (server, client) = server_and_client().await;
    mock_month(&server, 8, 2025, entries);
    client.reconcile(&attempt(NOON)).await.expect("a verdict")
}

#[tokio::test]
async fn an_entry_of_the_same_amount_currency_and_time_is_a_candidate() {
    let same = entry("12.50", "eur", "2025-08-12T12:00:10.000Z");
    let outgoing = entry("-12.5", "EUR", "2025-08-12T12:05:30.000Z");
    let other = entry("12.51", "eur", "2025-08-12T12:00:10.000Z");
    assert_eq!(exact(verdict(&[other, same.clone()]).await), vec![same.clone()]);
    assert_eq!(exact(verdict(&[same.clone(), outgoing.clone()]).await), vec![same.clone(), outgoing]);
    assert_eq!(exact(verdict(&[same.clone(), same.clone()]).await), vec![same.clone(), same], "two payments");
}

#[tokio::test]
async fn entries_of_other_times_and_currencies_are_no_trace() {
    let early = entry("12.50", "eur", "2025-08-12T11:54:30.000Z");
    let late = entry("12.50", "eur", "2025-08-12T12:06:00.000Z");
    let foreign = entry("12.50", "usdc", "2025-08-12T12:00:10.000Z");
    assert_eq!(verdict(&[early, late, foreign]).await, Verdict::NoTrace);
    assert_eq!(verdict(&[]).await, Verdict::NoTrace);
}

#[tokio::test]
async fn only_a_currency_that_is_known_rules_an_entry_out() {
    for text in ["eur ", " EUR", "eur\n"] {
        let own = entry("12.50", text, "2025-08-12T12:00:10.000Z");
        assert_eq!(exact(verdict(std::slice::from_ref(&own)).await), vec![own], "{text:?}");
    }
    for text in ["", " ", "Euro", "eur-sepa", "\u{feff}eur", "EUR\u{200b}", "978", "xyz"] {
        let odd = entry("12.50", text, "2025-08-12T12:00:10.000Z");
        assert_eq!(verdict(std::slice::from_ref(&odd)).await, unclear(vec![odd]), "{text:?}");
    }
    for text in ["usdc", " BTC "] {
        assert_eq!(verdict(&[entry("12.50", text, "2025-08-12T12:00:10.000Z")]).await, Verdict::NoTrace, "{text:?}");
    }
}

#[tokio::test]
async fn an_amount_that_may_contain_a_fee_is_not_nothing() {
    let with_fee = entry("13.50", "eur", "2025-08-12T12:00:10.000Z");
    assert_eq!(verdict(std::slice::from_ref(&with_fee)).await, unclear(vec![with_fee]));
}

#[tokio::test]
async fn an_entry_whose_time_cannot_be_read_is_not_left_out() {
    for written in ["yesterday", "2025-08-12", "2025-08-11T22:00:00", "2025-08-13 02:00"] {
        let timeless = entry("12.50", "eur", written);
        assert_eq!(exact(verdict(std::slice::from_ref(&timeless)).await), vec![timeless]);
    }
}

#[tokio::test]
async fn the_time_of_an_entry_may_have_any_form_that_is_certain() {
    for (written, is_then) in [
        ("1755000010", true),
        ("1755000010123", true),
        ("2025-08-12 14:00:10+0200", true),
        ("20250812T120010Z", true),
        ("1754900010", false),
        ("2025-08-12T12:00:10+09:00", false),
        ("2025-W33-1T12:00Z", false),
    ] {
        let entry = entry("12.50", "eur", written);
        let found = verdict(std::slice::from_ref(&entry)).await;
        if is_then { assert_eq!(exact(found), vec![entry]) } else { assert_eq!(found, Verdict::NoTrace, "{written}") }
    }
}

#[tokio::test]
async fn what_an_entry_lacks_never_makes_it_a_no_nor_a_candidate() {
    let own = entry("12.50", "eur", "2025-08-12T12:00:10.000Z");
    let lacking = |take: fn(&mut Transaction)| {
        let mut entry = own.clone();
        take(&mut entry);
        entry
    };
    for part in [
        lacking(|entry| entry.amount = None),
        lacking(|entry| entry.currency = None),
        lacking(|entry| entry.created_at = None),
        Transaction::default(),
    ] {
        assert_eq!(verdict(std::slice::from_ref(&part)).await, unclear(vec![part.clone()]));
        assert_eq!(exact(verdict(&[part, own.clone()]).await), vec![own.clone()]);
    }
    let mut foreign = lacking(|entry| entry.amount = None);
    foreign.currency = Some("usdc".into());
    assert_eq!(verdict(&[foreign]).await, Verdict::NoTrace, "what it has still rules it out");
}

#[tokio::test]
async fn a_history_without_its_list_is_no_empty_history() {
    let (server, client) = server_and_client().await;
    server.get_user_transactions(|_, then| {
        then.ok(&TransactionHistory::default());
    });
    let Verdict::Unclear { entries, doubts } = client.reconcile(&attempt(NOON)).await.expect("a verdict") else { panic!("no list") };
    assert!(entries.is_empty() && doubts.contains(&Doubt::NoList), "{doubts:?}");
}

#[tokio::test]
async fn a_longer_tolerance_finds_more() {
    let (server, client) = server_and_client().await;
    let late = entry("12.50", "eur", "2025-08-12T12:30:00.000Z");
    mock_month(&server, 8, 2025, std::slice::from_ref(&late));
    let attempt = attempt(NOON).with_tolerance(TimeDelta::hours(1));
    assert_eq!(exact(client.reconcile(&attempt).await.expect("a verdict")), vec![late]);
}

#[tokio::test]
async fn an_attempt_near_the_end_of_a_month_is_looked_for_in_both_months() {
    let before = entry("12.50", "eur", "2025-12-31T23:59:50.000Z");
    let after = entry("12.50", "eur", "2026-01-01T00:00:05.000Z");
    // P100 may cut months in another time zone than UTC: hours from midnight both are asked.
    for started_at in ["2025-12-31T23:59:45Z", "2025-12-31T10:00:00Z", "2026-01-01T13:00:00Z"] {
        let (server, client) = server_and_client().await;
        mock_month(&server, 12, 2025, std::slice::from_ref(&before));
        mock_month(&server, 1, 2026, std::slice::from_ref(&after));
        let verdict = client.reconcile(&attempt(started_at)).await.expect("both months are mocked");
        if started_at.contains("23:59") {
            assert_eq!(exact(verdict), [before.clone(), after.clone()], "{started_at}");
        } else {
            assert_eq!(verdict, Verdict::NoTrace, "{started_at}");
        }
    }
}

#[tokio::test]
async fn an_entry_that_two_months_show_is_one_payment() {
    let (server, client) = server_and_client().await;
    let both = entry("12.50", "eur", "2025-12-31T23:59:50.000Z");
    mock_month(&server, 12, 2025, std::slice::from_ref(&both));
    mock_month(&server, 1, 2026, std::slice::from_ref(&both));
    let verdict = client.reconcile(&attempt("2025-12-31T23:59:45Z")).await;
    assert_eq!(exact(verdict.expect("a verdict")), vec![both]);
}

/// A server, and a client whose clock shows this time.
async fn server_and_client_at(now: &str) -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let now = time(now);
    let client = Client::builder().base_url(server.base_url()).api_key("key").retries(Retries::none());
    let client = client.clock(Clock::from_fn(move || now)).build().expect("a client");
    (server, client)
}

/// The `Date` of a response that P100 writes at this time.
fn date(now: &str) -> String {
    time(now).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn mock_december_at(now: &str, server: &MockServer, entries: &[Transaction]) {
    server.get_user_transactions(|when, then| {
        when.external_user_id("u-1").month(12).year(2025);
        then.ok(&TransactionHistory::builder().transactions(entries.to_vec()).build()).into_inner().header("date", date(now));
    });
}

fn refuse_january_at(now: &str, server: &MockServer, status: u16, body: &str) {
    let body = body.to_owned();
    server.mock(|when, then| {
        when.query_param("month", "1").query_param("year", "2026");
        then.status(status).header("date", date(now)).body(body);
    });
}

const BEFORE_JANUARY: &str = "2025-12-31T12:01:00Z";

#[tokio::test]
async fn a_month_ahead_may_be_refused_with_a_code_that_is_known() {
    for (status, body) in [
        (400, r#"{"errorCode":"P403","errorMessage":"month is invalid."}"#),
        (404, r#"{"errorCode":" p403"}"#),
        (422, r#"{"error":{"errorCode":"P403"}}"#),
    ] {
        let (server, client) = server_and_client_at(BEFORE_JANUARY).await;
        mock_december_at(BEFORE_JANUARY, &server, &[]);
        refuse_january_at(BEFORE_JANUARY, &server, status, body);
        let verdict = client.reconcile(&attempt("2025-12-31T12:00:00Z")).await;
        assert_eq!(verdict.expect("a verdict"), Verdict::NoTrace, "{status} {body}");
    }
}

#[tokio::test]
async fn a_month_that_cannot_be_read_leaves_the_outcome_unknown() {
    let fault = r#"{"errorCode":"P500"}"#;
    for (status, body) in [
        (400, fault),
        (400, ""),
        (400, "{}"),
        (400, r#"{"message":"Endpoint request timed out"}"#),
        (400, r#"{"errorCode":"P999"}"#),
        (400, r#"{"errorCode":"P412"}"#),
        (400, r#"{"errorCode":"P455"}"#),
        (400, r#"{"errors":[{"errorCode":"P403"},{"errorCode":"P412"}]}"#),
        (400, r#"{"error":{"errorCode":"P500"}}"#),
        (404, "no"),
        (422, "{}"),
        (400, r#"{"errorCode":"P501"}"#),
        (401, ""),
        (403, ""),
        (408, ""),
        (425, ""),
        (429, ""),
        (503, ""),
        (200, "no"),
    ] {
        let (server, client) = server_and_client_at(BEFORE_JANUARY).await;
        mock_december_at(BEFORE_JANUARY, &server, &[]);
        refuse_january_at(BEFORE_JANUARY, &server, status, body);
        let unknown = client.reconcile(&attempt("2025-12-31T12:00:00Z")).await.expect_err("not read");
        assert_eq!((unknown.operation(), unknown.id()), (&operations::CREATE_TRANSFER, None));
        assert_eq!(unknown.error().and_then(Error::status).map(|status| status.as_u16()), Some(status), "{body}");
    }
    // The same refusal of a month that may have begun for P100, and of one that has: that may well have entries.
    for (now, is_ahead) in [("2026-01-01T13:59:58Z", true), ("2026-01-01T14:00:00Z", false)] {
        // This machine's clock may be a day off: P100's counts.
        let by_client = (time(now) + TimeDelta::days(1)).to_rfc3339();
        let (server, client) = server_and_client_at(&by_client).await;
        mock_december_at(now, &server, &[]);
        refuse_january_at(now, &server, 400, r#"{"errorCode":"P403"}"#);
        assert_eq!(client.reconcile(&attempt("2026-01-01T12:00:00Z")).await.is_ok(), is_ahead, "{now}");
    }
}

#[tokio::test]
async fn candidates_stay_found_when_a_later_month_cannot_be_read() {
    let (server, client) = server_and_client_at(BEFORE_JANUARY).await;
    let found = entry("12.50", "eur", "2025-12-31T12:00:10.000Z");
    mock_december_at(BEFORE_JANUARY, &server, std::slice::from_ref(&found));
    refuse_january_at(BEFORE_JANUARY, &server, 503, "");
    let verdict = client.reconcile(&attempt("2025-12-31T12:00:00Z")).await;
    assert_eq!(exact(verdict.expect("a verdict")), vec![found]);
}

#[tokio::test]
async fn a_history_that_is_not_read_completely_is_never_no_trace() {
    let foreign = r#"{"type":"transfer","amount":1,"currency":"usdc","status":"SUCCESSFUL","createdAt":"2025-08-12T12:00:10.000Z"}"#;
    let own = r#"{"type":"transfer","amount":"12.50","currency":"eur","status":"SUCCESSFUL","createdAt":"2025-08-12T12:00:10.000Z"}"#;
    let dust = foreign.replace(r#""amount":1"#, r#""amount":5.551115123125783e-17"#);
    // Whether there is a trace; else how many doubts there are.
    for (body, expected) in [
        (r#"{"transactions":[]}"#.to_owned(), Some(0)),
        (format!(r#"{{"transactions":[{foreign}]}}"#), Some(0)),
        (format!(r#"{{"transactions":[{foreign},{dust}]}}"#), Some(1)),
        (format!(r#"{{"transactions":[{foreign},null]}}"#), Some(1)),
        (r#"{"transactions":[[]]}"#.to_owned(), Some(1)),
        (format!(r#"{{"transactions":[{foreign}],"hasMore":true}}"#), Some(1)),
        (r#"{"transactions":[],"nextCursor":null}"#.to_owned(), Some(1)),
        (r#"{"transactions":[7],"page":1,"totalPages":1}"#.to_owned(), Some(2)),
        (format!(r#"{{"transactions":[{own},7],"hasMore":true}}"#), None),
    ] {
        let (server, client) = server_and_client().await;
        server.mock(|when, then| {
            when.query_param("month", "8");
            then.status(200).body(body.clone());
        });
        match (client.reconcile(&attempt(NOON)).await.expect(&body), expected) {
            (Verdict::NoTrace, Some(0)) => {}
            (Verdict::Unclear { doubts, .. }, Some(many)) => assert_eq!((doubts.len(), many > 0), (many, true), "{body} {doubts:?}"),
            (Verdict::Candidates(found), None) => assert_eq!(found.exact.len(), 1, "{body}"),
            (verdict, _) => panic!("{body}: {verdict:?}"),
        }
    }
    for (name, value, is_doubt) in [
        ("link", "</v1/next?page=2>; rel=\"next\"", true),
        ("link", "</help>; rel=\"help\"", false),
        ("x-total-count", "3", true),
        ("content-range", "items 0-9/30", true),
        ("link", "</p2>; rel=\"last\"", true),
        ("x-pagination", "{}", true),
        ("x-total", "400", true),
        ("pagination-count", "4", true),
        ("x-continuation-token", "t", true),
        ("x-amz-next-token", "t", true),
        ("x-request-id", "next", false),
    ] {
        let (server, client) = server_and_client().await;
        server.mock(|when, then| {
            when.query_param("month", "8");
            then.status(200).header(name, value).body(r#"{"transactions":[]}"#);
        });
        let verdict = client.reconcile(&attempt(NOON)).await.expect("a verdict");
        assert_eq!(verdict != Verdict::NoTrace, is_doubt, "{name}: {value}");
    }
    // Another form altogether cannot be read at all, and says nothing.
    for body in ["", "[]", "[[]]", "{}", r#"{"transactions":null}"#, r#"{"transactions":{}}"#, r#"{"data":[]}"#, "<html>"] {
        let (server, client) = server_and_client().await;
        server.mock(|when, then| {
            when.query_param("month", "8");
            then.status(200).body(body);
        });
        match client.reconcile(&attempt(NOON)).await {
            Ok(Verdict::Unclear { doubts, .. }) => assert!(!doubts.is_empty(), "{body}"),
            Ok(verdict) => panic!("{body}: {verdict:?}"),
            Err(unknown) => assert!(unknown.error().is_some_and(Error::is_decode), "{body}"),
        }
    }
}

#[tokio::test]
async fn an_attempt_of_many_months_is_refused_before_anything_is_sent() {
    let (server, client) = server_and_client().await;
    let any = server.mock(|when, then| {
        when.is_true(|_| true);
        then.status(200).body(r#"{"transactions":[]}"#);
    });
    for (started_at, finished_at) in [(DateTime::UNIX_EPOCH, time(NOON)), (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC)] {
        let mut attempt = attempt(NOON);
        (attempt.started_at, attempt.finished_at) = (started_at, finished_at);
        let unknown = client.reconcile(&attempt).await.expect_err("too long");
        let error = unknown.error().expect("an error");
        assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, &operations::GET_USER_TRANSACTIONS));
        let reason = std::error::Error::source(error).expect("a reason").to_string();
        assert!(reason.contains("more than 12 months"), "{reason}");
    }
    any.assert_calls(0);
}

#[tokio::test]
async fn the_bought_side_of_an_exchange_is_unclear_and_the_sold_side_a_candidate() {
    let (server, client) = server_and_client().await;
    let sold = entry("0.5", "eth", "2025-08-12T12:00:10.000Z");
    let bought = entry("1478.20", "eur", "2025-08-12T12:00:10.000Z");
    let request = types::PartnerExchangeRequest::builder().amount(Decimal::new(5, 1)).currency_from("eth").currency_to("eur");
    let attempt = Attempt::new(&request.lock_id("l-1").build(), time(NOON), time(NOON));
    assert_eq!(attempt.account, Account::Partner);
    for entries in [vec![bought.clone()], vec![bought.clone(), sold.clone()]] {
        let is_sold = entries.contains(&sold);
        let mut mock = server.get_partner_transactions(|when, then| {
            when.month(8).year(2025);
            then.ok(&TransactionHistory::builder().transactions(entries).build());
        });
        let verdict = client.reconcile(&attempt).await.expect("a verdict");
        if is_sold {
            assert_eq!(exact(verdict), vec![sold.clone()]);
        } else {
            assert_eq!(verdict, unclear(vec![bought.clone()]));
        }
        mock.delete();
    }
}

/// A transfer of `amount` EUR to `user` at `second` seconds past noon.
fn paid(user: &str, amount: &str, second: i64) -> Attempt {
    let request = TransferRequest::to_user(user, amount.parse().expect("an amount"), "eur");
    let at = time(NOON) + TimeDelta::seconds(second);
    Attempt::new(&request, at, at)
}

/// The verdicts on payments to `u-1`, short: `none`, `unclear` with the numbers of entries and doubts, or how many exact entries of which
/// how many are unexplained may be how many attempts, and how many others there are.
async fn verdicts(entries: &[(&str, i64)], unknown: &[(&str, i64)], known: &[(&str, i64)]) -> Vec<String> {
    let (server, client) = server_and_client().await;
    let at = |second: i64| (time(NOON) + TimeDelta::seconds(second)).to_rfc3339();
    let entries: Vec<_> = entries.iter().map(|(amount, second)| entry(amount, "eur", &at(*second))).collect();
    mock_month(&server, 8, 2025, &entries);
    let attempts = |all: &[(&str, i64)]| all.iter().map(|(amount, second)| paid("u-1", amount, *second)).collect::<Vec<_>>();
    let found = client.reconcile_all(&attempts(unknown), &attempts(known)).await;
    assert!(found.errors.is_empty());
    let short = |verdict: &Verdict| match verdict {
        Verdict::NoTrace => "none".to_owned(),
        Verdict::Unclear { entries, doubts } => format!("unclear {} {}", entries.len(), doubts.len()),
        Verdict::Candidates(found) => {
            format!("{}, {} for {}, {} others", found.exact.len(), found.unexplained, found.attempts, found.others.len())
        }
        other => panic!("{other:?}"),
    };
    found.verdicts.iter().map(short).collect()
}

#[tokio::test]
async fn equal_payments_are_counted_and_what_is_explained_is_no_candidate_again() {
    // Entries, unknown and acknowledged payments of 5 EUR at noon: what the unknown ones are.
    for (entries, unknown, known, expected) in [
        (0, 2, 0, "none"),
        (1, 1, 0, "1, 1 for 1, 0 others"),
        (1, 2, 0, "1, 1 for 2, 0 others"),
        (2, 2, 0, "2, 2 for 2, 0 others"),
        (3, 2, 0, "3, 3 for 2, 0 others"),
        (1, 1, 1, "none"),
        (2, 1, 1, "2, 1 for 1, 0 others"),
        (2, 2, 1, "2, 1 for 2, 0 others"),
        (2, 3, 2, "none"),
        // An acknowledged payment is not listed yet, so neither may the other be.
        (0, 1, 1, "unclear 0 1"),
        (1, 1, 2, "unclear 0 1"),
    ] {
        let payments = |count: usize| vec![("5", 0); count];
        let verdicts = verdicts(&payments(entries), &payments(unknown), &payments(known)).await;
        assert_eq!(verdicts, vec![expected; unknown], "{entries} entries, {unknown} unknown, {known} acknowledged");
    }
}

#[tokio::test]
async fn an_entry_is_explained_by_the_payment_whose_time_it_is() {
    // The tolerance is 5 minutes: the entry at 400 s can only be the later payment's.
    let entries = [("5", 100), ("5", 400)];
    assert_eq!(verdicts(&entries, &[("5", 0)], &[("5", 500)]).await, ["1, 1 for 1, 0 others"]);
    assert_eq!(verdicts(&entries, &[("5", 500)], &[("5", 0)]).await, ["1, 1 for 1, 0 others"]);
    // The acknowledged payment may be either; then the other is left for the one that can be either too.
    assert_eq!(verdicts(&entries, &[("5", 200)], &[("5", 300)]).await, ["2, 1 for 1, 0 others"]);
    assert_eq!(verdicts(&entries, &[("5", 200)], &[("5", 0), ("5", 300)]).await, ["none"]);
}

#[tokio::test]
async fn a_candidate_hides_no_payment_that_carries_its_fee() {
    let entries = [("5", 0), ("5.50", 0)];
    assert_eq!(verdicts(&entries, &[("5", 0)], &[]).await, ["1, 1 for 1, 1 others"]);
    assert_eq!(verdicts(&entries, &[("5", 0), ("5", 0)], &[]).await, vec!["1, 1 for 2, 1 others"; 2]);
    // The equal payment explains the equal entry; the other may be this one with its fee.
    assert_eq!(verdicts(&entries, &[("5", 0)], &[("5", 0)]).await, ["unclear 1 0"]);
    assert_eq!(verdicts(&entries, &[("5.50", 0)], &[("5", 0)]).await, ["1, 1 for 1, 0 others"]);
    // An acknowledged payment that is listed with its fee is not missing.
    assert_eq!(verdicts(&[("5.50", 0)], &[("7", 0)], &[("5", 0)]).await, ["unclear 1 0"]);
}

#[tokio::test]
async fn each_account_is_read_once_and_one_that_cannot_be_read_costs_only_its_own_attempts() {
    let (server, client) = server_and_client().await;
    let noon = "2025-08-12T12:00:10.000Z";
    let mock = server.get_user_transactions(|when, then| {
        when.external_user_id("u-1");
        then.ok(&TransactionHistory::builder().transactions(vec![entry("5", "eur", noon)]).build());
    });
    let refused = server.mock(|when, then| {
        when.path_includes("u-2");
        then.status(400).body(r#"{"errorCode":"P412"}"#);
    });
    let mut long = paid("u-1", "5", 0);
    long.started_at = DateTime::UNIX_EPOCH;
    let attempts = [paid("u-2", "5", 0), paid("u-1", "5", 0), paid("u-2", "6", 0), long, paid("u-1", "6", 0)];
    let found = client.reconcile_all(&attempts, &[]).await;
    mock.assert_calls(1);
    refused.assert_calls(1);
    let not_read = || Verdict::Unclear { entries: Vec::new(), doubts: vec![Doubt::NotRead] };
    let short = |number: usize| matches!(&found.verdicts[number], Verdict::Unclear { doubts, .. } if doubts.contains(&Doubt::NotRead));
    assert!(short(0) && short(2), "{found:?}");
    assert_eq!(found.verdicts[3], not_read());
    let Verdict::Candidates(candidates) = &found.verdicts[1] else { panic!("{found:?}") };
    assert_eq!(candidates.exact, [entry("5", "eur", noon)]);
    assert_eq!(found.verdicts[4], unclear(vec![entry("5", "eur", noon)]));
    let errors: Vec<_> = found.errors.iter().map(|(account, error)| (account.clone(), error.kind())).collect();
    let user = |id: &str| Account::User(id.into());
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.contains(&(user("u-1"), ErrorKind::NotSent)) && errors.iter().any(|(account, _)| *account == user("u-2")));
    let nothing = client.reconcile_all(&[], &attempts).await;
    assert!(nothing.verdicts.is_empty() && nothing.errors.is_empty());
    mock.assert_calls(1);
}

#[test]
fn every_create_that_returns_only_an_id_can_be_reconciled() {
    let amount = Decimal::ONE;
    let party = types::PartyType::Natural;
    let wallet = || types::WalletType::KNOWN[0].clone();
    let now = time(NOON);
    let exchange = types::ExchangeRequest::builder().source_external_user_id("u-1").amount(amount).currency_from("eth");
    let partner_exchange = types::PartnerExchangeRequest::builder().amount(amount).currency_from("eth").currency_to("eur").lock_id("l-1");
    let withdrawal = types::WithdrawalRequest::builder().source_external_user_id("u-1").currency("btc").amount(amount).wallet_address("a");
    let partner_withdrawal = types::PartnerWithdrawalRequest::builder().currency("btc").amount(amount).wallet_address("a").name("Ada");
    let sepa = types::PartnerSepaTransferRequest::builder()
        .amount(amount)
        .currency("eur")
        .destination_iban(Iban::unchecked("i"))
        .transfer_title("t");
    let user_sepa = types::SepaTransferRequest::builder().source_external_user_id("u-1").amount(amount).currency("eur");
    let user_sepa = user_sepa.destination_iban(Iban::unchecked("i")).transfer_title("t");
    let transfer = TransferRequest::from_user("u-1", amount, "eur");
    let attempts = [
        Attempt::new(&exchange.currency_to("eur").lock_id("l-1").build(), now, now),
        Attempt::new(&partner_exchange.build(), now, now),
        Attempt::new(&withdrawal.name("Ada").wallet_type(wallet()).receiver_type(party.clone()).build(), now, now),
        Attempt::new(&partner_withdrawal.wallet_type(wallet()).receiver_type(party.clone()).build(), now, now),
        Attempt::new(&sepa.receiver_type(party).build(), now, now),
        Attempt::new(&transfer, now, now),
        Attempt::new(&user_sepa.build(), now, now),
    ];
    let mut covered: Vec<_> = attempts.iter().map(|attempt| attempt.operation.id).collect();
    covered.sort_unstable();
    // What has no final status is paid by others: orders and payment links move nothing of the partner's.
    let returns_an_id = operations::ALL
        .iter()
        .filter(|operation| operation.outcome.as_ref().is_some_and(|outcome| outcome.id.is_some() && !outcome.terminal.is_empty()));
    let mut creates: Vec<_> = returns_an_id.map(|operation| operation.id).collect();
    creates.sort_unstable();
    assert_eq!(covered, creates);
    for attempt in attempts {
        let of_partner = attempt.operation.id.starts_with("createPartner");
        assert_eq!(attempt.account == Account::Partner, of_partner, "{attempt:?}");
        assert_eq!((attempt.amount, attempt.currency.is_empty()), (amount, false));
        assert!(!format!("{attempt:?}").contains("u-1"), "ids of users stay out of logs");
    }
}
