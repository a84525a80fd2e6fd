//! `cargo xtask spec probe`: what a server of P100 returns, compared with the document.

mod call;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, ensure};
use chrono::{Datelike, Utc};
use p100_spec::probe::{Probe, Values, created};
use p100_spec::{Document, SPEC, fmt};

use self::call::Server;
use crate::format::Format;
use crate::terminal;
use crate::workspace::{Repository, STALE, in_file};

/// What is in `--help`.
pub(crate) const USAGE: &str = "\
Calls P100 with a partner's staging key and compares what comes back with the document: status, content type, members and their types,
values of enums, error codes. It reports which guesses of the document are confirmed or refuted, and what the document does not have.

  export P100_API_KEY=...      # the only place from which a key is taken
  cargo xtask spec probe --user customer-42 --patch observed.patch
  git apply observed.patch

Called is what reads only: each GET that may be repeated (`x-retry`), needs the key and returns JSON, once; and the cheapest of them once
more without a key and once with a wrong one, which have to be refused. Members such as `cardId` that a response has are used where a
later path needs them; a user is only ever the one of --user. Everything else is listed with what would have it called.

--write also calls what creates something that expires by itself, and nothing else: GETs that may not be repeated whose response has a
`validUntil`. These are the rate locks, lockPartnerRate and lockRate: no money moves, and a lock that is not used expires. It asks first.

The report has no values: neither the key, nor ids, nor anything of the responses but names of members, types, statuses, error codes, and
those words outside of an enum's list that look like words of an enum (LOCKED_BY_USER).

A patch enters what was confirmed under `x-observed`, by day, beside the grade. The grade stays: it says what P100's docs support, and
one server's response on one day is no documentation. `cargo xtask spec evidence` asks no more about what was observed. What was refuted is
for a person to correct.

Exits with 0 if everything matches, 4 if something is refuted, undocumented or unverified, 100 if it could not run.

JSON: `server`, `server_is_documented`, `version`, `day`, `matches`, `calls` (`operation`, `call`, `key` if it was none or a wrong one,
`outcome`, `matches`), `findings` (`verdict`: refuted, undocumented, unverified, confirmed; `subject`, `owner`, `name`, `evidence` or null,
`observed_before`, `operation`, `at`, `detail`, `next_step`), `not_probed` (`operation`, `reason`, `flag` or null), `patch`.";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The server, by its origin; by default staging, the first server of the document.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Allows the production server of the document.
    #[arg(long, conflicts_with = "write")]
    production: bool,
    /// The user whose data are read, by the partner's own id.
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// A card of that user; without it, the first one that is listed.
    #[arg(long, value_name = "ID")]
    card: Option<String>,
    /// A value for a parameter of a path or a query, everywhere or for one operation.
    #[arg(long = "parameter", value_name = "[OPERATION.]NAME=VALUE")]
    parameters: Vec<String>,
    /// Also calls what creates something that expires by itself.
    #[arg(long, requires = "user")]
    write: bool,
    /// Does not ask before --write.
    #[arg(long, requires = "write")]
    yes: bool,
    /// The form of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Keeps the patch to the document in this file instead of showing it.
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
}

pub(crate) fn run(repository: &Repository, options: &Options) -> Result<ExitCode> {
    // As git has it.
    let text = repository.read(SPEC)?.replace("\r\n", "\n");
    let document = in_file(Document::load(&text), SPEC)?;
    ensure!(fmt::format(&text).is_ok_and(|form| form == text), "{SPEC} is not in its canonical form: cargo xtask spec fmt");
    let server = Server::new(&document, options.base_url.as_deref(), options.production)?;
    let now = Utc::now();
    let month = (now.year(), now.month());
    let (user, card) = (options.user.as_deref(), options.card.as_deref());
    let values = Values::new(&document, user, card, &options.parameters, month).map_err(anyhow::Error::msg)?;
    if options.write && !options.yes {
        confirm(&document, &server.address())?;
    }
    let mut probe = Probe::new(&document, values, options.write).map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(call_all(&server, &mut probe))?;

    let day = now.format("%F").to_string();
    let mut report = in_file(probe.report(&text, &server.address(), !server.is_of_document(), &day), SPEC)?;
    report.patch_is_kept = options.patch.is_some();
    if let Some(file) = options.patch.as_deref().filter(|_| !report.patch.is_empty()) {
        let file = std::path::absolute(file).context("--patch is no path")?;
        repository.write(&file.to_string_lossy(), &report.patch)?;
    }
    options.format.print(|| report.text(), || report.markdown(), || report.to_json())?;
    Ok(if report.matches() { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}

async fn call_all(server: &Server, probe: &mut Probe<'_>) -> Result<()> {
    while let Some(call) = probe.next() {
        let result = server.get(&call.target, call.credential).await;
        let is_first = probe.made().is_empty();
        let is_refused = result.as_ref().is_ok_and(|received| received.status == 401);
        ensure!(!is_first || !is_refused, "{} returns 401: it refuses the key in {}", server.address(), call::KEY);
        probe.record(call, result).map_err(|problem| anyhow!("{}", problem.in_file(SPEC)))?;
        // The first three are of one operation.
        let is_silent = probe.made().len() == 3 && !probe.made().iter().any(|made| made.has_response);
        ensure!(!is_silent, "{} does not respond: {}", server.address(), probe.made().first().map_or("", |made| &made.outcome));
    }
    Ok(())
}

/// Asks whether to create what `--write` creates.
fn confirm(document: &Document, address: &str) -> Result<()> {
    let created: Vec<&str> = created(document).map(|operation| operation.id.as_str()).collect();
    let created = created.join(", ");
    ensure!(std::io::stdin().is_terminal(), "--write calls {created} at {address}; without a terminal to ask at, it needs --yes");
    terminal::ask(&format!("This calls {created} at {address}, which create something that expires by itself. Go on? [y/N] "));
    std::io::stderr().flush()?;
    let mut received = String::new();
    std::io::stdin().read_line(&mut received)?;
    ensure!(received.trim().eq_ignore_ascii_case("y"), "nothing was called");
    Ok(())
}

#[cfg(test)]
mod tests {
    use p100_spec::Document;

    use super::{USAGE, created};

    #[test]
    fn the_help_states_all_that_write_calls() {
        let document = Document::load(include_str!("../../spec/p100-partner-api.yaml")).expect("the document");
        let stated: Vec<&str> = created(&document).map(|operation| operation.id.as_str()).collect();
        assert!(USAGE.contains(&format!("These are the rate locks, {}:", stated.join(" and "))), "is {stated:?} harmless? Then state it");
    }
}
