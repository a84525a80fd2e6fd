//! Names of the document in prose as links to what they are in Rust.

use std::collections::BTreeMap;

use crate::{Document, names};

/// What names in one text lead to.
pub(crate) struct Links<'a> {
    document: &'a Document,
    /// Where methods of the client are reached from the text: `Self` or `Client`.
    client: &'static str,
    /// Before the names of types: `super::` or `types::`.
    types: &'static str,
    /// The type that the text is on.
    own: Option<&'a str>,
    /// Member by its name to its Rust path; `None` where several types have it.
    members: BTreeMap<String, Option<String>>,
}

impl<'a> Links<'a> {
    /// For texts on methods of the client. Members are those of the bodies, `schemas`.
    pub(crate) fn in_client(document: &'a Document, schemas: &[&str]) -> Self {
        Self { document, client: "Self", types: "types::", own: None, members: BTreeMap::new() }.with_members(schemas)
    }

    /// For texts on the type of `schema`.
    pub(crate) fn in_types(document: &'a Document, schema: &'a str) -> Self {
        Self { document, client: "Client", types: "super::", own: Some(schema), members: BTreeMap::new() }.with_members(&[schema])
    }

    /// For texts on the event with the payload `schema`.
    pub(crate) fn in_events(document: &'a Document, schema: &str) -> Self {
        Self { document, client: "Client", types: "types::", own: None, members: BTreeMap::new() }.with_members(&[schema])
    }

    fn with_members(mut self, schemas: &[&str]) -> Self {
        for schema in schemas {
            let properties = self.document.schema(schema).and_then(|node| node.get("properties"));
            for (member, _) in properties.into_iter().flat_map(crate::Node::members) {
                let owner = if self.own == Some(schema) { "Self".to_owned() } else { format!("{}{schema}", self.types) };
                let path = format!("{owner}::{}", names::ident(&names::snake(member)));
                let known = self.members.entry(member.to_owned()).or_insert_with(|| Some(path.clone()));
                known.take_if(|known| *known != path);
            }
        }
        self
    }

    /// `markdown` with its names linked, except inside links that it has already. Text with blocks of code, or with backticks in code,
    /// stays as it is.
    pub(crate) fn apply(&self, markdown: &str) -> String {
        if markdown.contains("``") {
            return markdown.to_owned();
        }
        let mut out = String::new();
        let mut in_link = false;
        for (index, part) in markdown.split('`').enumerate() {
            if index % 2 == 0 {
                self.prose(part, &mut in_link, &mut out);
                continue;
            }
            let member = || self.members.get(part).cloned().flatten().map(|path| link(&path, &path));
            match self.target(part).or_else(member).filter(|_| !in_link) {
                Some(link) => out.push_str(&link),
                None => out.push_str(&format!("`{part}`")),
            }
        }
        out
    }

    fn prose(&self, text: &str, in_link: &mut bool, out: &mut String) {
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 {
                out.push(' ');
            }
            *in_link |= word.replace("\\[", "").contains('[');
            let start = word.len() - word.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).len();
            let end = start + word[start..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len() - start);
            match self.target(&word[start..end]).filter(|_| !*in_link && !word.contains("://")) {
                Some(link) => out.push_str(&format!("{}{link}{}", &word[..start], &word[end..])),
                None => out.push_str(word),
            }
            *in_link &= !word.contains("](");
        }
    }

    /// The link to an operation, event or schema. A schema of one word, such as `Error`, is also a word of English.
    fn target(&self, name: &str) -> Option<String> {
        if self.document.operations().iter().any(|operation| operation.id == name) {
            let method = names::ident(&names::rust_method(name)).to_string();
            return Some(link(&method, &format!("{}::{method}", self.client)));
        }
        if self.document.webhooks().iter().any(|event| event.id == name) {
            let kind = names::ident(&names::pascal(name)).to_string();
            return Some(link(&kind, &format!("WebhookKind::{kind}")));
        }
        let humps = name.chars().filter(char::is_ascii_uppercase).count();
        (humps > 1 && self.document.schema(name).is_some()).then(|| link(name, &format!("{}{name}", self.types)))
    }
}

/// The last name of `shown` as a link.
fn link(shown: &str, target: &str) -> String {
    let shown = shown.rsplit("::").next().unwrap_or(shown);
    format!("[`{}`]({target})", shown.strip_prefix("r#").unwrap_or(shown))
}

#[cfg(test)]
mod tests {
    use super::Links;
    use crate::test_support::small;

    #[test]
    fn operations_events_schemas_and_members_are_linked_in_the_words_of_rust() {
        let document = small();
        let links = Links::in_types(&document, "Thing");
        for (text, expected) in [
            ("as uploadFiles, then (getThing).", "as [`upload_files`](Client::upload_files), then ([`get_thing`](Client::get_thing))."),
            ("the event thingStatus tells", "the event [`ThingStatus`](WebhookKind::ThingStatus) tells"),
            ("a FilesForm, a Thing, an Error", "a [`FilesForm`](super::FilesForm), a Thing, an Error"),
            ("with `thingId` and `month`", "with [`thing_id`](Self::thing_id) and `month`"),
            ("<https://x.test/getThing>", "<https://x.test/getThing>"),
            ("getThings, `a.getThing`", "getThings, `a.getThing`"),
            ("[all of getThing](https://x.test), getThing", "[all of getThing](https://x.test), [`get_thing`](Client::get_thing)"),
            ("```text\ngetThing\n```", "```text\ngetThing\n```"),
        ] {
            assert_eq!(links.apply(text), expected);
        }
        assert_eq!(Links::in_client(&document, &["Thing", "Thing"]).apply("`thingId`"), "[`thing_id`](types::Thing::thing_id)");
    }
}
