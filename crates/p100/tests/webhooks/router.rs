//! The axum router, on the wire.

use std::sync::mpsc::{Receiver as Queue, channel};

use axum::Router;
use axum::extract::Request;
use p100::raw::reqwest::{Client, Response};
use p100::webhooks::testing::{Delivery, delivery};
use p100::webhooks::{self, Event, Receiver, WebhookKind};
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
    let request = Client::new().post(format!("http://{address}{}", delivery.path));
    request.headers(delivery.headers).body(delivery.body).send().await.expect("an answer")
}

fn of(kind: WebhookKind) -> Delivery {
    delivery(&kind.decode(payload(kind).as_bytes()).expect("a payload"), TOKEN).expect("a delivery")
}

#[tokio::test]
async fn every_event_arrives_at_its_path_and_is_answered_with_200_and_an_empty_object() {
    for base in ["", "/hooks/p100"] {
        let (address, queue) = serve(receiver().base_path(base)).await;
        for (kind, body) in PAYLOADS {
            for end in ["", "/", "?a=b"] {
                let mut delivery = of(*kind);
                delivery.path = format!("{base}{}{end}", delivery.path);
                let answer = post(&address, delivery).await;
                assert_eq!(answer.status(), 200, "{kind}");
                assert_eq!(answer.headers()["content-type"], "application/json");
                assert_eq!(answer.text().await.expect("a body"), "{}");
                let event = queue.try_recv().expect("an event");
                assert_eq!(event.payload(), Some(&kind.decode(body.as_bytes()).expect("a payload")));
            }
        }
    }
}

#[tokio::test]
async fn a_call_that_is_refused_does_not_reach_the_handler() {
    let (address, queue) = serve(receiver().max_body_bytes(300)).await;
    let good = of(WebhookKind::ExchangeStatus);
    let (mut missing, mut wrong, mut large, mut broken) = (good.clone(), good.clone(), good.clone(), good.clone());
    missing.headers.remove("authorization");
    wrong.headers.insert("authorization", "wrong".parse().expect("a value"));
    large.body = format!("{}{}", " ".repeat(300), payload(WebhookKind::ExchangeStatus)).into();
    broken.body = "<html>".into();
    for (delivery, status) in [(missing, 401), (wrong, 401), (large, 400), (broken, 400)] {
        assert_eq!(post(&address, delivery).await.status(), status);
        assert!(queue.try_recv().is_err());
    }
    assert_eq!(post(&address, good).await.status(), 200);
}

#[tokio::test]
async fn the_token_is_checked_before_the_body_is_read() {
    let (address, _queue) = serve(receiver()).await;
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    let head = "POST /exchange-webhook HTTP/1.1\r\nhost: p100\r\nauthorization: wrong\r\ncontent-length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 401");
}

#[tokio::test]
async fn unknown_events_reach_the_handler() {
    let (address, queue) = serve(receiver().base_path("/hooks")).await;
    let mut unknown = of(WebhookKind::ExchangeStatus);
    unknown.body = r#"{"new":1}"#.into();
    unknown.path = "/hooks/exchange-webhook".to_owned();
    let mut new = unknown.clone();
    new.path = "/hooks/webhook/brand/new".to_owned();
    for delivery in [unknown, new] {
        assert_eq!(post(&address, delivery).await.status(), 200);
        assert_eq!(queue.try_recv().expect("an event").raw().bytes(), r#"{"new":1}"#);
    }
    let mut outside = of(WebhookKind::ExchangeStatus);
    outside.path = "/other".to_owned();
    assert_eq!(post(&address, outside).await.status(), 404);
}

#[tokio::test]
async fn a_handler_that_fails_makes_p100_send_again() {
    let address = listen(webhooks::router(receiver(), async |_| Err("the queue is down"))).await;
    assert_eq!(post(&address, of(WebhookKind::ExchangeStatus)).await.status(), 500);
}

#[tokio::test]
async fn the_health_check_needs_no_token() {
    for base in ["", "/hooks"] {
        let (address, _queue) = serve(receiver().base_path(base)).await;
        let answer = Client::new().get(format!("http://{address}{base}/webhook/health")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let answer = Client::new().get(format!("http://{address}{base}/exchange-webhook")).send().await.expect("an answer");
        assert_eq!(answer.status(), 405);
    }
}

#[tokio::test]
async fn any_path_can_be_configured() {
    let kind = WebhookKind::CryptoWithdrawalStatus;
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
        if path.contains(['{', ' ', '?']) {
            continue;
        }
        let mut delivery = of(kind);
        delivery.path = path.clone();
        assert_eq!(post(&address, delivery).await.status(), 200, "{path}");
        assert_eq!(queue.try_recv().expect("an event").kind(), Some(kind), "{path}");
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
    assert_eq!(queue.try_recv().expect("an event").kind(), Some(WebhookKind::UserBalanceGenerated));
}

#[test]
fn a_delivery_is_a_request_of_axum_too() {
    let delivery = of(WebhookKind::ExchangeStatus);
    let request = Request::from(delivery.clone());
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/exchange-webhook"));
    assert_eq!(request.headers(), &delivery.headers);
}
