//! Runs the programs of the folder bench, and reads the one line that each prints.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::num::NonZero;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::table::Figures;
use crate::workspace::Repository;
use crate::{programs, terminal};

/// The programs, and a server for those that callgrind watches.
pub(super) struct Programs {
    measure: PathBuf,
    allocations: PathBuf,
    server: Server,
    /// On which the program is held whose time is taken.
    core: Option<String>,
}

impl Programs {
    pub(super) fn build(repository: &Repository) -> Result<Self> {
        let [measure, allocations] = programs::build(repository, "--release --package p100-bench", ["measure", "allocations"])?;
        Ok(Self { allocations, server: Server::start(&measure)?, measure, core: core() })
    }

    pub(super) fn time(&self, case: &str) -> Result<Figures> {
        let mut command = Command::new(if self.core.is_some() { OsStr::new("taskset") } else { self.measure.as_os_str() });
        if let Some(core) = &self.core {
            command.args(["-c", core]).arg(&self.measure);
        }
        let [p100, by_hand, ratio, low, high] = numbers(command.args(["wall", case]))?;
        Ok(Figures { p100: time(p100), baseline: time(by_hand), ratio, range: Some((low, high)) })
    }

    pub(super) fn instructions(&self, case: &str, count: usize) -> Result<Figures> {
        let each = |side| -> Result<f64> {
            let (once, twice) = (self.callgrind(case, side, count)?, self.callgrind(case, side, 2 * count)?);
            Ok((twice - once) / count as f64)
        };
        let (p100, by_hand) = (each("p100")?, each("by-hand")?);
        Ok(Figures { p100: grouped(p100), baseline: grouped(by_hand), ratio: p100 / by_hand, range: None })
    }

    pub(super) fn allocations(&self, case: &str) -> Result<Figures> {
        let [p100, by_hand, p100_bytes, by_hand_bytes] = numbers(Command::new(&self.allocations).arg(case))?;
        let cell = |count: f64, bytes: f64| format!("{} ({} B)", grouped(count), grouped(bytes));
        Ok(Figures { p100: cell(p100, p100_bytes), baseline: cell(by_hand, by_hand_bytes), ratio: p100 / by_hand, range: None })
    }

    /// What the figures depend on besides the code.
    pub(super) fn machine(&self) -> String {
        let rustc = Command::new("rustc").arg("--version").output();
        let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let pinned = self.core.as_ref().map_or("not pinned to a core".to_owned(), |core| format!("pinned to core {core}"));
        format!("{rustc}, {} on {}, {cores} cores; times are {pinned}", env::consts::OS, env::consts::ARCH)
    }

    /// Instructions of the whole program.
    fn callgrind(&self, case: &str, side: &str, count: usize) -> Result<f64> {
        let file = tempfile::NamedTempFile::new().context("no place for what callgrind writes")?;
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", file.path().display()));
        valgrind.arg(&self.measure).args(["run", case, side, &count.to_string(), &self.server.address]);
        let output = match shown(&mut valgrind).output() {
            Ok(output) => output,
            Err(error) if error.kind() == ErrorKind::NotFound => bail!("valgrind is not installed"),
            Err(error) => return Err(error).context("cannot start valgrind"),
        };
        ensure!(output.status.success(), "callgrind failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        let profile = fs::read_to_string(file.path()).context("cannot read what callgrind wrote")?;
        let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).context("callgrind wrote no total")?;
        total.trim().parse().with_context(|| format!("callgrind counted `{total}`"))
    }
}

/// The server in a process of its own, which ends with its standard input.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(program: &PathBuf) -> Result<Self> {
        let mut process = Command::new(program)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut address = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut address).context("the server says nothing")?;
        }
        Ok(Self { process, address: address.trim().to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dropping the pipe ends it; that it has ended is all that is of interest.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// The last core that this process may use, if `taskset` can hold a program there.
fn core() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    // Such as `0-3,6`.
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let core = allowed.rsplit([',', '-']).next()?.trim();
    let held = Command::new("taskset").args(["-c", core, "true"]).status().ok()?;
    held.success().then(|| core.to_owned())
}

/// Prints the command before it runs.
pub(super) fn shown(command: &mut Command) -> &mut Command {
    // Loopback needs no proxy, whatever the others do.
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").stdin(Stdio::null());
    let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).map(|word| word.to_string_lossy()).collect();
    terminal::complain(&format!("$ {}", words.join(" ")));
    command
}

/// The numbers of the one line that the program prints.
fn numbers<const N: usize>(command: &mut Command) -> Result<[f64; N]> {
    let output = shown(command).output().context("it cannot be started")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let numbers: Option<Vec<f64>> = line.split(' ').map(|word| word.parse().ok()).collect();
    numbers.and_then(|numbers| numbers.try_into().ok()).with_context(|| format!("it printed `{line}` instead of {N} numbers"))
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 1e3 => format!("{short:.0} ns"),
        short if short < 1e6 => format!("{:.1} us", short / 1e3),
        long => format!("{:.2} ms", long / 1e6),
    }
}

/// Rounded to a whole, the thousands separated.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, time};

    #[test]
    fn figures_are_short_and_readable() {
        assert_eq!([999.4, 52_140.0, 5_237_000.0].map(time), ["999 ns", "52.1 us", "5.24 ms"]);
        assert_eq!([0.0, 57.4, 999.0, 1000.0, 1_234_567.0].map(grouped), ["0", "57", "999", "1,000", "1,234,567"]);
    }
}
