//! Connections that go silent or idle, over TLS, with a server of HTTP/2 and one of HTTP/1.1.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, advance, pause, resume, timeout};
use tokio_rustls::TlsAcceptor;

use super::loopback::{Tls, create, listen};
use crate::{Client, ClientBuilder, ErrorKind, Retries};

const PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// A server behind a line that can go silent.
struct Server {
    line: SocketAddr,
    tls: Tls,
    /// How many connections there have been.
    connections: Arc<AtomicUsize>,
    silence: watch::Sender<()>,
}

impl Server {
    async fn start(protocol: &'static str) -> Self {
        let tls = Tls::new(protocol);
        let server = listen(serve(tls.acceptor.clone(), protocol)).await;

        let connections = Arc::<AtomicUsize>::default();
        let (silence, silenced) = watch::channel(());
        let counted = Arc::clone(&connections);
        let line = listen(move |mut near| {
            counted.fetch_add(1, Ordering::Relaxed);
            let mut silenced = silenced.clone();
            silenced.mark_unchanged();
            async move {
                let mut far = TcpStream::connect(server).await.expect("the server");
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    // Neither end hears of it.
                    _ = silenced.changed() => std::future::pending().await,
                }
            }
        })
        .await;
        Self { line, tls, connections, silence }
    }

    fn client(&self, configure: fn(ClientBuilder) -> ClientBuilder) -> Client {
        self.tls.client(self.line, |builder| configure(builder.retries(Retries::none())))
    }

    /// Nothing passes any more on the connections there are.
    fn silence(&self) {
        self.silence.send_replace(());
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn serve(tls: TlsAcceptor, protocol: &'static str) -> impl Fn(TcpStream) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
    move |stream| {
        let tls = tls.clone();
        Box::pin(async move {
            let Ok(stream) = tls.accept(stream).await else { return };
            let response =
                service_fn(async |_: Request<Incoming>| Ok::<_, Infallible>(Response::new(r#"{"transferId":"t-1"}"#.to_owned())));
            // How it ends is what the client sees.
            let _ = if protocol == "h2" {
                hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), response).await
            } else {
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), response).await
            };
        })
    }
}

#[tokio::test]
async fn after_a_timeout_all_later_calls_have_a_new_connection() {
    for protocol in PROTOCOLS {
        let server = Server::start(protocol).await;
        let client = server.client(|builder| builder.attempt_timeout(SECONDS(5)));
        create(&client).await.expect(protocol);
        create(&client).await.expect("the same connection");
        assert_eq!(server.connections(), 1);
        server.silence();
        pause();
        let error = create(&client).await.expect_err("no response");
        resume();
        assert_eq!((error.kind(), error.is_timeout(), error.may_have_taken_effect()), (ErrorKind::NoResponse, true, true), "{protocol}");
        for _ in 0..3 {
            create(&client.clone()).await.expect(protocol);
        }
        assert_eq!(server.connections(), 2, "{protocol}");
    }
}

/// Many calls time out on one connection: one new connection is enough.
#[tokio::test]
async fn calls_that_time_out_together_retire_their_connection_once() {
    let server = Server::start("h2").await;
    let client = server.client(|builder| builder.attempt_timeout(SECONDS(5)));
    create(&client).await.expect("accepted");
    server.silence();
    pause();
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { create(&client).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.expect("no panic").expect_err("no response").is_timeout());
    }
    resume();
    create(&client).await.expect("accepted");
    create(&client).await.expect("accepted");
    assert_eq!(server.connections(), 2);
}

/// Whoever has no time limits, as for an upload, still gets an end.
#[tokio::test]
async fn a_silent_http_2_connection_ends_by_itself() {
    let server = Server::start("h2").await;
    let client = server.client(|builder| builder.attempt_timeout(None).call_timeout(None));
    create(&client).await.expect("accepted");
    server.silence();
    pause();
    let begin = Instant::now();
    let error = create(&client).await.expect_err("no response");
    assert!(begin.elapsed() <= SECONDS(31), "{:?}", begin.elapsed());
    resume();
    assert!(error.may_have_taken_effect(), "{error}");
    create(&client).await.expect("a new connection");
    assert_eq!(server.connections(), 2);
}

/// Their caller gives up before the client does, so that nothing times out here.
#[tokio::test]
async fn calls_that_are_dropped_do_not_keep_a_silent_http_2_connection() {
    let server = Server::start("h2").await;
    let client = server.client(|builder| builder);
    create(&client).await.expect("accepted");
    server.silence();
    pause();
    for _ in 0..5 {
        timeout(SECONDS(5), create(&client)).await.expect_err("no response");
    }
    advance(SECONDS(6)).await;
    resume();
    create(&client).await.expect("a new connection");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_idled_takes_no_call() {
    for protocol in PROTOCOLS {
        for (configure, idle, connections) in [
            ((|builder| builder) as fn(ClientBuilder) -> ClientBuilder, 15, 1),
            (|builder| builder, 25, 2),
            (|builder| builder.idle_timeout(SECONDS(40)), 25, 1),
            (|builder| builder.idle_timeout(SECONDS(5)), 15, 2),
        ] {
            let server = Server::start(protocol).await;
            let client = server.client(configure);
            create(&client).await.expect(protocol);
            // The response is there before its connection is in the pool again.
            tokio::task::yield_now().await;
            pause();
            advance(SECONDS(idle)).await;
            resume();
            create(&client).await.expect(protocol);
            assert_eq!(server.connections(), connections, "{protocol} after {idle} s");
        }
    }
}
