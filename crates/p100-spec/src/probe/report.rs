//! What a probe found as text, as Markdown and as JSON.

use std::fmt::Write;

use crate::{Evidence, Line};
use serde::Serialize;
use serde_json::{Value, json};

use super::compare::{Finding, Verdict};
use super::patch::is_entered;
use crate::SPEC;
use crate::markdown::{code, escaped, fence};

/// A call that was made.
#[derive(Debug, Serialize)]
pub struct Made {
    pub(super) operation: String,
    /// Method and path of the document, without values.
    pub(super) call: String,
    /// With which key, if not the partner's.
    pub(super) key: &'static str,
    /// The status and the code of P100, or why there is none.
    pub outcome: String,
    /// Whether a response came.
    #[serde(skip)]
    pub has_response: bool,
    pub(super) matches: bool,
}

impl Made {
    fn verdict(&self) -> &'static str {
        match (self.has_response, self.matches) {
            (false, _) => "unverified",
            (true, true) => "as documented",
            (true, false) => "differs",
        }
    }
}

/// An operation that was not called.
#[derive(Debug, Serialize)]
pub(super) struct Skipped {
    pub(super) operation: String,
    pub(super) reason: String,
    /// What would have it called.
    pub(super) flag: Option<String>,
}

/// A whole run.
#[derive(Debug)]
pub struct Report {
    pub(super) address: String,
    /// Whether the document does not know the server.
    pub(super) is_strange: bool,
    pub(super) version: String,
    pub(super) day: String,
    pub(super) made: Vec<Made>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) findings: Vec<Finding>,
    /// What enters the confirmed guesses, for `git apply`; empty if there is none.
    pub patch: String,
    /// Whether the patch is in a file of its own.
    pub patch_is_kept: bool,
}

impl Report {
    /// Whether everything is as the document says.
    pub fn matches(&self) -> bool {
        self.made.iter().all(|made| made.matches)
    }

    fn of(&self, verdict: Verdict) -> Vec<&Finding> {
        // That documented facts are as documented is no news.
        let is_news = |finding: &&Finding| verdict != Verdict::Confirmed || finding.evidence != Some(Evidence::Documented);
        self.findings.iter().filter(|finding| finding.verdict == verdict).filter(is_news).collect()
    }

    fn summary(&self) -> String {
        let reported = Verdict::ALL.map(|verdict| {
            let of = self.of(verdict);
            let grades = Evidence::ALL.iter().filter_map(|grade| {
                let count = of.iter().filter(|finding| finding.evidence == Some(*grade)).count();
                (count > 0).then(|| format!("{count} {grade}"))
            });
            let grades: Vec<String> = grades.collect();
            let grades = if grades.is_empty() { String::new() } else { format!(" ({})", grades.join(", ")) };
            format!("{} {}{grades}", of.len(), verdict.word())
        });
        format!("{} calls: {}", self.made.len(), reported.join(", "))
    }

    /// What is not called, by reason, longest list first.
    fn skipped_by_reason(&self) -> Vec<(&str, Option<&str>, Vec<&str>)> {
        let mut groups: Vec<(&str, Option<&str>, Vec<&str>)> = Vec::new();
        for Skipped { operation, reason, flag } in &self.skipped {
            match groups.iter_mut().find(|(known, with, _)| known == reason && *with == flag.as_deref()) {
                Some((.., operations)) => operations.push(operation),
                None => groups.push((reason, flag.as_deref(), vec![operation])),
            }
        }
        groups.sort_by_key(|(_, flag, operations)| (flag.is_none(), operations.len()));
        groups
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        // Writing to a string cannot fail.
        let mut out = format!("{} against {SPEC}, version {}, on {}\n\nCalls\n", self.address, self.version, self.day);
        let width = self.made.iter().map(|made| made.operation.len() + made.key.len()).max().unwrap_or_default() + 1;
        let call_width = self.made.iter().map(|made| made.call.len()).max().unwrap_or_default();
        for made in &self.made {
            let Made { operation, call, key, outcome, .. } = made;
            let (name, verdict) = (format!("{operation} {key}"), made.verdict());
            let (call, outcome) = (Line(call).to_string(), Line(outcome).to_string());
            let _ = writeln!(out, "  {name:width$}  {call:call_width$}  {outcome:<9}  {verdict}");
        }
        for verdict in Verdict::ALL {
            let findings = self.of(verdict);
            if findings.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{}", title(verdict));
            for finding in findings {
                let grade = finding.evidence.map_or("", Evidence::word);
                let _ = writeln!(out, "  {grade:<10}  {}", Line(&what(finding)));
                if !finding.detail.is_empty() {
                    let _ = writeln!(out, "              {}", Line(&detail(finding)));
                }
                if !finding.next_step.is_empty() {
                    let _ = writeln!(out, "              next step: {}", Line(&finding.next_step));
                }
            }
        }
        out.push_str("\nNot probed\n");
        for (reason, flag, operations) in self.skipped_by_reason() {
            let flag = flag.map_or_else(String::new, |flag| format!(": {flag}"));
            let _ = writeln!(out, "  {reason}{flag}\n    {}", operations.join(", "));
        }
        let _ = write!(out, "\n{}", self.patch_words());
        if self.patch_is_shown() {
            let _ = write!(out, "\n{}\n", self.patch);
        }
        let _ = writeln!(out, "{}", self.summary());
        out
    }

    /// For an issue.
    pub fn markdown(&self) -> String {
        let mut out = format!("## Probe of P100\n\n`{}` against `{SPEC}`, version {}, on {}.\n\n", self.address, self.version, self.day);
        let _ = writeln!(out, "**{}.**\n\n| operation | call | response | |\n| --- | --- | --- | --- |", self.summary());
        for made in &self.made {
            let Made { operation, call, key, outcome, .. } = made;
            let _ = writeln!(out, "| {} {key} | {} | {outcome} | {} |", code(operation), code(call).replace('|', "\\|"), made.verdict());
        }
        for verdict in Verdict::ALL {
            let findings = self.of(verdict);
            if findings.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n### {} ({})\n", title(verdict), findings.len());
            for finding in findings {
                let grade = finding.evidence.map_or_else(String::new, |grade| format!("{grade}: "));
                let _ = write!(out, "- {grade}{}", escaped(&what(finding)));
                if !finding.detail.is_empty() {
                    let _ = write!(out, ": {}", escaped(&detail(finding)));
                }
                out.push('\n');
                if !finding.next_step.is_empty() {
                    let _ = writeln!(out, "  - next step: {}", escaped(&finding.next_step));
                }
            }
        }
        out.push_str("\n### Not probed\n\n");
        for (reason, flag, operations) in self.skipped_by_reason() {
            let flag = flag.map_or_else(String::new, |flag| format!(" (`{flag}`)"));
            let _ = writeln!(out, "- {reason}{flag}: {}", operations.join(", "));
        }
        let _ = write!(out, "\n{}", self.patch_words());
        if self.patch_is_shown() {
            let _ = write!(out, "\n{0}diff\n{1}{0}\n", fence(&self.patch, 3), self.patch);
        }
        out
    }

    fn patch_words(&self) -> String {
        let count = self.findings.iter().filter(|finding| is_entered(finding)).count();
        if count == 0 {
            return "Nothing was confirmed that the document does not know already: there is no patch.\n".to_owned();
        }
        let kept = if self.patch_is_kept { "For git apply." } else { "--patch FILE keeps it for git apply." };
        let words = format!("The patch enters {count} confirmed guesses as observed; no grade changes. {kept}\n");
        // The sandbox agrees with the document because it was made from it.
        let warning = "The document does not know this server. Apply no patch from a sandbox or a mock: it confirms only itself.\n";
        if self.is_strange { words + warning } else { words }
    }

    fn patch_is_shown(&self) -> bool {
        !self.patch.is_empty() && !self.patch_is_kept
    }

    /// For scripts.
    pub fn to_json(&self) -> Value {
        json!({
            "server": self.address,
            "server_is_documented": !self.is_strange,
            "version": self.version,
            "day": self.day,
            "matches": self.matches(),
            "calls": self.made,
            "findings": self.findings,
            "not_probed": self.skipped,
            "patch": self.patch,
        })
    }
}

fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Refuted => "Refuted: the responses contradict the document",
        Verdict::Undocumented => "Undocumented: the document does not have it",
        Verdict::Unverified => "Unverified",
        Verdict::Confirmed => "Confirmed, where the docs alone did not tell",
    }
}

fn what(finding: &Finding) -> String {
    let Finding { subject, owner, name, operation, .. } = finding;
    if owner == operation {
        return if name == subject || name.starts_with(subject) {
            format!("{owner}: {name}")
        } else {
            format!("{owner}: {subject} {name}")
        };
    }
    let dot = if name.is_empty() { "" } else { "." };
    format!("{operation}: {subject} {owner}{dot}{name}")
}

fn detail(finding: &Finding) -> String {
    if finding.at.is_empty() { finding.detail.clone() } else { format!("{}: {}", finding.at, finding.detail) }
}
