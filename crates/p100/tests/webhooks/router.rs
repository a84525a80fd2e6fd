//! The axum router, on the wire.

use std::sync::mpsc::{Receiver as Queue, channel};

use axum::Router;
use axum::extract::Request;
use p100::raw::reqwest::Response;
use p100::webhooks::testing::{Delivery, delivery};
use p100::webhooks::{self, Event, ReceiveErrorKind, Receiver, UnknownReason, WebhookKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::payloads::PAYLOADS;
use super::{TOKEN, payload, receiver};

/// Serves the router; its address, and the events that its handler got.
async fn serve(receiver: Receiver) -> (String, Queue<Event>) {
    let (sender, queue) = channel();
    let router = webhooks::router(receiver, move |event| {
        let sender = sender.clone();
        async move { sender.send(event) }
    });
    (listen(router).await, queue)
}

async fn listen(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn post(address: &str, delivery: Delivery) -> Response {
    let request = crate::http().post(format!("http://{address}{}", delivery.path));
    request.headers(delivery.headers).body(delivery.body).send().await.expect("a response")
}

fn of(kind: WebhookKind) -> Delivery {
    delivery(&kind.decode(payload(kind).as_bytes()).expect("a payload").value, TOKEN).expect("a delivery")
}

#[tokio::test]
async fn every_event_arrives_at_its_path_and_gets_200_and_an_empty_object() {
    for base in ["", "/hooks/p100"] {
        let (address, queue) = serve(receiver().base_path(base)).await;
        for (kind, body) in PAYLOADS {
            for end in ["", "/", "?a=b"] {
                let mut delivery = of(*kind);
                delivery.path = format!("{base}{}{end}", delivery.path);
                let response = post(&address, delivery).await;
                assert_eq!(response.status(), 200, "{kind}");
                assert_eq!(response.headers()["content-type"], "application/json");
                assert_eq!(response.text().await.expect("a body"), "{}");
                let event = queue.try_recv().expect("an event");
                assert_eq!(event.known(), Some(&kind.decode(body.as_bytes()).expect("a payload").value));
            }
        }
    }
}

/// Refusals as the hook got them: outcome, path and body.
type Refusals = Queue<(ReceiveErrorKind, Option<String>, Option<Vec<u8>>)>;

fn watched(receiver: Receiver) -> (Receiver, Refusals) {
    let (sender, refusals) = channel();
    let receiver = receiver.on_refused(move |refusal| {
        let body = refusal.body().map(|body| body.to_vec());
        sender.send((refusal.kind(), refusal.path().map(str::to_owned), body)).expect("a test that looks");
    });
    (receiver, refusals)
}

#[tokio::test]
async fn what_is_refused_is_counted_and_reaches_the_hook_with_its_path_and_with_its_body_if_the_token_was_right() {
    let (receiver, refusals) = watched(receiver().max_body_bytes(300));
    let (address, queue) = serve(receiver.clone()).await;
    let good = of(WebhookKind::ExchangeStatus);
    let (mut missing, mut wrong, mut large) = (good.clone(), good.clone(), good.clone());
    missing.headers.remove("authorization");
    wrong.headers.insert("authorization", "wrong".parse().expect("a value"));
    large.body = format!("{}{}", " ".repeat(300), payload(WebhookKind::ExchangeStatus)).into();
    for (delivery, status, body) in [(missing, 401, None), (wrong, 401, None), (large, 400, Some(Vec::new()))] {
        assert_eq!(post(&address, delivery).await.status(), status);
        assert!(queue.try_recv().is_err());
        let (_, path, seen) = refusals.try_recv().expect("a refusal");
        assert_eq!((path.as_deref(), seen), (Some("/exchange-webhook"), body));
    }
    assert_eq!(post(&address, good).await.status(), 200);
    assert!(refusals.try_recv().is_err());
    let stats = receiver.stats();
    assert_eq!((stats.missing_token, stats.wrong_token, stats.too_large, stats.known), (1, 1, 1, 1));
    assert_eq!((stats.refused(), stats.unknown, stats.handler_failed), (3, 0, 0));
}

/// It may have been damaged on the way, so P100 shall send it again; should that not help, nothing is lost.
#[tokio::test]
async fn what_is_not_json_reaches_hook_and_handler_each_time_and_is_asked_for_again() {
    let (receiver, refusals) = watched(receiver());
    let (address, queue) = serve(receiver.clone()).await;
    let mut broken = of(WebhookKind::ExchangeStatus);
    broken.body = "<html>".into();
    for attempt in 1..=5 {
        assert_eq!(post(&address, broken.clone()).await.status(), 400);
        let event = queue.try_recv().expect("an event");
        assert!(matches!(event.unknown_reason(), Some(UnknownReason::NotJson { .. })), "{event:?}");
        assert_eq!((event.raw.bytes(), event.path.as_str()), (&"<html>".into(), "/exchange-webhook"));
        let (kind, _, body) = refusals.try_recv().expect("a refusal");
        assert!(matches!(kind, ReceiveErrorKind::NotJson { .. }));
        assert_eq!(body.as_deref(), Some(&b"<html>"[..]));
        assert_eq!((receiver.stats().not_json, receiver.stats().unknown), (attempt, 0));
    }
}

#[tokio::test]
async fn another_method_than_post_is_refused_on_every_path_of_p100_and_not_in_silence() {
    for (base, paths) in [
        (None, vec!["/exchange-webhook", "/exchange-webhook/", "//exchange-webhook"]),
        (Some("/hooks"), vec!["/hooks", "/hooks/", "/hooks/new", "/hooks/exchange-webhook"]),
    ] {
        let receiver = base.map_or_else(receiver, |base| receiver().base_path(base));
        let (receiver, refusals) = watched(receiver);
        let (address, queue) = serve(receiver.clone()).await;
        let mut count = 0;
        for path in paths {
            for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
                let request = crate::http().request(method.parse().expect("a method"), format!("http://{address}{path}"));
                let response = request.header("authorization", TOKEN).send().await.expect("a response");
                assert_eq!(response.status(), 405, "{method} {path}");
                assert_eq!(response.headers()["allow"], "POST");
                let refused = refusals.try_recv().expect("a refusal");
                assert_eq!(refused, (ReceiveErrorKind::WrongMethod, Some(path.to_owned()), None));
                count += 1;
                assert_eq!(receiver.stats().wrong_method, count);
            }
        }
        assert!(queue.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_declared_length_beyond_the_limit_is_refused_without_reading_and_none_reserves_memory() {
    for (limit, declared, expected) in [(1000, "1001", "400"), (1000, "1000000000000000", "400"), (usize::MAX, "1000000000000000", "")] {
        let (receiver, refusals) = watched(receiver().max_body_bytes(limit));
        let (address, queue) = serve(receiver).await;
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let head =
            format!("POST /exchange-webhook HTTP/1.1\r\nhost: p100\r\nauthorization: {TOKEN}\r\ncontent-length: {declared}\r\n\r\n{{\"a");
        stream.write_all(head.as_bytes()).await.expect("sent");
        stream.shutdown().await.expect("no more is sent");
        let mut response = String::new();
        let _ = stream.read_to_string(&mut response).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {expected}")) || expected.is_empty(), "{response}");
        let (kind, _, body) = tokio::task::spawn_blocking(move || refusals.recv()).await.expect("a task").expect("a refusal");
        if expected.is_empty() {
            // What came is kept, for the connection was P100's.
            assert_eq!((kind, body.as_deref()), (ReceiveErrorKind::Incomplete, Some(&b"{\"a"[..])));
        } else {
            assert!(matches!(kind, ReceiveErrorKind::TooLarge { .. }));
        }
        assert!(queue.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_body_in_pieces_is_read_up_to_the_limit() {
    let body = payload(WebhookKind::ExchangeStatus).as_bytes();
    for (limit, status) in [(usize::MAX, 200), (body.len(), 200), (body.len() - 1, 400), (10, 400)] {
        let (receiver, refusals) = watched(receiver().max_body_bytes(limit));
        let (address, queue) = serve(receiver).await;
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let head = format!(
            "POST /exchange-webhook HTTP/1.1\r\nhost: p100\r\nauthorization: {TOKEN}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        let chunks: Vec<u8> =
            body.chunks(7).flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()).collect();
        stream.write_all(&[head.as_bytes(), &chunks, b"0\r\n\r\n"].concat()).await.expect("sent");
        let mut response = [0; 12];
        stream.read_exact(&mut response).await.expect("a response");
        assert_eq!(&response[..], format!("HTTP/1.1 {status}").as_bytes());
        if status == 200 {
            assert_eq!(queue.try_recv().expect("an event").raw.bytes(), body);
        } else {
            assert_eq!(refusals.try_recv().expect("a refusal").2.as_deref(), Some(&body[..limit]));
        }
    }
}

#[tokio::test]
async fn the_token_is_checked_before_the_body_is_read() {
    let (address, _queue) = serve(receiver()).await;
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    let head = "POST /exchange-webhook HTTP/1.1\r\nhost: p100\r\nauthorization: wrong\r\ncontent-length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut response = [0; 12];
    stream.read_exact(&mut response).await.expect("a response");
    assert_eq!(&response, b"HTTP/1.1 401");
}

#[tokio::test]
async fn unknown_events_reach_the_handler_with_their_paths() {
    let (receiver, _refusals) = watched(receiver().base_path("/hooks"));
    let (address, queue) = serve(receiver.clone()).await;
    let mut unknown = of(WebhookKind::ExchangeStatus);
    unknown.body = r#"{"new":1}"#.into();
    let paths = ["/hooks/exchange-webhook", "/hooks/webhook/brand/new?a=b", "/hooks", "/hooks/", "/hooks//new", "/hooks/webhook/health"];
    for path in paths {
        path.clone_into(&mut unknown.path);
        assert_eq!(post(&address, unknown.clone()).await.status(), 200, "{path}");
        let event = queue.try_recv().expect("an event");
        assert_eq!((event.raw.bytes(), event.path.as_str()), (&r#"{"new":1}"#.into(), path));
        assert!(event.known().is_none());
    }
    assert_eq!(receiver.stats().unknown, 6);
    let mut outside = of(WebhookKind::ExchangeStatus);
    outside.path = "/other".to_owned();
    assert_eq!(post(&address, outside).await.status(), 404);
}

/// Without a base path nobody says which paths are P100's: the token does.
#[tokio::test]
async fn without_a_base_path_every_delivery_with_the_token_is_taken_and_the_rest_is_not_found() {
    let (receiver, refusals) = watched(receiver());
    let (address, queue) = serve(receiver).await;
    let mut new = of(WebhookKind::ExchangeStatus);
    new.body = r#"{"new":1}"#.into();
    for path in ["/brand-new-webhook", "/", "/a/b//c"] {
        path.clone_into(&mut new.path);
        assert_eq!(post(&address, new.clone()).await.status(), 200);
        assert_eq!(queue.try_recv().expect("an event").path, path);
    }
    let mut doubled = of(WebhookKind::ExchangeStatus);
    doubled.path = "//exchange-webhook".to_owned();
    assert_eq!(post(&address, doubled.clone()).await.status(), 200);
    assert_eq!(queue.try_recv().expect("an event").kind, Some(WebhookKind::ExchangeStatus));
    doubled.headers.remove("authorization");
    assert_eq!(post(&address, doubled).await.status(), 401);
    assert_eq!(refusals.try_recv().expect("a refusal").0, ReceiveErrorKind::MissingToken);
    new.headers.remove("authorization");
    assert_eq!(post(&address, new).await.status(), 404);
    assert!(refusals.try_recv().is_err() && queue.try_recv().is_err());
}

#[tokio::test]
async fn a_base_path_of_the_root_takes_every_path() {
    let (address, queue) = serve(receiver().base_path("/")).await;
    for path in ["/", "/new", "/a/b", "/exchange-webhook"] {
        let mut delivery = of(WebhookKind::ExchangeStatus);
        path.clone_into(&mut delivery.path);
        assert_eq!(post(&address, delivery.clone()).await.status(), 200, "{path}");
        assert_eq!(queue.try_recv().expect("an event").path, path);
        delivery.headers.remove("authorization");
        assert_eq!(post(&address, delivery).await.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn a_handler_that_fails_makes_p100_send_again_and_is_counted() {
    let receiver = receiver();
    let address = listen(webhooks::router(receiver.clone(), async |_| Err("the queue is down"))).await;
    assert_eq!(post(&address, of(WebhookKind::ExchangeStatus)).await.status(), 500);
    assert_eq!((receiver.stats().handler_failed, receiver.stats().known), (1, 1));
    let mut broken = of(WebhookKind::ExchangeStatus);
    broken.body = "<html>".into();
    assert_eq!(post(&address, broken).await.status(), 500);
    assert_eq!((receiver.stats().handler_failed, receiver.stats().handler_dropped), (2, 0));
}

#[tokio::test]
async fn a_handler_that_never_ends_is_counted_when_p100_hangs_up() {
    let receiver = receiver();
    let (started, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let router = webhooks::router(receiver.clone(), move |_| {
        let (held, dropped) = tokio::sync::oneshot::channel::<()>();
        started.send(dropped).expect("a test that waits");
        async move {
            std::future::pending::<()>().await;
            held.send(()).map_err(|()| "nobody waits")
        }
    });
    let address = listen(router).await;
    let response = tokio::spawn(async move { post(&address, of(WebhookKind::ExchangeStatus)).await });
    let dropped = begun.recv().await.expect("the handler began");
    response.abort();
    dropped.await.expect_err("dropped");
    assert_eq!((receiver.stats().handler_dropped, receiver.stats().handler_failed), (1, 0));
}

#[tokio::test]
async fn the_health_check_needs_no_token() {
    for base in ["", "/hooks"] {
        let (receiver, refusals) = watched(receiver().base_path(base));
        let (address, _queue) = serve(receiver).await;
        for path in ["/webhook/health", "/webhook/health/"] {
            let response = crate::http().get(format!("http://{address}{base}{path}")).send().await.expect("a response");
            assert_eq!(response.status(), 200, "{path}");
            let response = crate::http().head(format!("http://{address}{base}{path}")).send().await.expect("a response");
            assert_eq!(response.status(), 200, "{path}");
        }
        assert!(refusals.try_recv().is_err());
        let response = crate::http().get(format!("http://{address}{base}/exchange-webhook")).send().await.expect("a response");
        assert_eq!(response.status(), 405);
    }
}

#[tokio::test]
async fn any_path_can_be_configured() {
    let kind = WebhookKind::CryptoDepositStatus;
    for (base, path) in [
        ("/", "/"),
        ("/hooks", "/"),
        ("", "/transfer-webhook"),
        ("", "/webhook/health"),
        ("/a", "/{b}"),
        ("/{*a}", "/:b/*c/{"),
        ("", "//"),
        ("///a//b", "c//d"),
        ("", "/ä b?c#d"),
    ] {
        let receiver = receiver().base_path(base).path(kind, path);
        let path = receiver.path_of(kind);
        let (address, queue) = serve(receiver).await;
        let mut delivery = of(kind);
        // As a URI: what a path cannot have is encoded there.
        delivery.path = if path.contains('?') {
            "/%C3%A4%20b%3Fc%23d".to_owned()
        } else {
            Request::from(with_path(&delivery, &path)).uri().to_string()
        };
        assert_eq!(post(&address, delivery).await.status(), 200, "{path}");
        assert_eq!(queue.try_recv().expect("an event").kind, Some(kind), "{path}");
    }
}

#[tokio::test]
async fn the_router_can_be_nested_in_one_with_state() {
    let (sender, queue) = channel();
    let router = webhooks::router(receiver(), move |event| {
        let sender = sender.clone();
        async move { sender.send(event) }
    });
    let app: Router = Router::<u8>::new().with_state(7).nest("/api", router);
    let address = listen(app).await;
    let mut delivery = of(WebhookKind::UserBalanceGenerated);
    delivery.path = format!("/api{}", delivery.path);
    assert_eq!(post(&address, delivery).await.status(), 200);
    assert_eq!(queue.try_recv().expect("an event").kind, Some(WebhookKind::UserBalanceGenerated));
}

fn with_path(delivery: &Delivery, path: &str) -> Delivery {
    let mut delivery = delivery.clone();
    path.clone_into(&mut delivery.path);
    delivery
}

/// The application keeps its own 404.
#[tokio::test]
async fn the_router_can_be_merged_into_one_with_a_fallback() {
    for router in [
        webhooks::router(receiver().base_path("/hooks"), async |_| Ok::<(), &str>(())),
        webhooks::router(receiver(), async |_| Ok::<(), &str>(())).reset_fallback(),
    ] {
        let app = Router::new().fallback(async || axum::http::StatusCode::IM_A_TEAPOT).merge(router);
        let mut elsewhere = of(WebhookKind::ExchangeStatus);
        elsewhere.path = "/elsewhere".to_owned();
        assert_eq!(post(&listen(app).await, elsewhere).await.status(), 418);
    }
}

#[test]
fn a_delivery_is_a_request_of_axum_too() {
    let delivery = of(WebhookKind::ExchangeStatus);
    let request = Request::from(delivery.clone());
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/exchange-webhook"));
    assert_eq!(request.headers(), &delivery.headers);
}
