//! Questions to git, and the files of another revision.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::workspace::Repository;

/// What `git` with these arguments, separated by spaces, writes on its standard output.
pub(crate) fn ask(repository: &Repository, question: &str) -> Result<String> {
    run(repository, question, None)
}

/// The id of the commit that a revision names.
pub(crate) fn commit(repository: &Repository, revision: &str) -> Result<String> {
    let arguments = ["rev-parse", "--verify", "--end-of-options"];
    let text = output(command(repository, None).args(arguments).arg(format!("{revision}^{{commit}}")));
    Ok(text.with_context(|| format!("there is no revision {revision}"))?.trim().to_owned())
}

/// The files of a revision in a temporary folder. The repository does not learn of it: a task that is killed leaves nothing to prune.
pub(crate) fn checkout(repository: &Repository, revision: &str) -> Result<TempDir> {
    let commit = commit(repository, revision)?;
    let folder = TempDir::with_prefix("p100-revision-").context("cannot make a temporary folder")?;
    let index = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    // Git wants to make the file itself.
    let index = index.into_temp_path();
    std::fs::remove_file(&index)?;
    run(repository, &format!("read-tree {commit}"), Some(&index))?;
    let prefix = format!("--prefix={}/", folder.path().display());
    output(command(repository, Some(&index)).args(["checkout-index", "--all", "--force", &prefix]))?;
    // Gone already if there was nothing to write.
    let _ = index.close();
    Ok(folder)
}

/// The files of the working tree, but for ignored ones, in a temporary folder.
pub(crate) fn copy(repository: &Repository) -> Result<TempDir> {
    let folder = TempDir::with_prefix("p100-tree-").context("cannot make a temporary folder")?;
    let files = ask(repository, "ls-files -z --cached --others --exclude-standard")?;
    for path in files.split('\0').filter(|path| !path.is_empty() && repository.path(path).is_file()) {
        let target = folder.path().join(path);
        let parent = target.parent().with_context(|| format!("{path} has no folder"))?;
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::copy(repository.path(path), &target))
            .with_context(|| format!("cannot copy {path}"))?;
    }
    Ok(folder)
}

fn run(repository: &Repository, arguments: &str, index: Option<&Path>) -> Result<String> {
    output(command(repository, index).args(arguments.split_whitespace()))
}

fn command(repository: &Repository, index: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(repository.path(""));
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().context("cannot start git")?;
    if !output.status.success() {
        bail!("git failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
