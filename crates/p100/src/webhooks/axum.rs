//! The receiver behind an `axum::Router`.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use p100_raw::Bytes;
use tracing::{Instrument, Span};

use super::outcome::{Outcomes, span, word};
use super::testing::Delivery;
use super::{Event, ReceiveError, ReceiveErrorKind, Receiver, WebhookKind};

/// A router that takes all events at the paths of the receiver and gives them to `handler`.
///
/// | the delivery | the handler gets | response |
/// |---|---|---|
/// | is JSON | the event, known or [unknown](super::Payload::Unknown) | 200 when it returns `Ok`, 500 when it returns `Err` |
/// | is not JSON: sent again, it may arrive undamaged | an unknown event, each time | 400, or 500 when it returns `Err` |
/// | is too large, or the connection ends before it does | nothing | 400 |
/// | has no token, or a wrong one: the body is not read | nothing | 401 |
/// | is no POST | nothing | 405 |
///
/// Every refusal (400, 401, 405) is traced as a warning, [counted](Receiver::stats), and given to
/// [`on_refused`](Receiver::on_refused), with what was read of the body if the token was right. `GET /webhook/health` returns 200.
///
/// # Paths
///
/// With a [base path](Receiver::base_path), that path and everything below it is taken, so that an event which P100 adds tomorrow
/// arrives as an unknown one instead of getting a 404 until it is given up. Set one: `/hooks/p100`, or `/` if the server does nothing
/// else.
///
/// Without one, the router takes the paths of the known events, and as its fallback every other delivery with the right token; the
/// rest gets the 404 it would have got. Two routers with a fallback cannot be merged in axum: nest this one, set a base path, or call
/// `reset_fallback()` on it.
///
/// # The handler responds first and works later
///
/// P100 waits for the response, and the response waits for the handler: it should put the event where it is safe, such as a
/// table or a durable queue, and return. Return `Err` if even that failed: P100 sends again, about 8, 16, 32 and 64 seconds
/// later. The error is traced with the kind of the event and its path. Should P100 hang up, the handler is dropped at an `await`; that
/// is traced and counted too.
///
/// ```
/// use std::sync::mpsc;
///
/// use p100::webhooks::{self, Event, Receiver, Verifier};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (queue, events) = mpsc::sync_channel::<Event>(1000);
/// let receiver = Receiver::new(Verifier::new("the webhook token")?)
///     .base_path("/hooks/p100")
///     .on_refused(|refusal| eprintln!("{refusal}: {:?} bytes are lost", refusal.body().map(|body| body.len())));
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
    E: Display + Send + 'static,
{
    let mut paths = BTreeSet::new();
    let base = receiver.expected().configured_base().map(str::to_owned);
    let own = match &base {
        Some(base) => vec![base.clone()],
        None => WebhookKind::ALL.iter().map(|kind| receiver.path_of(*kind)).chain([receiver.health_path()]).collect(),
    };
    for path in own.iter().map(|path| path.trim_end_matches('/')) {
        // As it is written, and as it arrives.
        for path in [literal(path), encoded(path)] {
            if base.is_some() {
                paths.insert(format!("{path}/{{*event}}"));
            }
            paths.insert(format!("{path}/"));
            paths.insert(path);
        }
    }
    // The root is one path, not two.
    paths.remove("");

    let receiver = Arc::new(receiver);
    let take = move |request: Request| {
        let (receiver, handler) = (Arc::clone(&receiver), handler.clone());
        async move { respond(&receiver, handler, request).await }
    };
    // Braces are escaped, so that whatever a path is made of, it is taken as it is.
    let router = paths.iter().fold(Router::new().without_v07_checks(), |router, path| router.route(path, any(take.clone())));
    if base.is_none() { router.fallback(take) } else { router }
}

async fn respond<F, E>(receiver: &Receiver, handler: impl Fn(Event) -> F, request: Request) -> Response
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let paths = receiver.expected();
    let path = request.uri().path();
    if paths.is_health(path) && [Method::GET, Method::HEAD].contains(request.method()) {
        return StatusCode::OK.into_response();
    }
    let is_ours = paths.configured_base().is_some() || paths.is_health(path) || !paths.expected_at(path).is_empty();
    if !is_ours && !receiver.has_token(request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let span = span(&path);
    take(receiver, handler, &path, request).instrument(span).await
}

async fn take<F, E>(receiver: &Receiver, handler: impl Fn(Event) -> F, path: &str, request: Request) -> Response
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let (event, refusal) = match read(receiver, path, request).await {
        Ok(read) => read,
        Err(refusal) => {
            Span::current().record("outcome", word(Err(refusal.kind())));
            return response(&refusal);
        }
    };
    let mut handling = Handling {
        outcomes: receiver.outcomes(),
        kind: event.kind.map_or_else(|| "unknown".to_owned(), |kind| kind.to_string()),
        path,
        outcome: Some(word(refusal.as_ref().map_or(Ok(&event), |refusal| Err(refusal.kind())))),
        span: Span::current(),
    };
    let handled = handler(event).await;
    handling.end(&handled);
    match (handled, refusal) {
        (Ok(()), None) => ([(CONTENT_TYPE, "application/json")], "{}").into_response(),
        (Ok(()), Some(refusal)) => response(&refusal),
        (Err(_), _) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn response(refusal: &ReceiveError) -> Response {
    match refusal.kind() {
        ReceiveErrorKind::WrongMethod => (refusal.status(), [(ALLOW, "POST")]).into_response(),
        _ => refusal.status().into_response(),
    }
}

/// The event of a request, or its refusal; both if it is not JSON.
async fn read(receiver: &Receiver, path: &str, request: Request) -> Result<(Event, Option<ReceiveError>), ReceiveError> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return Err(receiver.refuse(ReceiveErrorKind::WrongMethod, path, None));
    }
    receiver.verify(path, &parts.headers)?;
    let body = collect(body, receiver.body_limit()).await;
    receiver.read(path, body.map_err(|(kind, beginning)| receiver.refuse(kind, path, Some(beginning)))?)
}

/// An event in the hands of the handler. Dropped before the handler has ended, it says so.
struct Handling<'a> {
    outcomes: &'a Outcomes,
    kind: String,
    path: &'a str,
    /// Until it has ended.
    outcome: Option<&'static str>,
    span: Span,
}

impl Handling<'_> {
    fn end<E: Display>(&mut self, handled: &Result<(), E>) {
        let mut outcome = self.outcome.take().unwrap_or_default();
        if let Err(error) = handled {
            self.outcomes.handler_failed(&self.kind, self.path, error);
            outcome = "handler_failed";
        }
        self.span.record("outcome", outcome);
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        if self.outcome.is_some() {
            self.outcomes.handler_dropped(&self.kind, self.path);
            self.span.record("outcome", "handler_dropped");
        }
    }
}

/// Reads a body of at most `limit` bytes. If that fails, what was read.
async fn collect(mut body: Body, limit: usize) -> Result<Bytes, (ReceiveErrorKind, Bytes)> {
    // What the declared length is good for: to refuse at once. Nothing is reserved for it.
    if usize::try_from(body.size_hint().lower()).map_or(true, |declared| declared > limit) {
        return Err((ReceiveErrorKind::TooLarge { limit }, Bytes::new()));
    }
    let mut only = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return Err((ReceiveErrorKind::Incomplete, if all.is_empty() { only } else { all.into() })) };
        let Ok(mut data) = frame.into_data() else { continue };
        if only.is_empty() && all.is_empty() && data.len() <= limit {
            only = data;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut only));
        }
        let room = limit - all.len();
        let is_too_large = data.len() > room;
        data.truncate(room);
        all.extend_from_slice(&data);
        if is_too_large {
            return Err((ReceiveErrorKind::TooLarge { limit }, all.into()));
        }
    }
    Ok(if all.is_empty() { only } else { all.into() })
}

/// A path in which nothing is a placeholder.
fn literal(path: &str) -> String {
    path.replace('{', "{{").replace('}', "}}")
}

/// A path of characters that no URI has arrives percent-encoded.
impl From<Delivery> for Request {
    fn from(delivery: Delivery) -> Self {
        let mut request = Request::new(Body::from(delivery.body));
        *request.method_mut() = Method::POST;
        *request.headers_mut() = delivery.headers;
        *request.uri_mut() = uri(&delivery.path);
        request
    }
}

fn uri(path: &str) -> Uri {
    // Nothing is left that a path cannot have.
    format!("{}{}", if path.starts_with('/') { "" } else { "/" }, encoded(path)).parse().unwrap_or_default()
}

/// With percent-encoding for all that a path, or the query after it, cannot have.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'!' | b'$'..=b';' | b'=' | b'?'..=b'Z' | b'_' | b'a'..=b'z' | b'~' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
