//! `cargo xtask conformance`: tools that nobody here wrote compare the document, the client and the sandbox.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use p100_spec::SPEC;

use crate::programs;
use crate::terminal::say;
use crate::tools::{self, PRISM, REDOCLY, SCHEMATHESIS};
use crate::workspace::Repository;

/// How long a server may take to accept connections.
const START: Duration = Duration::from_secs(60);

pub(crate) fn run(repository: &Repository) -> Result<ExitCode> {
    let tools = tools::folder()?;
    for step in [&REDOCLY, &PRISM, &SCHEMATHESIS].into_iter().filter_map(|tool| tool.installation(&tools)) {
        say!("$ {step}");
        ensure!(step.run(repository)? == ExitCode::SUCCESS, "a tool cannot be installed");
    }
    say!("\nRedocly: the document");
    succeed(REDOCLY.command(&tools).current_dir(repository.path("")).args(["lint", SPEC]))?;
    let examples = repository.examples()?;
    let [sandbox] = programs::build(repository, "--quiet --locked --package p100-sandbox --bins", ["p100-sandbox"])?;
    schemathesis(repository, &tools, &sandbox)?;
    prism(repository, &tools, &examples)?;
    say!("\nNothing contradicts the document");
    Ok(ExitCode::SUCCESS)
}

/// Whatever Schemathesis can make of the document, sent to the sandbox.
fn schemathesis(repository: &Repository, tools: &Path, sandbox: &Path) -> Result<()> {
    say!("\nSchemathesis: the sandbox");
    let address = free_address()?;
    // Not by `cargo run`: ending that would leave the sandbox behind.
    let _sandbox = Server::start(Command::new(sandbox).args(["--quiet", "--port", &address.port().to_string()]), address)?;
    // What schemathesis.toml knows of.
    post(address, "/_sandbox/users", r#"{"externalUserId":"customer-42"}"#)?;
    post(address, "/_sandbox/users", r#"{"externalUserId":"customer-44","limited":true}"#)?;
    for account in ["partner", "user:customer-42", "user:customer-44"] {
        for currency in ["eur", "eth", "usdc"] {
            post(address, "/_sandbox/fund", &format!(r#"{{"account":"{account}","currency":"{currency}","amount":100000}}"#))?;
        }
    }
    let config = repository.path("schemathesis.toml");
    succeed(SCHEMATHESIS.command(tools).current_dir(repository.path("")).arg("--config-file").arg(config).args([
        "run",
        SPEC,
        "--url",
        &format!("http://{address}"),
    ]))
}

/// The examples against the sandbox, with Prism between them as a proxy that refuses whatever breaks the document, either way.
fn prism(repository: &Repository, tools: &Path, examples: &[String]) -> Result<()> {
    say!("\nPrism: the client and the sandbox");
    let (sandbox, proxy) = (free_address()?, free_address()?);
    let log = tempfile::NamedTempFile::new().context("no temporary file for the log of Prism")?;
    let mut prism = PRISM.command(tools);
    prism
        .current_dir(repository.path(""))
        .args(["proxy", SPEC, &format!("http://{sandbox}"), "--errors", "--port", &proxy.port().to_string()])
        .stdout(log.reopen()?)
        .stderr(log.reopen()?);
    let server = Server::start(&mut prism, proxy)?;
    for example in examples {
        say!("$ cargo run --package p100 --example {example}");
        let mut command = cargo(repository);
        command
            .args(["run", "--quiet", "--locked", "--package", "p100", "--features", "axum", "--example", example])
            .env("P100_SANDBOX_PORT", sandbox.port().to_string())
            .env("P100_SANDBOX_PROXY", format!("http://{proxy}"));
        succeed(command.stdout(Stdio::null()))?;
    }
    drop(server);
    let log = std::fs::read_to_string(log.path())?;
    let calls = log.lines().filter(|line| line.contains("Request received")).count();
    let violations: Vec<&str> = log.lines().filter(|line| line.contains("Violation")).collect();
    ensure!(violations.is_empty(), "Prism found violations:\n{}", violations.join("\n"));
    ensure!(calls > 0, "no call went through Prism:\n{log}");
    say!("Prism: {calls} calls went through, no violation in either direction");
    Ok(())
}

/// Commands the sandbox: a request too simple for an HTTP client.
fn post(address: SocketAddr, path: &str, body: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n");
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    ensure!(response.starts_with("HTTP/1.1 200 "), "POST {path} {body}: {response}");
    Ok(())
}

/// A program that serves at an address until this is dropped.
pub(crate) struct Server(Child);

impl Server {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Starts it, and waits until it accepts connections.
    pub(crate) fn start(command: &mut Command, address: SocketAddr) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start {name}"))?;
        let mut server = Self(child);
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.0.try_wait()? {
                bail!("{name} ended before it served: {status}");
            }
            ensure!(begin.elapsed() < START, "{name} does not serve at {address}");
            sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn cargo(repository: &Repository) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repository.path(""));
    cargo
}

fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} found something: {status}");
    Ok(())
}

/// An address on loopback that nobody uses at the moment.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
