//! `spec audit` on an invented docs index in a temporary checkout.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::{text, write};

/// P100's list, all invented.
const LIST: &str = include_str!("../../../crates/p100-spec/tests/audit/llms.txt");

/// Its hashes are what `printf SUMMARY | sha256sum | cut -c 1-16` says.
const INDEX: &str = include_str!("../../../crates/p100-spec/tests/audit/docs-index.yaml");

/// It knows one page that the index lacks.
const DOCUMENT: &str = "{paths: {/orders: {post: {operationId: createOrder, x-docs-pages: ['777e0']}}}}";

fn run_in(checkout: &TempDir, list: &[u8], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["spec", "audit"]).args(arguments).arg("--root").arg(checkout.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    // It may end before it reads all.
    let _ = child.stdin.take().expect("piped").write_all(list);
    child.wait_with_output().expect("runs")
}

fn checkout() -> TempDir {
    let checkout = TempDir::new().expect("a folder");
    std::fs::create_dir(checkout.path().join("spec")).expect("made");
    write(&checkout.path().join("spec/docs-index.yaml"), INDEX);
    write(&checkout.path().join("spec/p100-partner-api.yaml"), DOCUMENT);
    checkout
}

fn run(list: &str, arguments: &[&str]) -> Output {
    run_in(&checkout(), list.as_bytes(), arguments)
}

/// The list with one edit.
fn edited(old: &str, new: &str) -> String {
    assert_eq!(LIST.matches(old).count(), 1, "{old}");
    LIST.replace(old, new)
}

fn one_line(list: &str) -> String {
    list.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Kind and page of every difference, of the list on many lines and on one.
fn differences(list: &str) -> Vec<String> {
    let found = [list.to_owned(), one_line(list)].map(|list| {
        let output = run(&list, &["--format", "json"]);
        assert_eq!(output.status.code(), Some(4), "{}", text(&output));
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let differences = report["differences"].as_array().expect("differences").iter();
        let shown = differences.map(|one| format!("{} {}", one["kind"].as_str().expect("kind"), one["id"].as_str().expect("id")));
        shown.collect::<Vec<_>>()
    });
    assert_eq!(found[0], found[1]);
    found[0].clone()
}

#[test]
fn a_list_like_the_index_is_clean_in_any_layout() {
    let lines = LIST.trim_end();
    for list in [LIST, lines, &one_line(LIST), &LIST.replace('\n', "\r\n"), &format!("\u{feff}{LIST}")] {
        let output = run(list, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        assert_eq!(text(&output), "Fresh   spec/docs-index.yaml: all 7 pages are as P100 publishes them\n");
    }
    let checkout = checkout();
    let file = checkout.path().join("llms.txt");
    write(&file, LIST);
    let output = run_in(&checkout, b"", &[file.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let report: Value = serde_json::from_slice(&run(LIST, &["--format", "json"]).stdout).expect("JSON");
    assert_eq!(
        report.to_string(),
        r#"{"differences":[],"index":"spec/docs-index.yaml","indexed":7,"published":7,"source":"https://docs.example/llms.txt"}"#
    );
}

#[test]
fn every_edit_is_reported_and_nothing_else() {
    let pay = "- Reference > Orders [Pay Order](https://docs.example/pay-order-202e0.md): Pays.\n";
    let new = "- Reference > Orders [Split Order](https://docs.example/split-order-401e0.md): Splits.\n";
    for (old, new, expected) in [
        (pay, format!("{pay}{new}").as_str(), &["added 401e0"][..]),
        (pay, "", &["removed 202e0"]),
        (pay, new, &["added 401e0", "removed 202e0"]),
        ("pay-order-202e0.md", "pay-order-902e0.md", &["replaced 902e0"]),
        ("pay-order-203e0.md): Pays for", "pay-order-903e0.md): Spends for", &["replaced 903e0", "summary-changed 903e0"]),
        ("[List Orders]", "[All [new] Orders]", &["renamed 201e0"]),
        ("[List Orders](https://docs.example/list-orders", "[All Orders](https://docs.example/all-orders", &["renamed 201e0"]),
        ("/list-orders-", "/orders-", &["moved 201e0"]),
        ("- Start [Welcome](https://docs.example/", "- Start [Welcome](https://docs2.example/", &["moved 101m0"]),
        ("- Reference > Clients [", "- Partners [", &["moved 203e0"]),
        ("## API Docs\n", "## More\n", &["moved 201e0", "moved 202e0", "moved 203e0", "moved 204e0", "moved 301e0"]),
        ("Pays.\n", "Pays!\n", &["summary-changed 202e0"]),
        ("Pays.\n", "\n", &["summary-changed 202e0"]),
        ("101m0.md):", "101m0.md): Hello \u{2014} you.", &["summary-changed 101m0"]),
        ("order is paid.", "order was paid.", &["summary-changed 301e0"]),
        (
            "- Reference > Clients [Pay Order](https://docs.example/pay-order-203e0.md): Pays for",
            "- Clients [Pay](https://docs.example/pay-203e0.md): Spends for",
            &["renamed 203e0", "moved 203e0", "summary-changed 203e0"],
        ),
        (
            "- Start > Webhooks [Order Paid](https://docs.example/order-paid-301e0.md): Sent when an order is paid.\n",
            "",
            &["removed 301e0"],
        ),
    ] {
        assert_eq!(differences(&edited(old, new)), expected, "{new}");
    }
}

#[test]
fn each_difference_says_what_it_means_and_what_to_do() {
    let shown = |old: &str, new: &str| text(&run(&edited(old, new), &[]));
    let event = "- Start > Webhooks [Order Lost](https://docs.example/order-lost-402e0.md): Lost.\n- Start > Webhooks [Order";
    let added = shown("- Start > Webhooks [Order", event);
    for line in [
        "added: 402e0 Order Lost",
        "  change     a new page under the heading API Docs, section \"Start > Webhooks\"",
        "  meaning    It describes an event that the document lacks, or one more page of one it has.",
        "  - id: '402e0'",
        "    kind: webhook",
        "    covers: ''",
        "Stale   spec/docs-index.yaml: 1 added; 8 pages published, 7 in the index",
    ] {
        assert!(added.lines().any(|own| own == line), "{line} is missing in {added}");
    }
    let only = shown("- Reference > Orders [ Drop Order](https://docs.example/-drop-order-204e0.md): Drops an order.\n", "");
    assert!(only.contains("No other listed page covers the operation dropOrder") && only.contains("`deprecated: true`"), "{only}");
    let twin = shown("- Reference > Orders [Pay Order](https://docs.example/pay-order-202e0.md): Pays.\n", "");
    assert!(twin.contains("It covers the operation payOrder, which has other pages: 203e0."), "{twin}");
    let again = shown("pay-order-202e0.md", "pay-order-902e0.md");
    assert!(
        again.contains("replaced: 902e0 Pay Order")
            && again.contains("  change     its id was 202e0\n")
            && again.contains("    covers: payOrder"),
        "{again}"
    );
    let moved = shown("- Reference > Clients [", "- Partners > Clients [");
    assert!(moved.contains("from section \"Reference > Clients\" to \"Partners > Clients\", which is new"), "{moved}");
    let last = shown("order is paid.", "order was paid.");
    assert!(last.contains("It covers the event orderPaid.") && last.contains("  change     it has another summary\n"), "{last}");
}

#[test]
fn summaries_are_shown_nowhere() {
    let list = edited("Pays.\n", "Confidential wording.\n").replace("Lists the orders.", "Private words.");
    for format in ["text", "markdown", "json"] {
        let shown = text(&run(&list, &["--format", format]));
        assert!(shown.contains("https://docs.example/pay-order-202e0.md"), "{shown}");
        for word in ["Confidential", "Private", "paid\n", "Newest"] {
            assert!(!shown.contains(word), "{word} in {shown}");
        }
    }
}

#[test]
fn markdown_holds_titles_of_others_without_obeying_them() {
    let list = edited("[List Orders]", "[List @all #1 [x](y) <b> | `c` \u{1b}[31m]");
    let output = run(&list, &["--format", "markdown"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let shown = text(&output);
    let title = r"[List &#64;all &#35;1 \[x\](y) &#60;b&#62; \| \`c\`";
    assert!(shown.contains("### Pages: renamed (1)\n"), "{shown}");
    assert!(shown.contains(&format!("- [ ] {title}")), "{shown}");
    assert!(shown.contains("](<https://docs.example/list-orders-201e0.md>) `201e0`: was \"List Orders\", is "), "{shown}");
    assert!(shown.contains("\n  - It covers the operation listOrders.") && !shown.contains('\u{1b}'), "{shown}");
    assert!(shown.contains("```yaml\n  - id: '201e0'\n"), "{shown}");
}

#[test]
fn json_has_both_sides_and_the_line_for_the_index() {
    let output = run(&edited("[List Orders]", "[All Orders]"), &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let one = &report["differences"][0];
    assert_eq!((&one["was"]["title"], &one["now"]["title"]), (&"List Orders".into(), &"All Orders".into()));
    assert_eq!((&one["now"]["kind"], &one["now"]["covers"]), (&"operation".into(), &"listOrders".into()));
    assert_eq!(one["was"]["summary"], one["now"]["summary"]);
    assert!(one["index_entry"].as_str().expect("YAML").starts_with("  - id: '201e0'\n    title: All Orders\n"), "{one}");
    for key in ["change", "meaning", "next_step"] {
        assert!(one[key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
}

/// The report, which must be none, and the message.
fn refused(list: &[u8]) -> String {
    let output = run_in(&checkout(), list, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(100), "{}", text(&output));
    assert!(output.stdout.is_empty(), "nothing is half-reported: {}", text(&output));
    text(&output)
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let mut bytes = LIST.as_bytes().to_vec();
    bytes[12] = 0xff;
    for (list, expected) in [
        (Vec::new(), "standard input:1:1: the list is empty; expected"),
        (b"<html>".to_vec(), "standard input:1:1: not a list of pages, this looks like HTML; expected"),
        (bytes, "standard input:3:1: not UTF-8 from here on; expected"),
        (edited("204e0", "202e0").into_bytes(), "standard input:15:1: the page 202e0 is repeated here, after 13:1; expected"),
        (
            edited("](https://docs.example/pay-order-203e0.md)", "]").into_bytes(),
            "standard input:14:34: an entry without address; expected",
        ),
    ] {
        let shown = refused(&list);
        assert!(shown.starts_with(&format!("Failure: {expected}")), "{shown}");
    }
    let output = run("", &["no/such/file"]);
    assert_eq!(output.status.code(), Some(100));
    assert!(text(&output).starts_with("Failure: cannot read no/such/file"), "{}", text(&output));
    let checkout = checkout();
    write(&checkout.path().join("spec/docs-index.yaml"), &INDEX.replace("id: 101m0, ", ""));
    let output = run_in(&checkout, LIST.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(100));
    assert!(text(&output).starts_with("Failure: spec/docs-index.yaml:4:5: a page without the text `id`"), "{}", text(&output));
}

#[test]
fn a_list_that_looks_cut_off_is_refused_unless_it_is_said_to_be_complete() {
    let cut = LIST.split("for a client").next().expect("a part");
    let shown = refused(cut.as_bytes());
    let reason = "standard input:14:81: the list looks cut off here: the summary of its last page 203e0 is another one, and the 2 pages that \
                  follow 203e0 in the index are missing. Expected 7 pages. Fetch it again; if P100 does publish it so: --complete";
    assert!(shown.contains(reason), "{shown}");
    let output = run(cut, &["--complete"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert!(text(&output).contains("2 removed, 1 summary changed"), "{}", text(&output));
}

#[test]
fn a_page_that_the_document_names_already_is_reported_with_what_it_covers() {
    let list = edited(
        "- Reference > Orders [Pay Order]",
        "- Reference > Orders [Make Order](https://docs.example/make-order-777e0.md): Makes an order.\n- Reference > Orders [Pay Order]",
    );
    assert_eq!(differences(&list), ["added 777e0"]);
    let output = run(&list, &[]);
    assert!(text(&output).contains("names it already, as a page of createOrder"), "{}", text(&output));
}

#[test]
fn a_page_that_the_document_names_succeeds_the_one_it_had() {
    let checkout = checkout();
    write(&checkout.path().join("spec/p100-partner-api.yaml"), &DOCUMENT.replace("createOrder", "dropOrder"));
    let list =
        edited("[ Drop Order](https://docs.example/-drop-order-204e0.md)", "[Cancel Order](https://docs.example/cancel-order-777e0.md)");
    let shown = text(&run_in(&checkout, list.as_bytes(), &[]));
    assert!(shown.contains("replaced: 777e0 Cancel Order") && shown.contains("renamed: 777e0 Cancel Order"), "{shown}");
    assert!(shown.contains("It covers the operation dropOrder, as the document says of the page 777e0 already."), "{shown}");
    assert!(!shown.contains("deprecated") && shown.contains("1 replaced, 1 renamed; 7 pages published, 7 in the index"), "{shown}");
}

#[test]
fn an_issue_has_room_for_the_report_when_every_page_is_new() {
    let pages = |range: std::ops::Range<u32>| -> String {
        let page = |number| format!("- Reference > Orders [Order {number}](https://docs.example/order-{number}e0.md): An order.\n");
        range.map(page).collect()
    };
    let shown = text(&run(&format!("{LIST}{}", pages(1000..1300)), &["--format", "markdown"]));
    assert!((50_000..61_000).contains(&shown.len()), "{}", shown.len());
    let reported = shown.matches("- [ ] ").count();
    let rest = format!("**{} more differences, and the lines of the index do not fit here.**", 300 - reported);
    assert!(shown.contains(&rest) && shown.contains("### Pages: added (300)"), "{rest}");
    let shown = text(&run(&format!("{LIST}{}", pages(1000..1150)), &["--format", "markdown"]));
    assert!(shown.len() < 61_000 && shown.matches("- [ ] ").count() == 150, "{}", shown.len());
    assert!(shown.contains("**The lines of the index do not fit here.**") && !shown.contains("```yaml"), "{}", shown.len());
}
