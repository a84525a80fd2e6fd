//! Each rule of `spec lint` against small edits of a clean document that break it, as golden files in tests/lint.
//!
//! A case is named `<rule>.diff` or `<rule>.<case>.diff`: a patch of clean.yaml, and below it the problems of the patched text.

use std::fs;
use std::path::{Path, PathBuf};

use diffy::{DiffOptions, Patch};
use p100_spec::{Document, RULES, lint};
use snapbox::{Assert, Data};

const CLEAN: &str = include_str!("../lint/clean.yaml");

/// The cases by their files, with the rule each is named after and what its file says.
fn cases() -> Vec<(PathBuf, String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint");
    let files = fs::read_dir(directory).expect("tests/lint is there").map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> = files.filter(|path| !path.ends_with("clean.yaml")).collect();
    files.sort();
    let rule = |path: &Path| path.file_name().and_then(|name| name.to_str()?.split('.').next()).expect("named").to_owned();
    files.into_iter().map(|path| (path.clone(), rule(&path), fs::read_to_string(&path).expect("readable"))).collect()
}

/// What a curator would see, a line for each problem; a document that does not load has one.
fn problems(text: &str) -> String {
    let problems = Document::load(text).map_or_else(|problem| vec![problem], |document| lint(&document));
    problems.into_iter().map(|problem| format!("{problem}\n")).collect()
}

/// The problems that the file of a case names: its lines after the patch begin with a position.
fn named(case: &str) -> impl Iterator<Item = &str> {
    case.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
}

#[test]
fn problems_are_as_the_golden_files_say() {
    for (path, _, case) in cases() {
        let patch = Patch::from_str(&case).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let text = diffy::apply(CLEAN, &patch).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let patch = DiffOptions::new().set_context_len(1).create_patch(CLEAN, &text).to_string();
        let start = patch.find("@@ ").unwrap_or_else(|| panic!("{} changes nothing", path.display()));
        Assert::new().action_env("GOLDEN").eq(patch[start..].to_owned() + &problems(&text), Data::read_from(&path, None).raw());
    }
}

#[test]
fn every_rule_has_a_case_that_breaks_it() {
    let cases = cases();
    let reported: Vec<_> = cases.iter().flat_map(|(_, _, case)| named(case)).collect();
    let is_tested = |rule: &str| reported.iter().any(|line| line.ends_with(&format!(" [{rule}]")));
    let untested: Vec<_> = RULES.iter().map(|rule| rule.name).filter(|name| !is_tested(name)).collect();
    assert_eq!(untested, Vec::<&str>::new(), "add tests/lint/<rule>.diff");
}

#[test]
fn a_case_breaks_the_rule_it_is_named_after_and_no_other() {
    for (path, rule, case) in cases() {
        assert!(RULES.iter().any(|known| known.name == rule), "{} is named after no rule", path.display());
        assert!(path.extension().is_some_and(|extension| extension == "diff"), "{} is no case", path.display());
        assert!(named(&case).next().is_some(), "{} breaks nothing", path.display());
        // A document that does not load is refused before any rule is asked.
        let strangers: Vec<_> = named(&case).filter(|line| line.ends_with(']') && !line.ends_with(&format!(" [{rule}]"))).collect();
        assert_eq!(strangers, Vec::<&str>::new(), "{}", path.display());
    }
}

#[test]
fn a_clean_document_has_no_problem() {
    assert_eq!(problems(CLEAN), "");
}
