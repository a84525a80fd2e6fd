//! SIGKILL at any time: it starts again, the books balance, and nothing that was saved is missing.
//!
//! There are 20 rounds, or as many as `P100_SANDBOX_KILLS` says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use p100::Client;
use p100::types::TransferRequest;
use p100_sandbox::control::Books;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{Folder, start};
use crate::users::limited;

/// How often it saves, and how much later that may be done on a busy machine.
const INTERVAL: Duration = Duration::from_millis(100);
const GRACE: Duration = Duration::from_secs(10);

/// Payments that got a response, with the time of that.
type Paid = Arc<watch::Sender<Vec<(String, Instant)>>>;

/// Pays until there is no response any more.
async fn load(client: Client, paid: Paid) {
    let request = TransferRequest::to_user("lim", p100::Decimal::ONE, "eur");
    while let Ok(transfer) = client.transfers().create(&request).await {
        paid.send_modify(|paid| paid.push((transfer.id().to_owned(), Instant::now())));
    }
}

/// Asks for saves until there is no response any more, and keeps which payments had a response before the last one that worked.
async fn saves(url: String, paid: Paid, saved: Arc<Mutex<BTreeSet<String>>>) {
    let http = crate::http();
    loop {
        let before: Vec<String> = paid.borrow().iter().map(|(id, _)| id.clone()).collect();
        match http.post(format!("{url}/_sandbox/state/save")).send().await {
            Ok(response) if response.status() == 200 => saved.lock().unwrap().extend(before),
            _ => return,
        }
    }
}

#[tokio::test]
async fn killed_at_any_time_it_goes_on_from_its_last_save() {
    let rounds: usize = std::env::var("P100_SANDBOX_KILLS").map_or(20, |rounds| rounds.parse().unwrap());
    let folder = Folder::new("crashes");
    let file = folder.file("state.json");
    let interval = INTERVAL.as_secs_f64().to_string();
    let arguments = ["--state", &*file, "--save-every", &interval];
    let program = start(&arguments).await;
    program.client().users().create_limited(&limited("lim")).await.unwrap();
    program.post("fund", serde_json::json!({"account": "partner", "currency": "eur", "amount": 1_000_000_000})).await;
    assert!(program.end("TERM").await.status.success());

    let paid = Paid::new(watch::Sender::new(Vec::new()));
    let saved = Arc::new(Mutex::new(BTreeSet::new()));
    let mut random = fastrand::Rng::with_seed(4100);
    let mut killed: Option<Instant> = None;
    for round in 0..=rounds {
        let mut program = start(&arguments).await;
        let state = program.state().await;
        let there: BTreeSet<&str> = state["world"]["transfers"].as_object().unwrap().keys().map(String::as_str).collect();
        let missing = |id: &String| !there.contains(id.as_str());
        assert!(!saved.lock().unwrap().iter().any(missing), "round {round}: a payment is missing that had been saved");
        let old = |at: &Instant| killed.is_some_and(|killed| killed.duration_since(*at) > INTERVAL + GRACE);
        assert!(!paid.borrow().iter().any(|(id, at)| old(at) && missing(id)), "round {round}: a payment is missing that is old");
        let books: Value = crate::http().get(format!("{}/_sandbox/ledger", program.url)).send().await.unwrap().json().await.unwrap();
        let books: Books = serde_json::from_value(books).unwrap();
        assert!(books.sums.values().all(p100::Decimal::is_zero), "round {round}: {:?}", books.sums);
        assert_eq!(books.entries.len(), 1 + there.len(), "round {round}: every payment is booked once");
        // What is there now has been saved; what is lost is lost.
        saved.lock().unwrap().extend(there.iter().map(|id| (*id).to_owned()));
        paid.send_modify(|paid| paid.retain(|(id, _)| there.contains(id.as_str())));
        if round == rounds {
            assert!(there.len() > rounds && program.end("TERM").await.status.success());
            break;
        }

        let before = paid.borrow().len();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            tasks.spawn(load(program.client(), Arc::clone(&paid)));
        }
        tasks.spawn(saves(program.url.clone(), Arc::clone(&paid), Arc::clone(&saved)));
        let enough = before + random.usize(1..150);
        let mut watched = paid.subscribe();
        let responded = timeout(super::PATIENCE, watched.wait_for(|paid| paid.len() >= enough)).await;
        drop(responded.unwrap_or_else(|_| panic!("round {round}: it does not respond")).unwrap());
        killed = Some(Instant::now());
        program.child.start_kill().unwrap();
        program.child.wait().await.unwrap();
        while tasks.join_next().await.transpose().unwrap().is_some() {}
    }
    assert_eq!(folder.names(), ["state.json"], "what the killed ones left is gone");
}
