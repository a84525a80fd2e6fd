//! A partner: a sandbox, a client of it, and a server that takes webhooks and can be down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use p100::Client;
use p100::webhooks::{self, Event, Verifier};
use p100_sandbox::{Receiver, Sandbox, Settings};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

use crate::money;

const TOKEN: &str = "the webhook token";

pub(super) struct Partner {
    pub(super) sandbox: Sandbox,
    address: SocketAddr,
    server: JoinHandle<()>,
    kept: UnboundedSender<Event>,
    events: UnboundedReceiver<Event>,
}

impl Partner {
    pub(super) async fn start(mut settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        settings.webhooks = Some(Receiver::builder().url(format!("http://{address}")).token(TOKEN).build());
        let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
        let (kept, events) = mpsc::unbounded_channel();
        let server = serve(listener, kept.clone(), 0);
        Self { sandbox, address, server, kept, events }
    }

    pub(super) fn client(&self) -> Client {
        self.sandbox.client()
    }

    /// Nobody listens any more.
    pub(super) async fn go_down(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// Somebody listens again, who keeps the first events but fails before saying so.
    pub(super) async fn come_back(&mut self, failures: usize) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.server = serve(listener, self.kept.clone(), failures);
    }

    /// What has arrived since the last time, all that is due by now included.
    pub(super) async fn events(&mut self) -> Vec<Event> {
        self.sandbox.settle().await;
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }

    /// The same in words.
    pub(super) async fn reported(&mut self) -> Vec<String> {
        self.events().await.iter().map(words).collect()
    }

    /// A member of the last webhook of this event.
    pub(super) fn last_of(&self, event: &str, member: &str) -> String {
        money::events(&self.sandbox, event).last().expect("an event")[member].as_str().expect("a text").to_owned()
    }
}

fn serve(listener: TcpListener, kept: UnboundedSender<Event>, failures: usize) -> JoinHandle<()> {
    let receiver = webhooks::Receiver::new(Verifier::new(TOKEN).unwrap());
    let failures = Arc::new(AtomicUsize::new(failures));
    let router = webhooks::router(receiver, move |event| {
        let fails = failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let kept = kept.send(event).is_ok();
        std::future::ready(if kept && !fails { Ok(()) } else { Err("switched to fail") })
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

fn body(event: &Event) -> Value {
    serde_json::from_slice(event.raw.bytes()).unwrap()
}

/// What an event is, its state, and what it is about.
pub(super) fn words(event: &Event) -> String {
    assert!(event.known().is_some(), "{event:?}");
    let body = body(event);
    let members = ["attemptStatus", "verificationStatus", "rejectionReason", "status", "amount", "currency"];
    let values = members.iter().filter_map(|member| match &body[member] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    std::iter::once(event.kind.unwrap().to_string()).chain(values).collect::<Vec<_>>().join(" ")
}

pub(super) fn status_of(event: &Event) -> String {
    body(event)["status"].as_str().unwrap().to_owned()
}
