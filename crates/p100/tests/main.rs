//! The client as integrators use it, on the wire.

mod client;
mod pending;
mod resources;
mod uploads;
mod values;
#[cfg(feature = "axum")]
mod webhooks;
