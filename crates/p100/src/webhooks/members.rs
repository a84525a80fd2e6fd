//! Which event the members of a payload identify, where the path identifies none.

use p100_raw::webhooks::WebhookKind;
use p100_raw::{CheckedCorrections, Evidence, WebhookMember, WebhookRoute};

use super::raw::{Members, Name};

/// The names that the members of events have on the wire: those of the document unless they are corrected.
#[derive(Clone, Copy)]
pub(super) struct Names<'c>(pub(super) Option<&'c CheckedCorrections>);

/// The only event, among `expected`, that the payload can be.
///
/// What identifies an event is there, never missing; its names are at least inferred; and no other event of the document has all of it.
///
/// # Errors
/// The events it may be.
pub(super) fn identify(expected: &[WebhookKind], members: &Members<'_>, names: Names<'_>) -> Result<WebhookKind, Vec<WebhookKind>> {
    let reported: Vec<_> = expected.iter().copied().filter(|kind| names.identify(kind.route(), members)).collect();
    match reported[..] {
        [kind] => Ok(kind),
        [] => identify_by_value(expected, members, names),
        _ => Err(reported),
    }
}

impl<'c> Names<'c> {
    /// The name on the wire of a member of the event.
    pub(super) fn on_wire<'a>(self, route: &WebhookRoute, name: &'a str) -> &'a str
    where
        'c: 'a,
    {
        self.0.map_or(name, |corrections| corrections.event_member(route.kind, name))
    }

    /// The member of the event that has this name on the wire, as far as the document knows.
    pub(super) fn member(self, route: &WebhookRoute, on_wire: &str) -> Option<&'static WebhookMember> {
        let name = self.0.map_or(Some(on_wire), |corrections| corrections.event_member_in_document(route.kind, on_wire))?;
        route.payload.iter().find(|member| member.name == name)
    }

    /// Whether all members that identify the event are there.
    pub(super) fn all_there(self, route: &WebhookRoute, members: &Members<'_>) -> bool {
        route.members.iter().all(|name| members.contains_key(self.on_wire(route, name)))
    }

    /// Whether the members identify the event.
    pub(super) fn identify(self, route: &WebhookRoute, members: &Members<'_>) -> bool {
        let others = || WebhookKind::ALL.iter().filter(|kind| **kind != route.kind);
        !route.members.is_empty()
            && self.all_there(route, members)
            && route.members.iter().all(|name| is_supported(route, name))
            && route.values.iter().all(|(name, values)| self.has_value(route, members, name, values))
            && !others().any(|other| route.members.iter().all(|name| self.member(other.route(), self.on_wire(route, name)).is_some()))
    }

    fn has_value(self, route: &WebhookRoute, members: &Members<'_>, name: &str, values: &[&str]) -> bool {
        text(members, self.on_wire(route, name)).is_some_and(|value| values.contains(&value.as_str()))
    }
}

/// By a status word that no other event with these members has. A word without any other member says nothing.
fn identify_by_value(expected: &[WebhookKind], members: &Members<'_>, names: Names<'_>) -> Result<WebhookKind, Vec<WebhookKind>> {
    let has_word = |kind: &WebhookKind| {
        let route = kind.route();
        let is_word = |known: &WebhookMember| names.has_value(route, members, known.name, known.values);
        knows_all(route, members, names) && route.payload.iter().any(is_word)
    };
    // All events count, expected here or not: P100 may send one to a path where nobody expects it.
    let having: Vec<_> = WebhookKind::ALL.iter().copied().filter(has_word).collect();
    match having[..] {
        [kind] if expected.contains(&kind) && is_identified_by_value(kind.route(), members, names) => Ok(kind),
        [] => Err(candidates(expected, members, names)),
        _ => Err(having),
    }
}

fn is_identified_by_value(route: &WebhookRoute, members: &Members<'_>, names: Names<'_>) -> bool {
    let has_value = |(name, values): &(&str, &[&str])| is_supported(route, name) && names.has_value(route, members, name, values);
    route.members.is_empty() && !route.values.is_empty() && members.len() > route.values.len() && route.values.iter().all(has_value)
}

/// The events that have the most distinguishing of the members: the one that the fewest events have, and no more than a quarter of them.
///
/// Names that are guesses count only if the others identify nothing.
fn candidates(expected: &[WebhookKind], members: &Members<'_>, names: Names<'_>) -> Vec<WebhookKind> {
    let member = |kind: &WebhookKind, name: &str| names.member(kind.route(), name);
    let having =
        |name: &str| -> Vec<WebhookKind> { WebhookKind::ALL.iter().copied().filter(|kind| member(kind, name).is_some()).collect() };
    let is_guess = |name: &str| !WebhookKind::ALL.iter().any(|kind| member(kind, name).is_some_and(is_no_guess));
    let is_distinguishing = |kinds: &Vec<WebhookKind>| !kinds.is_empty() && kinds.len() * 4 <= WebhookKind::ALL.len();
    let found = members.keys().map(Name::as_str).map(|name| (is_guess(name), having(name)));
    let most_distinguishing = found.filter(|(_, kinds)| is_distinguishing(kinds)).min_by_key(|(is_guess, kinds)| (*is_guess, kinds.len()));
    most_distinguishing.map(|(_, kinds)| kinds.into_iter().filter(|kind| expected.contains(kind)).collect()).unwrap_or_default()
}

/// Whether the event has members of all these names: `{"iban": .., "status": "APPROVED"}` must not pass for a review of documents.
fn knows_all(route: &WebhookRoute, members: &Members<'_>, names: Names<'_>) -> bool {
    members.keys().all(|name| names.member(route, name.as_str()).is_some())
}

/// Whether the name that the document has for a member is more than a guess.
fn is_supported(route: &WebhookRoute, name: &str) -> bool {
    route.payload.iter().find(|member| member.name == name).is_some_and(is_no_guess)
}

fn is_no_guess(member: &WebhookMember) -> bool {
    member.evidence < Evidence::Assumed
}

fn text(members: &Members<'_>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}
