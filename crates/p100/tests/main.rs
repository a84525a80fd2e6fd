//! The client as integrators use it, on the wire.

mod client;
mod pending;
mod resources;
mod uploads;
mod values;
#[cfg(feature = "axum")]
mod webhooks;

/// A client for plain http: it reads no certificates, which takes longer than most tests.
fn http() -> p100::raw::reqwest::Client {
    p100::raw::reqwest::Client::builder().tls_certs_only([]).build().expect("a client")
}
