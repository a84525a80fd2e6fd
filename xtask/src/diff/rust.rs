//! What a change of the document does to the Rust crates, and so the version they need.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::side::Origin;
use crate::semver::{self, Bump, Comparison, Verdict};
use crate::surface::{Changes, Surface};
use crate::workspace::Repository;

/// The published crates, which share one version.
const CRATES: [&str; 4] = ["p100-raw", "p100-httpmock", "p100", "p100-sandbox"];

pub(crate) struct Rust {
    pub(crate) crates: Vec<Effect>,
    /// The version of all published crates before.
    pub(crate) before: String,
    /// What the next one has to be at least.
    pub(crate) needed: String,
}

/// What happens to one crate.
pub(crate) struct Effect {
    pub(crate) name: String,
    pub(crate) changes: Changes,
    pub(crate) verdict: Judgement,
}

/// What cargo-semver-checks says. It reads the documentation, for which the bodies of functions are not compiled.
pub(crate) enum Judgement {
    Done(Verdict),
    /// It could not judge, for this reason.
    None(String),
}

impl Effect {
    /// What the crate demands of the version: the worse of what cargo-semver-checks says and what became of the public items, since it
    /// does not compare types.
    pub(crate) fn bump(&self) -> Bump {
        let judged = match &self.verdict {
            Judgement::Done(verdict) => verdict.bump,
            Judgement::None(_) => Bump::Major,
        };
        let listed = match &self.changes {
            changes if changes.breaks() => Bump::Major,
            changes if changes.is_empty() => Bump::None,
            _ => Bump::Minor,
        };
        judged.max(listed)
    }

    /// In words, with the items that cargo-semver-checks names.
    pub(crate) fn judgement(&self) -> String {
        match &self.verdict {
            Judgement::Done(verdict) if verdict.bump != Bump::Major && self.changes.breaks() => {
                format!("{}; but it compares no types, and public items vanish or change, so this is MAJOR", first_line(verdict))
            }
            Judgement::Done(verdict) => first_line(verdict),
            Judgement::None(reason) => format!("NOT CHECKED, {reason}"),
        }
    }
}

fn first_line(verdict: &Verdict) -> String {
    verdict.to_string().lines().next().unwrap_or_default().to_owned()
}

impl Rust {
    pub(crate) fn compare(repository: &Repository, old: &Origin, new: &Origin, api: &str) -> Result<Self> {
        let (old, new) = (old.tree(repository)?, new.tree(repository)?);
        let mut crates = Vec::new();
        for name in CRATES {
            let changes = surface(old.path(), name)?.changes(&surface(new.path(), name)?);
            let verdict = match semver::check(repository, name, old.path(), new.path())? {
                Comparison::Done(verdict) => Judgement::Done(verdict),
                Comparison::Impossible(reason) => Judgement::None(reason.to_owned()),
                Comparison::Broken(errors) => Judgement::None(format!("since it does not compile with the new document: {errors}")),
            };
            crates.push(Effect { name: name.to_owned(), changes, verdict });
        }
        let before = semver::version(old.path())?;
        let bump = crates.iter().map(Effect::bump).max().unwrap_or(Bump::None);
        let needed = semver::next(&before, bump, api);
        Ok(Self { crates, before, needed })
    }

    pub(crate) fn bump(&self) -> Bump {
        self.crates.iter().map(Effect::bump).max().unwrap_or(Bump::None)
    }

    /// For programs: the names of its members are stable.
    pub(crate) fn to_json(&self) -> Value {
        let item = |(path, text): &(String, String)| json!({ "path": path, "declaration": text });
        let effect = |effect: &Effect| {
            let findings = match &effect.verdict {
                Judgement::Done(verdict) => verdict.findings.as_slice(),
                Judgement::None(_) => &[],
            };
            json!({
                "name": effect.name,
                "change": word(effect.bump()),
                "semver_checks": {
                    "verdict": match &effect.verdict {
                        Judgement::Done(verdict) => json!(word(verdict.bump)),
                        Judgement::None(_) => Value::Null,
                    },
                    "message": effect.judgement(),
                    "findings": findings
                        .iter()
                        .map(|it| json!({ "lint": it.lint, "change": word(it.bump), "about": it.about, "items": it.items }))
                        .collect::<Vec<_>>(),
                },
                "appeared": effect.changes.appeared.iter().map(item).collect::<Vec<_>>(),
                "vanished": effect.changes.vanished.iter().map(item).collect::<Vec<_>>(),
                "changed": effect
                    .changes
                    .changed
                    .iter()
                    .map(|(path, old, new)| json!({ "path": path, "old": old, "new": new }))
                    .collect::<Vec<_>>(),
            })
        };
        json!({
            "change": word(self.bump()),
            "version": { "before": self.before, "needed": self.needed },
            "crates": self.crates.iter().map(effect).collect::<Vec<_>>(),
        })
    }
}

/// For programs; these words are stable.
pub(crate) fn word(bump: Bump) -> &'static str {
    match bump {
        Bump::None => "none",
        Bump::Minor => "minor",
        Bump::Major => "major",
    }
}

/// The public items of a crate of a checkout.
fn surface(root: &Path, name: &str) -> Result<Surface> {
    let folder = root.join("crates").join(name).join("src");
    Surface::read(&|path| fs::read_to_string(folder.join(path)).ok()).with_context(|| format!("cannot list the public items of {name}"))
}

/// The kinds of what happened, worst first, each with its items on one line.
pub(crate) fn lists(changes: &Changes) -> [(&'static str, Vec<String>); 3] {
    let plain = |items: &[(String, String)]| items.iter().map(|(path, text)| line(path, text)).collect();
    let changed = changes.changed.iter().map(|(path, old, new)| format!("`{path}`: is `{new}`, was `{old}`")).collect();
    [("vanish", plain(&changes.vanished)), ("change", changed), ("appear", plain(&changes.appeared))]
}

fn line(path: &str, text: &str) -> String {
    if text == "implemented" { format!("`{path}`") } else { format!("`{path}`: `{text}`") }
}
