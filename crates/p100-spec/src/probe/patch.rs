//! What was confirmed, as a patch to the document: `x-observed` beside the grades, which stay what the docs support.

use std::collections::BTreeMap;

use crate::evidence::{OBSERVED, observable};
use crate::{Document, Evidence, Kind, Node, Operation, Position, Problem, Scalar, fmt};

use super::compare::{Finding, Verdict};
use crate::SPEC;

/// Whether the patch enters this: a confirmed guess that no earlier probe saw.
pub(super) fn is_entered(finding: &Finding) -> bool {
    let is_guess = finding.evidence.is_some_and(|grade| grade != Evidence::Documented);
    finding.verdict == Verdict::Confirmed && is_guess && !finding.observed
}

/// A unified diff of the document, as `text` and read, that enters findings under `day`, headed by a line about it; empty if there is none
/// to enter. It holds more than that if the text is not in its canonical form.
///
/// # Errors
/// A finding is about something that the document does not have.
pub(super) fn patch(text: &str, document: &Document, findings: &[Finding], day: &str, about: &str) -> Result<String, Problem> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is_entered(finding)) {
        names.entry(&finding.owner).or_default().push(&finding.name);
    }
    if names.is_empty() {
        return Ok(String::new());
    }
    let mut root = document.root().clone();
    for (owner, names) in &names {
        let operation = document.operations().iter().find(|operation| operation.id == *owner);
        let node = owner_node(&mut root, owner, operation)
            .ok_or_else(|| Problem::at(Position::default(), "a finding is about what is not in the document").on(*owner))?;
        let known = observable(node, operation);
        enter(node, known.iter().filter(|name| names.contains(&name.as_str())), day);
    }
    let head: String = text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let patched = head + &fmt::write(root);
    Document::load(&patched)?;
    let changes = similar::TextDiff::from_lines(text, &patched);
    // What is before the first header, git leaves alone.
    Ok(format!("{about}\n\n{}", changes.unified_diff().header(&format!("a/{SPEC}"), &format!("b/{SPEC}"))))
}

fn owner_node<'a>(root: &'a mut Node, owner: &str, operation: Option<&Operation>) -> Option<&'a mut Node> {
    let steps = match operation {
        Some(operation) => ["paths".to_owned(), operation.path.clone(), operation.method.word().to_ascii_lowercase()],
        None => ["components".to_owned(), "schemas".to_owned(), owner.to_owned()],
    };
    steps.iter().try_fold(root, |node, step| child(node, step))
}

fn child<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    if let Kind::Map(map) = &mut node.kind { map.get_mut(key).map(|(_, node)| node) } else { None }
}

/// Adds names to what was observed on `day`.
fn enter<'a>(node: &mut Node, names: impl Iterator<Item = &'a String>, day: &str) {
    let new = names.map(|name| Node { kind: Kind::Scalar(Scalar::String(name.clone())), position: Position::default() });
    let list = slot(node, OBSERVED, Kind::Map(Default::default())).and_then(|days| slot(days, day, Kind::List(Vec::new())));
    if let Some(Node { kind: Kind::List(items), .. }) = list {
        items.extend(new);
    }
}

/// The member `key`, made if it is missing.
fn slot<'a>(node: &'a mut Node, key: &str, empty: Kind) -> Option<&'a mut Node> {
    let Kind::Map(map) = &mut node.kind else { return None };
    let (_, node) = map.entry(key.to_owned()).or_insert((Position::default(), Node { kind: empty, position: Position::default() }));
    Some(node)
}
