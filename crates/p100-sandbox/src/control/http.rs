//! The control plane over HTTP: how a command comes in and its response goes out.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Form, FromRequest, RawPathParams, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, any, get, on};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use p100_raw::ErrorClass;
use p100_raw::types::ErrorCode;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::commands::{decode, invalid};
use super::routes::ROUTES;
use crate::call::{Refusal, Reply};
use crate::core::Core;

/// One command.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// What it does, in a few words.
    pub(super) does: &'static str,
    pub(super) handler: Handler,
}

pub(super) type Handler = fn(Arc<Core>, Incoming) -> BoxFuture<'static, Result<Reply, Refusal>>;

/// What comes with a command.
pub(super) struct Incoming {
    path: Vec<(String, String)>,
    content_type: Option<HeaderValue>,
    pub(super) body: Bytes,
}

impl Incoming {
    /// A path parameter. The router has matched it.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A path parameter that is a number.
    pub(super) fn number(&self, name: &str) -> Result<usize, Refusal> {
        self.path(name).parse().map_err(|_| invalid(format!("{name} must be a number")))
    }

    /// The request. No body means `{}`.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        decode(if self.body.is_empty() { b"{}" } else { &self.body })
    }

    /// The request, if it is that of an HTML form.
    pub(super) async fn form<T: DeserializeOwned>(&self) -> Option<Result<T, Refusal>> {
        let content_type = self.content_type.as_ref().filter(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"))?;
        // Some programs call everything a form; none that is one begins like this.
        if self.body.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = Method::POST;
        request.headers_mut().insert(header::CONTENT_TYPE, content_type.clone());
        Some(Form::from_request(request, &()).await.map(|Form(value)| value).map_err(|error| invalid(error.body_text())))
    }
}

pub(crate) fn routes(core: &Arc<Core>) -> Router {
    let mut router = Router::new().route("/_sandbox", get(|| async { Redirect::permanent("/_sandbox/") }));
    for route in ROUTES {
        let core = Arc::clone(core);
        let Ok(method) = MethodFilter::try_from(route.method.parse().unwrap_or(Method::GET)) else { continue };
        let response = move |path: Result<RawPathParams, RawPathParamsRejection>, request: Request| async move {
            match path {
                Ok(path) => command(core, route, &path, request).await,
                Err(_) => refused(&invalid("The path must be UTF-8.")),
            }
        };
        router = router.route(route.path, on(method, response));
    }
    router.route("/_sandbox/{*rest}", any(unknown)).method_not_allowed_fallback(wrong_method)
}

async fn command(core: Arc<Core>, route: &'static Route, path: &RawPathParams, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Whatever the size: a state may be large, and who sends it is on the same machine.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return refused(&invalid("The request body is incomplete."));
    };
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let incoming = Incoming { path, content_type: parts.headers.get(header::CONTENT_TYPE).cloned(), body };
    // In a task of its own, a command is carried out to its end even if the caller goes away meanwhile.
    match tokio::spawn(async move { (route.handler)(core, incoming).await }).await {
        Ok(Ok(reply)) => response(reply),
        Ok(Err(refusal)) => refused(&refusal),
        Err(_) => refused(&Refusal::defect()),
    }
}

fn response(reply: Reply) -> Response {
    // What the page may load: nothing that is not in it.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'self'";
    let headers = [
        (header::CONTENT_TYPE, reply.content_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_REQUEST), headers, reply.body).into_response()
}

pub(crate) fn refused(refusal: &Refusal) -> Response {
    let mut response = response(Reply::json(status(refusal), &json!({"message": refusal.text()})));
    if response.status() == StatusCode::UNAUTHORIZED {
        // Browsers ask for it then.
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"P100 sandbox: the control token\""));
    }
    response
}

/// As a page on the web would say it: a user or a card that is not there is not found.
pub(super) fn status(refusal: &Refusal) -> u16 {
    match refusal.body.error_code.as_ref().and_then(ErrorCode::info) {
        Some(info) if info.class == ErrorClass::NotFound => 404,
        _ => refusal.status,
    }
}

/// No such command: the response says which exist.
async fn unknown(request: Request) -> Response {
    missing(404, &format!("The control plane has no {} {}.", request.method(), request.uri().path()))
}

async fn wrong_method(request: Request) -> Response {
    missing(405, &format!("The control plane has {}, but no {} of it.", request.uri().path(), request.method()))
}

fn missing(status: u16, message: &str) -> Response {
    let routes: Vec<String> = ROUTES.iter().map(|route| format!("{} {}: {}", route.method, route.path, route.does)).collect();
    response(Reply::json(status, &json!({"message": message, "routes": routes})))
}
