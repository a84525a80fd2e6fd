//! `cargo xtask spec audit`: what P100 changed in its docs index since `spec/docs-index.yaml` was written.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use p100_spec::audit::{Index, Report};
use p100_spec::{INDEX, Node, SPEC};

use crate::format::Format;
use crate::workspace::{Repository, STALE, in_file};

/// What is in `--help`.
pub(crate) const USAGE: &str = "\
Compares P100's published docs index with spec/docs-index.yaml.

  curl -sS https://partner-api-docs.p100.io/llms.txt | cargo xtask spec audit

It reports pages that were added, removed, replaced (another id), renamed (another title) or moved (another section, address or heading),
and summaries that changed: each with what it covers, what it means for the document, and the next step. Summaries are compared by hash,
their text is P100's: it is neither kept nor shown.

Exits with 0 if nothing differs, 4 if something does, 100 if the list or the index cannot be read; then the message says where, as
line:column, and what was expected, and nothing is reported.

JSON: `source`, `index`, `published` and `indexed` (numbers of pages), `differences`: each with `kind` (added, removed, replaced,
renamed, moved, summary-changed), `id`, `was` and `now` (`id`, `title`, `section`, `address`, `kind`, `covers`, `summary` as hash; null
if there is none), `change`, `meaning`, `next_step`, `index_entry` (YAML for spec/docs-index.yaml; null for removed pages).";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The list, P100's llms.txt; `-` is standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The form of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Takes the list as complete, although it looks cut off.
    #[arg(long)]
    complete: bool,
}

pub(crate) fn run(repository: &Repository, options: &Options) -> Result<ExitCode> {
    let document = in_file(Node::parse(&repository.read(SPEC)?), SPEC)?;
    let index = in_file(Index::parse(&repository.read(INDEX)?), INDEX)?.with_document(&document);
    let (name, bytes) = read(&options.file)?;
    let report = in_file(Report::new(index, &bytes, options.complete), &name)?;
    options.format.print(|| report.text(), || report.markdown(), || report.to_json())?;
    Ok(if report.is_fresh() { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}

fn read(file: &Path) -> Result<(String, Vec<u8>)> {
    if file != Path::new("-") {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        return Ok((file.display().to_string(), bytes));
    }
    if std::io::stdin().is_terminal() {
        bail!("name the file, or pipe the list: curl -sS https://partner-api-docs.p100.io/llms.txt | cargo xtask spec audit");
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    Ok(("standard input".to_owned(), bytes))
}
