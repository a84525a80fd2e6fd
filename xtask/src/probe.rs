//! `cargo xtask spec probe`: what a server of P100 answers, held against the document.

mod call;
mod compare;
mod patch;
mod plan;
mod report;
mod shape;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use chrono::Utc;
use p100_codegen::{Document, Operation, Retry};

use self::call::{Answer, Credential, Server};
use self::compare::Comparison;
use self::plan::{Target, Values, excluded, expires};
use self::report::{Made, Report, Skipped};
use crate::format::Format;
use crate::terminal;
use crate::workspace::{Repository, SPEC, STALE, told};

/// What stands in `--help`.
pub(crate) const USAGE: &str = "\
Calls P100 with a partner's staging key and compares what comes back with the document: status, content type, members and their types,
values of enums, error codes. It tells which guesses of the document are confirmed or refuted, and what the document does not have.

  export P100_API_KEY=...      # the only place from which a key is taken
  cargo xtask spec probe --user customer-42 --patch observed.patch
  git apply observed.patch

Called is what reads only: each GET that may be repeated (`x-retry`), needs the key and answers JSON, once; and the cheapest of them once
more without a key and once with a wrong one, which have to be refused. Members such as `cardId` that an answer has are used where a
later path needs them; a user is only ever the one of --user. Everything else is listed with what would have it called.

--write also calls what creates something that expires by itself, and nothing else: GETs that may not be repeated whose answer has a
`validUntil`. These are the rate locks, lockPartnerRate and lockRate: no money moves, and a lock that is not used expires. It asks first.

The report has no values: neither the key, nor ids, nor anything of the answers but names of members, types, statuses, error codes, and
those words outside of an enum's list that look like words of an enum (LOCKED_BY_USER).

A patch enters what was confirmed under `x-observed`, by day, beside the grade. The grade stays: it says what P100's docs support, and
one server's answer on one day is no documentation. `cargo xtask spec evidence` asks no more about what was observed. What was refuted is
for a person to correct.

Exits with 0 if everything matches, 4 if something is refuted, undocumented or unanswered, 100 if it could not run.

JSON: `server`, `server_is_documented`, `version`, `day`, `matches`, `calls` (`operation`, `call`, `key` if it was none or a wrong one,
`outcome`, `matches`), `findings` (`verdict`: refuted, undocumented, unanswered, confirmed; `subject`, `owner`, `name`, `evidence` or null,
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
    let text = repository.read(SPEC)?;
    let document = told(Document::load(&text), SPEC)?;
    patch::require_canonical(&text)?;
    let server = Server::new(&document, options.base_url.as_deref(), options.production)?;
    let values = Values::new(&document, options.user.as_deref(), options.card.as_deref(), &options.parameters)?;
    if options.write && !options.yes {
        confirm(&document, &server.address())?;
    }
    let mut probe =
        Probe { document: &document, server, values, comparison: Comparison::new(&document), made: Vec::new(), skipped: Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(probe.run(options.write))?;

    let day = Utc::now().format("%F").to_string();
    let findings = probe.comparison.into_findings();
    let about = format!("Observed at {} on {day}", probe.server.address());
    let patch = patch::diff(&text, &document, &findings, &day, &about)?;
    if let Some(file) = options.patch.as_deref().filter(|_| !patch.is_empty()) {
        let file = std::path::absolute(file).context("--patch is no path")?;
        repository.write(&file.to_string_lossy(), &patch)?;
    }
    let report = Report {
        address: probe.server.address(),
        is_strange: !probe.server.is_of_document(),
        version: document.version().to_owned(),
        day,
        made: probe.made,
        skipped: probe.skipped,
        findings,
        patch,
        patch_is_kept: options.patch.is_some(),
    };
    report.print(options.format)?;
    Ok(if report.matches() { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}

/// Asks whether to create what `--write` creates.
fn confirm(document: &Document, address: &str) -> Result<()> {
    let created: Vec<&str> = created(document).map(|operation| operation.id.as_str()).collect();
    let created = created.join(", ");
    ensure!(std::io::stdin().is_terminal(), "--write calls {created} at {address}; without a terminal to ask at, it needs --yes");
    terminal::ask(&format!("This calls {created} at {address}, which create something that expires by itself. Go on? [y/N] "));
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    ensure!(answer.trim().eq_ignore_ascii_case("y"), "nothing was called");
    Ok(())
}

/// What only `--write` calls.
fn created(document: &Document) -> impl Iterator<Item = &Operation> {
    document.operations().iter().filter(|operation| {
        operation.retry == Retry::Never && expires(document, operation) && excluded(document, operation, true).is_none()
    })
}

struct Probe<'a> {
    document: &'a Document,
    server: Server,
    values: Values,
    comparison: Comparison<'a>,
    made: Vec<Made>,
    skipped: Vec<Skipped>,
}

impl Probe<'_> {
    async fn run(&mut self, write: bool) -> Result<()> {
        let mut open: Vec<&Operation> = Vec::new();
        for operation in self.document.operations() {
            match excluded(self.document, operation, write) {
                None => open.push(operation),
                Some(excluded) => self.skip(operation, excluded.reason.to_owned(), excluded.flag.unwrap_or_default().to_owned()),
            }
        }
        let known = open.iter().filter_map(|operation| Some((*operation, self.values.target(self.document, operation).ok()?)));
        let cheapest = known.filter(|(operation, _)| operation.retry == Retry::Safe).min_by_key(|(operation, _)| self.cost(operation));
        let Some((cheapest, target)) = cheapest else { bail!("the document has no operation that can be called with what is known") };

        // The cheapest one first: if the key is refused, nothing else is tried.
        open.retain(|operation| operation.id != cheapest.id);
        let answered = self.call(cheapest, &target, Credential::Key).await?;
        ensure!(answered != Some(401), "{} answers 401: it refuses the key in {}", self.server.address(), call::KEY);
        self.call(cheapest, &target, Credential::Nothing).await?;
        self.call(cheapest, &target, Credential::Wrong).await?;
        let is_silent = !self.made.iter().any(|made| made.is_answered);
        ensure!(!is_silent, "{} does not answer: {}", self.server.address(), self.made.first().map_or("", |made| &made.outcome));

        // What one round learns, the next can use.
        let next = |values: &Values, open: &[&Operation]| {
            open.iter().enumerate().find_map(|(index, operation)| Some((index, values.target(self.document, operation).ok()?)))
        };
        while let Some((index, target)) = next(&self.values, &open) {
            self.call(open.remove(index), &target, Credential::Key).await?;
        }
        for operation in open {
            if let Err(parameter) = self.values.target(self.document, operation) {
                let flag = Values::flag(self.document, operation, &parameter.name);
                self.skip(operation, format!("`{}` is not known", parameter.name), flag);
            }
        }
        Ok(())
    }

    /// Fewer parameters first, then smaller answers.
    fn cost(&self, operation: &Operation) -> (usize, usize) {
        let body = operation.successes().find_map(|response| response.body.as_ref()?.node.get("schema"));
        (operation.parameters.len(), body.map_or(0, |schema| compare::weight(self.document, schema)))
    }

    /// Calls, compares and learns; tells the status.
    async fn call(&mut self, operation: &Operation, target: &Target, credential: Credential) -> Result<Option<u16>> {
        let begin = self.comparison.count();
        let result = self.server.get(target, credential).await;
        let outcome = match &result {
            Ok(answer) => {
                self.comparison.answered(operation, answer, !matches!(credential, Credential::Key))?;
                self.learn(operation, target, answer);
                compare::outcome(answer)
            }
            Err(silence) => {
                self.comparison.unanswered(operation, *silence);
                silence.to_string()
            }
        };
        self.made.push(Made {
            operation: operation.id.clone(),
            call: format!("{} {}", operation.method.word(), operation.path),
            key: match credential {
                Credential::Key => "",
                Credential::Nothing => "without a key",
                Credential::Wrong => "with a wrong key",
            },
            outcome,
            is_answered: result.is_ok(),
            matches: self.comparison.matches_since(begin),
        });
        Ok(result.ok().map(|answer| answer.status))
    }

    fn learn(&mut self, operation: &Operation, target: &Target, answer: &Answer) {
        let response = operation.successes().find(|response| response.status == answer.status);
        if let (Some(response), Some(body)) = (response, &answer.json) {
            self.values.learn(target, &response.node, body);
        }
    }

    fn skip(&mut self, operation: &Operation, reason: String, flag: String) {
        self.skipped.push(Skipped { operation: operation.id.clone(), reason, flag });
    }
}

#[cfg(test)]
mod tests {
    use p100_codegen::Document;

    use super::{USAGE, created};

    #[test]
    fn the_help_states_all_that_write_calls() {
        let document = Document::load(include_str!("../../spec/p100-partner-api.yaml")).expect("the document");
        let stated: Vec<&str> = created(&document).map(|operation| operation.id.as_str()).collect();
        assert!(USAGE.contains(&format!("These are the rate locks, {}:", stated.join(" and "))), "is {stated:?} harmless? Then state it");
    }
}
