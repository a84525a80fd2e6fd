//! Tasks of this repository; `cargo xtask help` lists them.

mod audit;
mod bench;
mod ci;
mod conformance;
mod diff;
mod format;
mod generate;
mod git;
mod probe;
mod programs;
mod semver;
mod spec;
mod step;
mod surface;
mod terminal;
mod tools;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Tasks of this repository")]
struct Arguments {
    /// Works on the checkout in this folder instead of the one the program was built from.
    #[arg(long, global = true)]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Renders the generated files from spec/p100-partner-api.yaml.
    ///
    /// Exits with 0 if all is fresh or was written, 4 if --check found stale files, 100 if nothing could be rendered.
    Generate {
        /// Writes nothing: says which files are stale.
        #[arg(long)]
        check: bool,
        /// Shows how stale files differ.
        #[arg(long)]
        diff: bool,
    },
    /// Work on the document itself.
    #[command(subcommand)]
    Spec(Spec),
    /// What the published crates break in Rust code that uses them, reported by cargo-semver-checks.
    ///
    /// Exits with 0 if nothing breaks or the break is announced by the version or in CHANGELOG.md, 4 if it is not, 100 if nothing could
    /// be compared.
    Semver {
        /// The revision to compare with; by default the previous commit, or the last one if something is not committed.
        #[arg(long)]
        baseline: Option<String>,
    },
    /// Everything that continuous integration checks, in the same order.
    Ci {
        /// Leaves out the comparison with the previous commit, for clones that lack it.
        #[arg(long)]
        without_semver: bool,
    },
    /// Compares the document, the client and the sandbox by tools from elsewhere: Redocly, Schemathesis and Prism.
    Conformance,
    /// What p100 costs against the same work done by hand, as one table of ratios.
    #[command(long_about = bench::ASSUMPTIONS)]
    Bench(bench::Options),
}

#[derive(Subcommand)]
enum Spec {
    /// Checks the document against the project's conventions.
    Lint,
    /// Writes the document in its canonical form.
    Fmt {
        /// Writes nothing: says whether the form is canonical.
        #[arg(long)]
        check: bool,
    },
    /// What P100 changed in its docs index since spec/docs-index.yaml was written.
    #[command(long_about = audit::USAGE)]
    Audit(audit::Options),
    /// How well P100's docs support the document, and the open questions, most valuable first.
    #[command(long_about = spec::EVIDENCE)]
    Evidence {
        /// The form of the report.
        #[arg(long, value_enum, default_value = "text")]
        format: format::Format,
    },
    /// What changed between two documents: what breaks, what is new, what is better known.
    ///
    /// Exits with 0, with 4 if --fail-on finds something, with 100 if nothing could be compared.
    Diff(diff::Options),
    /// The block of CHANGELOG.md and the migration notes of a version, ready to edit.
    ReleaseNotes(diff::Notes),
    /// How the responses to a partner's staging key compare with the document: guesses confirmed, refuted, and what is missing.
    #[command(long_about = probe::USAGE)]
    Probe(probe::Options),
    /// Proves that what `diff` calls additive is a minor change of p100-raw, and what it says to break Rust code does.
    ///
    /// Applies an edit like each golden case of the comparison to the document and asks cargo-semver-checks; takes some minutes. Exits with 0,
    /// with 4 if a case fails, with 100 if nothing could be proven.
    #[command(hide = true)]
    Prove(diff::prove::Options),
}

fn main() -> ExitCode {
    run(Arguments::parse()).unwrap_or_else(|error| {
        terminal::complain(&format!("Failure: {error:#}"));
        ExitCode::from(workspace::CANNOT)
    })
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    // Programs start in the root, where a relative path would name another place.
    let root = arguments.root.map(std::path::absolute).transpose().context("--root names no folder")?;
    let repository = workspace::Repository::new(root);
    match arguments.task {
        Task::Generate { check, diff } => generate::run(&repository, check, diff),
        Task::Spec(Spec::Lint) => spec::lint(&repository),
        Task::Spec(Spec::Fmt { check }) => spec::fmt(&repository, check),
        Task::Spec(Spec::Audit(options)) => audit::run(&repository, &options),
        Task::Spec(Spec::Evidence { format }) => spec::report_evidence(&repository, format),
        Task::Spec(Spec::Diff(options)) => diff::run(&repository, &options),
        Task::Spec(Spec::Prove(options)) => diff::prove::run(&repository, &options),
        Task::Spec(Spec::ReleaseNotes(options)) => diff::write_notes(&repository, &options),
        Task::Spec(Spec::Probe(options)) => probe::run(&repository, &options),
        Task::Semver { baseline } => semver::run(&repository, baseline.as_deref()),
        Task::Ci { without_semver } => ci::run(&repository, !without_semver),
        Task::Conformance => conformance::run(&repository),
        Task::Bench(options) => bench::run(&repository, &options),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use clap::Parser;
    use clap::error::ErrorKind;

    use super::Arguments;
    use crate::workspace::Repository;

    fn visit(path: &Path, found: &mut Vec<PathBuf>) {
        match std::fs::read_dir(path) {
            Ok(entries) => entries.for_each(|entry| visit(&entry.expect("readable").path(), found)),
            Err(_) => found.push(path.to_owned()),
        }
    }

    /// The arguments of every `cargo xtask` in a text, up to the end of the line, of the code or of the command.
    fn commands(text: &str) -> impl Iterator<Item = &str> {
        text.split("cargo xtask ")
            .skip(1)
            .map(|rest| rest.split(['\n', '`', '|', '#', '>', ';', '"', '\\', '{']).next().unwrap_or_default())
    }

    #[test]
    fn every_command_in_the_texts_of_the_repository_is_one() {
        let repository = Repository::new(None);
        let texts = "README.md CONTRIBUTING.md CHANGELOG.md Cargo.toml clippy.toml deny.toml redocly.yaml schemathesis.toml .ci .github \
            bench/Cargo.toml bench/src crates docs spec tests xtask/Cargo.toml xtask/src";
        let mut files = Vec::new();
        texts.split_whitespace().for_each(|path| visit(&repository.path(path), &mut files));
        let (mut found, mut faults) = (BTreeSet::new(), Vec::new());
        for file in files {
            for command in commands(&String::from_utf8_lossy(&std::fs::read(&file).expect("readable"))) {
                found.insert(command.trim().to_owned());
                if let Err(error) = Arguments::try_parse_from(std::iter::once("xtask").chain(command.split_whitespace())) {
                    let is_named =
                        [ErrorKind::DisplayHelp, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, ErrorKind::MissingRequiredArgument]
                            .contains(&error.kind());
                    if !is_named {
                        faults.push(format!("{}: cargo xtask {command}: {error}", file.display()));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(found.len() > 30, "{found:?}");
    }

    #[test]
    fn tasks_are_where_they_belong_and_help_leaves_out_the_one_for_ourselves() {
        let parse = |command: &str| Arguments::try_parse_from(std::iter::once("xtask").chain(command.split_whitespace())).map(|_| ());
        for command in ["spec probe", "spec release-notes OLD", "spec prove --additive", "bench", "bench load", "bench getRates --build"] {
            assert_eq!(parse(command).map_err(|error| error.to_string()), Ok(()), "{command}");
        }
        for command in ["probe", "release-notes OLD", "load", "prove", "bench getRates load", "bench --build load", "bench load getRates"] {
            assert!(parse(command).is_err(), "{command}");
        }
        let help = parse("spec --help").expect_err("shows help").to_string();
        let listed = |name: &str| help.lines().any(|line| line.trim().starts_with(name));
        assert!(["probe", "release-notes", "diff"].into_iter().all(listed) && !listed("prove"), "{help}");
    }
}
