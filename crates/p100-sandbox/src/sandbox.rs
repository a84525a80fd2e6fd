//! A running sandbox.

use std::env;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use p100::{Client, Clock};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::call::Refused;
use crate::core::{CallLog, Core, OnCall};
use crate::server;
use crate::settings::{Receiver, Settings};
use crate::validation::Requests;
use crate::world::World;

/// A P100 of your own, on a loopback port. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = p100_sandbox::Sandbox::start().await?;
/// let rates = sandbox.client().exchange().rates().await?;
/// assert!(rates.contains_key("btc"));
/// sandbox.stop().await;
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    core: Arc<Core>,
    base_url: String,
    proxy: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    courier: JoinHandle<()>,
}

/// How a [`Sandbox`] is started.
///
/// Two variables of the environment stand in for what is not set here, so that programs with a sandbox inside can be watched from outside:
/// `P100_SANDBOX_PORT` for [`port`](Self::port), and `P100_SANDBOX_PROXY` for [`proxy`](Self::proxy).
#[derive(Default)]
pub struct SandboxBuilder {
    seed: u64,
    port: Option<u16>,
    proxy: Option<String>,
    speed: f64,
    start_time: Option<DateTime<Utc>>,
    settings: Settings,
    state: Option<String>,
    on_call: Option<OnCall>,
}

impl SandboxBuilder {
    /// The seed of all ids, card numbers and codes: 0. The same calls then give the same answers.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The port on loopback; 0, the default, takes a free one.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port: Some(port), ..self }
    }

    /// The address of a proxy in front of the sandbox, such as one that validates calls: [`Sandbox::client`] then calls that.
    #[must_use]
    pub fn proxy(self, url: impl Into<String>) -> Self {
        Self { proxy: Some(url.into()), ..self }
    }

    /// Virtual seconds in a real one. At 0, the default, the clock stands still until [`Sandbox::advance`].
    #[must_use]
    pub fn speed(self, speed: f64) -> Self {
        Self { speed: speed.max(0.0), ..self }
    }

    /// What the clock shows at the start: 8:00 UTC on 12 August 2025, so that runs repeat.
    #[must_use]
    pub fn start_time(self, time: DateTime<Utc>) -> Self {
        Self { start_time: Some(time), ..self }
    }

    /// How it behaves.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Sends webhooks to `url` and the path of each event, with `token`.
    #[must_use]
    pub fn webhooks(mut self, url: impl Into<String>, token: impl Into<p100_raw::Sensitive>) -> Self {
        self.settings.webhooks = Some(Receiver { url: url.into(), token: token.into() });
        self
    }

    /// The state that [`Sandbox::export`] gave: the sandbox goes on from there, with its seed, time and settings instead of those set here.
    #[must_use]
    pub fn state(self, state: impl Into<String>) -> Self {
        Self { state: Some(state.into()), ..self }
    }

    /// Is told about each call of an operation.
    #[must_use]
    pub fn on_call(self, on_call: impl Fn(&CallLog) + Send + Sync + 'static) -> Self {
        Self { on_call: Some(Box::new(on_call)), ..self }
    }

    /// Starts it.
    ///
    /// # Errors
    /// The port is taken, `P100_SANDBOX_PORT` is no port, or the state is not that of a sandbox.
    pub async fn start(self) -> io::Result<Sandbox> {
        let port = self.port.map_or_else(port_of_environment, Ok)?;
        let proxy = self.proxy.or_else(|| env::var("P100_SANDBOX_PROXY").ok());
        let time = self.start_time.or_else(|| Utc.with_ymd_and_hms(2025, 8, 12, 8, 0, 0).single()).unwrap_or_default();
        let world = match &self.state {
            Some(state) => {
                World::read(state.as_bytes()).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, Refused::from(error)))?
            }
            None => World::new(self.seed, time.into(), self.settings),
        };
        let requests = Requests::get().map_err(|error| io::Error::other(error.as_str()))?;
        let core = Arc::new(Core::new(world, self.speed, requests, self.on_call));
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve(listener, Arc::clone(&core), server::router(&core), stopped));
        let courier = tokio::spawn({
            let core = Arc::clone(&core);
            async move { core.run_courier().await }
        });
        Ok(Sandbox { core, base_url, proxy, stop: Some(stop), server, courier })
    }
}

fn port_of_environment() -> io::Result<u16> {
    let Ok(port) = env::var("P100_SANDBOX_PORT") else { return Ok(0) };
    port.parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, format!("P100_SANDBOX_PORT={port} is no port")))
}

impl Sandbox {
    /// Starts one with the defaults, on a free port.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// One that is configured before it starts.
    #[must_use]
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Its address, for [`p100::ClientBuilder::base_url`].
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A client with the sandbox's key that goes by the sandbox's clock.
    ///
    /// # Panics
    /// Never for a key that a header can carry, such as the default one.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_builder().build().expect("the address and the key of a sandbox make a client")
    }

    /// The same, to be configured further.
    #[must_use]
    pub fn client_builder(&self) -> p100::ClientBuilder {
        let core = Arc::clone(&self.core);
        let key = self.core.world().settings.api_key.clone();
        Client::builder()
            .base_url(self.proxy.as_ref().unwrap_or(&self.base_url))
            .api_key(key)
            .clock(Clock::from_fn(move || core.world().now.utc()))
    }

    /// What its clock shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.core.world().now.utc()
    }

    /// Moves the clock forward. All that is due on the way happens in its order, webhooks and their repeats included; when this
    /// returns, it has happened.
    pub async fn advance(&self, time: Duration) {
        self.core.advance(time).await;
    }

    /// Waits until every webhook that is due has been attempted.
    pub async fn settle(&self) {
        self.core.settle().await;
    }

    /// Stops accepting calls, lets those under way end, and ends.
    pub async fn stop(mut self) {
        self.end().await;
    }

    pub(crate) async fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It has ended already if nobody listens.
            let _ = stop.send(());
        }
        let _ = (&mut self.server).await;
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.courier.abort();
        if self.stop.is_some() {
            self.server.abort();
        }
    }
}
