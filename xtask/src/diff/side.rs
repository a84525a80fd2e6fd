//! Where the two sides of a comparison come from.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use p100_spec::SPEC;
use p100_spec::diff::Side;
use tempfile::TempDir;

use crate::workspace::{Repository, in_file};
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

fn parse(name: &str, text: &str, file: &str) -> Result<Side> {
    in_file(Side::parse(name, text), file)
}
