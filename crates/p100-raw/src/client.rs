//! The client: what is common to all generated methods.

use std::fmt;
use std::sync::Arc;

use reqwest::{Request, Url};
use serde::de::DeserializeOwned;

use crate::draft::Draft;
use crate::{Answer, Call, Decoded, Deviations, Error, Form, Operation, RawBody, Response, Retry, Routes, Transport, json, path};

/// Calls the API: one method per operation, each named like the operation in snake case. Cheap to clone.
///
#[doc = include_str!("generated/client/errors.md")]
///
/// # Assumed paths
///
/// No page of P100's docs states a path that is marked as assumed. If P100 responds with 404 to every call of such an operation, the guess is
/// wrong. If you know the right path or method, you need not wait for a release: name it with
/// `p100::ClientBuilder::override_operation("<operation id>", ..)`, or with [`Routes::set`] where this crate is used alone.
///
/// # Calls that must not be repeated
///
/// P100 documents no idempotency key. If the outcome of a call that changes something is unknown, sending it again may pay twice:
/// [`Error::may_have_taken_effect`] says whether it can have happened. Check before you repeat it.
#[derive(Clone)]
pub struct Client {
    base_url: Arc<str>,
    http: reqwest::Client,
    transport: Arc<dyn Transport>,
    routes: Arc<Routes>,
}

impl Client {
    /// A client that sends with `http` as it is. P100's key is whatever default headers `http` has; let it follow no redirects, or
    /// they may carry that key elsewhere.
    #[must_use]
    pub fn new(base_url: Url, http: reqwest::Client) -> Self {
        Self::with_transport(base_url, http.clone(), Arc::new(http))
    }

    /// A client that sends through `transport`; `http` only builds requests. `base_url` is an origin such as
    /// `https://partner-api-stage.p100.io`, without the `/v1` of the paths.
    #[must_use]
    pub fn with_transport(base_url: Url, http: reqwest::Client, transport: Arc<dyn Transport>) -> Self {
        Self { base_url: base_url.as_str().trim_end_matches('/').into(), http, transport, routes: Arc::default() }
    }

    /// The same client, with other methods or paths for some operations.
    #[must_use]
    pub fn with_routes(self, routes: Routes) -> Self {
        Self { routes: Arc::new(routes), ..self }
    }

    /// Where requests go, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where a call of `operation` goes, with its path parameters by their names in the document filled in and encoded. Nothing is sent.
    ///
    /// # Errors
    /// A parameter is empty or a dot segment, so that the address would be another one.
    pub fn url(&self, operation: &'static Operation, parameters: &[(&'static str, &str)]) -> Result<String, Error> {
        let (_, template) = self.routes.of(operation);
        path::fill(operation, [&self.base_url, template].concat(), parameters)
    }

    /// The beginning of a request to `operation`, with its path parameters, which are given in the order of its path, filled in.
    pub(crate) fn draft(&self, operation: &'static Operation, parameters: &[&str]) -> Result<Draft<'_>, Error> {
        let (method, _) = self.routes.of(operation);
        let names = path::parameters(operation.path).unwrap_or_default();
        let named: Vec<(&'static str, &str)> = names.into_iter().zip(parameters.iter().copied()).collect();
        Ok(Draft::new(self, operation, self.http.request(method, self.url(operation, &named)?)))
    }

    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        request: Request,
        form: Option<Form>,
    ) -> Result<Response<T>, Error> {
        let answer = self.send(operation, request, form).await?;
        self.decode(operation, answer)
    }

    pub(crate) async fn raw(&self, operation: &'static Operation, request: Request) -> Result<Response<RawBody>, Error> {
        let answer = self.send(operation, request, None).await?;
        let body = RawBody::new(answer.body, operation.sensitive_answer);
        Ok(Response::new(body.clone(), answer.status, answer.headers, body, Deviations::default()))
    }

    /// The whole answer of a success; anything else is an error. Every 2xx is a success: the docs contradict themselves on which one
    /// a create answers, and money that moved must not look like a failure.
    async fn send(&self, operation: &'static Operation, request: Request, form: Option<Form>) -> Result<Answer, Error> {
        let call = Call::new(operation, self.http.clone(), request, form);
        let answer = self.transport.send(&call).await.map_err(|error| Error::transport(operation, error))?;
        if answer.status.is_success() { Ok(answer) } else { Err(Error::answer(operation, answer)) }
    }

    fn decode<T: DeserializeOwned>(&self, operation: &'static Operation, answer: Answer) -> Result<Response<T>, Error> {
        let Answer { status, headers, body } = answer;
        // A success without a body says all that one without members says.
        let is_empty = body.trim_ascii().is_empty();
        match json::decode(if is_empty { b"{}".as_slice() } else { &body }) {
            Ok(Decoded { value, mut deviations }) => {
                if is_empty && operation.retry == Retry::Safe {
                    deviations.push(".", "expected a body");
                }
                if !deviations.is_empty() {
                    self.transport.deviated(operation, &deviations);
                }
                Ok(Response::new(value, status, headers, RawBody::new(body, operation.sensitive_answer), deviations))
            }
            Err(error) => Err(Error::undecodable(operation, Answer { status, headers, body }, error)),
        }
    }
}

impl fmt::Debug for Client {
    /// Only where requests go: default headers of the HTTP client may hold the key, and a transport of one's own whatever it needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = Url::parse(&self.base_url).map(|url| url.origin().ascii_serialization());
        f.debug_struct("Client").field("origin", &origin.unwrap_or_default()).finish_non_exhaustive()
    }
}
