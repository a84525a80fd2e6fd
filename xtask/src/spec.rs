//! `cargo xtask spec`: lint, format and evidence of the document.

use std::process::ExitCode;

use anyhow::{Result, bail};
use p100_spec::{INDEX, RULES, SPEC, coverage};

use crate::format::Format;
use crate::terminal::say;
use crate::workspace::{Repository, STALE};

/// What is in `--help` of `evidence`.
pub(crate) const EVIDENCE: &str = "\
How well P100's docs support each statement of the document: operations, parameters, success statuses, error codes, members, enum values
and webhooks by grade; and the open questions, most valuable first. Markdown is what docs/coverage.md has.

Exits with 0, or with 100 if the document cannot be read.

JSON: `version`, `totals` (by kind of statement, then by grade), `operations` (`id`, `method`, `path`, `evidence`, and by name and
`evidence`: `parameters`, `success_statuses`, `error_codes`; `docs_pages`), `schemas` (`name`, `members`, `enum_values`), `webhooks`
(`id`, `path`, `path_evidence`, `payload`, `evidence`, `docs_pages`), `questions` (`rank`, `value` and its factors `stake`, `part` and
`doubt`, `about`, `question`, `evidence`, `settles`, `docs_pages` with `id` and, for the first of each operation or event, `address`).";

pub(crate) fn lint(repository: &Repository) -> Result<ExitCode> {
    let document = repository.document()?;
    let own = p100_spec::lint(&document);
    let index = p100_spec::lint_index(&repository.read(INDEX)?);
    let problems: Vec<String> =
        own.iter().map(|problem| problem.in_file(SPEC)).chain(index.iter().map(|problem| problem.in_file(INDEX))).collect();
    for problem in &problems {
        say!("{problem}");
    }
    if !problems.is_empty() {
        bail!("{} problems", problems.len());
    }
    say!("{SPEC}: {} operations, {} webhooks, {} rules, no problem", document.operations().len(), document.webhooks().len(), RULES.len());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn fmt(repository: &Repository, check: bool) -> Result<ExitCode> {
    let current = repository.read(SPEC)?;
    let formatted = match p100_spec::fmt::format(&current) {
        Ok(formatted) => formatted,
        Err(problem) => bail!("{}\nNothing was written.", problem.in_file(SPEC)),
    };
    if current == formatted {
        say!("Fresh   {SPEC}");
    } else if check {
        say!("Stale   {SPEC}: not in canonical form. To format it: cargo xtask spec fmt");
        return Ok(ExitCode::from(STALE));
    } else {
        repository.write(SPEC, &formatted)?;
        say!("Written {SPEC}");
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn report_evidence(repository: &Repository, format: Format) -> Result<ExitCode> {
    let document = repository.document()?;
    format.print(|| coverage::text(&document), || coverage::page(&document), || coverage::to_json(&document))?;
    Ok(ExitCode::SUCCESS)
}
