//! The client: what is common to all generated methods.

use std::sync::Arc;

use reqwest::{Request, Url};
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use crate::{Bytes, Call, Error, Form, Operation, RawBody, Response, Transport, json};

/// Calls the API: one method per operation, each named like the operation in snake case. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    base_url: String,
    http: reqwest::Client,
    transport: Arc<dyn Transport>,
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
        Self { base_url: base_url.as_str().trim_end_matches('/').to_owned(), http, transport }
    }

    /// Where requests go, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, operation: &'static Operation, request: Request) -> Result<Response<T>, Error> {
        decode(operation, self.send(operation, request, None).await?)
    }

    pub(crate) async fn upload<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        request: Request,
        form: Form,
    ) -> Result<Response<T>, Error> {
        decode(operation, self.send(operation, request, Some(form)).await?)
    }

    pub(crate) async fn raw(&self, operation: &'static Operation, request: Request) -> Result<Response<RawBody>, Error> {
        let answer = self.send(operation, request, None).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Response::new(RawBody::new(answer.into_inner()), status, headers, None))
    }

    /// The whole answer of a success; anything else is an error. Every 2xx is a success: the docs contradict themselves on which one
    /// a create answers, and money that moved must not look like a failure.
    async fn send(&self, operation: &'static Operation, request: Request, form: Option<Form>) -> Result<Response<Bytes>, Error> {
        let call = Call::new(operation, self.http.clone(), request, form);
        let answer = self.transport.send(&call).await.map_err(|error| Error::transport(operation, error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| Error::truncated(operation, status, headers.clone(), error))?;
        if status.is_success() {
            Ok(Response::new(body, status, headers, None))
        } else {
            Err(Error::answer(operation, status, headers, body))
        }
    }
}

fn decode<T: DeserializeOwned>(operation: &'static Operation, answer: Response<Bytes>) -> Result<Response<T>, Error> {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.into_inner();
    match json::decode(&body) {
        Ok(value) if operation.sensitive_answer => {
            if let Ok(mut bytes) = body.try_into_mut() {
                bytes.as_mut().zeroize();
            }
            Ok(Response::new(value, status, headers, None))
        }
        Ok(value) => Ok(Response::new(value, status, headers, Some(body))),
        Err(error) => Err(Error::undecodable(operation, status, headers, body, error)),
    }
}
