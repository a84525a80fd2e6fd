//! Whatever several clients do at once, and in whatever order: the books stay right, and nothing is lost in a copy.
//!
//! What is drawn comes from a seed, which a failure reports. `P100_SANDBOX_SEED=7 cargo test -p p100-sandbox --test sandbox property` has
//! the clients draw the same again; in which order their calls arrive is chance.

mod client;
mod draw;
mod notes;
mod payment;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use p100::types::{NetworkFeeCurrency, NetworkFeeNetwork};
use p100_sandbox::{Account, Sandbox, When};
use serde_json::Value;
use tokio::task::JoinSet;

use client::{Actor, Fees, balances, client};
use notes::{Notes, holdings_of};
use payment::{Holdings, apply};

const CLIENTS: u64 = 8;

/// Each goes on with a copy of the sandbox before.
const ROUNDS: u64 = 3;

/// By one client in one round: about 10,000 in all.
const OPERATIONS: u64 = 10_000_u64.div_ceil(CLIENTS * ROUNDS);

/// Done by a sandbox and by its copy, one after the other, with the same responses.
const TWICE: usize = 100;

type Shared<T> = Arc<Mutex<T>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_clients_do_at_once_no_money_is_made_or_lost_and_a_copy_goes_on_as_the_original() {
    let seed = std::env::var("P100_SANDBOX_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().expect("a number"));
    if let Err(failure) = tokio::spawn(run(seed)).await {
        panic!("P100_SANDBOX_SEED={seed} draws the same again: {failure}");
    }
}

async fn run(seed: u64) {
    let mut sandbox = Arc::new(Sandbox::builder().seed(seed).start().await.expect("a sandbox"));
    let fees = Arc::new(fees(&sandbox).await);
    let mut notes = Shared::default();
    Actor::new(&sandbox, &client(&sandbox), &notes, &fees, seed).begin();
    for round in 0..ROUNDS {
        let client = client(&sandbox);
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            let mut actor = Actor::new(&sandbox, &client, &notes, &fees, seed.wrapping_add(round * CLIENTS + number + 1));
            let original = ((round, number) == (1, 0)).then(|| Arc::clone(&sandbox));
            clients.spawn(async move {
                for operation in 0..OPERATIONS {
                    if let Some(original) = original.as_ref().filter(|_| operation == OPERATIONS / 2) {
                        check_export(original).await;
                    }
                    actor.act().await;
                }
            });
        }
        while let Some(ended) = clients.join_next().await {
            ended.expect("a client that gets what it expects");
        }
        (sandbox, notes) = continue_with_copy(&sandbox, &notes, &fees, seed.wrapping_sub(round)).await;
    }
    let notes = std::mem::take(&mut *notes.lock().expect("no client has failed"));
    settle(&sandbox);
    check_end(&sandbox, notes).await;
}

/// What withdrawals cost, as it is reported beforehand.
async fn fees(sandbox: &Sandbox) -> Fees {
    let client = client(sandbox);
    let balances = client.partner().balances().await.expect("balances").crypto_balances.unwrap();
    let mut fees = Fees::new();
    for balance in balances {
        let currency = draw::CURRENCIES.iter().find(|currency| balance.name == currency.slug).expect("a known currency");
        for (index, (network, terms)) in balance.network_config.unwrap().into_iter().enumerate() {
            let other = (index > 0).then(|| NetworkFeeNetwork::from(network.as_str()));
            let chain = client.withdrawals().network_fee(NetworkFeeCurrency::from(currency.slug), other).await.expect("a fee");
            fees.push((currency.slug, network, terms.withdrawal.unwrap().fee_withdrawal.unwrap(), chain.network_fee.unwrap()));
        }
    }
    fees
}

/// What is exported at any moment is a state, and exported as the same bytes again.
async fn check_export(sandbox: &Sandbox) {
    let state = sandbox.export();
    let copy = Sandbox::builder().state(&state).start().await.expect("a copy");
    assert!(copy.export() == state, "an imported state is exported as other bytes");
}

/// Hands over to a copy, which responds and becomes as the original does.
async fn continue_with_copy(original: &Arc<Sandbox>, notes: &Shared<Notes>, fees: &Arc<Fees>, seed: u64) -> (Arc<Sandbox>, Shared<Notes>) {
    let state = original.export();
    // One in which something else has happened before.
    let copy = Arc::new(Sandbox::start().await.expect("a sandbox"));
    Actor::new(&copy, &client(&copy), &Shared::default(), fees, seed).begin();
    copy.import(&state).await.expect("its own state");
    assert!(copy.export() == state, "an imported state is exported as other bytes");

    let mut ends = Vec::new();
    for sandbox in [original, &copy] {
        let notes = Arc::new(Mutex::new(notes.lock().expect("no client has failed").clone()));
        let mut actor = Actor::new(sandbox, &client(sandbox), &notes, fees, seed);
        actor.responses = Some(Vec::new());
        // What chance asks for too rarely.
        actor.try_locks().await;
        actor.try_cards();
        for _ in 0..50 {
            actor.read_payment().await;
        }
        for _ in 0..TWICE {
            actor.act().await;
        }
        ends.push((actor.responses.unwrap_or_default(), sandbox.export(), notes));
    }
    let [(responses, state, _), (responses_of_copy, state_of_copy, notes)] = <[_; 2]>::try_from(ends).expect("two");
    for (original, copy) in responses.iter().zip(&responses_of_copy) {
        assert_eq!(original, copy, "the copy returns something else");
    }
    assert!(state == state_of_copy, "the copy has become something else");
    (copy, notes)
}

/// Lets everything happen that still waits.
fn settle(sandbox: &Sandbox) {
    sandbox.clear_faults();
    let mut settings = sandbox.settings();
    settings.steps.values_mut().for_each(|when| *when = When::Immediate);
    sandbox.set_settings(settings).expect("settings");
    // Each time 200 of them, and few cause others.
    for _ in 0..200 {
        let pending = sandbox.overview().pending;
        if pending.is_empty() {
            return;
        }
        for step in pending {
            // What waits for the same may have happened together.
            let _ = sandbox.proceed(&step.subject);
        }
    }
    panic!("what has happened is still to happen");
}

/// What there is must be what came in less what went out, by what the clients know.
async fn check_end(sandbox: &Sandbox, mut notes: Notes) {
    let client = client(sandbox);
    let reported = reported(sandbox);
    let mut expected = Holdings::new();
    apply(&mut expected, &notes.booked);

    for (id, deposit) in &notes.deposits {
        let status = reported.get(&("cryptoDepositStatus".to_owned(), id.clone())).and_then(|statuses| statuses.last());
        let credited = status.expect("a webhook") == "SUCCESSFUL";
        let [may, must] = [None, Some(true)]
            .map(|named| !deposit.refused && (!deposit.travel_rule || deposit.named == Some(true) || deposit.named == named));
        assert!(may || !credited, "{id} was credited: {deposit:?}");
        assert!(credited || !must, "{id} was not credited: {deposit:?}");
        apply(&mut expected, credited.then_some(&deposit.movement));
    }

    // Payments without a response are found by their webhooks.
    for (event, _) in payment::EVENTS {
        for (_, id) in reported.keys().filter(|(name, _)| name == event) {
            if notes.payments.contains_key(id) {
                continue;
            }
            let (details, ..) = payment::details(&client, event, id).await.expect("details");
            let certain = notes.lost.iter().position(|(payment, certain)| *certain && payment.reported == details);
            let found = certain.or_else(|| notes.lost.iter().position(|(payment, _)| payment.reported == details));
            let (payment, _) = notes.lost.swap_remove(found.unwrap_or_else(|| panic!("nobody asked for {id}: {details:?}")));
            notes.payments.insert(id.clone(), payment);
            notes.count("found", true);
        }
    }
    let missing = notes.lost.iter().find(|(_, certain)| *certain);
    assert!(missing.is_none(), "a payment was accepted, and nothing came of it: {missing:?}");

    for (id, payment) in &notes.payments {
        let (details, status, _) = payment::details(&client, payment.reported.event, id).await.expect("details");
        assert_eq!(details, payment.reported, "{id}");
        let succeeded = payment::outcome(&status).unwrap_or_else(|| panic!("{id} is not over"));
        let before = notes.ends.get(id);
        assert!(before.is_none_or(|before| *before == succeeded), "{id} had ended otherwise");
        let statuses = &reported[&(payment.reported.event.to_owned(), id.clone())];
        let ends: Vec<_> = statuses.iter().filter(|status| payment::outcome(status).is_some()).collect();
        assert_eq!(ends, [&status], "{id} ends once, and that is reported");
        apply(&mut expected, payment.movements.iter().filter(|_| succeeded));
        *notes.counts.entry(payment.reported.event).or_default().get_mut(usize::from(!succeeded)).expect("a count") += 1;
    }

    let books = sandbox.books();
    notes.check(&books);
    let held = holdings_of(&books);
    expected.retain(|_, amount| !amount.is_zero());
    for (key, amount) in &expected {
        assert_eq!(held.get(key), Some(amount), "{key:?}");
    }
    assert_eq!(held, expected);
    let accounts: Vec<_> = notes.users.iter().map(|user| Account::User(user.clone())).chain([Account::Partner]).collect();
    for account in accounts {
        let reported = match balances(&client, &account).await {
            Ok(reported) => reported,
            // Deleted: of some that is not known.
            Err(error) => {
                assert_eq!(error.code(), Some(&p100::types::ErrorCode::P412), "{account}");
                continue;
            }
        };
        for (slug, amount) in reported {
            let held = held.get(&(account.clone(), slug.clone())).copied().unwrap_or_default();
            assert_eq!((amount, amount.scale()), (held, draw::decimals(&slug)), "{account} {slug}");
        }
        notes.count("told", true);
    }
    check_counts(&notes.counts);
}

/// Statuses that webhooks reported, by event and id.
fn reported(sandbox: &Sandbox) -> BTreeMap<(String, String), Vec<String>> {
    let mut reported: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for delivery in sandbox.deliveries() {
        let members = payment::EVENTS.into_iter().chain([("cryptoDepositStatus", "cryptoDepositId")]);
        for (event, member) in members.filter(|(event, _)| *event == delivery.event) {
            let body: Value = serde_json::from_str(&delivery.body).expect("JSON");
            let text = |member: &str| body[member].as_str().expect("a text").to_owned();
            reported.entry((event.to_owned(), text(member))).or_default().push(text("status"));
        }
    }
    reported
}

/// A test that meets nothing proves nothing: each operation has been carried out and refused, and payments have ended in both ways.
fn check_counts(counts: &BTreeMap<&'static str, [u32; 2]>) {
    for (operation, [done, not]) in counts {
        let always = ["advance", "fault", "settings", "proceed", "history", "found", "told", "order details"].contains(operation);
        assert!(*done > 0 && (*not > 0 || always), "{operation} was carried out {done} times, and {not} times not");
    }
    assert!(counts.len() > 25 && counts["found"][0] > 0 && counts["told"][0] > 50, "{counts:?}");
    let paid: u32 = payment::EVENTS.iter().map(|(event, _)| counts[event][0]).sum();
    assert!(paid > 1000, "{counts:?}");
}
