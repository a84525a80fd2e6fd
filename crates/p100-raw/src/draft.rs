//! A request being built: what the generated methods share.

use std::fmt::Display;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Request, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::{Client, Error, Form, Operation, RawBody, Response, Wire};

/// A request to `operation` that has not left yet.
pub(crate) struct Draft<'c> {
    client: &'c Client,
    operation: &'static Operation,
    request: RequestBuilder,
}

impl<'c> Draft<'c> {
    pub(crate) fn new(client: &'c Client, operation: &'static Operation, request: RequestBuilder) -> Self {
        Self { client, operation, request }
    }

    /// With a query parameter.
    pub(crate) fn query(self, name: &str, value: impl Display) -> Self {
        let name = self.client.corrections().map_or(name, |corrections| corrections.parameter(self.operation, name));
        Self { request: self.request.query(&[(name, value.to_string())]), ..self }
    }

    /// With a query parameter, if it is given.
    pub(crate) fn optional_query(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// With a JSON body.
    pub(crate) fn body(self, body: &impl Serialize) -> Self {
        let names = self.client.corrections().and_then(|corrections| corrections.request(self.operation));
        let text = names.and_then(|names| Some(names.to_wire(&Zeroizing::new(serde_json::to_vec(&Wire(body)).ok()?))));
        let request = match text {
            Some(text) => self.request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(text.to_vec()),
            None => self.request.json(&Wire(body)),
        };
        Self { request, ..self }
    }

    /// Sends it and decodes the JSON of the response.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let (client, operation) = (self.client, self.operation);
        client.json(operation, self.accepting_json()?, None).await
    }

    /// Sends it with a form; the transport adds the form to every attempt.
    pub(crate) async fn upload<T: DeserializeOwned>(self, form: impl Into<Form>) -> Result<Response<T>, Error> {
        let (client, operation) = (self.client, self.operation);
        client.json(operation, self.accepting_json()?, Some(form.into())).await
    }

    /// Sends it and leaves the body of the response as it is.
    pub(crate) async fn raw(self) -> Result<Response<RawBody>, Error> {
        let (client, operation) = (self.client, self.operation);
        client.raw(operation, self.build()?).await
    }

    fn accepting_json(self) -> Result<Request, Error> {
        let mut request = self.build()?;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    fn build(self) -> Result<Request, Error> {
        let operation = self.operation;
        self.request.build().map_err(|error| Error::unbuildable(operation, error))
    }
}
