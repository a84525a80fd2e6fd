//! The report for a terminal.

use std::fmt::Write as _;

use crate::Line;

use super::change::Class;
use super::report::{Report, heading};
use super::rust::Bump;

impl Report {
    /// For a terminal, with colours or without; no character of the documents acts on it.
    pub fn text(&self, has_colour: bool) -> String {
        let paint = |text: &str, code: &str| if has_colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} ({}) -> {} ({}): {}",
            line(&self.old.name),
            line(self.old.version()),
            line(&self.new.name),
            line(self.new.version()),
            paint(&self.sum(), "1")
        );
        for (class, title, groups) in self.by_class() {
            let _ = writeln!(out, "\n{}", paint(&title, colour(class)));
            for (subject, changes) in groups {
                let _ = writeln!(out, "  {}", paint(&line(&heading(subject)), "1"));
                let mut reported = String::new();
                for change in changes {
                    if let Some(users) = self.reach(change).filter(|users| *users != reported) {
                        let _ = writeln!(out, "    {}", paint(&line(&format!("in the {users}")), "2"));
                        reported = users;
                    }
                    let lines = match (&change.old, &change.new) {
                        (Some(old), Some(new)) => format!("[{} -> {}]", old.position.line, new.position.line),
                        (Some(old), None) => format!("[{} -> gone]", old.position.line),
                        (None, Some(new)) => format!("[new -> {}]", new.position.line),
                        (None, None) => String::new(),
                    };
                    let _ = writeln!(out, "    - {} {}", line(&change.message()), paint(&lines, "2"));
                }
                for page in self.pages(subject) {
                    let _ = writeln!(out, "    {}", paint(&line(&format!("{}: {}", page.title, page.address)), "2"));
                }
            }
        }
        if let Some(rust) = &self.rust {
            let _ = writeln!(out, "\n{}", paint("What it does to Rust", "1"));
            for effect in &rust.crates {
                let code = if effect.bump() == Bump::Major { "1;31" } else { "1;32" };
                let _ = writeln!(out, "  {}: {}", paint(&effect.name, "1"), paint(&effect.judgement(), code));
                for (word, items) in effect.items.lists().into_iter().filter(|(_, items)| !items.is_empty()) {
                    let _ = writeln!(out, "    {} public items {word}", items.len());
                    for item in items {
                        let _ = writeln!(out, "      {}", line(&item.replace('`', "")));
                    }
                }
            }
            let _ = writeln!(out, "  all crates: {} -> at least {}, {} change", rust.before, paint(&rust.needed, "1"), rust.bump().word());
        }
        out
    }
}

/// Text of the documents is one line without colours of its own.
fn line(text: &str) -> String {
    Line(text).to_string()
}

fn colour(class: Class) -> &'static str {
    match class {
        Class::BreakingCallers | Class::BreakingReceivers | Class::BreakingRust => "1;31",
        Class::Unclassified => "1;35",
        Class::Additive => "1;32",
        Class::EvidenceDowngraded => "1;33",
        Class::EvidenceUpgraded => "1;36",
        Class::Documentation => "1",
    }
}
