//! Webhooks: who gets what, when again, and what the log says of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use p100::webhooks::{self, Event, Verifier, WebhookEvent};
use p100::{Client, Decimal, types};
use p100_sandbox::control::Reset;
use p100_sandbox::{Account, Delivery, DeliveryState, Receiver, Sandbox, SandboxBuilder, Settings, Step, When};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::users::limited;

const TOKEN: &str = "the webhook token";

/// Long enough for anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the partner's server saw of a webhook: its path, token and body.
type Seen = (String, String, String);

/// The partner's server. It responds with these statuses in turn, then with 200; 0 never responds, and what it got is not reported.
async fn partner(statuses: impl IntoIterator<Item = u16>) -> (String, UnboundedReceiver<Seen>) {
    let statuses = Arc::new(Mutex::new(statuses.into_iter().collect::<VecDeque<u16>>()));
    let (reported, seen) = mpsc::unbounded_channel();
    let take = move |request: Request| {
        let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
        let reported = reported.clone();
        async move { response(request, status, &reported).await }
    };
    (serve(Router::new().fallback(take)).await, seen)
}

async fn response(request: Request, status: u16, reported: &mpsc::UnboundedSender<Seen>) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let token = parts.headers["authorization"].to_str().unwrap().to_owned();
    assert_eq!(parts.headers["content-type"], "application/json");
    if status == 0 {
        std::future::pending::<()>().await;
    }
    reported.send((parts.uri.path().to_owned(), token, String::from_utf8(body.to_vec()).unwrap())).unwrap();
    (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")]).into_response()
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn sandbox(url: &str) -> Sandbox {
    with_user(Sandbox::builder().webhooks(url, TOKEN)).await
}

/// With a limited user `lim` and money to send them.
async fn with_user(builder: SandboxBuilder) -> Sandbox {
    let sandbox = builder.start().await.unwrap();
    sandbox.client().users().create_limited(&limited("lim")).await.unwrap();
    sandbox.fund(&Account::Partner, "eur", Decimal::from(1000)).unwrap();
    sandbox
}

/// Causes one webhook, `transferStatus`; the response is the id of the transfer.
async fn transfer(client: &Client) -> String {
    let request = types::TransferRequest::to_user("lim", Decimal::ONE, "eur");
    client.transfers().create(&request).await.unwrap().id().to_owned()
}

/// The log without its last part, the attempts: seconds since the first of all attempts, status, whether there is an error.
fn attempts(sandbox: &Sandbox, delivery: &Delivery) -> Vec<(i64, Option<u16>, bool)> {
    let start = sandbox.deliveries()[0].created_at.utc().unwrap();
    let attempts = delivery.attempts.iter();
    attempts.map(|attempt| ((attempt.at.utc().unwrap() - start).num_seconds(), attempt.status, attempt.error.is_some())).collect()
}

fn only(sandbox: &Sandbox) -> Delivery {
    let [delivery] = &sandbox.deliveries()[..] else { panic!("one delivery") };
    delivery.clone()
}

#[tokio::test]
async fn the_receiver_of_p100_takes_a_webhook_of_the_sandbox() {
    let (queue, mut events) = mpsc::unbounded_channel::<Event>();
    let receiver = webhooks::Receiver::new(Verifier::new(TOKEN).unwrap());
    let url = serve(webhooks::router(receiver, move |event| std::future::ready(queue.send(event)))).await;
    let sandbox = sandbox(&url).await;
    let id = transfer(&sandbox.client()).await;

    let event = timeout(PATIENCE, events.recv()).await.expect("without being asked to").unwrap();
    let Some(WebhookEvent::TransferStatus(reported)) = event.known() else { panic!("{event:?}") };
    assert_eq!((reported.id.as_ref(), &reported.status), (Some(&id), &types::TransferStatus::Successful));
    sandbox.settle().await;
    let delivery = only(&sandbox);
    assert_eq!((delivery.event.as_str(), delivery.state), ("transferStatus", DeliveryState::Delivered));
    assert_eq!(attempts(&sandbox, &delivery), [(0, Some(200), false)]);
}

#[tokio::test]
async fn a_wrong_token_is_refused_by_the_receiver_of_p100() {
    let receiver = webhooks::Receiver::new(Verifier::new("another token").unwrap());
    let url = serve(webhooks::router(receiver, |_| std::future::ready(Ok::<(), std::convert::Infallible>(())))).await;
    let sandbox = sandbox(&url).await;
    transfer(&sandbox.client()).await;
    sandbox.settle().await;
    assert_eq!(attempts(&sandbox, &only(&sandbox)), [(0, Some(401), false)]);
}

#[tokio::test]
async fn a_failing_receiver_gets_five_attempts_and_no_more() {
    // Whatever is not 200 is a failure, a redirect too: it is not followed.
    let (url, mut seen) = partner([401, 500, 204, 302, 503]).await;
    let sandbox = sandbox(&url).await;
    transfer(&sandbox.client()).await;
    sandbox.settle().await;
    assert_eq!(only(&sandbox).state, DeliveryState::Waiting);
    sandbox.advance(Duration::from_secs(7)).await;
    assert_eq!(only(&sandbox).attempts.len(), 1, "the second is due after 8 seconds");

    sandbox.advance(Duration::from_secs(24 * 60 * 60)).await;
    let delivery = only(&sandbox);
    assert_eq!(delivery.state, DeliveryState::GivenUp);
    let expected = [(0, 401), (8, 500), (24, 204), (56, 302), (120, 503)];
    assert_eq!(attempts(&sandbox, &delivery), expected.map(|(second, status)| (second, Some(status), false)));
    for _ in 0..5 {
        let (path, token, body) = seen.try_recv().unwrap();
        assert_eq!((path, token, body), (delivery.path.clone(), TOKEN.to_owned(), delivery.body.clone()));
    }
    assert!(seen.try_recv().is_err());
}

#[tokio::test]
async fn a_receiver_that_is_down_for_three_attempts_is_reported_at_the_fourth() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let sandbox = sandbox(&format!("http://{address}/")).await;
    transfer(&sandbox.client()).await;
    sandbox.advance(Duration::from_secs(24)).await;
    assert_eq!(only(&sandbox).state, DeliveryState::Waiting);
    let error = only(&sandbox).attempts[2].error.clone().unwrap();
    assert!(error.contains("onnection refused") && !error.contains(TOKEN), "{error}");

    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(|| async { StatusCode::OK })).await });
    sandbox.advance(Duration::from_secs(32)).await;
    let delivery = only(&sandbox);
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!(attempts(&sandbox, &delivery), [(0, None, true), (8, None, true), (24, None, true), (56, Some(200), false)]);
}

#[tokio::test]
async fn a_webhook_can_be_sent_again_with_all_its_attempts() {
    let (url, mut seen) = partner([500; 6]).await;
    let sandbox = sandbox(&url).await;
    transfer(&sandbox.client()).await;
    sandbox.advance(Duration::from_secs(1000)).await;
    assert_eq!(only(&sandbox).state, DeliveryState::GivenUp);

    let again = sandbox.redeliver(0).await.unwrap();
    assert_eq!((again.state, again.attempts.len(), again.earlier_attempts), (DeliveryState::Waiting, 6, 5));
    sandbox.advance(Duration::from_secs(1000)).await;
    let delivery = only(&sandbox);
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!(attempts(&sandbox, &delivery)[5..], [(1000, Some(500), false), (1008, Some(200), false)]);

    // One that arrived can be sent again too: receivers have to live with that.
    assert_eq!(sandbox.redeliver(0).await.unwrap().state, DeliveryState::Delivered);
    let bodies: Vec<String> = std::iter::from_fn(|| seen.try_recv().ok()).map(|(_, _, body)| body).collect();
    assert_eq!(bodies, vec![delivery.body; 8]);
    assert_eq!(sandbox.redeliver(1).await.unwrap_err().to_string(), "id: there is no delivery 1");
}

#[tokio::test]
async fn webhooks_arrive_in_the_order_of_their_causes() {
    let (url, mut seen) = partner([]).await;
    let sandbox = sandbox(&url).await;
    let client = sandbox.client();
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(transfer(&client).await);
    }
    sandbox.settle().await;
    for id in ids {
        let (_, _, body) = seen.try_recv().unwrap();
        assert!(body.contains(&id), "{body}");
    }
}

/// A day's worth of what comes due in between happens at its own time, not at the end of the day.
#[tokio::test]
async fn advancing_far_attempts_everything_at_its_own_time() {
    let (url, _seen) = partner([500, 200, 500]).await;
    let mut settings = Settings::default();
    settings.webhooks = Some(Receiver::builder().url(url).token(TOKEN).build());
    settings.steps.insert(Step::Transfer, When::AfterTime(Duration::from_secs(4)));
    let sandbox = with_user(Sandbox::builder().settings(settings)).await;
    let client = sandbox.client();
    transfer(&client).await;
    sandbox.advance(Duration::from_secs(3)).await;
    transfer(&client).await;
    assert!(sandbox.deliveries().is_empty());
    sandbox.advance(Duration::from_secs(24 * 60 * 60)).await;

    // Caused 4 and 7 seconds after the start: the failed first one is sent again after the second, which fails at its second attempt.
    let [first, second] = &sandbox.deliveries()[..] else { panic!("two") };
    assert_eq!(attempts(&sandbox, first), [(0, Some(500), false), (8, Some(500), false), (24, Some(200), false)]);
    assert_eq!(attempts(&sandbox, second), [(3, Some(200), false)]);
}

#[tokio::test]
async fn without_a_receiver_webhooks_are_kept_and_can_be_sent_later() {
    let sandbox = with_user(Sandbox::builder()).await;
    transfer(&sandbox.client()).await;
    sandbox.advance(Duration::from_secs(1000)).await;
    assert_eq!((only(&sandbox).state, only(&sandbox).attempts), (DeliveryState::NoReceiver, vec![]));

    let (url, mut seen) = partner([]).await;
    let mut settings = sandbox.settings();
    settings.webhooks = Some(Receiver::builder().url(url).token(TOKEN).build());
    sandbox.set_settings(settings).unwrap();
    sandbox.settle().await;
    assert_eq!(only(&sandbox).state, DeliveryState::NoReceiver, "nobody asked for it");
    assert_eq!(sandbox.redeliver(0).await.unwrap().state, DeliveryState::Delivered);
    assert!(seen.try_recv().is_ok());
}

#[tokio::test]
async fn a_webhook_that_waits_goes_where_the_settings_say_by_then() {
    let (url, _seen) = partner([500]).await;
    let sandbox = sandbox(&url).await;
    transfer(&sandbox.client()).await;
    sandbox.settle().await;
    sandbox.change_settings(|settings| settings.webhooks = None).unwrap();
    sandbox.advance(Duration::from_secs(1000)).await;
    assert_eq!((only(&sandbox).state, only(&sandbox).attempts.len()), (DeliveryState::NoReceiver, 1));

    let (url, mut seen) = partner([500]).await;
    sandbox.change_settings(|settings| settings.webhooks = Some(Receiver::builder().url(url).token("another").build())).unwrap();
    sandbox.redeliver(0).await.unwrap();
    sandbox.advance(Duration::from_secs(8)).await;
    assert_eq!(only(&sandbox).state, DeliveryState::Delivered);
    assert_eq!(attempts(&sandbox, &only(&sandbox)), [(0, Some(500), false), (1000, Some(500), false), (1008, Some(200), false)]);
    assert_eq!(seen.try_recv().unwrap().1, "another");
}

#[tokio::test]
async fn an_attempt_that_is_interrupted_is_made_again() {
    let (url, mut seen) = partner([500, 0]).await;
    let sandbox = sandbox(&url).await;
    transfer(&sandbox.client()).await;
    sandbox.settle().await;
    // The partner's server is silent at the second attempt, and whoever has advanced the clock gives up.
    timeout(Duration::from_millis(50), sandbox.advance(Duration::from_secs(8))).await.unwrap_err();
    assert_eq!((only(&sandbox).state, only(&sandbox).attempts.len()), (DeliveryState::Waiting, 1));
    // An export at this moment does not lose the webhook either.
    let copy = Sandbox::builder().state(sandbox.export()).start().await.unwrap();
    seen.recv().await.unwrap();
    timeout(PATIENCE, seen.recv()).await.expect("without being asked to").unwrap();
    copy.settle().await;
    sandbox.settle().await;
    for sandbox in [&copy, &sandbox] {
        assert_eq!(attempts(sandbox, &only(sandbox)), [(0, Some(500), false), (8, Some(200), false)]);
    }
}

/// A server of the partner that hands each webhook to the test, as its body and where the status of the response goes.
async fn thoughtful_partner() -> (String, UnboundedReceiver<(String, oneshot::Sender<u16>)>) {
    let (reported, seen) = mpsc::unbounded_channel();
    let take = move |body: String| {
        let (response, responded) = oneshot::channel();
        reported.send((body, response)).unwrap();
        async { responded.await.map_or(StatusCode::GONE, |status| StatusCode::from_u16(status).unwrap()) }
    };
    (serve(Router::new().fallback(take)).await, seen)
}

#[tokio::test]
async fn the_next_attempt_waits_from_the_end_of_the_one_before() {
    let (url, mut seen) = thoughtful_partner().await;
    let sandbox = with_user(Sandbox::builder().webhooks(url, TOKEN).speed(50.0)).await;
    transfer(&sandbox.client()).await;
    let (_, response) = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
    // The receiver thinks for longer than the wait is.
    let seen_at = sandbox.now();
    let failed = seen_at + Duration::from_secs(10);
    while sandbox.now() < failed {
        tokio::task::yield_now().await;
    }
    response.send(500).unwrap();
    let (_, response) = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
    response.send(200).unwrap();
    sandbox.settle().await;
    let [first, second] = &only(&sandbox).attempts[..] else { panic!("two attempts") };
    let [first, second] = [first, second].map(|attempt| attempt.at.utc().unwrap());
    assert!(first <= seen_at && second >= failed + Duration::from_secs(8), "{first} {seen_at} {second}");
}

#[tokio::test]
async fn a_hanging_receiver_keeps_nobody_from_beginning_anew() {
    let (url, mut seen) = thoughtful_partner().await;
    let sandbox = sandbox(&url).await;
    let client = sandbox.client();
    for _ in 0..3 {
        transfer(&client).await;
    }
    let _held = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
    let state = sandbox.export();
    let mut advanced = Box::pin(sandbox.advance(Duration::from_secs(60)));
    assert!(timeout(Duration::ZERO, &mut advanced).await.is_err(), "it waits for the receiver");
    let soon = Duration::from_secs(5);
    timeout(soon, sandbox.reset(&Reset::default())).await.expect("at once").unwrap();
    timeout(soon, advanced).await.expect("nothing is left to wait for");
    assert!(sandbox.deliveries().is_empty());

    timeout(soon, sandbox.import(&state)).await.expect("at once").unwrap();
    let _held = timeout(soon, seen.recv()).await.expect("sent again").unwrap();
    timeout(soon, sandbox.import(&state)).await.expect("at once").unwrap();
    // What was interrupted leaves no trace.
    assert!(sandbox.deliveries().iter().all(|delivery| delivery.attempts.is_empty() && delivery.state == DeliveryState::Waiting));
}

#[tokio::test]
async fn one_webhook_is_sent_again_without_waiting_for_all_others() {
    let (url, mut seen) = thoughtful_partner().await;
    let sandbox = sandbox(&url).await;
    let client = sandbox.client();
    for _ in 0..3 {
        transfer(&client).await;
    }
    let (_, response) = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
    let mut again = Box::pin(sandbox.redeliver(2));
    assert!(timeout(Duration::ZERO, &mut again).await.is_err(), "one at a time");
    response.send(200).unwrap();
    let next = async {
        let (body, response) = seen.recv().await.unwrap();
        response.send(200).unwrap();
        (body, seen)
    };
    let (again, (body, mut seen)) = timeout(PATIENCE, async { tokio::join!(again, next) }).await.unwrap();
    assert_eq!((again.unwrap().state, body), (DeliveryState::Delivered, sandbox.deliveries()[2].body.clone()));
    let (body, _held) = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
    assert_eq!(body, sandbox.deliveries()[1].body);
}

#[tokio::test]
async fn a_running_clock_needs_nobody_to_advance_it() {
    let (url, mut seen) = partner([500]).await;
    let mut settings = Settings::default();
    settings.webhooks = Some(Receiver::builder().url(url).token(TOKEN).build());
    settings.steps.insert(Step::Transfer, When::AfterTime(Duration::from_secs(60)));
    let sandbox = with_user(Sandbox::builder().settings(settings).speed(1000.0)).await;
    let id = transfer(&sandbox.client()).await;
    for attempt in ["first", "second"] {
        let (_, _, body) = timeout(PATIENCE, seen.recv()).await.expect(attempt).unwrap();
        assert!(body.contains(&id), "{body}");
    }
    sandbox.settle().await;
    let times: Vec<i64> = attempts(&sandbox, &only(&sandbox)).into_iter().map(|(second, ..)| second).collect();
    assert!(times.len() == 2 && times[1] >= times[0] + 8, "{times:?}");
}
