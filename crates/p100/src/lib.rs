#![doc = include_str!("../README.md")]

use std::sync::Arc;

mod builder;
mod clock;
mod doubt;
mod generated;
mod limits;
mod pending;
mod rate_lock;
mod reconcile;
mod require;
mod resources;
mod transport;
mod uploads;
mod values;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use builder::{BuildError, ClientBuilder, Environment};
pub use chrono;
pub use clock::{Clock, ClockSkew};
pub use doubt::Doubt;
pub use limits::Retries;
pub use p100_raw as raw;
pub use p100_raw::{
    AccessDenied, ApiError, BoxError, Bytes, Corrections, Decimal, Ending, Error, ErrorKind, InvalidCorrection, Operation, Response,
    Sensitive, Timestamp, Wire, rust_decimal, types,
};
pub use pending::{Details, OutcomeUnknown, Pending, Progress, WaitPolicy};
pub use rate_lock::{LockExpired, OrderRateLock, RateLock};
pub use reconcile::{Account, Attempt, Candidates, Payment, Reconciliation, Verdict};
pub use require::{Missing, Require};
pub use resources::{Cards, Deposits, Exchange, Issued, Kyc, Orders, Partner, PaymentLinks, Sepa, Transfers, Users, Withdrawals};
pub use uploads::{Document, InvalidDocument, KycFiles, PoaFiles};
pub use values::{
    CardId, CountryCode, Currency, ExternalUserId, Iban, InvalidValue, Month, Network, Pin, UpperCaseNetwork, VerificationId,
};

/// A client of the P100 Partner API. Cheap to clone.
///
/// ```no_run
/// use p100::{Client, Environment};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder().environment(Environment::Staging).api_key_from_env().build()?;
/// let rates = client.raw().get_rates().await?;
/// println!("1 BTC = {:?} EUR", rates.get("btc"));
/// # Ok(())
/// # }
/// ```
///
/// # Dropped calls
///
/// A call whose future is dropped ends there, without an [`Error`] that could report
/// [`may_have_taken_effect`](Error::may_have_taken_effect): by `tokio::time::timeout`, by `select!`, or in a web handler that ends with its
/// connection. A dropped create may have taken effect: look for it with an [`Attempt`] before you send it again. Better do not drop it:
/// bound its time with [`ClientBuilder::call_timeout`], which returns an error, and run it in a task of its own.
/// A handle such as [`transfers`](Self::transfers) owns a clone of the client, so it moves into the task with the request:
///
/// ```no_run
/// # async fn example(client: p100::Client, request: p100::types::TransferRequest) -> Result<(), Box<dyn std::error::Error>> {
/// let transfers = client.transfers();
/// let pending = tokio::spawn(async move { transfers.create(&request).await }).await??;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    raw: raw::Client,
    skews: Arc<clock::Skews>,
}

impl Client {
    /// Starts to configure a client. It needs an environment or base URL, and the partner's key.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Every operation of the document as one method.
    #[must_use]
    pub fn raw(&self) -> &raw::Client {
        &self.raw
    }

    /// How far P100's clock is ahead of this machine's, by the `Date` headers of the responses so far; `None` before the first. Clones of
    /// a client share it.
    #[must_use]
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        self.skews.present()
    }
}

impl From<raw::Client> for Client {
    /// A client over a raw one with a transport of its own, for instance a scripted one in tests. What [`Client::builder`] configures does
    /// not apply: it sends as the raw client does, and only [`reconcile`](Client::reconcile) learns the [`ClockSkew`].
    fn from(raw: raw::Client) -> Self {
        Self { raw, skews: Arc::new(clock::Skews::new(Clock::system())) }
    }
}
