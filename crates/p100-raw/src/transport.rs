//! The one seam through which every request goes.

use std::fmt;
use std::pin::Pin;

use reqwest::{Request, RequestBuilder, Url};

use crate::{Form, Operation};

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The future of a [`Transport`].
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<reqwest::Response, TransportError>> + Send + 'a>>;

/// Sends requests. Authentication, deadlines, retries and tracing live behind it, once for all operations.
///
/// `reqwest::Client` is a transport that just sends. The crate `p100` brings the one meant for production.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends `call` and returns the head of the answer, whatever its status.
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a>;
}

impl Transport for reqwest::Client {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move { Ok(self.execute(call.request()?).await?) })
    }
}

/// One call: which operation, and the request that carries it out.
pub struct Call {
    operation: &'static Operation,
    client: reqwest::Client,
    head: Request,
    form: Option<Form>,
}

impl Call {
    pub(crate) fn new(operation: &'static Operation, client: reqwest::Client, head: Request, form: Option<Form>) -> Self {
        Self { operation, client, head, form }
    }

    /// What is called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Where it goes. The query may carry data that does not belong in logs.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.head.url()
    }

    /// A fresh request for one attempt. Uploads from files are rewound, not read into memory.
    ///
    /// # Errors
    /// A file of the upload cannot be rewound, or its content type is not one.
    pub fn request(&self) -> Result<Request, TransportError> {
        let head = self.head.try_clone().ok_or_else(|| TransportError::not_sent("the body of this request cannot be sent twice"))?;
        match &self.form {
            None => Ok(head),
            Some(form) => {
                let form = form.to_multipart().map_err(TransportError::not_sent)?;
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

/// Why no answer came back.
#[derive(Debug)]
pub struct TransportError {
    maybe_sent: bool,
    source: BoxError,
}

impl TransportError {
    /// The request certainly never reached the server.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self { maybe_sent: false, source: source.into() }
    }

    /// The server may have read the request.
    pub fn maybe_sent(source: impl Into<BoxError>) -> Self {
        Self { maybe_sent: true, source: source.into() }
    }

    /// Whether the server may have read the request.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.maybe_sent
    }
}

impl From<reqwest::Error> for TransportError {
    /// Only a request that could not be built or connected is known not to have been sent.
    fn from(error: reqwest::Error) -> Self {
        let maybe_sent = !(error.is_builder() || error.is_connect());
        Self { maybe_sent, source: error.without_url().into() }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.maybe_sent { "no answer arrived; the request may have been read" } else { "the request was not sent" })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
