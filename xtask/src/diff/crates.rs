//! What a change of the document does to the published crates: both sides are built and compared.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use p100_spec::diff::{Bump, Effect, Judgement, Rust};

use super::side::Origin;
use crate::semver::{self, Comparison};
use crate::surface::Surface;
use crate::workspace::Repository;

/// The published crates, which share one version.
const CRATES: [&str; 4] = ["p100-raw", "p100-httpmock", "p100", "p100-sandbox"];

/// The crates of both sides, of which the new one is of the version `api`.
pub(super) fn compare(repository: &Repository, old: &Origin, new: &Origin, api: &str) -> Result<Rust> {
    let (old, new) = (old.tree(repository)?, new.tree(repository)?);
    let mut crates = Vec::new();
    for name in CRATES {
        let items = surface(old.path(), name)?.changes(&surface(new.path(), name)?);
        let verdict = match semver::check(repository, name, old.path(), new.path())? {
            Comparison::Done(verdict) => {
                let words = verdict.to_string().lines().next().unwrap_or_default().to_owned();
                Judgement::Done { bump: verdict.bump, words, findings: verdict.findings }
            }
            Comparison::Impossible(reason) => Judgement::None(reason.to_owned()),
            Comparison::Broken(errors) => Judgement::None(format!("since it does not compile with the new document: {errors}")),
        };
        crates.push(Effect { name: name.to_owned(), items, verdict });
    }
    let before = semver::version(old.path())?;
    let bump = crates.iter().map(Effect::bump).max().unwrap_or(Bump::None);
    let needed = semver::next(&before, bump, api);
    Ok(Rust { crates, before, needed })
}

/// The public items of a crate of a checkout.
fn surface(root: &Path, name: &str) -> Result<Surface> {
    let folder = root.join("crates").join(name).join("src");
    Surface::read(&|path| fs::read_to_string(folder.join(path)).ok()).with_context(|| format!("cannot list the public items of {name}"))
}
