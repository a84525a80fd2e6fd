//! Schemas, judged by who writes and who reads the values they describe.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::formats::{value_type, wire_format};
use crate::{Document, Evidence, Node, error_codes};

use super::change::{Direction, Effect};
use super::compare::{Comparer, Pair, Spot, describe, happened, is_true_at, short, text};

impl<'a> Comparer<'a> {
    /// A schema that either side may lack.
    pub(super) fn schema_or_none(&mut self, pair: &Pair<'a>) {
        match (pair.old, pair.new) {
            (None, _) => self.report_rust(pair, "its schema is stated now, any value was allowed", |_| Effect::Breaks),
            (_, None) => self.report_rust(pair, "its schema is stated no more, any value is allowed", |_| Effect::Breaks),
            _ => self.schema(pair),
        }
    }

    pub(super) fn schema(&mut self, pair: &Pair<'a>) {
        let reference = |spot: Option<Spot<'a>>| spot.and_then(|spot| Document::reference(spot.node));
        let (old, new) = (reference(pair.old), reference(pair.new));
        if old.is_none() && new.is_none() {
            return self.keywords(pair, &[]);
        }
        if old != new {
            let target = |name: Option<&str>| name.map_or_else(|| "a schema written in place".to_owned(), |name| format!("`{name}`"));
            let what = format!("is {} now, was {}: another Rust type", target(new), target(old));
            self.report_rust(pair, what, |_| Effect::Words);
            let follow = |root: &'a Node, name: Option<&'a str>, spot: Option<Spot<'a>>| match name {
                Some(name) => {
                    let (position, node) = root.at(&["components", "schemas"])?.as_map()?.get(name)?;
                    Some(Spot { position: *position, node })
                }
                None => spot,
            };
            let inner = Pair { old: follow(self.old, old, pair.old), new: follow(self.new, new, pair.new), ..pair.clone() };
            if new.is_some() && inner.new.is_none() {
                let what = format!("{} leads nowhere", target(new));
                self.report(pair, what, |_| Effect::Unknown);
            }
            let names = (old.unwrap_or_default().to_owned(), new.unwrap_or_default().to_owned());
            // Inside a recursive schema the same two names meet again.
            let is_named = old.is_some() && new.is_some();
            if inner.old.is_some() && inner.new.is_some() && (!is_named || self.open.insert(names.clone())) {
                self.step(&inner, Self::schema);
                if is_named {
                    self.open.remove(&names);
                }
            }
            if old.is_none() || new.is_none() {
                return;
            }
        }
        // What is beside the reference; `allOf: [$ref]` is a reference with such neighbours.
        self.keywords(pair, &["$ref", "allOf"]);
    }

    fn keywords(&mut self, schema: &Pair<'a>, without: &[&str]) {
        let has_other_values = is_enum(schema) && self.values(schema);
        let has_other_decimals = self.decimals(schema);
        self.members(schema, |comparer, key, pair| match key {
            key if without.contains(&key) => {
                if schema.old_node().and_then(Document::reference) == schema.new_node().and_then(Document::reference) {
                    comparer.note(pair, format!("the reference is written otherwise: {}", describe(pair)));
                } else {
                    comparer.account();
                }
            }
            // Reported above, as one change.
            "type" | "format" | "oneOf" if has_other_decimals => comparer.account(),
            "type" => {
                let what = describe(pair);
                comparer.report_form(schema, pair, what, |_| Effect::Breaks);
            }
            "format" => comparer.format(schema, pair),
            // Reported above, as one list.
            "enum" | "x-extensible-enum" if has_other_values => comparer.account(),
            // Another order, or a value twice.
            "enum" | "x-extensible-enum" => {}
            "properties" => comparer.properties(schema, pair),
            "nullable" => match (is_true_at(pair.old), is_true_at(pair.new)) {
                (false, true) if schema.is_required => comparer.report_rust(pair, "may be null now", Effect::wider),
                (false, true) => comparer.report_wire(pair, "may be null now", Effect::wider),
                (true, false) if schema.is_required => comparer.report_rust(pair, "is never null now", Effect::narrower),
                (true, false) => comparer.report_wire(pair, "is never null now", Effect::narrower),
                _ => comparer.note_change(pair),
            },
            "required" => comparer.required(schema, pair),
            "items" => match (pair.old, pair.new) {
                (Some(_), Some(_)) => comparer.schema(&Pair { is_required: true, ..pair.clone().within("each item") }),
                _ => comparer.report(pair, describe(pair), |_| Effect::Breaks),
            },
            "additionalProperties" => comparer.additional(pair),
            "minimum" | "minLength" | "minItems" | "minProperties" => comparer.bound(pair, true),
            "maximum" | "maxLength" | "maxItems" | "maxProperties" => comparer.bound(pair, false),
            "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => match (is_true_at(pair.old), is_true_at(pair.new)) {
                (false, true) => comparer.report_wire(pair, describe(pair), Effect::narrower),
                (true, false) => comparer.report_wire(pair, describe(pair), Effect::wider),
                _ => comparer.note_change(pair),
            },
            "pattern" | "multipleOf" => match (pair.old, pair.new) {
                (None, _) => comparer.report_wire(pair, describe(pair), Effect::narrower),
                (_, None) => comparer.report_wire(pair, describe(pair), Effect::wider),
                _ => comparer.unclear(pair),
            },
            "default" => {
                let what = format!("{}: leaving it out means something else", describe(pair));
                comparer.report_wire(pair, what, |direction| if direction.is_read() { Effect::Words } else { Effect::Breaks });
            }
            "readOnly" | "writeOnly" => {
                let (was, is) = (is_true_at(pair.old), is_true_at(pair.new));
                let what = describe(pair);
                comparer.report_wire(pair, what, |direction| match (was, is) {
                    _ if was == is || direction.is_read() != (key == "writeOnly") => Effect::Words,
                    (false, true) => Effect::Breaks,
                    _ => Effect::Adds,
                });
            }
            "allOf" | "anyOf" | "oneOf" => comparer.forms(key, schema, pair),
            "x-enum-descriptions" => comparer.members(pair, |comparer, value, pair| {
                comparer.note(pair, format!("the description of the value `{value}` {}", happened(pair)));
            }),
            "x-enum-evidence" => comparer.value_grades(schema, pair),
            error_codes::TABLE => comparer.table_of_codes(pair),
            key => comparer.annotation(key, pair),
        });
    }

    /// What error codes come with and mean, by code.
    fn table_of_codes(&mut self, pair: &Pair<'a>) {
        if pair.old.is_none() || pair.new.is_none() {
            return self.note_change(pair);
        }
        let code = |node: &Node| text(node.get("code").unwrap_or(node));
        let place = |spot: Option<Spot<'a>>, wanted: &str| spot?.node.items().position(|node| code(node) == wanted);
        // What it does to anybody is reported at the values.
        let (gone, come) = self.list(pair, code);
        for (code, index) in gone {
            self.note(&pair.items_of(Some(index), None), format!("the row of the error code `{code}` removed"));
        }
        for (code, index) in come {
            self.note(&pair.items_of(None, Some(index)), format!("the row of the error code `{code}` added"));
        }
        for known in pair.old_node().into_iter().flat_map(Node::items).map(code) {
            let (Some(old), Some(new)) = (place(pair.old, &known), place(pair.new, &known)) else { continue };
            let row = pair.items_of(Some(old), Some(new)).within(&format!("error code `{known}`"));
            self.members(&row, |comparer, _, pair| comparer.report_wire(pair, describe(pair), |_| Effect::Breaks));
        }
    }

    /// A decimal that may be a JSON string, a JSON number or either, and which of them was otherwise; whether it is one.
    fn decimals(&mut self, schema: &Pair<'a>) -> bool {
        let forms = |spot: Option<Spot<'a>>| spot.and_then(|spot| decimal_forms(spot.node));
        let (Some(old), Some(new)) = (forms(schema.old), forms(schema.new)) else { return false };
        // One form for one other is a change of the type.
        if schema.member("oneOf").is_same() {
            return false;
        }
        let words = |forms: &[&str]| format!("a JSON {}", forms.join(" or "));
        let what = format!("is {} now, was {}", words(&new), words(&old));
        let fits = |inner: &[&str], outer: &[&str]| inner.iter().all(|form| outer.contains(form));
        match (fits(&old, &new), fits(&new, &old)) {
            // Either is valid still, but the generated client writes the first.
            (true, true) => self.report_form(schema, schema, what, |direction| match direction.is_read() {
                true => Effect::Words,
                false => Effect::Unknown,
            }),
            (true, false) => self.report_form(schema, schema, what, Effect::wider),
            (false, true) => self.report_form(schema, schema, what, Effect::narrower),
            (false, false) => self.report_form(schema, schema, what, |_| Effect::Breaks),
        }
        true
    }

    /// A format. Most say which strings are meant, without another form on the wire or in Rust; kinds of values do so in Rust alone.
    fn format(&mut self, schema: &Pair<'a>, pair: &Pair<'a>) {
        let is_string = |spot: Option<Spot<'a>>| spot.is_some_and(|spot| spot.node.str("type") == Some("string"));
        let stays = is_string(schema.old) && is_string(schema.new);
        let what = describe(pair);
        let on_wire = |spot: Option<Spot<'a>>| {
            spot.and_then(|spot| spot.node.as_str()).and_then(|format| if stays { wire_format(format) } else { Some(format) })
        };
        let is_plain = |format: Option<&str>| format.is_some_and(|format| PLAIN_FORMATS.contains(&format));
        match (on_wire(pair.old), on_wire(pair.new)) {
            (old, new) if old == new => self.report_form(schema, pair, what, |_| Effect::Words),
            (None, new) if stays && is_plain(new) => self.report_form(schema, pair, what, Effect::narrower),
            (old, None) if stays && is_plain(old) => self.report_form(schema, pair, what, Effect::wider),
            _ => self.report_form(schema, pair, what, |_| Effect::Breaks),
        }
    }

    /// The values that are known; whether others are now.
    fn values(&mut self, schema: &Pair<'a>) -> bool {
        let list = |spot: Option<Spot<'a>>| -> Option<(&'static str, &'a Node)> {
            let node = spot?.node;
            node.get("enum").map(|list| ("enum", list)).or_else(|| node.get("x-extensible-enum").map(|list| ("x-extensible-enum", list)))
        };
        let (old, new) = (list(schema.old), list(schema.new));
        let (Some((old_key, old)), Some((new_key, new))) = (old, new) else {
            let pair = schema.members_of(old.map_or("enum", |(key, _)| key), new.map_or("enum", |(key, _)| key));
            let all: Vec<String> = old.or(new).into_iter().flat_map(|(_, list)| list.items()).map(short).collect();
            let what = format!("the list of values ({}) {}: another Rust type", all.join(", "), happened(&pair));
            self.report(&pair, what, |_| Effect::Breaks);
            return true;
        };
        let pair = schema.members_of(old_key, new_key);
        let mut has_others = old_key != new_key;
        for value in old.items().filter(|value| !new.items().any(|other| other.same_json(value))) {
            has_others = true;
            self.report(&pair, format!("value `{}` removed", short(value)), |_| Effect::Breaks);
        }
        for value in new.items().filter(|value| !old.items().any(|other| other.same_json(value))) {
            has_others = true;
            // Lists of strings are open to words that are not known yet; nothing else is.
            let is_open = value.as_str().is_some();
            self.report(
                &pair,
                format!("value `{}` added", short(value)),
                |direction| {
                    if is_open { Effect::Adds } else { Effect::wider(direction) }
                },
            );
        }
        match (old_key, new_key) {
            ("enum", "x-extensible-enum") => self.report_wire(&pair, "the list of values is not complete any more", |_| Effect::Adds),
            ("x-extensible-enum", "enum") => self.report_wire(&pair, "the list of values is complete now", |direction| {
                if direction.is_read() { Effect::Words } else { Effect::Breaks }
            }),
            _ => {}
        }
        has_others
    }

    fn value_grades(&mut self, schema: &Pair<'a>, pair: &Pair<'a>) {
        // A value without a grade of its own has that of its schema.
        let inherited = schema.member("x-enum-evidence").grades;
        self.members(pair, |comparer, value, pair| {
            let grade =
                |spot: Option<Spot<'a>>, inherited: Option<Evidence>| spot.and_then(|spot| spot.node.as_str()?.parse().ok()).or(inherited);
            let grades = (grade(pair.old, inherited.0), grade(pair.new, inherited.1));
            comparer.evidence(&pair.clone().within(&format!("value `{value}`")), grades);
        });
    }

    fn properties(&mut self, schema: &Pair<'a>, properties: &Pair<'a>) {
        let needs = |spot: Option<Spot<'a>>, name: &str| spot.is_some_and(|spot| spot.node.strings("required").any(|it| it == name));
        // An object without members is a map in Rust, and a struct from the first one on.
        let was_object = schema.old_node().is_some_and(|node| matches!(node.str("type"), None | Some("object")));
        let was_map = was_object && properties.old_node().is_none_or(|node| node.members().next().is_none());
        self.members(properties, |comparer, name, pair| {
            let is_required = needs(schema.old, name) || needs(schema.new, name);
            let pair = Pair { is_required, ..pair.clone().within(&format!("member `{name}`")) };
            match (pair.old, pair.new) {
                (None, _) if needs(schema.new, name) => comparer
                    .report_rust(&pair, "added, required", |direction| if direction.is_read() { Effect::Adds } else { Effect::Breaks }),
                (None, _) if was_map => comparer.report_rust(&pair, "added, optional: the Rust type becomes a struct", |_| Effect::Adds),
                (None, _) => comparer.report(&pair, "added, optional", |_| Effect::Adds),
                (_, None) => comparer.report(&pair, "removed", |_| Effect::Breaks),
                _ => comparer.schema(&pair),
            }
        });
    }

    fn required(&mut self, schema: &Pair<'a>, pair: &Pair<'a>) {
        let has = |spot: Option<Spot<'a>>, name: &str| spot.is_some_and(|spot| spot.node.at(&["properties", name]).is_some());
        let (gone, come) = self.list(pair, text);
        let is_nullable = |spot: Option<Spot<'a>>, name: &str| {
            spot.is_some_and(|spot| spot.node.at(&["properties", name]).is_some_and(|member| member.flag("nullable")))
        };
        // What may be null is an `Option` already.
        let is_option = |name: &str| is_nullable(schema.old, name) && is_nullable(schema.new, name);
        let is_reported = |name: &str| has(schema.old, name) != has(schema.new, name);
        for (name, index) in gone {
            let member = pair.items_of(Some(index), None).within(&format!("member `{name}`"));
            if is_reported(&name) {
                self.account();
            } else if is_option(&name) {
                self.report_wire(&member, "is optional now", Effect::wider);
            } else {
                self.report_rust(&member, "is optional now", Effect::wider);
            }
        }
        for (name, index) in come {
            let member = pair.items_of(None, Some(index)).within(&format!("member `{name}`"));
            if is_reported(&name) {
                self.account();
            } else if is_option(&name) {
                self.report_wire(&member, "is required now", Effect::narrower);
            } else {
                self.report_rust(&member, "is required now", Effect::narrower);
            }
        }
    }

    fn additional(&mut self, pair: &Pair<'a>) {
        let is_schema = |spot: Option<Spot<'a>>| spot.is_some_and(|spot| spot.node.as_map().is_some_and(|map| !map.is_empty()));
        let is_closed = |spot: Option<Spot<'a>>| spot.is_some_and(|spot| spot.node.to_json() == "false");
        let what = describe(pair);
        match (is_schema(pair.old), is_schema(pair.new)) {
            (true, true) => self.schema(&Pair { is_required: true, ..pair.clone().within("each value") }),
            (true, false) | (false, true) => self.report(pair, what, |_| Effect::Breaks),
            (false, false) => match (is_closed(pair.old), is_closed(pair.new)) {
                (false, true) => self.report_wire(pair, "further members are not allowed any more", Effect::narrower),
                // Objects may gain members at any time.
                (true, false) => self.report_wire(pair, "further members are allowed now", |_| Effect::Adds),
                _ => self.note(pair, what),
            },
        }
    }

    fn bound(&mut self, pair: &Pair<'a>, is_lower: bool) {
        let number = |spot: Option<Spot<'a>>| spot.and_then(|spot| spot.node.to_json().parse::<f64>().ok());
        let what = describe(pair);
        let order = match (pair.old, pair.new) {
            (None, _) => return self.report_wire(pair, what, Effect::narrower),
            (_, None) => return self.report_wire(pair, what, Effect::wider),
            _ => number(pair.old).zip(number(pair.new)).and_then(|(old, new)| new.partial_cmp(&old)),
        };
        match order {
            Some(Ordering::Less) => self.report_wire(pair, what, if is_lower { Effect::wider } else { Effect::narrower }),
            Some(Ordering::Greater) => self.report_wire(pair, what, if is_lower { Effect::narrower } else { Effect::wider }),
            _ => self.unclear(pair),
        }
    }

    /// The alternatives of `anyOf` and `oneOf`, or the parts of `allOf`; distinguished by title or reference, or else by their order.
    fn forms(&mut self, keyword: &str, schema: &Pair<'a>, pair: &Pair<'a>) {
        if pair.old.is_none() || pair.new.is_none() {
            let what = describe(pair);
            return match pair.old.or(pair.new) {
                // Without them more values are valid, with them fewer, and no type changes.
                Some(groups) if groups.node.items().all(is_required_group) => {
                    self.report_wire(pair, what, if pair.new.is_none() { Effect::wider } else { Effect::narrower });
                }
                _ => self.report_form(schema, pair, what, |_| Effect::Breaks),
            };
        }
        let name = |(index, node): (usize, &'a Node)| {
            let title = node.str("title").or_else(|| Document::reference(node));
            title.map_or_else(|| (index + 1).to_string(), str::to_owned)
        };
        let read =
            |spot: Option<Spot<'a>>| -> Vec<String> { spot.into_iter().flat_map(|spot| spot.node.items().enumerate()).map(name).collect() };
        let (old, new) = (read(pair.old), read(pair.new));
        let is_plain = |names: &[String]| names.iter().collect::<BTreeSet<_>>().len() == names.len();
        if !is_plain(&old) || !is_plain(&new) {
            return self.unclear(pair);
        }
        let word = if keyword == "allOf" { "part" } else { "form" };
        for (index, name) in old.iter().enumerate() {
            let other = new.iter().position(|other| other == name);
            let form = pair.items_of(Some(index), other).within(&format!("{word} `{name}`"));
            if form.new.is_none() {
                self.report_form(schema, &form, "removed", |_| Effect::Breaks);
            } else if schema.old_node().map(rust_form) == schema.new_node().map(rust_form) {
                self.on_the_wire_only(|comparer| comparer.step(&form, Self::schema));
            } else {
                self.step(&form, Self::schema);
            }
        }
        for (index, name) in new.iter().enumerate().filter(|(_, name)| !old.contains(name)) {
            let form = pair.items_of(None, Some(index)).within(&format!("{word} `{name}`"));
            let is_part = keyword == "allOf";
            self.report_form(schema, &form, "added", |direction| if is_part { Effect::Breaks } else { Effect::wider(direction) });
        }
    }

    /// Reports a change of a schema that Rust sees only if it makes another type of it.
    fn report_form(&mut self, schema: &Pair<'a>, pair: &Pair<'a>, what: impl Into<String>, effect: impl Fn(Direction) -> Effect) {
        if schema.old_node().map(rust_form) == schema.new_node().map(rust_form) {
            self.report_wire(pair, what, effect);
        } else {
            self.report_rust(pair, what, effect);
        }
    }
}

/// `{title: .., required: [..]}`: says which members must be there together.
fn is_required_group(form: &Node) -> bool {
    form.members().all(|(key, _)| key == "title" || key == "required")
}

/// Formats of strings that are strings in Rust too.
const PLAIN_FORMATS: [&str; 4] = ["date", "password", "uri", "uuid"];

/// The JSON types that a decimal may have, the one first that the generated client writes.
fn decimal_forms(schema: &Node) -> Option<Vec<&str>> {
    match schema.get("oneOf") {
        None => Some(vec![decimal_form(schema)?]),
        Some(_) if schema.get("type").is_some() || schema.get("format").is_some() => None,
        Some(forms) => {
            let forms = forms.items().map(|form| decimal_form(form).filter(|_| form.members().count() == 2));
            forms.collect::<Option<Vec<_>>>().filter(|forms| !forms.is_empty())
        }
    }
}

fn decimal_form(schema: &Node) -> Option<&str> {
    let kind = schema.str("type").filter(|kind| ["string", "number"].contains(kind));
    kind.filter(|_| schema.str("format") == Some("decimal"))
}

/// What the generator looks at when it chooses a type: bounds, patterns and most formats stay on the wire.
fn rust_form(schema: &Node) -> String {
    let is_decimal = |node: &Node| node.str("format") == Some("decimal");
    let forms: Vec<&Node> = schema.get("oneOf").into_iter().flat_map(Node::items).collect();
    let kind = schema.str("type").unwrap_or_default();
    match schema.str("format") {
        _ if schema.flag("x-sensitive") => "sensitive".to_owned(),
        _ if is_decimal(schema) || !forms.is_empty() && forms.into_iter().all(is_decimal) => "decimal".to_owned(),
        Some(format @ ("date-time" | "int32" | "int64")) => format!("{kind} {format}"),
        Some(format) if kind == "string" && value_type(format).is_some() => format!("{kind} {format}"),
        _ => kind.to_owned(),
    }
}

fn is_enum(schema: &Pair<'_>) -> bool {
    !schema.member("enum").is_same() || !schema.member("x-extensible-enum").is_same()
}
