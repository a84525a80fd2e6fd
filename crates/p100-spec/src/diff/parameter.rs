//! Parameters: which one of the new document is which of the old one, and what changed of it.

use super::change::Effect;
use super::compare::{Comparer, Pair, Spot, describe, text};

impl<'a> Comparer<'a> {
    /// The parameters of the path and of the operation itself, which override those.
    pub(super) fn parameters(&mut self, levels: &[Pair<'a>], old_path: &str, new_path: &str) {
        let (old, new) = (self.list_parameters(levels, old_path, true), self.list_parameters(levels, new_path, false));
        let mut taken = vec![false; new.len()];
        let base = levels.last().cloned();
        let Some(base) = base else { return };
        let join = |one: Option<&Parameter<'a>>, two: Option<&Parameter<'a>>| {
            let pick = |it: Option<&Parameter<'a>>, other: &String| it.map_or_else(|| other.clone(), |it| it.pointer.clone());
            Pair {
                old: one.map(|it| it.site),
                new: two.map(|it| it.site),
                pointers: (pick(one, &base.pointers.0), pick(two, &base.pointers.1)),
                ..base.clone()
            }
        };
        let is_known = |two: &Parameter<'a>| old.iter().any(|one| one.key() == two.key());
        let mut gone = Vec::new();
        for one in &old {
            let by_reference = new.iter().position(|two| one.reference.is_some() && one.reference == two.reference);
            let other = by_reference
                .or_else(|| new.iter().position(|two| one.key() == two.key()))
                // Another name in the same place of the path, unless the name was at another one.
                .or_else(|| new.iter().position(|two| one.slot.is_some() && one.slot == two.slot && !is_known(two)));
            let Some(index) = other.filter(|index| !taken[*index]) else {
                gone.push(one);
                continue;
            };
            taken[index] = true;
            let two = &new[index];
            let pair = join(Some(one), Some(two)).within(&two.words());
            if pair.is_same() {
                continue;
            }
            let resolved = self.resolved(&pair);
            self.step(&pair, |comparer, pair| {
                if resolved.is_same() {
                    comparer.note(pair, "is written elsewhere, with the same meaning");
                } else {
                    comparer.step(&resolved, Self::parameter);
                }
            });
        }
        let mut come: Vec<&Parameter<'a>> = new.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(it, _)| it).collect();
        for one in gone {
            match come.iter().position(|two| two.name == one.name) {
                Some(index) => {
                    let two = come.remove(index);
                    let pair = join(Some(one), Some(two)).within(&two.words());
                    self.step(&self.resolved(&pair), Self::parameter);
                }
                None => self.report(&join(Some(one), None).within(&one.words()), "removed", |_| Effect::Breaks),
            }
        }
        for two in come {
            let (word, required) = if two.is_required { ("required", true) } else { ("optional", false) };
            self.report_rust(
                &join(None, Some(two)).within(&two.words()),
                format!("added, {word}: the Rust method takes another argument"),
                |direction| {
                    if required { Effect::narrower(direction) } else { Effect::Adds }
                },
            );
        }
    }

    fn list_parameters(&self, levels: &[Pair<'a>], path: &str, is_old: bool) -> Vec<Parameter<'a>> {
        let mut found: Vec<Parameter<'a>> = Vec::new();
        for level in levels {
            let (spot, pointer) = if is_old { (level.old, &level.pointers.0) } else { (level.new, &level.pointers.1) };
            for (index, node) in spot.into_iter().flat_map(|spot| spot.node.items()).enumerate() {
                let site = Spot { position: node.position, node };
                let pair = Pair { old: Some(site).filter(|_| is_old), new: Some(site).filter(|_| !is_old), ..level.clone() };
                let resolved = self.resolved(&pair);
                let resolved = resolved.old.or(resolved.new).map_or(node, |spot| spot.node);
                let (name, location) = (resolved.str("name").unwrap_or_default(), resolved.str("in").unwrap_or_default());
                let parameter = Parameter {
                    site,
                    reference: node.str("$ref"),
                    name,
                    location,
                    slot: place(&slots(path), name).filter(|_| location == "path"),
                    is_required: resolved.flag("required"),
                    pointer: format!("{pointer}/{index}"),
                };
                found.retain(|other| other.key() != parameter.key());
                found.push(parameter);
            }
        }
        found
    }

    pub(super) fn parameter(&mut self, pair: &Pair<'a>) {
        let place = pair.clone();
        let location = |spot: Option<Spot<'a>>| spot.and_then(|spot| spot.node.str("in")).unwrap_or_default();
        let is_same_name = |place: &Pair<'a>| match (location(place.old), location(place.new)) {
            // Its place in the path names it.
            ("path", "path") => true,
            ("header", "header") => {
                let name = |spot: Option<Spot<'a>>| spot.and_then(|spot| spot.node.str("name")).unwrap_or_default();
                name(place.old).eq_ignore_ascii_case(name(place.new))
            }
            _ => false,
        };
        let defaults = match location(pair.new) {
            "query" | "cookie" => ("form", true),
            _ => ("simple", false),
        };
        self.members(pair, |comparer, key, pair| match key {
            "name" if is_same_name(&place) => {
                let what = format!("{}: the same on the wire", describe(pair));
                comparer.note(pair, what);
            }
            "name" | "in" => {
                let what = describe(pair);
                comparer.report(pair, what, |_| Effect::Breaks);
            }
            "required" => comparer.required_flag(pair),
            "style" | "explode" => {
                let read = |spot: Option<Spot<'a>>| match (spot, key) {
                    (Some(spot), _) => text(spot.node),
                    (None, "style") => defaults.0.to_owned(),
                    (None, _) => defaults.1.to_string(),
                };
                let same = read(pair.old) == read(pair.new);
                let what = describe(pair);
                if same { comparer.note(pair, what) } else { comparer.report_wire(pair, what, |_| Effect::Breaks) }
            }
            "schema" => comparer.schema_or_none(pair),
            "content" => comparer.content(pair),
            key => comparer.annotation(key, pair),
        });
    }
}

/// A parameter where it is listed, and what it is behind its reference.
struct Parameter<'a> {
    site: Spot<'a>,
    reference: Option<&'a str>,
    name: &'a str,
    location: &'a str,
    /// Where it is among the parameters of the path.
    slot: Option<usize>,
    is_required: bool,
    pointer: String,
}

impl Parameter<'_> {
    /// What distinguishes it.
    fn key(&self) -> (&str, String) {
        let name = if self.location == "header" { self.name.to_ascii_lowercase() } else { self.name.to_owned() };
        (self.location, name)
    }

    fn words(&self) -> String {
        format!("{} parameter `{}`", self.location, self.name)
    }
}

/// The names of the parameters of a path, in their order.
pub(super) fn slots(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// Where a parameter is among those of a path.
pub(super) fn place(slots: &[&str], name: &str) -> Option<usize> {
    slots.iter().position(|slot| *slot == name)
}
