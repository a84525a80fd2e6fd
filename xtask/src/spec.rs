//! `cargo xtask spec`: lint and format of the document.

use std::process::ExitCode;

use anyhow::{Result, bail};
use p100_codegen::RULES;

use crate::terminal::say;
use crate::workspace::{INDEX, Repository, SPEC, STALE};

pub(crate) fn lint(repository: &Repository) -> Result<ExitCode> {
    let document = repository.document()?;
    let own = p100_codegen::lint(&document);
    let index = p100_codegen::lint_index(&repository.read(INDEX)?);
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
    let formatted = match p100_codegen::fmt::format(&current) {
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
