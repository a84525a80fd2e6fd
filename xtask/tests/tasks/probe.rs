//! `probe` against a sandbox, and against one behind a proxy that spoils its responses.

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use p100_raw::operations;
use p100_raw::types::ErrorCode;
use p100_sandbox::control::NewUser;
use p100_sandbox::{Fault, Sandbox};
use p100_spec::{Document, Method, Retry};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{Checkout, SPEC, text};

const KEY: &str = "sandbox-key";
const USER: &str = "Zq-user-4711";

/// What is in no document: it may only come from a response.
const SECRET: &str = "Zqsecret";

struct Spoilt {
    status: u16,
    content_type: &'static str,
    body: Value,
    /// In place of the body.
    page: Option<&'static str>,
}

/// The sandbox with a user who has a card.
async fn sandbox() -> (Sandbox, Arc<Mutex<Vec<&'static str>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&calls);
    let sandbox = Sandbox::builder().on_call(move |call| log.lock().expect("a log").push(call.operation)).start().await.expect("starts");
    sandbox.add_user(NewUser::new(USER)).expect("a user");
    let change = json!({"firstName": SECRET, "lastName": "Zqlastname", "address": "Zqstreet 1", "city": "Zqtown"});
    let card = json!({"externalUserId": USER, "label": "Zqlabel", "pin": "4839"});
    let http = reqwest::Client::builder().tls_certs_only([]).build().expect("a client");
    let user = http.patch(format!("{}/v1/user/{USER}", sandbox.base_url())).json(&change);
    let card = http.post(format!("{}/v1/card/virtual", sandbox.base_url())).json(&card);
    for request in [user, card] {
        let status = request.header("x-api-key", KEY).send().await.expect("a response").status();
        assert!(status.is_success(), "{status}");
    }
    calls.lock().expect("a log").clear();
    (sandbox, calls)
}

/// The address of a proxy that spoils the responses of `sandbox` by their path.
async fn proxy(sandbox: &Sandbox, spoil: fn(&str, &mut Spoilt)) -> String {
    let origin = sandbox.base_url().to_owned();
    let http = reqwest::Client::builder().tls_certs_only([]).build().expect("a client");
    let received = move |request: Request| {
        let (origin, http) = (origin.clone(), http.clone());
        async move {
            let path = request.uri().path().to_owned();
            let forwarded = http.get(format!("{origin}{}", request.uri())).headers(request.headers().clone());
            let received = forwarded.send().await.expect("a response");
            let status = received.status().as_u16();
            let body = received.json().await.expect("JSON");
            let mut spoilt = Spoilt { status, content_type: "application/json", body, page: None };
            spoil(&path, &mut spoilt);
            let status = StatusCode::from_u16(spoilt.status).expect("a status");
            let body = spoilt.page.map_or_else(|| spoilt.body.to_string(), str::to_owned);
            let location = (header::LOCATION, format!("{origin}/v1/partner/balances"));
            (status, [(header::CONTENT_TYPE, spoilt.content_type.to_owned()), location], body).into_response()
        }
    };
    serve(Router::new().fallback(received)).await
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn probe_with(key: Option<&str>, checkout: &Checkout, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.env_remove("P100_API_KEY").args(["spec", "probe"]).args(arguments).arg("--root").arg(checkout.0.path());
    command.envs(key.map(|key| ("P100_API_KEY", key))).output().expect("runs")
}

fn probe(checkout: &Checkout, address: &str, arguments: &[&str]) -> Output {
    probe_with(Some(KEY), checkout, &[&["--base-url", address, "--user", USER], arguments].concat())
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

fn document(checkout: &Checkout) -> Document {
    Document::load(&std::fs::read_to_string(checkout.0.path().join(SPEC)).expect("readable")).expect("a document")
}

/// Verdict, what it is about, where and what, of all findings but the confirmed ones.
fn reported(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().expect("findings").iter().filter(|finding| finding["verdict"] != "confirmed");
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let line = |finding: &Value| ["verdict", "operation", "at", "name", "detail"].map(|key| word(finding, key)).join(" | ");
    findings.map(line).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_is_as_the_document_says_and_only_read() {
    let (sandbox, calls) = sandbox().await;
    let before = sandbox.export();
    let checkout = Checkout::new();
    let output = probe(&checkout, sandbox.base_url(), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(sandbox.export(), before, "nothing has changed");

    let (document, calls) = (document(&checkout), calls.lock().expect("a log").clone());
    let operation = |id: &str| document.operations().iter().find(|operation| operation.id == id).expect("known");
    for id in &calls {
        let operation = operation(id);
        assert!(operation.method == Method::Get && operation.retry == Retry::Safe && operation.authenticated, "{id}");
    }
    // The id of the card comes from the list of cards.
    assert!(calls.contains(&"getCard"), "{calls:?}");
    let report = report(&output);
    let made = report["calls"].as_array().expect("calls");
    assert_eq!(made.len(), calls.len());
    assert_eq!(made.iter().filter(|call| call["outcome"] == "401").count(), 2, "without a key and with a wrong one");
    let skipped = report["not_probed"].as_array().expect("a list");
    let names = |list: &[Value]| list.iter().map(|one| one["operation"].as_str().expect("an id").to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(names(made).len() + skipped.len(), document.operations().len(), "each operation is probed or not");
    assert!(skipped.iter().all(|one| !one["reason"].as_str().expect("text").is_empty()));
    let exchange = skipped.iter().find(|one| one["operation"] == "getExchange").expect("needs an id");
    assert_eq!(exchange["flag"], "--parameter exchangeId=VALUE");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_patch_applies_and_what_was_observed_is_asked_no_more() {
    let (sandbox, _) = sandbox().await;
    let checkout = Checkout::new();
    let questions = |checkout: &Checkout| {
        let report: Value = serde_json::from_slice(&checkout.run(&["spec", "evidence", "--format", "json"]).stdout).expect("JSON");
        let texts = report["questions"].as_array().expect("questions").iter().map(|question| question["question"].to_string());
        (texts.collect::<BTreeSet<_>>(), report["totals"].clone())
    };
    let (asked, totals) = questions(&checkout);
    let file = checkout.0.path().join("observed.patch");
    let old = checkout.0.path().join("old.yaml");
    crate::copy(&checkout.0.path().join(SPEC), &old);
    let shown = text(&probe(&checkout, sandbox.base_url(), &["--patch", file.to_str().expect("UTF-8")]));
    assert!(shown.contains("For git apply.") && !shown.contains("+++"), "{shown}");
    let applied = Command::new("git").current_dir(checkout.0.path()).args(["apply", "observed.patch"]).output().expect("git");
    assert!(applied.status.success(), "{}", text(&applied));

    for task in [&["spec", "lint"][..], &["spec", "fmt", "--check"], &["generate"]] {
        let output = checkout.run(task);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }
    let new = checkout.0.path().join(SPEC);
    let diff = ["spec", "diff", old.to_str().expect("UTF-8"), new.to_str().expect("UTF-8"), "--fail-on", "unclassified"];
    let diff = checkout.run(&diff);
    assert!(diff.status.success() && text(&diff).contains("`path` observed"), "{}", text(&diff));
    let (still_asked, same_totals) = questions(&checkout);
    assert!(asked.iter().any(|text| text.contains("Which path does getPartnerTransactions have?")));
    assert!(!still_asked.iter().any(|text| text.contains("Which path does getPartnerTransactions have?")));
    assert!(still_asked.len() < asked.len());
    assert_eq!(totals, same_totals, "a response is no documentation: no grade changes");
    let again = text(&probe(&checkout, sandbox.base_url(), &[]));
    assert!(again.contains("there is no patch"), "{again}");
}

fn spoil(path: &str, received: &mut Spoilt) {
    let page = |received: &mut Spoilt, status| {
        (received.status, received.content_type, received.page) = (status, "text/html", Some("<html>Zqsecret</html>"));
    };
    if received.status == 401 {
        received.body = json!({"error": SECRET});
    } else if path.starts_with("/v1/card/all/") {
        let card = received.body["cards"][0].as_object_mut().expect("a card");
        let digits = card.remove("cardLastDigits").expect("there");
        card.insert("lastDigits".to_owned(), digits);
        card.insert(SECRET.to_owned(), json!(1));
        card["status"] = json!("FROZEN");
        received.body["cards"].as_array_mut().expect("a list").push(json!({"cardId": SECRET, "status": SECRET, "label": null}));
    } else if path.starts_with("/v1/exchange/get-rate") {
        received.body[SECRET] = json!(SECRET);
    } else if path == "/v1/partner/balances" {
        received.body["fiatBalances"][0]["amount"] = json!(481_516.23);
        received.body["fiatBalances"][0].as_object_mut().expect("a balance").remove("name").expect("there");
    } else if path.starts_with("/v1/user/balances/") {
        received.status = 201;
    } else if path == "/v1/partner/transactions" {
        page(received, 200);
    } else if path.starts_with("/v1/user/transactions/") {
        (received.status, received.body) = (404, json!({"message": SECRET}));
    } else if path.starts_with("/v1/kyc/status/") {
        page(received, 500);
    } else if path.starts_with("/v1/crypto-withdrawal/get-network-fee") {
        (received.status, received.body) = (400, json!({"errorCode": "P999", "errorMessage": SECRET}));
    } else if path.starts_with("/v1/card/details/") {
        received.page = Some("{\"cvv\": Zqsecret");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_deviates_is_reported_by_place_and_type() {
    let (sandbox, _) = sandbox().await;
    let address = proxy(&sandbox, spoil).await;
    let output = probe(&Checkout::new(), &address, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let report = report(&output);
    let reported = reported(&report);
    for line in [
        "refuted | getPartnerBalances | fiatBalances[].name | name | required, but missing",
        "undocumented | listCards | cards[].lastDigits | lastDigits | a string that the document does not have",
        "undocumented | listCards | cards[].(a name that is withheld) | (a name that is withheld) | a number that the document does not have",
        "undocumented | listCards | cards[].status | FROZEN | the value `FROZEN` is outside of the list",
        "undocumented | listCards | cards[].status | (a value that is withheld) | a value outside of the list",
        "refuted | listCards | cards[].cardId | cardId | not in the format uuid",
        "refuted | getRates | * |  | a string instead of a number",
        "refuted | getRates | the body |  | in none of the forms that the document has",
        "undocumented | getRates | error | error | a string that the document does not have",
        "refuted | getPartnerBalances | fiatBalances[].amount | amount | a number instead of a string",
        "undocumented | getUserBalances |  | 201 | 201 is not among the statuses that the document has",
        "refuted | getPartnerTransactions |  | content type of 200 | text/html with 200, instead of application/json",
        "undocumented | getKycStatus |  | 500 | 500 is not among the statuses that the document has",
        "undocumented | getNetworkFee |  | P999 | P999 with 400, which the document does not list for it",
        "undocumented | getNetworkFee | errorCode | P999 | the value `P999` is outside of the list",
        "refuted | getCard |  | body of 200 | the body with 200 is not JSON, although its content type says so",
        "refuted | getUserTransactions |  | path | GET /v1/user/transactions/{externalUserId} gives 404 without a code of P100: most likely there is no such path",
    ] {
        assert!(reported.contains(line), "{line}\nis not among\n{reported:#?}");
    }
    let lost = report["findings"].as_array().expect("findings").iter().find(|one| one["name"] == "path" && one["verdict"] == "refuted");
    let next_step = lost.and_then(|lost| lost["next_step"].as_str()).expect("a next step");
    assert!(next_step.contains("operations.getUserTransactions = { method = \"GET\", path = "), "{next_step}");
    let confirms = |owner: &str, name: &str| {
        let mut findings = report["findings"].as_array().expect("findings").iter();
        findings.any(|one| one["verdict"] == "confirmed" && one["owner"] == owner && one["name"] == name)
    };
    assert!(confirms("CardSummary", "status") && confirms("getUserBalances", "path"));
    assert!(!confirms("CardSummary", "cardId"), "one wrong id weighs more than a right one");
    assert!(!confirms("getUserTransactions", "path") && !confirms("getKycStatus", "path") && !confirms("getPartnerTransactions", "200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_not_asked_for_or_not_taken_everywhere_is_reported() {
    let (sandbox, _) = sandbox().await;
    let address = proxy(&sandbox, |path, received| {
        if received.status == 401 {
            received.status = 200;
        } else if path == "/v1/partner/balances" {
            (received.status, received.body) = (401, json!({"message": SECRET}));
        }
    })
    .await;
    let output = probe(&Checkout::new(), &address, &["--format", "json"]);
    let expected = [
        "refuted | getRates |  | 401 | 200 without a key that P100 gave: a 401 is stated",
        "unverified | getPartnerBalances |  | response | 401, although the key was taken elsewhere: nothing is known about it",
    ];
    assert_eq!(reported(&report(&output)), expected.map(str::to_owned).into());
    assert_eq!(output.status.code(), Some(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deprecated_operation_may_be_gone() {
    let (sandbox, _) = sandbox().await;
    let address = proxy(&sandbox, |path, received| {
        if path.starts_with("/v1/user/transactions/") {
            (received.status, received.body) = (404, json!({}));
        }
    })
    .await;
    let checkout = Checkout::new();
    assert_eq!(probe(&checkout, &address, &[]).status.code(), Some(4));
    checkout.edit("      operationId: getUserTransactions\n", "      operationId: getUserTransactions\n      deprecated: true\n");
    let unordered = probe(&checkout, &address, &[]);
    assert_eq!(unordered.status.code(), Some(100), "{}", text(&unordered));
    assert!(text(&unordered).contains("cargo xtask spec fmt"), "{}", text(&unordered));
    assert_eq!(checkout.run(&["spec", "fmt"]).status.code(), Some(0));
    let output = probe(&checkout, &address, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("404 without a code of P100: it is gone"), "{}", text(&output));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_value_is_ever_shown() {
    let (sandbox, _) = sandbox().await;
    let checkout = Checkout::new();
    let spec = std::fs::read_to_string(checkout.0.path().join(SPEC)).expect("readable");
    let mut values = BTreeSet::from([KEY.to_owned(), SECRET.to_owned(), USER.to_owned(), "481516".to_owned()]);
    collect(&serde_json::from_str(&sandbox.export()).expect("JSON"), &mut values);
    values.retain(|value| value.len() >= 5 && !spec.contains(value.as_str()));
    assert!(values.len() > 20 && values.iter().any(|value| value.contains("Zqlabel")), "{values:?}");
    let spoilt = proxy(&sandbox, spoil).await;
    for address in [sandbox.base_url(), &spoilt, "http://127.0.0.1:1"] {
        for format in ["text", "markdown", "json"] {
            let shown = text(&probe(&checkout, address, &["--format", format, "--parameter", "exchangeId=Zqsecret", "--write", "--yes"]));
            let leaked: Vec<&String> = values.iter().filter(|value| shown.contains(value.as_str())).collect();
            assert!(leaked.is_empty(), "{leaked:?} in {shown}");
        }
    }
}

/// Every text and key in it.
fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, value) in members {
                found.insert(name.clone());
                collect(value, found);
            }
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_without_a_response_is_reported_and_the_others_go_on() {
    let (sandbox, _) = sandbox().await;
    let faults = [
        Fault::reset(&operations::GET_PARTNER_BALANCES),
        Fault::truncate(&operations::GET_USER_BALANCES),
        Fault::status(&operations::LIST_CARDS, 500),
        Fault::code(&operations::GET_EXCHANGE, ErrorCode::P501),
    ];
    for fault in faults {
        sandbox.add_fault(fault).expect("a fault");
    }
    let output = probe(&Checkout::new(), sandbox.base_url(), &["--format", "json", "--parameter", "exchangeId=x"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let report = report(&output);
    let expected = [
        "unverified | getPartnerBalances |  | response | the connection ended before the response did; nothing is known about it",
        "unverified | getUserBalances |  | response | the connection ended before the response did; nothing is known about it",
        "undocumented | listCards |  | 500 | 500 is not among the statuses that the document has",
    ];
    assert_eq!(reported(&report), expected.map(str::to_owned).into());
    let outcome =
        |id: &str| report["calls"].as_array().expect("calls").iter().find(|call| call["operation"] == id).expect("called").clone();
    assert_eq!(outcome("getExchange")["outcome"], "400 P501");
    assert_eq!(outcome("getExchange")["matches"], true, "a refusal as the document has it");
    assert_eq!(outcome("listCards")["matches"], false);
    let card = report["not_probed"].as_array().expect("a list").iter().find(|one| one["operation"] == "getCard");
    assert_eq!(card.expect("no card is known")["flag"], "--card ID");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_never_ends_is_not_read_on() {
    let (sandbox, _) = sandbox().await;
    let address = proxy(&sandbox, |path, received| {
        if path == "/v1/partner/balances" {
            received.body["more"] = json!("x".repeat(5 << 20));
        }
    })
    .await;
    let reported = reported(&report(&probe(&Checkout::new(), &address, &["--format", "json"])));
    let expected = "unverified | getPartnerBalances |  | response | a response of more than 4 MiB; nothing is known about it";
    assert_eq!(reported, [expected.to_owned()].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_not_followed() {
    let (sandbox, calls) = sandbox().await;
    let address = proxy(&sandbox, |path, received| {
        if path.starts_with("/v1/card/all/") {
            received.status = 302;
        }
    })
    .await;
    let reported = reported(&report(&probe(&Checkout::new(), &address, &["--format", "json"])));
    assert_eq!(reported, ["undocumented | listCards |  | 302 | 302 is not among the statuses that the document has".to_owned()].into());
    let calls = calls.lock().expect("a log");
    assert_eq!(calls.iter().filter(|id| **id == "getPartnerBalances").count(), 1, "only the call of its own: {calls:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_are_made_only_when_asked_for() {
    let (sandbox, calls) = sandbox().await;
    let checkout = Checkout::new();
    let refused = probe(&checkout, sandbox.base_url(), &["--write"]);
    assert_eq!(refused.status.code(), Some(100), "{}", text(&refused));
    assert!(text(&refused).contains("lockPartnerRate, lockRate") && text(&refused).contains("--yes"), "{}", text(&refused));
    assert!(calls.lock().expect("a log").is_empty());
    let output = probe(&checkout, sandbox.base_url(), &["--write", "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let document = document(&checkout);
    let calls = calls.lock().expect("a log");
    assert!(calls.contains(&"lockRate") && calls.contains(&"lockPartnerRate"), "{calls:?}");
    let is_get = |id: &str| document.operations().iter().any(|operation| operation.id == id && operation.method == Method::Get);
    assert!(calls.iter().all(|id| is_get(id)) && !calls.contains(&"openKycPage"), "{calls:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_key_ends_it_after_one_call() {
    let (sandbox, calls) = sandbox().await;
    let output = probe_with(Some("Zqkey"), &Checkout::new(), &["--base-url", sandbox.base_url()]);
    assert_eq!(output.status.code(), Some(100), "{}", text(&output));
    assert!(text(&output).contains("it refuses the key in P100_API_KEY") && !text(&output).contains("Zqkey"), "{}", text(&output));
    assert_eq!(calls.lock().expect("a log").len(), 1);
}

#[test]
fn it_does_not_start_without_a_key_or_towards_where_the_key_must_not_go() {
    let checkout = Checkout::new();
    let cases = [
        (None, &["--base-url", "http://127.0.0.1:1"][..], "P100_API_KEY has no key in it"),
        (Some("Zqkey\n"), &["--base-url", "http://127.0.0.1:1"], "a header cannot carry"),
        (Some("Zqkey"), &["--base-url", "http://partner.example"], "must be https"),
        (Some("Zqkey"), &["--base-url", "https://partner-api.p100.io"], "--production"),
        (Some("Zqkey"), &["--base-url", "https://partner-api.p100.io./"], "--production"),
        (Some("Zqkey"), &["--base-url", "https://Zquser:Zqpass@partner.example"], "an origin"),
        (Some("Zqkey"), &["--base-url", "http://127.0.0.1:1", "--parameter", "cardID=Zqid"], "has the parameter `cardID`"),
        (Some("Zqkey"), &["--base-url", "http://127.0.0.1:1", "--user", ".."], "no path can carry"),
        (Some("Zqkey"), &["--base-url", "http://127.0.0.1:1"], "http://127.0.0.1:1 does not respond: no connection"),
    ];
    for (key, arguments, expected) in cases {
        let output = probe_with(key, &checkout, arguments);
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(100), "{arguments:?}: {shown}");
        assert!(shown.contains(expected) && !shown.contains("Zq"), "{shown}");
    }
}
