//! Feeds one million random bodies to the webhook receiver: none may make it panic or lose its bytes.
//!
//! ```sh
//! cargo run --release --example million_webhooks -p p100 --features webhooks
//! ```
#![allow(clippy::print_stdout, reason = "a program that reports")]

mod invariant;
mod payloads;

use std::collections::BTreeMap;
use std::time::Instant;

use p100::webhooks::{HeaderMap, HeaderValue, Receiver, Verifier, WebhookKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const SEED: u64 = 42;
    let receiver = Receiver::new(Verifier::new("token")?);
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static("token"));

    let mut random = fastrand::Rng::with_seed(SEED);
    let mut outcomes = BTreeMap::<_, u32>::new();
    let start = Instant::now();
    for number in 0..1_000_000 {
        let (made, body) = match number % 3 {
            0 => ("random bytes", bytes(&mut random)),
            1 => ("damaged event", damaged(&mut random)),
            _ => ("pieces of JSON", pieces(&mut random)),
        };
        let path = random.choice(WebhookKind::ALL).filter(|_| number % 2 == 0).map_or("/p100", |kind| kind.route().path);
        *outcomes.entry((made, invariant::receive(&receiver, path, &headers, &body))).or_default() += 1;
    }
    for ((made, outcome), count) in &outcomes {
        println!("{count:>9} {made}: {outcome}");
    }
    println!("{:>9} bodies in {:.1} s, seed {SEED}: no panic, no byte lost", outcomes.values().sum::<u32>(), start.elapsed().as_secs_f64());
    Ok(())
}

fn bytes(random: &mut fastrand::Rng) -> Vec<u8> {
    (0..random.usize(0..400)).map(|_| random.u8(..)).collect()
}

fn event(random: &mut fastrand::Rng) -> String {
    let body = random.choice(payloads::PAYLOADS).map_or("", |(_, body)| body);
    if random.bool() { format!(r#"{{"event_type":"a.status_changed","data":{body}}}"#) } else { body.to_owned() }
}

fn damaged(random: &mut fastrand::Rng) -> Vec<u8> {
    let mut body = event(random).into_bytes();
    for _ in 0..random.usize(0..4) {
        let place = random.usize(0..body.len());
        match random.u8(0..3) {
            0 => body[place] = random.u8(..),
            1 => drop(body.remove(place)),
            _ => body.insert(place, *random.choice(br#"{}[]",:\0e-"#).unwrap_or(&0)),
        }
    }
    body
}

fn pieces(random: &mut fastrand::Rng) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "1e999",
        "-0",
        "\"\\ud800\"",
        "\"id\":",
        "\"code\":",
        "\"status\":\"ADDED\"",
        "\"data\":{",
        "\"event_type\":\"\",",
        "\"destination\":null",
        "{}",
        "\"12.50\"",
    ];
    let piece =
        |random: &mut fastrand::Rng| if random.u8(0..8) == 0 { event(random) } else { random.choice(PIECES).map_or("", |p| p).to_owned() };
    (0..random.usize(1..12)).map(|_| piece(random)).collect::<String>().into_bytes()
}
