//! `p100-sandbox`: a P100 on your own machine, as a program.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::Parser;
use p100_sandbox::{CallLog, FaultKind, Receiver, Sandbox};

/// A stateful P100 on your own machine: develop and test a whole integration without a key or a network.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on loopback; 0 takes a free one
    #[arg(long, default_value_t = 4100)]
    port: u16,

    /// Seed of all ids, card numbers and codes: the same calls then give the same ones
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Where webhooks go: an address, before the path of each event
    #[arg(long, value_name = "URL", requires = "webhook_token")]
    webhook_url: Option<String>,

    /// Token that webhooks carry in the header `Authorization`
    #[arg(long, value_name = "TOKEN", requires = "webhook_url")]
    webhook_token: Option<String>,

    /// Virtual seconds in a real one; at 0 the clock stands still until it is advanced
    #[arg(long, default_value_t = 1.0, value_parser = speed, allow_negative_numbers = true)]
    speed: f64,

    /// Go on from the state in this file, if it exists, and keep the state there when stopped
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Print neither the banner nor the calls
    #[arg(long)]
    quiet: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| (0.0..=1_000_000.0).contains(speed));
    speed.ok_or_else(|| "expected a number from 0 to 1000000".to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(io::stderr(), "p100-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { port, seed, webhook_url, webhook_token, speed, state, quiet } = arguments;
    // Before anything can be done that would be lost: whoever stops it early still has the state kept.
    let stopped = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let mut builder = Sandbox::builder().port(port).seed(seed).speed(speed).start_time(Utc::now());
    let kept = state.as_deref().map(read).transpose()?.flatten();
    if let Some(path) = &state {
        // Better now than after a day's work.
        let beside = beside(path);
        create(&beside).and_then(|_| fs::remove_file(&beside)).map_err(|error| not_kept(path, &error))?;
    }
    let is_kept = kept.is_some();
    if let Some(kept) = kept {
        builder = builder.state(kept);
    }
    if !quiet {
        builder = builder.on_call(print_call);
    }
    let sandbox = builder.start().await.map_err(|error| explain(&error, port, state.as_deref()))?;
    if let (Some(url), Some(token)) = (webhook_url, webhook_token) {
        let receiver = Receiver { url, token: token.into() };
        sandbox.change_settings(|settings| settings.webhooks = Some(receiver)).map_err(|error| error.to_string())?;
    }
    if !quiet {
        print_banner(&sandbox, state.as_deref().filter(|_| is_kept));
    }

    stopped.await;
    let last = sandbox.stop_and_export().await;
    if let Some(path) = state {
        replace(&path, &last).map_err(|error| not_kept(&path, &error))?;
        if !quiet {
            print(&format!("The state is kept in {}.", path.display()));
        }
    }
    Ok(())
}

fn not_kept(path: &Path, error: &io::Error) -> String {
    format!("the state could not be kept in {}: {error}", path.display())
}

/// What went wrong at the start, and what to do.
fn explain(error: &io::Error, port: u16, state: Option<&Path>) -> String {
    match (error.kind(), state) {
        (io::ErrorKind::AddrInUse, _) => {
            format!("port {port} is taken: is another sandbox running? Choose a port with --port, or --port 0 for a free one")
        }
        (io::ErrorKind::PermissionDenied, _) => format!("port {port} may not be used: choose another with --port"),
        (io::ErrorKind::InvalidData, Some(path)) => format!("{} is not the state of a sandbox: {error}", path.display()),
        _ => format!("it cannot start: {error}"),
    }
}

/// Completes when the program is to end.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes when the program is to end.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a signal it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Ok(state) => Ok(Some(state)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

/// Writes a file so that it holds either what it held before or all of `contents`, whatever happens.
fn replace(path: &Path, contents: &str) -> io::Result<()> {
    let beside = beside(path);
    let written = create(&beside).and_then(|mut file| {
        file.write_all(contents.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        // The error that is reported is the one that matters.
        let _ = fs::remove_file(&beside);
    })
}

/// Where the new contents of a file are written first.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

/// A new file that only its owner reads: a state holds keys and card numbers.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Prints a line. It is no reason to stop that nobody reads it.
fn print(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn print_banner(sandbox: &Sandbox, kept: Option<&Path>) {
    let url = sandbox.base_url();
    let settings = sandbox.settings();
    let webhooks = settings.webhooks.map_or_else(|| "kept in the log only: see --webhook-url".to_owned(), |receiver| receiver.url);
    let state = kept.map_or_else(|| "new".to_owned(), |path| format!("from {}", path.display()));
    print(&format!(
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
    ));
}

fn print_call(call: &CallLog) {
    let status = call.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let code = call.code.as_deref().unwrap_or_default();
    let fault = match &call.fault {
        None => String::new(),
        Some(FaultKind::Code(_)) => "  fault: code".to_owned(),
        Some(FaultKind::Status(_)) => "  fault: status".to_owned(),
        Some(FaultKind::Delay(millis)) => format!("  fault: {millis} ms late"),
        Some(FaultKind::Reset) => "  fault: no answer".to_owned(),
        Some(FaultKind::Truncate) => "  fault: half of the answer".to_owned(),
        Some(other) => format!("  fault: {other:?}"),
    };
    let millis = call.duration.as_secs_f64() * 1000.0;
    print(format!("{}  {status}  {:<26} {code:<5} {millis:>8.1} ms{fault}", Utc::now().format("%T%.3f"), call.operation).trim_end());
}
