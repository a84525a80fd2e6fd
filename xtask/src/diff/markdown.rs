//! The report as a comment of a pull request.

use std::fmt::Write as _;

use super::change::{Class, Subject};
use super::report::{Report, heading, used_by};
use super::rust::{Rust, lists, word};

/// The longest comment that forges take.
const LIMIT: usize = 60_000;

pub(crate) fn write(report: &Report) -> String {
    let mut out = format!(
        "## What changes on the wire\n\n`{}` ({}) → `{}` ({}): **{}**\n",
        report.old.name,
        escape(report.old.version()),
        report.new.name,
        escape(report.new.version()),
        report.sum()
    );
    let mut left_out = 0;
    for class in Class::ALL {
        let groups = report.groups(class);
        if groups.is_empty() {
            continue;
        }
        let is_open = class <= Class::Additive;
        let title = format!("{} ({})", class.title(), report.count(class));
        let _ = write!(out, "\n{}", if is_open { format!("### {title}\n\n") } else { format!("<details><summary>{title}</summary>\n\n") });
        for (subject, changes) in groups {
            let pages: Vec<String> = report
                .pages(subject)
                .iter()
                .map(|page| format!("[{}](<{}>)", escape(&page.title), page.address.replace(['<', '>'], "")))
                .collect();
            let pages = if pages.is_empty() { String::new() } else { format!(" — {}", pages.join(", ")) };
            let mut group = format!("- **{}**{pages}\n", escape(&heading(subject)));
            for change in &changes {
                let is_used = !matches!(subject, Subject::Operation(_) | Subject::Event(_)) && !change.users.is_empty();
                let users = if is_used { format!(" <sub>in the {}</sub>", escape(&used_by(&change.users))) } else { String::new() };
                let _ = writeln!(group, "  - {}{users}", escape(&change.message()));
            }
            if out.len() + group.len() > LIMIT { left_out += changes.len() } else { out.push_str(&group) }
        }
        if !is_open {
            out.push_str("\n</details>\n");
        }
    }
    if let Some(rust) = &report.rust {
        left_out += self::rust(rust, &mut out);
    }
    if left_out > 0 {
        let _ = write!(out, "\n**{left_out} further changes do not fit here.** All of them: `cargo xtask spec diff`.\n");
    }
    out
}

/// What it does to the crates; answers how many items do not fit.
fn rust(rust: &Rust, out: &mut String) -> usize {
    let mut left_out = 0;
    let _ = write!(out, "\n### What it does to Rust\n\n");
    for effect in &rust.crates {
        let _ = writeln!(out, "- **{}**: {}", escape(&effect.name), escape(&effect.judgement()));
        for (word, items) in lists(&effect.changes).into_iter().filter(|(_, items)| !items.is_empty()) {
            let _ = writeln!(out, "\n  <details><summary>{} public items {word}</summary>\n", items.len());
            for item in items {
                if out.len() + item.len() > LIMIT {
                    left_out += 1;
                } else {
                    let _ = writeln!(out, "  - {}", escape(&item));
                }
            }
            out.push_str("\n  </details>\n\n");
        }
    }
    let _ = writeln!(out, "- **version**: `{}` → at least `{}` ({} change)", rust.before, rust.needed, word(rust.bump()));
    left_out
}

/// Text without the characters that Markdown and HTML give a meaning, except the backticks of our own messages.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    // What stands between backticks is shown as it is.
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 && text.matches('`').count().is_multiple_of(2) {
            let _ = write!(out, "`{part}`");
            continue;
        }
        for letter in part.chars() {
            match letter {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => out.extend(['\\', letter]),
                // No one is to be called by a description.
                '@' => out.push_str("@\u{200b}"),
                letter => out.push(letter),
            }
        }
    }
    out
}
