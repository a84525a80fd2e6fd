//! The sandbox through its front door: P100's API, the control plane and webhooks.

mod cards;
mod deposits;
mod exchange;
mod faults;
mod kyc;
mod money;
mod page;
mod partner;
mod sepa;
mod transfers;
mod users;
mod webhooks;
mod withdrawals;
