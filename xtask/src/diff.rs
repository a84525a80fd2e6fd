//! `cargo xtask spec diff` and `spec release-notes`: the comparison of two revisions or files, and what it does to the Rust crates.

mod crates;
pub(crate) mod prove;
mod side;

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Result;
use p100_spec::diff::{Change, Class, Report};
use p100_spec::{INDEX, Node};

use self::side::Origin;
use crate::terminal;
use crate::workspace::{Repository, STALE};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// A revision or a file.
    #[arg(default_value = "HEAD")]
    old: String,
    /// A revision or a file; by default the document of the working tree.
    new: Option<String>,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exits with 4 if there is a change of this kind or a worse one. The order is breaking, unclassified, additive.
    #[arg(long, value_enum)]
    fail_on: Option<Threshold>,
    /// Also reports what happens to the public items of the published crates, what cargo-semver-checks calls it, and so the version they
    /// need. Takes some minutes: both sides are built. With a document from a file the crates are those of the last commit.
    #[arg(long)]
    rust: bool,
}

#[derive(clap::Args)]
pub(crate) struct Notes {
    /// The revision or file of the last release.
    old: String,
    /// The revision or file of the new one; by default the working tree.
    new: Option<String>,
    /// Also lists the public items that vanish or change, and finds the version. Takes some minutes.
    #[arg(long)]
    rust: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For a terminal, with colour if it is one and `NO_COLOR` is not set.
    Text,
    /// For the comment of a pull request.
    Markdown,
    /// For programs.
    Json,
    /// One page with everything in it, both sides beside each other.
    Html,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Threshold {
    Breaking,
    Unclassified,
    Additive,
}

pub(crate) fn run(repository: &Repository, options: &Options) -> Result<ExitCode> {
    let report = compare(repository, &options.old, options.new.as_deref(), options.rust)?;
    match options.format {
        Format::Text => terminal::print_coloured(&report.text(has_colour()))?,
        Format::Markdown => terminal::print(&report.markdown())?,
        Format::Json => terminal::print_json(&report.to_json())?,
        Format::Html => terminal::print(&report.html())?,
    }
    let is_meant = |change: &Change| match options.fail_on {
        None => false,
        Some(Threshold::Breaking) => change.class.is_breaking(),
        Some(Threshold::Unclassified) => change.class <= Class::Unclassified,
        Some(Threshold::Additive) => change.class <= Class::Additive,
    };
    Ok(if report.changes.iter().any(is_meant) { ExitCode::from(STALE) } else { ExitCode::SUCCESS })
}

/// Writes the block of the changelog and the migration notes of a version.
pub(crate) fn write_notes(repository: &Repository, options: &Notes) -> Result<ExitCode> {
    terminal::print(&compare(repository, &options.old, options.new.as_deref(), options.rust)?.release_notes())?;
    Ok(ExitCode::SUCCESS)
}

/// The report on two revisions or files; the second is the working tree if it has no name.
fn compare(repository: &Repository, old: &str, new: Option<&str>, rust: bool) -> Result<Report> {
    let (from, to) = (Origin::of(Some(old)), Origin::of(new));
    let (old, new) = (from.read(repository)?, to.read(repository)?);
    let index = repository.read(INDEX).ok().and_then(|text| Node::parse(&text).ok());
    let mut report = Report::new(old, new, index.as_ref());
    if rust {
        report.rust = Some(crates::compare(repository, &from, &to, report.new.version())?);
    }
    Ok(report)
}

fn has_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stdout().is_terminal()
}
