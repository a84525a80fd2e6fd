//! The receiver behind an `axum::Router`.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::testing::Delivery;
use super::{Event, Receiver, WebhookKind};

/// A router that takes all events at the paths of the receiver and gives them to `handler`.
///
/// The answer is 200 when the handler returns `Ok`, 500 when it returns `Err`, 401 if the token is missing or wrong, 400
/// if the body is too large or not JSON. The token is checked before the body is read. `GET /webhook/health` answers 200.
///
/// With a [base path](Receiver::base_path), every POST below it is taken, so that an event which P100 adds tomorrow
/// arrives as [`Event::Unknown`] instead of getting a 404 until it is given up; without one, only those at the known paths.
///
/// # The handler answers first and works later
///
/// P100 waits for the answer, and the answer waits for the handler: it should put the event where it is safe, such as a
/// table or a durable queue, and return. Return `Err` if even that failed: P100 sends again, about 8, 16, 32 and 64 seconds
/// later. The error itself goes nowhere, so log it in the handler. Should P100 hang up, the handler is dropped at an `await`.
///
/// ```
/// use std::sync::mpsc;
///
/// use p100::webhooks::{self, Event, Receiver, Verifier};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (queue, events) = mpsc::sync_channel::<Event>(1000);
/// let receiver = Receiver::new(Verifier::new("the webhook token")?).base_path("/hooks/p100");
/// let router: axum::Router = webhooks::router(receiver, move |event| {
///     let queue = queue.clone();
///     async move { queue.try_send(event) }
/// });
/// # Ok(())
/// # }
/// ```
pub fn router<H, F, E>(receiver: Receiver, handler: H) -> Router
where
    H: Fn(Event) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    let mut paths = BTreeSet::new();
    for kind in WebhookKind::ALL {
        let path = literal(&receiver.path_of(*kind));
        if path != "/" {
            paths.insert(format!("{path}/"));
        }
        paths.insert(path);
    }
    if !receiver.base().is_empty() {
        paths.insert(format!("{}/{{*event}}", literal(receiver.base())));
    }
    let health = literal(&receiver.health_path());

    let receiver = Arc::new(receiver);
    let take = post(move |request: Request| {
        let (receiver, handler) = (Arc::clone(&receiver), handler.clone());
        async move { answer(&receiver, handler, request).await }
    });
    // Braces are escaped, so that whatever a path is made of, it is taken as it is.
    let router = Router::new().without_v07_checks().route(&health, get(async || StatusCode::OK));
    paths.iter().fold(router, |router, path| router.route(path, take.clone()))
}

async fn answer<F, E>(receiver: &Receiver, handler: impl Fn(Event) -> F, request: Request) -> Response
where
    F: Future<Output = Result<(), E>>,
{
    let (parts, body) = request.into_parts();
    if let Err(error) = receiver.verify(&parts.headers) {
        return error.status().into_response();
    }
    let Ok(body) = to_bytes(body, receiver.body_limit()).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match receiver.read(parts.uri.path(), body) {
        Err(error) => error.status().into_response(),
        Ok(event) => match handler(event).await {
            Ok(()) => ([(CONTENT_TYPE, "application/json")], "{}").into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    }
}

/// A path in which nothing stands for anything else.
fn literal(path: &str) -> String {
    path.replace('{', "{{").replace('}', "}}")
}

impl From<Delivery> for Request {
    fn from(delivery: Delivery) -> Self {
        let mut request = Request::new(Body::from(delivery.body));
        *request.method_mut() = Method::POST;
        *request.headers_mut() = delivery.headers;
        if let Ok(uri) = delivery.path.parse() {
            *request.uri_mut() = uri;
        }
        request
    }
}
