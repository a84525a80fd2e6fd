//! A comparison with the names of its sides and the docs pages of what it is about, ready to be written in any form.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Node, Problem};
use serde::Serialize;
use serde_json::{Value, json};

use super::change::{Change, Class, Excerpt, Subject, User};
use super::compare::compare;
use super::matching::{match_operations, operation_name};
use super::rust::Rust;
use crate::owners::owners;

/// One of the two documents.
#[derive(Debug)]
pub struct Side {
    /// The revision or file it is from.
    pub name: String,
    /// The whole document.
    pub root: Node,
}

impl Side {
    /// Reads a document. It need not keep the project's conventions: an old one may not know them yet, and one in work breaks them.
    ///
    /// # Errors
    /// It is no YAML, or no OpenAPI document of version 3.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problem> {
        let root = Node::parse(text)?;
        if !root.str("openapi").is_some_and(|version| version.starts_with("3.")) {
            return Err(Problem::at(root.position, "not an OpenAPI 3 document: the key `openapi` must say 3.x.y"));
        }
        for key in ["paths", "components", "x-webhooks"] {
            if let Some(node) = root.get(key).filter(|node| node.as_map().is_none()) {
                return Err(Problem::at(node.position, format!("`{key}` is not a mapping")));
            }
        }
        Ok(Self { name: name.to_owned(), root })
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        self.root.at(&["info", "version"]).and_then(Node::as_str).unwrap_or("?")
    }
}

/// A page of the docs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) address: String,
}

/// Changes by their subject.
type Groups<'a> = Vec<(&'a Subject, Vec<&'a Change>)>;

/// A comparison of two documents.
#[derive(Debug)]
pub struct Report {
    /// The document before.
    pub old: Side,
    /// The document now.
    pub new: Side,
    /// Worst first.
    pub changes: Vec<Change>,
    /// The operations of both.
    pub(super) operations: BTreeSet<String>,
    /// The pages of operations and events that changed.
    pages: BTreeMap<String, Vec<Page>>,
    /// What it does to the crates, if that was asked for.
    pub rust: Option<Rust>,
}

impl Report {
    /// `index` is the index of the docs; without one, only the address is known that is at the operation.
    pub fn new(old: Side, new: Side, index: Option<&Node>) -> Self {
        let changes = compare(&old.root, &new.root);
        let mut pages = owner_pages(&old.root, index);
        pages.extend(owner_pages(&new.root, index));
        let operations = common_operations(&old.root, &new.root);
        Self { old, new, changes, operations, pages, rust: None }
    }

    /// In which operations and events a change of something that they share takes effect, in words.
    pub(super) fn reach(&self, change: &Change) -> Option<String> {
        change.is_shared().then(|| used_by(&change.users, &self.operations))
    }

    pub(super) fn pages(&self, subject: &Subject) -> &[Page] {
        match subject {
            Subject::Operation(id) | Subject::Event(id) => self.pages.get(id).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    pub(super) fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|change| change.class == class).count()
    }

    /// The classes that have changes, worst first, with their headings and groups.
    pub(super) fn by_class(&self) -> impl Iterator<Item = (Class, String, Groups<'_>)> {
        let classes = Class::ALL.into_iter().map(|class| (class, format!("{} ({})", class.title(), self.count(class)), self.groups(class)));
        classes.filter(|(.., groups)| !groups.is_empty())
    }

    /// The changes of one class, each group of one subject.
    pub(super) fn groups(&self, class: Class) -> Groups<'_> {
        let mut groups: Groups<'_> = Vec::new();
        for change in self.changes.iter().filter(|change| change.class == class) {
            match groups.last_mut() {
                Some((subject, changes)) if **subject == change.subject => changes.push(change),
                _ => groups.push((&change.subject, vec![change])),
            }
        }
        groups
    }

    /// `2 breaking for callers, 1 additive`
    pub(super) fn sum(&self) -> String {
        let counts = Class::ALL.into_iter().map(|class| (class, self.count(class))).filter(|(_, count)| *count > 0);
        let words: Vec<String> = counts
            .map(|(class, count)| {
                let title = class.title().split(':').next().unwrap_or_default();
                let mut letters = title.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                format!("{count} {}{}", first.map(String::from).unwrap_or_default(), letters.as_str())
            })
            .collect();
        if words.is_empty() { "no change".to_owned() } else { words.join(", ") }
    }

    /// Each operation and event that a change reaches, with the worst of its changes.
    pub(super) fn reached(&self) -> Vec<(String, Class, Vec<usize>)> {
        let mut reached: BTreeMap<&str, (Class, Vec<usize>)> = BTreeMap::new();
        for (index, change) in self.changes.iter().enumerate() {
            for id in change.user_ids() {
                let (worst, changes) = reached.entry(id).or_insert((change.class, Vec::new()));
                *worst = change.class.min(*worst);
                changes.push(index);
            }
        }
        let mut reached: Vec<_> = reached.into_iter().map(|(id, (worst, changes))| (id.to_owned(), worst, changes)).collect();
        reached.sort_by(|one, two| (one.1, &one.0).cmp(&(two.1, &two.0)));
        reached
    }

    /// For programs: the names of its members are stable.
    pub fn to_json(&self) -> Value {
        let side = |side: &Side| json!({ "name": side.name, "version": side.version() });
        let excerpt = |excerpt: &Option<Excerpt>| {
            excerpt.as_ref().map(|it| json!({ "line": it.position.line, "column": it.position.column, "value": it.node.to_value() }))
        };
        let change = |change: &Change| {
            json!({
                "class": change.class.word(),
                "subject": { "kind": change.subject.kind(), "name": change.subject.name() },
                "users": change.users,
                "place": change.place,
                "what": change.what,
                "message": change.message(),
                "touches_rust": change.touches_rust,
                "pointer": change.pointer,
                "old": excerpt(&change.old),
                "new": excerpt(&change.new),
                "pages": self.pages(&change.subject),
            })
        };
        let counts: serde_json::Map<String, Value> =
            Class::ALL.into_iter().map(|class| (class.word().to_owned(), json!(self.count(class)))).collect();
        let reached = self.reached().into_iter().map(|(id, worst, changes)| json!({ "id": id, "worst": worst.word(), "changes": changes }));
        json!({
            "old": side(&self.old),
            "new": side(&self.new),
            "counts": counts,
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
            "reached": reached.collect::<Vec<_>>(),
            "rust": self.rust.as_ref().map(Rust::to_json),
        })
    }
}

/// `operation createUser`, `schema Card`
pub(super) fn heading(subject: &Subject) -> String {
    match subject {
        Subject::Document => "the document".to_owned(),
        Subject::Operation(name) => name.clone(),
        Subject::Event(name) => format!("event {name}"),
        Subject::Component(_, name) => format!("{} {name}", subject.kind().replace('-', " ")),
    }
}

/// The operations that are in both documents.
pub(super) fn common_operations(old: &Node, new: &Node) -> BTreeSet<String> {
    let matched = match_operations(old, new).into_iter().filter(|it| it.old.is_some());
    let places = matched.filter_map(|it| it.new);
    places.filter_map(|(path, method)| Some(operation_name(new.at(&["paths", path, method])?, path, method))).collect()
}

/// Operations and events on one line, each between marks; `all` are the operations, of which nearly all need no list.
pub(super) fn names(ids: &[&str], all: &BTreeSet<String>, mark: &str) -> String {
    let list = |ids: &[&str]| ids.iter().map(|id| format!("{mark}{id}{mark}")).collect::<Vec<_>>().join(", ");
    let (operations, events): (Vec<&str>, Vec<&str>) = ids.iter().partition(|id| all.contains(**id));
    let left: Vec<&str> = all.iter().map(String::as_str).filter(|id| !operations.contains(id)).collect();
    if operations.len() < 4 * left.len().max(1) {
        return list(ids);
    }
    let but = if left.is_empty() { String::new() } else { format!(" but {}", list(&left)) };
    let events = if events.is_empty() { String::new() } else { format!(", {}", list(&events)) };
    format!("all operations{but} ({}){events}", operations.len())
}

/// `responses of getCard, listCards; event cardBlocked`
pub(super) fn used_by(users: &[User], all: &BTreeSet<String>) -> String {
    let mut by_direction: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for user in users {
        by_direction.entry(user.direction).or_default().push(&user.id);
    }
    let parts = by_direction.into_iter().map(|(direction, ids)| {
        let plural = if ids.len() == 1 { "" } else { "s" };
        let of = if direction.word() == "event" { "" } else { " of" };
        format!("{}{plural}{of} {}", direction.word(), names(&ids, all, ""))
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn owner_pages(root: &Node, index: Option<&Node>) -> BTreeMap<String, Vec<Page>> {
    let known: BTreeMap<&str, Page> = index
        .and_then(|index| index.get("pages"))
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|page| Some((page.str("id")?, Page { title: page.str("title")?.to_owned(), address: page.str("address")?.to_owned() })))
        .collect();
    let pages = |(_, id, node): (_, &str, &Node)| {
        let mut pages: Vec<Page> = node.strings("x-docs-pages").filter_map(|page| known.get(page).cloned()).collect();
        if let (true, Some(address)) = (pages.is_empty(), node.at(&["externalDocs", "url"]).and_then(Node::as_str)) {
            pages.push(Page { title: "docs".to_owned(), address: address.to_owned() });
        }
        (id.to_owned(), pages)
    };
    owners(root).map(pages).collect()
}
