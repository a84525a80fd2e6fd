#![doc = include_str!("../README.md")]

mod builder;
mod transport;

pub use builder::{BuildError, ClientBuilder, Environment};
pub use p100_raw as raw;
pub use p100_raw::{Decimal, Error, ErrorKind, Response, Sensitive, types};

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
#[derive(Clone, Debug)]
pub struct Client {
    raw: raw::Client,
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
}
