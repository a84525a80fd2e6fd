//! `cargo xtask generate`: the generated files and whether they are what the document says.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use p100_codegen::{File, GENERATED, render};
use p100_spec::coverage::readme;
use p100_spec::{Document, SPEC, lint};

use crate::terminal::{self, say};
use crate::workspace::{Repository, STALE};

pub(crate) fn run(repository: &Repository, check: bool, diff: bool) -> Result<ExitCode> {
    let start = Instant::now();
    // Everything is rendered before anything is written: a broken document changes nothing on disk.
    let files = rendered(repository)?;
    let took = start.elapsed();
    let lines: usize = files.iter().map(|file| file.contents.lines().count()).sum();
    let mut stale = 0;
    for file in &files {
        let current = fs::read_to_string(repository.path(&file.path)).unwrap_or_default().replace("\r\n", "\n");
        if current == file.contents {
            say!("Fresh   {}", file.path);
            continue;
        }
        stale += 1;
        say!("{} {}", if check { "Stale  " } else { "Written" }, file.path);
        if diff {
            let changes = similar::TextDiff::from_lines(&current, &file.contents);
            terminal::print(&changes.unified_diff().header(&format!("a/{}", file.path), &format!("b/{}", file.path)).to_string())?;
        }
        if !check {
            repository.write(&file.path, &file.contents)?;
        }
    }
    for path in leftovers(repository, &files)? {
        stale += 1;
        say!("{} {path}: nothing generates it any more", if check { "Stale  " } else { "Removed" });
        if !check {
            fs::remove_file(repository.path(&path))?;
        }
    }
    say!("{} files, {lines} lines, rendered in {:.2} s", files.len(), took.as_secs_f64());
    if check && stale > 0 {
        say!("{stale} stale. To renew them: cargo xtask generate");
        return Ok(ExitCode::from(STALE));
    }
    Ok(ExitCode::SUCCESS)
}

/// All generated files; the README among them, of which only a part is generated.
pub(crate) fn rendered(repository: &Repository) -> Result<Vec<File>> {
    let document = match Document::load(&repository.read(SPEC)?) {
        Ok(document) => document,
        Err(problem) => bail!("{}\nNothing was written.", problem.in_file(SPEC)),
    };
    let problems = lint(&document);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(|problem| problem.in_file(SPEC)).collect();
        bail!("{}\n{} problems in the document; nothing was written.", lines.join("\n"), lines.len());
    }
    let mut files = match render(&document) {
        Ok(files) => files,
        Err(problem) => bail!("{}\nNothing was written.", problem.in_file(SPEC)),
    };
    let contents =
        readme(&document, &repository.read("README.md")?).map_err(|problem| anyhow::anyhow!("{}", problem.in_file("README.md")))?;
    files.push(File { path: "README.md".to_owned(), contents });
    Ok(files)
}

/// Files in generated folders that are not generated.
fn leftovers(repository: &Repository, files: &[File]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in GENERATED {
        visit(&repository.path(folder), &mut |path| {
            let path = path.strip_prefix(repository.path("")).unwrap_or(path).to_string_lossy().replace('\\', "/");
            if !files.iter().any(|file| file.path == path) {
                found.push(path);
            }
        })?;
    }
    Ok(found)
}

fn visit(folder: &Path, found: &mut dyn FnMut(&Path)) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { visit(&path, found)? } else { found(&path) }
    }
    Ok(())
}
