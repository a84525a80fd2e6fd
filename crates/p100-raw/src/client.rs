//! The client: what is common to all generated methods.

use std::sync::Arc;

use reqwest::{Request, RequestBuilder, Url};
use serde::de::DeserializeOwned;

use crate::{Answer, Call, Decoded, Deviations, Error, Form, Operation, RawBody, Response, Retry, Routes, Transport, json, path};

/// Calls the API: one method per operation, each named like the operation in snake case. Cheap to clone.
#[derive(Clone, Debug)]
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

    /// The beginning of a request to `operation`, with its path parameters filled in.
    pub(crate) fn request(&self, operation: &'static Operation, parameters: &[(&'static str, &str)]) -> Result<RequestBuilder, Error> {
        let (method, _) = self.routes.of(operation);
        Ok(self.http.request(method, self.url(operation, parameters)?))
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, operation: &'static Operation, request: Request) -> Result<Response<T>, Error> {
        let answer = self.send(operation, request, None).await?;
        self.decode(operation, answer)
    }

    pub(crate) async fn upload<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        request: Request,
        form: Form,
    ) -> Result<Response<T>, Error> {
        let answer = self.send(operation, request, Some(form)).await?;
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
        match json::decode(if is_empty { b"{}" } else { &*body }) {
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
