//! What the proof found, one line for each case, and the sums.

use super::{Judgement, Outcome, Semver};
use crate::terminal::say;

/// Writes the report; returns how many cases fail.
pub(super) fn write(outcomes: &[Outcome], builds: usize, is_full: bool) -> usize {
    let mut failures = 0;
    let (mut minor, mut wire, mut major, mut types, mut none) = ([0; 2], 0, 0, 0, [0; 2]);
    for outcome in outcomes {
        let name = &outcome.case.name;
        let (edit, semver) = match &outcome.judgement {
            Judgement::None(reason) => {
                none[usize::from(outcome.case.is_breaking)] += 1;
                say!("no like   {name}: {reason}");
                continue;
            }
            Judgement::Judged { edit, semver } => (edit, semver),
        };
        let is_breaking = edit.changes.iter().any(|change| change.class.is_breaking());
        let says_rust = edit.changes.iter().any(|change| change.touches_rust);
        let breaks = edit.items.breaks();
        let mut fail = |why: &str| {
            failures += 1;
            say!("FAILED    {name}: {why}");
            for (path, old, new) in &edit.items.changed {
                say!("            {path}: is {new}, was {old}");
            }
            for (path, text) in &edit.items.vanished {
                say!("            {path} vanishes: {text}");
            }
            for change in &edit.changes {
                say!("            {}: {}", change.class.word(), change.message());
            }
        };
        match semver {
            _ if is_breaking != outcome.case.is_breaking => fail("the like in the real document is not what the golden case is"),
            _ if says_rust && !breaks => fail("said to break Rust code, but no public item vanishes or changes"),
            _ if breaks && !says_rust => fail("public items vanish or change, and the report does not say so"),
            None => {
                if is_full {
                    fail("not checked");
                }
            }
            Some(Semver::Minor) => {
                minor[usize::from(is_breaking)] += 1;
                wire += usize::from(is_breaking);
                say!("minor     {name}{}", if is_breaking { ", as the report says: it breaks on the wire only" } else { "" });
            }
            Some(Semver::Major) if !breaks => fail("cargo-semver-checks calls it major"),
            Some(Semver::Major) => {
                major += 1;
                say!("major     {name}");
            }
            Some(Semver::TypesOnly) => {
                types += 1;
                say!("types     {name}: types change, which cargo-semver-checks does not compare; the list of public items has it");
            }
        }
    }
    say!(
        "\n{} cases: {} additive and minor; {wire} break on the wire only and are minor; {major} are major; {types} change types only; \
         {} additive and {} breaking ones have no like in the document; {failures} failed; {builds} builds compared",
        outcomes.len(),
        minor[0],
        none[0],
        none[1],
    );
    failures
}
