//! The tasks as a curator runs them, on a copy of the repository.

mod audit;
mod ci;
mod diff;
mod evidence;
mod probe;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SPEC: &str = "spec/p100-partner-api.yaml";

/// A checkout with all that the tasks read and write.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let checkout = Self(TempDir::new().expect("a folder"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for path in [SPEC, "spec/docs-index.yaml", "README.md", "docs"].into_iter().chain(p100_codegen::GENERATED) {
            copy(&root.join(path), &checkout.0.path().join(path));
        }
        checkout
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).arg("--root").arg(self.0.path()).output().expect("runs")
    }

    fn edit(&self, old: &str, new: &str) {
        let path = self.0.path().join(SPEC);
        let text = fs::read_to_string(&path).expect("readable");
        assert!(text.contains(old), "{old}");
        write(&path, &text.replacen(old, new, 1));
    }

    /// Every file with its text and the time it was written.
    fn files(&self) -> BTreeMap<PathBuf, (String, std::time::SystemTime)> {
        let mut found = BTreeMap::new();
        visit(self.0.path(), &mut |path| {
            let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).expect("a time");
            found.insert(path.to_owned(), (fs::read_to_string(path).expect("readable"), modified));
        });
        found
    }
}

#[allow(clippy::disallowed_methods, reason = "a test's own folder")]
fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("writable");
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("readable");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::copy(from, to).expect("copied");
    }
}

fn visit(folder: &Path, found: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() { visit(&path, found) } else { found(&path) }
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_fresh_checkout_is_fresh() {
    let checkout = Checkout::new();
    let output = checkout.run(&["generate", "--check"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(!text(&output).contains("Stale"));
    assert!(text(&output).contains("rendered in"), "{}", text(&output));
}

#[test]
fn a_changed_enum_value_or_field_is_stale_until_generated() {
    let edits = [
        ("enum: [CUSTODIAL, NON_CUSTODIAL, OTHER]", "enum: [CUSTODIAL, NON_CUSTODIAL, PAPER, OTHER]", "types/shared.rs"),
        (
            "        cardLastDigits:\n",
            "        nickname:\n          description: What the user calls it.\n          type: string\n        cardLastDigits:\n",
            "types/virtual_cards.rs",
        ),
    ];
    for (old, new, file) in edits {
        let checkout = Checkout::new();
        checkout.edit(old, new);
        let before = checkout.files();
        let output = checkout.run(&["generate", "--check"]);
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(4), "{shown}");
        assert!(shown.lines().any(|line| line.starts_with("Stale") && line.ends_with(file)), "{shown}");
        assert!(shown.contains("cargo xtask generate"), "{shown}");
        assert!(checkout.files() == before, "a check changes nothing");
        assert_eq!(checkout.run(&["generate"]).status.code(), Some(0));
        assert_eq!(checkout.run(&["generate", "--check"]).status.code(), Some(0));
    }
}

#[test]
fn a_changed_description_is_stale() {
    let checkout = Checkout::new();
    checkout.edit("summary: Move money between a user and the partner", "summary: Move money to and from a user");
    let output = checkout.run(&["generate", "--check", "--diff"]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(4), "{shown}");
    for file in ["client/internal_transfers.rs", "operations/internal_transfers.rs"] {
        assert!(shown.lines().any(|line| line.starts_with("Stale") && line.ends_with(file)), "{shown}");
    }
    assert!(shown.contains("+    /// Move money to and from a user"), "{shown}");
}

#[test]
fn a_broken_document_is_reported_with_its_place_and_changes_nothing() {
    let breaks = [
        ("      operationId: createTransfer\n", "      operationId: createTransfer\n      operationId: again\n", "is repeated here"),
        ("$ref: '#/components/schemas/TransferCreated'", "$ref: '#/components/schemas/TransferMade'", "createTransfer"),
        ("x-evidence: legacy\n      x-outcome", "x-evidence: rumour\n      x-outcome", "x-evidence"),
    ];
    for (old, new, expected) in breaks {
        let checkout = Checkout::new();
        checkout.edit(old, new);
        let before = checkout.files();
        for arguments in [&["generate"][..], &["generate", "--check"], &["spec", "lint"]] {
            let output = checkout.run(arguments);
            let shown = text(&output);
            assert_eq!(output.status.code(), Some(100), "{shown}");
            assert!(shown.contains(expected), "{shown}");
            let place = shown.lines().find_map(|line| line.split_once("p100-partner-api.yaml:")).expect("names the file").1;
            assert!(place.starts_with(|first: char| first.is_ascii_digit() && first != '0'), "{shown}");
        }
        assert!(checkout.files() == before, "nothing on disk changed");
    }
}

#[test]
fn a_file_that_nothing_generates_is_stale_and_then_removed() {
    let checkout = Checkout::new();
    let leftover = checkout.0.path().join("crates/p100-raw/src/generated/types/gone.rs");
    write(&leftover, "");
    let output = checkout.run(&["generate", "--check"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert!(text(&output).contains("gone.rs: nothing generates it any more"));
    assert_eq!(checkout.run(&["generate"]).status.code(), Some(0));
    assert!(!leftover.exists());
}

#[test]
fn formatting_is_checked_and_repaired() {
    let checkout = Checkout::new();
    assert_eq!(checkout.run(&["spec", "fmt", "--check"]).status.code(), Some(0));
    checkout.edit(
        "      operationId: createTransfer\n      tags: [Internal Transfers]\n",
        "      tags: [Internal Transfers]\n      operationId: createTransfer\n",
    );
    let output = checkout.run(&["spec", "fmt", "--check"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert!(text(&output).contains("cargo xtask spec fmt"));
    assert_eq!(checkout.run(&["spec", "fmt"]).status.code(), Some(0));
    assert_eq!(checkout.run(&["spec", "fmt", "--check"]).status.code(), Some(0));
    assert_eq!(checkout.run(&["generate", "--check"]).status.code(), Some(0));
}
