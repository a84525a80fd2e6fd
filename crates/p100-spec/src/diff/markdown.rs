//! The report as a comment of a pull request.

use std::fmt::Write as _;

use crate::Line;

use super::change::{Class, Subject};
use super::report::{Page, Report, heading};
use super::rust::Rust;
use crate::markdown::{LONGEST_COMMENT, escaped, fence};

impl Report {
    /// For the comment of a pull request.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "## What changes on the wire\n\n{} ({}) → {} ({}): **{}**\n",
            escape(&format!("`{}`", self.old.name)),
            escape(self.old.version()),
            escape(&format!("`{}`", self.new.name)),
            escape(self.new.version()),
            self.sum()
        );
        let mut left_out = 0;
        for (class, title, groups) in self.by_class() {
            let is_open = class <= Class::Additive;
            let _ =
                write!(out, "\n{}", if is_open { format!("### {title}\n\n") } else { format!("<details><summary>{title}</summary>\n\n") });
            for (subject, changes) in groups {
                let pages = links(self, subject);
                let pages = if pages.is_empty() { String::new() } else { format!(" — {}", pages.join(", ")) };
                let mut group = format!("- **{}**{pages}\n", escape(&heading(subject)));
                for change in &changes {
                    let users = self.reach(change).map_or_else(String::new, |users| format!(" <sub>in the {}</sub>", escape(&users)));
                    let _ = writeln!(group, "  - {}{users}", escape(&change.message()));
                }
                if out.len() + group.len() > LONGEST_COMMENT { left_out += changes.len() } else { out.push_str(&group) }
            }
            if !is_open {
                out.push_str("\n</details>\n");
            }
        }
        if let Some(rust) = &self.rust {
            left_out += self::rust(rust, &mut out);
        }
        if left_out > 0 {
            let _ = write!(out, "\n**{left_out} further changes do not fit here.** All of them: `cargo xtask spec diff`.\n");
        }
        out
    }
}

/// What it does to the crates; returns how many items do not fit.
fn rust(rust: &Rust, out: &mut String) -> usize {
    let mut left_out = 0;
    let _ = write!(out, "\n### What it does to Rust\n\n");
    for effect in &rust.crates {
        let _ = writeln!(out, "- **{}**: {}", escape(&effect.name), escape(&effect.judgement()));
        for (word, items) in effect.items.lists().into_iter().filter(|(_, items)| !items.is_empty()) {
            let _ = writeln!(out, "\n  <details><summary>{} public items {word}</summary>\n", items.len());
            for item in items {
                if out.len() + item.len() > LONGEST_COMMENT {
                    left_out += 1;
                } else {
                    let _ = writeln!(out, "  - {}", escape(&item));
                }
            }
            out.push_str("\n  </details>\n\n");
        }
    }
    let _ = writeln!(out, "- **version**: `{}` → at least `{}` ({} change)", rust.before, rust.needed, rust.bump().word());
    left_out
}

/// Text in which only the backticks of our own messages mean something to Markdown and HTML. If they do not pair one by one, some are those
/// of the document: then the whole text is shown as it is.
pub(super) fn escape(text: &str) -> String {
    let text = Line(&text.replace(['\n', '\r'], " ")).to_string();
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    // Two backticks beside each other are one mark of another kind.
    let is_paired = last.is_multiple_of(2) && (1..last).all(|index| !parts[index].is_empty());
    if !is_paired {
        return verbatim(&text);
    }
    parts.iter().enumerate().map(|(index, part)| if index % 2 == 1 { format!("`{part}`") } else { escaped(part) }).collect()
}

/// A span of code that no backtick within it ends.
fn verbatim(text: &str) -> String {
    let fence = fence(text, 1);
    format!("{fence} {text} {fence}")
}

/// The pages of an operation or event; nothing but a web address becomes a link.
pub(super) fn links(report: &Report, subject: &Subject) -> Vec<String> {
    let is_plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && !matches!(letter, '<' | '>' | '`' | '\\');
    let is_web = |page: &&Page| page.address.starts_with("https://") || page.address.starts_with("http://");
    let link = |page: &Page| match page.address.chars().all(is_plain) {
        true => format!("[{}](<{}>)", escape(&page.title), page.address),
        false => escape(&page.title),
    };
    report.pages(subject).iter().filter(is_web).map(link).collect()
}
