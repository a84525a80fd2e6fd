//! The golden files.

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use super::{compare, node};
use crate::Node;
use crate::diff::change::Class;

const BASE: &str = "base";

/// Reading it takes longer than comparing it.
static BASE_NODE: LazyLock<Node> = LazyLock::new(|| node(&cases().0.to_string()));

/// Cases that drift calls incompatible and we do not, with the reason.
const KNOWN_BETTER: [(&str, &str); 4] = [
    ("parameter.header-case", "names of headers ignore case"),
    ("form.request.gone", "without groups of required members more is valid"),
    ("decimal.response.one", "who reads a decimal in either form reads it in one"),
    ("decimal.response.order", "the order of forms means nothing to who reads them"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff")
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("readable")).expect("JSON")
}

fn patched(base: &Value, path: &Path) -> Value {
    let patch: json_patch::Patch = serde_json::from_value(read(path)).expect("a patch");
    let mut document = base.clone();
    json_patch::patch(&mut document, &patch).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    document
}

fn cases() -> (Value, Vec<PathBuf>) {
    let files = fs::read_dir(folder()).expect("tests/diff is there").map(|entry| entry.expect("readable").path());
    let is_case = |path: &PathBuf| path.extension().is_some_and(|it| it == "json") && path.file_stem().is_some_and(|it| it != BASE);
    let mut cases: Vec<PathBuf> = files.filter(is_case).collect();
    cases.sort();
    (read(&folder().join(BASE).with_extension("json")), cases)
}

/// `orders.added.json` -> `orders.added.txt`
fn golden(path: &Path) -> PathBuf {
    path.with_extension("txt")
}

fn verdict(base: &Value, path: &Path) -> String {
    let lines = super::verdict(&BASE_NODE, &node(&patched(base, path).to_string()));
    if lines.is_empty() { "no change\n".to_owned() } else { lines.join("\n") + "\n" }
}

#[test]
fn verdicts_are_as_the_golden_files_say() {
    let (base, cases) = cases();
    assert!(cases.len() >= 120, "{}", cases.len());
    for path in &cases {
        super::assert_golden(&golden(path), verdict(&base, path));
    }
}

#[test]
fn a_golden_file_belongs_to_a_case() {
    let files = fs::read_dir(folder()).expect("tests/diff is there").map(|entry| entry.expect("readable").path());
    let orphans: Vec<_> = files.filter(|path| !path.with_extension("json").exists()).collect();
    assert_eq!(orphans, Vec::<PathBuf>::new());
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let (base, _) = cases();
    let text = node(&base.to_string());
    assert!(compare(&text, &text).is_empty());
}

#[test]
fn what_drift_calls_incompatible_is_never_harmless_here() {
    let (base, cases) = cases();
    let hook = panic::take_hook();
    // It panics on what it does not handle; this is not a failure of ours.
    panic::set_hook(Box::new(|_| {}));
    let opinions: Vec<_> = cases
        .iter()
        .map(|path| {
            let new = patched(&base, path);
            let opinion = panic::catch_unwind(|| drift::compare(&base, &new).ok()).ok().flatten();
            (path, opinion)
        })
        .collect();
    panic::set_hook(hook);
    let silent = opinions.iter().filter(|(_, opinion)| opinion.is_none()).count();
    let mut judged = 0;
    let mut disputes = Vec::new();
    for (path, opinion) in opinions {
        let is_breaking =
            |class: &drift::ChangeClass| matches!(class, drift::ChangeClass::BackwardIncompatible | drift::ChangeClass::Incompatible);
        let found: Vec<_> = opinion.into_iter().flatten().flat_map(|change| change.changes).filter(|it| is_breaking(&it.class)).collect();
        if found.is_empty() {
            continue;
        }
        judged += 1;
        let changes = compare(&BASE_NODE, &node(&patched(&base, path).to_string()));
        let is_bad = |class: Class| class.is_breaking() || class == Class::Unclassified;
        let is_known = KNOWN_BETTER.iter().any(|(case, _)| path.file_stem().is_some_and(|name| name == *case));
        if changes.iter().any(|change| is_bad(change.class)) == is_known {
            disputes.push(format!("{}: drift says {found:#?}, we say {}", path.display(), verdict(&base, path)));
        }
    }
    assert!(disputes.is_empty(), "{}", disputes.join("\n"));
    assert!(judged >= 30, "drift judged {judged} cases, {silent} panics");
}
