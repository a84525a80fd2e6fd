//! Random single edits of the real document: each one has to be reported, and in words of the comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::{Kind, Node, Position, Scalar};
use serde_json::{Map, Value, json};

use super::{Change, compare, line, node};
use crate::SPEC;

const EDITS: usize = 500;

/// A sequence of numbers that is the same on every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).expect("31 bits") % sides
    }
}

/// The addresses of all nodes below this one.
fn addresses(value: &Value, address: &str, found: &mut Vec<String>) {
    let step = |key: &str| format!("{address}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                found.push(step(key));
                addresses(member, &step(key), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                found.push(step(&index.to_string()));
                addresses(item, &step(&index.to_string()), found);
            }
        }
        _ => {}
    }
}

/// Whether what is here has a meaning of its own, and is no text or sample, of which the document has most.
fn is_distinguishing(address: &str) -> bool {
    !["/description", "/summary", "/examples/", "/externalDocs", "/x-docs-pages", "/x-enum-descriptions", "/info/"]
        .iter()
        .any(|text| address.contains(text))
}

fn parent_and_key(address: &str) -> (&str, String) {
    let (parent, key) = address.rsplit_once('/').expect("not the root");
    (parent, key.replace("~1", "/").replace("~0", "~"))
}

/// Changes what is at `address`; says how.
fn edit(document: &mut Value, address: &str, dice: &mut Dice) -> &'static str {
    let (parent, key) = parent_and_key(address);
    let choice = dice.roll(4);
    let place = document.pointer_mut(parent).expect("it is there");
    match (place, choice) {
        (Value::Object(members), 0) => {
            members.remove(&key);
            "drop"
        }
        (Value::Array(items), 0) => {
            items.remove(key.parse().expect("an index"));
            "drop"
        }
        (Value::Object(members), 1) => {
            let renamed: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (if *name == key { format!("{name}Other") } else { name.clone() }, value.clone()))
                .collect();
            *members = renamed;
            "rename"
        }
        (Value::Array(items), 1) if items.len() > 1 => {
            let index: usize = key.parse().expect("an index");
            let other = (index + 1) % items.len();
            if items[index] == items[other] {
                items.push(Value::Null)
            } else {
                items.swap(index, other)
            }
            "reorder"
        }
        _ => {
            let value = document.pointer_mut(address).expect("it is there");
            change(value, &key, dice)
        }
    }
}

fn change(value: &mut Value, key: &str, dice: &mut Dice) -> &'static str {
    let retyped = ["string", "integer", "number", "boolean", "array", "object"];
    match (&mut *value, key) {
        (Value::String(text), "type") => {
            let other = retyped.into_iter().cycle().skip(dice.roll(6)).find(|word| word != text).expect("another");
            *value = json!(other);
            "retype"
        }
        (Value::String(text), "x-evidence" | "evidence" | "pathEvidence") => {
            let grades = ["documented", "legacy", "inferred", "assumed"];
            let other = grades.into_iter().cycle().skip(dice.roll(4)).find(|word| word != text).expect("another");
            *value = json!(other);
            "regrade"
        }
        (Value::Array(items), "required" | "enum" | "x-extensible-enum" | "terminal" | "tags") => {
            items.push(json!("another"));
            "add to a list"
        }
        (Value::Object(members), "properties") => {
            members.insert("another".to_owned(), json!({ "type": "string" }));
            "add a member"
        }
        (Value::Object(members), _) => {
            members.insert("x-another".to_owned(), json!(true));
            "add an extension"
        }
        (Value::String(text), _) => {
            text.push_str(" more");
            "change a text"
        }
        (Value::Number(number), _) => {
            *value = json!(number.as_f64().unwrap_or_default() + 1.5);
            "change a number"
        }
        (Value::Bool(flag), _) => {
            *flag = !*flag;
            "turn"
        }
        (Value::Array(items), _) => {
            items.push(json!("another"));
            "add to a list"
        }
        (Value::Null, _) => {
            *value = json!("something");
            "fill"
        }
    }
}

/// The tree of a value, without the time that reading its text takes.
fn tree(value: &Value) -> Node {
    let kind = match value {
        Value::Null => Kind::Scalar(Scalar::Null),
        Value::Bool(flag) => Kind::Scalar(Scalar::Bool(*flag)),
        Value::Number(number) => Kind::Scalar(Scalar::Number(number.to_string())),
        Value::String(text) => Kind::Scalar(Scalar::String(text.clone())),
        Value::Array(items) => Kind::List(items.iter().map(tree).collect()),
        Value::Object(members) => {
            Kind::Map(members.iter().map(|(key, member)| (key.clone(), (Position::default(), tree(member)))).collect())
        }
    };
    Node { kind, position: Position::default() }
}

/// Swaps two events, which only their order in the text shows; returns the place of one of them.
fn swap_events(document: &mut Node, dice: &mut Dice) -> String {
    let Kind::Map(members) = &mut document.kind else { panic!("not a mapping") };
    let (_, events) = members.get_mut("x-webhooks").expect("it has events");
    let Kind::Map(events) = &mut events.kind else { panic!("not a mapping") };
    let index = dice.roll(events.len() - 1);
    events.swap_indices(index, index + 1);
    format!("/x-webhooks/{}", events.get_index(index).expect("it is there").0)
}

/// Whether the change is reported at or around the edit, or at something that the edit is a part of by reference.
fn is_near(change: &Change, address: &str) -> bool {
    let common = |one: &str, two: &str| one.starts_with(two) || two.starts_with(one);
    let (parent, _) = parent_and_key(address);
    common(&change.pointer, address) || common(&change.pointer, parent) && !parent.is_empty()
}

#[test]
fn each_of_500_random_edits_of_the_real_document_is_reported() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(SPEC);
    let old = node(&std::fs::read_to_string(path).expect("readable"));
    let original = old.to_value();
    let mut all = Vec::new();
    addresses(&original, "", &mut all);
    let (reporting, texts): (Vec<String>, Vec<String>) = all.into_iter().partition(|address| is_distinguishing(address));
    let mut dice = Dice(0x5EED_0F9A_2026_1122);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    // The numbers of the document pass a float on their way into this test.
    let old = tree(&original);
    for number in 0..EDITS {
        let from = if number % 5 == 0 { &texts } else { &reporting };
        let address = &from[dice.roll(from.len())];
        let (address, kind, new) = if number % 50 == 49 {
            let mut new = old.clone();
            (&swap_events(&mut new, &mut dice), "reorder events", new)
        } else {
            let mut edited = original.clone();
            let kind = edit(&mut edited, address, &mut dice);
            (address, kind, tree(&edited))
        };
        *kinds.entry(kind).or_default() += 1;
        let changes = compare(&old, &new);
        assert!(!changes.is_empty(), "edit {number}, {kind} {address}: nothing is reported");
        let lines: Vec<String> = changes.iter().map(|change| line(change, &BTreeSet::new())).collect();
        let named = changes.iter().any(|change| is_near(change, address));
        assert!(named, "edit {number}, {kind} {address}: reported elsewhere only:\n{}", lines.join("\n"));
    }
    assert!(kinds.len() >= 10, "{kinds:?}");
}
