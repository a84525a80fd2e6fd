//! The table in the documentation of `Meaning`, checked against the code, cell by cell: stages, statuses, bodies, retry classes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use p100_raw::reqwest::header::{HeaderMap, HeaderValue};
use p100_raw::reqwest::{self, StatusCode, Url};
use p100_raw::{Bytes, Call, Meaning, RawResponse, Retry, Sending, Transport, TransportError};
use tokio::net::TcpSocket;

use super::frames::{Fault, NO_ERROR, REFUSED_STREAM, Server};
use super::loopback::create;
use super::retry::{Verdict, classify};
use super::{Outcome, read};
use crate::types::TransferRequest;
use crate::{Error, Retries};

/// A row: where a call ended, and what that means.
#[derive(Debug)]
struct Row {
    stage: String,
    status: String,
    body: String,
    meaning: String,
    /// Whether a write may have taken effect, a read is sent again, a write is sent again.
    facts: [bool; 3],
}

/// Without corrections.
fn of(response: &RawResponse) -> Meaning {
    Meaning::of(response.status, &response.body)
}

/// The rows of the table, in which a blank stage is that of the row above.
fn table() -> Vec<Row> {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../p100-raw/src/error/meaning.rs")).expect("the source");
    let lines = source.lines().filter_map(|line| line.strip_prefix("/// |")?.strip_suffix('|')).skip(2);
    let mut above = String::new();
    lines
        .map(|line| {
            let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
            let [stage, status, body, meaning, facts @ ..] = &cells[..] else { panic!("{line}") };
            if !stage.is_empty() {
                above.clone_from(stage);
            }
            let facts: Vec<bool> = facts.iter().map(|cell| ["no", "yes"].iter().position(|word| cell == word).expect(line) == 1).collect();
            let facts = facts.try_into().expect("three facts");
            Row { stage: above.clone(), status: status.clone(), body: body.clone(), meaning: meaning.clone(), facts }
        })
        .collect()
}

/// The number of the row whose cells begin so.
fn row(table: &[Row], [stage, status, body]: [&str; 3]) -> usize {
    let is_it = |row: &Row| row.stage.starts_with(stage) && row.status.starts_with(status) && row.body.starts_with(body);
    let found: Vec<usize> = (0..table.len()).filter(|number| is_it(&table[*number])).collect();
    let [number] = found[..] else { panic!("{} rows for {stage} | {status} | {body}", found.len()) };
    number
}

/// What a body says with a status of the 4xx that has no meaning of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Refused,
    ServerFault,
    UnknownCode,
    Denied,
    Nothing,
}

const BODIES: [(&str, Says); 24] = [
    (r#"{"errorCode":"P412"}"#, Says::Refused),
    (r#"{"errorCode":"p412 ","errorMessage":7}"#, Says::Refused),
    (r#"{"error":{"errorCode":"P424"}}"#, Says::Refused),
    (r#"{"errors":[{"errorCode":"P445"},{"errorCode":"P412"}]}"#, Says::Refused),
    (r#"{"errorName":"invalid-user"}"#, Says::Refused),
    (r#"{"errorCode":"P500"}"#, Says::ServerFault),
    (r#"{"errorCode":" p501"}"#, Says::ServerFault),
    (r#"{"errorCode":"P599"}"#, Says::ServerFault),
    (r#"{"errorCode":"P412","error":{"errorCode":"P500"}}"#, Says::ServerFault),
    (r#"{"errorCode":"P499"}"#, Says::UnknownCode),
    (r#"{"errorCode":"P412","errors":[{"errorCode":"P499"}]}"#, Says::UnknownCode),
    ("Access Denied. xo1", Says::Denied),
    (r#"{"message":"xo2"}"#, Says::Denied),
    ("XO3", Says::Denied),
    ("xo1 or xo2", Says::Nothing),
    ("", Says::Nothing),
    ("<html>P412</html>", Says::Nothing),
    ("{}", Says::Nothing),
    (r#"{"message":"Endpoint request timed out"}"#, Says::Nothing),
    (r#"{"code":"P500"}"#, Says::Nothing),
    (r#"{"errorCode":null}"#, Says::Nothing),
    (r#""P412""#, Says::Nothing),
    (r#"[{"errorCode":"P412"}]"#, Says::Nothing),
    (r#"{"errorCode":"P412""#, Says::Nothing),
];

/// Status and body of the row for a whole response that is no success.
fn cells(status: u16, says: Says) -> [&'static str; 2] {
    match (status, says) {
        (500..=599, _) => ["5xx", "any"],
        (400..=499, Says::ServerFault) => ["4xx", "a code of the family `P5xx`"],
        (408, _) => ["408", "anything else"],
        (499, _) => ["499", "anything else"],
        (425 | 429, Says::Refused) => ["425, 429", "a code that the document knows"],
        (400..=499, Says::Refused) => ["another 4xx", "a code that the document knows"],
        (401, Says::Denied) => ["401", "no code"],
        (425 | 429, Says::UnknownCode) => ["425, 429", "a code of P100's form"],
        (400..=499, Says::UnknownCode) => ["another 4xx", "a code of P100's form"],
        (400 | 425 | 429, _) => ["400, 425, 429", "anything else"],
        (400..=499, _) => ["another 4xx, such as", "anything else"],
        _ => ["1xx, 3xx", "any"],
    }
}

/// Ends each call in one way.
struct Canned<F>(F);

impl<F> std::fmt::Debug for Canned<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Canned")
    }
}

impl<F: Fn() -> Outcome + Send + Sync> Transport for Canned<F> {
    fn send<'a>(&'a self, _: &'a Call) -> Sending<'a> {
        Box::pin(async { (self.0)() })
    }
}

/// The errors of a read and of a write that end so.
async fn errors(http: &reqwest::Client, outcome: impl Fn() -> Outcome + Send + Sync + 'static) -> [Error; 2] {
    let base_url = Url::parse("http://127.0.0.1").expect("a URL");
    let client = p100_raw::Client::with_transport(base_url, http.clone(), Arc::new(Canned(outcome)));
    let request = TransferRequest::to_user("u-1", 5.into(), "eur");
    [client.get_rates().await.expect_err("an error"), client.create_transfer(&request).await.expect_err("an error")]
}

/// Compares a row with what the code does.
async fn check(http: &reqwest::Client, row: &Row, outcome: impl Fn() -> Outcome + Send + Sync + 'static) {
    let again = [Retry::Safe, Retry::Never].map(|retry| matches!(classify(retry, &outcome(), &of), Verdict::Again(_)));
    let meaning = |error: &Error| error.meaning().map(|meaning| format!("{meaning:?}")).unwrap_or_default();
    let shown = outcome();
    let [read, write] = errors(http, outcome).await;
    assert!(!read.may_have_taken_effect(), "{row:?}: {shown:?}");
    assert_eq!([write.may_have_taken_effect(), again[0], again[1]], row.facts, "{row:?}: {shown:?}");
    let word = meaning(&write);
    let word = word.split('(').next().unwrap_or_default();
    assert!(row.meaning.is_empty() && word.is_empty() || row.meaning.contains(&format!("Self::{word})")), "{row:?}: {word}");
}

fn whole(status: u16, body: &'static str) -> Outcome {
    Ok(RawResponse::new(StatusCode::from_u16(status).expect("a status"), HeaderMap::new(), Bytes::from_static(body.as_bytes())))
}

#[tokio::test]
async fn each_row_of_the_table_is_what_the_code_does() {
    let (table, http) = (table(), reqwest::Client::new());
    let mut seen = BTreeSet::new();
    let mut find = |cells| {
        let number = row(&table, cells);
        seen.insert(number);
        &table[number]
    };

    check(&http, find(["not sent", "", ""]), || Err(TransportError::not_sent("a file is gone"))).await;
    let without_response = find(["no response", "", ""]);
    check(&http, without_response, || Err(TransportError::no_response("reset"))).await;
    check(&http, without_response, || Err(TransportError::no_response("nothing").timed_out())).await;
    let incomplete = find(["the response is cut off", "", ""]);
    for status in [200, 201, 302, 400, 401, 404, 429, 500, 503] {
        let status = StatusCode::from_u16(status).expect("a status");
        check(&http, incomplete, move || Err(TransportError::incomplete_body(status, HeaderMap::new(), "reset"))).await;
        check(&http, incomplete, move || Err(TransportError::incomplete_body(status, HeaderMap::new(), "slow").timed_out())).await;
    }
    for body in ["", "<html>", "[]", r#"{"transferId":"t-1""#] {
        // What is empty is a success of an operation that responds with nothing that must be there.
        if !body.is_empty() {
            check(&http, find(["the whole response", "2xx", ""]), move || whole(201, body)).await;
        }
    }
    for status in (100..=199).chain(300..=599) {
        for (body, says) in BODIES {
            let [cell, of_body] = cells(status, says);
            check(&http, find(["the whole response", cell, of_body]), move || whole(status, body)).await;
        }
    }

    find(["no connection", "", ""]);
    find(["the response is larger", "", ""]);
    find(["HTTP/2: the server refuses", "", ""]);
    find(["HTTP/2: the server closes", "", ""]);
    assert_eq!(seen.len(), table.len(), "each row is checked");
}

/// Bound but not listening: it refuses connections.
#[tokio::test]
async fn the_row_of_no_connection_is_what_the_code_does() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("bound"));
    let (table, http) = (table(), reqwest::Client::new());
    let row = &table[row(&table, ["no connection", "", ""])];
    for retry in [Retry::Safe, Retry::Never] {
        let error = http.get(&url).send().await.expect_err("refused");
        let outcome = Err(TransportError::without_response(error, false));
        let again = matches!(classify(retry, &outcome, &of), Verdict::Again(_));
        assert_eq!(again, row.facts[if retry == Retry::Safe { 1 } else { 2 }]);
        let kept = std::sync::Mutex::new(Some(outcome));
        let next = move || kept.lock().expect("not poisoned").take().unwrap_or_else(|| Err(TransportError::not_sent("no second one")));
        let [_, write] = errors(&http, next).await;
        assert_eq!(write.may_have_taken_effect(), row.facts[0]);
    }
}

#[tokio::test]
async fn the_row_of_a_large_response_is_what_the_code_does() {
    let table = table();
    let row = &table[row(&table, ["the response is larger", "", ""])];
    for retry in [Retry::Safe, Retry::Never] {
        let mut response = reqwest::Response::from(hyper::Response::new("0123456789"));
        let outcome = read::read(&mut response, Some(9)).await;
        assert!(outcome.is_err());
        assert_eq!(matches!(classify(retry, &outcome, &of), Verdict::Again(_)), row.facts[if retry == Retry::Safe { 1 } else { 2 }]);
    }
    let http = reqwest::Client::new();
    let [_, write] = errors(&http, || Err(TransportError::incomplete_body(StatusCode::OK, HeaderMap::new(), "too large"))).await;
    assert_eq!(write.may_have_taken_effect(), row.facts[0]);
}

#[tokio::test]
async fn the_rows_of_http_2_are_what_the_code_does() {
    let table = table();
    for (stage, fault) in
        [("HTTP/2: the server refuses", Fault::Reset(REFUSED_STREAM)), ("HTTP/2: the server closes", Fault::LeaveOut(NO_ERROR))]
    {
        let row = &table[row(&table, [stage, "", ""])];
        for (attempts, script) in [(1, [fault, fault]), (2, [fault, Fault::Respond])] {
            for is_read in [true, false] {
                let server = Server::start("h2", script, "Tue, 12 Aug 2025 12:00:00 GMT").await;
                let client = server.client(|builder| builder.retries(Retries::default().attempts(attempts).first_wait(Duration::ZERO)));
                let result = if is_read { client.raw().get_rates().await.map(drop) } else { create(&client).await };
                let is_sent_again = row.facts[if is_read { 1 } else { 2 }];
                assert_eq!(server.whole(), if attempts == 2 && is_sent_again { 2 } else { 1 }, "{stage}");
                assert_eq!(result.is_ok(), attempts == 2 && is_sent_again, "{stage}: {result:?}");
                if let (Err(error), false) = (result, is_read) {
                    assert_eq!(error.may_have_taken_effect(), row.facts[0], "{stage}: {error:?}");
                }
            }
        }
    }
}

/// The wait that the response asks for is that of a write too.
#[test]
fn a_write_that_was_refused_for_now_waits_as_long_as_it_is_reported() {
    for status in [StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS] {
        for (body, expected) in [
            (r#"{"errorCode":"P412"}"#, Verdict::Again(Some(Duration::from_millis(1500)))),
            (r#"{"errorCode":"P499"}"#, Verdict::Final),
            (r#"{"errorCode":"P500"}"#, Verdict::Final),
            ("", Verdict::Final),
        ] {
            let headers = [("retry-after".parse().expect("a name"), HeaderValue::from_static("1.5"))].into_iter().collect();
            let limited = Ok(RawResponse::new(status, headers, Bytes::from_static(body.as_bytes())));
            assert_eq!(classify(Retry::Never, &limited, &of), expected, "{status} {body}");
        }
    }
}
