//! `cargo xtask bench`: what `p100` costs, as ratios to the same work done by hand, in one table.

mod build;
mod load;
mod programs;
mod table;

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use self::programs::Programs;
use self::table::Row;
use crate::terminal::say;
use crate::workspace::Repository;

/// What is in `--help`.
pub(crate) const ASSUMPTIONS: &str = "\
Measures p100 against the same work done by hand, and prints one table of ratios; a goal that is missed is no failure.

What is assumed:
- The machine may be busy. Times are medians of 1001 rounds in which both sides take turns in one process, and the ratio is the
  median of the rounds' ratios; the range in brackets is the middle half of them. Instructions and allocations hardly vary.
- The process whose times are taken is held on one core by taskset, where there is one; the line above the table says so. Else the
  scheduler decides whether client and server share a core: that alone has made ratios of 0.3 and of 3.5.
- Instructions are those that callgrind counts in the client's process alone, without the system's: the work done N and 2N times,
  subtracted, so that the start does not count. Without valgrind, the table says so.
- Allocations are those of the client's thread, after a warm-up; a buffer that grows counts as a new one.
- Calls: a server on loopback that responds at once, HTTP/1.1 without TLS over a kept-alive connection, one thread for the client and
  one for the server. Times include the server's part, which is the same for both; instructions do not.
  p100 has its default settings and no trace subscriber. By hand: reqwest of the same build, without redirects and retries, with a
  timeout of 10 s for connections and 30 s for calls, and the key as a default header.
- By hand, amounts are kept as String; a JSON number as its text, since a float would lose digits. Statuses are String too.
- The 10,000 transactions (1.4 MB) and the partner balances (3 KB) are made up after the examples of the spec. The types are read
  by serde_json::from_slice on both sides; transactionsByClient reads through p100::Client, on a transport that responds from memory.
- Where amounts deviate, they are objects, and each entry is read without its amount. The baseline is the same history, read strictly.
- The webhook is one cryptoDepositStatus: the receiver with one token, against serde_json::from_slice into the same payload type.
- Clean builds: one file with one call each, dev profile, offline, in empty target folders without incremental compilation or
  rustc wrapper, with the versions of Cargo.lock, which are downloaded before. By hand: reqwest with json, rustls and http2,
  serde_json and tokio. Each twice, the faster one counts; the range in brackets is from the best to the worst for p100. CPU time is
  that of all processes of a build: go by it if others keep the machine busy.
- All programs but those are built in the release profile as cargo has it.";

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    task: Option<Task>,
    /// Only these.
    #[arg(value_name = "CASE", value_parser = PossibleValuesParser::new(CASES.map(|case| case.name)))]
    cases: Vec<String>,
    /// Compares clean builds too, which takes minutes.
    #[arg(long)]
    build: bool,
}

#[derive(Subcommand)]
enum Task {
    /// How much the sandbox carries, beside a bare axum handler and Prism's mock in the same run.
    #[command(long_about = load::ASSUMPTIONS)]
    Load,
}

struct Case {
    name: &'static str,
    what: &'static str,
    goal: f64,
    /// How often callgrind, which is slow, sees it done.
    count: usize,
}

const CASES: [Case; 8] = [
    Case { name: "getRates", what: "GET getRates", goal: 1.05, count: 200 },
    Case { name: "createTransfer", what: "POST createTransfer", goal: 1.05, count: 200 },
    Case { name: "transactions", what: "decode 10,000 transactions", goal: 1.10, count: 2 },
    Case { name: "transactionsByClient", what: "decode them, as the client does", goal: 1.10, count: 2 },
    Case { name: "repairOne", what: "decode them, one amount deviates", goal: 3.0, count: 2 },
    Case { name: "repairEach", what: "decode them, each amount deviates", goal: 10.0, count: 2 },
    Case { name: "partnerBalances", what: "decode partner balances", goal: 1.10, count: 500 },
    Case { name: "webhook", what: "verify and parse a webhook", goal: 1.20, count: 2000 },
];

pub(crate) fn run(repository: &Repository, options: &Options) -> Result<ExitCode> {
    if let Some(Task::Load) = options.task {
        return load::run(repository);
    }
    let programs = Programs::build(repository)?;
    let mut rows = Vec::new();
    for case in CASES.iter().filter(|case| options.cases.is_empty() || options.cases.iter().any(|name| name == case.name)) {
        let command = format!("cargo xtask bench {}", case.name);
        let mut row = |measure, goal, outcome| rows.push(Row { what: case.what, measure, goal, outcome, command: command.clone() });
        row("time", Some(case.goal), programs.time(case.name));
        row("instructions", Some(case.goal), programs.instructions(case.name, case.count));
        row("allocations", None, programs.allocations(case.name));
    }
    if options.build || options.cases.is_empty() {
        let outcome = if options.build { build::time(repository) } else { Err(anyhow!("it takes minutes; the command does it")) };
        let (wall, cpu) = outcome.map_or_else(|error| (Err(error), None), |(wall, cpu)| (Ok(wall), cpu));
        let mut row = |measure, goal, outcome| {
            let command = "cargo xtask bench --build".to_owned();
            rows.push(Row { what: "clean build of a consumer", measure, goal, outcome, command });
        };
        row("time", Some(1.25), wall);
        if let Some(cpu) = cpu {
            row("CPU time", None, Ok(cpu));
        }
    }
    say!("{}\n\n{}", programs.machine(), table::render(&rows));
    Ok(ExitCode::SUCCESS)
}
