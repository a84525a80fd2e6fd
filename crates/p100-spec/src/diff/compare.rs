//! What compares a pair of nodes, whatever they are.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::evidence::OBSERVED;
use crate::{Evidence, Node, Position};

use super::change::{Change, Class, Direction, Effect, Excerpt, Subject, User};
use super::matching::{Match, match_operations, operation_name};
use super::users::{Key, Owner, component, users};

/// All changes from one document to another, worst first.
pub fn compare(old: &Node, new: &Node) -> Vec<Change> {
    let root = Pair::root(old, new);
    let matched = match_operations(old, new);
    let mut comparer =
        Comparer { old, new, changes: Vec::new(), accounted: 0, users: BTreeMap::new(), covered: BTreeSet::new(), open: BTreeSet::new() };
    comparer.find_users(&matched);
    comparer.event_order(&root.member("x-webhooks"));
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

/// A node of one document and where its key is.
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
    /// Whether a value always is here, on one side at least: then it is no `Option` in Rust unless it may be null.
    pub(super) is_required: bool,
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
            is_required: false,
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

/// Texts of a list, each with its index.
type Texts = Vec<(String, usize)>;

/// A step of a comparison.
pub(super) type Step<'a> = fn(&mut Comparer<'a>, &Pair<'a>);

pub(super) struct Comparer<'a> {
    pub(super) old: &'a Node,
    pub(super) new: &'a Node,
    changes: Vec<Change>,
    /// How many differences were reported at another place.
    accounted: usize,
    /// Who uses a component in both documents.
    pub(super) users: BTreeMap<Key<'a>, Vec<User>>,
    /// Components that only operations and events of one document alone use: what is reported of those covers them.
    pub(super) covered: BTreeSet<Key<'a>>,
    /// Pairs of differently named components that are being compared in place.
    pub(super) open: BTreeSet<(String, String)>,
}

impl<'a> Comparer<'a> {
    /// Reports a change with what it does to each of those it reaches.
    pub(super) fn report(&mut self, pair: &Pair<'a>, what: impl Into<String>, effect: impl Fn(Direction) -> Effect) {
        self.report_with(pair, what, Class::is_breaking, effect);
    }

    /// Like [`Self::report`], for a change by which Rust types or methods change even where the wire allows them to stay.
    pub(super) fn report_rust(&mut self, pair: &Pair<'a>, what: impl Into<String>, effect: impl Fn(Direction) -> Effect) {
        self.report_with(pair, what, |_| true, effect);
    }

    /// Like [`Self::report`], for a change of which the Rust types and methods know nothing.
    pub(super) fn report_wire(&mut self, pair: &Pair<'a>, what: impl Into<String>, effect: impl Fn(Direction) -> Effect) {
        self.report_with(pair, what, |_| false, effect);
    }

    fn report_with(
        &mut self,
        pair: &Pair<'a>,
        what: impl Into<String>,
        touches_rust: fn(Class) -> bool,
        effect: impl Fn(Direction) -> Effect,
    ) {
        let what = what.into();
        let mut groups: BTreeMap<Class, Vec<User>> = BTreeMap::new();
        for user in pair.users.iter() {
            let class = match effect(user.direction).class(user.direction) {
                class if class > Class::Unclassified && touches_rust(class) => Class::BreakingRust,
                class => class,
            };
            groups.entry(class).or_default().push(user.clone());
        }
        if groups.is_empty() {
            self.push(pair, Class::Documentation, format!("{what} (nothing that is in both documents uses it)"), false, Vec::new());
        }
        for (class, users) in groups {
            self.push(pair, class, what.clone(), touches_rust(class), users);
        }
    }

    /// Reports a change of one class.
    pub(super) fn report_class(&mut self, pair: &Pair<'a>, class: Class, what: impl Into<String>) {
        self.push(pair, class, what.into(), false, pair.users.to_vec());
    }

    pub(super) fn note(&mut self, pair: &Pair<'a>, what: impl Into<String>) {
        self.report_class(pair, Class::Documentation, what);
    }

    /// Notes that the member at this place, named by its key, was added, removed or changed.
    pub(super) fn note_change(&mut self, pair: &Pair<'a>) {
        let what = describe(pair);
        self.note(pair, what);
    }

    pub(super) fn unclear(&mut self, pair: &Pair<'a>) {
        let what = describe(pair);
        self.report_class(pair, Class::Unclassified, what);
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

    /// Takes a step on something of which the Rust types and methods know nothing.
    pub(super) fn on_the_wire_only(&mut self, step: impl FnOnce(&mut Self)) {
        let from = self.changes.len();
        step(self);
        for change in &mut self.changes[from..] {
            change.touches_rust = false;
            if change.class == Class::BreakingRust {
                change.class = Class::Additive;
            }
        }
    }

    /// Takes a step on a response whose grade is that of its codes, which are compared as codes.
    pub(super) fn graded_by_codes(&mut self, step: impl FnOnce(&mut Self)) {
        let from = self.changes.len();
        step(self);
        for change in &mut self.changes[from..] {
            if matches!(change.class, Class::EvidenceUpgraded | Class::EvidenceDowngraded) {
                change.class = Class::Documentation;
            }
        }
    }

    /// The difference is reported at another place.
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
            OBSERVED => self.observed(pair),
            "deprecated" if pair.place.is_empty() => self.deprecation(pair),
            "description" | "summary" | "title" | "externalDocs" | "deprecated" | "example" | "x-docs-pages" | "x-presence"
            | "x-resource" | "x-by-hand" | "x-resources" => self.note_change(pair),
            // Which words say why a key is refused; the client looks for those it knows.
            "x-access-denied" => self.note_change(pair),
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
                    self.report_rust(pair, what, |_| Effect::Words);
                }
            }
            _ => self.unclear(pair),
        }
    }

    /// Nothing leaves the document when P100 drops it: this mark is all there is to see of it.
    fn deprecation(&mut self, pair: &Pair<'a>) {
        match (is_true_at(pair.old), is_true_at(pair.new)) {
            (false, true) => self.report_wire(pair, "is deprecated: P100 dropped it, and it may stop working", |_| Effect::Breaks),
            (true, false) => self.report_wire(pair, "is not deprecated any more", |_| Effect::Adds),
            _ => self.note_change(pair),
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
        let is_grade = |node: &Node| node.as_str().is_some_and(|word| word.parse::<Evidence>().is_ok());
        if !pair.old_node().into_iter().chain(pair.new_node()).all(is_grade) {
            return self.unclear(pair);
        }
        let word = |grade: Option<Evidence>| grade.map_or("none", Evidence::word);
        let (old, new) = grades;
        let what = format!("evidence {}, was {}", word(new), word(old));
        // Better grades come first; no grade is worse than any.
        let rank = |grade: Option<Evidence>| grade.map_or(Evidence::ALL.len(), |grade| grade as usize);
        match rank(new).cmp(&rank(old)) {
            std::cmp::Ordering::Less => self.report_class(pair, Class::EvidenceUpgraded, what),
            std::cmp::Ordering::Greater => self.report_class(pair, Class::EvidenceDowngraded, what),
            std::cmp::Ordering::Equal if old.is_none() => self.unclear(pair),
            std::cmp::Ordering::Equal => self.note(pair, format!("evidence still {}, written otherwise", word(new))),
        }
    }

    /// What a probe saw, whatever the docs say.
    fn observed(&mut self, pair: &Pair<'a>) {
        let names = |spot: Option<Spot<'a>>| -> BTreeSet<String> {
            let days = spot.into_iter().flat_map(|spot| spot.node.members());
            days.flat_map(|(_, names)| names.items()).map(text).collect()
        };
        let (old, new) = (names(pair.old), names(pair.new));
        let listed = |names: BTreeSet<&String>| names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let (lost, seen) = (listed(old.difference(&new).collect()), listed(new.difference(&old).collect()));
        if lost.is_empty() && seen.is_empty() {
            self.note_change(pair);
        }
        if !lost.is_empty() {
            self.report_class(pair, Class::EvidenceDowngraded, format!("{lost} not observed any more"));
        }
        if !seen.is_empty() {
            self.report_class(pair, Class::EvidenceUpgraded, format!("{seen} observed"));
        }
    }

    /// A list as a set of texts: what is in it no more, and what is new in it, with the indices.
    pub(super) fn list(&mut self, pair: &Pair<'a>, name: impl Fn(&Node) -> String) -> (Texts, Texts) {
        let read = |spot: Option<Spot<'a>>| -> Vec<String> { spot.into_iter().flat_map(|spot| spot.node.items()).map(&name).collect() };
        let (old, new) = (read(pair.old), read(pair.new));
        let beyond = |one: &[String], two: &[String]| {
            let known: BTreeSet<&String> = two.iter().collect();
            one.iter().enumerate().filter(|(_, text)| !known.contains(text)).map(|(index, text)| (text.clone(), index)).collect()
        };
        (beyond(&old, &new), beyond(&new, &old))
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

    /// Finds who uses which component, by the names of the new document.
    fn find_users(&mut self, matched: &[Match<'a>]) {
        let (old, new) = (self.owners(matched, self.old, |it| it.old), self.owners(matched, self.new, |it| it.new));
        let ids = |owners: &[Owner<'a>]| owners.iter().map(|owner| owner.id.clone()).collect::<BTreeSet<_>>();
        let (old_ids, new_ids) = (ids(&old), ids(&new));
        let (old, new) = (users(self.old, &old), users(self.new, &new));
        for (found, others) in [(&old, &new_ids), (&new, &old_ids)] {
            let is_alone = |users: &BTreeSet<User>| users.iter().all(|user| !others.contains(&user.id));
            self.covered.extend(found.iter().filter(|(_, users)| is_alone(users)).map(|(key, _)| *key));
        }
        let common = old.into_iter().filter_map(|(key, old)| Some((key, old.intersection(new.get(&key)?).cloned().collect())));
        self.users = common.collect();
    }

    fn owners(&self, matched: &[Match<'a>], root: &'a Node, place: fn(&Match<'a>) -> Option<(&'a str, &'a str)>) -> Vec<Owner<'a>> {
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
        operations.chain(events).collect()
    }
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

/// A value as text.
pub(super) fn text(node: &Node) -> String {
    node.as_str().map_or_else(|| node.to_json(), str::to_owned)
}

/// A short form of a value, to be between backticks; it distinguishes no values.
pub(super) fn short(node: &Node) -> String {
    let text = text(node).replace('\n', " ").replace('`', "'");
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
