//! The report as one page that needs nothing else: both sides beside each other, without scripts.

use std::fmt::Write as _;

use crate::Node;
use similar::{ChangeTag, TextDiff};

use super::change::{Change, Class, Excerpt, Subject};
use super::report::{Report, heading};
use super::rust::Rust;

/// How many equal lines are around a difference.
const CONTEXT: usize = 3;

impl Report {
    /// One page with everything in it, both sides beside each other.
    pub fn html(&self) -> String {
        let title = format!("{} → {}", self.old.name, self.new.name);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>What changes on the wire</h1>\n\
             <p><code>{}</code> ({}) → <code>{}</code> ({}): <strong>{}</strong></p>\n",
            escape(&title),
            escape(&self.old.name),
            escape(self.old.version()),
            escape(&self.new.name),
            escape(self.new.version()),
            escape(&self.sum()),
        );
        summary(self, &mut out);
        for (class, title, groups) in self.by_class() {
            let open = if class <= Class::Additive { " open" } else { "" };
            let _ = writeln!(
                out,
                "<details class=\"class {0}\" id=\"{0}\"{open}><summary><h2>{1}</h2></summary>",
                class.word(),
                escape(&title)
            );
            for (subject, changes) in groups {
                group(self, subject, &changes, &mut out);
            }
            out.push_str("</details>\n");
        }
        if let Some(rust) = &self.rust {
            self::rust(rust, &mut out);
        }
        out.push_str("</body>\n</html>\n");
        out
    }
}

/// The operations and events that are reached, each with what is worst for it.
fn summary(report: &Report, out: &mut String) {
    let reached = report.reached();
    if reached.is_empty() {
        return;
    }
    let _ = writeln!(out, "<details class=\"reached\"><summary>{} operations and events are reached</summary>\n<table>", reached.len());
    out.push_str("<tr><th>operation or event</th><th>worst</th><th>changes</th></tr>\n");
    for (id, worst, changes) in reached {
        let _ = writeln!(
            out,
            "<tr><td><code>{}</code></td><td><a class=\"{1}\" href=\"#{1}\">{2}</a></td><td>{3}</td></tr>",
            escape(&id),
            worst.word(),
            escape(worst.title()),
            changes.len()
        );
    }
    out.push_str("</table>\n</details>\n");
}

fn group(report: &Report, subject: &Subject, changes: &[&Change], out: &mut String) {
    let _ = writeln!(out, "<section><h3>{}</h3>", escape(&heading(subject)));
    // Nothing but a web address becomes a link.
    let pages = report.pages(subject).iter().filter(|page| page.address.starts_with("https://") || page.address.starts_with("http://"));
    let links: Vec<String> = pages
        .map(|page| format!("<a href=\"{}\" rel=\"noreferrer noopener\">{}</a>", escape(&page.address), escape(&page.title)))
        .collect();
    if !links.is_empty() {
        let _ = writeln!(out, "<p class=\"pages\">Docs: {}</p>", links.join(", "));
    }
    for change in changes {
        let _ = write!(out, "<details class=\"change\"><summary>{}", escape(&change.message()));
        if let Some(users) = report.reach(change) {
            let _ = write!(out, " <small>in the {}</small>", escape(&users));
        }
        let _ = writeln!(out, "</summary>\n<p class=\"pointer\"><code>{}</code></p>", escape(&change.pointer));
        sides(change, out);
        out.push_str("</details>\n");
    }
    out.push_str("</section>\n");
}

/// What it does to the crates.
fn rust(rust: &Rust, out: &mut String) {
    out.push_str("<details class=\"class rust\" id=\"rust\" open><summary><h2>What it does to Rust</h2></summary>\n");
    for effect in &rust.crates {
        let _ = writeln!(out, "<section><h3>{}</h3><p>{}</p>", escape(&effect.name), escape(&effect.judgement()));
        for (word, items) in effect.items.lists().into_iter().filter(|(_, items)| !items.is_empty()) {
            let _ = writeln!(out, "<details class=\"change\"><summary>{} public items {word}</summary>\n<ul>", items.len());
            for item in items {
                let _ = writeln!(out, "<li><code>{}</code></li>", escape(&item.replace('`', "")));
            }
            out.push_str("</ul>\n</details>\n");
        }
        out.push_str("</section>\n");
    }
    let _ = writeln!(
        out,
        "<p>Version: <code>{}</code> → at least <code>{}</code> ({} change)</p>\n</details>",
        escape(&rust.before),
        escape(&rust.needed),
        rust.bump().word()
    );
}

/// Both sides, line by line.
fn sides(change: &Change, out: &mut String) {
    let text = |excerpt: &Option<Excerpt>| excerpt.as_ref().map(|it| pretty(&it.node)).unwrap_or_default();
    let head =
        |excerpt: &Option<Excerpt>, none: &str| excerpt.as_ref().map_or_else(|| none.to_owned(), |it| format!("line {}", it.position.line));
    let _ = writeln!(
        out,
        "<table class=\"sides\">\n<tr><th>old, {}</th><th>new, {}</th></tr>",
        head(&change.old, "not there"),
        head(&change.new, "not there")
    );
    let (old, new) = (text(&change.old), text(&change.new));
    let diff = TextDiff::from_lines(&old, &new);
    for (index, operations) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            out.push_str("<tr class=\"gap\"><td>⋯</td><td>⋯</td></tr>\n");
        }
        for operation in operations {
            let (mut gone, mut come) = (Vec::new(), Vec::new());
            for line in diff.iter_changes(operation) {
                let value = line.value().trim_end_matches('\n').to_owned();
                match line.tag() {
                    ChangeTag::Equal => row(Some((&value, "")), Some((&value, "")), out),
                    ChangeTag::Delete => gone.push(value),
                    ChangeTag::Insert => come.push(value),
                }
            }
            for number in 0..gone.len().max(come.len()) {
                row(gone.get(number).map(|it| (it.as_str(), "gone")), come.get(number).map(|it| (it.as_str(), "come")), out);
            }
        }
    }
    out.push_str("</table>\n");
}

fn row(old: Option<(&str, &str)>, new: Option<(&str, &str)>, out: &mut String) {
    let cell = |side: Option<(&str, &str)>| match side {
        Some((text, class)) => format!("<td class=\"{class}\">{}</td>", escape(text)),
        None => "<td></td>".to_owned(),
    };
    let _ = writeln!(out, "<tr>{}{}</tr>", cell(old), cell(new));
}

/// A value as it would be in the document, with the digits it has there.
fn pretty(node: &Node) -> String {
    let mut out = String::new();
    lines(node, 0, &mut out);
    out
}

fn lines(node: &Node, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let is_flat = |node: &Node| node.members().next().is_none() && node.items().next().is_none();
    let mut entry = |head: String, node: &Node| {
        if is_flat(node) {
            let text = node.as_str().filter(|text| !text.is_empty() && !text.contains('\n')).map_or_else(|| node.to_json(), str::to_owned);
            let _ = writeln!(out, "{indent}{head}{text}");
        } else {
            let _ = writeln!(out, "{indent}{}", head.trim_end());
            lines(node, depth + 1, out);
        }
    };
    if is_flat(node) {
        return entry(String::new(), node);
    }
    for (key, member) in node.members() {
        entry(format!("{key}: "), member);
    }
    for item in node.items() {
        entry("- ".to_owned(), item);
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

const STYLE: &str = "\
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --odd: #8e24aa; --good: #2e7d32; --down: #b26a00; --up: #00738a }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; display: inline } h3 { font-size: 1rem; margin: 1rem 0 .2rem }
summary { cursor: pointer } small, .pages, .pointer { opacity: .75; font-size: .85rem } .pages, .pointer { margin: .2rem 0 }
.class { border-left: 4px solid var(--line); padding: .3rem .8rem; margin: 1rem 0 }
.breaking-callers, .breaking-receivers, .breaking-rust { border-color: var(--bad) } .unclassified { border-color: var(--odd) }
.additive { border-color: var(--good) } .evidence-downgraded { border-color: var(--down) } .evidence-upgraded { border-color: var(--up) }
.change { margin: .2rem 0 .2rem 1rem } table { border-collapse: collapse } th { text-align: left; font-size: .8rem; opacity: .75 }
td, th { padding: .1rem .6rem .1rem 0 }
.sides { width: 100%; table-layout: fixed; border: 1px solid var(--line); margin: .3rem 0 .6rem }
.sides td { font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; vertical-align: top; padding: 0 .5rem }
.sides th { padding: .2rem .5rem } .sides td + td, .sides th + th { border-left: 1px solid var(--line) }
.gone { background: #e5393526 } .come { background: #43a04726 } .gap { opacity: .6 }
";
