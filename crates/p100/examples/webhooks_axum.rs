//! Receives webhooks with axum, and survives being down: `cargo run --example webhooks_axum --features p100/axum`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use p100::types::TransferRequest;
use p100::webhooks::{self, Event, Payload, Receiver, Verifier, WebhookEvent};
use p100::{Decimal, Require};
use p100_sandbox::control::NewUser;
use p100_sandbox::{Account, Sandbox};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// P100 sends an event again for about two minutes. Later the same may be news, such as a second refusal.
const REPEATS: Duration = Duration::from_secs(10 * 60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // A port that nobody serves yet: the receiver is down when the first events come.
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let sandbox = Sandbox::builder().webhooks(format!("http://{address}"), "the webhook token").start().await?;
    sandbox.add_user(NewUser::new("customer-42"))?;
    sandbox.fund(&Account::Partner, "eur", Decimal::from(100))?;
    let transfer = TransferRequest::to_user("customer-42", Decimal::new(355, 1), "eur");
    let transfer = sandbox.client().transfers().create(&transfer).await?;
    println!("accepted as {}", transfer.id());
    // The first attempt fails, and so do those after 8 and 16 seconds. The clock is the sandbox's: nothing waits here.
    sandbox.settle().await;
    sandbox.advance(Duration::from_secs(24)).await;

    // During a rotation both tokens are good: Verifier::new("new")?.also("old")?
    let receiver = Receiver::new(Verifier::new("the webhook token")?)
        // All that arrives is P100's, also events that this version does not know; behind other routes, write /hooks/p100.
        .base_path("/")
        // What no handler sees: wrong tokens, bodies that are too large. Alert somebody; the router has traced it too.
        .on_refused(|refusal| println!("refused with {}: {refusal}", refusal.status()));
    // The handler only puts the event where it is safe; a real one writes to a table or a durable queue.
    let (queue, mut events) = mpsc::channel::<(Instant, Event)>(1000);
    let router = webhooks::router(receiver.clone(), move |event| {
        let queue = queue.clone();
        async move { queue.send((Instant::now(), event)).await }
    });
    let listener = TcpListener::bind(address).await?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    sandbox.advance(Duration::from_secs(32)).await;
    let log = sandbox.deliveries();
    let delivery = log.last().ok_or("no delivery")?;
    println!("{}: {:?} after {} attempts", delivery.event, delivery.state, delivery.attempts.len());
    // P100 promises no exactly-once: a repeat must not count twice.
    sandbox.redeliver(delivery.id).await?;
    strangers(&format!("http://{address}")).await?;

    let mut seen = HashMap::new();
    while let Ok((received, event)) = events.try_recv() {
        if event.dedupe_key().is_some_and(|key| is_repeat(&mut seen, key, received)) {
            println!("a repeat, dropped");
            continue;
        }
        match &event.payload {
            Payload::Known(WebhookEvent::TransferStatus(transfer)) => {
                println!("transfer {} is {}", transfer.id.as_deref().require("id")?, transfer.status);
            }
            Payload::Known(WebhookEvent::Card3dsCode(code)) => println!("show a code to {:?}: {:?}", code.external_user_id, code.code),
            Payload::Known(other) => println!("{other:?}"),
            // Keep path and bytes: Receiver::recognise reads them once more after an upgrade.
            Payload::Unknown(reason) => println!("kept {} and {:?}: {reason}", event.path, event.raw),
        }
    }
    let stats = receiver.stats();
    println!("{} known, {} unknown, {} refused", stats.known, stats.unknown, stats.refused());
    Ok(())
}

/// Somebody without the token, and an event that P100 may have one day.
async fn strangers(base_url: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let http = p100::raw::reqwest::Client::new();
    http.post(format!("{base_url}/transfer-webhook")).body("{}").send().await?;
    let new = http.post(format!("{base_url}/loan-webhook")).header("authorization", "the webhook token");
    new.body(r#"{"loanId": "l-1", "status": "APPROVED"}"#).send().await?;
    Ok(())
}

/// Whether the key was there before, a short time ago.
fn is_repeat(seen: &mut HashMap<String, Instant>, key: String, received: Instant) -> bool {
    seen.retain(|_, first| received.duration_since(*first) < REPEATS);
    let is_known = seen.contains_key(&key);
    seen.entry(key).or_insert(received);
    is_known
}
