#![doc = include_str!("../README.md")]

#[doc = include_str!("assumptions.md")]
#[doc = include_str!("generated/assumptions.md")]
pub mod assumptions {}

mod access;
mod background;
mod balances;
mod call;
pub mod control;
mod conversion;
mod core;
mod currencies;
mod deliveries;
mod faults;
#[rustfmt::skip]
mod generated;
mod ids;
mod json;
mod ledger;
mod machine;
#[cfg(feature = "program")]
#[doc(hidden)]
pub mod program;
mod resources;
mod sandbox;
mod schedule;
mod server;
mod settings;
mod time;
mod validation;
mod world;

pub use call::Refused;
pub use core::CallLog;
pub use deliveries::{Delivery, DeliveryAttempt, DeliveryState};
pub use faults::{Fault, FaultKind};
pub use ledger::{Account, Entry};
pub use sandbox::{Sandbox, SandboxBuilder};
pub use schedule::{Step, When};
pub use settings::{Receiver, Settings};
