//! The tasks as a curator runs them, on a copy of the repository.

mod audit;
mod evidence;

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
        for path in [SPEC, "README.md", "docs"].into_iter().chain(p100_codegen::GENERATED) {
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
fn a_broken_document_is_told_with_its_place_and_changes_nothing() {
    let breaks = [
        (
            "      operationId: createTransfer\n",
            "      operationId: createTransfer\n      operationId: again\n",
            "stands here a second time",
        ),
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

/// A diff of two files, its exit code and what it wrote.
fn diff(old: &str, new: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = TempDir::new().expect("a folder");
    let (one, two) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    write(&one, old);
    write(&two, new);
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["spec", "diff"]).arg(&one).arg(&two).args(arguments).output().expect("runs");
    (output.status.code(), text(&output))
}

const SMALL: &str = "openapi: 3.0.3\ninfo: {title: Small, version: 1.0.0}\npaths:\n  /a:\n    get:\n      operationId: getA\n      parameters:\n        \
                     - {name: b, in: query, schema: {type: string, maxLength: 5, pattern: a}}\n      responses:\n        '200': {description: Yes.}\n";

#[test]
fn a_diff_fails_on_what_is_asked_and_on_what_is_worse() {
    let additive = SMALL.replace("maxLength: 5", "maxLength: 6");
    let breaking = SMALL.replace("maxLength: 5", "maxLength: 4");
    let unclassified = SMALL.replace("pattern: a", "pattern: b");
    let words = SMALL.replace("Yes.", "No.");
    for (new, codes) in
        [(&additive, [0, 0, 4]), (&unclassified, [0, 4, 4]), (&breaking, [4, 4, 4]), (&words, [0, 0, 0]), (&SMALL.to_owned(), [0, 0, 0])]
    {
        for (kind, code) in ["breaking", "unclassified", "additive"].into_iter().zip(codes) {
            let (found, shown) = diff(SMALL, new, &["--fail-on", kind]);
            assert_eq!(found, Some(code), "{kind}: {shown}");
        }
        assert_eq!(diff(SMALL, new, &[]).0, Some(0));
    }
}

#[test]
fn a_diff_has_four_forms() {
    let breaking = SMALL.replace("maxLength: 5", "maxLength: 4");
    let (_, shown) = diff(SMALL, &breaking, &[]);
    assert!(shown.contains("Breaking for callers (1)\n  getA\n    - query parameter `b`: `maxLength` is `4`, was `5` [8 -> 8]"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colour where no one looks");
    let (_, shown) = diff(SMALL, &breaking, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(report["counts"]["breaking-callers"], 1);
    assert_eq!(report["changes"][0]["subject"]["name"], "getA");
    assert_eq!(report["changes"][0]["old"]["line"], 8);
    assert_eq!(report["changes"][0]["new"]["value"], 4);
    assert_eq!(report["reached"][0]["worst"], "breaking-callers");
    let (_, shown) = diff(SMALL, &breaking, &["--format", "markdown"]);
    assert!(shown.contains("### Breaking for callers (1)\n\n- **getA**\n  - query parameter `b`"), "{shown}");
    let (_, shown) = diff(SMALL, &breaking, &["--format", "html"]);
    assert!(shown.starts_with("<!doctype html>") && shown.ends_with("</html>\n"), "{shown}");
    let (_, shown) = diff(SMALL, SMALL, &[]);
    assert!(shown.ends_with(": no change\n"), "{shown}");
}

#[test]
fn a_diff_of_something_broken_says_where_and_writes_nothing_else() {
    for (new, place) in [
        ("openapi: [", "new.yaml:1:"),
        ("a: 1\n", "new.yaml:1:1: not an OpenAPI 3"),
        ("openapi: 3.0.3\npaths: 5\n", "new.yaml:2:8: `paths` is not"),
    ] {
        for form in ["text", "json", "html", "markdown"] {
            let (code, shown) = diff(SMALL, new, &["--format", form]);
            assert_eq!(code, Some(100), "{shown}");
            assert!(shown.starts_with("Failure: ") && shown.contains(place), "{shown}");
        }
    }
    let checkout = Checkout::new();
    let output = checkout.run(&["spec", "diff", "no-such-revision"]);
    assert_eq!(output.status.code(), Some(100));
    assert!(text(&output).starts_with("Failure: no-such-revision is neither a file nor a revision"), "{}", text(&output));
}

#[test]
fn a_diff_compares_a_revision_with_the_working_tree() {
    let checkout = Checkout::new();
    for command in [
        ["init", "--quiet", ".", "--initial-branch=main"].as_slice(),
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "One"],
    ] {
        assert!(Command::new("git").arg("-C").arg(checkout.0.path()).args(command).status().expect("runs").success());
    }
    checkout.edit("enum: [CUSTODIAL, NON_CUSTODIAL, OTHER]", "enum: [CUSTODIAL, NON_CUSTODIAL, PAPER, OTHER]");
    let output = checkout.run(&["spec", "diff", "--fail-on", "additive"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let shown = text(&output);
    assert!(shown.contains("HEAD (") && shown.contains("working tree (") && shown.contains("value `PAPER` added"), "{shown}");
    assert_eq!(checkout.run(&["spec", "diff", "HEAD", "HEAD", "--fail-on", "additive"]).status.code(), Some(0));
}
