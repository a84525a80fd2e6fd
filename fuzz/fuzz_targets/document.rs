//! Documents: any text in any place of one that is clean. What lint accepts renders without a panic, and nothing of it acts on anybody.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use p100_codegen::dangers;
use p100_spec::{Document, Kind, Node, Scalar, is_visible, lint};

static CLEAN: LazyLock<Node> = LazyLock::new(|| Node::parse(include_str!("../../tests/lint/clean.yaml")).expect("it is YAML"));

// The number of a place as one byte, how it is mixed with what is there as another, and the text.
fuzz_target!(|input: &[u8]| {
    let [place, mix, text @ ..] = input else { return };
    let Ok(text) = str::from_utf8(text) else { return };
    let mut document = CLEAN.clone();
    let mut left = usize::from(*place);
    change(&mut document, &mut left, &|old| match mix % 3 {
        0 => text.to_owned(),
        1 => format!("{old}{text}"),
        _ => format!("{text}{old}"),
    });
    check(&document.to_json());
    // The text by itself, as YAML.
    check(text);
});

fn check(text: &str) {
    match Document::load(text) {
        Err(problem) => assert!(problem.to_string().chars().all(is_visible)),
        Ok(document) => {
            let problems = lint(&document);
            assert!(problems.iter().all(|problem| problem.to_string().chars().all(is_visible)));
            if problems.is_empty() {
                assert_eq!(dangers(&document), Vec::<String>::new(), "{text}");
            }
        }
    }
}

/// Changes the key or string of this number, counted through the document.
fn change(node: &mut Node, left: &mut usize, text: &dyn Fn(&str) -> String) {
    let mut is_it = || {
        let found = *left == 0;
        *left = left.wrapping_sub(1);
        found
    };
    match &mut node.kind {
        Kind::Scalar(Scalar::String(old)) if is_it() => *old = text(old),
        Kind::Scalar(_) => {}
        Kind::List(items) => items.iter_mut().for_each(|item| change(item, left, text)),
        Kind::Map(map) => {
            let entries = std::mem::take(map).into_iter().map(|(key, (position, mut value))| {
                let key = if *left == 0 { text(&key) } else { key };
                *left = left.wrapping_sub(1);
                change(&mut value, left, text);
                (key, (position, value))
            });
            *map = entries.collect();
        }
    }
}
