//! Every operation on the wire: what is sent is what the document demands, what comes back is what it promises.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use httpmock::HttpMockRequest;
use p100_httpmock::MockServer;
use p100_raw::ErrorKind;
use p100_spec::{Operation, Response};

use crate::DOCUMENT;
use crate::harness::{Arguments, assert_same_json, call, client, mock};

/// Characters that paths, queries and regular expressions give a meaning of their own.
const AWKWARD: &str = "a/b\\c?d=%2F&e%20f g.h..i+;#[.*](x){y}|^$~'\"<ü漢>@:,!";

/// A server that returns nothing useful and keeps what arrived.
pub(crate) async fn recorder() -> (MockServer, Arc<Mutex<Vec<HttpMockRequest>>>) {
    let server = MockServer::start_async().await;
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&arrived);
    server.mock(move |when, then| {
        when.is_true(|_| true);
        then.respond_with(move |request| {
            kept.lock().expect("not poisoned").push(request.clone());
            httpmock::HttpMockResponse::builder().status(500).build()
        });
    });
    (server, arrived)
}

#[tokio::test]
async fn each_request_is_what_the_document_demands() {
    let (server, arrived) = recorder().await;
    for operation in DOCUMENT.operations() {
        let arguments = Arguments::of(operation, AWKWARD);
        let error = call(&client(&server), &operation.id, &arguments).await.expect_err("status 500");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(500), "{}: {error:?}", operation.id);
        let requests: Vec<_> = arrived.lock().expect("not poisoned").drain(..).collect();
        let [request] = requests.as_slice() else { panic!("{}: {} requests", operation.id, requests.len()) };
        check_request(operation, &arguments, request);
    }
}

fn check_request(operation: &Operation, arguments: &Arguments, request: &HttpMockRequest) {
    let id = &operation.id;
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    assert_eq!(request.method().as_str(), operation.method.word(), "{id}");

    let sent: Vec<String> = request.uri().path().split('/').map(decoded).collect();
    let demanded: Vec<String> = operation
        .path
        .split('/')
        .map(|part| {
            part.strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
                .map_or_else(|| part.to_owned(), |name| arguments.values[name].clone())
        })
        .collect();
    assert_eq!(sent, demanded, "{id}");

    let query: BTreeMap<String, String> = request
        .uri()
        .query()
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(&value.replace('+', " "))))
        .collect();
    let demanded: BTreeMap<String, String> = operation
        .parameters_in("query")
        .filter_map(|parameter| Some((parameter.name.clone(), arguments.values.get(&parameter.name)?.clone())))
        .collect();
    assert_eq!(query, demanded, "{id}");

    assert_eq!(header("api-version"), None, "{id}: P100 knows no such header");
    assert_eq!(header("accept").as_deref(), if operation.returns_raw() { Some("*/*") } else { Some("application/json") }, "{id}");
    let content_type = header("content-type").unwrap_or_default();
    match (&operation.body, operation.upload()) {
        (None, _) => assert!(request.body_ref().is_empty() && content_type.is_empty(), "{id}"),
        (Some(_), None) => {
            assert_eq!(content_type, "application/json", "{id}");
            assert_same_json(std::str::from_utf8(request.body_ref()).expect("text"), &arguments.body, id);
        }
        (Some(_), Some(_)) => {
            assert!(content_type.starts_with("multipart/form-data; boundary="), "{id}: {content_type}");
            assert_eq!(header("content-length"), Some(request.body_ref().len().to_string()), "{id}: the length is known beforehand");
        }
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned()
}

#[tokio::test]
async fn each_operation_meets_its_typed_mock_and_each_documented_response_decodes() {
    let mut responses = 0;
    for operation in DOCUMENT.operations() {
        for response in &operation.responses {
            for example in example_texts(response) {
                let server = MockServer::start_async().await;
                let arguments = Arguments::of(operation, AWKWARD);
                let mock = mock(&server, &operation.id, &arguments, response.status, &example);
                check_response(operation, response, &example, call(&client(&server), &operation.id, &arguments).await);
                assert_eq!(mock.calls(), 1, "{}", operation.id);
                responses += 1;
            }
        }
    }
    assert!(responses > 200, "{responses}");
}

/// The examples of a response; `{}` where the docs give no body for an error.
fn example_texts(response: &Response) -> Vec<String> {
    let Some(body) = &response.body else { return Vec::new() };
    let examples = DOCUMENT.examples(&body.node).expect("resolves");
    if examples.is_empty() {
        return vec!["{}".to_owned()];
    }
    examples.iter().map(|example| example.value.as_str().map_or_else(|| example.value.to_json(), str::to_owned)).collect()
}

fn check_response(operation: &Operation, response: &Response, example: &str, result: Result<crate::harness::RawResponse, p100_raw::Error>) {
    let what = format!("{} {}", operation.id, response.status);
    if response.status < 300 {
        let received = result.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!(received.status, response.status, "{what}");
        if operation.returns_raw() {
            assert_eq!(received.text, example, "{what}")
        } else {
            assert_same_json(&received.text, example, &what)
        }
        return;
    }
    let error = result.expect_err(&what);
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::ErrorResponse, Some(response.status)), "{what}");
    assert_eq!(error.operation().id, operation.id);
    let api_error = error.error_body().unwrap_or_else(|| panic!("{what}: no error body"));
    assert_same_json(&serde_json::to_string(api_error).expect("encodes"), example, &what);
    assert!(error.body().is_some_and(|body| !body.is_empty()), "{what}: the raw bytes stay reachable");
}

#[tokio::test]
async fn optional_query_parameters_are_sent_when_given() {
    for operation in DOCUMENT.operations() {
        for parameter in operation.parameters_in("query").filter(|parameter| !parameter.required) {
            let (server, arrived) = recorder().await;
            let mut arguments = Arguments::of(operation, "x");
            arguments.values.insert(parameter.name.clone(), "brand new".to_owned());
            call(&client(&server), &operation.id, &arguments).await.expect_err("status 500");
            check_request(operation, &arguments, &arrived.lock().expect("not poisoned")[0]);
        }
    }
}

#[tokio::test]
async fn values_that_would_address_another_resource_are_refused_before_sending() {
    let (server, arrived) = recorder().await;
    for operation in DOCUMENT.operations().iter().filter(|operation| operation.path.contains('{')) {
        for value in ["", ".", ".."] {
            let error = call(&client(&server), &operation.id, &Arguments::of(operation, value)).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::NotSent, "{}: {error}", operation.id);
            assert!(!error.may_have_taken_effect());
            let source = std::error::Error::source(&error).expect("a reason").to_string();
            assert!(source.starts_with("the path parameter "), "{source}");
        }
    }
    assert!(arrived.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn mocks_take_parameter_values_literally() {
    for operation in DOCUMENT.operations().iter().filter(|operation| operation.path.contains('{')) {
        let server = MockServer::start_async().await;
        let success = operation.successes().next().expect("a success");
        let example = example_texts(success).remove(0);
        let mock = mock(&server, &operation.id, &Arguments::of(operation, ".*"), success.status, &example);
        let error = call(&client(&server), &operation.id, &Arguments::of(operation, "abc")).await.expect_err("no mock matches");
        assert_eq!(mock.calls(), 0, "{}", operation.id);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(418), "{}", operation.id);
        let text = format!("{error:?}");
        assert!(text.contains(&format!("which is {}; expected: {} (", operation.id, operation.id)), "{text}");
    }
}

#[tokio::test]
async fn any_success_status_is_a_success() {
    for operation in DOCUMENT.operations() {
        let server = MockServer::start_async().await;
        let example = example_texts(operation.successes().next().expect("a success")).remove(0);
        server.mock(|when, then| {
            when.is_true(|_| true);
            then.status(203).body(example.clone());
        });
        let response = call(&client(&server), &operation.id, &Arguments::of(operation, "x")).await;
        assert_eq!(response.unwrap_or_else(|error| panic!("{error:?}")).status, 203);
    }
}

#[tokio::test]
async fn an_error_says_whether_the_call_may_have_taken_effect() {
    // Status, body, and whether a write may have happened all the same.
    let cases = [
        (400, r#"{"errorCode":"P412"}"#, false),
        (400, r#"{"errorCode":"P500"}"#, true),
        (400, r#"{"errorCode":"P501"}"#, true),
        (400, r#"{"errorCode":"P500","errorName":{},"errorMessage":["x"],"message":1}"#, true),
        (400, r#"{"errorCode":"P412","errorName":{},"errorMessage":["x"],"message":1}"#, false),
        (400, r#"{"errorCode":" p412 "}"#, false),
        (400, r#"{"errorName":"invalid-user"}"#, false),
        (404, r#"{"errorCode":"P428"}"#, false),
        (401, r#"{"message":"Access Denied. xo2"}"#, false),
        (400, r#"{"errorCode":null,"errorMessage":"x"}"#, true),
        (400, r#"{"message":"x"}"#, true),
        (400, r#"{"errorCode":["P500"]}"#, true),
        (400, r#"{"errorCode":"P999"}"#, true),
        (400, r#"{"error":{"errorCode":"P500"}}"#, true),
        (400, r#"{"code":"P500"}"#, true),
        (400, r#"{"errorCode":"P5"#, true),
        (400, r#"["P412"]"#, true),
        (400, "", true),
        (400, "<html>Bad Request</html>", true),
        (403, "<html>Forbidden</html>", true),
        (404, "<html>Not Found</html>", true),
        (401, "", true),
        (404, "{}", true),
        (429, "", true),
        (408, r#"{"errorCode":"P412"}"#, true),
        (408, "", true),
        (502, "<html>Bad Gateway</html>", true),
        (200, "x", true),
        (200, r#"{"trunc"#, true),
        (302, "", true),
    ];
    for (status, body, effect) in cases {
        let server = MockServer::start_async().await;
        server.mock(|when, then| {
            when.is_true(|_| true);
            then.status(status).body(body);
        });
        let client = client(&server);
        let meaning = p100_raw::reqwest::StatusCode::from_u16(status).map(|status| p100_raw::Meaning::of(status, body.as_bytes())).ok();
        for operation in DOCUMENT.operations().iter().filter(|operation| !operation.returns_raw()) {
            let error = call(&client, &operation.id, &Arguments::of(operation, "x")).await.expect_err("an error");
            let expected = effect && operation.retry == p100_spec::Retry::Never;
            assert_eq!(error.may_have_taken_effect(), expected, "{} with status {status} {body}", operation.id);
            assert_eq!(error.meaning(), meaning.filter(|_| status != 200), "{error}");
            assert_eq!(error.to_string().contains("it may have taken effect"), expected);
            assert!(!error.to_string().contains("html") && !error.to_string().contains('\n'), "{error}");
            assert_eq!(error.body().map(|body| &body[..]), Some(body.as_bytes()));
        }
    }
}

#[tokio::test]
async fn an_error_is_one_short_line_whatever_the_server_says() {
    let long = "x".repeat(10_000);
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.is_true(|_| true);
        then.status(400).body(format!(r#"{{"errorCode":"X\nERROR paid","errorName":"line1\u2028line2\r\u001b[31m{long}"}}"#));
    });
    let operation = DOCUMENT.operations().iter().find(|operation| operation.id == "getRates").expect("getRates");
    let error = call(&client(&server), "getRates", &Arguments::of(operation, "x")).await.expect_err("refused");
    let shown = error.to_string();
    assert!(shown.starts_with(r"getRates: P100 responded with status 400, X\nERROR paid (line1\u{2028}line2\r\u{1b}[31mxxx"), "{shown}");
    assert!(shown.ends_with("xxx...)") && shown.len() < 1_200 && !shown.contains(char::is_control), "{shown}");
    assert_eq!(error.code().map(|code| code.as_str()), Some("X\nERROR paid"), "the code itself is kept as it came");
    assert_eq!(error.api_error().and_then(|error| error.name).map(|name| name.len() > 10_000), Some(true));
}

#[tokio::test]
async fn a_refused_connection_is_known_not_to_have_been_sent() {
    // Bound but not listening: it refuses connections, and nobody else gets the port.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = socket.local_addr().expect("bound");
    let client = p100_raw::Client::new(format!("http://{address}").parse().expect("a URL"), "key").expect("a client");
    for operation in DOCUMENT.operations() {
        let error = call(&client, &operation.id, &Arguments::of(operation, "x")).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::NotSent, "{error:?}");
        assert!(!error.may_have_taken_effect());
        assert!(!format!("{error:?}").contains("/v1"), "no URL in errors: {error:?}");
    }
}
