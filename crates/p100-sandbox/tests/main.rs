//! The sandbox through its front door: P100's API, the control plane and webhooks.
#![allow(clippy::unwrap_used, reason = "all of this is tests, but clippy only takes the functions with #[test] for such")]

mod cards;
mod control;
mod deposits;
mod exchange;
mod faults;
mod flows;
mod kyc;
mod money;
mod page;
mod partner;
mod program;
mod property;
mod sepa;
mod transfers;
mod users;
mod webhooks;
mod withdrawals;
