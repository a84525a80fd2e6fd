//! The verdicts on small changes of a small document, held as golden files in tests/diff, and on random changes of the real one.
//!
//! A case is named `<subject>.<case>.json`, a JSON patch (RFC 6902) of base.json; its verdict is beside it as `.txt`.

mod golden;
mod mutations;

use std::collections::BTreeSet;

use crate::Node;

use super::change::Change;
use super::compare::compare;
use super::report::{Report, Side, common_operations, used_by};

/// A change as one line; `all` are the operations of both documents.
fn line(change: &Change, all: &BTreeSet<String>) -> String {
    let users = if change.users.is_empty() { String::new() } else { format!(" [{}]", used_by(&change.users, all)) };
    format!("{}: {} {}{users}: {}", change.class.word(), change.subject.kind(), change.subject.name(), change.message())
}

/// All changes, one line each.
fn verdict(old: &Node, new: &Node) -> Vec<String> {
    let all = common_operations(old, new);
    compare(old, new).iter().map(|change| line(change, &all)).collect()
}

fn node(text: &str) -> Node {
    Node::parse(text).expect("it parses")
}

fn assert_golden(file: &std::path::Path, text: String) {
    snapbox::Assert::new().action_env("GOLDEN").eq(text, snapbox::Data::read_from(file, None).raw());
}

/// Each side is its name and its text.
fn report(old: (&str, &str), new: (&str, &str)) -> Report {
    let side = |(name, text): (&str, &str)| Side::parse(name, text).expect("OpenAPI");
    Report::new(side(old), side(new), None)
}

/// What must not come alive in a report.
const HOSTILE: &str = "@octocat <img src=http://e/x> [x](http://evil) *y*";

/// A report on one edit of a document that is full of characters with a meaning elsewhere.
fn hostile() -> Report {
    let text = r#"{"openapi":"3.0.3","info":{"title":"<b>","version":"1 <script>"},"paths":{"/a":{"get":{"operationId":"get<i>",
        "description":"OLD","externalDocs":{"url":"javascript:alert(1)"},"responses":{"200":{"description":"ok"}}}}}}"#;
    let new = text.replace("OLD", "<script>alert(1)</script> @someone [x](http://evil) *y*").replace(r#""200""#, r#""<u>""#);
    report(("<old>", text), ("new & newer", &new))
}

/// A report on hostile texts wherever a document has texts: each as it is and with backticks around and within it.
fn hostile_everywhere(mark: &str) -> Report {
    let text = r#"{"openapi":"3.0.3","info":{"title":"Base","version":"1"},"servers":[],"paths":{"/a":{"get":{"operationId":"getA",
        "summary":"OLD","description":"OLD","responses":{"200":{"description":"ok"}}}}},"x-webhooks":{},
        "components":{"schemas":{"A":{"type":"object","properties":{}}}}}"#;
    let bad = format!("{mark} {HOSTILE} {mark}b");
    let mut new: serde_json::Value = serde_json::from_str(text).expect("JSON");
    new["servers"] = serde_json::json!([{ "url": bad }]);
    new["x-webhooks"][&bad] = serde_json::json!({ "post": {} });
    new["components"]["schemas"]["A"]["properties"][&bad] = serde_json::json!({ "type": "string" });
    new["components"]["schemas"][&bad] = serde_json::json!({ "type": "string" });
    let get = &mut new["paths"]["/a"]["get"];
    get["operationId"] = bad.clone().into();
    get["summary"] = bad.clone().into();
    get["description"] = format!("{mark}\n\n{HOSTILE}").into();
    get["externalDocs"] = serde_json::json!({ "url": format!("https://e\n\n{bad}") });
    get["responses"][&bad] = serde_json::json!({ "description": "ok" });
    report(("old", text), (&bad, &new.to_string()))
}

/// What Markdown does not show as code and that no backslash takes its meaning from. A span of code ends at a run of as many backticks as
/// began it, in the same paragraph.
fn alive(markdown: &str) -> String {
    let run = |text: &str| text.len() - text.trim_start_matches('`').len();
    let mut out = String::new();
    for line in markdown.lines() {
        let mut rest = line;
        while let Some(letter) = rest.chars().next() {
            if letter == '`' {
                let (mark, after) = rest.split_at(run(rest));
                let mut ends = after.match_indices('`').map(|(at, _)| at).filter(|at| !after[..*at].ends_with('`'));
                rest = ends.find(|at| run(&after[*at..]) == mark.len()).map_or(after, |end| &after[end + mark.len()..]);
            } else {
                let escaped = if letter == '\\' { rest.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
                out.extend(Some(letter).filter(|_| escaped == 0));
                rest = &rest[letter.len_utf8() + escaped..];
            }
        }
        out.push('\n');
    }
    out
}

#[test]
fn another_order_of_events_renumbers_their_variants_in_rust() {
    let document = |events: &str| node(&format!(r#"{{"openapi":"3.0.3","paths":{{}},"x-webhooks":{{{events}}}}}"#));
    let (one, two, three) = (r#""one":{"post":{}}"#, r#""two":{"post":{}}"#, r#""three":{"post":{}}"#);
    let old = document(&[one, two, three].join(","));
    let lines = |events: &[&str]| verdict(&old, &document(&events.join(",")));
    assert_eq!(
        lines(&[one, three, two]),
        [
            "breaking-rust: event three [event three]: is event 2 of the document, was 3: its number as `WebhookKind` changes",
            "breaking-rust: event two [event two]: is event 3 of the document, was 2: its number as `WebhookKind` changes",
        ]
    );
    assert_eq!(lines(&[one, two, three]), Vec::<String>::new());
}

#[test]
fn values_that_a_report_cannot_show_completely_are_distinguished() {
    let document = |value: &str| {
        let list = format!(r#"["{}{value}"]"#, "long ".repeat(20));
        let route = format!(r#"{{"distinguishing":{{"values":{{"state":{list}}}}}}}"#);
        node(&format!(r#"{{"openapi":"3.0.3","paths":{{}},"x-webhooks":{{"one":{{"post":{{"x-webhook":{route}}}}}}}}}"#))
    };
    let lines = verdict(&document("one"), &document("two"));
    assert!(lines.iter().any(|line| line.starts_with("breaking-receivers: event one") && line.contains("removed")), "{lines:?}");
}

#[test]
fn the_page_escapes_all_it_shows_and_needs_nothing_else() {
    let page = hostile().html();
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
fn comments_and_notes_neither_call_anyone_nor_make_links_or_tags_of_a_document() {
    for mark in ["", "`", "``", "`a`", "` `` `"] {
        let report = hostile_everywhere(mark);
        for text in [report.markdown(), report.release_notes()] {
            assert!(text.contains("octocat"), "{text}");
            let live = alive(&text);
            for bad in ["@octocat", "<img", "](http", "[x]", "*y*"] {
                assert!(!live.contains(bad), "{bad} with {mark:?} in {live}\n{text}");
            }
        }
    }
    assert!(hostile().markdown().contains("get&#60;i&#62;"));
}

#[test]
fn colour_is_written_only_where_it_is_wanted() {
    let report = hostile();
    assert!(!report.text(false).contains('\u{1b}'));
    assert!(report.text(true).contains("\u{1b}[1;31m"));
}

#[test]
fn what_happens_to_the_crates_is_reported_in_every_form() {
    use super::rust::{Effect, Items, Judgement, Rust};
    let item = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let items = Items {
        appeared: vec![item("types::New", "pub struct New<T>")],
        vanished: vec![item("Client::old", "fn old(&self)")],
        changed: vec![("types::A.b".to_owned(), "String".to_owned(), "Option<String>".to_owned())],
    };
    let verdict = Judgement::None("the baseline has no such crate".to_owned());
    let mut report = hostile();
    report.rust = Some(Rust {
        crates: vec![Effect { name: "p100-raw".to_owned(), items, verdict }],
        before: "0.1.0+p100.1".to_owned(),
        needed: "0.2.0+p100.2".to_owned(),
    });
    let text = report.text(false);
    for expected in [
        "p100-raw: NOT CHECKED, the baseline has no such crate",
        "    1 public items vanish\n      Client::old: fn old(&self)",
        "types::A.b: is Option<String>, was String",
        "all crates: 0.1.0+p100.1 -> at least 0.2.0+p100.2, major change",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    let markdown = report.markdown();
    assert!(
        markdown.contains("  <details><summary>1 public items appear</summary>\n\n  - `types::New`: `pub struct New<T>`"),
        "{markdown}"
    );
    let page = report.html();
    assert!(page.contains("<li><code>types::New: pub struct New&lt;T&gt;</code></li>"), "{page}");
    let json = report.to_json();
    assert_eq!(json["rust"]["version"]["needed"], "0.2.0+p100.2");
    assert_eq!(json["rust"]["crates"][0]["changed"][0]["new"], "Option<String>");
    assert_eq!(json["rust"]["crates"][0]["semver_checks"]["verdict"], serde_json::Value::Null);
}

#[test]
fn release_notes_are_as_the_golden_file_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).expect("readable");
    let base: serde_json::Value = serde_json::from_str(&read("diff/base.json")).expect("JSON");
    let mut edited = base.clone();
    for case in ["member.response.removed", "operation.added", "member.event.removed", "operation.renamed", "evidence.operation.upgraded"] {
        let patch: json_patch::Patch = serde_json::from_str(&read(&format!("diff/{case}.json"))).expect("a patch");
        json_patch::patch(&mut edited, &patch).expect("fits");
    }
    edited["info"]["version"] = "1.1.0".into();
    let notes = |new: &serde_json::Value| report(("old", &base.to_string()), ("new", &new.to_string())).release_notes();
    assert_golden(&folder.join("release-notes.md"), notes(&edited));
    assert!(notes(&base).contains("Nothing to do: no change of this version breaks anybody."));
}
