//! What the client does when the network or P100 fails, for every operation, against a server that fails on purpose.
//!
//! The heart of it: whatever happens, an operation that is not `x-retry: safe` reaches the server at most once per call, and the error
//! says that it may have taken effect wherever the server may have read it.

use std::collections::VecDeque;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use p100::raw::operations;
use p100::raw::reqwest::Method;
use p100::{Client, Corrections, ErrorKind, Retries};
use p100_httpmock::MockServer;
use p100_spec::{Operation, Retry};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::DOCUMENT;
use crate::harness::{Arguments, RawResponse, call};

const KEY: &str = "k3y-0f-th3-p4rtn3r";
const ATTEMPTS: u32 = 3;

/// What the server does with one connection.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Closes it with a reset before anything is read.
    ResetAtOnce,
    /// Reads the request, then resets.
    ResetAfterRequest,
    /// Reads the request, begins a response and resets in its middle.
    ResetInResponse,
    /// Reads the request and never responds.
    Silence,
    /// Returns the head, then nothing more.
    SlowBody,
    /// Returns exactly this.
    Respond(String),
}

pub(crate) fn response(status: &str, headers: &str, body: &str) -> Fault {
    Fault::Respond(format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
}

/// A server that carries out one fault per connection, the last one again and again, and keeps every whole request.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(faults: Vec<Fault>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut faults = VecDeque::from(faults);
            while let Ok((connection, _)) = listener.accept().await {
                let fault = if faults.len() > 1 { faults.pop_front() } else { faults.front().cloned() };
                tokio::spawn(carry_out(connection, fault.expect("at least one fault"), Arc::clone(&kept)));
            }
        });
        Self { address, requests }
    }

    fn count(&self) -> usize {
        self.requests.lock().expect("not poisoned").len()
    }
}

async fn carry_out(mut connection: TcpStream, fault: Fault, requests: Arc<Mutex<Vec<String>>>) {
    if matches!(fault, Fault::ResetAtOnce) {
        return reset(connection);
    }
    let Some(request) = whole_request(&mut connection).await else { return };
    requests.lock().expect("not poisoned").push(request);
    // The client may be gone by now; what it saw is what the test looks at.
    match fault {
        Fault::ResetAtOnce | Fault::ResetAfterRequest => reset(connection),
        Fault::ResetInResponse => {
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"half\":").await;
            reset(connection);
        }
        Fault::Silence => std::future::pending().await,
        Fault::SlowBody => {
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{").await;
            std::future::pending().await
        }
        Fault::Respond(text) => {
            let _ = connection.write_all(text.as_bytes()).await;
            let _ = connection.shutdown().await;
        }
    }
}

/// Closes a connection so that the other side sees a reset.
fn reset(connection: TcpStream) {
    connection.set_zero_linger().expect("settable");
    drop(connection);
}

/// Reads head and body; `None` if the client went away before the end.
async fn whole_request(connection: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if bytes.len() >= head.len() + 4 + length {
                return Some(text.into_owned());
            }
        }
        let mut chunk = [0; 4096];
        match connection.read(&mut chunk).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
}

fn client(address: SocketAddr) -> Client {
    let retries = Retries::default().attempts(ATTEMPTS).first_wait(Duration::ZERO);
    let builder = Client::builder().base_url(format!("http://{address}")).api_key(KEY).retries(retries).max_response_size(10_000);
    builder.build().expect("a client")
}

/// Calls every operation at the same time, each against a server of its own.
async fn for_all(
    faults: Vec<Fault>,
    client: fn(SocketAddr) -> Client,
    check: impl Fn(&Operation, &Server, Result<RawResponse, p100::Error>),
) {
    let mut prepared = Vec::new();
    for operation in DOCUMENT.operations() {
        let server = Server::start(faults.clone()).await;
        // Setting up TLS takes long enough to count in the times of a call.
        prepared.push((operation, client(server.address), server));
    }
    let calls = prepared.into_iter().map(async |(operation, client, server)| {
        let result = call(client.raw(), &operation.id, &Arguments::of(operation, "customer-42")).await;
        (operation, server, result)
    });
    for (operation, server, result) in join_all(calls).await {
        if operation.retry == Retry::Never {
            assert!(server.count() <= 1, "{} was sent {} times", operation.id, server.count());
        }
        check(operation, &server, result);
    }
}

/// An error of this kind, in the words that are searched for in logs; a write may have taken effect; a read was tried until the attempts
/// ran out.
fn lost(kind: ErrorKind, counted: bool) -> impl Fn(&Operation, &Server, Result<RawResponse, p100::Error>) {
    move |operation, server, result| {
        let error = result.expect_err(&operation.id);
        assert_eq!(error.kind(), kind, "{error:?}");
        let is_write = operation.retry == Retry::Never;
        assert_eq!(error.may_have_taken_effect(), is_write, "{error:?}");
        let phrase = match kind {
            ErrorKind::NoResponse => "no response received",
            ErrorKind::IncompleteBody => "response body incomplete",
            _ => "P100 responded with status",
        };
        assert!(error.to_string().contains(phrase), "{error}");
        assert_eq!(error.to_string().ends_with("; it may have taken effect; check before retrying"), is_write, "{error}");
        let expected = if is_write { 1 } else { ATTEMPTS as usize };
        assert!(!counted || server.count() == expected, "{}: {} requests", operation.id, server.count());
    }
}

#[tokio::test]
async fn a_reset_before_the_request_was_read() {
    for_all(vec![Fault::ResetAtOnce], client, lost(ErrorKind::NoResponse, false)).await;
}

#[tokio::test]
async fn a_reset_after_the_request_was_read() {
    for_all(vec![Fault::ResetAfterRequest], client, lost(ErrorKind::NoResponse, true)).await;
}

#[tokio::test]
async fn a_reset_in_the_middle_of_the_response() {
    for_all(vec![Fault::ResetInResponse], client, lost(ErrorKind::IncompleteBody, true)).await;
}

/// Short times, so that the two tests that must wait for them are quick.
fn impatient(address: SocketAddr) -> Client {
    let retries = Retries::default().attempts(2).first_wait(Duration::ZERO);
    let builder = Client::builder().base_url(format!("http://{address}")).api_key(KEY).retries(retries);
    builder.attempt_timeout(Duration::from_secs(1)).call_timeout(Duration::from_secs(2)).build().expect("a client")
}

#[tokio::test]
async fn silence() {
    for_all(vec![Fault::Silence], impatient, |operation, _, result| {
        let error = result.expect_err(&operation.id);
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::NoResponse, operation.retry == Retry::Never));
    })
    .await;
}

#[tokio::test]
async fn an_upload_has_the_time_of_the_whole_call() {
    let client = |address: SocketAddr| {
        let builder = Client::builder().base_url(format!("http://{address}")).api_key(KEY).retries(Retries::none());
        builder.attempt_timeout(Duration::from_millis(400)).call_timeout(Duration::from_millis(800)).build().expect("a client")
    };
    for_all(vec![Fault::Silence], client, |operation, server, result| {
        let error = result.expect_err(&operation.id);
        let cause = error.source().and_then(Error::source).expect("a cause").to_string();
        let limit = if operation.upload().is_some() { "call" } else { "attempt" };
        assert_eq!(cause, format!("{limit} timed out"), "{}", operation.id);
        assert_eq!((error.kind(), server.count()), (ErrorKind::NoResponse, 1), "{error:?}");
    })
    .await;
}

/// Linux does not respond to whoever wants to connect where the queue of connections that nobody accepts is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn time_that_runs_out_while_connecting_is_known_not_to_have_been_sent() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(1).expect("listening");
    let address = listener.local_addr().expect("bound");
    let _queue: Vec<_> = (0..8).map(|_| tokio::spawn(TcpStream::connect(address))).collect();
    tokio::task::yield_now().await;
    // The time to connect is that of an attempt or more, or none is set, or the call ends in the midst of a second attempt.
    let second = Some(Duration::from_secs(1));
    for [connect, attempt, call] in [[second; 3], [None, second, second], [Some(Duration::from_millis(600)), None, second]] {
        let retries = Retries::default().attempts(2).first_wait(Duration::ZERO);
        let builder = Client::builder().base_url(format!("http://{address}")).api_key(KEY).retries(retries);
        let client = builder.connect_timeout(connect).attempt_timeout(attempt).call_timeout(call).build().expect("a client");
        let writes = DOCUMENT.operations().iter().filter(|operation| operation.retry == Retry::Never);
        let calls = writes.map(|operation| call_of(&client, operation));
        for (operation, result) in join_all(calls).await {
            let error = result.expect_err(&operation.id);
            assert!(error.is_timeout(), "{error:?}");
            assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::NotSent, false), "{error:?}");
        }
    }
}

async fn call_of<'a>(client: &Client, operation: &'a Operation) -> (&'a Operation, Result<RawResponse, p100::Error>) {
    (operation, call(client.raw(), &operation.id, &Arguments::of(operation, "customer-42")).await)
}

#[tokio::test]
async fn a_body_that_does_not_come() {
    for_all(vec![Fault::SlowBody], impatient, |operation, _, result| {
        let error = result.expect_err(&operation.id);
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::IncompleteBody, Some(200)), "{error:?}");
        assert_eq!(error.may_have_taken_effect(), operation.retry == Retry::Never);
    })
    .await;
}

#[tokio::test]
async fn a_success_that_is_not_json() {
    for body in ["{\"trunc", "<html>ok</html>", "[]"] {
        for_all(vec![response("200 OK", "", body)], client, |operation, server, result| {
            assert_eq!(server.count(), 1, "what arrived completely is not asked for again");
            if operation.returns_raw() {
                return assert_eq!(result.expect("any body").text, body);
            }
            let error = result.expect_err(&operation.id);
            assert!(error.is_decode() && error.path().is_some(), "{error:?}");
            assert_eq!(error.body().map(|bytes| &bytes[..]), Some(body.as_bytes()));
            assert_eq!(error.may_have_taken_effect(), operation.retry == Retry::Never);
        })
        .await;
    }
}

#[tokio::test]
async fn server_faults_of_any_form() {
    let forms = [
        ("502 Bad Gateway", "<html>Bad Gateway</html>"),
        ("503 Service Unavailable", ""),
        ("400 Bad Request", r#"{"errorCode":"P500","errorMessage":"x"}"#),
        ("400 Bad Request", r#"{"errorCode":"P501"}"#),
        ("400 Bad Request", r#"{"errorCode":"P500","errorName":{},"errorMessage":["x"]}"#),
    ];
    for (status, body) in forms {
        for_all(vec![response(status, "content-type: text/html\r\n", body)], client, |operation, server, result| {
            lost(ErrorKind::ErrorResponse, true)(operation, server, result);
        })
        .await;
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_did_nothing() {
    let codes =
        [("400 Bad Request", r#"{"errorCode":"P412"}"#), ("401 Unauthorized", "xo2"), ("404 Not Found", r#"{"errorCode":"p428 "}"#)];
    for (status, body) in codes {
        for_all(vec![response(status, "", body)], client, |operation, server, result| {
            let error = result.expect_err(&operation.id);
            assert!(!error.may_have_taken_effect() && server.count() == 1, "{error:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_400_that_nobody_can_read_is_no_refusal() {
    let cut_off = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n{\"errorCode\":\"P5".to_owned();
    for fault in [Fault::Respond(cut_off), response("400 Bad Request", "", ""), response("400 Bad Request", "", "<html>Bad Request</html>")]
    {
        for_all(vec![fault], client, |operation, server, result| {
            let error = result.expect_err(&operation.id);
            assert_eq!(
                (error.kind(), error.may_have_taken_effect()),
                (ErrorKind::ErrorResponse, operation.retry == Retry::Never),
                "{error:?}"
            );
            assert_eq!(server.count(), if operation.retry == Retry::Never { 1 } else { ATTEMPTS as usize }, "{}", operation.id);
        })
        .await;
    }
}

#[tokio::test]
async fn a_status_without_a_code_is_no_refusal_and_no_reason_to_ask_again() {
    for status in ["403 Forbidden", "404 Not Found", "409 Conflict", "422 Unprocessable Content", "424 Failed Dependency", "499 Closed"] {
        for_all(vec![response(status, "", "<html>")], client, |operation, server, result| {
            let error = result.expect_err(&operation.id);
            assert_eq!(
                (error.kind(), error.may_have_taken_effect()),
                (ErrorKind::ErrorResponse, operation.retry == Retry::Never),
                "{error:?}"
            );
            assert_eq!(server.count(), 1, "{}", operation.id);
        })
        .await;
    }
}

#[tokio::test]
async fn a_read_recovers_when_the_fault_passes() {
    for operation in DOCUMENT.operations().iter().filter(|operation| operation.retry == Retry::Safe) {
        let body = operation.successes().find_map(|response| response.body.as_ref()).expect("a body");
        let example = DOCUMENT.examples(&body.node).expect("resolves").remove(0).value.to_json();
        let faults =
            vec![Fault::ResetAfterRequest, response("503 Service Unavailable", "retry-after: 0\r\n", ""), response("200 OK", "", &example)];
        let server = Server::start(faults).await;
        let result = call(client(server.address).raw(), &operation.id, &Arguments::of(operation, "customer-42")).await;
        assert!(result.is_ok() && server.count() == 3, "{}: {result:?}", operation.id);
    }
}

#[tokio::test]
async fn too_many_calls() {
    for (headers, asked) in [("", None), ("retry-after: 0\r\n", Some(Duration::ZERO))] {
        for_all(vec![response("429 Too Many Requests", headers, "")], client, |operation, server, result| {
            let error = result.expect_err(&operation.id);
            assert!(error.is_rate_limited(), "{error:?}");
            assert_eq!(error.may_have_taken_effect(), operation.retry == Retry::Never, "{error:?}");
            assert_eq!(error.retry_after(), asked);
            assert_eq!(server.count(), if operation.retry == Retry::Never { 1 } else { ATTEMPTS as usize }, "{}", operation.id);
        })
        .await;
    }
    // A wait that the call has no time for is not begun.
    for_all(vec![response("429 Too Many Requests", "retry-after: 3600\r\n", "")], client, |operation, server, result| {
        assert_eq!(result.expect_err(&operation.id).retry_after(), Some(Duration::from_secs(3600)));
        assert_eq!(server.count(), 1);
    })
    .await;
}

/// P100's own word that it did nothing, and that it may do it later.
#[tokio::test]
async fn too_many_calls_by_the_word_of_p100_are_sent_again() {
    let refusal = response("429 Too Many Requests", "retry-after: 0.001\r\n", r#"{"errorCode":"P412"}"#);
    let expected = ATTEMPTS as usize;
    for operation in DOCUMENT.operations() {
        let server = Server::start(vec![refusal.clone()]).await;
        let (_, result) = call_of(&client(server.address), operation).await;
        let error = result.expect_err(&operation.id);
        assert_eq!((error.may_have_taken_effect(), server.count()), (false, expected), "{}: {error:?}", operation.id);
    }
}

/// A server that waits for a body, or refuses what has no length, has no reason to; and nobody can read what is compressed.
#[tokio::test]
async fn each_request_states_its_length_and_the_encoding_that_can_be_read() {
    for_all(vec![response("404 Not Found", "", "")], client, |operation, server, _| {
        let requests = server.requests.lock().expect("not poisoned");
        let head = requests[0].split_once("\r\n\r\n").expect("a head").0.to_lowercase();
        let has_length = head.contains("\r\ncontent-length: ") || head.contains("\r\ntransfer-encoding: chunked");
        let has_body = ["post ", "put ", "patch "].iter().any(|method| head.starts_with(method));
        assert!(has_length || !has_body, "{}: {head}", operation.id);
        assert_eq!(head.matches("\r\ncontent-length: ").count().min(1), head.matches("\r\ncontent-length: ").count(), "{head}");
        assert_eq!(head.matches("\r\naccept-encoding: identity").count(), 1, "{}: {head}", operation.id);
    })
    .await;
    // An overridden method has a length too.
    let operation = DOCUMENT.operations().iter().find(|operation| operation.id == "lockPartnerRate").expect("lockPartnerRate");
    for method in ["POST", "PUT", "PATCH"] {
        let server = Server::start(vec![response("404 Not Found", "", "")]).await;
        let name = p100::raw::reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let builder = Client::builder().base_url(format!("http://{}", server.address)).api_key(KEY);
        let corrections = Corrections::new().operation(&operations::LOCK_PARTNER_RATE, |operation| operation.method(name));
        let client = builder.corrections(corrections).build().expect("a client");
        call_of(&client, operation).await.1.expect_err("not found");
        let requests = server.requests.lock().expect("not poisoned");
        assert!(requests[0].starts_with(method) && requests[0].to_lowercase().contains("\r\ncontent-length: 0\r\n"), "{}", requests[0]);
    }
}

#[tokio::test]
async fn an_encoding_that_was_not_asked_for_is_named() {
    let compressed = "\u{1f}\u{8}\u{0}";
    for status in ["200 OK", "201 Created", "400 Bad Request", "503 Service Unavailable"] {
        for_all(vec![response(status, "content-encoding: gzip\r\n", compressed)], client, |operation, _, result| {
            if operation.returns_raw() && status.starts_with('2') {
                return;
            }
            let error = result.expect_err(&operation.id);
            assert!(error.to_string().contains("in the content-encoding `gzip`, which was not asked for"), "{error}");
            assert_eq!(error.may_have_taken_effect(), operation.retry == Retry::Never, "{error:?}");
            assert_eq!(error.body().map(|body| &body[..]), Some(compressed.as_bytes()));
        })
        .await;
    }
    for_all(
        vec![response("400 Bad Request", "content-encoding: identity\r\n", r#"{"errorCode":"P412"}"#)],
        client,
        |operation, _, result| {
            let error = result.expect_err(&operation.id);
            assert!(!error.may_have_taken_effect() && !error.to_string().contains("encoding"), "{error}");
        },
    )
    .await;
}

/// Memory follows what arrives, not what is declared.
#[tokio::test]
async fn a_declared_length_reserves_nothing() {
    for length in [1_000_000_000_000_000_u64, 1 << 50, 1 << 62] {
        for limit in [Some(usize::MAX), None] {
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{{}}");
            let server = Server::start(vec![Fault::Respond(head)]).await;
            let builder = Client::builder().base_url(format!("http://{}", server.address)).api_key(KEY).retries(Retries::none());
            let client = builder.max_response_size(limit).build().expect("a client");
            let error = client.raw().get_rates().await.expect_err("cut off");
            assert_eq!(error.kind(), ErrorKind::IncompleteBody, "{length} {limit:?} {error:?}");
        }
    }
}

#[tokio::test]
async fn a_response_that_is_too_large() {
    let huge = "x".repeat(10_001);
    let unannounced = Fault::Respond(format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{huge}"));
    for fault in [response("200 OK", "", &huge), unannounced] {
        for_all(vec![fault], client, |operation, server, result| {
            let error = result.expect_err(&operation.id);
            assert_eq!((error.kind(), server.count()), (ErrorKind::IncompleteBody, 1), "{error:?}");
            assert!(format!("{error:?}").contains("10000"), "{error:?}");
            assert_eq!(error.may_have_taken_effect(), operation.retry == Retry::Never);
        })
        .await;
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_the_key_stays_at_home() {
    let other = Server::start(vec![response("200 OK", "", "{}")]).await;
    let location = format!("location: http://{}/elsewhere\r\n", other.address);
    for_all(vec![response("302 Found", &location, "")], client, |operation, server, result| {
        let error = result.expect_err(&operation.id);
        assert!(error.to_string().contains("a redirect, which is not followed"), "{error}");
        let requests = server.requests.lock().expect("not poisoned");
        assert_eq!((requests.len(), requests[0].contains(KEY)), (1, operation.authenticated), "{}", operation.id);
    })
    .await;
    assert_eq!(other.count(), 0);
}

#[tokio::test]
async fn a_refused_connection_was_never_sent() {
    let calls = DOCUMENT.operations().iter().map(async |operation| {
        // Bound but not listening: it refuses connections, and nobody else gets the port.
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        let address = socket.local_addr().expect("bound");
        (operation, call(client(address).raw(), &operation.id, &Arguments::of(operation, "customer-42")).await)
    });
    for (operation, result) in join_all(calls).await {
        let error = result.expect_err(&operation.id);
        assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::NotSent, false), "{error:?}");
    }
}

#[tokio::test]
async fn a_client_that_has_spent_its_budget_fails_at_once() {
    let server = Server::start(vec![response("503 Service Unavailable", "", "")]).await;
    let retries = Retries::default().attempts(10).first_wait(Duration::ZERO).budget(4);
    let client = Client::builder().base_url(format!("http://{}", server.address)).api_key(KEY).retries(retries).build().expect("a client");
    for expected in [5, 6, 7] {
        client.raw().get_rates().await.expect_err("unavailable");
        assert_eq!(server.count(), expected);
    }
}

#[tokio::test]
async fn a_corrected_operation_is_called_where_it_was_configured() {
    let server = MockServer::start_async().await;
    let corrections = Corrections::new()
        .operation(&operations::UPDATE_USER, |operation| operation.method(Method::PUT).path("/v1/user/update/{externalUserId}"));
    let client = Client::builder().base_url(server.base_url()).api_key(KEY).corrections(corrections).build().expect("a client");
    let mock = server.mock(|when, then| {
        when.method("PUT").path("/v1/user/update/customer-42");
        then.status(200).body("{}");
    });
    let operation = DOCUMENT.operations().iter().find(|operation| operation.id == "updateUser").expect("updateUser");
    call(client.raw(), "updateUser", &Arguments::of(operation, "customer-42")).await.expect("a response");
    mock.assert();
}

#[tokio::test]
async fn a_read_that_is_corrected_to_another_method_is_not_sent_again() {
    for (method, sent) in [(Method::GET, 3), (Method::POST, 1), (Method::PUT, 1), (Method::DELETE, 1)] {
        let server = Server::start(vec![response("503 Service Unavailable", "", "")]).await;
        let corrections = Corrections::new().operation(&operations::GET_RATES, |operation| operation.method(method.clone()));
        let retries = Retries::default().attempts(3).first_wait(Duration::ZERO);
        let builder = Client::builder().base_url(format!("http://{}", server.address)).api_key(KEY).retries(retries);
        let client = builder.corrections(corrections).build().expect("a client");
        let error = client.raw().get_rates().await.expect_err("unavailable");
        assert_eq!((server.count(), error.may_have_taken_effect()), (sent, sent == 1), "{method}");
    }
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::ResetAtOnce),
        Just(Fault::ResetAfterRequest),
        Just(Fault::ResetInResponse),
        Just(response("201 Created", "", r#"{"transferId":"7fb02323-969a-4936-94ea-86b8773ff1a2"}"#)),
        Just(response("200 OK", "", "<html>")),
        Just(response("400 Bad Request", "", r#"{"errorCode":"P424"}"#)),
        Just(response("400 Bad Request", "", r#"{"errorCode":"P500"}"#)),
        Just(response("400 Bad Request", "", r#"{"errorCode":"P5"#)),
        Just(response("408 Request Timeout", "", "")),
        Just(response("429 Too Many Requests", "retry-after: 0\r\n", "")),
        Just(response("503 Service Unavailable", "retry-after: 0\r\n", "")),
        Just(response("302 Found", "location: /\r\n", "")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn money_moves_at_most_once_per_call(faults in proptest::collection::vec(any_fault(), 1..6), calls in 1_usize..4) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let server = Server::start(faults.clone()).await;
            let client = client(server.address);
            let operation = DOCUMENT.operations().iter().find(|operation| operation.id == "createTransfer").expect("createTransfer");
            for _ in 0..calls {
                let before = server.count();
                let result = call(client.raw(), "createTransfer", &Arguments::of(operation, "")).await;
                let moved = server.count() - before;
                prop_assert!(moved <= 1, "{} requests for one call with {:?}", moved, faults);
                match result {
                    Ok(_) => prop_assert_eq!(moved, 1),
                    // Not sent, or refused by a response that says so.
                    Err(error) if !error.may_have_taken_effect() => {
                        prop_assert!(moved == 0 || error.status().is_some_and(|status| status.is_client_error()), "{:?}", error);
                    }
                    Err(_) => {}
                }
            }
            Ok(())
        })?;
    }
}
