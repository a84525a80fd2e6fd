//! Hostile documents: every place where text enters, times every trick. Each is refused at its line, and renders to nothing live.

use std::collections::BTreeSet;

use p100_codegen::{dangers, render};
use p100_spec::markdown::live;
use p100_spec::{Document, Problem, is_visible, lint};

/// The smallest document that breaks no rule.
const CLEAN: &str = include_str!("../lint/clean.yaml");

/// The line on which each place is is found by this mark.
const MARK: &str = "HOSTILE";

/// Where text enters: a name, what is there in the clean document, and the same with a mark, in double quotes.
const PLACES: [(&str, &str, &str); 46] = [
    ("title of the document", "title: Clean", "title: \"HOSTILE\""),
    ("version of the document", "version: 1.0.0", "version: \"1.0.0HOSTILE\""),
    ("description of the document", "info: {", "info: {description: \"HOSTILE\", "),
    ("address of a server", "url: https://stage.example.com", "url: \"https://stage.example.comHOSTILE\""),
    ("scheme of security", "- partnerKey: []", "- \"HOSTILE\": []"),
    ("tag", "- name: Exchange\n", "- name: \"ExchangeHOSTILE\"\n"),
    ("description of a tag", "- name: Exchange\n", "- name: Exchange\n    description: \"HOSTILE\"\n"),
    ("tag of an operation", "tags: [Exchange]", "tags: [\"ExchangeHOSTILE\"]"),
    ("tag of an event", "tags: [Exchange Webhooks]", "tags: [\"Exchange WebhooksHOSTILE\"]"),
    ("path", "/v1/users/{userId}/exchange:", "\"/v1/users/{userId}/exchangeHOSTILE\":"),
    ("method", "    post:\n      operationId", "    \"postHOSTILE\": {}\n    post:\n      operationId"),
    ("operationId", "operationId: createExchange", "operationId: \"createExchangeHOSTILE\""),
    ("resource", "  exchange: Exchanges.", "  \"exchangeHOSTILE\": Exchanges."),
    ("description of a resource", "  exchange: Exchanges.", "  exchange: \"HOSTILE\""),
    ("method of a resource", "x-resource: exchange.create_exchange", "x-resource: \"exchange.create_exchangeHOSTILE\""),
    ("summary", "summary: Exchange money", "summary: \"Exchange money HOSTILE\""),
    ("description", "description: Returns an id at once.", "description: \"Returns. HOSTILE\""),
    ("address of docs", "url: https://docs.example.com/create", "url: \"https://docs.example.com/createHOSTILE\""),
    ("page", "x-docs-pages: ['1a']", "x-docs-pages: [\"1aHOSTILE\"]"),
    ("evidence", "x-evidence: legacy\n", "x-evidence: \"legacyHOSTILE\"\n"),
    ("retry", "x-evidence: documented\n      x-outcome", "x-retry: \"neverHOSTILE\"\n      x-evidence: documented\n      x-outcome"),
    ("event of an outcome", "{event: exchangeStatus,", "{event: \"exchangeStatusHOSTILE\","),
    ("member of an outcome", "id: exchangeId,", "id: \"exchangeIdHOSTILE\","),
    ("status of an outcome", "terminal: [DONE, FAILED]", "terminal: [DONE, FAILED, \"XHOSTILE\"]"),
    ("error code", "{code: P412,", "{code: \"P412HOSTILE\","),
    ("name of a parameter", "{name: limit,", "{name: \"limitHOSTILE\","),
    ("place of a parameter", "in: query,", "in: \"queryHOSTILE\","),
    ("description of a parameter", "description: At most so many.", "description: \"HOSTILE\""),
    (
        "content type",
        "requestBody:\n        required: true\n        content:\n          application/json:\n            schema: {$ref: '#/components/schemas/Exchange'}\n            examples: {sample: {value: {amount: 1.50, exchangeId: x1}}}",
        "requestBody:\n        required: true\n        content:\n          \"application/jsonHOSTILE\":\n            schema: {$ref: '#/components/schemas/Exchange'}\n            examples: {sample: {value: {amount: 1.50, exchangeId: x1}}}",
    ),
    ("status", "'400':", "\"400HOSTILE\":"),
    ("description of a response", "description: Refused.", "description: \"Refused. HOSTILE\""),
    (
        "name of an example",
        "examples: {sample: {value: {amount: 1.50, status: DONE}}}",
        "examples: {\"sampleHOSTILE\": {value: {amount: 1.50, status: DONE}}}",
    ),
    ("event", "  exchangeStatus:\n    post", "  \"exchangeStatusHOSTILE\":\n    post"),
    ("summary of an event", "summary: An exchange ended", "summary: \"HOSTILE\""),
    ("description of an event", "description: Sent once.", "description: \"HOSTILE\""),
    ("path of an event", "path: /exchange,", "path: \"/exchangeHOSTILE\","),
    ("member of an event", "members: [exchangeId]", "members: [exchangeId, \"HOSTILE\"]"),
    ("key of an event", "dedupe: [exchangeId]", "dedupe: [\"exchangeIdHOSTILE\"]"),
    ("name of a scheme", "    partnerKey: {", "    \"partnerKeyHOSTILE\": {"),
    ("schema", "    Status: {description", "    \"StatusHOSTILE\": {description"),
    ("description of a schema", "description: An exchange.", "description: \"An exchange. HOSTILE\""),
    ("property", "        exchangeId: {", "        \"exchangeIdHOSTILE\": {"),
    ("description of a property", "description: How much.", "description: \"HOSTILE\""),
    ("value of an enum", "enum: [DONE, FAILED]}", "enum: [DONE, FAILED, \"XHOSTILE\"]}"),
    ("meaning of a value", "enum: [DONE, FAILED]}", "enum: [DONE, FAILED], x-enum-descriptions: {DONE: \"HOSTILE\"}}"),
    (
        "reference",
        "$ref: '#/components/schemas/Error'}\n              examples: {P412",
        "$ref: \"#/components/schemas/ErrorHOSTILE\"}\n              examples: {P412",
    ),
];

/// What an attacker writes, as it is in a YAML text in double quotes.
const TRICKS: [(&str, &str); 27] = [
    ("items of Rust", r#"\n#[test] fn owned() { std::process::abort() }\n//"#),
    ("items behind a comment", r#" */ #[test] fn owned() {} /*"#),
    ("items behind a string", "\\\"; #[test] fn owned() {} const X: &str = \\\""),
    ("a macro", r#"\nconst X: &str = include_str!(\"/etc/passwd\");\n//"#),
    ("a doctest in a fence", r#"\n\n```\npanic!()\n```\n"#),
    ("a doctest of another fence", r#"\n\n~~~rust,should_panic\npanic!()\n~~~\n"#),
    ("a doctest by indentation", r#"\n\n    panic!()\n\n"#),
    ("a fence that stays open", r#"\n\n```\n"#),
    ("HTML", r#"<script>alert(1)</script>"#),
    ("HTML behind a backtick", r#"` <img src=x onerror=alert(1)> `` <b>`"#),
    ("HTML behind a backslash", r#"\\<img src=x onerror=alert(1)\\>"#),
    ("HTML on its own", r#"\n\n<div onclick=alert(1)>\n\n"#),
    ("a comment of HTML", r#"<!-- "#),
    ("a link that runs", r#"[x](javascript:alert(1))"#),
    ("a link that breaks out", r#"[x](<https://a.test/\" onclick=\"x>)"#),
    ("an address that runs", r#"<javascript:alert(1)>"#),
    ("an image", r#"![x](https://tracker.test/a.png)"#),
    ("a definition", r#"[x] [Client] \n\n[x]: javascript:alert(1)\n[Client]: javascript:alert(1)"#),
    ("a link to an item", r#"[x](crate::secret) [`Client`] [Client]"#),
    ("a name as an image", r#" !createExchange ![createExchange](createExchange)"#),
    ("a name behind a backtick", r#" ` createExchange `createExchange` \\` <b> createExchange `"#),
    ("a name in a link", r#" \\\\[createExchange now](javascript:createExchange) [createExchange]: x"#),
    ("a terminal's escape", r#"\e[2J\e]0;owned\x07"#),
    ("text from right to left", r#"\u202e} // ok \u2066"#),
    ("nothing to see", r#"\u200b\ufeff\u00ad\U000e0041\u3164"#),
    ("another folder", r#"/../../../.cargo/config"#),
    ("a table", r#" | x |\n| --- | --- |\n| <b> | "#),
];

fn hostile(place: (&str, &str, &str), trick: &str) -> String {
    let (name, clean, marked) = place;
    assert!(CLEAN.contains(clean), "{name}: {clean}");
    CLEAN.replacen(clean, &marked.replace(MARK, trick), 1)
}

/// What keeps a document from being used.
fn refusals(text: &str) -> Vec<Problem> {
    Document::load(text).map_or_else(|problem| vec![problem], |document| lint(&document))
}

#[test]
fn what_is_hostile_is_refused_at_its_line_and_renders_to_nothing_live() {
    let (mut refused, mut panicked, mut faults) = (0, 0, Vec::new());
    let mut inert = BTreeSet::new();
    for (index, place) in PLACES.into_iter().enumerate() {
        let line = {
            let (before, _) = CLEAN.split_once(place.1).expect("there");
            let (start, _) = place.2.split_once(MARK).expect("marked");
            (before.to_owned() + start).matches('\n').count() + 1
        };
        for (number, (name, trick)) in TRICKS.into_iter().enumerate() {
            let text = hostile(place, trick);
            let problems = refusals(&text);
            for problem in &problems {
                let shown = problem.to_string();
                assert!(shown.chars().all(is_visible), "{}: {name}: {shown:?}", place.0);
            }
            let lines: Vec<usize> = problems.iter().map(|problem| problem.position.line).collect();
            if !problems.is_empty() && !lines.contains(&line) {
                faults.push(format!("{}: {name}: line {line} is not among {lines:?}: {}", place.0, problems[0]));
            }
            refused += usize::from(!problems.is_empty());
            if problems.is_empty() {
                inert.insert((place.0, name));
            } else if (index + number) % 4 != 0 {
                // Lint is the gate; of what it refuses a part is rendered too, each place and each trick among it.
                continue;
            }
            // Nothing is live of what lint refuses, either. progenitor panics on some names that it refuses: then nothing is written.
            match std::panic::catch_unwind(|| Document::load(&text).map_or_else(|_| Vec::new(), |document| dangers(&document))) {
                Ok(found) => faults.extend(found.into_iter().map(|danger| format!("{}: {name}: {danger}", place.0))),
                Err(panic) if problems.is_empty() => std::panic::resume_unwind(panic),
                Err(_) => panicked += 1,
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    // What is left is text that formats nothing, blocks of code among it, and values that look like paths: both are never more than text.
    let is_text = |place: &str| {
        ["description", "summary", "title", "meaning", "value", "status of an outcome"].iter().any(|word| place.contains(word))
    };
    let (places, tricks): (BTreeSet<_>, BTreeSet<_>) = inert.iter().copied().unzip();
    assert!(places.iter().all(|place| is_text(place)), "{places:?}");
    assert!(refused > 800 && !tricks.is_empty() && panicked < 60, "{refused} refused, {panicked} panics, inert: {tricks:?}");
}

/// The document itself passes what is asked of hostile ones, so that the questions are the right ones.
#[test]
fn the_real_document_is_harmless() {
    for text in [include_str!("../../spec/p100-partner-api.yaml"), CLEAN] {
        let document = Document::load(text).expect("it loads");
        assert!(render(&document).expect("it renders").len() > 10);
        assert_eq!(dangers(&document), Vec::<String>::new());
    }
    for text in ["```\npanic!()\n```", "<b>", "[x](crate::y)", "[`Client`]", "![x](https://x.test)", "    code"] {
        assert!(!live(text, &[]).is_empty(), "{text} passes for harmless");
    }
}
