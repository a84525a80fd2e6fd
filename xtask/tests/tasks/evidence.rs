//! `spec evidence` on the document.

use serde_json::Value;

use crate::{Checkout, text};

fn json(checkout: &Checkout) -> Value {
    let output = checkout.run(&["spec", "evidence", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn markdown_is_what_generate_writes() {
    let checkout = Checkout::new();
    let output = checkout.run(&["spec", "evidence", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let committed = std::fs::read_to_string(checkout.0.path().join("docs/coverage.md")).expect("readable");
    assert_eq!(text(&output), committed);
}

#[test]
fn every_question_has_pages_and_a_value_that_is_the_product_of_its_factors() {
    let report = json(&Checkout::new());
    let questions = report["questions"].as_array().expect("questions");
    assert!(questions.len() > 50);
    for question in questions {
        let number = |key: &str| question[key].as_u64().unwrap_or_else(|| panic!("{key} in {question}"));
        assert_eq!(number("value"), number("stake") * number("part") * number("doubt"), "{question}");
        assert!(question["docs_pages"].as_array().is_some_and(|pages| !pages.is_empty()), "{question}");
        assert!(question["question"].as_str().is_some_and(|text| text.contains("? We ")), "{question}");
    }
    let first = questions[0]["question"].as_str();
    let shown = text(&Checkout::new().run(&["spec", "evidence"]));
    assert!(shown.contains(&format!("  1. {}", first.expect("text").replace('`', ""))), "{shown}");
}

#[test]
fn a_better_grade_moves_the_totals_and_settles_the_question() {
    let checkout = Checkout::new();
    let before = json(&checkout);
    checkout.edit(
        "      x-docs-pages: ['19617350e0', '28597673e0']\n      x-evidence: assumed",
        "      x-docs-pages: ['19617350e0', '28597673e0']\n      x-evidence: documented",
    );
    let after = json(&checkout);
    let paths = |report: &Value, grade: &str| report["totals"]["paths"][grade].as_u64().expect("a number");
    assert_eq!(paths(&after, "assumed") + 1, paths(&before, "assumed"));
    assert_eq!(paths(&after, "documented"), paths(&before, "documented") + 1);
    let asks = |report: &Value| report.to_string().contains("Which path does lockPartnerRate have?");
    assert_eq!((asks(&before), asks(&after)), (true, false));
    let stale = text(&checkout.run(&["generate", "--check"]));
    assert!(stale.lines().any(|line| line == "Stale   docs/coverage.md"), "{stale}");
}

#[test]
fn a_document_that_does_not_load_is_reported_with_its_place() {
    let checkout = Checkout::new();
    checkout.edit("openapi: 3.0.3", "openapi: 2.0.0");
    let output = checkout.run(&["spec", "evidence"]);
    assert_eq!(output.status.code(), Some(100));
    assert!(text(&output).starts_with("Failure: spec/p100-partner-api.yaml:1:1: "), "{}", text(&output));
}
