//! A mapping against the table of objects: known keys, values of their kind, names of their form, text that is only text.

use super::{DOCUMENT, EVENT, Form, OPERATION, Object, SCHEMA, Value, owners_of};
use crate::markdown;
use crate::node::{Kind, Scalar, no_reference, shown};
use crate::{Node, Position, Problem};

/// Which rule a problem belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    Keys,
    Names,
    Text,
}

/// Everything wrong below `node`, which should be such an object, in the order of the text.
pub(crate) fn check(object: &Object, node: &Node) -> Vec<(Concern, Problem)> {
    let mut walk = Walk { subject: None, found: Vec::new() };
    walk.object(object, node);
    walk.found
}

struct Walk {
    /// The operation, event or component that the walk is in.
    subject: Option<String>,
    found: Vec<(Concern, Problem)>,
}

impl Walk {
    fn complain(&mut self, concern: Concern, position: Position, message: String) {
        let problem = Problem::at(position, message);
        self.found.push((concern, self.subject.iter().cloned().fold(problem, Problem::on)));
    }

    fn object(&mut self, object: &Object, node: &Node) {
        let Some(map) = node.as_map() else {
            return self.complain(Concern::Keys, node.position, format!("{} is here, where {} belongs", shown(node), object.name));
        };
        // What is beside a reference is the business of another rule.
        let is_reference = map.contains_key("$ref") && object.keys.iter().any(|(key, _)| *key == "$ref");
        for (key, (position, value)) in map.iter().filter(|(key, _)| !is_reference || *key == "$ref") {
            match object.keys.iter().find(|(known, _)| known == key) {
                Some((_, Value::Unread(advice))) => {
                    self.complain(Concern::Keys, *position, format!("`{key}` of {} is not read: {advice}", object.name));
                }
                Some((_, kind)) => self.value(kind, key, value),
                None => self.complain(Concern::Keys, *position, unknown(object, key)),
            }
        }
    }

    fn value(&mut self, kind: &Value, key: &str, node: &Node) {
        let outer = self.subject.clone();
        match kind {
            Value::Object(object) => {
                if std::ptr::eq(*object, &OPERATION) {
                    self.subject = node.str("operationId").map(str::to_owned).or(outer.clone());
                }
                self.object(object, node);
            }
            Value::Schema if matches!(node.kind, Kind::Scalar(Scalar::Bool(_))) => {}
            Value::Schema => self.object(&SCHEMA, node),
            Value::List(kind) => match &node.kind {
                Kind::List(items) => items.iter().for_each(|item| self.value(kind, key, item)),
                _ => self.wrong(key, node, "a list"),
            },
            Value::Map(form, kind, _) => match &node.kind {
                Kind::Map(map) => {
                    for (name, (position, value)) in map {
                        self.name(form, name, *position);
                        if outer.is_none() {
                            self.subject = Some(name.clone());
                        }
                        self.value(kind, key, value);
                        self.subject.clone_from(&outer);
                    }
                }
                _ => self.wrong(key, node, "a mapping"),
            },
            Value::Line => match node.as_str() {
                Some(text) if text.contains('\n') => {
                    self.complain(Concern::Text, node.position, format!("`{key}` is one line; it has a line break"));
                }
                Some(text) => self.prose(key, text, node.position),
                None => self.wrong(key, node, "text"),
            },
            Value::Prose => match node.as_str() {
                Some(text) => self.prose(key, text, node.position),
                None => self.wrong(key, node, "text"),
            },
            Value::Address => match node.as_str() {
                Some(text) if markdown::is_address(text) => {}
                _ => self.wrong(key, node, "a well-formed address that starts with https://"),
            },
            Value::Name(form) => match node.as_str() {
                Some(text) => self.name(form, text, node.position),
                None => self.wrong(key, node, "text"),
            },
            Value::Form(form) => node.as_str().into_iter().for_each(|text| self.name(form, text, node.position)),
            Value::Word(words) => {
                if !node.as_str().is_some_and(|word| words.contains(&word)) {
                    let near = node.as_str().and_then(|word| nearest(word, words.iter().copied()));
                    let advice = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                    self.wrong(key, node, &format!("one of {}{advice}", words.join(", ")));
                }
            }
            Value::Flag if matches!(node.kind, Kind::Scalar(Scalar::Bool(_))) => {}
            Value::Flag => self.wrong(key, node, "`true` or `false`, without quotes"),
            Value::Count if is_number(node, |text| text.bytes().all(|digit| digit.is_ascii_digit())) => {}
            Value::Count => self.wrong(key, node, "a number of at least 0, without quotes"),
            Value::Number if is_number(node, |_| true) => {}
            Value::Number => self.wrong(key, node, "a number, without quotes"),
            Value::Reference => match node.as_str() {
                Some(address) if address.starts_with("#/") => {}
                Some(_) => {}
                None => self.complain(Concern::Keys, node.position, no_reference(node)),
            },
            Value::Data | Value::Judged | Value::Unread(_) => {}
        }
        self.subject = outer;
    }

    fn wrong(&mut self, key: &str, node: &Node, expected: &str) {
        self.complain(Concern::Keys, node.position, format!("`{key}` is {}; it must be {expected}", shown(node)));
    }

    fn name(&mut self, form: &Form, name: &str, position: Position) {
        if !form.fits(name) {
            self.complain(Concern::Names, position, format!("`{name}` is no such name: {}", form.what));
        }
    }

    fn prose(&mut self, key: &str, text: &str, position: Position) {
        for fault in markdown::faults(text) {
            self.complain(Concern::Text, position, format!("in `{key}`, {fault}"));
        }
    }
}

fn is_number(node: &Node, fits: impl Fn(&str) -> bool) -> bool {
    matches!(&node.kind, Kind::Scalar(Scalar::Number(text)) if fits(text))
}

/// Why `key` does not belong to `object`, with what was probably meant.
fn unknown(object: &Object, key: &str) -> String {
    let own = object.keys.iter().filter(|(_, value)| !matches!(value, Value::Unread(_))).map(|(known, _)| *known);
    let message = format!("`{key}` is no key of {}", object.name);
    if let Some(near) = nearest(key, own) {
        return format!("{message}; did you mean `{near}`?");
    }
    if key == "<<" {
        return format!("{message}: YAML merges are not read; write the keys out");
    }
    let elsewhere = |key: &str| owners_of(key).map(|owner| owner.name).take(3).collect::<Vec<_>>().join(" or ");
    let owners = elsewhere(key);
    if !owners.is_empty() {
        return format!("{message}; it belongs to {owners}");
    }
    let all = [&OPERATION, &SCHEMA, &EVENT, &DOCUMENT].into_iter().flat_map(|object| object.keys.iter().map(|(known, _)| *known));
    match nearest(key, all) {
        Some(near) => format!("{message}; did you mean `{near}`? It belongs to {}", elsewhere(near)),
        None => format!("{message}; leave it out, or say it in the description"),
    }
}

/// The word that differs in a letter or two, more in long words.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |known: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &known.to_lowercase());
    let (distance, near) = known.map(|known| (distance(known), known)).min()?;
    (distance <= (word.chars().count() / 4).clamp(1, 3)).then_some(near)
}
