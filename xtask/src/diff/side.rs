//! Where the two sides of a comparison come from.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use p100_codegen::Node;
use tempfile::TempDir;

use super::report::Side;
use crate::workspace::{Repository, SPEC, told};
use crate::{generate, git};

/// Where a document comes from.
pub(crate) enum Origin {
    File(String),
    Revision(String),
    WorkingTree,
}

impl Origin {
    /// A file or, if there is none of this name, a revision; without a name, the working tree.
    pub(crate) fn of(name: Option<&str>) -> Self {
        match name {
            None => Self::WorkingTree,
            Some(name) if Path::new(name).is_file() => Self::File(name.to_owned()),
            Some(name) => Self::Revision(name.to_owned()),
        }
    }

    pub(crate) fn read(&self, repository: &Repository) -> Result<Side> {
        match self {
            Self::File(name) => parse(name, &fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?, name),
            Self::WorkingTree => parse("working tree", &repository.read(SPEC)?, SPEC),
            Self::Revision(name) => {
                let commit = git::commit(repository, name).with_context(|| format!("{name} is neither a file nor a revision"))?;
                let text =
                    git::ask(repository, &format!("show {commit}:{SPEC}")).with_context(|| format!("the revision {name} has no {SPEC}"))?;
                parse(name, &text, &format!("{name}:{SPEC}"))
            }
        }
    }

    /// A copy of the crates as they are with this document: those of the revision, or else of the working tree or of the last commit,
    /// generated anew.
    pub(crate) fn tree(&self, repository: &Repository) -> Result<TempDir> {
        let folder = match self {
            Self::Revision(name) => return git::checkout(repository, name),
            Self::WorkingTree => git::copy(repository)?,
            Self::File(name) => {
                let folder = git::checkout(repository, "HEAD")?;
                let copy = Repository::new(Some(folder.path().to_owned()));
                copy.write(SPEC, &fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?)?;
                folder
            }
        };
        let copy = Repository::new(Some(folder.path().to_owned()));
        for file in generate::rendered(&copy)? {
            copy.write(&file.path, &file.contents)?;
        }
        Ok(folder)
    }
}

/// Reads a document. It need not keep the project's conventions: an old one may not know them yet, and one in work breaks them.
fn parse(name: &str, text: &str, file: &str) -> Result<Side> {
    let root = told(Node::parse(text), file)?;
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
