//! What gets logged, at the most talkative level: the operation and its outcome, and nothing personal or secret.

use std::cell::RefCell;
use std::io;
use std::sync::Once;
use std::time::Duration;

use p100::{Client, Retries};
use p100_httpmock::MockServer;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::DOCUMENT;
use crate::faults::{Fault, Server, response};
use crate::harness::{Arguments, call};
use crate::secrets::{MARK, marked, returns_sensitive};

const KEY: &str = "k3y-0f-th3-p4rtn3r";
const USER: &str = "us3r-1d-0f-th3-p4rtn3r";

thread_local! {
    /// What was logged on this thread.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Appends to the log of the thread. A subscriber of one thread only would race with other tests for tracing's caches.
#[derive(Clone, Copy)]
struct ThreadLog;

impl io::Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts to log, all threads at once.
fn start_log() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::CLOSE)
            .with_writer(|| ThreadLog)
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
    });
}

/// What was logged on this thread since the last time.
fn take_log() -> String {
    String::from_utf8(LOG.take()).expect("text")
}

#[tokio::test]
async fn traces_report_the_operation_and_its_outcome_but_no_secret_and_nobody() {
    start_log();
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.is_true(|_| true);
        let error = format!(r#"{{"errorCode":"P403","errorMessage":"{MARK}"}}"#);
        then.status(400).header("x-request-id", "r-17").header("set-cookie", MARK).body(error);
    });
    let client = Client::builder().base_url(server.base_url()).api_key(KEY).build().expect("a client");
    for operation in DOCUMENT.operations() {
        let mut arguments = Arguments::of(operation, USER);
        if let Some(schema) = operation.body.as_ref().filter(|_| operation.upload().is_none()).and_then(|body| body.schema()) {
            arguments.body = marked().of(schema).to_string();
        }
        call(client.raw(), &operation.id, &arguments).await.expect_err("refused");
    }
    let text = take_log();
    for operation in DOCUMENT.operations() {
        let reported = format!(
            "p100.call{{operation=\"{}\" attempt=1 outcome=\"response\" status=400 error_code=\"P403\" request_id=\"r-17\"",
            operation.id
        );
        assert!(text.contains(&reported), "{} is not reported:\n{text}", operation.id);
    }
    assert!(text.contains("duration_ms="));
    for secret in [KEY, MARK, USER] {
        assert!(!text.contains(secret), "{secret} was logged:\n{}", text.lines().find(|line| line.contains(secret)).unwrap_or_default());
    }
}

#[tokio::test]
async fn a_success_with_sensitive_values_leaves_none_in_the_log() {
    start_log();
    for operation in DOCUMENT.operations().iter().filter(|operation| returns_sensitive(operation)) {
        let body = operation.successes().find_map(|response| response.body.as_ref()).expect("a body");
        let body = body.schema().map_or_else(|| MARK.to_owned(), |schema| marked().of(schema).to_string());
        assert!(body.contains(MARK));
        let server = MockServer::start_async().await;
        server.mock(|when, then| {
            when.is_true(|_| true);
            then.status(200).header("request-id", "r-18").header("set-cookie", MARK).body(body);
        });
        let client = Client::builder().base_url(server.base_url()).api_key(KEY).build().expect("a client");
        call(client.raw(), &operation.id, &Arguments::of(operation, USER)).await.expect("a response");
        let text = take_log();
        let reported = format!("p100.call{{operation=\"{}\" attempt=1 outcome=\"response\" status=200 request_id=\"r-18\"", operation.id);
        assert!(text.contains(&reported), "{text}");
        for secret in [KEY, MARK, USER] {
            assert!(!text.contains(secret), "{secret} was logged:\n{text}");
        }
    }
}

#[tokio::test]
async fn a_span_reports_the_attempt_whose_outcome_is_final_and_no_earlier_one() {
    start_log();
    let unavailable = response("503 Service Unavailable", "x-request-id: r-1\r\n", r#"{"errorCode":"P500\nERROR paid"}"#);
    let interrupted = "HTTP/1.1 200 OK\r\nrequest-id: r-2\r\ncontent-length: 1000\r\n\r\n{".to_owned();
    for (last, reported) in [
        (Fault::ResetAfterRequest, r#"attempt=2 outcome="no_response" duration_ms="#),
        (Fault::Respond(interrupted), r#"attempt=2 outcome="incomplete_body" status=200 request_id="r-2" duration_ms="#),
        (response("200 OK", "", "{}"), r#"attempt=2 outcome="response" status=200 duration_ms="#),
    ] {
        let server = Server::start(vec![unavailable.clone(), last]).await;
        let retries = Retries::default().attempts(2).first_wait(Duration::ZERO);
        let client = Client::builder().base_url(format!("http://{}", server.address)).api_key(KEY).retries(retries).build();
        // Only what was logged counts here.
        let _ = client.expect("a client").raw().get_rates().await;
        let text = take_log();
        let closed = text.lines().find(|line| line.contains(": close ")).expect("a closed span");
        assert!(closed.contains(&format!("p100.call{{operation=\"getRates\" {reported}")), "{closed}");
        let again = text.lines().find(|line| line.contains("sending again")).expect("a second attempt");
        assert!(again.ends_with(r#"attempt=1 outcome="response" status=503 error_code="P500\\nERROR paid" wait_ms=0"#), "{again}");
        assert!(!text.lines().any(|line| line.starts_with("ERROR")), "{text}");
    }
}

#[tokio::test]
async fn a_span_reports_that_nothing_was_sent() {
    start_log();
    // Bound but not listening: it refuses connections, and nobody else gets the port.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = socket.local_addr().expect("bound");
    let client = Client::builder().base_url(format!("http://{address}")).api_key(KEY).retries(Retries::none()).build().expect("a client");
    client.raw().get_rates().await.expect_err("refused");
    let text = take_log();
    assert!(text.contains(r#"p100.call{operation="getRates" attempt=1 outcome="not_sent" duration_ms="#), "{text}");
}

#[tokio::test]
async fn a_response_that_does_not_fit_is_one_warning_with_its_paths_and_no_value() {
    start_log();
    let server = MockServer::start_async().await;
    server.get_rates(|when, then| {
        let _ = when;
        then.into_inner().status(200).body(r#"{"btc": "49291234", "eth\nERROR paid": [], "eur": 1}"#);
    });
    let client = Client::builder().base_url(server.base_url()).api_key(KEY).retries(Retries::none()).build().expect("a client");
    take_log();
    let rates = client.raw().get_rates().await.expect("rates");
    assert_eq!((rates.deviations().total(), rates.len()), (1, 2));
    let log = take_log();
    let warnings: Vec<&str> = log.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{log}");
    assert!(
        warnings[0].contains("operation=\"getRates\"") && warnings[0].contains("ERROR paid") && warnings[0].contains("total=1"),
        "{log}"
    );
    assert!(!log.contains("4929"), "{log}");
}

/// No delivery ends in silence, and none shows what it says.
#[tokio::test]
async fn each_delivery_is_reported_with_kind_and_outcome_but_without_token_and_body() {
    use p100::webhooks::{Receiver, Verifier, router};

    start_log();
    let receiver = Receiver::new(Verifier::new(KEY).expect("a token")).max_body_bytes(500).base_path("/hooks");
    let odd =
        format!(r#"{{"id":"t-1","sourceExternalUserId":"{USER}","amount":1,"currency":"eur","status":"FAILED","createdAt":"","error":7}}"#);
    for (method, path, token, body, reported) in [
        ("POST", "/hooks/transfer-webhook", Some(KEY), odd.as_str(), "kind=transferStatus outcome=\"known\""),
        ("POST", "/hooks/new?secret=M4RK", Some(KEY), r#"{"code":"M4RK"}"#, "outcome=\"unknown\""),
        ("POST", "/hooks/new", None, "M4RK", "outcome=\"missing_token\""),
        ("POST", "/hooks/new", Some("M4RK"), "M4RK", "outcome=\"wrong_token\""),
        ("POST", "/hooks/new", Some(KEY), "<M4RK>", "outcome=\"not_json\""),
        ("POST", "/hooks/new", Some(KEY), &"M4RK".repeat(200), "outcome=\"too_large\""),
        ("GET", "/hooks/new", Some(KEY), "", "outcome=\"wrong_method\""),
        ("POST", "/hooks/transfer-webhook", Some(KEY), odd.as_str(), "kind=transferStatus outcome=\"handler_failed\""),
    ] {
        let fails = reported.contains("handler_failed");
        let app = router(receiver.clone(), move |_| std::future::ready(if fails { Err("the queue\nis down") } else { Ok(()) }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}{path}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let request = crate::harness::http().request(method.parse().expect("a method"), url).body(body.to_owned());
        let request = token.map(|token| request.try_clone().expect("a request").header("authorization", token)).unwrap_or(request);
        request.send().await.expect("a response");
        server.abort();
        let text: String = take_log().lines().filter(|line| line.contains("p100")).collect::<Vec<_>>().join("\n");
        assert!(text.contains("p100.webhook{") && text.contains(reported), "{reported}:\n{text}");
        let level = if fails { "ERROR" } else { "WARN" };
        assert!(text.lines().any(|line| line.contains(level) && line.contains("path=/hooks/")), "{reported}:\n{text}");
        for secret in [KEY, "M4RK", USER] {
            assert!(!text.contains(secret), "{reported}:\n{text}");
        }
        if fails {
            assert!(text.contains(r"error=the queue\nis down"), "{text}");
        }
    }
    assert_eq!((receiver.stats().refused(), receiver.stats().unknown, receiver.stats().handler_failed), (5, 1, 1));
}
