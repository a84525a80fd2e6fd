//! No sensitive value shows where values get printed.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use p100_httpmock::MockServer;
use p100_spec::Node;

use crate::DOCUMENT;
use crate::faults::{Fault, Server};
use crate::harness::{Arguments, SCHEMAS, call, client};
use crate::samples::Sample;

pub(crate) const MARK: &str = "S3CRET";

pub(crate) fn marked() -> Sample {
    Sample { sensitive: |name| format!("{MARK}-{name}"), ..Sample::default() }
}

#[test]
fn no_sensitive_value_shows_in_debug_output() {
    let mut shown = BTreeSet::new();
    for schema in SCHEMAS {
        let text = marked().of(schema.name).to_string();
        if !text.contains(MARK) {
            continue;
        }
        let debug = (schema.debug)(&text);
        assert!(!debug.contains(MARK), "{}: {debug}", schema.name);
        assert!(debug.contains("[redacted]"), "{}: {debug}", schema.name);
        shown.insert(schema.name);
        assert!((schema.recode)(&text).is_ok_and(|again| again.contains(MARK)), "{}: the value itself must be sent", schema.name);
    }
    for schema in SCHEMAS {
        let marked = schema.node().get("properties").into_iter().flat_map(Node::members).any(|(_, property)| property.flag("x-sensitive"));
        assert!(!marked || shown.contains(schema.name), "{} holds a sensitive member that was not tried", schema.name);
    }
    assert!(shown.len() >= 10, "{shown:?}");
}

#[tokio::test]
async fn no_sensitive_value_shows_when_a_response_cannot_be_read() {
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.is_true(|_| true);
        then.status(200).body(format!(r#"{{"cardNumber": "{MARK}", "cvv": "{MARK}", "status": {{}}"#));
    });
    for operation in DOCUMENT.operations().iter().filter(|operation| !operation.returns_raw()) {
        let error = call(&client(&server), &operation.id, &Arguments::of(operation, "x")).await.expect_err("not readable");
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), chain(&error)] {
            assert!(!text.contains(MARK), "{}: {text}", operation.id);
        }
        assert!(error.body().is_some_and(|body| body.starts_with(br#"{"cardNumber""#)), "the raw bytes stay reachable");
    }
}

/// A card number where a string belongs: the error that refuses it must not quote it.
const NUMBER: &str = "4929123412341234";

fn misplaced(schema: &str) -> String {
    let text = Sample { sensitive: |_| NUMBER.to_owned(), ..Sample::default() }.of(schema).to_string();
    text.replace(&format!("\"{NUMBER}\""), &format!("[{NUMBER}]"))
}

#[tokio::test]
async fn no_sensitive_value_shows_when_it_is_what_cannot_be_read() {
    let sensitive = DOCUMENT.operations().iter().filter(|operation| returns_sensitive(operation) && !operation.returns_raw());
    for operation in sensitive {
        let server = MockServer::start_async().await;
        let schema = operation.successes().find_map(|response| response.body.as_ref()?.schema()).expect("a JSON response");
        server.mock(|when, then| {
            when.is_true(|_| true);
            then.status(200).body(misplaced(schema));
        });
        match call(&client(&server), &operation.id, &Arguments::of(operation, "x")).await {
            Ok(response) => {
                assert!(!response.deviations.is_empty() && !response.debug.contains(NUMBER), "{}", response.debug);
                assert!(response.raw.contains(NUMBER), "{}: a wrong guess must not cost the value", operation.id);
            }
            Err(error) => {
                assert!(error.path().is_some_and(|path| path.len() > 1), "{error:?}");
                for text in [error.to_string(), format!("{error:?}"), chain(&error)] {
                    assert!(!text.contains(NUMBER), "{}: {text}", operation.id);
                }
                assert!(error.body().is_some_and(|body| String::from_utf8_lossy(body).contains(NUMBER)), "{}", operation.id);
            }
        }
    }
}

const KEY: &str = "k3y-0f-th3-p4rtn3r";
const USER: &str = "us3r-1d-0f-th3-p4rtn3r";

/// The worst case: P100 repeats what it was sent in all it returns.
#[tokio::test]
async fn neither_errors_nor_panics_about_them_show_a_secret_or_a_person() {
    let error = format!(r#"{{"errorCode": "P403", "errorMessage": "{MARK} {USER} {KEY}", "message": "{MARK}"}}"#);
    let denial = format!(r#"{{"message": "Access Denied. xo2 {KEY}"}}"#);
    let success = format!(r#"{{"externalUserId": "{USER}", "pin": "{MARK}", "cardNumber": {MARK}"#);
    for (status, body) in [(400, &error), (401, &denial), (302, &error), (503, &error), (200, &success)] {
        let server = MockServer::start_async().await;
        server.mock(|when, then| {
            when.is_true(|_| true);
            then.status(status).header("set-cookie", MARK).header("location", format!("https://{MARK}.example/{USER}")).body(body);
        });
        let client = p100::Client::builder().base_url(server.base_url()).api_key(KEY).retries(p100::Retries::none()).build();
        let client = client.expect("a client");
        for operation in DOCUMENT.operations().iter().filter(|operation| status != 200 || !operation.returns_raw()) {
            let mut arguments = Arguments::of(operation, USER);
            if let Some(schema) = operation.body.as_ref().filter(|_| operation.upload().is_none()).and_then(|body| body.schema()) {
                arguments.body = marked().of(schema).to_string();
            }
            let error = call(client.raw(), &operation.id, &arguments).await.expect_err("no success");
            let texts = [error.to_string(), format!("{error:?}"), format!("{error:#?}"), chain(&error), panic_about(Err(error))];
            for text in &texts {
                assert!(![MARK, KEY, USER].iter().any(|secret| text.contains(secret)), "{} with status {status}: {text}", operation.id);
            }
            assert!(texts[4].contains(&operation.id), "the panic shows the operation: {}", texts[4]);
        }
    }
}

#[tokio::test]
async fn no_header_shows_when_a_response_is_cut_off() {
    let head = format!("HTTP/1.1 200 OK\r\nset-cookie: {MARK}\r\ncontent-length: 1000\r\n\r\n");
    let server = Server::start(vec![Fault::Respond(head)]).await;
    let base_url = format!("http://{}", server.address);
    let retries = p100::Retries::none();
    let client = p100::Client::builder().base_url(&base_url).api_key(KEY).retries(retries).build().expect("a client");
    let raw = p100_raw::Client::new(base_url.parse().expect("a URL"), KEY).expect("a client");
    for operation in DOCUMENT.operations() {
        for client in [client.raw(), &raw] {
            let error = call(client, &operation.id, &Arguments::of(operation, USER)).await.expect_err("cut off");
            assert_eq!(error.kind(), p100::ErrorKind::IncompleteBody);
            assert!(error.headers().is_some_and(|headers| headers["set-cookie"] == MARK), "they stay reachable");
            for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), chain(&error), panic_about(Err(error))] {
                assert!(!text.contains(MARK), "{}: {text}", operation.id);
            }
        }
    }
    let error = p100_raw::TransportError::incomplete_body(
        p100_raw::reqwest::StatusCode::OK,
        [("set-cookie".parse().expect("a name"), MARK.parse().expect("a value"))].into_iter().collect(),
        "cut off",
    );
    assert!(!format!("{error} {error:?} {error:#?}").contains(MARK), "{error:?}");
}

/// What a program says that does not handle an error.
fn panic_about(result: Result<(), p100_raw::Error>) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| result.expect("a response"))).expect_err("a panic");
    *panic.downcast::<String>().expect("a text")
}

#[test]
fn no_sensitive_value_shows_when_a_webhook_cannot_be_read() {
    let mut tried = 0;
    for (webhook, route) in DOCUMENT.webhooks().iter().zip(p100_raw::webhooks::ROUTES) {
        let text = misplaced(&webhook.payload);
        if text.contains(NUMBER) {
            tried += 1;
            // A member that may be missing is set aside, one that may not makes the whole unreadable.
            let shown = match route.kind.decode(text.as_bytes()) {
                Ok(decoded) => format!("{decoded:?}"),
                Err(error) => format!("{error} {error:?} {}", chain(&error)),
            };
            assert!(!shown.contains(NUMBER), "{shown}");
            assert!(shown.contains("expected a string"), "{shown}");
        }
    }
    assert!(tried >= 2, "{tried}");
}

#[test]
fn responses_with_sensitive_values_are_marked() {
    let sensitive: Vec<_> = DOCUMENT.operations().iter().filter(|operation| returns_sensitive(operation)).collect();
    assert!(sensitive.len() >= 2);
    for row in p100_raw::operations::ALL {
        assert_eq!(row.sensitive_response, sensitive.iter().any(|operation| operation.id == row.id), "{}", row.id);
    }
}

/// Whether a success response holds a sensitive value, recognised by a sample of it.
pub(crate) fn returns_sensitive(operation: &p100_spec::Operation) -> bool {
    operation.successes().filter_map(|response| response.body.as_ref()).any(|body| match body.schema() {
        Some(name) => marked().of(name).to_string().contains(MARK),
        None => body.node.get("schema").is_some_and(|schema| schema.flag("x-sensitive")),
    })
}

/// A transport of one's own, with a key in it.
#[derive(Debug)]
struct WithKey(#[expect(dead_code, reason = "only Debug reads it")] &'static str);

impl p100_raw::Transport for WithKey {
    fn send<'a>(&'a self, call: &'a p100_raw::Call) -> p100_raw::Sending<'a> {
        let shown = format!("{call:?} {call:#?}");
        Box::pin(async move { Err(p100_raw::TransportError::not_sent(shown)) })
    }
}

/// All that a program holds in its hands and may print, each with a secret inside: a key, a token, a password, a card number, a body.
#[tokio::test]
async fn nothing_that_holds_a_secret_shows_it_in_debug_output() {
    use p100_raw::reqwest::header::{HeaderMap, HeaderValue};
    use p100_raw::reqwest::{self, StatusCode, Url};

    let headers = || HeaderMap::from_iter([("x-api-key".parse().expect("a name"), HeaderValue::from_static(MARK))]);
    let url: Url = format!("http://user:{MARK}@127.0.0.1:9").parse().expect("a URL");
    let http = reqwest::Client::builder().default_headers(headers()).tls_certs_only([]).build().expect("a client");
    let raw = p100_raw::Client::new(url.clone(), MARK).expect("a client");
    let own = p100_raw::Client::with_transport(url.clone(), http.clone(), std::sync::Arc::new(WithKey(MARK)));
    let builder = p100::Client::builder().base_url(url.as_str()).api_key(MARK);
    let client = p100::Client::builder().base_url("http://127.0.0.1:9").api_key(MARK).retries(p100::Retries::none());
    let client = client.build().expect("a client");
    let refused = builder.clone().build().expect_err("no origin");
    let unreadable = p100::Client::builder().base_url(format!("{MARK} is no URL")).api_key(format!("{MARK}\n"));
    let unsent = client.raw().get_rates().await.expect_err("nobody listens");
    let body = p100_raw::Bytes::from_static(MARK.as_bytes());
    let incomplete_body = p100_raw::TransportError::incomplete_body(
        StatusCode::OK,
        headers(),
        http.get(url.clone()).send().await.expect_err("nobody listens"),
    );
    let part = p100_raw::FilePart::from_bytes(format!("{MARK}.png"), "image/png", MARK);
    let document = || p100::Document::from_bytes(format!("%PDF-{MARK}").into_bytes()).expect("a document").file_name(MARK);
    let pin = p100::Pin::new("4929").expect("a PIN");
    let verifier = p100::webhooks::Verifier::new(MARK).and_then(|verifier| verifier.also(format!("{MARK}2"))).expect("a token");
    let event = format!(r#"{{"secureCode": "{MARK}", "unknown": "{MARK}"}}"#);
    let mut received = HeaderMap::new();
    received.insert("authorization", HeaderValue::from_static(MARK));
    let receiver = p100::webhooks::Receiver::new(verifier.clone());
    let unknown = receiver.receive("/elsewhere", &received, event.clone()).expect("an event");
    let wrong = receiver.receive("/elsewhere", &headers(), event).expect_err("no token");

    let sandbox = p100_sandbox::Sandbox::builder().webhooks(url.as_str(), MARK);
    let sandbox = sandbox.start().await.expect("a sandbox");
    let mut settings = sandbox.settings();
    settings.api_key = MARK.into();
    sandbox.set_settings(settings.clone()).expect("settings");
    let mut shown = vec![
        format!("{raw:?}"),
        format!("{raw:#?}"),
        format!("{own:#?}"),
        format!("{:?}", own.get_rates().await.expect_err("not sent")),
        format!("{:?}", p100::Client::from(own.clone())),
        format!("{builder:?} {builder:#?} {unreadable:?} {:?}", unreadable.clone().build()),
        format!("{client:?} {client:#?} {:?} {:?}", client.cards(), client.raw()),
        format!("{refused:?} {refused} {unsent:?} {incomplete_body:?} {incomplete_body:#?}{}", chain(&incomplete_body)),
        format!("{:?}", p100_raw::RawResponse::new(StatusCode::OK, headers(), body)),
        format!("{part:?} {:?} {:?}", document(), p100::KycFiles::passport(document(), document())),
        format!("{:?}", p100::PoaFiles::new([document()]).expect("a file")),
        format!("{verifier:?} {receiver:?} {unknown:?} {wrong:?} {wrong}"),
        format!("{settings:?} {settings:#?} {sandbox:?} {:?}", sandbox.client()),
    ];
    for (webhook, kind) in DOCUMENT.webhooks().iter().zip(p100_raw::webhooks::ROUTES) {
        let text = marked().of(&webhook.payload).to_string();
        let event = kind.kind.decode(text.as_bytes()).expect("a payload").value;
        let delivery = p100::webhooks::testing::delivery(&event, MARK).expect("a delivery");
        let received = receiver.receive(&delivery.path, &delivery.headers, delivery.body.clone()).expect("an event");
        shown.push(format!("{event:?} {delivery:?} {delivery:#?} {received:?} {received:#?}"));
        // As the sandbox keeps it in its log.
        let kept = serde_json::json!({
            "id": 0, "event": webhook.id, "path": delivery.path, "body": text, "createdAt": "2025-08-12T08:00:00.000Z",
            "state": "delivered", "attempts": [], "earlierAttempts": 0
        });
        let kept: p100_sandbox::Delivery = serde_json::from_value(kept).expect("a delivery");
        shown.push(format!("{kept:?} {kept:#?}"));
    }
    for text in &shown {
        assert!(!text.contains(MARK), "{text}");
    }
    assert!(!format!("{pin:?}").contains("4929"), "{pin:?}");
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |error| error.source()).map(|error| format!("{error} {error:?}")).collect()
}
