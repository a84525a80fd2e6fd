//! Names of the document in prose as links to what they are in Rust.

use std::collections::BTreeMap;

use crate::markdown::{self, Link};
use crate::{Document, names};

/// What names in one text lead to.
pub(crate) struct Links<'a> {
    document: &'a Document,
    /// Where methods of the client are reached from the text: `Self` or `Client`.
    client: &'static str,
    /// Before the names of events.
    events: &'static str,
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
        Self { document, client: "Self", events: "WebhookKind", types: "types::", own: None, members: BTreeMap::new() }
            .with_members(schemas)
    }

    /// For texts on the type of `schema`.
    pub(crate) fn in_types(document: &'a Document, schema: &'a str) -> Self {
        Self { document, client: "Client", events: "WebhookKind", types: "super::", own: Some(schema), members: BTreeMap::new() }
            .with_members(&[schema])
    }

    /// For texts on the event with the payload `schema`.
    pub(crate) fn in_events(document: &'a Document, schema: &str) -> Self {
        Self { document, client: "Client", events: "WebhookKind", types: "types::", own: None, members: BTreeMap::new() }
            .with_members(&[schema])
    }

    /// For texts on methods of the ergonomic crate, where operations are methods of resources. Members are those of the bodies, `schemas`.
    pub(crate) fn in_resources(document: &'a Document, schemas: &[&str]) -> Self {
        let (client, events, types) = ("crate::raw::Client", "crate::raw::webhooks::WebhookKind", "crate::types::");
        Self { document, client, events, types, own: None, members: BTreeMap::new() }.with_members(schemas)
    }

    fn with_members(mut self, schemas: &[&str]) -> Self {
        for schema in schemas {
            let properties = self.document.schema(schema).and_then(|node| node.get("properties"));
            for (member, _) in properties.into_iter().flat_map(crate::Node::members) {
                let owner = if self.own == Some(schema) { "Self".to_owned() } else { format!("{}{}", self.types, names::ident(schema)) };
                let path = format!("{owner}::{}", names::ident(&names::snake(member)));
                let known = self.members.entry(member.to_owned()).or_insert_with(|| Some(path.clone()));
                known.take_if(|known| *known != path);
            }
        }
        self
    }

    /// `markdown` with its names linked, except inside links and blocks of code. Where links would change anything else, it stays as it is.
    pub(crate) fn apply(&self, markdown: &str) -> String {
        markdown::linked(markdown, |name, is_code| {
            let member = || self.members.get(name).cloned().flatten().filter(|_| is_code).map(Link::to);
            self.target(name).or_else(member)
        })
    }

    /// The link to an operation, event or schema. A schema of one word, such as `Error`, is also a word of English.
    fn target(&self, name: &str) -> Option<Link> {
        if let Some(operation) = self.document.operations().iter().find(|operation| operation.id == name) {
            if let (Some(method), true) = (&operation.resource, self.client.starts_with("crate::")) {
                return Some(Link::to_method("crate::", &names::pascal(&method.resource), &method.method));
            }
            return Some(Link::to(format!("{}::{}", self.client, names::ident(&names::rust_method(name)))));
        }
        if self.document.webhooks().iter().any(|event| event.id == name) {
            return Some(Link::to(format!("{}::{}", self.events, names::ident(&names::pascal(name)))));
        }
        let humps = name.chars().filter(char::is_ascii_uppercase).count();
        (humps > 1 && self.document.schema(name).is_some()).then(|| Link::to(format!("{}{}", self.types, names::ident(name))))
    }
}

#[cfg(test)]
mod tests {
    use super::Links;
    use crate::Document;
    use crate::markdown::{Shape, live, rendered, structure};
    use crate::test_support::{SMALL, small};

    #[test]
    fn operations_events_schemas_and_members_are_linked_in_the_words_of_rust() {
        let document = small();
        let links = Links::in_types(&document, "Thing");
        for (text, expected) in [
            ("as uploadFiles, then (getThing).", "as [`upload_files`](Client::upload_files), then ([`get_thing`](Client::get_thing))."),
            ("the event thingStatus reports", "the event [`ThingStatus`](WebhookKind::ThingStatus) reports"),
            ("a FilesForm, a Thing, an Error", "a [`FilesForm`](super::FilesForm), a Thing, an Error"),
            ("with `thingId` and `month`", "with [`thing_id`](Self::thing_id) and `month`"),
            ("<https://x.test/getThing>", "<https://x.test/getThing>"),
            ("getThings, `a.getThing`", "getThings, `a.getThing`"),
            ("[all of getThing](https://x.test), getThing", "[all of getThing](https://x.test), [`get_thing`](Client::get_thing)"),
            ("```text\ngetThing\n```", "```text\ngetThing\n```"),
            ("two lines,\ngetThing", "two lines,\n[`get_thing`](Client::get_thing)"),
            ("a \\` tick, `getThing`", "a \\` tick, [`get_thing`](Client::get_thing)"),
            ("**getThing**", "**[`get_thing`](Client::get_thing)**"),
        ] {
            assert_eq!(links.apply(text), expected);
        }
        assert_eq!(Links::in_client(&document, &["Thing", "Thing"]).apply("`thingId`"), "[`thing_id`](types::Thing::thing_id)");
    }
    #[test]
    fn links_are_all_that_is_added_whatever_is_around_a_name() {
        let document = small();
        let links = Links::in_types(&document, "Thing");
        let around = [
            "",
            "!",
            "`",
            "``",
            "\\",
            "\\\\[",
            "[",
            "]",
            "](",
            "(https://x.test)",
            "[x](https://x.test) ",
            "*",
            "a*",
            "_",
            "~~",
            "&",
            "<",
            "- ",
            "\n",
            "\n\n    ",
            "# ",
            "```\n",
            "://",
            " ",
        ];
        let own = ["Self::", "Client::", "super::", "WebhookKind::"];
        let letters = |shape| match shape {
            Shape::Text(text) | Shape::Code(text) => text,
            Shape::Start(_) | Shape::End => String::new(),
        };
        let seen = |text: &str| structure(text).into_iter().map(letters).collect::<String>();
        let mut linked = 0;
        for name in ["getThing", "`getThing`", "thingStatus", "FilesForm", "`thingId`"] {
            for (before, after) in around.iter().flat_map(|before| around.map(|after| (before, after))) {
                let text = rendered(&format!("See {before}{name}{after} now `code` {name}{after}."));
                let applied = links.apply(&text);
                assert_eq!(live(&applied, &own), live(&text, &[]), "{applied}");
                let shown =
                    seen(&applied).replace("get_thing", "getThing").replace("thing_id", "thingId").replace("ThingStatus", "thingStatus");
                assert_eq!(shown, seen(&text), "{text}\n{applied}");
                linked += applied.matches("`](").count() - text.matches("`](").count();
            }
        }
        assert!(linked > 1000, "{linked}");
    }

    #[test]
    fn no_name_of_a_schema_is_written_as_it_is_into_a_link() {
        let name = "BadName](https://x.test)";
        let text = SMALL.replace("    Error:\n", &format!("    \"{name}\":\n      properties: {{odd: {{type: string}}}}\n    Error:\n"));
        let document = Document::load(&text).expect("loads");
        let links = Links::in_client(&document, &[name]);
        for text in [format!("`{name}`"), "`odd`".to_owned()] {
            let applied = links.apply(&text);
            assert!(applied.contains("(types::unnamed_") && !applied.contains("x.test"), "{applied}");
        }
    }
}
