//! How a client is configured.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use p100_raw::reqwest::header::HeaderValue;
use p100_raw::reqwest::redirect::Policy;
use p100_raw::reqwest::{self, Url};
use p100_raw::{BoxError, Sensitive};

use crate::transport::Keyed;
use crate::{Client, raw};

/// Where the key is looked for by [`ClientBuilder::api_key_from_env`].
const KEY_VARIABLE: &str = "P100_API_KEY";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// P100's two environments. Each has keys of its own.
///
/// Docs: [1298787m0](https://partner-api-docs.p100.io/authentication-1298787m0.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Test money: `https://partner-api-stage.p100.io`.
    Staging,
    /// Live money: `https://partner-api.p100.io`. Answers only to addresses on the partner's allow-list.
    Production,
}

impl Environment {
    /// The origin of the environment, without the `/v1` of the paths.
    #[must_use]
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Staging => "https://partner-api-stage.p100.io",
            Self::Production => "https://partner-api.p100.io",
        }
    }
}

/// Configures a [`Client`]. Nothing is checked before [`build`](Self::build).
///
/// Connecting may take 10 seconds and a whole call 60. Redirects are never followed: an answer with a 3xx status is an error.
#[derive(Clone, Debug, Default)]
pub struct ClientBuilder {
    base_url: Option<String>,
    key: Option<Key>,
}

#[derive(Clone, Debug)]
enum Key {
    Given(Sensitive),
    Variable,
}

impl ClientBuilder {
    /// Calls one of P100's environments.
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        self.base_url(environment.base_url())
    }

    /// Calls another server, such as a mock: an origin without the `/v1` of the paths. It must be `https`, except on loopback.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sends this key in `x-api-key`, to the configured origin only.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Sensitive>) -> Self {
        self.key = Some(Key::Given(key.into()));
        self
    }

    /// Takes the key from the environment variable `P100_API_KEY` when the client is built.
    #[must_use]
    pub fn api_key_from_env(mut self) -> Self {
        self.key = Some(Key::Variable);
        self
    }

    /// Checks the configuration and makes the client. Nothing is sent.
    ///
    /// # Errors
    /// The base URL or the key is missing or cannot be used; the error says which and why.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = origin(self.base_url.as_deref())?;
        let key = header(self.key)?;
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .user_agent(concat!("p100-rs/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| BuildError::new("the HTTP client cannot be set up").because(error))?;
        let transport = Keyed::new(http.clone(), &base_url, key);
        Ok(Client { raw: raw::Client::with_transport(base_url, http, Arc::new(transport)) })
    }
}

fn origin(text: Option<&str>) -> Result<Url, BuildError> {
    let text = text.ok_or_else(|| BuildError::new("no server is configured: call environment(..) or base_url(..)"))?;
    let url = Url::parse(text).map_err(|error| BuildError::new("the base URL is not a URL").because(error))?;
    let loopback = url.host_str().is_some_and(|host| {
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => {
            return Err(BuildError::new(
                "the base URL must be https; http is only for loopback addresses, the key would be readable on the way",
            ));
        }
    }
    let bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !bare {
        return Err(BuildError::new(
            "the base URL must be an origin such as https://partner-api-stage.p100.io: the paths bring their own /v1",
        ));
    }
    Ok(url)
}

fn header(key: Option<Key>) -> Result<HeaderValue, BuildError> {
    let key = match key {
        Some(Key::Given(key)) => key,
        Some(Key::Variable) => std::env::var(KEY_VARIABLE)
            .map(Sensitive::from)
            .map_err(|_| BuildError::new("the environment variable P100_API_KEY is not set or not text"))?,
        None => return Err(BuildError::new("no API key is configured: call api_key(..) or api_key_from_env()")),
    };
    if key.expose().trim().is_empty() {
        return Err(BuildError::new("the API key is empty"));
    }
    let mut value = HeaderValue::from_str(key.expose())
        .map_err(|_| BuildError::new("the API key has characters that a header cannot carry, such as a line break"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why a client could not be made. Never shows the key.
#[derive(Debug)]
pub struct BuildError {
    message: &'static str,
    source: Option<BoxError>,
}

impl BuildError {
    fn new(message: &'static str) -> Self {
        Self { message, source: None }
    }

    fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
