//! The HTTP side: routes from the table of operations, keys, faults, and connections that can be broken.

use std::convert::Infallible;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Query, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use futures_util::{StreamExt, stream};
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use p100_raw::types::ErrorCode;
use p100_raw::{AccessDenied, Operation, operations};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::call::{File, Input, Refusal, Reply};
use crate::core::{CallLog, Core};
use crate::faults::{self, Fault, FaultKind};
use crate::world::World;
use crate::{access, control, generated};

/// The largest request that is read: three files of 5 MB and what is around them, with room to refuse a larger one by its code.
const LARGEST: usize = 64 << 20;

/// Marks a response that must not arrive.
#[derive(Clone, Copy)]
struct Reset;

/// All routes.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    let mut router = Router::new();
    for operation in operations::ALL {
        let core = Arc::clone(core);
        let Ok(method) = MethodFilter::try_from(operation.method.parse().unwrap_or(axum::http::Method::GET)) else { continue };
        let handler = move |path: Result<RawPathParams, RawPathParamsRejection>, request: Request| async move {
            call(&core, operation, path, request).await
        };
        router = router.route(operation.path, on(method, handler));
    }
    let known = |status: StatusCode| {
        let core = Arc::clone(core);
        move |request: Request| async move { unknown(&core, status, &request) }
    };
    let router = router.method_not_allowed_fallback(known(StatusCode::METHOD_NOT_ALLOWED)).fallback(known(StatusCode::NOT_FOUND));
    router.merge(control::http::routes(core))
}

/// Accepts connections until `stop`, then lets the calls under way end.
pub(crate) async fn serve(listener: TcpListener, core: Arc<Core>, router: Router, mut stop: oneshot::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Such as too many open files: others have to end first.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
            _ = &mut stop => break,
        };
        // Only a delay of small responses is lost if it cannot be set.
        let _ = stream.set_nodelay(true);
        let router = TowerToHyperService::new(router.clone());
        let core = Arc::clone(&core);
        let service = service_fn(move |request: hyper::Request<_>| {
            let allowed = core.surroundings.access.check(request.method(), request.uri(), request.headers());
            let response = allowed.map_err(|refusal| turned_away(&core, request.uri().path(), &refusal)).map(|()| router.call(request));
            let core = Arc::clone(&core);
            async move {
                let mut response = match response {
                    Err(response) => response,
                    Ok(response) => {
                        let Ok(response): Result<Response, Infallible> = response.await;
                        response
                    }
                };
                response.headers_mut().extend(date(&core).map(|date| (header::DATE, date)));
                // An error of the service ends the connection without a response.
                if response.extensions().get::<Reset>().is_some() { Err(io::Error::other("a fault was asked for")) } else { Ok(response) }
            }
        });
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // A connection that breaks is the caller's to notice.
        tokio::spawn(connections.watch(connection));
    }
    drop(listener);
    let _ = tokio::time::timeout(Duration::from_secs(5), connections.shutdown()).await;
}

/// The time by the sandbox's clock, as all its times.
fn date(core: &Core) -> Option<HeaderValue> {
    HeaderValue::try_from(core.world().now.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

/// Carries out one call.
async fn call(
    core: &Core,
    operation: &'static Operation,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    let begin = Instant::now();
    let (parts, body) = request.into_parts();
    let key = parts.headers.get("x-api-key").map(HeaderValue::as_bytes);
    let input = match (path, to_bytes(body, LARGEST).await) {
        (Ok(path), Ok(body)) => read(&path, &parts.uri, &parts.headers, body).await,
        (Err(_), _) => Err(Refusal::invalid("The path must be UTF-8.")),
        (_, Err(_)) => Err(Refusal::code(ErrorCode::P440)),
    };
    let (reply, fault) = {
        let mut world = core.world();
        let fault = if authenticate(&world, operation, key).is_ok() { faults::take(&mut world.faults, operation.id) } else { None };
        let reply = match &fault {
            Some(Fault { takes_effect: false, kind: FaultKind::Code(_) | FaultKind::Status(_) | FaultKind::Reset, .. }) => {
                Reply::json(200, &())
            }
            _ => carry_out(core, &mut world, operation, key, input),
        };
        core.wake(&world);
        (reply, fault)
    };
    let fault = fault.map(|fault| fault.kind);
    let response = spoil(reply, fault.as_ref());
    let status = response.extensions().get::<Reset>().is_none().then(|| response.status().as_u16());
    let code = response.extensions().get::<Code>().map(|code| code.0.clone());
    let delay = if let Some(FaultKind::Delay(millis)) = &fault { Some(Duration::from_millis(*millis)) } else { None };
    let _logged =
        Logged { core, begin, call: CallLog { operation: operation.id, status, code, duration: Duration::ZERO, fault, missed: 0 } };
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    response
}

/// Reports a call when it ends, even if the caller has gone by then.
struct Logged<'a> {
    core: &'a Core,
    begin: Instant,
    call: CallLog,
}

impl Drop for Logged<'_> {
    fn drop(&mut self) {
        self.call.duration = self.begin.elapsed();
        self.core.report(self.call.clone());
    }
}

fn carry_out(core: &Core, world: &mut World, operation: &Operation, key: Option<&[u8]>, input: Result<Input, Refusal>) -> Reply {
    let carried_out = || {
        authenticate(world, operation, key)?;
        let input = input?;
        core.surroundings.requests.check(operation.id, &input)?;
        generated::handle(world, operation, &input)
    };
    // Whoever calls gets a response, and all other calls still do.
    let carried_out = catch_unwind(AssertUnwindSafe(carried_out)).unwrap_or_else(|_| Err(Refusal::defect()));
    carried_out.unwrap_or_else(|refusal: Refusal| refusal.reply())
}

fn authenticate(world: &World, operation: &Operation, key: Option<&[u8]>) -> Result<(), Refusal> {
    let denied = |reason: AccessDenied| Err(Refusal::message(401, format!("Access Denied. {}", reason.word().unwrap_or_default())));
    match key {
        _ if !operation.authenticated => Ok(()),
        None => denied(AccessDenied::NoKey),
        Some(key) if key != world.settings.api_key.expose().as_bytes() => denied(AccessDenied::WrongKey),
        Some(_) if !world.settings.address_allowed => denied(AccessDenied::AddressNotAllowed),
        Some(_) => Ok(()),
    }
}

async fn read(path: &RawPathParams, uri: &axum::http::Uri, headers: &HeaderMap, body: bytes::Bytes) -> Result<Input, Refusal> {
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut files = Vec::new();
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        let unreadable = |error: multer::Error| Refusal::invalid(format!("The form cannot be read: {error}."));
        let mut form = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body.clone())]), boundary);
        while let Some(field) = form.next_field().await.map_err(unreadable)? {
            let part = field.name().unwrap_or_default().to_owned();
            files.push(File { part, bytes: field.bytes().await.map_err(unreadable)? });
        }
    }
    Ok(Input { path, query, body, files })
}

/// Error code of a response, for the log.
#[derive(Clone)]
struct Code(String);

/// The response, or what the fault makes of it.
fn spoil(reply: Reply, fault: Option<&FaultKind>) -> Response {
    match fault {
        None | Some(FaultKind::Delay(_)) => response(reply),
        Some(FaultKind::Code(code)) => response(Refusal::code(code.clone()).reply()),
        Some(FaultKind::Status(status)) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let page = format!("<html><head><title>{status}</title></head><body>{status}</body></html>");
            (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
        Some(FaultKind::Reset) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            response.extensions_mut().insert(Reset);
            response
        }
        Some(FaultKind::Truncate) => truncated(reply),
    }
}

fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = (!status.is_success() || status == StatusCode::ACCEPTED)
        .then(|| serde_json::from_slice::<p100_raw::types::Error>(&reply.body).ok()?.error_code)
        .flatten();
    let mut response = (status, [(header::CONTENT_TYPE, reply.content_type)], reply.body).into_response();
    if let Some(code) = code {
        response.extensions_mut().insert(Code(code.to_string()));
    }
    response
}

/// The first half of the body, and the end of the connection.
fn truncated(reply: Reply) -> Response {
    let length = reply.body.len();
    let half = bytes::Bytes::copy_from_slice(&reply.body[..length / 2]);
    let mut response = response(reply);
    // The half has to be on its way before the connection ends, or there is no response at all.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("a fault was asked for"))
    });
    *response.body_mut() = Body::from_stream(stream::iter([Ok(half)]).chain(end));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// No such operation: the response says which exist.
fn unknown(core: &Core, status: StatusCode, request: &Request) -> Response {
    let operations: Vec<String> =
        operations::ALL.iter().map(|operation| format!("{} {} ({})", operation.method, operation.path, operation.id)).collect();
    let message = format!("The sandbox has no {} {}.", request.method(), request.uri().path());
    report_none(core, "(no such operation)", status.as_u16());
    response(Reply::json(status.as_u16(), &json!({"message": message, "operations": operations, "control": "/_sandbox/"})))
}

/// Who may not call, for whatever reason.
fn turned_away(core: &Core, path: &str, refusal: &Refusal) -> Response {
    if access::is_control(path) {
        return control::http::refused(refusal);
    }
    report_none(core, "(turned away)", refusal.status);
    response(refusal.reply())
}

/// The log has calls of no operation too.
fn report_none(core: &Core, operation: &'static str, status: u16) {
    core.report(CallLog { operation, status: Some(status), code: None, duration: Duration::ZERO, fault: None, missed: 0 });
}
