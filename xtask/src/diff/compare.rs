//! What compares a pair of nodes, and the parts of a document that stand around its operations.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use p100_codegen::{Evidence, Node, Position};

use super::change::{Change, Class, Direction, Effect, Excerpt, Subject, User};
use super::users::{Key, METHODS, Owner, component, users};

/// All changes from one document to another, worst first.
pub(crate) fn compare(old: &Node, new: &Node) -> Vec<Change> {
    let root = Pair::root(old, new);
    let matched = match_operations(old, new);
    let mut comparer = Comparer { old, new, changes: Vec::new(), accounted: 0, users: BTreeMap::new(), open: BTreeSet::new() };
    comparer.users = comparer.common_users(&matched);
    comparer.members(&root, |comparer, key, pair| match key {
        "paths" => comparer.paths(pair, &matched),
        "x-webhooks" => comparer.events(pair),
        "components" => comparer.components(pair),
        "security" => comparer.default_security(pair, &matched),
        "servers" => comparer.servers(pair),
        "tags" => comparer.tags(pair),
        "info" => comparer.leaves(pair, Comparer::note_change),
        "externalDocs" => comparer.note_change(pair),
        _ => comparer.unclear(pair),
    });
    let mut changes = comparer.changes;
    changes.sort_by(|one, two| {
        let rank = |change: &Change| (change.class, change.subject.clone(), change.place.clone(), change.what.clone());
        rank(one).cmp(&rank(two))
    });
    changes.dedup_by(|one, two| {
        (one.class, &one.subject, &one.place, &one.what, &one.pointer) == (two.class, &two.subject, &two.place, &two.what, &two.pointer)
    });
    changes
}

/// A node of one document and where its key stands.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) position: Position,
    pub(super) node: &'a Node,
}

/// The same place in both documents.
#[derive(Clone)]
pub(super) struct Pair<'a> {
    pub(super) subject: Rc<Subject>,
    pub(super) users: Rc<Vec<User>>,
    /// In words.
    pub(super) place: String,
    pub(super) old: Option<Spot<'a>>,
    pub(super) new: Option<Spot<'a>>,
    pub(super) pointers: (String, String),
    /// The grades that hold here.
    pub(super) grades: (Option<Evidence>, Option<Evidence>),
}

impl<'a> Pair<'a> {
    fn root(old: &'a Node, new: &'a Node) -> Self {
        let spot = |node: &'a Node| Some(Spot { position: node.position, node });
        Self {
            subject: Rc::new(Subject::Document),
            users: Rc::default(),
            place: String::new(),
            old: spot(old),
            new: spot(new),
            pointers: Default::default(),
            grades: (None, None),
        }
    }

    pub(super) fn old_node(&self) -> Option<&'a Node> {
        self.old.map(|spot| spot.node)
    }

    pub(super) fn new_node(&self) -> Option<&'a Node> {
        self.new.map(|spot| spot.node)
    }

    pub(super) fn is_same(&self) -> bool {
        match (self.old, self.new) {
            (Some(old), Some(new)) => old.node.same_json(new.node),
            (None, None) => true,
            _ => false,
        }
    }

    /// The member `key` of both.
    pub(super) fn member(&self, key: &str) -> Self {
        self.members_of(key, key)
    }

    /// A member of the old and one of the new mapping.
    pub(super) fn members_of(&self, old_key: &str, new_key: &str) -> Self {
        let find = |spot: Option<Spot<'a>>, key: &str| {
            let (position, node) = spot?.node.as_map()?.get(key)?;
            Some(Spot { position: *position, node })
        };
        let grade = |spot: Option<Spot<'a>>, inherited| spot.and_then(|spot| Evidence::of(spot.node)).or(inherited);
        let step = |pointer: &str, key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        Self {
            old: find(self.old, old_key),
            new: find(self.new, new_key),
            pointers: (step(&self.pointers.0, old_key), step(&self.pointers.1, new_key)),
            grades: (grade(self.old, self.grades.0), grade(self.new, self.grades.1)),
            ..self.clone()
        }
    }

    /// Items of the old and new sequence, by their indices.
    pub(super) fn items_of(&self, old: Option<usize>, new: Option<usize>) -> Self {
        let find = |spot: Option<Spot<'a>>, index: Option<usize>| {
            let node = spot?.node.items().nth(index?)?;
            Some(Spot { position: node.position, node })
        };
        let step = |pointer: &str, index: Option<usize>| index.map_or_else(|| pointer.to_owned(), |index| format!("{pointer}/{index}"));
        Self {
            old: find(self.old, old),
            new: find(self.new, new),
            pointers: (step(&self.pointers.0, old), step(&self.pointers.1, new)),
            ..self.clone()
        }
    }

    pub(super) fn within(mut self, words: &str) -> Self {
        if !self.place.is_empty() && !words.is_empty() {
            self.place.push_str(", ");
        }
        self.place.push_str(words);
        self
    }

    pub(super) fn about(self, subject: Subject, users: Vec<User>) -> Self {
        Self { subject: Rc::new(subject), users: Rc::new(users), place: String::new(), ..self }
    }

    /// The same place, seen as sent the other way.
    pub(super) fn sent(mut self, direction: Direction) -> Self {
        let id = self.subject.name().to_owned();
        self.users = Rc::new(vec![User { id, direction }]);
        self
    }

    /// The keys of both mappings, the new ones last.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        let mut keys: Vec<&str> = self.old_node().into_iter().flat_map(Node::members).map(|(key, _)| key).collect();
        let known: BTreeSet<&str> = keys.iter().copied().collect();
        keys.extend(self.new_node().into_iter().flat_map(Node::members).map(|(key, _)| key).filter(|key| !known.contains(key)));
        keys
    }
}

/// A step of a comparison.
pub(super) type Step<'a> = fn(&mut Comparer<'a>, &Pair<'a>);

pub(super) struct Comparer<'a> {
    pub(super) old: &'a Node,
    pub(super) new: &'a Node,
    changes: Vec<Change>,
    /// How many differences were told at another place.
    accounted: usize,
    /// Who uses a component in both documents.
    users: BTreeMap<Key<'a>, Vec<User>>,
    /// Pairs of differently named components that are being compared in place.
    pub(super) open: BTreeSet<(String, String)>,
}

/// An operation of the old and the new document, each as path and method.
pub(super) struct Match<'a> {
    old: Option<(&'a str, &'a str)>,
    new: Option<(&'a str, &'a str)>,
}

impl<'a> Comparer<'a> {
    /// Reports a change with what it does to each of those it reaches.
    pub(super) fn tell(&mut self, pair: &Pair<'a>, what: impl Into<String>, effect: impl Fn(Direction) -> Effect) {
        self.tell_with(pair, what, false, effect);
    }

    /// Like [`Self::tell`], for a change by which the Rust types change even where the wire allows them to stay.
    pub(super) fn tell_rust(&mut self, pair: &Pair<'a>, what: impl Into<String>, effect: impl Fn(Direction) -> Effect) {
        self.tell_with(pair, what, true, effect);
    }

    fn tell_with(&mut self, pair: &Pair<'a>, what: impl Into<String>, is_rust: bool, effect: impl Fn(Direction) -> Effect) {
        let what = what.into();
        let mut groups: BTreeMap<Class, Vec<User>> = BTreeMap::new();
        for user in pair.users.iter() {
            groups.entry(effect(user.direction).class(user.direction)).or_default().push(user.clone());
        }
        if groups.is_empty() {
            self.push(pair, Class::Documentation, format!("{what} (nothing that is in both documents uses it)"), false, Vec::new());
        }
        for (class, users) in groups {
            self.push(pair, class, what.clone(), is_rust && !class.is_breaking(), users);
        }
    }

    /// Reports a change of one class.
    pub(super) fn tell_class(&mut self, pair: &Pair<'a>, class: Class, what: impl Into<String>) {
        self.push(pair, class, what.into(), false, pair.users.to_vec());
    }

    pub(super) fn note(&mut self, pair: &Pair<'a>, what: impl Into<String>) {
        self.tell_class(pair, Class::Documentation, what);
    }

    /// Notes that the member at this place, named by its key, was added, removed or changed.
    pub(super) fn note_change(&mut self, pair: &Pair<'a>) {
        let what = describe(pair);
        self.note(pair, what);
    }

    pub(super) fn unclear(&mut self, pair: &Pair<'a>) {
        let what = describe(pair);
        self.tell_class(pair, Class::Unclassified, what);
    }

    fn push(&mut self, pair: &Pair<'a>, class: Class, what: String, touches_rust: bool, users: Vec<User>) {
        let excerpt = |spot: Option<Spot<'a>>| spot.map(|spot| Excerpt { position: spot.position, node: spot.node.clone() });
        self.changes.push(Change {
            class,
            subject: (*pair.subject).clone(),
            users,
            place: pair.place.clone(),
            what,
            touches_rust,
            pointer: if pair.new.is_some() { pair.pointers.1.clone() } else { pair.pointers.0.clone() },
            old: excerpt(pair.old),
            new: excerpt(pair.new),
        });
    }

    /// The difference is told at another place.
    pub(super) fn account(&mut self) {
        self.accounted += 1;
    }

    /// Takes a step if the pair differs. A difference that the step has no word for is reported as such: nothing is ever dropped.
    pub(super) fn step(&mut self, pair: &Pair<'a>, step: impl FnOnce(&mut Self, &Pair<'a>)) {
        if pair.is_same() {
            return;
        }
        let before = self.changes.len() + self.accounted;
        step(self, pair);
        if self.changes.len() + self.accounted == before {
            if has_same_items(pair) {
                self.note(pair, format!("`{}` is in another order", key(pair)));
            } else {
                self.unclear(pair);
            }
        }
    }

    /// Takes a step for each member that differs; a side that is missing has no members.
    pub(super) fn members(&mut self, pair: &Pair<'a>, mut step: impl FnMut(&mut Self, &'a str, &Pair<'a>)) {
        let is_map = |spot: Option<Spot<'a>>| spot.is_none_or(|spot| spot.node.as_map().is_some());
        if !is_map(pair.old) || !is_map(pair.new) {
            self.unclear(pair);
            return;
        }
        for key in pair.keys() {
            self.step(&pair.member(key), |comparer, pair| step(comparer, key, pair));
        }
    }

    /// Takes the same step for each member, however deep, that has no members.
    fn leaves(&mut self, pair: &Pair<'a>, step: Step<'a>) {
        let is_map = |spot: Option<Spot<'a>>| spot.is_some_and(|spot| spot.node.as_map().is_some());
        if is_map(pair.old) && is_map(pair.new) {
            self.members(pair, |comparer, _, pair| comparer.leaves(pair, step));
        } else {
            step(self, pair);
        }
    }

    /// What any part of a document may carry beside its meaning on the wire.
    pub(super) fn annotation(&mut self, key: &str, pair: &Pair<'a>) {
        match key {
            "x-evidence" => self.evidence(pair, pair.grades),
            "description" | "summary" | "title" | "externalDocs" | "deprecated" | "example" | "x-docs-pages" => self.note_change(pair),
            "examples" | "links" => self.texts(pair),
            "x-sensitive" => {
                let what = if pair.new_node().is_some_and(is_true) {
                    "is marked sensitive: the Rust type changes and hides it; the wire stays"
                } else {
                    "is not marked sensitive any more: the Rust type changes and shows it; the wire stays"
                };
                if is_true_at(pair.old) == is_true_at(pair.new) {
                    self.note_change(pair);
                } else {
                    self.tell(pair, what, |_| Effect::Breaks);
                }
            }
            _ => self.unclear(pair),
        }
    }

    /// Examples and links, by name.
    fn texts(&mut self, pair: &Pair<'a>) {
        let kind = key(pair).trim_end_matches('s').to_owned();
        self.members(pair, |comparer, name, pair| {
            let what = format!("{kind} `{name}` {}", happened(pair));
            comparer.note(pair, what);
        });
    }

    /// A grade was stated, left out or changed; `grades` are those that hold before and after.
    pub(super) fn evidence(&mut self, pair: &Pair<'a>, grades: (Option<Evidence>, Option<Evidence>)) {
        let word = |grade: Option<Evidence>| grade.map_or("none", Evidence::word);
        let (old, new) = grades;
        let what = format!("evidence {}, was {}", word(new), word(old));
        // Better grades come first; no grade is worse than any.
        let rank = |grade: Option<Evidence>| grade.map_or(Evidence::ALL.len(), |grade| grade as usize);
        match rank(new).cmp(&rank(old)) {
            std::cmp::Ordering::Less => self.tell_class(pair, Class::EvidenceUpgraded, what),
            std::cmp::Ordering::Greater => self.tell_class(pair, Class::EvidenceDowngraded, what),
            std::cmp::Ordering::Equal if old.is_none() => self.unclear(pair),
            std::cmp::Ordering::Equal => self.note(pair, format!("evidence still {}, written otherwise", word(new))),
        }
    }

    /// A list as a set of texts: what is in it no more, and what is new in it, with the indices.
    pub(super) fn list(&mut self, pair: &Pair<'a>, name: impl Fn(&Node) -> String) -> (Vec<(String, usize)>, Vec<(String, usize)>) {
        let read = |spot: Option<Spot<'a>>| -> Vec<String> { spot.into_iter().flat_map(|spot| spot.node.items()).map(&name).collect() };
        let (old, new) = (read(pair.old), read(pair.new));
        let beyond = |one: &[String], two: &[String]| {
            let known: BTreeSet<&String> = two.iter().collect();
            one.iter().enumerate().filter(|(_, text)| !known.contains(text)).map(|(index, text)| (text.clone(), index)).collect()
        };
        (beyond(&old, &new), beyond(&new, &old))
    }

    fn servers(&mut self, pair: &Pair<'a>) {
        let url = |node: &Node| node.str("url").map_or_else(|| node.to_json(), str::to_owned);
        let (gone, come) = self.list(pair, url);
        for (url, index) in gone {
            self.tell_class(&pair.items_of(Some(index), None), Class::BreakingCallers, format!("server {url} removed"));
        }
        for (url, index) in come {
            self.tell_class(&pair.items_of(None, Some(index)), Class::Additive, format!("server {url} added"));
        }
        let index = |spot: Option<Spot<'a>>, wanted: &str| spot?.node.items().position(|node| url(node) == wanted);
        for node in pair.old_node().into_iter().flat_map(Node::items) {
            let url = url(node);
            let (Some(old), Some(new)) = (index(pair.old, &url), index(pair.new, &url)) else { continue };
            let server = pair.items_of(Some(old), Some(new)).within(&format!("server {url}"));
            self.step(&server, |comparer, server| comparer.members(server, |comparer, key, pair| comparer.annotation(key, pair)));
            if old != new && !has_length_changed(pair) {
                let what = "is at another place of the list, of which tools take the first".to_owned();
                self.tell_class(&server, Class::Unclassified, what);
            }
        }
    }

    fn tags(&mut self, pair: &Pair<'a>) {
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

    fn components(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, kind, pair| {
            comparer.members(pair, |comparer, name, pair| {
                let users = comparer.users.get(&(kind, name)).cloned().unwrap_or_default();
                let pair = pair.clone().about(Subject::Component(kind.to_owned(), name.to_owned()), users);
                match (pair.old, pair.new) {
                    (Some(_), Some(_)) => comparer.component(kind, &pair),
                    (None, _) => comparer.note(&pair, "added; what refers to it is told there"),
                    (_, None) => comparer.note(&pair, "removed; what referred to it is told there"),
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
                    comparer.tell(pair, what, |_| Effect::Breaks);
                }
                "name" => {
                    let same = match (pair.old_node().and_then(Node::as_str), pair.new_node().and_then(Node::as_str)) {
                        (Some(old), Some(new)) => old.eq_ignore_ascii_case(new),
                        _ => false,
                    };
                    let what = describe(pair);
                    // Names of cookies and query parameters tell cases apart; the project has headers only.
                    comparer.tell(pair, what, |_| if same { Effect::Unknown } else { Effect::Breaks });
                }
                "bearerFormat" => comparer.note_change(pair),
                key => comparer.annotation(key, pair),
            }),
            _ => self.unclear(pair),
        }
    }

    fn default_security(&mut self, pair: &Pair<'a>, matched: &[Match<'a>]) {
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

    /// Whether a reference of both sides leads to the component of the same name, which is compared on its own.
    pub(super) fn is_shared(pair: &Pair<'a>) -> bool {
        let address = |node: Option<&'a Node>| node?.str("$ref");
        address(pair.old_node()).is_some() && address(pair.old_node()) == address(pair.new_node())
    }

    /// Both sides with their references followed.
    pub(super) fn resolved(&self, pair: &Pair<'a>) -> Pair<'a> {
        Pair { old: follow(self.old, pair.old), new: follow(self.new, pair.new), ..pair.clone() }
    }

    /// Users of components in both documents, by the names of the new one.
    fn common_users(&self, matched: &[Match<'a>]) -> BTreeMap<Key<'a>, Vec<User>> {
        let side = |root: &'a Node, place: fn(&Match<'a>) -> Option<(&'a str, &'a str)>| {
            let operations = matched.iter().filter_map(|it| {
                let (path, method) = place(it)?;
                let node = root.at(&["paths", path, method])?;
                let named = it.new.and_then(|(path, method)| self.new.at(&["paths", path, method])).unwrap_or(node);
                let security = if node.get("security").is_none() { root.get("security") } else { None };
                let shared = root.at(&["paths", path, "parameters"]);
                Some(Owner { id: operation_name(named, path, method), is_event: false, node, shared, security })
            });
            let events = root.get("x-webhooks").into_iter().flat_map(Node::members).filter_map(|(id, item)| {
                Some(Owner { id: id.to_owned(), is_event: true, node: item.get("post")?, shared: None, security: None })
            });
            let owners: Vec<Owner<'a>> = operations.chain(events).collect();
            users(root, &owners)
        };
        let old = side(self.old, |it| it.old);
        let new = side(self.new, |it| it.new);
        let common = old.into_iter().filter_map(|(key, old)| {
            let new = new.get(&key)?;
            Some((key, old.intersection(new).cloned().collect()))
        });
        common.collect()
    }

    fn paths(&mut self, pair: &Pair<'a>, matched: &[Match<'a>]) {
        for it in matched {
            let place = |side: Option<(&'a str, &'a str)>, other: Option<(&'a str, &'a str)>| side.or(other).unwrap_or_default();
            let (old, new) = (place(it.old, it.new), place(it.new, it.old));
            let item = pair.members_of(old.0, new.0);
            let pair = item.members_of(old.1, new.1);
            let pair = Pair { old: pair.old.filter(|_| it.old.is_some()), new: pair.new.filter(|_| it.new.is_some()), ..pair };
            self.operation(&item, &pair, old, new);
        }
        // What stands beside the operations of a path.
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
                // Told at the operations.
                "parameters" => comparer.account(),
                key if METHODS.contains(&key) => comparer.account(),
                key => comparer.annotation(key, pair),
            });
        }
    }

    fn events(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, id, item| {
            let user = vec![User { id: id.to_owned(), direction: Direction::Event }];
            let item = item.clone().about(Subject::Event(id.to_owned()), user);
            match (item.old, item.new) {
                (None, _) => comparer.tell(&item, "event added", |_| Effect::Adds),
                (_, None) => comparer.tell(&item, "event removed: P100 does not send it any more", |_| Effect::Breaks),
                _ => comparer.members(&item, |comparer, key, pair| match (key, pair.old, pair.new) {
                    ("post", Some(_), Some(_)) => comparer.event(pair),
                    ("post", ..) => comparer.tell(pair, describe(pair), |_| Effect::Breaks),
                    _ => comparer.annotation(key, pair),
                }),
            }
        });
    }
}

/// What operations are called: by their id, or else by method and path.
pub(super) fn operation_name(node: &Node, path: &str, method: &str) -> String {
    node.str("operationId").map_or_else(|| format!("{} {path}", method.to_ascii_uppercase()), str::to_owned)
}

/// Pairs the operations: those that answer to the same method and path first, then those of the same id.
fn match_operations<'a>(old: &'a Node, new: &'a Node) -> Vec<Match<'a>> {
    let read = |root: &'a Node| {
        let mut found = Vec::new();
        for (path, item) in root.get("paths").into_iter().flat_map(Node::members) {
            found.extend(item.members().filter(|(key, node)| METHODS.contains(key) && node.as_map().is_some()).map(|(method, node)| {
                let shape: Vec<&str> =
                    path.split('/').map(|part| if part.starts_with('{') && part.ends_with('}') { "{}" } else { part }).collect();
                (path, method, shape.join("/"), node.str("operationId"))
            }));
        }
        found
    };
    let (before, mut after) = (read(old), read(new));
    let mut matched = Vec::new();
    let mut left = Vec::new();
    let find = |after: &mut Vec<(&'a str, &'a str, String, Option<&'a str>)>,
                wanted: &dyn Fn(&(&'a str, &'a str, String, Option<&'a str>)) -> bool| {
        after.iter().position(wanted).map(|index| after.remove(index))
    };
    for operation in before {
        match find(&mut after, &|other| other.1 == operation.1 && other.2 == operation.2) {
            Some(other) => matched.push(Match { old: Some((operation.0, operation.1)), new: Some((other.0, other.1)) }),
            None => left.push(operation),
        }
    }
    for operation in left {
        let other = find(&mut after, &|other| operation.3.is_some() && other.3 == operation.3);
        matched.push(Match { old: Some((operation.0, operation.1)), new: other.map(|other| (other.0, other.1)) });
    }
    matched.extend(after.into_iter().map(|operation| Match { old: None, new: Some((operation.0, operation.1)) }));
    matched
}

/// Follows references to components; a chain that does not end leads nowhere.
fn follow<'a>(root: &'a Node, spot: Option<Spot<'a>>) -> Option<Spot<'a>> {
    let mut spot = spot?;
    for _ in 0..16 {
        let Some(address) = spot.node.str("$ref") else { return Some(spot) };
        let (kind, name) = component(address)?;
        let (position, node) = root.at(&["components", kind])?.as_map()?.get(name)?;
        spot = Spot { position: *position, node };
    }
    None
}

fn has_length_changed(pair: &Pair<'_>) -> bool {
    pair.old_node().map(|node| node.items().count()) != pair.new_node().map(|node| node.items().count())
}

/// Whether both are lists of the same items in another order.
fn has_same_items(pair: &Pair<'_>) -> bool {
    let read = |spot: Option<Spot<'_>>| {
        let mut texts: Vec<String> = spot.into_iter().flat_map(|spot| spot.node.items()).map(Node::to_json).collect();
        texts.sort();
        texts
    };
    let (old, new) = (read(pair.old), read(pair.new));
    !old.is_empty() && old == new
}

pub(super) fn is_true(node: &Node) -> bool {
    node.to_json() == "true"
}

pub(super) fn is_true_at(spot: Option<Spot<'_>>) -> bool {
    spot.is_some_and(|spot| is_true(spot.node))
}

/// The last key of a place.
pub(super) fn key(pair: &Pair<'_>) -> String {
    let pointer = if pair.new.is_some() { &pair.pointers.1 } else { &pair.pointers.0 };
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

pub(super) fn happened(pair: &Pair<'_>) -> &'static str {
    match (pair.old, pair.new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

/// A short form of a value.
pub(super) fn short(node: &Node) -> String {
    let text = node.as_str().map_or_else(|| node.to_json(), str::to_owned).replace('\n', " ");
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

/// What happened to a member, with its values if they are short.
pub(super) fn describe(pair: &Pair<'_>) -> String {
    let is_word = |node: &Node| node.as_map().is_none() && node.to_json().len() < 60;
    let key = key(pair);
    match (pair.old_node(), pair.new_node()) {
        (Some(old), Some(new)) if is_word(old) && is_word(new) => format!("`{key}` is `{}`, was `{}`", short(new), short(old)),
        (Some(old), None) if is_word(old) => format!("`{key}: {}` removed", short(old)),
        (None, Some(new)) if is_word(new) => format!("`{key}: {}` added", short(new)),
        _ => format!("`{key}` {}", happened(pair)),
    }
}
