//! Members under other names, at any depth, and JSON text rewritten from one set of names to the other.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::json;
use crate::shape::{MemberShape, Shape};

/// The corrected names below one place of a JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// Of an object, by their names in the document.
    members: BTreeMap<&'static str, Member>,
    /// Of each entry of a list or map.
    each: Option<Box<Names>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Member {
    on_wire: Option<String>,
    below: Names,
}

/// Which names a text gets.
#[derive(Clone, Copy)]
enum To {
    Wire,
    Document,
}

enum Step<'a> {
    Member(&'a str),
    Each,
}

/// `transactions[].createdAt` as steps.
fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let name = part.trim_end_matches("[]");
        if !(name.is_empty() && steps.is_empty() && part.len() > 1) {
            steps.push(Step::Member(name));
        }
        steps.extend((name.len()..part.len()).step_by(2).map(|_| Step::Each));
    }
    steps
}

impl Names {
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.each.is_none()
    }

    /// Gives the member at `path` another name.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn set(&mut self, mut shape: &'static Shape, path: &str, on_wire: &str) -> Result<(), String> {
        let (mut names, steps) = (self, steps(path));
        for (number, step) in steps.iter().enumerate() {
            match (step, shape) {
                (Step::Each, Shape::Each(entry)) => {
                    (names, shape) = (names.each.get_or_insert_default(), entry);
                }
                (Step::Member(name), Shape::Object(members)) => {
                    let Some(MemberShape { name, below }) = members.iter().find(|own| own.name == *name) else {
                        let all: Vec<_> = members.iter().map(|own| own.name).collect();
                        return Err(format!("there is no such member, but {}", all.join(", ")));
                    };
                    let member = names.members.entry(*name).or_default();
                    if number + 1 == steps.len() {
                        member.on_wire = Some(on_wire.to_owned());
                        return Ok(());
                    }
                    (names, shape) = (&mut member.below, below);
                }
                (Step::Each, _) => return Err("`[]` means the entries of a list or map, and here is none".to_owned()),
                (Step::Member(name), Shape::Each(_)) => return Err(format!("before `{name}` is a list or map: write `[]`")),
                (Step::Member(name), Shape::Value) => {
                    return Err(format!("there is no such member: what would have `{name}` has no members"));
                }
            }
        }
        Err("the path must end with the name of a member".to_owned())
    }

    /// The first member that has the same name on the wire as another one of its object: its path, and the other one.
    pub(super) fn clash(&self, shape: &'static Shape, path: &str) -> Option<(String, &'static str)> {
        let members = match shape {
            Shape::Each(entry) => return self.each.as_ref()?.clash(entry, &format!("{path}[]")),
            Shape::Object(members) => members,
            Shape::Value => return None,
        };
        members.iter().find_map(|MemberShape { name, below }| {
            let member = self.members.get(name)?;
            let place = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
            let own = member.on_wire.as_deref();
            let same = members.iter().find(|other| other.name != *name && Some(self.on_wire(other.name)) == own);
            same.map(|other| (place.clone(), other.name)).or_else(|| member.below.clash(below, &place))
        })
    }

    /// The name on the wire of a member at the root.
    pub(crate) fn on_wire<'a>(&'a self, name: &'a str) -> &'a str {
        self.members.get(name).and_then(|member| member.on_wire.as_deref()).unwrap_or(name)
    }

    /// The name in the document of what has this name on the wire. Nothing if the document calls something else so.
    pub(crate) fn in_document<'a>(&'a self, on_wire: &'a str) -> Option<&'a str> {
        match self.of_wire(on_wire) {
            Some((name, _)) => Some(name),
            None => (!self.members.contains_key(on_wire)).then_some(on_wire),
        }
    }

    fn of_wire(&self, on_wire: &str) -> Option<(&'static str, &Names)> {
        let found = self.members.iter().find(|(name, member)| member.on_wire.as_deref().unwrap_or(name) == on_wire);
        found.map(|(name, member)| (*name, &member.below))
    }

    /// A text with the names of the document as it goes over the wire.
    pub(crate) fn to_wire(&self, text: &[u8]) -> Zeroizing<Vec<u8>> {
        self.rewritten(text, To::Wire)
    }

    /// A text that came over the wire with the names of the document. What is not JSON stays what it is.
    pub(crate) fn to_document(&self, text: &[u8]) -> Zeroizing<Vec<u8>> {
        self.rewritten(text, To::Document)
    }

    fn rewritten(&self, text: &[u8], to: To) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(text.len() + text.len() / 4));
        json::as_text(text, |readable| match serde_json::from_str::<&RawValue>(readable) {
            Ok(value) => self.rewrite(value.get(), to, &mut out),
            Err(_) => push(&mut out, text),
        });
        out
    }

    fn rewrite(&self, text: &str, to: To, out: &mut Zeroizing<Vec<u8>>) {
        let parts = match text.as_bytes().first() {
            _ if self.is_empty() => None,
            Some(b'{') => json::found(text).map(Parts::Members),
            Some(b'[') if self.each.is_some() => json::entries(text).map(Parts::Entries),
            _ => None,
        };
        let mut is_first = true;
        let mut comma = |out: &mut _| {
            if !std::mem::take(&mut is_first) {
                push(out, b",");
            }
        };
        match parts {
            None => push(out, text.as_bytes()),
            Some(Parts::Entries(entries)) => {
                push(out, b"[");
                for entry in entries {
                    comma(out);
                    self.each.as_deref().unwrap_or(&NONE).rewrite(entry, to, out);
                }
                push(out, b"]");
            }
            Some(Parts::Members(members)) => {
                push(out, b"{");
                for (name, value) in members {
                    let Some((name, below)) = self.renamed(name.as_deref(), to) else { continue };
                    comma(out);
                    let quoted = name.map_or_else(|| NO_TEXT.to_owned(), |name| serde_json::Value::from(name).to_string());
                    push(out, quoted.as_bytes());
                    push(out, b":");
                    below.rewrite(value, to, out);
                }
                push(out, b"}");
            }
        }
    }

    /// The other name of a member, and the names below it. Nothing if its name belongs to nothing any more.
    fn renamed<'a>(&'a self, name: Option<&'a str>, to: To) -> Option<(Option<&'a str>, &'a Names)> {
        let Some(own) = name else { return Some((None, &NONE)) };
        if let Some(each) = &self.each {
            return Some((name, each));
        }
        match to {
            To::Wire => Some((Some(self.on_wire(own)), self.members.get(own).map_or(&NONE, |member| &member.below))),
            To::Document => match self.of_wire(own) {
                Some((name, below)) => Some((Some(name), below)),
                None => self.in_document(own).map(|name| (Some(name), &NONE)),
            },
        }
    }
}

enum Parts<'a> {
    Members(Vec<json::FoundMember<'a>>),
    Entries(Vec<&'a str>),
}

static NONE: Names = Names { members: BTreeMap::new(), each: None };

/// The name of a member whose name is no text, such as half a surrogate pair.
const NO_TEXT: &str = r#""\ud800""#;

/// Appends, and leaves no copy behind where the buffer has to move: it may hold a card number.
fn push(out: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    if out.capacity() - out.len() < bytes.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((out.len() + bytes.len()) * 2));
        larger.extend_from_slice(out);
        *out = larger;
    }
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use crate::{Corrections, operations};

    fn read(text: &str) -> String {
        let corrections = Corrections::new().operation(&operations::GET_USER_TRANSACTIONS, |own| {
            own.response("transactions", "entries")
                .response("transactions[].amount", "currency")
                .response("transactions[].currency", "amount")
                .response("transactions[].type", "kind")
        });
        let checked = corrections.check().expect("fits the document");
        let read = checked.response(&operations::GET_USER_TRANSACTIONS, text.as_bytes()).expect("corrected");
        String::from_utf8_lossy(&read).into_owned()
    }

    #[test]
    fn names_change_places_and_values_keep_every_character() {
        for (text, expected) in [
            (
                r#"{"entries":[{"kind":"a","amount":"eur","currency":0.10000000000000000000000000000001}, null, 7]}"#,
                r#"{"transactions":[{"type":"a","currency":"eur","amount":0.10000000000000000000000000000001},null,7]}"#,
            ),
            // What the document calls so is another member now.
            (r#"{"transactions":[1],"entries":[]}"#, r#"{"transactions":[]}"#),
            (r#"{"transactions":[1]}"#, "{}"),
            (r#"{"entries":[{"type":"a","new":{"kind": 1}}]}"#, r#"{"transactions":[{"new":{"kind": 1}}]}"#),
            (r#"{"entr\u0069es":"\u0061\ud800","a\"b":1}"#, r#"{"transactions":"\u0061\ud800","a\"b":1}"#),
            (r#"{"\ud800":1,"entries":{}}"#, r#"{"\ud800":1,"transactions":{}}"#),
            (r#"{"entries":1,"entries":2}"#, r#"{"transactions":1,"transactions":2}"#),
            ("\u{feff} {\"entries\": 1} ", r#"{"transactions":1}"#),
            ("<html>", "<html>"),
            (r#"{"entries":1"#, r#"{"entries":1"#),
            (r#"{"entries":1} x"#, r#"{"entries":1} x"#),
            ("", ""),
            (r#"["entries"]"#, r#"["entries"]"#),
            (r#""entries""#, r#""entries""#),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let long = format!(r#"{{"entries":[{}]}}"#, vec![r#"{"kind":"\u00e4"}"#; 10_000].join(","));
        assert_eq!(read(&long), long.replace("entries", "transactions").replace("kind", "type"));
        let deep = format!(r#"{{"entries":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert!(read(&deep) == deep.replace("entries", "transactions"), "no depth is too deep");
    }
}
