//! A running sandbox.

use std::env;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use p100::{Client, Clock};
use p100_raw::Sensitive;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::access::Access;
use crate::call::Refused;
use crate::core::{CallLog, Core, Keep, OnCall, Surroundings};
use crate::server;
use crate::settings::{Receiver, Settings};
use crate::validation::Requests;
use crate::world::World;

/// How long the end waits for a closure that hears of calls.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A P100 of your own, on a port of loopback unless it is given another address. It stops when it is dropped.
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
    port: u16,
    proxy: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    courier: JoinHandle<()>,
}

/// How a [`Sandbox`] is started.
///
/// Two variables of the environment replace what is not set here, so that programs with a sandbox inside can be watched from outside:
/// `P100_SANDBOX_PORT` for [`port`](Self::port), and `P100_SANDBOX_PROXY` for [`proxy`](Self::proxy).
#[derive(Default)]
pub struct SandboxBuilder {
    seed: u64,
    host: Option<IpAddr>,
    port: Option<u16>,
    allowed_hosts: Vec<String>,
    control_token: Option<Sensitive>,
    proxy: Option<String>,
    speed: f64,
    start_time: Option<DateTime<Utc>>,
    settings: Settings,
    state: Option<String>,
    on_call: Option<Box<dyn FnOnce() -> io::Result<OnCall> + Send>>,
    keep: Option<Keep>,
}

impl SandboxBuilder {
    /// The seed of all ids, card numbers and codes: 0. The same calls then give the same responses.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The address that it listens on: 127.0.0.1. Outside loopback it needs a [`control_token`](Self::control_token), and accepts calls to
    /// its own address and the [`allowed_host`](Self::allowed_host)s only.
    #[must_use]
    pub fn host(self, address: IpAddr) -> Self {
        Self { host: Some(address), ..self }
    }

    /// Accepts calls to this host too: a name or an address, without scheme and port. Calls to any other host than loopback are refused
    /// with 421, because any page on the web can give its own name the address of this machine and would read what is returned.
    #[must_use]
    pub fn allowed_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// Demands this token for the control plane over HTTP: `Authorization: Bearer TOKEN`, or as a password of Basic authentication, for
    /// which browsers ask.
    #[must_use]
    pub fn control_token(self, token: impl Into<Sensitive>) -> Self {
        Self { control_token: Some(token.into()), ..self }
    }

    /// The port; 0, the default, takes a free one.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port: Some(port), ..self }
    }

    /// The address of a proxy in front of the sandbox, such as one that validates calls: [`Sandbox::client`] then calls that.
    #[must_use]
    pub fn proxy(self, url: impl Into<String>) -> Self {
        Self { proxy: Some(url.into()), ..self }
    }

    /// Virtual seconds in a real one. At 0, the default, the clock is stopped until [`Sandbox::advance`].
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
        self.settings.webhooks = Some(Receiver::builder().url(url.into()).token(token.into()).build());
        self
    }

    /// The state that [`Sandbox::export`] gave: the sandbox goes on from there, with its seed, time and settings instead of those set here.
    #[must_use]
    pub fn state(self, state: impl Into<String>) -> Self {
        Self { state: Some(state.into()), ..self }
    }

    /// Hears of each call, in their order.
    ///
    /// The closure runs on a thread of its own, so it may use the [`Sandbox`]. A call waits for it before its response goes out, but at most
    /// one second, and not at all while the closure is behind. At most 1,024 calls wait to be heard of; those beyond are dropped and counted in
    /// [`CallLog::missed`]. [`Sandbox::stop`] waits up to 5 seconds for it.
    #[must_use]
    pub fn on_call(self, on_call: impl FnMut(&CallLog) + Send + 'static) -> Self {
        Self { on_call: Some(Box::new(|| OnCall::apart(on_call))), ..self }
    }

    /// The same for a closure that never waits for anything: it is called where the call is carried out.
    #[cfg(feature = "program")]
    pub(crate) fn on_call_at_once(self, on_call: impl Fn(&CallLog) + Send + Sync + 'static) -> Self {
        Self { on_call: Some(Box::new(|| Ok(OnCall::AtOnce(Box::new(on_call))))), ..self }
    }

    /// Where the state is kept.
    #[cfg(feature = "program")]
    pub(crate) fn keep(self, keep: impl Fn(&World) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self { keep: Some(Arc::new(keep)), ..self }
    }

    /// Starts it.
    ///
    /// # Errors
    /// The address or port cannot be used, `P100_SANDBOX_PORT` is no port, an allowed host is none, there is no control token outside
    /// loopback, or the state is not that of a sandbox.
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
        let host = self.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let access = Access::new(host, &self.allowed_hosts, self.control_token);
        let access = access.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let listener = TcpListener::bind(SocketAddr::from((host, port))).await?;
        let on_call = self.on_call.map(|start| start()).transpose()?;
        let core = Arc::new(Core::new(world, self.speed, Surroundings { requests, access, on_call, keep: self.keep }));
        let address = listener.local_addr()?;
        let (base_url, port) = (format!("http://{}", reachable(address)), address.port());
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve(listener, Arc::clone(&core), server::router(&core), stopped));
        let courier = tokio::spawn({
            let core = Arc::clone(&core);
            async move { core.run_courier().await }
        });
        Ok(Sandbox { core, base_url, port, proxy, stop: Some(stop), server, courier })
    }
}

/// Where this machine reaches what listens on `address`: it may be all of its addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
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

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
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
        let core = Arc::clone(&self.core);
        let _ = tokio::task::spawn_blocking(move || core.all_told(LAST_WORDS)).await;
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
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
