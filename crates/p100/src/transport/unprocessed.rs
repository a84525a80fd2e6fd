//! What a server did not process is sent again, and nothing else: over TLS, by HTTP/2 and HTTP/1.1.

use std::convert::Infallible;
use std::error::Error as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use p100_raw::Retry;
use proptest::prelude::*;
use tokio::sync::Notify;

use super::frames::Fault::{
    AnnounceAndClose, AnnounceAndRespond, Close, CloseEarly, GoAway, LeaveOut, Reset, ResetEarly, ResetInResponse, Respond, RespondAndClose,
};
use super::frames::{Fault, NO_ERROR, REFUSED_STREAM, Server};
use super::loopback::{Tls, create, listen};
use crate::chrono::{TimeDelta, Utc};
use crate::{Client, ClientBuilder, Clock, Error, ErrorKind, Retries};

const DATE: &str = "Tue, 12 Aug 2025 12:00:00 GMT";
const ATTEMPTS: usize = 3;

/// Reasons of HTTP/2 that say nothing of what was processed: PROTOCOL_ERROR, INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED.
const OTHERS: [u32; 6] = [NO_ERROR, 1, 2, 8, 11, 13];

/// Attempts without waits.
fn quick(builder: ClientBuilder) -> ClientBuilder {
    builder.retries(Retries::default().attempts(3).first_wait(Duration::ZERO))
}

/// A call: a write with a body, one without, a read.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Write,
    BareWrite,
    Read,
}

const KINDS: [Kind; 3] = [Kind::Write, Kind::BareWrite, Kind::Read];

async fn call(client: &Client, kind: Kind) -> Result<(), Error> {
    match kind {
        Kind::Write => create(client).await,
        Kind::BareWrite => client.raw().lock_partner_rate().await.map(drop),
        Kind::Read => client.raw().get_rates().await.map(drop),
    }
}

/// The first request of a connection and a later one, for the last stream that a server takes differs.
#[tokio::test]
async fn what_the_server_did_not_process_is_sent_again() {
    for (fault, kinds) in
        [(Reset(REFUSED_STREAM), &KINDS[..]), (ResetEarly(REFUSED_STREAM), &KINDS[..1]), (LeaveOut(NO_ERROR), &KINDS[..1])]
    {
        for kind in kinds {
            for before in 0..3 {
                for times in 1..ATTEMPTS {
                    let script = std::iter::repeat_n(Respond, before).chain(std::iter::repeat_n(fault, times));
                    let server = Server::start("h2", script, DATE).await;
                    let client = server.client(quick);
                    for _ in 0..before {
                        call(&client, *kind).await.expect("a response");
                    }
                    call(&client, *kind).await.unwrap_or_else(|error| panic!("{fault:?} {kind:?} {before} {times}: {error:?}"));
                    assert_eq!(server.processed(), before + 1, "{fault:?} {kind:?}");
                    let connections = if matches!(fault, LeaveOut(_)) { 1 + times } else { 1 };
                    assert_eq!(server.connections(), connections, "{fault:?} {kind:?}");
                }
            }
        }
    }
}

/// The policy bounds it, and the error says that nothing happened.
#[tokio::test]
async fn a_server_that_processes_nothing_ends_the_attempts() {
    for fault in [Reset(REFUSED_STREAM), ResetEarly(REFUSED_STREAM), LeaveOut(NO_ERROR)] {
        for (attempts, whole) in [(1, 1), (3, 3)] {
            let server = Server::start("h2", vec![fault; 9], DATE).await;
            let client = server.client(|builder| builder.retries(Retries::default().attempts(attempts).first_wait(Duration::ZERO)));
            let error = create(&client).await.expect_err("nothing was processed");
            assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::NotSent, false), "{fault:?} {error:?}");
            assert!(error.source().is_some());
            let expected = if matches!(fault, ResetEarly(_)) { 0 } else { whole };
            assert_eq!((server.whole(), server.processed()), (expected, 0), "{fault:?}");
        }
    }
}

/// Everything else that HTTP/2 knows, and every close of HTTP/1.1.
#[tokio::test]
async fn what_the_server_may_have_processed_is_sent_once() {
    let of_reasons = |fault: fn(u32) -> Fault| OTHERS.map(fault);
    let faults = [of_reasons(Reset), of_reasons(ResetInResponse), of_reasons(GoAway)].concat();
    // A stated fault is no reason to press on, even if the request was left out.
    let faults = [faults, OTHERS[1..].iter().copied().map(LeaveOut).collect()].concat();
    let common = [Close, AnnounceAndClose, ResetInResponse(REFUSED_STREAM), GoAway(REFUSED_STREAM)];
    let faults: Vec<Fault> = faults.into_iter().chain(common).collect();
    for (protocol, faults) in [("h2", &faults[..]), ("http/1.1", &common[..])] {
        for fault in faults {
            for kind in [Kind::Write, Kind::BareWrite] {
                for before in [0, 1] {
                    let script = std::iter::repeat_n(Respond, before).chain([*fault; ATTEMPTS]);
                    let server = Server::start(protocol, script, DATE).await;
                    let client = server.client(quick);
                    for _ in 0..before {
                        call(&client, kind).await.expect("a response");
                    }
                    let error = call(&client, kind).await.expect_err("no response");
                    assert!(error.may_have_taken_effect(), "{protocol} {fault:?} {kind:?}: {error:?}");
                    let in_response = matches!(fault, ResetInResponse(_));
                    let expected = if in_response { ErrorKind::IncompleteBody } else { ErrorKind::NoResponse };
                    assert_eq!(error.kind(), expected, "{protocol} {fault:?} {kind:?}: {error:?}");
                    assert_eq!(server.whole(), before + 1, "{protocol} {fault:?} {kind:?}");
                }
            }
        }
    }
}

/// h2 does not say to which stream a GOAWAY applies, and a request without a body may be on its way when it arrives.
#[tokio::test]
async fn a_write_without_a_body_that_was_left_out_is_sent_once() {
    let server = Server::start("h2", [LeaveOut(NO_ERROR), LeaveOut(NO_ERROR)], DATE).await;
    let error = call(&server.client(quick), Kind::BareWrite).await.expect_err("left out");
    assert_eq!((error.kind(), error.may_have_taken_effect(), server.whole()), (ErrorKind::NoResponse, true, 1), "{error:?}");
}

/// A server that announces its end takes what is under way, and the next call goes elsewhere.
#[tokio::test]
async fn an_announced_end_costs_no_call() {
    for kind in KINDS {
        let server = Server::start("h2", [Respond, AnnounceAndRespond, Respond], DATE).await;
        let client = server.client(|builder| builder.retries(Retries::none()));
        for _ in 0..3 {
            call(&client, kind).await.expect("a response");
        }
        assert_eq!((server.whole(), server.connections()), (3, 2), "{kind:?}");
    }
}

/// The server closes the connection at the very time at which the next write goes out: it is sent or not, but never twice.
#[tokio::test]
async fn a_connection_that_closes_while_it_idles_takes_a_write_at_most_once() {
    for protocol in ["h2", "http/1.1"] {
        for yields in 0..25 {
            let server = Server::start(protocol, vec![RespondAndClose; 4], DATE).await;
            let client = server.client(quick);
            create(&client).await.expect("a response");
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
            let before = server.whole();
            let result = create(&client).await;
            let whole = server.whole() - before;
            assert!(whole <= 1, "{protocol} after {yields}: {whole} requests");
            match result {
                Ok(()) => assert_eq!(whole, 1),
                Err(error) => assert!(error.may_have_taken_effect() || whole == 0, "{protocol}: {error:?}"),
            }
        }
    }
}

/// Only what is beyond doubt: the read of a client whose clock is wrong by 10 minutes, and its writes, work over TLS as by the right clock.
#[tokio::test]
async fn a_clock_that_is_ten_minutes_off_costs_no_call() {
    for protocol in ["h2", "http/1.1"] {
        for minutes in [-10, 10] {
            let date = Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let server = Server::start(protocol, [Respond, Close], date.leak()).await;
            let clock = Clock::from_fn(move || Utc::now() + TimeDelta::minutes(minutes));
            let client = server.client(|builder| quick(builder).clock(clock));
            call(&client, Kind::Read).await.expect("a response");
            let skew = client.clock_skew().expect("a response with a date");
            // The date was written before the call: that much more it may be off.
            assert!((skew.ahead() + TimeDelta::minutes(minutes)).abs() <= skew.uncertainty() + TimeDelta::seconds(30), "{skew:?}");
            let error = create(&client).await.expect_err("closed");
            assert!(error.may_have_taken_effect() && server.whole() == 2, "{error:?}");
            create(&client).await.expect("a new connection");
        }
    }
}

/// hyper's own server, which closes each of its connections without a fault in the midst of many writes, on several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_closes_its_connections_gracefully_under_load_processes_each_write_once() {
    const WRITES: usize = 200;
    let tls = Tls::new("h2");
    let processed = Arc::new(AtomicUsize::new(0));
    let (acceptor, counted) = (tls.acceptor.clone(), Arc::clone(&processed));
    let address = listen(move |stream| {
        let (acceptor, processed) = (acceptor.clone(), Arc::clone(&counted));
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let (served, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
            let (counted, end) = (Arc::clone(&served), Arc::clone(&enough));
            let service = service_fn(move |request: Request<Incoming>| {
                let (processed, served, enough) = (Arc::clone(&processed), Arc::clone(&counted), Arc::clone(&end));
                async move {
                    let is_whole = request.into_body().collect().await.is_ok();
                    processed.fetch_add(usize::from(is_whole), Ordering::Relaxed);
                    if served.fetch_add(1, Ordering::Relaxed) == 5 {
                        enough.notify_one();
                    }
                    Ok::<_, Infallible>(Response::new(r#"{"transferId":"t-1"}"#.to_owned()))
                }
            });
            let mut connection = pin!(http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service));
            tokio::select! {
                _ = connection.as_mut() => return,
                () = enough.notified() => connection.as_mut().graceful_shutdown(),
            }
            // How it ends is what the client sees.
            let _ = connection.await;
        }
    })
    .await;
    let client = tls.client(address, quick);
    let calls: Vec<_> = (0..WRITES)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { create(&client).await })
        })
        .collect();
    let (mut succeeded, mut unknown) = (0, 0);
    for call in calls {
        match call.await.expect("no panic") {
            Ok(()) => succeeded += 1,
            Err(error) => unknown += usize::from(error.may_have_taken_effect()),
        }
    }
    assert!((succeeded..=succeeded + unknown).contains(&processed.load(Ordering::Relaxed)), "{succeeded} {unknown} {processed:?}");
    assert!(succeeded > WRITES / 2, "{succeeded} {unknown}");
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let reason = || prop_oneof![Just(REFUSED_STREAM), proptest::sample::select(OTHERS.to_vec())];
    prop_oneof![
        4 => Just(Respond),
        2 => Just(RespondAndClose),
        1 => Just(AnnounceAndRespond),
        1 => Just(AnnounceAndClose),
        3 => reason().prop_map(Reset),
        2 => reason().prop_map(ResetEarly),
        1 => reason().prop_map(ResetInResponse),
        3 => reason().prop_map(LeaveOut),
        1 => reason().prop_map(GoAway),
        1 => Just(Close),
        1 => Just(CloseEarly),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// One after the other, and all at once on the same connection.
    #[test]
    fn a_write_is_processed_at_most_once(
        script in proptest::collection::vec(any_fault(), 1..8),
        kinds in proptest::collection::vec(proptest::sample::select(KINDS[..2].to_vec()), 1..5),
        protocol in proptest::sample::select(vec!["h2", "h2", "http/1.1"]),
        together in any::<bool>(),
        threads in 1_usize..3,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let server = Server::start(protocol, script.clone(), DATE).await;
            let client = server.client(quick);
            let mut results = Vec::new();
            if together {
                let calls: Vec<_> = kinds.iter().map(|kind| {
                    let (client, kind) = (client.clone(), *kind);
                    tokio::spawn(async move { call(&client, kind).await })
                }).collect();
                for call in calls {
                    results.push(call.await.expect("no panic"));
                }
            } else {
                for kind in &kinds {
                    let before = server.processed();
                    results.push(call(&client, *kind).await);
                    prop_assert!(server.processed() - before <= 1, "{:?} {:?}", script, results);
                }
            }
            let succeeded = results.iter().filter(|result| result.is_ok()).count();
            let unknown = results.iter().filter_map(|result| result.as_ref().err()).filter(|error| error.may_have_taken_effect()).count();
            let processed = server.processed();
            prop_assert!((succeeded..=succeeded + unknown).contains(&processed), "{} {:?} {:?}", processed, script, results);
            Ok(())
        })?;
    }
}

#[test]
fn the_calls_of_these_tests_are_what_they_are_said_to_be() {
    let operations = [&p100_raw::operations::CREATE_TRANSFER, &p100_raw::operations::LOCK_PARTNER_RATE, &p100_raw::operations::GET_RATES];
    assert_eq!(operations.map(|operation| operation.retry), [Retry::Never, Retry::Never, Retry::Safe]);
}
