//! What a change of the document does to the Rust crates, and so the version they need; whoever builds them brings the facts.

use serde_json::{Value, json};

/// What a change demands of the next version. While the first number is 0, `Minor` and `None` raise the third one, `Major` the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing that code could notice.
    None,
    /// Something new.
    Minor,
    /// Code may have to change.
    Major,
}

impl Bump {
    /// For programs; these words are stable.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// One lint of cargo-semver-checks that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name.
    pub lint: String,
    /// What it demands.
    pub bump: Bump,
    /// What failed, in the lint's words.
    pub about: String,
    /// Where, one item each.
    pub items: Vec<String>,
}

/// What happened to the public items of a crate.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// Path and declaration.
    pub appeared: Vec<(String, String)>,
    /// Path and declaration.
    pub vanished: Vec<(String, String)>,
    /// Path, declaration before, declaration now.
    pub changed: Vec<(String, String, String)>,
}

impl Items {
    /// Whether code that uses the crate may have to change.
    pub fn breaks(&self) -> bool {
        !self.vanished.is_empty() || !self.changed.is_empty()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        !self.breaks() && self.appeared.is_empty()
    }

    /// The kinds of what happened, worst first, each with its items on one line.
    pub(super) fn lists(&self) -> [(&'static str, Vec<String>); 3] {
        let plain = |items: &[(String, String)]| items.iter().map(|(path, text)| line(path, text)).collect();
        let changed = self.changed.iter().map(|(path, old, new)| format!("`{path}`: is `{new}`, was `{old}`")).collect();
        [("vanish", plain(&self.vanished)), ("change", changed), ("appear", plain(&self.appeared))]
    }
}

/// What a change of the document does to the published crates, which share one version.
#[derive(Debug)]
pub struct Rust {
    /// One for each crate.
    pub crates: Vec<Effect>,
    /// The version before.
    pub before: String,
    /// What the next one has to be at least.
    pub needed: String,
}

/// What happens to one crate.
#[derive(Debug)]
pub struct Effect {
    /// The name of the crate.
    pub name: String,
    /// Its public items.
    pub items: Items,
    /// What cargo-semver-checks says.
    pub verdict: Judgement,
}

/// What cargo-semver-checks says. It reads the documentation, for which the bodies of functions are not compiled.
#[derive(Debug)]
pub enum Judgement {
    /// It judged.
    Done {
        /// What all its findings demand.
        bump: Bump,
        /// In one line.
        words: String,
        /// The lints that failed, the breaking ones first.
        findings: Vec<Finding>,
    },
    /// It could not judge, for this reason.
    None(String),
}

impl Effect {
    /// What the crate demands of the version: the worse of what cargo-semver-checks says and what changed of the public items, since it
    /// does not compare types.
    pub fn bump(&self) -> Bump {
        let judged = match &self.verdict {
            Judgement::Done { bump, .. } => *bump,
            Judgement::None(_) => Bump::Major,
        };
        let listed = match &self.items {
            items if items.breaks() => Bump::Major,
            items if items.is_empty() => Bump::None,
            _ => Bump::Minor,
        };
        judged.max(listed)
    }

    /// In words, with the items that cargo-semver-checks names.
    pub(super) fn judgement(&self) -> String {
        match &self.verdict {
            Judgement::Done { bump, words, .. } if *bump != Bump::Major && self.items.breaks() => {
                format!("{words}; but it compares no types, and public items vanish or change, so this is MAJOR")
            }
            Judgement::Done { words, .. } => words.clone(),
            Judgement::None(reason) => format!("NOT CHECKED, {reason}"),
        }
    }
}

impl Rust {
    /// What all crates together demand.
    pub fn bump(&self) -> Bump {
        self.crates.iter().map(Effect::bump).max().unwrap_or(Bump::None)
    }

    /// For programs: the names of its members are stable.
    pub(super) fn to_json(&self) -> Value {
        let item = |(path, text): &(String, String)| json!({ "path": path, "declaration": text });
        let effect = |effect: &Effect| {
            let findings = match &effect.verdict {
                Judgement::Done { findings, .. } => findings.as_slice(),
                Judgement::None(_) => &[],
            };
            json!({
                "name": effect.name,
                "change": effect.bump().word(),
                "semver_checks": {
                    "verdict": match &effect.verdict {
                        Judgement::Done { bump, .. } => json!(bump.word()),
                        Judgement::None(_) => Value::Null,
                    },
                    "message": effect.judgement(),
                    "findings": findings
                        .iter()
                        .map(|it| json!({ "lint": it.lint, "change": it.bump.word(), "about": it.about, "items": it.items }))
                        .collect::<Vec<_>>(),
                },
                "appeared": effect.items.appeared.iter().map(item).collect::<Vec<_>>(),
                "vanished": effect.items.vanished.iter().map(item).collect::<Vec<_>>(),
                "changed": effect
                    .items
                    .changed
                    .iter()
                    .map(|(path, old, new)| json!({ "path": path, "old": old, "new": new }))
                    .collect::<Vec<_>>(),
            })
        };
        json!({
            "change": self.bump().word(),
            "version": { "before": self.before, "needed": self.needed },
            "crates": self.crates.iter().map(effect).collect::<Vec<_>>(),
        })
    }
}

fn line(path: &str, text: &str) -> String {
    if text == "implemented" { format!("`{path}`") } else { format!("`{path}`: `{text}`") }
}
