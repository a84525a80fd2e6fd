//! Each rule of `spec lint` against small documents that break it, held as golden files in tests/lint.
//!
//! A document is named `<rule>.yaml` or `<rule>.<case>.yaml` and differs from clean.yaml in what breaks that rule.

use std::fs;
use std::path::{Path, PathBuf};

use p100_spec::{Document, RULES, lint};

/// The documents and what stands in their names before the first dot, sorted.
fn documents() -> Vec<(PathBuf, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint");
    let files = fs::read_dir(directory).expect("tests/lint is there").map(|entry| entry.expect("readable").path());
    let mut documents: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect();
    documents.sort();
    let rule = |path: &Path| path.file_name().and_then(|name| name.to_str()?.split('.').next()).expect("named").to_owned();
    documents.into_iter().map(|path| (path.clone(), rule(&path))).collect()
}

/// What a curator would see, a line for each problem; a document that does not load has one.
fn problems(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("readable");
    let problems = Document::load(&text).map_or_else(|problem| vec![problem], |document| lint(&document));
    problems.into_iter().map(|problem| format!("{problem}\n")).collect()
}

fn golden(path: &Path) -> String {
    fs::read_to_string(path.with_extension("txt")).unwrap_or_default()
}

#[test]
fn problems_are_told_as_the_golden_files_say() {
    let documents = documents();
    let stale: Vec<_> = documents.iter().filter(|(path, _)| problems(path) != golden(path)).map(|(path, _)| path).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        for path in &stale {
            // Golden files are sources of this test, not outputs of a task that could be cut short.
            #[allow(clippy::disallowed_methods)]
            fs::write(path.with_extension("txt"), problems(path)).expect("writable");
        }
        panic!("wrote {} golden files; look at them and run again without UPDATE_GOLDEN", stale.len());
    }
    for path in stale {
        assert_eq!(problems(path), golden(path), "{}: set UPDATE_GOLDEN=1 if the new text is right", path.display());
    }
}

#[test]
fn every_rule_has_a_document_that_breaks_it() {
    let told: String = documents().iter().map(|(path, _)| golden(path)).collect();
    let untested: Vec<_> = RULES.iter().map(|rule| rule.name).filter(|name| !told.contains(&format!(" [{name}]\n"))).collect();
    assert_eq!(untested, Vec::<&str>::new(), "add tests/lint/<rule>.yaml");
}

#[test]
fn a_document_breaks_the_rule_it_is_named_after_and_no_other() {
    for (path, rule) in documents().into_iter().filter(|(_, rule)| rule != "clean") {
        assert!(RULES.iter().any(|known| known.name == rule), "{} is named after no rule", path.display());
        let told = golden(&path);
        assert!(!told.is_empty(), "{} breaks nothing", path.display());
        // A document that does not load is refused before any rule is asked.
        let strangers: Vec<_> = told.lines().filter(|line| line.ends_with(']') && !line.ends_with(&format!(" [{rule}]"))).collect();
        assert_eq!(strangers, Vec::<&str>::new(), "{}", path.display());
    }
}

#[test]
fn a_golden_file_belongs_to_a_document() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint");
    let files = fs::read_dir(directory).expect("tests/lint is there").map(|entry| entry.expect("readable").path());
    let orphans: Vec<_> = files.filter(|path| !path.with_extension("yaml").exists()).collect();
    assert_eq!(orphans, Vec::<PathBuf>::new());
}

#[test]
fn a_clean_document_has_no_problem() {
    let (clean, _) = documents().into_iter().find(|(_, rule)| rule == "clean").expect("tests/lint/clean.yaml");
    assert_eq!(problems(&clean), "");
}
