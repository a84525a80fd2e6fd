//! Waiting for outcomes, under a paused clock, against a transport that follows a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use p100::raw::reqwest::StatusCode;
use p100::raw::reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use p100::raw::{self, Call, RawResponse, Sending, Transport, TransportError, operations};
use p100::types::{ExchangeDetails, TransferDetails, WithdrawalDetails};
use p100::{Client, Corrections, Error, ErrorKind, OutcomeUnknown, Pending, Progress, WaitPolicy};
use tokio::time::Instant;

/// The response to a question. The last step of a script is repeated.
#[derive(Clone, Debug)]
enum Step {
    Status(&'static str),
    Body(u16, String),
    RetryAfter(&'static str),
    Reset,
    IncompleteBody,
    Silence,
}
use Step::{Body, IncompleteBody, Reset, RetryAfter, Silence, Status};

#[derive(Debug)]
struct Script {
    begin: Instant,
    steps: Mutex<VecDeque<Step>>,
    /// What was asked, and when.
    asked: Mutex<Vec<(&'static str, u128)>>,
}

impl Transport for Script {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        self.asked.lock().expect("no panic").push((call.operation().id, self.begin.elapsed().as_millis()));
        let mut steps = self.steps.lock().expect("no panic");
        let step = if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() };
        Box::pin(async move {
            match step.expect("a script has steps") {
                Status(status) => Ok(response(200, transfer(status))),
                Body(status, body) => Ok(response(status, body)),
                RetryAfter(seconds) => {
                    let mut response = response(429, String::new());
                    response.headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
                    Ok(response)
                }
                Reset => Err(TransportError::no_response("reset")),
                IncompleteBody => Err(TransportError::incomplete_body(StatusCode::OK, HeaderMap::new(), "reset")),
                Silence => std::future::pending().await,
            }
        })
    }
}

fn response(status: u16, body: String) -> RawResponse {
    RawResponse::new(StatusCode::from_u16(status).expect("a status"), HeaderMap::new(), body.into())
}

fn transfer(status: &str) -> String {
    format!(
        r#"{{"id": "t-1", "sourceExternalUserId": null, "destinationExternalUserId": "u-1", "amount": 5, "currency": "eur",
            "status": "{status}", "createdAt": "2025-08-12T08:00:00.000Z"}}"#
    )
}

fn follow(steps: impl IntoIterator<Item = Step>) -> (Arc<Script>, Client) {
    let script = Script { begin: Instant::now(), steps: Mutex::new(steps.into_iter().collect()), asked: Mutex::default() };
    let script = Arc::new(script);
    let base_url = "https://p100.invalid".parse().expect("a URL");
    (Arc::clone(&script), raw::Client::with_transport(base_url, crate::http(), script).into())
}

/// Pauses of 1, 2, 4, 4 .. seconds, for 20 seconds.
fn policy() -> WaitPolicy {
    WaitPolicy::default().factor(2.0).cap(Duration::from_secs(4)).limit(Duration::from_secs(20))
}

type Outcome = Result<Progress<TransferDetails>, OutcomeUnknown>;

/// Waits for a transfer; says what became known, when each question was asked, and how long it all took, in milliseconds.
async fn wait(steps: impl IntoIterator<Item = Step>) -> (Outcome, Vec<u128>, u128) {
    let (script, client) = follow(steps);
    let outcome = client.transfers().pending("t-1").wait(policy()).await;
    let elapsed = script.begin.elapsed().as_millis();
    let asked = script.asked.lock().expect("no panic").iter().map(|(_, at)| *at).collect();
    (outcome, asked, elapsed)
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_is_final_is_reported_at_once() {
    let (outcome, asked, elapsed) = wait([Status("SUCCESSFUL")]).await;
    let progress = outcome.expect("a response");
    assert!(matches!(&progress, Progress::Succeeded(details) if details.id.as_deref() == Some("t-1")), "{progress:?}");
    assert!(progress.is_final() && !progress.is_unknown_status());
    assert_eq!((asked, elapsed), (vec![0], 0));
}

#[tokio::test]
async fn a_corrected_word_ends_an_outcome() {
    let corrections = Corrections::new().operation(&operations::CREATE_TRANSFER, |own| {
        own.failure(["REJECTED", "SUCCESSFUL"]).success(["DONE"]).response("transferId", "id")
    });
    let corrections = corrections.operation(&operations::GET_TRANSFER, |own| own.response("status", "state"));
    for (word, is_success) in [("rejected", false), ("SUCCESSFUL", false), ("Done ", true)] {
        let (_, client) = follow([Body(200, transfer(word).replace("status", "state"))]);
        let client = Client::from(client.raw().clone().with_corrections(&corrections).expect("fits the document"));
        let progress = client.transfers().pending("t-1").status().await.expect("a response");
        assert_eq!((progress.is_final(), matches!(progress, Progress::Succeeded(_))), (true, is_success), "{word}");
    }
}

#[tokio::test]
async fn a_corrected_code_says_whether_a_write_may_have_taken_effect() {
    let corrections = Corrections::new().refusal("E17").server_fault("P412");
    let request = p100::types::TransferRequest::builder().amount(5.into()).currency("eur").build();
    for (code, corrected, plain) in [("E17", false, true), ("P412", true, false), ("P403", false, false), ("E18", true, true)] {
        let (_, client) = follow([Body(400, format!(r#"{{"errorCode": "{code}"}}"#))]);
        let own = Client::from(client.raw().clone().with_corrections(&corrections).expect("fits the document"));
        for (client, expected) in [(own, corrected), (client, plain)] {
            let error = client.transfers().create(&request).await.expect_err("an error");
            assert_eq!(error.may_have_taken_effect(), expected, "{code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn questions_come_at_growing_intervals_until_the_outcome_is_final() {
    let (outcome, asked, elapsed) = wait([Status("NEW"), Status("NEW"), Status("NEW"), Status("SUCCESSFUL")]).await;
    assert!(matches!(outcome, Ok(Progress::Succeeded(_))), "{outcome:?}");
    assert_eq!((asked, elapsed), (vec![0, 1000, 3000, 7000], 7000));
}

#[tokio::test(start_paused = true)]
async fn a_failure_carries_the_error_of_p100() {
    let failed = transfer("FAILED").replace("\"id\"", r#""error": {"description": "too little", "status": "INSUFFICIENT_FUNDS"}, "id""#);
    let (outcome, ..) = wait([Status("NEW"), Body(200, failed)]).await;
    let progress = outcome.expect("a response");
    assert!(matches!(progress, Progress::Failed(_)), "{progress:?}");
    let error = progress.processing_error().expect("an error");
    assert_eq!((error.description.as_deref(), error.status.as_deref()), (Some("too little"), Some("INSUFFICIENT_FUNDS")));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_one_whatever_else_is_in_the_details() {
    for odd in
        [r#""insufficient funds""#, "[]", r#"["too little"]"#, "7", r#"{"description": {}}"#, r#"{"status": 1, "status": 2}"#, "null"]
    {
        let failed = transfer("FAILED").replace("\"id\"", &format!(r#""error": {odd}, "new": [[1e999]], "id""#));
        let (outcome, asked, _) = wait([Body(200, failed)]).await;
        let progress = outcome.expect(odd);
        assert!(matches!(progress, Progress::Failed(_)), "{odd}: {progress:?}");
        assert_eq!(asked, [0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_passes_is_no_failure() {
    let (outcome, asked, elapsed) = wait([Status("OLD"), Status("NEW")]).await;
    let progress = outcome.expect("a response");
    assert!(matches!(progress, Progress::InProgress(_)), "{progress:?}");
    assert_eq!(progress.status(), "NEW", "the latest details");
    assert!(progress.is_unknown_status() && !progress.is_final());
    assert_eq!(asked, [0, 1000, 3000, 7000, 11000, 15000, 19000]);
    assert_eq!(elapsed, 19000, "no pause for a question that will not be asked");
}

#[tokio::test(start_paused = true)]
async fn by_default_it_takes_less_than_five_minutes() {
    let (script, client) = follow([Status("NEW")]);
    let outcome = client.transfers().pending("t-1").wait(WaitPolicy::default()).await;
    assert!(matches!(outcome, Ok(Progress::InProgress(_))), "{outcome:?}");
    let asked: Vec<_> = script.asked.lock().expect("no panic").iter().map(|(_, at)| *at).collect();
    // Timers round up to whole milliseconds.
    assert_eq!(asked[..9], [0, 1000, 2500, 4750, 8125, 13188, 20782, 32173, 47173]);
    assert_eq!((asked.len(), script.begin.elapsed().as_millis()), (25, 287_173));
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_may_not_be_found_at_first() {
    let missing = || Body(404, r#"{"errorCode": "P428", "errorName": "sepa-transfer-not-found"}"#.to_owned());
    let (outcome, asked, _) = wait([missing(), missing(), Status("SUCCESSFUL")]).await;
    assert!(matches!(outcome, Ok(Progress::Succeeded(_))), "{outcome:?}");
    assert_eq!(asked, [0, 1000, 3000]);

    let (outcome, asked, elapsed) = wait([missing()]).await;
    let unknown = outcome.expect_err("never found");
    assert!(unknown.error().is_some_and(Error::is_not_found), "{unknown:?}");
    assert_eq!((asked.len(), elapsed), (7, 19000));
}

/// For exchanges, withdrawals and transfers no page gives the code of "not found".
#[tokio::test(start_paused = true)]
async fn a_refusal_that_says_nothing_known_may_be_one_that_comes_too_early() {
    let unknown_code = || Body(400, r#"{"errorCode": "P4711", "errorName": "transfer-not-ready"}"#.to_owned());
    let no_code = || Body(400, "{}".to_owned());
    let (outcome, asked, _) = wait([unknown_code(), no_code(), Body(422, "<html>".to_owned()), Status("SUCCESSFUL")]).await;
    assert!(matches!(outcome, Ok(Progress::Succeeded(_))), "{outcome:?}");
    assert_eq!(asked, [0, 1000, 3000, 7000]);

    let (outcome, asked, elapsed) = wait([unknown_code()]).await;
    let unknown = outcome.expect_err("refused to the end");
    assert_eq!(unknown.error().and_then(Error::code).map(|code| code.as_str()), Some("P4711"));
    assert_eq!((asked.len(), elapsed), (7, 19000));

    let (outcome, ..) = wait([Status("NEW"), unknown_code()]).await;
    assert!(matches!(outcome, Ok(Progress::InProgress(_))), "what was known before: {outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_is_understood_ends_the_wait() {
    let invalid = r#"{"errorCode": "P403", "errorMessage": "transferId must be a UUID"}"#;
    for (status, body) in [(400, invalid), (403, "<html>"), (401, ""), (302, "")] {
        let (outcome, asked, _) = wait([Body(status, body.to_owned()), Status("SUCCESSFUL")]).await;
        let unknown = outcome.expect_err("refused");
        assert_eq!(unknown.error().and_then(Error::status).map(|status| status.as_u16()), Some(status));
        assert_eq!(asked, [0], "status {status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_by_itself_does_not_end_the_wait() {
    let p500 = Body(400, r#"{"errorCode": "P500", "errorName": "unknown-exception"}"#.to_owned());
    let half = Body(200, r#"{"id": "t-1"}"#.to_owned());
    let maintenance = Body(503, "<html>".to_owned());
    let (outcome, asked, _) = wait([Reset, IncompleteBody, maintenance, p500, half, Body(408, String::new()), Status("SUCCESSFUL")]).await;
    assert!(matches!(outcome, Ok(Progress::Succeeded(_))), "{outcome:?}");
    assert_eq!(asked, [0, 1000, 3000, 7000, 11000, 15000, 19000]);

    let (outcome, ..) = wait([Status("NEW"), Reset]).await;
    assert!(matches!(outcome, Ok(Progress::InProgress(_))), "what was known before: {outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_lengthens_the_pause() {
    let (outcome, asked, _) = wait([RetryAfter("10"), Status("SUCCESSFUL")]).await;
    assert!(matches!(outcome, Ok(Progress::Succeeded(_))), "{outcome:?}");
    assert_eq!(asked, [0, 10000]);
    let (outcome, asked, elapsed) = wait([RetryAfter("60")]).await;
    assert!(outcome.is_err_and(|unknown| unknown.error().is_some_and(Error::is_rate_limited)));
    assert_eq!((asked.len(), elapsed), (1, 0), "the limit would pass before");
}

#[tokio::test(start_paused = true)]
async fn a_question_without_a_response_is_dropped_at_the_limit() {
    let (outcome, asked, elapsed) = wait([Silence]).await;
    assert!(outcome.expect_err("nothing is known").error().is_none());
    assert_eq!((asked.len(), elapsed), (1, 20000));
    let (outcome, asked, elapsed) = wait([Status("NEW"), Silence]).await;
    assert!(matches!(outcome, Ok(Progress::InProgress(_))), "{outcome:?}");
    assert_eq!((asked.len(), elapsed), (2, 20000));
}

#[tokio::test(start_paused = true)]
async fn a_refused_question_ends_the_wait_and_does_not_look_like_a_refused_payment() {
    let denied = Body(401, r#"{"message": "Access Denied. xo2"}"#.to_owned());
    let (outcome, asked, elapsed) = wait([Status("NEW"), denied]).await;
    let unknown = outcome.expect_err("refused");
    assert_eq!((asked.len(), elapsed), (2, 1000));
    assert!(unknown.error().is_some_and(|error| error.access_denied().is_some()), "{unknown:?}");
    assert_eq!((unknown.operation().id, unknown.id()), ("createTransfer", Some("t-1")));
    assert_eq!(unknown.to_string(), "the outcome of createTransfer t-1 is not known, it may have taken effect; look before calling again");
    let source = std::error::Error::source(&unknown).expect("a source").to_string();
    assert_eq!(source, "getTransfer: P100 responded with status 401");
}

#[tokio::test(start_paused = true)]
async fn an_id_that_cannot_be_asked_for_is_refused_at_once() {
    let (script, client) = follow([Status("NEW")]);
    let unknown = client.transfers().pending("").wait(policy()).await.expect_err("no id");
    assert_eq!(unknown.error().map(Error::kind), Some(ErrorKind::NotSent));
    assert_eq!(script.begin.elapsed(), Duration::ZERO);
    assert!(script.asked.lock().expect("no panic").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_limit_beyond_all_clocks_is_none() {
    let (_, client) = follow([Status("NEW"), Status("SUCCESSFUL")]);
    let outcome = client.transfers().pending("t-1").wait(policy().limit(Duration::MAX)).await;
    assert!(matches!(outcome, Ok(Progress::Succeeded(_))), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_status_asks_once_and_each_create_asks_its_own_details_operation() {
    let refusal = || follow([Body(500, String::new())]);
    macro_rules! check {
        ($pending:expr, $create:ident) => {{
            let (script, client) = refusal();
            let pending = $pending(&client);
            assert_eq!(pending.operation(), &operations::$create);
            let unknown = pending.status().await.expect_err("refused");
            assert_eq!(unknown.operation(), &operations::$create);
            let details = operations::$create.outcome.as_ref().and_then(|outcome| outcome.details).expect("a details operation");
            assert_eq!(*script.asked.lock().expect("no panic"), [(details, 0)]);
        }};
    }
    check!(|client: &Client| client.exchange().pending("1"), CREATE_EXCHANGE);
    check!(|client: &Client| client.withdrawals().pending("1"), CREATE_WITHDRAWAL);
    check!(|client: &Client| client.transfers().pending("1"), CREATE_TRANSFER);
    check!(|client: &Client| client.sepa().pending("1"), CREATE_USER_SEPA_TRANSFER);
    check!(|client: &Client| client.partner().pending_sepa_transfer("1"), CREATE_PARTNER_SEPA_TRANSFER);
    check!(|client: &Client| client.payment_links().pending_checkout("1"), CREATE_HOSTED_CHECKOUT);
    check!(|client: &Client| client.orders().pending("1"), CREATE_ORDER);
    check!(|client: &Client| client.payment_links().pending("1"), CREATE_PAYMENT_LINK);
    check!(|client: &Client| client.partner().pending_exchange("1"), CREATE_PARTNER_EXCHANGE);
    check!(|client: &Client| client.partner().pending_withdrawal("1"), CREATE_PARTNER_WITHDRAWAL);
}

#[tokio::test(start_paused = true)]
async fn final_statuses_are_known_in_either_case() {
    let exchange = |status: &str| {
        let text = r#"{"id": "e-1", "amountFrom": 1, "amountTo": 2, "currencyFrom": "eth", "currencyTo": "eur", "rate": 2, "status": "?",
            "createdAt": "2025-08-12T08:00:00.000Z"}"#;
        Body(200, text.replace('?', status))
    };
    for (status, succeeded) in [("COMPLETED", true), ("completed", true), ("FAILED", false), ("failed", false)] {
        let (_, client) = follow([exchange(status)]);
        let progress: Progress<ExchangeDetails> = client.exchange().pending("e-1").status().await.expect("a response");
        assert_eq!(matches!(progress, Progress::Succeeded(_)), succeeded, "{progress:?}");
        assert!(progress.is_final() && !progress.is_unknown_status());
        assert_eq!(progress.into_details().status.as_str(), status);
    }
}

/// No page reports how a failed withdrawal is worded. To take a word for it would pay twice where it is wrong.
#[tokio::test(start_paused = true)]
async fn a_withdrawal_is_not_failed_by_a_word_that_the_document_does_not_know() {
    let text = r#"{"id": "w-1", "amount": 1, "fee": 0, "destination": "a", "status": "FAILED", "transactionHash": null,
        "currency": {"name": "usdc", "network": "polygon"}, "createdAt": "2025-08-12T08:00:00.000Z",
        "error": {"description": "sanctions"}}"#;
    let (_, client) = follow([Body(200, text.to_owned())]);
    let progress: Progress<WithdrawalDetails> = client.withdrawals().pending("w-1").status().await.expect("a response");
    assert!(matches!(progress, Progress::InProgress(_)), "{progress:?}");
    assert!(progress.is_unknown_status());
    assert_eq!(progress.processing_error().and_then(|error| error.description.as_deref()), Some("sanctions"));
}

#[tokio::test(start_paused = true)]
async fn something_pending_can_be_shared_stored_and_waited_for_elsewhere() {
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    let (_, client) = follow([Status("SUCCESSFUL")]);
    let pending: Pending<TransferDetails> = client.transfers().pending("t-1");
    check(&pending);
    assert_eq!(format!("{pending:?}"), r#"Pending { operation: "createTransfer", id: "t-1", .. }"#);
    let id = pending.id().to_owned();
    let task = tokio::spawn(async move { pending.wait(WaitPolicy::default()).await });
    assert!(task.await.expect("no panic").is_ok_and(|progress| progress.details().id == Some(id)));
}
