//! The program `p100-sandbox`: no part of the library's interface.

mod options;
mod output;
mod replace;
mod stop;
mod store;

use std::fs;
use std::io;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::runtime::Runtime;
use tokio::time::{Instant, MissedTickBehavior};

use self::options::Options;
use self::output::Output;
use self::store::Store;
use crate::core::{CallLog, Core};
use crate::{FaultKind, Receiver, Sandbox};

/// How long the end waits for work that cannot be interrupted.
const LAST_WORK: Duration = Duration::from_secs(1);

/// Runs it to its end.
#[must_use]
pub fn main() -> ExitCode {
    let options = Options::get();
    let Ok(output) = Output::start() else { return ExitCode::FAILURE };
    let ended = match Runtime::new() {
        Err(error) => Err(format!("it cannot start: {error}")),
        Ok(runtime) => {
            let ended = runtime.block_on(run(options, &output));
            runtime.shutdown_timeout(LAST_WORK);
            ended
        }
    };
    if let Err(error) = &ended {
        output.error(error);
    }
    output.finish();
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run(options: Options, output: &Output) -> Result<(), String> {
    // Before anything can be done that would be lost: whoever stops it early still has the state kept.
    let stopped = stop::signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let Options { host, port, control_token, state, save_every, quiet, .. } = options;
    let port_file = options.port_file.map(PortFile::clear).transpose()?;
    let mut builder = Sandbox::builder().host(host).port(port).seed(options.seed).speed(options.speed).start_time(Utc::now());
    builder = options.allowed_host.into_iter().fold(builder, |builder, name| builder.allowed_host(name));
    if let Some(token) = control_token {
        builder = builder.control_token(token);
    }
    let mut kept = None;
    let store = state.as_deref().map(Store::open).transpose()?.map(Arc::new);
    if let Some(store) = &store {
        if let Some(state) = store.read()? {
            kept = Some(store.path().to_owned());
            builder = builder.state(state);
        }
        let store = Arc::clone(store);
        builder = builder.keep(move |world| store.save(world));
    }
    if !quiet {
        let output = output.clone();
        builder = builder.on_call_at_once(move |call| output.line(call_line(call)));
    }
    let sandbox = builder.start().await.map_err(|error| explain(&error, host, port, state.as_deref()))?;
    if let (Some(url), Some(token)) = (options.webhook_url, options.webhook_token) {
        let receiver = Receiver::builder().url(url).token(token).build();
        sandbox.change_settings(|settings| settings.webhooks = Some(receiver)).map_err(|error| error.to_string())?;
    }
    if let Some(port_file) = &port_file {
        port_file.write(sandbox.port())?;
    }
    output.line(if quiet { sandbox.base_url().to_owned() } else { banner(&sandbox, kept.as_deref()) });

    let core = Arc::clone(sandbox.core());
    tokio::select! {
        () = stopped => {}
        () = save_regularly(&core, save_every, output), if store.is_some() && !save_every.is_zero() => {}
    }
    if let Some(port_file) = port_file {
        port_file.remove();
    }
    sandbox.stop().await;
    match (core.keep().await, store) {
        (Some(Ok(())), Some(store)) if !quiet => output.line(format!("The state is kept in {}.", store.path().display())),
        (Some(Err(error)), Some(store)) => {
            let elsewhere = store.save_elsewhere(&core.snapshot());
            return Err(match elsewhere {
                Ok(path) => format!("{error}; it is in {} instead: start from there with --state", path.display()),
                Err(also) => format!("{error}; and {also}: what was saved before is still there"),
            });
        }
        _ => {}
    }
    Ok(())
}

/// Saves what has changed, until it is dropped. It says when that begins to fail, and when it works again.
async fn save_regularly(core: &Arc<Core>, every: Duration, output: &Output) {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failed = None;
    loop {
        ticks.tick().await;
        if !core.has_changed() {
            continue;
        }
        let failure = core.keep().await.and_then(Result::err);
        if failure != failed {
            output.error(failure.as_ref().map_or_else(
                || "the state is saved again".to_owned(),
                |error| format!("{error}; it is tried again every {} seconds", every.as_secs_f64()),
            ));
        }
        failed = failure;
    }
}

/// The file that says which port calls are served on.
struct PortFile(PathBuf);

impl PortFile {
    /// What a process before has left says nothing about this one.
    fn clear(path: PathBuf) -> Result<Self, String> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(format!("the port file {} cannot be replaced: {error}", path.display()))
            }
            _ => Ok(Self(path)),
        }
    }

    fn write(&self, port: u16) -> Result<(), String> {
        let written = replace::file(&self.0, 0o644, |mut file| writeln!(file, "{port}"));
        written.map(drop).map_err(|error| format!("the port file {} cannot be written: {error}", self.0.display()))
    }

    fn remove(&self) {
        // Whoever looks for it finds none, or finds that nobody listens.
        let _ = fs::remove_file(&self.0);
    }
}

/// What went wrong at the start, and what to do.
fn explain(error: &io::Error, host: IpAddr, port: u16, state: Option<&Path>) -> String {
    match (error.kind(), state) {
        (io::ErrorKind::AddrInUse, _) => {
            format!("port {port} is taken: is another sandbox running? Choose a port with --port, or --port 0 for a free one")
        }
        (io::ErrorKind::PermissionDenied, _) => format!("port {port} may not be used: choose another with --port"),
        (io::ErrorKind::AddrNotAvailable, _) => format!("{host} is no address of this machine: choose another with --host"),
        (io::ErrorKind::InvalidInput, _) => error.to_string(),
        (io::ErrorKind::InvalidData, Some(path)) => format!("{} is not the state of a sandbox: {error}", path.display()),
        _ => format!("it cannot start: {error}"),
    }
}

fn banner(sandbox: &Sandbox, kept: Option<&Path>) -> String {
    let url = sandbox.base_url();
    let settings = sandbox.settings();
    let webhooks = settings.webhooks.map_or_else(|| "kept in the log only: see --webhook-url".to_owned(), |receiver| receiver.url);
    let state = kept.map_or_else(|| "new".to_owned(), |path| format!("from {}", path.display()));
    format!(
        "P100 sandbox {version}: nothing here is real

  address   {url}
  key       {key}
  page      {url}/_sandbox/
  webhooks  {webhooks}
  state     {state}, at {now}

  export P100_API_KEY={key}
  p100::Client::builder().base_url(\"{url}\").api_key_from_env().build()?

Ctrl-C stops it. Calls:",
        version = env!("CARGO_PKG_VERSION"),
        key = settings.api_key.expose(),
        now = sandbox.now().format("%F %T UTC"),
    )
}

fn call_line(call: &CallLog) -> String {
    let status = call.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let code = call.code.as_deref().unwrap_or_default();
    let fault = match &call.fault {
        None => String::new(),
        Some(FaultKind::Code(_)) => "  fault: code".to_owned(),
        Some(FaultKind::Status(_)) => "  fault: status".to_owned(),
        Some(FaultKind::Delay(millis)) => format!("  fault: {millis} ms late"),
        Some(FaultKind::Reset) => "  fault: no response".to_owned(),
        Some(FaultKind::Truncate) => "  fault: half of the response".to_owned(),
    };
    let millis = call.duration.as_secs_f64() * 1000.0;
    let line = format!("{}  {status}  {:<26} {code:<5} {millis:>8.1} ms{fault}", Utc::now().format("%T%.3f"), call.operation);
    line.trim_end().to_owned()
}
