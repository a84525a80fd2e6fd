//! Operations and events: bodies, responses, and what the extensions say about them.

use std::collections::BTreeSet;

use crate::{Node, error_codes};

use super::change::{Direction, Effect, Subject, User};
use super::compare::{Comparer, Pair, Spot, describe, is_true_at, text};
use super::matching::{operation_name, shape};
use super::parameter::{place, slots};

impl<'a> Comparer<'a> {
    /// An operation; `item` is its path, `old` and `new` are path and method.
    pub(super) fn operation(&mut self, item: &Pair<'a>, pair: &Pair<'a>, old: (&str, &str), new: (&str, &str)) {
        let Some(node) = pair.new_node().or(pair.old_node()) else { return };
        let id = operation_name(node, new.0, new.1);
        let user = vec![User { id: id.clone(), direction: Direction::Request }];
        let pair = pair.clone().about(Subject::Operation(id.clone()), user.clone());
        let item = item.clone().about(Subject::Operation(id), user);
        match (pair.old, pair.new) {
            (None, _) => return self.report(&pair, format!("operation added: {} {}", new.1.to_uppercase(), new.0), |_| Effect::Adds),
            (_, None) => return self.report(&pair, format!("operation removed: {} {}", old.1.to_uppercase(), old.0), |_| Effect::Breaks),
            _ => {}
        }
        if old.1 != new.1 {
            self.report_wire(&pair, format!("the method is {}, was {}", new.1.to_uppercase(), old.1.to_uppercase()), |_| Effect::Breaks);
        }
        self.path(&pair, old.0, new.0);
        let shared = item.member("parameters");
        let own = pair.member("parameters");
        if own.is_same() && (!shared.is_same() || shape(old.0) == shape(new.0) && old.0 != new.0) {
            self.parameters(&[shared.clone(), own], old.0, new.0);
        }
        self.members(&pair, |comparer, key, pair| match key {
            "operationId" => {
                let what = format!("{}: the Rust method changes its name", describe(pair));
                comparer.report_rust(pair, what, |_| Effect::Words);
            }
            "x-resource" if pair.old.is_some() && pair.new.is_some() => {
                let what = format!("{}: the method of p100 changes its name", describe(pair));
                comparer.report_rust(pair, what, |_| Effect::Words);
            }
            "parameters" => comparer.parameters(&[shared.clone(), pair.clone()], old.0, new.0),
            "requestBody" => comparer.body_or_none(&pair.clone().within("request body")),
            "responses" => comparer.responses(pair, Direction::Response),
            "security" => comparer.own_security(pair),
            "tags" => comparer.tagged(pair),
            "x-retry" => {
                let word = |spot: Option<Spot<'_>>, method: &str| {
                    let default = if method == "get" { "safe" } else { "never" };
                    spot.map_or_else(|| default.to_owned(), |spot| text(spot.node))
                };
                let (before, after) = (word(pair.old, old.1), word(pair.new, new.1));
                if before == after {
                    comparer.note_change(pair);
                } else if after == "safe" {
                    let what = "may be repeated by the client now, which may do twice what it does";
                    comparer.report_wire(pair, what, |_| Effect::Breaks);
                } else {
                    comparer
                        .report_wire(pair, format!("retry is {after}, was {before}: the client repeats it no more"), |_| Effect::Breaks);
                }
            }
            "x-outcome" => comparer.outcome(&pair.clone().within("outcome")),
            "x-error-codes" => comparer.error_codes(pair),
            key => comparer.annotation(key, pair),
        });
    }

    fn path(&mut self, pair: &Pair<'a>, old: &str, new: &str) {
        let (had, has) = (slots(old), slots(new));
        let what = format!("the path is {new}, was {old}");
        let is_moved = |name: &&str| has.contains(name) && place(&had, name) != place(&has, name);
        if shape(old) != shape(new) {
            if had == has { self.report_wire(pair, what, |_| Effect::Breaks) } else { self.report(pair, what, |_| Effect::Breaks) }
        } else if had.iter().any(is_moved) {
            let what = format!("{what}: the same values go to other places, as do the arguments of the Rust method");
            self.report(pair, what, |_| Effect::Breaks);
        } else if old != new {
            let what = format!("{what}: the same on the wire, but a method of p100-httpmock and a route of p100-sandbox go by that name");
            self.report_rust(pair, what, |_| Effect::Words);
        }
    }

    /// An event, seen by its receiver.
    pub(super) fn event(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, key, pair| match key {
            "parameters" => comparer.parameters(std::slice::from_ref(pair), "", ""),
            "requestBody" => comparer.body_or_none(&pair.clone().within("payload")),
            "responses" => comparer.responses(&pair.clone().sent(Direction::Acknowledgement), Direction::Acknowledgement),
            "security" => comparer.own_security(pair),
            "tags" => comparer.tagged(pair),
            "operationId" => comparer.note_change(pair),
            "x-webhook" => comparer.route(pair),
            key => comparer.annotation(key, pair),
        });
    }

    fn tagged(&mut self, pair: &Pair<'a>) {
        let first = |spot: Option<Spot<'a>>| spot.and_then(|spot| spot.node.items().next()).map(Node::to_json);
        let what = describe(pair);
        if first(pair.old) == first(pair.new) { self.note(pair, what) } else { self.note(pair, format!("{what}: another module")) }
    }

    /// How receivers find an event's path and distinguish it.
    fn route(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, key, pair| match key {
            "path" => comparer.report_wire(pair, format!("the {}", describe(pair)), |_| Effect::Breaks),
            "pathEvidence" => {
                let grade = |node: Option<&Node>| node.and_then(Node::as_str).and_then(|word| word.parse().ok());
                comparer.evidence(&pair.clone().within("path"), (grade(pair.old_node()), grade(pair.new_node())));
            }
            "distinguishing" => comparer.members(&pair.clone().within("what distinguishes it"), |comparer, key, pair| {
                if key == "values" {
                    comparer.members(pair, |comparer, member, pair| {
                        let pair = pair.clone().within(&format!("`{member}`"));
                        let (gone, come) = comparer.list(&pair, text);
                        for (value, _) in gone {
                            comparer.report_wire(&pair, format!("value `{value}` removed"), |_| Effect::Breaks);
                        }
                        // The first value of a member rules out payloads without it.
                        let effect = if pair.old.is_some() && pair.new.is_some() { Effect::Adds } else { Effect::Breaks };
                        for (value, _) in come {
                            comparer.report_wire(&pair, format!("value `{value}` added"), |_| effect);
                        }
                    });
                } else {
                    let what = describe(pair);
                    comparer.report_wire(pair, what, |_| Effect::Breaks);
                }
            }),
            "dedupe" => {
                let what = format!("{}: repeats are reported by other members", describe(pair));
                comparer.report_wire(pair, what, |_| Effect::Breaks);
            }
            key => comparer.annotation(key, pair),
        });
    }

    fn outcome(&mut self, pair: &Pair<'a>) {
        match (pair.old, pair.new) {
            (None, _) => return self.report_wire(pair, "added: the client can follow it to its end", |_| Effect::Adds),
            (_, None) => return self.report_wire(pair, "removed: the client cannot follow it any more", |_| Effect::Breaks),
            _ => {}
        }
        let was_final: BTreeSet<String> =
            pair.old_node().into_iter().flat_map(|node| node.strings("terminal")).map(str::to_owned).collect();
        self.members(pair, |comparer, key, pair| match key {
            // Says what is certain to be there; the client knows the member anyway.
            "status" => comparer.note_change(pair),
            "details" | "event" | "id" => {
                let what = describe(pair);
                comparer.report_wire(pair, what, |_| if pair.old.is_none() { Effect::Adds } else { Effect::Breaks });
            }
            "terminal" | "successful" => {
                let role = if key == "terminal" { "final" } else { "a success" };
                let (gone, come) = comparer.list(pair, text);
                for (word, _) in gone {
                    comparer.report_wire(pair, format!("`{word}` is not {role} any more"), |_| Effect::Breaks);
                }
                for (word, _) in come {
                    let turned = key == "successful" && was_final.contains(&word);
                    let what = format!("`{word}` is {role} now{}", if turned { ", was a failure" } else { "" });
                    comparer.report_wire(pair, what, |_| if turned { Effect::Breaks } else { Effect::Adds });
                }
            }
            _ => comparer.unclear(pair),
        });
    }

    fn error_codes(&mut self, pair: &Pair<'a>) {
        let codes = |spot: Option<Spot<'a>>| -> Vec<&'a str> {
            spot.into_iter().flat_map(|spot| spot.node.items()).filter_map(|node| node.str("code")).collect()
        };
        let (old, new) = (codes(pair.old), codes(pair.new));
        let is_plain = |codes: &[&str], spot: Option<Spot<'a>>| {
            codes.iter().collect::<BTreeSet<_>>().len() == codes.len() && spot.is_none_or(|spot| spot.node.items().count() == codes.len())
        };
        if !is_plain(&old, pair.old) || !is_plain(&new, pair.new) {
            return self.unclear(pair);
        }
        for (index, code) in old.iter().enumerate() {
            let other = new.iter().position(|other| other == code);
            let entry = pair.items_of(Some(index), other).within(&format!("error code `{code}`"));
            if entry.new.is_none() {
                self.report_wire(&entry, "removed: who waits for it waits in vain", |_| Effect::Breaks);
                continue;
            }
            self.step(&entry, |comparer, entry| {
                comparer.members(entry, |comparer, key, pair| match key {
                    "evidence" => {
                        let grade = |node: Option<&Node>| node.and_then(Node::as_str).and_then(|word| word.parse().ok());
                        comparer.evidence(pair, (grade(pair.old_node()), grade(pair.new_node())));
                    }
                    "status" => {
                        let status = |root, spot: Option<Spot<'_>>| match spot {
                            Some(spot) => Some(text(spot.node)),
                            None => error_codes::status_of(root, code).map(|status| status.to_string()),
                        };
                        let is_same = status(comparer.old, pair.old) == status(comparer.new, pair.new);
                        let what = describe(pair);
                        if is_same { comparer.account() } else { comparer.report_wire(pair, what, |_| Effect::Breaks) }
                    }
                    key => comparer.annotation(key, pair),
                });
            });
        }
        for (index, code) in new.iter().enumerate().filter(|(_, code)| !old.contains(code)) {
            let entry = pair.items_of(None, Some(index)).within(&format!("error code `{code}`"));
            self.report(&entry, "added", |_| Effect::Adds);
        }
    }

    fn own_security(&mut self, pair: &Pair<'a>) {
        let effective = |root: &'a Node, spot: Option<Spot<'a>>| {
            spot.or_else(|| root.get("security").map(|node| Spot { position: node.position, node }))
        };
        let is_event = matches!(*pair.subject, Subject::Event(_));
        let security = if is_event {
            pair.clone()
        } else {
            Pair { old: effective(self.old, pair.old), new: effective(self.new, pair.new), ..pair.clone() }
        };
        if security.is_same() {
            self.note(pair, "the security of all operations is stated here, or no more; it stays the same");
        } else {
            self.security(&security.within("security"));
        }
    }

    /// What has to prove who calls. A caller needs one of the alternatives; a receiver checks whatever comes.
    pub(super) fn security(&mut self, pair: &Pair<'a>) {
        let read = |spot: Option<Spot<'a>>| {
            let mut found: Vec<BTreeSet<String>> = Vec::new();
            for alternative in spot.into_iter().flat_map(|spot| spot.node.items()) {
                let mut proofs = BTreeSet::new();
                for (scheme, scopes) in alternative.members() {
                    proofs.insert(scheme.to_owned());
                    proofs.extend(scopes.items().map(|scope| format!("{scheme} with {}", text(scope))));
                }
                found.push(proofs);
            }
            if found.is_empty() { vec![BTreeSet::new()] } else { found }
        };
        let words = |alternatives: &[BTreeSet<String>]| {
            let each = alternatives.iter().map(|proofs| match proofs.len() {
                0 => "nothing".to_owned(),
                _ => proofs.iter().map(|proof| format!("`{proof}`")).collect::<Vec<_>>().join(" and "),
            });
            each.collect::<Vec<_>>().join(" or ")
        };
        let (old, new) = (read(pair.old), read(pair.new));
        if old.iter().collect::<BTreeSet<_>>() == new.iter().collect::<BTreeSet<_>>() {
            return self.note(pair, "written otherwise, the same for all");
        }
        let accepts_all = old.iter().all(|had| new.iter().any(|needed| needed.is_subset(had)));
        let proves_all = new.iter().all(|sent| old.iter().any(|checked| checked.is_subset(sent)));
        let what = format!("needs {}, was {}", words(&new), words(&old));
        self.report_wire(pair, what, |direction| {
            let is_fine = if direction == Direction::Event { proves_all } else { accepts_all };
            if is_fine { Effect::Adds } else { Effect::Breaks }
        });
    }

    /// `required` of a parameter, header or body.
    pub(super) fn required_flag(&mut self, pair: &Pair<'a>) {
        match (is_true_at(pair.old), is_true_at(pair.new)) {
            (false, true) => self.report_rust(pair, "is required now", Effect::narrower),
            (true, false) => self.report_rust(pair, "is optional now", Effect::wider),
            _ => self.note_change(pair),
        }
    }

    pub(super) fn header(&mut self, pair: &Pair<'a>) {
        self.on_the_wire_only(|comparer| {
            comparer.members(pair, |comparer, key, pair| match key {
                "required" => comparer.required_flag(pair),
                "schema" => comparer.schema_or_none(pair),
                "content" => comparer.content(pair),
                key => comparer.annotation(key, pair),
            });
        });
    }

    fn body_or_none(&mut self, pair: &Pair<'a>) {
        let is_required = |spot: Option<Spot<'a>>| spot.is_some_and(|spot| spot.node.flag("required"));
        let resolved = self.resolved(pair);
        match (pair.old, pair.new) {
            (None, _) if is_required(resolved.new) => self.report_rust(pair, "added, required", Effect::narrower),
            (None, _) => self.report_rust(pair, "added, optional", |_| Effect::Adds),
            (_, None) => self.report(pair, "removed", |_| Effect::Breaks),
            _ if Self::is_shared(pair) => {}
            _ if resolved.is_same() => self.note(pair, "is written elsewhere, with the same meaning"),
            _ => self.step(&resolved, Self::body),
        }
    }

    pub(super) fn body(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, key, pair| match key {
            "required" => comparer.required_flag(pair),
            "content" => comparer.content(pair),
            key => comparer.annotation(key, pair),
        });
    }

    pub(super) fn content(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, content_type, pair| match (pair.old, pair.new) {
            (None, _) => comparer.report(pair, format!("content type {content_type} added"), Effect::wider),
            (_, None) => comparer.report(pair, format!("content type {content_type} removed"), |_| Effect::Breaks),
            _ => {
                let words = if content_type == "application/json" { String::new() } else { format!("as {content_type}") };
                comparer.members(&pair.clone().within(&words), |comparer, key, pair| match key {
                    "schema" => comparer.schema_or_none(pair),
                    "encoding" => {
                        comparer.members(pair, |comparer, part, pair| comparer.encoding(&pair.clone().within(&format!("part `{part}`"))))
                    }
                    key => comparer.annotation(key, pair),
                });
            }
        });
    }

    /// Which content types a part of an upload may have; all, if nothing is said.
    fn encoding(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, key, pair| {
            if key != "contentType" {
                return comparer.annotation(key, pair);
            }
            let read =
                |spot: Option<Spot<'a>>| -> Option<BTreeSet<&'a str>> { Some(spot?.node.as_str()?.split(',').map(str::trim).collect()) };
            let (old, new) = (read(pair.old), read(pair.new));
            let what = describe(pair);
            let fits = |inner: &Option<BTreeSet<&str>>, outer: &Option<BTreeSet<&str>>| match (inner, outer) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(inner), Some(outer)) => inner.is_subset(outer),
            };
            match (fits(&old, &new), fits(&new, &old)) {
                (true, true) => comparer.note(pair, what),
                (true, false) => comparer.report_wire(pair, what, Effect::wider),
                (false, true) => comparer.report_wire(pair, what, Effect::narrower),
                (false, false) => comparer.report_wire(pair, what, |_| Effect::Breaks),
            }
        });
    }

    fn responses(&mut self, pair: &Pair<'a>, direction: Direction) {
        let pair = pair.clone().sent(direction);
        self.members(&pair, |comparer, status, pair| {
            let is_success = status.starts_with('2');
            let is_known = status.len() == 3 && status.starts_with(|first: char| first.is_ascii_digit());
            let pair = pair.clone().within(&format!("response {status}"));
            let effect = |comparer: &mut Self, what: &str, effect: Effect| {
                let effect = if is_known { effect } else { Effect::Unknown };
                comparer.report_wire(&pair, what, |_| effect);
            };
            match (pair.old, pair.new) {
                // The receiver chooses its response: one more does no harm.
                (None, _) if direction == Direction::Acknowledgement => effect(comparer, "added", Effect::Adds),
                (None, _) if is_success => effect(comparer, "added: callers may not take it for a success", Effect::Breaks),
                // It may be one that callers had as another status before.
                (None, _) => effect(comparer, "added: callers who list the refusals do not know it", Effect::Unknown),
                (_, None) => effect(comparer, "removed: who waits for it waits in vain", Effect::Breaks),
                _ if Self::is_shared(&pair) => {}
                _ => {
                    let resolved = comparer.resolved(&pair);
                    if resolved.is_same() {
                        comparer.note(&pair, "is written elsewhere, with the same meaning");
                    } else if is_success && direction == Direction::Response {
                        comparer.step(&resolved, Self::response);
                    } else {
                        // Every refusal is one Rust type, and who receives an event responds without any.
                        comparer.on_the_wire_only(|comparer| {
                            if status == "400" {
                                comparer.graded_by_codes(|comparer| comparer.step(&resolved, Self::response));
                            } else {
                                comparer.step(&resolved, Self::response);
                            }
                        });
                    }
                }
            }
        });
    }

    pub(super) fn response(&mut self, pair: &Pair<'a>) {
        self.members(pair, |comparer, key, pair| match key {
            "content" => {
                let pair = pair.clone().within("body");
                match (pair.old, pair.new) {
                    (None, _) => {
                        comparer.report_rust(&pair, "added", |direction| if direction.is_read() { Effect::Adds } else { Effect::Breaks })
                    }
                    (_, None) => comparer.report(&pair, "removed", |_| Effect::Breaks),
                    _ => comparer.content(&pair),
                }
            }
            "headers" => comparer.members(pair, |comparer, name, pair| {
                let pair = pair.clone().within(&format!("header `{name}`"));
                let resolved = comparer.resolved(&pair);
                match (pair.old, pair.new) {
                    (None, _) => {
                        comparer.report_wire(&pair, "added", |direction| if direction.is_read() { Effect::Adds } else { Effect::Breaks })
                    }
                    (_, None) => comparer.report_wire(&pair, "removed", |_| Effect::Breaks),
                    _ if Self::is_shared(&pair) => {}
                    _ if resolved.is_same() => comparer.note(&pair, "is written elsewhere, with the same meaning"),
                    _ => comparer.step(&resolved, Self::header),
                }
            }),
            key => comparer.annotation(key, pair),
        });
    }
}
