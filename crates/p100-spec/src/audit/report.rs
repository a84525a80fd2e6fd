//! The differences as text, as Markdown and as JSON.

use std::fmt::Write;

use crate::{INDEX, Line, is_visible};
use serde_json::{Value, json};

use super::Report;
use super::compare::{Difference, Kind};
use super::index::{Known, lines};
use super::published::Page;
use crate::markdown::{LONGEST_COMMENT, code, escaped, fence};

impl Report {
    /// For a terminal.
    pub fn text(&self) -> String {
        let Self { index, published, differences } = self;
        if differences.is_empty() {
            return format!("Fresh   {INDEX}: all {published} pages are as P100 publishes them\n");
        }
        let mut out = String::new();
        for difference in differences {
            let Some(Known { page, .. }) = difference.known() else { continue };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}: {} {}", difference.kind.words(), Line(&page.id), Line(&page.title));
            for (label, line) in [
                ("page", &page.address),
                ("change", &difference.change),
                ("meaning", &difference.meaning),
                ("next step", &difference.next_step),
            ] {
                let _ = writeln!(out, "  {label:<10} {}", Line(line));
            }
            out.push('\n');
        }
        let entries = entries(differences);
        if !entries.is_empty() {
            let _ = writeln!(out, "{INDEX}, once each page is read:\n{entries}");
        }
        let (listed, known) = (published, index.pages.len());
        let _ = writeln!(out, "Stale   {INDEX}: {}; {listed} pages published, {known} in the index", counts(differences));
        out
    }

    /// For an issue.
    pub fn markdown(&self) -> String {
        let Self { index, published, differences } = self;
        let known = index.pages.len();
        let mut out = format!("## Audit of P100's docs index\n\n[Published]({}): {published} pages. `{INDEX}`: {known}.\n\n", index.source);
        if differences.is_empty() {
            out.push_str("No difference.\n");
            return out;
        }
        let _ = writeln!(out, "**{}.**", counts(differences));
        let mut left_out = 0;
        for kind in Kind::ALL {
            let of_kind: Vec<&Difference> = differences.iter().filter(|difference| difference.kind == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n### Pages: {} ({})\n", kind.words(), of_kind.len());
            for difference in of_kind {
                let Some(Known { page, .. }) = difference.known() else { continue };
                let (change, meaning, next) = (escaped(&difference.change), escaped(&difference.meaning), &difference.next_step);
                let title = escaped(&page.title);
                let item = format!("- [ ] [{title}](<{}>) {}: {change}\n  - {meaning}\n  - {next}\n", address(page), code(&page.id));
                if out.len() + item.len() > LONGEST_COMMENT { left_out += 1 } else { out.push_str(&item) }
            }
        }
        let entries = entries(differences);
        let is_long = out.len() + entries.len() > LONGEST_COMMENT;
        if left_out > 0 || is_long {
            let more = if left_out > 0 { format!("{left_out} more differences, and the") } else { "The".to_owned() };
            let _ = writeln!(out, "\n**{more} lines of the index do not fit here.** All of them: `cargo xtask spec audit llms.txt`.");
        } else if !entries.is_empty() {
            let fence = fence(&entries, 3);
            let _ = writeln!(out, "\n<details><summary>Lines of <code>{INDEX}</code>, once each page is read</summary>\n");
            let _ = writeln!(out, "{fence}yaml\n{entries}{fence}\n\n</details>");
        }
        out
    }

    /// For scripts.
    pub fn to_json(&self) -> Value {
        let Self { index, published, differences } = self;
        let differences = differences.iter().map(|difference| {
            json!({
                "kind": difference.kind.word(),
                "id": difference.known().map(|known| &known.page.id),
                "was": difference.was,
                "now": difference.now,
                "change": difference.change,
                "meaning": difference.meaning,
                "next_step": difference.next_step,
                "index_entry": difference.now.as_ref().map(lines),
            })
        });
        json!({
            "source": index.source,
            "index": INDEX,
            "published": published,
            "indexed": index.pages.len(),
            "differences": differences.collect::<Vec<_>>(),
        })
    }
}

fn counts(differences: &[Difference]) -> String {
    let count = |kind: Kind| differences.iter().filter(|difference| difference.kind == kind).count();
    let counts = Kind::ALL.into_iter().filter(|kind| count(*kind) > 0).map(|kind| format!("{} {}", count(kind), kind.words()));
    counts.collect::<Vec<_>>().join(", ")
}

/// The lines that the index should have, for each page that is listed and differs.
fn entries(differences: &[Difference]) -> String {
    let mut found: Vec<&Known> = Vec::new();
    for known in differences.iter().filter_map(|difference| difference.now.as_ref()) {
        if !found.iter().any(|other| other.page.id == known.page.id) {
            found.push(known);
        }
    }
    found.into_iter().map(lines).collect()
}

/// As the target of a link: what would end it, or break the line, is encoded.
fn address(page: &Page) -> String {
    let encode = |letter: char| {
        if is_visible(letter) && !" <>\\".contains(letter) { letter.to_string() } else { format!("%{:02X}", u32::from(letter)) }
    };
    page.address.chars().map(encode).collect()
}
