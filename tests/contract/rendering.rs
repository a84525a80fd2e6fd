//! What is committed is what the document says.

use std::fs;
use std::path::{Path, PathBuf};

use p100_codegen::{GENERATED, render};
use p100_spec::Document;
use p100_spec::coverage::{BEGIN, END, readme};

use crate::DOCUMENT;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn committed_files_are_what_the_build_script_rendered() {
    let rendered = Path::new(env!("OUT_DIR")).join("rendered");
    let files = files_below(&rendered);
    assert!(files.len() > 40, "{files:?}");
    for file in &files {
        let relative = file.strip_prefix(&rendered).expect("below");
        let committed = fs::read_to_string(Path::new(ROOT).join(relative)).unwrap_or_default();
        let fresh = fs::read_to_string(file).expect("readable");
        assert!(committed == fresh, "{} is stale: run cargo xtask generate", relative.display());
    }
}

#[test]
fn generated_folders_hold_nothing_else() {
    let rendered = Path::new(env!("OUT_DIR")).join("rendered");
    for folder in GENERATED {
        for file in files_below(&Path::new(ROOT).join(folder)) {
            let relative = file.strip_prefix(ROOT).expect("below");
            assert!(rendered.join(relative).exists(), "{} is not generated", relative.display());
        }
    }
}

#[test]
fn two_renderings_are_the_same_bytes() {
    assert_eq!(render(&DOCUMENT).expect("renders"), render(&DOCUMENT).expect("renders"));
}

#[test]
fn the_readme_table_is_fresh() {
    let current = fs::read_to_string(Path::new(ROOT).join("README.md")).expect("readable");
    assert!(current.contains(BEGIN) && current.contains(END));
    assert!(readme(&DOCUMENT, &current).expect("marked") == current, "README.md is stale: run cargo xtask generate");
}

#[test]
fn the_document_is_in_canonical_form() {
    let text = include_str!("../../spec/p100-partner-api.yaml");
    assert!(p100_spec::fmt::format(text).expect("formats") == text, "run cargo xtask spec fmt");
}

#[test]
fn one_more_optional_member_changes_few_lines() {
    let text = include_str!("../../spec/p100-partner-api.yaml");
    let before = render(&DOCUMENT).expect("renders");
    // A member of a request, a response, an event and what several modules use; of each grade.
    let additions =
        [("TransferRequest", "documented"), ("CardDetails", "legacy"), ("ExchangeStatusEvent", "assumed"), ("CryptoBalance", "inferred")];
    for (schema, grade) in additions {
        let (head, tail) = text.split_once(&format!("\n    {schema}:\n")).unwrap_or_else(|| panic!("the document has no {schema}"));
        let (about, members) = tail.split_once("\n      properties:\n").expect("members");
        let member = format!("        zzNote:\n          description: A note.\n          x-evidence: {grade}\n          type: string\n");
        let grown = format!("{head}\n    {schema}:\n{about}\n      properties:\n{member}{members}");
        let after = render(&Document::load(&grown).expect("loads")).expect("renders");
        assert!(after.iter().any(|file| file.contents.contains("pub zz_note: ")), "{schema} got no member");
        let mut changes = Vec::new();
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.path, after.path);
            let diff = similar::TextDiff::from_lines(&before.contents, &after.contents);
            let changed = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
            changes.extend(changed.map(|change| format!("{}{}: {}", change.tag(), before.path, change.value().trim_end())));
        }
        assert!(changes.len() < 15, "{schema}: {} lines\n{}", changes.len(), changes.join("\n"));
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}
