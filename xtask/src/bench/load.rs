//! `cargo xtask bench load`: how much the sandbox carries, beside a bare axum handler and Prism's mock in the same run.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use p100_spec::SPEC;

use crate::conformance::{Server, free_address};
use crate::programs;
use crate::terminal::say;
use crate::tools::{self, PRISM};
use crate::workspace::Repository;

/// What is in `--help`.
pub(super) const ASSUMPTIONS: &str = "\
Measures with wrk (a package of that name in most systems): 1 thread, 32 connections, 10 s for each figure, against servers on loopback
of the release profile that share the machine with wrk. Prism mocks the same document. The memory is what the sandbox's process holds
in RAM after 100,000 users were created through the API.";

const CALLS: [(&str, &str); 2] = [("getRates", "/v1/exchange/get-rate"), ("createTransfer", "/v1/transfer")];

/// A transfer whose parties exist; funds do not matter, since they are checked after the response.
const SCRIPT: &str = r#"
wrk.headers["x-api-key"] = "sandbox-key"
if wrk.path == "/v1/transfer" then
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  wrk.body = '{"destinationExternalUserId":"user-7","amount":1,"currency":"eur"}'
end
"#;

const USERS: usize = 100_000;

pub(super) fn run(repository: &Repository) -> Result<ExitCode> {
    let tools = tools::folder()?;
    if let Some(step) = PRISM.installation(&tools) {
        ensure!(step.run(repository)? == ExitCode::SUCCESS, "Prism cannot be installed");
    }
    let build = "--release --locked --package p100-sandbox --package p100-bench --bins";
    let [sandbox, load] = programs::build(repository, build, ["p100-sandbox", "load"])?;
    let mut script = tempfile::NamedTempFile::new()?;
    script.write_all(SCRIPT.as_bytes())?;

    let address = free_address()?;
    let sandbox = Server::start(Command::new(sandbox).args(["--quiet", "--port", &address.port().to_string()]), address)?;
    let count = USERS.to_string();
    ensure!(Command::new(&load).args(["users", &address.to_string(), &count]).status()?.success(), "users cannot be created");
    let memory = resident(sandbox.id());
    let bare = Bare::start(Command::new(&load).arg("bare"))?;
    let mocked = free_address()?;
    let mut prism = PRISM.command(&tools);
    prism.current_dir(repository.path("")).args(["mock", SPEC, "--port", &mocked.port().to_string()]).stdout(Stdio::null());
    let _prism = Server::start(&mut prism, mocked)?;

    say!("| call | server | requests/s | p50 | p99 |\n| --- | --- | --- | --- | --- |");
    for (name, path) in CALLS {
        for (server, address) in [("p100-sandbox", address), ("bare axum", bare.address), ("Prism mock", mocked)] {
            say!("| {name} | {server} | {} |", wrk(address, path, script.path())?);
        }
    }
    say!("\nMemory with {USERS} users: {}", memory.unwrap_or_else(|| "unknown on this system".to_owned()));
    Ok(ExitCode::SUCCESS)
}

/// `requests/s | p50 | p99`.
fn wrk(address: SocketAddr, path: &str, script: &std::path::Path) -> Result<String> {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "32", "--duration", "10s", "--latency", "--script"])
        .arg(script)
        .arg(format!("http://{address}{path}"))
        .output()
        .context("cannot start wrk: install the package of that name")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {text}");
    let value = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map_or("?", str::trim);
    // Refusals are as quick as anything: they must not be counted as success.
    let failed = text.lines().find_map(|line| line.trim().strip_prefix("Non-2xx or 3xx responses:"));
    ensure!(failed.is_none(), "{path} was refused{}", failed.unwrap_or_default());
    Ok(format!("{} | {} | {}", value("Requests/sec:"), value("50%"), value("99%")))
}

/// What a process holds in RAM.
fn resident(process: u32) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib: f64 = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{:.0} MiB", kib / 1024.0))
}

/// The bare handler, which reports its address and ends with its standard input.
struct Bare {
    process: Child,
    address: SocketAddr,
}

impl Bare {
    fn start(command: &mut Command) -> Result<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start the bare handler")?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        Ok(Self { process, address: line.trim().parse().context("the bare handler reports no address")? })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
