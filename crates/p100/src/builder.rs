//! How a client is configured.

mod proxy;

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use p100_raw::reqwest::redirect::Policy;
use p100_raw::reqwest::{self, Url};
use p100_raw::{ApiKey, BoxError, Corrections, Sensitive};

use crate::clock::Skews;
use crate::limits::Limits;
use crate::transport::{Connections, HttpTransport, pinged};
use crate::{Client, Clock, Retries, raw};

/// Where the key is looked for by [`ClientBuilder::api_key_from_env`].
const KEY_VARIABLE: &str = "P100_API_KEY";

/// P100's two environments. Each has keys of its own.
///
/// Docs: [1298787m0](https://partner-api-docs.p100.io/authentication-1298787m0.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// Test money: `https://partner-api-stage.p100.io`.
    Staging,
    /// Live money: `https://partner-api.p100.io`. Accepts only addresses on the partner's allow-list.
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
/// Redirects are never followed: a response with a 3xx status is an error. Proxies that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`,
/// `ALL_PROXY`, less `NO_PROXY`) are used, except for servers on loopback; one that is set and cannot be read is an error. A proxy for `https` sees neither the key nor any
/// data.
///
/// Each call is a [`tracing`](https://docs.rs/tracing) span `p100.call` of level INFO with `operation`, `duration_ms` and, of the last
/// attempt, `attempt`, `outcome` (`response`, `no_response`, `not_sent`, `incomplete_body`), `status`, `error_code`, `request_id` and `date`, as far
/// as there are any. A span without `outcome` is of a call that was dropped before its end.
#[derive(Clone, Default)]
pub struct ClientBuilder {
    base_url: Option<String>,
    allow_http: bool,
    key: Option<Key>,
    limits: Limits,
    retries: Retries,
    corrections: Corrections,
    clock: Clock,
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

    /// Allows `http` for other addresses than loopback. The key and all data are then readable on the way, also for a proxy that
    /// `HTTP_PROXY` names: only for a trusted network in front of a proxy that speaks TLS.
    #[must_use]
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
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

    /// How long connecting may take, TLS included: 10 seconds; `None` for no limit of its own.
    ///
    /// Where that is not less than an attempt or a call may take, connecting may take half as long as the shorter of them. So a write that
    /// found no connection is known [not to have been sent](crate::ErrorKind::NotSent).
    #[must_use]
    pub fn connect_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.limits.connect = time.into();
        self
    }

    /// How long one attempt may take, from its beginning to the last byte of the response: 30 seconds; `None` for no limit.
    ///
    /// It does not apply to uploads, which take as long as the line needs, within the [time of the call](Self::call_timeout). It shortens
    /// the [time to connect](Self::connect_timeout) if that is not less.
    #[must_use]
    pub fn attempt_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.limits.attempt = time.into();
        self
    }

    /// How long a call may take with all its attempts and the waits between them: 90 seconds; `None` for no limit. A write is sent again
    /// only while it has the [time to connect](Self::connect_timeout).
    #[must_use]
    pub fn call_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.limits.call = time.into();
        self
    }

    /// How long a connection may have been idle and still take a call: 20 seconds; `None` for any time.
    ///
    /// Servers and balancers close idle connections, mostly after 60 to 75 seconds. A write sent in that moment gets no response, and
    /// nobody can tell whether it took effect. Do not set it longer than P100 keeps connections.
    #[must_use]
    pub fn idle_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.limits.idle = time.into();
        self
    }

    /// The largest response that is read: 16 MiB; `None` for no limit.
    #[must_use]
    pub fn max_response_size(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.limits.response = bytes.into();
        self
    }

    /// How often calls are sent again, and when. [`Retries::none`] switches it off.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Reads the wall clock of this machine from `clock`: what [`Client::clock_skew`] compares with P100's. Use it for the times of an
    /// [`Attempt`](crate::Attempt) too. For tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sends, reads and concludes otherwise than the document says where P100 differs from it; replaces earlier corrections.
    ///
    /// Some paths, names and words are our assumption because no page states them; their documentation says so. If P100 gives you the
    /// real ones, correct them here without waiting for a release.
    ///
    /// ```
    /// use p100::raw::operations;
    /// use p100::raw::reqwest::Method;
    /// use p100::{Client, Corrections, Environment};
    ///
    /// let corrections = Corrections::from_env()? // of the file that P100_CORRECTIONS names, if it is set
    ///     .operation(&operations::UPDATE_USER, |user| user.method(Method::PATCH).path("/v1/user/update/{externalUserId}"))
    ///     .operation(&operations::CREATE_WITHDRAWAL, |withdrawal| withdrawal.failure(["REJECTED"]));
    /// let client = Client::builder().environment(Environment::Staging).api_key("key").corrections(corrections).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn corrections(mut self, corrections: Corrections) -> Self {
        self.corrections = corrections;
        self
    }

    /// Checks the configuration and makes the client. Nothing is sent.
    ///
    /// # Errors
    /// A setting is missing or cannot be used: the base URL, the key, an overridden operation, a proxy that the environment names, or TLS.
    /// The error says which and why.
    pub fn build(self) -> Result<Client, BuildError> {
        self.build_with(|http| http)
    }

    /// The same, with an HTTP client that `adapt` has the last word on, each time that one is made.
    pub(crate) fn build_with(
        self,
        adapt: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Result<Client, BuildError> {
        let base_url = origin(self.base_url.as_deref(), self.allow_http)?;
        // Not read for loopback: see `http`.
        if !is_loopback(&base_url)
            && let Some((name, reason)) = proxy::unusable(base_url.scheme(), |name| std::env::var_os(name))
        {
            return Err(BuildError::new(format!("the environment variable {name} cannot be used: {reason}")));
        }
        let key = ApiKey::new(&configured(self.key)?, &base_url).map_err(|error| BuildError::new(error.to_string()))?;
        let (limits, url) = (self.limits.clone(), base_url.clone());
        let connections = Connections::new(Box::new(move || adapt(http(&limits, &url)).build())).map_err(|error| {
            BuildError::new("the HTTP client cannot be set up, which is mostly TLS: certificates of the platform or the crypto provider")
                .because(error)
        })?;
        let (http, skews) = (connections.present().http, Arc::new(Skews::new(self.clock)));
        let transport = HttpTransport::new(connections, Arc::clone(&skews), key, self.limits, self.retries);
        let raw = raw::Client::with_transport(base_url, http, Arc::new(transport)).with_corrections(&self.corrections);
        let raw = raw.map_err(|error| BuildError::new("a correction does not fit the document").because(error))?;
        Ok(Client { raw, skews })
    }
}

impl fmt::Debug for ClientBuilder {
    /// Of the base URL only the origin: the rest, which [`build`](Self::build) refuses, may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.base_url.as_deref().map(|url| Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default());
        f.debug_struct("ClientBuilder")
            .field("origin", &origin)
            .field("key", &self.key)
            .field("limits", &self.limits)
            .field("retries", &self.retries)
            .field("corrections", &self.corrections)
            .finish_non_exhaustive()
    }
}

fn http(limits: &Limits, base_url: &Url) -> reqwest::ClientBuilder {
    // Whether something is sent again is decided in one place, which is not here.
    let mut http = pinged(with_own_tls(reqwest::Client::builder()))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .pool_idle_timeout(limits.idle)
        .user_agent(concat!("p100-rs/", env!("CARGO_PKG_VERSION")));
    if let Some(time) = limits.connect() {
        http = http.connect_timeout(time);
    }
    if is_loopback(base_url) {
        http = without_certificates(http.no_proxy(), base_url);
    }
    http
}

fn origin(text: Option<&str>, allow_http: bool) -> Result<Url, BuildError> {
    let text = text.ok_or_else(|| BuildError::new("no server is configured: call environment(..) or base_url(..)"))?;
    if text.contains(|character: char| character.is_control() || character.is_whitespace()) {
        return Err(BuildError::new("the base URL has blanks or control characters, such as a line break"));
    }
    let url = Url::parse(text).map_err(|error| BuildError::new("the base URL is not a URL").because(error))?;
    match url.scheme() {
        "https" if !cfg!(any(feature = "rustls", feature = "native-tls")) => {
            return Err(BuildError::new("https needs TLS: switch on the feature `rustls` or `native-tls` of the crate p100"));
        }
        "https" => {}
        "http" if allow_http || is_loopback(&url) => {}
        _ => {
            return Err(BuildError::new(
                "the base URL must be https; http is for loopback addresses, or for others with allow_http(): the key is readable on the way",
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

/// TLS as the features of this crate say, whatever others switch on in reqwest: some of that needs a crypto provider that nobody installs.
fn with_own_tls(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(feature = "native-tls")]
    let http = http.tls_backend_native();
    #[cfg(all(feature = "rustls", not(feature = "native-tls")))]
    let http = http.tls_backend_rustls();
    http
}

/// Reading the platform's certificates takes longer than all the rest, and no proxy is between here and `url` that could speak TLS.
fn without_certificates(http: reqwest::ClientBuilder, url: &Url) -> reqwest::ClientBuilder {
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    if url.scheme() == "http" {
        return http.tls_certs_only([]);
    }
    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    let _ = url;
    http
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

fn configured(key: Option<Key>) -> Result<Sensitive, BuildError> {
    match key {
        Some(Key::Given(key)) => Ok(key),
        Some(Key::Variable) => std::env::var(KEY_VARIABLE)
            .map(Sensitive::from)
            .map_err(|_| BuildError::new("the environment variable P100_API_KEY is not set or not text")),
        None => Err(BuildError::new("no API key is configured: call api_key(..) or api_key_from_env()")),
    }
}

/// Why a client could not be made. Never shows the key.
#[derive(Debug)]
pub struct BuildError {
    message: Cow<'static, str>,
    source: Option<BoxError>,
}

impl BuildError {
    fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), source: None }
    }

    fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
