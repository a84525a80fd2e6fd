//! The report of cargo-semver-checks. It has no form for machines, so its words are read, and compared with its own sums.

use std::fmt;

use p100_spec::diff::{Bump, Finding};

/// What cargo-semver-checks says about a crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) bump: Bump,
    /// The lints that failed, the breaking ones first.
    pub(crate) findings: Vec<Finding>,
    checks: usize,
}

impl Verdict {
    /// Reads what the program, when talkative, writes on its standard error and output. `None` if it is not as expected.
    pub(super) fn read(log: &str, details: &str) -> Option<Self> {
        let results = || log.lines().filter_map(result);
        let mut findings = Vec::new();
        for (_, bump, lint) in results().filter(|(word, ..)| *word == "FAIL") {
            let (about, items) = section(details, lint)?;
            findings.push(Finding { lint: lint.to_owned(), bump, about, items });
        }
        findings.sort_by(|one, two| two.bump.cmp(&one.bump).then_with(|| one.lint.cmp(&two.lint)));
        let counted = |end: &str| {
            let line = log.lines().rev().find(|line| line.trim_start().starts_with("Checked ["))?;
            line.split([']', ':', ',']).find_map(|part| part.trim().strip_suffix(end)?.trim().parse::<usize>().ok())
        };
        let checks = counted("checks")?;
        let is_whole = checks > 0 && checks == results().count() && counted("fail").unwrap_or_default() == findings.len();
        let bump = findings.iter().map(|finding| finding.bump).max().unwrap_or(Bump::None);
        is_whole.then_some(Self { bump, findings, checks })
    }
}

/// Whether the log reports that the crate of one side, `current` or `baseline`, was built.
pub(super) fn is_built(log: &str, side: &str) -> bool {
    log.lines().any(|line| line.trim_start().starts_with("Built [") && line.ends_with(&format!("({side})")))
}

/// The first errors of the compiler, one line each.
pub(super) fn errors(log: &str) -> String {
    let lines = log.lines().map(str::trim).filter(|line| line.starts_with("error[") || line.starts_with("error: "));
    lines.take(3).collect::<Vec<_>>().join("; ")
}

/// `FAIL [   0.033s]       major        inherent_method_missing`
fn result(line: &str) -> Option<(&str, Bump, &str)> {
    let (word, rest) = line.trim_start().split_once(" [")?;
    let mut words = rest.split_once("s] ")?.1.split_whitespace();
    let bump = match words.next()? {
        "major" => Bump::Major,
        "minor" => Bump::Minor,
        _ => return None,
    };
    matches!(word, "PASS" | "FAIL" | "WARN").then_some((word, bump, words.next()?))
}

/// What the details say about a lint: its words and the items.
fn section(details: &str, lint: &str) -> Option<(String, Vec<String>)> {
    let title = format!("--- failure {lint}: ");
    let mut lines = details.lines().skip_while(|line| !line.starts_with(&title));
    let about = lines.next()?.strip_prefix(&title)?.trim_end_matches(" ---").to_owned();
    let items = lines.take_while(|line| !line.starts_with("--- ")).skip_while(|line| *line != "Failed in:").skip(1);
    let items: Vec<String> = items.filter(|line| !line.is_empty()).map(|line| line.trim().to_owned()).collect();
    (!items.is_empty()).then_some((about, items))
}

/// One line, and one for each finding and item below it.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bump {
            Bump::None => write!(f, "no break in {} checks", self.checks)?,
            Bump::Minor => write!(f, "a minor change, {} of {} checks failed", self.findings.len(), self.checks)?,
            Bump::Major => write!(f, "a MAJOR change, {} of {} checks failed", self.findings.len(), self.checks)?,
        }
        for finding in &self.findings {
            write!(f, "\n  {} ({:?}): {}", finding.lint, finding.bump, finding.about)?;
            finding.items.iter().try_for_each(|item| write!(f, "\n    {item}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bump, Verdict};

    const LOG: &str = "\
     Parsing p100-raw v0.1.0+p100.2025.8.0 (baseline)
    Checking p100-raw v0.1.0+p100.2025.8.0 -> v0.1.0+p100.2025.8.0 (assume patch change)
    Starting 4 checks, 31 unnecessary on 2 threads
        PASS [   0.001s]       major        copy_impl_added
        FAIL [   0.033s]       minor        function_must_use_added
        FAIL [   0.033s]       major        inherent_method_missing
        PASS [   0.001s]       minor        type_marked_deprecated
     Checked [   0.794s] 4 checks: 2 pass, 2 fail, 0 warn, 31 skip

     Summary semver requires new major version: 1 major and 1 minor checks failed
    Finished [  36.480s] p100-raw
";

    const DETAILS: &str = "
--- failure function_must_use_added: function #[must_use] added ---

Description:
A function is now #[must_use].

Failed in:
  function p100_raw::ask in src/lib.rs:7

--- failure inherent_method_missing: pub method removed or renamed ---

Description:
A publicly-visible method or associated fn is no longer available under its prior name.
        ref: https://doc.rust-lang.org/cargo/reference/semver.html#item-remove

Failed in:
  Routes::set, previously in file /base/crates/p100-raw/src/routes.rs:19
  Error::is_rate_limited, previously in file /base/crates/p100-raw/src/error/api.rs:102
";

    #[test]
    fn the_breaking_lints_come_first_with_their_items() {
        let verdict = Verdict::read(LOG, DETAILS).expect("readable");
        assert_eq!(verdict.bump, Bump::Major);
        let found: Vec<_> = verdict.findings.iter().map(|finding| (finding.lint.as_str(), finding.bump, finding.items.len())).collect();
        assert_eq!(found, [("inherent_method_missing", Bump::Major, 2), ("function_must_use_added", Bump::Minor, 1)]);
        assert_eq!(verdict.findings[0].about, "pub method removed or renamed");
        assert!(verdict.to_string().starts_with("a MAJOR change, 2 of 4 checks failed\n  inherent_method_missing (Major): "), "{verdict}");
    }

    #[test]
    fn nothing_found_is_no_break() {
        let log = LOG.replace("FAIL", "PASS").replace("2 pass, 2 fail, 0 warn", "4 pass");
        let verdict = Verdict::read(&log, "").expect("readable");
        assert_eq!((verdict.bump, verdict.to_string().as_str()), (Bump::None, "no break in 4 checks"));
    }

    #[test]
    fn a_report_that_does_not_add_up_is_none() {
        assert_eq!(Verdict::read("", ""), None);
        assert_eq!(Verdict::read(LOG, ""), None, "no details");
        assert_eq!(Verdict::read(&LOG.replace("        PASS [   0.001s]       major", "  "), DETAILS), None, "a result is missing");
        assert_eq!(Verdict::read(&LOG.replace("FAIL [   0.033s]       major", "FAIL     major"), DETAILS), None, "another form");
        assert_eq!(Verdict::read(&LOG.replace("        FAIL", "        PASS"), DETAILS), None, "the sum reports failures");
    }
}
