//! `cargo xtask spec diff`: what changed between two documents, for whom it breaks, and what it does to the Rust crates.
//!
//! The crate `drift` judges the wire too, but panics on a changed content type, has one word for all that happens to a string, gives no
//! lines, and sees neither webhooks nor extensions. So the comparison is our own, and the tests hold it against drift's opinion.

mod change;
mod compare;
mod document;
mod html;
mod markdown;
mod matching;
mod operation;
mod report;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod users;

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use p100_codegen::Node;

use self::report::{Report, Side};
use crate::git;
use crate::workspace::{Repository, SPEC, STALE};

/// The index of P100's docs, from the root of the repository.
const INDEX: &str = "spec/docs-index.yaml";

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
    let old = side(repository, &options.old)?;
    let new = match &options.new {
        Some(name) => side(repository, name)?,
        None => parse("working tree", &repository.read(SPEC)?, SPEC)?,
    };
    let index = repository.read(INDEX).ok().and_then(|text| Node::parse(&text).ok());
    let report = Report::new(old, new, index.as_ref());
    let text = match options.format {
        Format::Text => text::write(&report, has_colour()),
        Format::Markdown => markdown::write(&report),
        Format::Json => format!("{:#}\n", report.to_json()),
        Format::Html => html::write(&report),
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // The reader has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        result => result.context("cannot write the report")?,
    }
    let is_meant = |change: &change::Change| match options.fail_on {
        None => false,
        Some(Threshold::Breaking) => change.class.is_breaking(),
        Some(Threshold::Unclassified) => change.class <= change::Class::Unclassified,
        Some(Threshold::Additive) => change.class <= change::Class::Additive,
    };
    Ok(if report.changes.iter().any(is_meant) { ExitCode::from(STALE) } else { ExitCode::SUCCESS })
}

/// The document of a file or, if there is none of this name, of a revision.
fn side(repository: &Repository, name: &str) -> Result<Side> {
    if Path::new(name).is_file() {
        let text = std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
        return parse(name, &text, name);
    }
    let commit = git::commit(repository, name).with_context(|| format!("{name} is neither a file nor a revision"))?;
    let text = git::ask(repository, &format!("show {commit}:{SPEC}")).with_context(|| format!("the revision {name} has no {SPEC}"))?;
    parse(name, &text, &PathBuf::from(format!("{name}:{SPEC}")).to_string_lossy())
}

/// Reads a document. It need not keep the project's conventions: an old one may not know them yet, and one in work breaks them.
fn parse(name: &str, text: &str, file: &str) -> Result<Side> {
    let root = match Node::parse(text) {
        Ok(root) => root,
        Err(problem) => bail!("{}", problem.in_file(file)),
    };
    if !root.str("openapi").is_some_and(|version| version.starts_with("3.")) {
        bail!("{file}:{}:{}: not an OpenAPI 3 document: the key `openapi` must say 3.x.y", root.position.line, root.position.column);
    }
    for key in ["paths", "components", "x-webhooks"] {
        if let Some(node) = root.get(key).filter(|node| node.as_map().is_none()) {
            bail!("{file}:{}:{}: `{key}` is not a mapping", node.position.line, node.position.column);
        }
    }
    Ok(Side { name: name.to_owned(), root })
}

fn has_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stdout().is_terminal()
}
