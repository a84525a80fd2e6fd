//! The mock server: `httpmock`'s, with a response for calls nobody expected.

use std::sync::{Arc, Mutex, PoisonError};

use httpmock::{HttpMockRequest, Mock};
use p100_raw::{Operation, operations};

use crate::{Then, When, matching};

/// A mock server on a free loopback port, with a method for each operation.
pub struct MockServer {
    server: httpmock::MockServer,
    expected: Arc<Mutex<Vec<&'static Operation>>>,
    fallback: Mutex<Option<usize>>,
}

impl MockServer {
    /// Starts a server.
    #[must_use]
    pub fn start() -> Self {
        Self::on(httpmock::MockServer::start())
    }

    /// Starts a server from asynchronous code.
    pub async fn start_async() -> Self {
        Self::on(httpmock::MockServer::start_async().await)
    }

    fn on(server: httpmock::MockServer) -> Self {
        let server = Self { server, expected: Arc::default(), fallback: Mutex::default() };
        server.renew_fallback();
        server
    }

    /// Where the server listens, e.g. `http://127.0.0.1:41234`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// Adds a mock of `operation`.
    pub(crate) fn expect<B, T, const SUCCESS: u16>(
        &self,
        operation: &'static Operation,
        configure: impl FnOnce(When<B>, Then<T, SUCCESS>),
    ) -> Mock<'_> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
        self.mock(|when, then| configure(When::new(when, operation), Then::new(then)))
    }

    /// Adds a mock that the document does not describe, such as a broken response.
    pub fn mock(&self, configure: impl FnOnce(httpmock::When, httpmock::Then)) -> Mock<'_> {
        let mock = self.server.mock(configure);
        self.renew_fallback();
        mock
    }

    /// The first mock that matches responds, so the fallback must be the last.
    fn renew_fallback(&self) {
        let mut fallback = self.fallback.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = fallback.take() {
            Mock::new(id, &self.server).delete();
        }
        let expected = Arc::clone(&self.expected);
        let mock = self.server.mock(|when, then| {
            when.is_true(|_| true);
            matching::unmatched(then, move |request| explain(request, &expected.lock().unwrap_or_else(PoisonError::into_inner)));
        });
        *fallback = Some(mock.id());
    }
}

fn explain(request: &HttpMockRequest, expected: &[&Operation]) -> String {
    let path = request.uri().path().to_owned();
    let called = operations::ALL
        .iter()
        .find(|operation| operation.method == request.method().as_str() && matching::parameters(operation, &path).is_some())
        .map_or_else(|| "no operation of the API".to_owned(), |operation| operation.id.to_owned());
    let expected: Vec<String> =
        expected.iter().map(|operation| format!("{} ({} {})", operation.id, operation.method, operation.path)).collect();
    let expected = if expected.is_empty() { "nothing".to_owned() } else { expected.join(", ") };
    format!(
        "no mock matches {} {path}, which is {called}; expected: {expected}. If the operation is among them, a parameter or the body differs.",
        request.method()
    )
}
