//! The raw client of the P100 Partner API: one method per operation, one type per schema, generated from
//! `spec/p100-partner-api.yaml`. The crate `p100` is the comfortable way in; this one is for what it does not cover.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let base_url = p100_raw::reqwest::Url::parse("https://partner-api-stage.p100.io")?;
//! let client = p100_raw::Client::new(base_url, std::env::var("P100_API_KEY")?)?;
//! let rates = client.get_rates().await?;
//! println!("{:?}", rates.get("btc"));
//! # Ok(())
//! # }
//! ```
//!
//! What is written by hand here is little: [`decimal`] (amounts without floats), [`Sensitive`] values, [`Timestamp`]s,
//! [`FilePart`]s of uploads, [`Response`], [`Error`], and [`Transport`], the one seam through which every request goes.
//! Everything else is generated: [`Client`]'s methods, [`types`], [`operations`] and [`webhooks`].
//!
//! # Features
//!
//! - `rustls` (default) or `native-tls`: who does TLS.
//! - `schemars`: `schemars::JsonSchema` on every type that travels as JSON.
//! - `toml`: [`Corrections`] from TOML text.
//!
//! The types serialise into any format of serde with every digit of an amount: see [`decimal`]. [`Wire`] writes the JSON that P100 expects.

mod api_key;
mod client;
mod corrections;
pub mod decimal;
mod draft;
mod error;
#[rustfmt::skip]
#[allow(clippy::duplicated_attributes, reason = "builder(on(A, into), on(B, into)) is no duplicate")]
mod generated;
mod json;
mod keyed;
mod open_enum;
mod operation;
mod path;
mod response;
mod routes;
mod sensitive;
mod shape;
mod timestamp;
mod transfer;
mod transport;
mod upload;
mod values;
mod wire;

pub use api_key::{ApiKey, InvalidApiKey};
pub use client::Client;
pub use corrections::{CheckedCorrections, Corrections, EventCorrections, InvalidCorrection, OperationCorrections};
pub use error::{AccessDenied, ApiError, Error, ErrorKind, Meaning, OneLine, http_date, retry_after};
use generated::shapes;
pub use generated::{API_VERSION, error_codes, operations, types, webhooks};
pub use json::{Decoded, Deviation, Deviations, InvalidJson, decode, member_names};
pub use keyed::SetupError;
pub use operation::{Ending, ErrorClass, ErrorCodeInfo, Evidence, KnownErrorCode, Operation, Outcome, Retry, WebhookMember, WebhookRoute};
pub use response::{RawBody, Response};
pub use sensitive::Sensitive;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use transport::{BoxError, Call, RawResponse, Sending, Transport, TransportError};
pub use upload::{FilePart, Form};
pub use values::{CardId, Currency, ExternalUserId, Iban, InvalidValue, Network, UpperCaseNetwork, VerificationId};
pub use wire::Wire;

pub use bytes::Bytes;
pub use reqwest;
pub use rust_decimal;
pub use rust_decimal::Decimal;
