//! `cargo xtask spec audit`: what P100 changed in its docs index since `spec/docs-index.yaml` was written.

mod compare;
mod index;
mod published;
mod report;

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use p100_codegen::Node;

use self::index::{INDEX, Index};
use self::published::Entry;
use crate::format::Format;
use crate::workspace::{Repository, SPEC, STALE, told};

/// What stands in `--help`.
pub(crate) const USAGE: &str = "\
Compares P100's published docs index with spec/docs-index.yaml.

  curl -sS https://partner-api-docs.p100.io/llms.txt | cargo xtask spec audit

It tells pages that were added, removed, replaced (another id), renamed (another title) or moved (another section, address or heading),
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
    let document = told(Node::parse(&repository.read(SPEC)?), SPEC)?;
    let index = Index::parse(&repository.read(INDEX)?)?.with_document(&document);
    let (name, bytes) = read(&options.file)?;
    let entries = entries(&index, &name, &bytes, options.complete)?;
    let differences = compare::compare(&index, &entries);
    report::print(options.format, &index, entries.len(), &differences)?;
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(STALE) })
}

/// The whole list, or why it is none.
fn entries(index: &Index, name: &str, bytes: &[u8], complete: bool) -> Result<Vec<Entry>> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let place = published::place(&valid, valid.len());
            bail!("{name}:{}:{}: not UTF-8 from here on; expected text", place.line, place.column);
        }
    };
    let entries = match published::parse(text, &|section| index.has_section(section)) {
        Ok(entries) => entries,
        Err(fault) => bail!("{name}:{}:{}: {}", fault.position.line, fault.position.column, fault.message),
    };
    if let Some(reason) = compare::cut_off(index, &entries).filter(|_| !complete) {
        let end = published::place(text, text.trim_end().len());
        bail!(
            "{name}:{}:{}: the list looks cut off here: {reason}. Expected {} pages. Fetch it again; if P100 does publish it so: --complete",
            end.line,
            end.column,
            index.pages.len()
        );
    }
    Ok(entries)
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

#[cfg(test)]
mod tests {
    use super::entries;
    use super::index::Index;

    #[test]
    fn a_list_that_is_cut_off_anywhere_is_refused_as_far_as_that_can_be_seen() {
        let index = Index::parse(include_str!("../tests/tasks/audit/docs-index.yaml")).expect("the index");
        let list = include_str!("../tests/tasks/audit/llms.txt");
        // Behind a summary of the last pages nothing looks cut off: a few pages at the end may as well be gone.
        let unseen = ["Drops an order.", "Pays for a client.", "Pays.", "open (see [Welcome](apidog://link/pages/101))"];
        let mut refused = 0;
        for list in [list.trim_end().to_owned(), list.split_whitespace().collect::<Vec<_>>().join(" ")] {
            assert!(entries(&index, "list", list.as_bytes(), false).is_ok());
            for end in 0..list.len() {
                let cut = list[..end].trim_end_matches([' ', '\n', '-']);
                if unseen.iter().any(|whole| cut.ends_with(whole)) {
                    continue;
                }
                let error = entries(&index, "list", &list.as_bytes()[..end], false).expect_err(cut).to_string();
                let expected = ["cut off", "the list ends", "the list is empty", "not a list of pages"];
                assert!(error.starts_with("list:") && expected.iter().any(|words| error.contains(words)), "{end}: {error}");
                refused += 1;
            }
        }
        assert!(refused > 1000, "{refused}");
    }
}
