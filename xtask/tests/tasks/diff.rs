//! `spec diff` on files and revisions.

use std::process::Command;

use tempfile::TempDir;

use crate::{Checkout, text, write};

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
    assert!(
        shown.contains("Breaking for callers (1)\n  getA\n    - query parameter `b`: `maxLength` is `4`, was `5` (on the wire only"),
        "{shown}"
    );
    assert!(shown.contains("compiles as before) [8 -> 8]"), "{shown}");
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
        ("openapi: [", "new.yaml:2:1: not valid YAML"),
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
