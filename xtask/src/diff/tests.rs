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

/// A report on one edit of a document that is full of characters with a meaning elsewhere.
fn hostile() -> super::report::Report {
    let text = r#"{"openapi":"3.0.3","info":{"title":"<b>","version":"1 <script>"},"paths":{"/a":{"get":{"operationId":"get<i>",
        "description":"OLD","externalDocs":{"url":"javascript:alert(1)"},"responses":{"200":{"description":"ok"}}}}}}"#;
    let side = |name: &str, text: &str| super::report::Side { name: name.to_owned(), root: node(text) };
    let new = text.replace("OLD", "<script>alert(1)</script> @someone [x](http://evil) *y*").replace(r#""200""#, r#""<u>""#);
    super::report::Report::new(side("<old>", text), side("new & newer", &new), None)
}

#[test]
fn the_page_escapes_all_it_shows_and_needs_nothing_else() {
    let page = super::html::write(&hostile());
    assert!(!page.contains("<script") && !page.contains("<u>") && !page.contains("<i>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(page.contains("&lt;old&gt;"), "{page}");
    assert!(!page.contains("href=\"javascript:"), "{page}");
    assert!(!page.contains("src="), "{page}");
    for tag in ["details", "table", "section", "tr", "td", "summary"] {
        let count = |text: &str| page.matches(text).count();
        assert_eq!(count(&format!("<{tag}>")) + count(&format!("<{tag} ")), count(&format!("</{tag}>")), "{tag}");
    }
}

#[test]
fn the_comment_neither_calls_anyone_nor_makes_links_of_descriptions() {
    let comment = super::markdown::write(&hostile());
    assert!(!comment.contains("<script>alert(1)</script> @someone [x](http") || comment.contains('`'), "{comment}");
    assert!(comment.contains("get&lt;i&gt;"), "{comment}");
}

#[test]
fn colour_is_written_only_where_it_is_wanted() {
    let report = hostile();
    assert!(!super::text::write(&report, false).contains('\u{1b}'));
    assert!(super::text::write(&report, true).contains("\u{1b}[1;31m"));
}
