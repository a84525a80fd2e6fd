//! `cargo xtask spec release-notes`: the block of CHANGELOG.md and the migration notes of a version, ready to edit.

use std::fmt::Write as _;

use super::change::{Change, Class, Subject};
use super::markdown::{escape, links};
use super::report::{Report, heading, names};
use super::rust::Rust;

impl Report {
    /// The block of CHANGELOG.md and the migration notes of a version, ready to edit.
    pub fn release_notes(&self) -> String {
        let (old, new) = (self.old.version(), self.new.version());
        let version = self.rust.as_ref().map_or_else(|| format!("0.x.y+p100.{new}"), |rust| rust.needed.clone());
        let mut out = format!("## {}\n\n", escape(&version));
        let _ = match old == new {
            true => writeln!(out, "The P100 Partner API as before, {}; what the document says of it changed.", escape(new)),
            false => writeln!(out, "Follows the P100 Partner API from {} to {}.", escape(old), escape(new)),
        };
        section(self, "Added", &[Class::Additive], &mut out);
        section(self, "Breaking", &[Class::BreakingCallers, Class::BreakingReceivers, Class::BreakingRust], &mut out);
        section(self, "To be judged by eye before the release", &[Class::Unclassified], &mut out);
        section(self, "Less sure than before", &[Class::EvidenceDowngraded], &mut out);
        section(self, "Better known", &[Class::EvidenceUpgraded], &mut out);
        let words = self.count(Class::Documentation);
        if words > 0 {
            let _ = writeln!(out, "\n### Documentation\n\n- {words} changes of words: `cargo xtask spec diff` lists them.");
        }
        migration(self, &mut out);
        out
    }
}

/// A group of the changelog, one line for each operation, event or component.
fn section(report: &Report, title: &str, classes: &[Class], out: &mut String) {
    let groups: Vec<_> = classes.iter().flat_map(|class| report.groups(*class)).collect();
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {title}\n");
    for (subject, changes) in groups {
        let messages: Vec<String> = changes.iter().map(|change| escape(&change.message())).collect();
        let _ = writeln!(out, "- {}: {}{}.", name(subject), messages.join("; "), pages(report, subject));
    }
}

/// What to do about each break, by who has to.
fn migration(report: &Report, out: &mut String) {
    let groups = [
        ("For callers", Class::BreakingCallers),
        ("For receivers of webhooks", Class::BreakingReceivers),
        ("For Rust code", Class::BreakingRust),
    ];
    let has_items = report.rust.as_ref().is_some_and(|rust| rust.crates.iter().any(|effect| effect.items.breaks()));
    if groups.iter().all(|(_, class)| report.count(*class) == 0) && !has_items {
        let _ = writeln!(out, "\n## Migration\n\nNothing to do: no change of this version breaks anybody.");
        return;
    }
    let _ = writeln!(out, "\n## Migration");
    for (title, class) in groups {
        let groups = report.groups(class);
        if groups.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### {title}\n");
        for (subject, changes) in groups {
            let _ = writeln!(out, "- {}{}", name(subject), pages(report, subject));
            for change in changes {
                let _ = writeln!(out, "  - {}{}", escape(&change.message()), reach(report, change));
            }
        }
    }
    if let Some(rust) = report.rust.as_ref().filter(|_| has_items) {
        items(rust, out);
    }
}

/// The public items that code may name and that are others now.
fn items(rust: &Rust, out: &mut String) {
    let _ = writeln!(out, "\n### Public items of the crates");
    for effect in rust.crates.iter().filter(|effect| effect.items.breaks()) {
        for (word, items) in effect.items.lists().into_iter().filter(|(word, items)| *word != "appear" && !items.is_empty()) {
            let _ = writeln!(out, "\nOf `{}` {word}:\n", effect.name);
            for item in items {
                let _ = writeln!(out, "- {}", escape(&item));
            }
        }
    }
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Document => "the document".to_owned(),
        Subject::Operation(id) => escape(&format!("`{id}`")),
        Subject::Event(id) => escape(&format!("event `{id}`")),
        Subject::Component(..) => {
            let words = heading(subject);
            escape(&words.rsplit_once(' ').map_or_else(|| words.clone(), |(kind, name)| format!("{kind} `{name}`")))
        }
    }
}

/// The operations and events that a change of a component reaches.
fn reach(report: &Report, change: &Change) -> String {
    if !change.is_shared() {
        return String::new();
    }
    escape(&format!(" (in {})", names(&change.user_ids(), &report.operations, "`")))
}

fn pages(report: &Report, subject: &Subject) -> String {
    let links = links(report, subject);
    if links.is_empty() { String::new() } else { format!(" ({})", links.join(", ")) }
}
