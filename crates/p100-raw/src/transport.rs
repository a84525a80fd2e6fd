//! The one seam through which every request goes.

mod refusal;

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Body, Method, Request, RequestBuilder, StatusCode, Url};

use crate::{CheckedCorrections, Deviations, Form, Meaning, Operation, Retry};

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The future of a [`Transport`].
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<RawResponse, TransportError>> + Send + 'a>>;

/// Sends requests. Authentication, deadlines, retries and tracing live behind it, once for all operations.
///
/// `reqwest::Client` is a transport that just sends. The crate `p100` brings the one meant for production.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends `call` and returns the whole response, whatever its status.
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a>;

    /// Hears of a success that was read but for some parts: see [`Response::deviations`](crate::Response::deviations). Nothing is done
    /// unless this is overridden.
    fn deviated(&self, operation: &'static Operation, deviations: &Deviations) {
        let _ = (operation, deviations);
    }
}

impl Transport for reqwest::Client {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move { execute(self, call.request()?).await })
    }
}

/// Sends `request` once and reads the whole response.
pub(crate) async fn execute(http: &reqwest::Client, request: Request) -> Result<RawResponse, TransportError> {
    let has_body = request.body().is_some();
    let response = http.execute(request).await.map_err(|error| TransportError::without_response(error, has_body))?;
    RawResponse::read(response).await
}

/// One call: which operation, and the request that carries it out.
pub struct Call {
    operation: &'static Operation,
    client: reqwest::Client,
    head: Request,
    form: Option<Form>,
    corrections: Option<CheckedCorrections>,
}

impl Call {
    pub(crate) fn new(
        operation: &'static Operation,
        client: reqwest::Client,
        head: Request,
        form: Option<Form>,
        corrections: Option<CheckedCorrections>,
    ) -> Self {
        debug_assert!(head.body().is_none_or(|body| body.as_bytes().is_some()), "generated requests stream nothing but their form");
        Self { operation, client, head, form, corrections }
    }

    /// What is called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Whether it may be sent again if its outcome is unknown: as the document says of the operation, unless
    /// [corrected](crate::Corrections).
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.corrections.as_ref().map_or(self.operation.retry, |corrections| corrections.retry(self.operation))
    }

    /// What a response to it that is no success certainly says.
    #[must_use]
    pub fn meaning(&self, response: &RawResponse) -> Meaning {
        Meaning::corrected(response.status, &response.body, self.corrections.as_ref())
    }

    /// Where it goes. The query may carry data that does not belong in logs.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.head.url()
    }

    /// Whether it carries files, so that sending it takes as long as the line needs.
    #[must_use]
    pub fn is_upload(&self) -> bool {
        self.form.is_some()
    }

    /// A fresh request for one attempt. Uploads from files are rewound, not read into memory.
    ///
    /// # Errors
    /// A file of the upload cannot be rewound, or its content type is not one.
    pub fn request(&self) -> Result<Request, TransportError> {
        // `Request::try_clone` leaves no room for the headers of a transport, and prepares for a timeout that no request has: together
        // that costs more than all the rest of this.
        let mut head = Request::new(self.head.method().clone(), self.head.url().clone());
        head.headers_mut().reserve(7);
        for (name, value) in self.head.headers() {
            head.headers_mut().append(name, value.clone());
        }
        *head.body_mut() = self.head.body().and_then(Body::as_bytes).map(|body| body.to_vec().into());
        match &self.form {
            None => {
                // Without a length some servers wait for a body, others refuse the request.
                let has_body_by_its_method = matches!(*head.method(), Method::POST | Method::PUT | Method::PATCH);
                if head.body().is_none() && has_body_by_its_method {
                    head.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
                }
                Ok(head)
            }
            Some(form) => {
                let names = self.corrections.as_ref().and_then(|corrections| corrections.request(self.operation));
                let form = form.to_multipart(|part| names.map_or(part, |names| names.on_wire(part))).map_err(TransportError::not_sent)?;
                RequestBuilder::from_parts(self.client.clone(), head).multipart(form).build().map_err(TransportError::not_sent)
            }
        }
    }
}

impl fmt::Debug for Call {
    /// Not the request: its path, query and body may carry personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// A whole response.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it arrived.
    pub body: Bytes,
}

impl RawResponse {
    /// A response of these parts.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body }
    }

    /// Reads the body to its end, whatever its size.
    ///
    /// # Errors
    /// The body is cut off.
    pub async fn read(response: reqwest::Response) -> Result<Self, TransportError> {
        let (status, headers) = (response.status(), response.headers().clone());
        match response.bytes().await {
            Ok(body) => Ok(Self { status, headers, body }),
            Err(error) => Err(TransportError::incomplete_body(status, headers, error)),
        }
    }
}

impl fmt::Debug for RawResponse {
    /// Neither headers nor body: they may carry what must not be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("status", &self.status.as_u16()).field("length", &self.body.len()).finish_non_exhaustive()
    }
}

/// Why no whole response came back.
pub struct TransportError {
    stage: Stage,
    /// Of the response whose body is incomplete.
    head: Option<Box<(StatusCode, HeaderMap)>>,
    is_timeout: bool,
    source: BoxError,
}

/// How far a request got.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    NotSent,
    NoResponse,
    IncompleteBody,
}

impl TransportError {
    /// The server certainly did not process the request.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self::new(Stage::NotSent, source.into())
    }

    /// The server may have read the request; no head of a response arrived.
    pub fn no_response(source: impl Into<BoxError>) -> Self {
        Self::new(Stage::NoResponse, source.into())
    }

    /// The head of a response arrived, its body is incomplete.
    pub fn incomplete_body(status: StatusCode, headers: HeaderMap, source: impl Into<BoxError>) -> Self {
        Self { head: Some(Box::new((status, headers))), ..Self::new(Stage::IncompleteBody, source.into()) }
    }

    /// The HTTP client has no response to a request, with or without a body, that was handed to it.
    ///
    /// That the server did not process the request is certain if no connection could be established, and over HTTP/2 (RFC 9113, 8.7) if
    /// it refused the stream (`REFUSED_STREAM`), or closes the connection without a fault (`GOAWAY`) and the stream is above the last one
    /// that it takes. Without a body the latter is not certain: the HTTP client reports the same when the `GOAWAY` arrives while it
    /// writes the request, whatever the stream is. One with a body is not written to its end then.
    #[must_use]
    pub fn without_response(error: reqwest::Error, has_body: bool) -> Self {
        let is_unprocessed = error.is_connect() || refusal::is_certain(&error, has_body);
        let stage = if error.is_builder() || is_unprocessed { Stage::NotSent } else { Stage::NoResponse };
        Self::new(stage, error.into())
    }

    fn new(stage: Stage, source: BoxError) -> Self {
        match source.downcast::<reqwest::Error>() {
            // The address may hold ids and the query; it stays out of errors.
            Ok(error) => Self { stage, head: None, is_timeout: error.is_timeout(), source: error.without_url().into() },
            Err(source) => Self { stage, head: None, is_timeout: false, source },
        }
    }

    /// The same, marked as a timeout.
    #[must_use]
    pub fn timed_out(self) -> Self {
        Self { is_timeout: true, ..self }
    }

    /// Whether the server may have read the request.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        !matches!(self.stage, Stage::NotSent)
    }

    /// Whether the same request may be sent again, whatever it does: no connection could be established, or the server stated that it did
    /// not process it. See [`without_response`](Self::without_response).
    #[must_use]
    pub fn is_unprocessed(&self) -> bool {
        let is_of_http = || self.source.downcast_ref::<reqwest::Error>().is_some_and(|error| !error.is_builder());
        matches!(self.stage, Stage::NotSent) && is_of_http()
    }

    /// Whether time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.is_timeout
    }

    /// Status and headers of the response whose body is incomplete. They move into the [`Error`](crate::Error) that this becomes.
    #[must_use]
    pub fn head(&self) -> Option<(StatusCode, &HeaderMap)> {
        self.head.as_deref().map(|(status, headers)| (*status, headers))
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Moves out status and headers of the response whose body is incomplete.
    pub(crate) fn take_head(&mut self) -> Option<(StatusCode, HeaderMap)> {
        self.head.take().map(|head| *head)
    }
}

impl From<reqwest::Error> for TransportError {
    /// As [`without_response`](TransportError::without_response), of a request that may have no body.
    fn from(error: reqwest::Error) -> Self {
        Self::without_response(error, false)
    }
}

impl fmt::Debug for TransportError {
    /// Not the headers: they may carry what must not be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("stage", &self.stage)
            .field("is_timeout", &self.is_timeout)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.stage {
            Stage::NotSent => "the request was not sent",
            Stage::NoResponse => "no response received; the request may have been read",
            Stage::IncompleteBody => "response body incomplete",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
