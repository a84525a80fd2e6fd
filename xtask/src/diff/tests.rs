//! The verdicts on small changes of a small document, held as golden files in tests/diff, and on random changes of the real one.
//!
//! A case is named `<subject>.<case>.json`, a JSON patch (RFC 6902) of base.json; its verdict stands beside it as `.txt`.

mod golden;
mod mutations;

use p100_codegen::Node;

use super::change::Change;
use super::compare::compare;
use super::report::used_by;

/// A change as one line.
fn line(change: &Change) -> String {
    let users = if change.users.is_empty() { String::new() } else { format!(" [{}]", used_by(&change.users)) };
    format!("{}: {} {}{users}: {}", change.class.word(), change.subject.kind(), change.subject.name(), change.message())
}

fn node(text: &str) -> Node {
    Node::parse(text).expect("it parses")
}
