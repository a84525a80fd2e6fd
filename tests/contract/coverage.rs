//! Pages, operations, methods and mocks: nothing is missing on either side.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use p100_raw::{operations, types, webhooks};
use p100_spec::names::rust_method;
use p100_spec::{Evidence, Node};

use crate::DOCUMENT;
use crate::resources::documentation;

fn index() -> Node {
    Node::parse(include_str!("../../spec/docs-index.yaml")).expect("the index loads")
}

/// Ids of the document's operations and webhooks with the pages they name.
fn pages_of_document() -> BTreeMap<&'static str, &'static [String]> {
    let operations = DOCUMENT.operations().iter().map(|operation| (operation.id.as_str(), operation.docs_pages.as_slice()));
    operations.chain(DOCUMENT.webhooks().iter().map(|webhook| (webhook.id.as_str(), webhook.docs_pages.as_slice()))).collect()
}

#[test]
fn every_page_of_the_index_is_covered_and_every_other_page_is_recorded() {
    let index = index();
    let mut by_index: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for page in index.get("pages").expect("pages").items() {
        let text = |key: &str| page.str(key).unwrap_or_else(|| panic!("{key} is missing on line {}", page.position.line)).to_owned();
        let (id, covers, kind) = (text("id"), text("covers"), text("kind"));
        assert!(text("address").ends_with(&format!("-{id}.md")), "{id}");
        if kind == "guide" {
            assert_eq!(covers, "guide", "{id}");
        } else {
            assert!(by_index.entry(covers).or_default().insert(id.clone()), "{id} appears twice");
        }
    }
    let by_document: BTreeMap<String, BTreeSet<String>> =
        pages_of_document().into_iter().map(|(id, pages)| (id.to_owned(), pages.iter().cloned().collect())).collect();
    for (covers, pages) in &by_index {
        let named = by_document.get(covers).unwrap_or_else(|| panic!("{covers} is neither an operation nor an event"));
        assert!(pages.is_subset(named), "{covers}: {pages:?} in the index, {named:?} in the document");
    }
    let record = include_str!("../../spec/CHANGES.md");
    for (id, pages) in &by_document {
        let indexed = by_index.get(id).cloned().unwrap_or_default();
        for page in pages.difference(&indexed) {
            assert!(record.contains(page.as_str()), "{id}: the page {page} is neither in the index nor in spec/CHANGES.md");
        }
    }
}

#[test]
fn every_page_that_shows_a_member_is_in_the_index_or_recorded() {
    let index = include_str!("../../spec/docs-index.yaml");
    let record = include_str!("../../spec/CHANGES.md");
    let mut shown = 0;
    for schema in DOCUMENT.schemas() {
        for (member, property) in schema.node.get("properties").into_iter().flat_map(Node::members) {
            for page in property.strings("x-presence").filter(|page| *page != "legacy") {
                shown += 1;
                let is_known = index.contains(&format!("id: {page}\n")) || record.contains(page);
                assert!(is_known, "{}.{member}: the page {page} is neither in the index nor in spec/CHANGES.md", schema.name);
            }
        }
    }
    assert!(shown > 20, "{shown}");
}

#[test]
fn the_operation_table_is_the_document() {
    assert_eq!(operations::ALL.len(), DOCUMENT.operations().len());
    for (row, operation) in operations::ALL.iter().zip(DOCUMENT.operations()) {
        assert_eq!((row.id, row.method, row.path), (operation.id.as_str(), operation.method.word(), operation.path.as_str()));
        assert_eq!(format!("{:?}{:?}", row.evidence, row.retry), format!("{:?}{:?}", operation.evidence, operation.retry));
        assert_eq!((row.tags, row.docs_pages), (strs(&operation.tags).as_slice(), strs(&operation.docs_pages).as_slice()));
        assert_eq!(row.success, operation.successes().map(|response| response.status).collect::<Vec<_>>());
        let codes: Vec<(&str, u16, String)> =
            operation.error_codes.iter().map(|code| (code.code.as_str(), code.status, format!("{:?}", code.evidence))).collect();
        let found: Vec<_> = row.error_codes.iter().map(|code| (code.code, code.status, format!("{:?}", code.evidence))).collect();
        assert_eq!(found, codes, "{}", row.id);
        assert_eq!((row.authenticated, row.deprecated), (operation.authenticated, operation.deprecated), "{}", row.id);
        assert_eq!(row.outcome.is_some(), operation.outcome.is_some(), "{}", row.id);
        if let (Some(row), Some(outcome)) = (&row.outcome, &operation.outcome) {
            assert_eq!((row.details, row.id), (outcome.details.as_deref(), outcome.id.as_deref()));
            assert_eq!(row.event.map(|event| event.to_string()), outcome.event);
            assert_eq!((row.terminal, row.successful), (strs(&outcome.terminal).as_slice(), strs(&outcome.successful).as_slice()));
        }
    }
}

#[test]
fn the_webhook_table_is_the_document() {
    assert_eq!(webhooks::ROUTES.len(), DOCUMENT.webhooks().len());
    assert_eq!(webhooks::WebhookKind::ALL.len(), DOCUMENT.webhooks().len());
    for (route, webhook) in webhooks::ROUTES.iter().zip(DOCUMENT.webhooks()) {
        assert_eq!((route.id, route.path), (webhook.id.as_str(), webhook.path.as_str()));
        assert_eq!(route.id.parse(), Ok(route.kind));
        assert_eq!(route.kind.route(), route);
        assert_eq!((route.members, route.dedupe), (strs(&webhook.members).as_slice(), strs(&webhook.dedupe).as_slice()));
    }
}

#[test]
fn every_error_code_of_an_operation_is_a_known_one() {
    for operation in DOCUMENT.operations() {
        for code in &operation.error_codes {
            let known = types::ErrorCode::from(code.code.as_str());
            assert!(known.info().is_some_and(|info| info.code == code.code), "{} of {}", code.code, operation.id);
        }
    }
}

#[test]
fn client_and_mocks_have_the_operations_of_the_document_and_no_other() {
    let expected: BTreeSet<String> = DOCUMENT.operations().iter().map(|operation| rust_method(&operation.id)).collect();
    for (folder, owner) in [(CLIENT, "Client"), ("crates/p100-httpmock/src/generated", "MockServer")] {
        assert_eq!(public_methods(folder, owner).into_keys().collect::<BTreeSet<_>>(), expected, "{folder}");
    }
}

#[test]
fn every_assumed_operation_says_so_with_a_link_to_how_to_correct_it_and_no_other() {
    let methods = public_methods(CLIENT, "Client");
    for operation in DOCUMENT.operations() {
        let text = &methods[&rust_method(&operation.id)];
        assert_eq!(text.contains("[**assumed**](Self#assumed-paths)"), operation.evidence == Evidence::Assumed, "{}: {text}", operation.id);
    }
    let client = include_str!("../../crates/p100-raw/src/client.rs");
    let (_, section) = client.split_once("/// # Assumed paths\n").expect("the section that the links lead to");
    let (section, _) = section.split_once("/// # ").expect("the next section");
    assert!(section.contains("[`Corrections`]"), "{section}");
}

#[test]
fn every_error_of_a_call_is_documented_at_its_method_or_once_for_all() {
    let methods = public_methods(CLIENT, "Client");
    let common = include_str!("../../crates/p100-raw/src/generated/client/errors.md");
    assert!(common.contains("- Status 401: "), "{common}");
    for operation in DOCUMENT.operations() {
        let text = &methods[&rust_method(&operation.id)];
        assert_eq!(text.contains("(Self#errors-of-every-call)"), operation.authenticated, "{}", operation.id);
        for code in &operation.error_codes {
            let here = text.contains(&format!("- `{}` (status {}, {})", code.code, code.status, code.evidence));
            let once = operation.authenticated && common.contains(&format!("- `{}` (status {})", code.code, code.status));
            assert!(here != once, "{} of {}: {text}", code.code, operation.id);
        }
    }
}

#[test]
fn rustdoc_names_operations_events_and_members_as_rust_does() {
    let is_linked = |text: &str, span: &str| text.match_indices(span).all(|(at, _)| text[..at].ends_with('['));
    let ids: BTreeSet<&str> =
        DOCUMENT.operations().iter().map(|it| it.id.as_str()).chain(DOCUMENT.webhooks().iter().map(|it| it.id.as_str())).collect();
    let mut linked = 0;
    let mut check = |owner: &str, about: &str, text: &str| {
        linked += text.matches("](").count();
        for (index, prose) in text.split('`').enumerate().filter(|(_, prose)| !prose.contains("://")) {
            let plain = prose.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| index % 2 == 0 && ids.contains(word));
            assert_eq!(plain, None, "{owner}.{about}: {text}");
        }
        let members = DOCUMENT.schema(owner).and_then(|schema| schema.get("properties")).into_iter().flat_map(Node::members);
        for (member, _) in members {
            assert!(is_linked(text, &format!("`{member}`")), "{owner}.{about}: {member} in {text}");
        }
    };
    for (method, text) in public_methods(CLIENT, "Client") {
        check("Client", &method, &text);
    }
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/p100-raw/src/generated/types")).expect("a folder") {
        let text = fs::read_to_string(entry.expect("readable").path()).expect("readable");
        for item in syn::parse_file(&text).expect("Rust").items {
            let syn::Item::Struct(item) = item else { continue };
            let owner = item.ident.to_string();
            check(&owner, "", &documentation(&item.attrs));
            for field in &item.fields {
                check(&owner, &field.ident.as_ref().map(ToString::to_string).unwrap_or_default(), &documentation(&field.attrs));
            }
        }
    }
    assert!(linked > 300, "{linked} links");
}

const CLIENT: &str = "crates/p100-raw/src/generated/client";

/// Public methods that the generated files of a folder give to `owner`, with their documentation.
fn public_methods(folder: &str, owner: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(path).expect("readable");
        for item in syn::parse_file(&text).expect("Rust").items {
            let syn::Item::Impl(block) = item else { continue };
            if !matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident(owner)) {
                continue;
            }
            for member in block.items {
                if let syn::ImplItem::Fn(function) = member {
                    found.insert(function.sig.ident.to_string(), documentation(&function.attrs));
                }
            }
        }
    }
    found
}

fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
