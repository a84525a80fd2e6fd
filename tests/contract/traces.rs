//! What gets logged, at the most talkative level: the operation and its outcome, and nothing personal or secret.

use std::cell::RefCell;
use std::io;

use p100::Client;
use p100_httpmock::MockServer;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::DOCUMENT;
use crate::harness::{Arguments, call};
use crate::samples::Sample;

const KEY: &str = "k3y-0f-th3-p4rtn3r";
const MARK: &str = "S3CRET";
const USER: &str = "us3r-1d-0f-th3-p4rtn3r";

thread_local! {
    /// What was logged on this thread.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Appends to the log of the thread. A subscriber of one thread only would race with other tests for tracing's caches.
#[derive(Clone, Copy)]
struct ThreadLog;

impl io::Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn traces_tell_the_operation_and_its_outcome_but_no_secret_and_nobody() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(|| ThreadLog)
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.is_true(|_| true);
        let error = format!(r#"{{"errorCode":"P403","errorMessage":"{MARK}"}}"#);
        then.status(400).header("x-request-id", "r-17").header("set-cookie", MARK).body(error);
    });
    let client = Client::builder().base_url(server.base_url()).api_key(KEY).build().expect("a client");
    let sample = Sample { sensitive: |name| format!("{MARK}-{name}"), ..Sample::default() };
    for operation in DOCUMENT.operations() {
        let mut arguments = Arguments::of(operation, USER);
        if let Some(schema) = operation.body.as_ref().filter(|_| operation.upload().is_none()).and_then(|body| body.schema()) {
            arguments.body = sample.of(schema).to_string();
        }
        call(client.raw(), &operation.id, &arguments).await.expect_err("refused");
    }
    let text = LOG.with_borrow(|log| String::from_utf8_lossy(log).into_owned());
    for operation in DOCUMENT.operations() {
        let told = format!("p100.call{{operation=\"{}\" attempt=1 status=400 error_code=\"P403\" request_id=\"r-17\"", operation.id);
        assert!(text.contains(&told), "{} is not told:\n{text}", operation.id);
    }
    assert!(text.contains("duration_ms="));
    for secret in [KEY, MARK, USER] {
        assert!(!text.contains(secret), "{secret} was logged:\n{}", text.lines().find(|line| line.contains(secret)).unwrap_or_default());
    }
}
