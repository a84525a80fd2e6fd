//! The client: what is common to all generated methods.

use std::fmt;
use std::sync::Arc;

use reqwest::{Request, Url};
use serde::de::DeserializeOwned;

use crate::draft::Draft;
use crate::keyed::{Keyed, SetupError};
use crate::{
    Call, CheckedCorrections, Corrections, Decoded, Deviations, Error, Form, InvalidCorrection, Operation, RawBody, RawResponse, Response,
    Retry, Sensitive, Transport, json, keyed, path,
};

/// Calls the API: one method per operation, each named like the operation in snake case. Cheap to clone.
///
#[doc = include_str!("generated/client/errors.md")]
///
/// # Assumed paths
///
/// No page of P100's docs states a path that is marked as assumed. If P100 responds with 404 to every call of such an operation, the guess is
/// wrong. If you know the right path or method, you need not wait for a release: name it in [`Corrections`], as any other name or word that
/// P100 uses otherwise.
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
    corrections: Option<CheckedCorrections>,
}

impl Client {
    /// A client of the server at `base_url`, an origin such as `https://partner-api-stage.p100.io` without the `/v1` of the paths.
    ///
    /// Each call is sent once and has no time limit. The key goes as `x-api-key` to this origin only; redirects are not followed. With
    /// `http` the key is readable on the way: only for loopback and trusted networks.
    ///
    /// # Errors
    /// The key is empty or a header cannot carry it, or TLS cannot be set up.
    pub fn new(base_url: Url, api_key: impl Into<Sensitive>) -> Result<Self, SetupError> {
        let http = keyed::http(&base_url)?;
        let transport = Keyed::new(http.clone(), &base_url, &api_key.into())?;
        Ok(Self::with_transport(base_url, http, Arc::new(transport)))
    }

    /// A client that sends through `transport`, which also brings the key; `http` only builds requests. `base_url` as for
    /// [`new`](Self::new).
    #[must_use]
    pub fn with_transport(base_url: Url, http: reqwest::Client, transport: Arc<dyn Transport>) -> Self {
        Self { base_url: base_url.as_str().trim_end_matches('/').into(), http, transport, corrections: None }
    }

    /// The same client, with these corrections instead of others.
    ///
    /// # Errors
    /// One of them does not fit the document: see [`Corrections::check`].
    pub fn with_corrections(self, corrections: &Corrections) -> Result<Self, InvalidCorrection> {
        let checked = corrections.check()?;
        Ok(Self { corrections: (!corrections.is_empty()).then_some(checked), ..self })
    }

    /// Its corrections, if it has any.
    #[must_use]
    pub fn corrections(&self) -> Option<&CheckedCorrections> {
        self.corrections.as_ref()
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
        let template = self.corrections.as_ref().map_or(operation.path, |corrections| corrections.route(operation).1);
        path::fill(operation, [&self.base_url, template].concat(), parameters)
    }

    /// The beginning of a request to `operation`, with its path parameters, which are given in the order of its path, filled in.
    pub(crate) fn draft(&self, operation: &'static Operation, parameters: &[&str]) -> Result<Draft<'_>, Error> {
        let method = match &self.corrections {
            Some(corrections) => corrections.route(operation).0,
            None => operation.method(),
        };
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
        let response = self.send(operation, request, form).await?;
        self.decode(operation, response)
    }

    pub(crate) async fn raw(&self, operation: &'static Operation, request: Request) -> Result<Response<RawBody>, Error> {
        let response = self.send(operation, request, None).await?;
        let body = RawBody::new(response.body, operation.sensitive_response);
        Ok(Response::new(body.clone(), response.status, response.headers, body, Deviations::default()))
    }

    /// The whole response of a success; anything else is an error. Every 2xx is a success: the docs contradict themselves on which one
    /// a create returns, and money that moved must not look like a failure.
    async fn send(&self, operation: &'static Operation, request: Request, form: Option<Form>) -> Result<RawResponse, Error> {
        let call = Call::new(operation, self.http.clone(), request, form, self.corrections.clone());
        match self.transport.send(&call).await {
            Ok(response) if response.status.is_success() => Ok(response),
            Ok(response) => {
                let meaning = call.meaning(&response);
                Err(Error::response(operation, response, meaning).of(call.retry()))
            }
            Err(error) => Err(Error::transport(operation, error).of(call.retry())),
        }
    }

    fn retry(&self, operation: &'static Operation) -> Retry {
        self.corrections.as_ref().map_or(operation.retry, |corrections| corrections.retry(operation))
    }

    fn decode<T: DeserializeOwned>(&self, operation: &'static Operation, response: RawResponse) -> Result<Response<T>, Error> {
        let RawResponse { status, headers, body } = response;
        // A success without a body says all that one without members says.
        let is_empty = body.trim_ascii().is_empty();
        let corrected = self.corrections.as_ref().and_then(|corrections| corrections.response(operation, &body));
        let text = corrected.as_ref().map_or(&*body, |text| text);
        match json::decode(if is_empty { b"{}".as_slice() } else { text }) {
            Ok(Decoded { value, mut deviations }) => {
                if is_empty && self.retry(operation) == Retry::Safe {
                    deviations.push(".", "expected a body");
                }
                if !deviations.is_empty() {
                    self.transport.deviated(operation, &deviations);
                }
                Ok(Response::new(value, status, headers, RawBody::new(body, operation.sensitive_response), deviations))
            }
            Err(error) => {
                let error = if corrected.is_some() { error.without_place() } else { error };
                Err(Error::undecodable(operation, RawResponse { status, headers, body }, error).of(self.retry(operation)))
            }
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
