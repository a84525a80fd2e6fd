//! Misbehaviour on demand, as a client of P100 meets it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use p100::raw::operations;
use p100::types::{ErrorCode, TransferRequest};
use p100::{Client, Decimal, ErrorKind, Retries};
use p100_sandbox::{Account, CallLog, Fault, FaultKind, Sandbox};
use serde_json::{Value, json};

use crate::users::limited;

/// With a limited user `lim` and 1000 EUR to send them.
async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().users().create_limited(&limited("lim")).await.unwrap();
    sandbox.fund(&Account::Partner, "eur", Decimal::from(1000)).unwrap();
    sandbox
}

async fn pay(client: &Client) -> Result<String, p100::Error> {
    let request = TransferRequest::to_user("lim", Decimal::ONE, "eur");
    client.transfers().create(&request).await.map(|pending| pending.id().to_owned())
}

/// What the user has received so far.
fn received(sandbox: &Sandbox) -> Decimal {
    let books = sandbox.books();
    assert!(books.sums.values().all(Decimal::is_zero), "{:?}", books.sums);
    books.balances.get(&Account::User("lim".into())).map_or(Decimal::ZERO, |balances| balances.0["eur"])
}

#[tokio::test]
async fn a_payment_that_goes_wrong_shows_whether_it_may_have_been_made() {
    let sandbox = sandbox().await;
    let client = sandbox.client_builder().attempt_timeout(Duration::from_millis(300)).build().unwrap();
    // What goes wrong, whether it takes effect, what the client finds, whether it may have taken effect, whether it did.
    let cases = [
        (FaultKind::Code(ErrorCode::P412), false, ErrorKind::ErrorResponse, false, false),
        (FaultKind::Code(ErrorCode::P500), false, ErrorKind::ErrorResponse, true, false),
        (FaultKind::Code(ErrorCode::P501), true, ErrorKind::ErrorResponse, true, true),
        (FaultKind::Status(429), false, ErrorKind::ErrorResponse, true, false),
        (FaultKind::Status(307), false, ErrorKind::ErrorResponse, true, false),
        (FaultKind::Status(502), false, ErrorKind::ErrorResponse, true, false),
        (FaultKind::Status(504), true, ErrorKind::ErrorResponse, true, true),
        (FaultKind::Reset, false, ErrorKind::NoResponse, true, false),
        (FaultKind::Reset, true, ErrorKind::NoResponse, true, true),
        (FaultKind::Delay(5000), false, ErrorKind::NoResponse, true, true),
        (FaultKind::Delay(5000), true, ErrorKind::NoResponse, true, true),
        (FaultKind::Truncate, false, ErrorKind::IncompleteBody, true, true),
        (FaultKind::Truncate, true, ErrorKind::IncompleteBody, true, true),
    ];
    let mut expected = Decimal::ZERO;
    for (kind, takes_effect, found, may, did) in cases {
        let fault = Fault::new(&operations::CREATE_TRANSFER, kind.clone());
        sandbox.add_fault(if takes_effect { fault.after_effect() } else { fault }).unwrap();
        let error = pay(&client).await.expect_err("it goes wrong");
        assert_eq!((error.kind(), error.may_have_taken_effect()), (found, may), "{kind:?} {takes_effect}: {error}");
        if let FaultKind::Status(status) = kind {
            assert_eq!(error.status().unwrap(), status);
            assert!(error.error_body().is_none(), "a proxy does not write P100's errors");
        }
        expected += Decimal::from(u8::from(did));
        assert_eq!(received(&sandbox), expected, "{kind:?} {takes_effect}: once or not at all");
        assert_eq!(sandbox.faults(), [], "it is used up");
    }
    pay(&client).await.unwrap();
}

#[tokio::test]
async fn a_delay_that_the_client_can_wait_for_is_only_that() {
    let sandbox = sandbox().await;
    sandbox.add_fault(Fault::delay(&operations::CREATE_TRANSFER, Duration::from_millis(30))).unwrap();
    let begin = std::time::Instant::now();
    pay(&sandbox.client()).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(30));
    assert_eq!(received(&sandbox), Decimal::ONE);
}

#[tokio::test]
async fn a_read_is_tried_again_and_gets_through() {
    let sandbox = sandbox().await;
    let client = sandbox.client_builder().retries(Retries::default().first_wait(Duration::from_millis(1))).build().unwrap();
    for kind in [FaultKind::Status(503), FaultKind::Reset, FaultKind::Truncate] {
        sandbox.add_fault(Fault::new(&operations::GET_PARTNER_BALANCES, kind.clone()).times(2)).unwrap();
        assert!(client.partner().balances().await.is_ok(), "{kind:?}: the third attempt");
        assert_eq!(sandbox.faults(), []);
    }
}

#[tokio::test]
async fn faults_hit_the_calls_of_their_operation_in_the_order_they_were_added() {
    let sandbox = sandbox().await;
    let client = sandbox.client();
    sandbox.add_fault(Fault::code(&operations::CREATE_TRANSFER, ErrorCode::P455)).unwrap();
    sandbox.add_fault(Fault::code(&operations::CREATE_TRANSFER, ErrorCode::P433).times(2)).unwrap();
    sandbox.add_fault(Fault::code(&operations::GET_TRANSFER, ErrorCode::P412)).unwrap();
    // Whoever has no key hears so, and uses nothing up.
    let stranger = Client::builder().base_url(sandbox.base_url()).api_key("guessed").build().unwrap();
    assert_eq!(pay(&stranger).await.unwrap_err().status().unwrap(), 401);

    for code in [ErrorCode::P455, ErrorCode::P433, ErrorCode::P433] {
        assert_eq!(pay(&client).await.unwrap_err().code(), Some(&code));
    }
    let id = pay(&client).await.unwrap();
    assert_eq!(client.transfers().get(&id).await.unwrap_err().code(), Some(&ErrorCode::P412));

    sandbox.add_fault(Fault::reset(&operations::CREATE_TRANSFER)).unwrap();
    sandbox.clear_faults();
    pay(&client).await.unwrap();
}

#[tokio::test]
async fn the_log_reports_each_call_with_its_fault_even_if_the_caller_has_gone() {
    let log = Arc::new(Mutex::new(Vec::<CallLog>::new()));
    let kept = Arc::clone(&log);
    let sandbox = Sandbox::builder().on_call(move |call| kept.lock().unwrap().push(call.clone())).start().await.unwrap();
    let client = sandbox.client_builder().retries(Retries::none()).attempt_timeout(Duration::from_millis(50)).build().unwrap();
    for kind in [FaultKind::Code(ErrorCode::P500), FaultKind::Reset, FaultKind::Delay(60_000)] {
        sandbox.add_fault(Fault::new(&operations::GET_PARTNER_BALANCES, kind)).unwrap();
        client.partner().balances().await.unwrap_err();
    }
    crate::http().get(format!("{}/v2/nothing", sandbox.base_url())).send().await.unwrap();
    sandbox.stop().await;
    let log: Vec<_> = log.lock().unwrap().iter().map(|call| (call.operation, call.status, call.code.clone(), call.fault.clone())).collect();
    let balances = "getPartnerBalances";
    let expected = [
        (balances, Some(400), Some("P500".to_owned()), Some(FaultKind::Code(ErrorCode::P500))),
        (balances, None, None, Some(FaultKind::Reset)),
        (balances, Some(200), None, Some(FaultKind::Delay(60_000))),
        ("(no such operation)", Some(404), None, None),
    ];
    assert_eq!(log.len(), expected.len(), "{log:?}");
    for call in expected {
        assert!(log.contains(&call), "{call:?} in {log:?}");
    }
}

#[tokio::test]
async fn a_closure_that_hears_of_calls_holds_up_nobody() {
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (hear, heard) = std::sync::mpsc::channel();
    let on_call = move |call: &CallLog| {
        if hear.send(call.missed).is_ok() {
            // Until the test is over there is nothing to receive.
            let _ = gate.recv();
        }
        assert_ne!(call.operation, "getRates", "what goes wrong here is nobody else's");
    };
    let sandbox = Sandbox::builder().on_call(on_call).start().await.unwrap();
    let client = sandbox.client();
    let begin = std::time::Instant::now();
    for _ in 0..1100 {
        client.exchange().rates().await.unwrap();
    }
    assert!(begin.elapsed() < Duration::from_secs(30), "only the first has waited");
    assert_eq!(heard.recv().unwrap(), 0);
    drop(open);
    // What waits comes first; the next call says how many did not.
    assert_eq!((0..1024).map(|_| heard.recv().unwrap()).sum::<u64>(), 0);
    client.exchange().rates().await.unwrap();
    assert_eq!(heard.recv().unwrap(), 1100 - 1 - 1024);
    // Once it has caught up, a call is heard of before its response.
    loop {
        assert!(begin.elapsed() < Duration::from_secs(30), "it stays behind");
        client.exchange().rates().await.unwrap();
        if heard.try_recv().is_ok() {
            break;
        }
        heard.recv().unwrap();
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let add = async |fault: Value| {
        let response = crate::http().post(format!("{}/_sandbox/faults", sandbox.base_url())).json(&fault).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap()["message"].as_str().unwrap_or_default().to_owned())
    };
    for (fault, message) in [
        (json!({"operation": "pay", "kind": "reset"}), "operation: there is no `pay`"),
        (json!({"operation": "getRates", "kind": "reset", "times": 0}), "times must be at least 1"),
        (json!({"operation": "getRates", "kind": {"status": 200}}), "kind.status must be from 300 to 599"),
        (json!({"operation": "getRates", "kind": {"code": ""}}), "kind.code should not be empty"),
        (json!({"operation": "getRates", "kind": "explode"}), "kind: unknown variant `explode`"),
        (json!({"operation": "getRates", "kind": {"delay": "long"}}), "kind.delay: invalid type"),
        (json!({"operation": "getRates", "kind": "reset", "often": 2}), "unknown field `often`"),
        (json!({"operation": "getRates"}), "missing field `kind`"),
    ] {
        let (status, text) = add(fault).await;
        assert!(status == 400 && text.contains(message), "{status} {text}");
    }
    assert_eq!(sandbox.faults(), []);
    let (status, text) = add(json!({"operation": "getRates", "kind": {"status": 503}})).await;
    assert_eq!((status, text.as_str()), (200, ""));
    assert_eq!(sandbox.faults(), [Fault::status(&operations::GET_RATES, 503)]);
}
