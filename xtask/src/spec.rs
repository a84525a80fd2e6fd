//! `cargo xtask spec`: lint and format of the document.

use std::process::ExitCode;

use anyhow::{Result, bail};
use p100_codegen::RULES;

use crate::workspace::{Repository, SPEC, STALE};

pub(crate) fn lint(repository: &Repository) -> Result<ExitCode> {
    let document = repository.document()?;
    let problems = p100_codegen::lint(&document);
    for problem in &problems {
        println!("{}", problem.in_file(SPEC));
    }
    if !problems.is_empty() {
        bail!("{} problems", problems.len());
    }
    println!(
        "{SPEC}: {} operations, {} webhooks, {} rules, no problem",
        document.operations().len(),
        document.webhooks().len(),
        RULES.len()
    );
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn fmt(repository: &Repository, check: bool) -> Result<ExitCode> {
    let current = repository.read(SPEC)?;
    let formatted = match p100_codegen::fmt::format(&current) {
        Ok(formatted) => formatted,
        Err(problem) => bail!("{}\nNothing was written.", problem.in_file(SPEC)),
    };
    if current == formatted {
        println!("Fresh   {SPEC}");
    } else if check {
        println!("Stale   {SPEC}: not in canonical form. To format it: cargo xtask spec fmt");
        return Ok(ExitCode::from(STALE));
    } else {
        repository.write(SPEC, &formatted)?;
        println!("Written {SPEC}");
    }
    Ok(ExitCode::SUCCESS)
}
