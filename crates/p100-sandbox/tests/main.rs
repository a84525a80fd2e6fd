//! The sandbox through its front door: P100's API, the control plane and webhooks.
#![allow(clippy::unwrap_used, reason = "all of this is tests, but clippy only takes the functions with #[test] for such")]
#![allow(deprecated, reason = "the sandbox keeps what P100's docs have dropped")]

mod access;
mod cards;
mod clocks;
mod control;
mod deposits;
mod exchange;
mod faults;
mod flows;
mod kyc;
mod money;
mod orders;
mod page;
mod partner;
mod payment_links;
#[cfg(feature = "program")]
mod program;
mod property;
mod refusals;
mod sepa;
mod sepa_deposits;
mod transfers;
mod users;
mod webhooks;
mod withdrawals;

/// A client for plain http: it reads no certificates, which takes longer than most tests.
fn http() -> p100::raw::reqwest::Client {
    p100::raw::reqwest::Client::builder().tls_certs_only([]).build().unwrap()
}

/// Says that a part of a test was left out, past the test harness, which shows nothing of a test that passes.
fn not_checked(why: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("NOT CHECKED in {test}: {why}\n").as_bytes());
}
