//! The parts of a document that are around its operations: paths, events, components, servers, tags and security.

use crate::Node;

use super::change::{Class, Direction, Effect, Subject, User};
use super::compare::{Comparer, Pair, Spot, describe, happened};
use super::matching::Match;
use super::users::METHODS;

impl<'a> Comparer<'a> {
    pub(super) fn paths(&mut self, pair: &Pair<'a>, matched: &[Match<'a>]) {
        for it in matched {
            let place = |side: Option<(&'a str, &'a str)>, other: Option<(&'a str, &'a str)>| side.or(other).unwrap_or_default();
            let (old, new) = (place(it.old, it.new), place(it.new, it.old));
            let item = pair.members_of(old.0, new.0);
            let pair = item.members_of(old.1, new.1);
            let pair = Pair { old: pair.old.filter(|_| it.old.is_some()), new: pair.new.filter(|_| it.new.is_some()), ..pair };
            self.operation(&item, &pair, old, new);
        }
        // What is beside the operations of a path.
        for path in pair.keys() {
            let item = pair.member(path).within(path);
            let is_matched =
                |side: fn(&Match<'a>) -> Option<(&'a str, &'a str)>| matched.iter().any(|it| side(it).is_some_and(|(p, _)| p == path));
            if item.is_same() {
                continue;
            }
            if item.keys().is_empty() || !(is_matched(|it| it.old) || is_matched(|it| it.new)) {
                self.note(&item, format!("{} a path without operations", happened(&item)));
                continue;
            }
            if item.old.is_none() || item.new.is_none() {
                continue;
            }
            self.members(&item, |comparer, key, pair| match key {
                // Reported at the operations.
                "parameters" => comparer.account(),
                key if METHODS.contains(&key) => comparer.account(),
                key => comparer.annotation(key, pair),
            });
        }
    }

    /// The order of the events, which numbers the variants of `WebhookKind`: the only mapping whose order means something.
    pub(super) fn event_order(&mut self, pair: &Pair<'a>) {
        let place = |spot: Option<Spot<'a>>, id: &str| spot.and_then(|spot| spot.node.members().position(|(other, _)| other == id));
        for (before, id) in pair.old_node().into_iter().flat_map(Node::members).map(|(id, _)| id).enumerate() {
            let moved = place(pair.new, id).filter(|after| *after != before);
            if let Some(after) = moved {
                let user = vec![User { id: id.to_owned(), direction: Direction::Event }];
                let event = pair.member(id).about(Subject::Event(id.to_owned()), user);
                let what = format!("is event {} of the document, was {}: its number as `WebhookKind` changes", after + 1, before + 1);
                self.report_rust(&event, what, |_| Effect::Words);
            }
        }
    }

    pub(super) fn events(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, id, item| {
            let user = vec![User { id: id.to_owned(), direction: Direction::Event }];
            let item = item.clone().about(Subject::Event(id.to_owned()), user);
            match (item.old, item.new) {
                (None, _) => comparer.report(&item, "event added", |_| Effect::Adds),
                (_, None) => comparer.report(&item, "event removed: P100 does not send it any more", |_| Effect::Breaks),
                _ => comparer.members(&item, |comparer, key, pair| match (key, pair.old, pair.new) {
                    ("post", Some(_), Some(_)) => comparer.event(pair),
                    ("post", ..) => comparer.report(pair, describe(pair), |_| Effect::Breaks),
                    _ => comparer.annotation(key, pair),
                }),
            }
        });
    }

    pub(super) fn servers(&mut self, pair: &Pair<'a>) {
        let url = |node: &Node| node.str("url").map_or_else(|| node.to_json(), str::to_owned);
        let (gone, come) = self.list(pair, url);
        for (url, index) in gone {
            self.report_class(&pair.items_of(Some(index), None), Class::BreakingCallers, format!("server {url} removed"));
        }
        for (url, index) in come {
            self.report_class(&pair.items_of(None, Some(index)), Class::Additive, format!("server {url} added"));
        }
        let index = |spot: Option<Spot<'a>>, wanted: &str| spot?.node.items().position(|node| url(node) == wanted);
        let mut kept = Vec::new();
        let mut is_behind = false;
        for node in pair.old_node().into_iter().flat_map(Node::items) {
            let url = url(node);
            let (Some(old), Some(new)) = (index(pair.old, &url), index(pair.new, &url)) else { continue };
            kept.push(new);
            is_behind |= old == 0 && new > 0;
            let server = pair.items_of(Some(old), Some(new)).within(&format!("server {url}"));
            self.step(&server, |comparer, server| comparer.members(server, |comparer, key, pair| comparer.annotation(key, pair)));
        }
        if is_behind || !kept.is_sorted() {
            self.report_class(pair, Class::Unclassified, "the servers are in another order, and tools take the first");
        }
    }

    pub(super) fn tags(&mut self, pair: &Pair<'a>) {
        let name = |node: &Node| node.str("name").map_or_else(|| node.to_json(), str::to_owned);
        let (gone, come) = self.list(pair, name);
        for (name, index) in gone {
            self.note(&pair.items_of(Some(index), None), format!("tag `{name}` removed"));
        }
        for (name, index) in come {
            self.note(&pair.items_of(None, Some(index)), format!("tag `{name}` added"));
        }
        let index = |spot: Option<Spot<'a>>, wanted: &str| spot?.node.items().position(|node| name(node) == wanted);
        for node in pair.old_node().into_iter().flat_map(Node::items) {
            let name = name(node);
            let (Some(old), Some(new)) = (index(pair.old, &name), index(pair.new, &name)) else { continue };
            let tag = pair.items_of(Some(old), Some(new)).within(&format!("tag `{name}`"));
            self.step(&tag, |comparer, tag| comparer.members(tag, |comparer, key, pair| comparer.annotation(key, pair)));
        }
    }

    pub(super) fn components(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, kind, pair| {
            comparer.members(pair, |comparer, name, pair| {
                let users = comparer.users.get(&(kind, name)).cloned().unwrap_or_default();
                let pair = pair.clone().about(Subject::Component(kind.to_owned(), name.to_owned()), users);
                match (pair.old, pair.new) {
                    (Some(_), Some(_)) => comparer.component(kind, &pair),
                    _ if comparer.covered.contains(&(kind, name)) => comparer.account(),
                    (None, _) => comparer.note(&pair, "added; what refers to it is reported there"),
                    (_, None) => comparer.note(&pair, "removed; what referred to it is reported there"),
                }
            });
        });
    }

    fn component(&mut self, kind: &str, pair: &Pair<'a>) {
        match kind {
            "schemas" => self.schema(pair),
            "parameters" => self.parameter(pair),
            "responses" => self.response(pair),
            "requestBodies" => self.body(pair),
            "headers" => self.header(pair),
            "examples" | "links" => self.note_change(pair),
            "securitySchemes" => self.members(pair, |comparer, key, pair| match key {
                "type" | "in" | "scheme" => {
                    let what = format!("{}: what proves who calls goes another way", describe(pair));
                    comparer.report_wire(pair, what, |_| Effect::Breaks);
                }
                "name" => {
                    let same = match (pair.old_node().and_then(Node::as_str), pair.new_node().and_then(Node::as_str)) {
                        (Some(old), Some(new)) => old.eq_ignore_ascii_case(new),
                        _ => false,
                    };
                    let what = describe(pair);
                    // Names of cookies and query parameters distinguish cases; the project has headers only.
                    comparer.report_wire(pair, what, |_| if same { Effect::Unknown } else { Effect::Breaks });
                }
                "bearerFormat" => comparer.note_change(pair),
                key => comparer.annotation(key, pair),
            }),
            _ => self.unclear(pair),
        }
    }

    pub(super) fn default_security(&mut self, pair: &Pair<'a>, matched: &[Match<'a>]) {
        let bare = |root: &'a Node, place: Option<(&str, &str)>| {
            let (path, method) = place?;
            root.at(&["paths", path, method]).filter(|node| node.get("security").is_none())
        };
        let both = matched.iter().filter(|it| bare(self.old, it.old).is_some());
        let users = both.filter_map(|it| bare(self.new, it.new)).filter_map(|node| node.str("operationId"));
        let mut users: Vec<User> = users.map(|id| User { id: id.to_owned(), direction: Direction::Request }).collect();
        users.sort();
        self.security(&pair.clone().about(Subject::Document, users).within("security of all operations without their own"));
    }
}
