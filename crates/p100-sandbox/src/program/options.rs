//! The options of the program, from arguments and from the environment.

use std::env;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{BoolishValueParser, Resettable};
use clap::{CommandFactory, FromArgMatches, Parser};

/// A stateful P100 on your own machine: develop and test a whole integration without a key or a network.
#[derive(Parser)]
#[command(name = "p100-sandbox", version)]
pub(super) struct Options {
    /// Address to listen on; outside loopback a control token is demanded
    #[arg(long, env = "P100_SANDBOX_HOST", value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    pub(super) host: IpAddr,

    /// Port; 0 takes a free one
    #[arg(long, env = "P100_SANDBOX_PORT", default_value_t = 4100)]
    pub(super) port: u16,

    /// Accept calls to this host too, beside loopback and the address of --host; repeat it, or separate several by commas
    #[arg(long, env = "P100_SANDBOX_ALLOWED_HOST", value_name = "NAME", value_delimiter = ',')]
    pub(super) allowed_host: Vec<String>,

    /// Token that the control plane demands: `Authorization: Bearer TOKEN`, or a password that browsers ask for
    #[arg(long, env = "P100_SANDBOX_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(super) control_token: Option<String>,

    /// Write the port to this file once calls are served; it is gone when the program ends
    #[arg(long, env = "P100_SANDBOX_PORT_FILE", value_name = "FILE")]
    pub(super) port_file: Option<PathBuf>,

    /// Seed of all ids, card numbers and codes: the same calls then give the same ones
    #[arg(long, env = "P100_SANDBOX_SEED", default_value_t = 0)]
    pub(super) seed: u64,

    /// Where webhooks go: an address, before the path of each event
    #[arg(long, env = "P100_SANDBOX_WEBHOOK_URL", value_name = "URL", requires = "webhook_token")]
    pub(super) webhook_url: Option<String>,

    /// Token that webhooks carry in the header `Authorization`
    #[arg(long, env = "P100_SANDBOX_WEBHOOK_TOKEN", value_name = "TOKEN", requires = "webhook_url", hide_env_values = true)]
    pub(super) webhook_token: Option<String>,

    /// Virtual seconds in a real one; at 0 the clock is stopped until it is advanced
    #[arg(long, env = "P100_SANDBOX_SPEED", default_value_t = 1.0, value_parser = speed, allow_negative_numbers = true)]
    pub(super) speed: f64,

    /// Go on from the state in this file, if there is one, and keep the state there
    #[arg(long, env = "P100_SANDBOX_STATE", value_name = "FILE")]
    pub(super) state: Option<PathBuf>,

    /// Save a state that has changed every so many seconds; at 0 only when asked to and when stopped
    #[arg(
        long,
        env = "P100_SANDBOX_SAVE_EVERY",
        value_name = "SECONDS",
        default_value = "5",
        value_parser = seconds,
        allow_negative_numbers = true
    )]
    pub(super) save_every: Duration,

    /// Print only the address, neither the banner nor the calls
    #[arg(long, env = "P100_SANDBOX_QUIET", value_parser = BoolishValueParser::new())]
    pub(super) quiet: bool,
}

impl Options {
    /// The options that this process was given; ends it with a message if they are wrong.
    pub(super) fn get() -> Self {
        // Compose files and shells set variables to nothing when they mean that there is none.
        let is_empty = |name: &std::ffi::OsStr| env::var_os(name).is_some_and(|value| value.is_empty());
        let command = Self::command().mut_args(|argument| match argument.get_env() {
            Some(name) if is_empty(name) => argument.env(Resettable::Reset),
            _ => argument,
        });
        Self::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }
}

fn address(text: &str) -> Result<IpAddr, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().map_err(|_| "expected an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::1".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| (0.0..=1_000_000.0).contains(speed));
    speed.ok_or_else(|| "expected a number from 0 to 1000000".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=86_400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "expected a number of seconds from 0 to 86400".to_owned())
}
