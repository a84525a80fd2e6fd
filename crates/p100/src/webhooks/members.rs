//! Which event the members of a payload tell, where the path tells none.

use p100_raw::webhooks::WebhookKind;
use p100_raw::{Evidence, WebhookMember, WebhookRoute};

use super::raw::{Members, Name};

/// The only event, among `expected`, that the payload can be.
///
/// What tells an event is there, never missing; its names are at least inferred; and no other event of the document has all of it.
///
/// # Errors
/// The events it may be.
pub(super) fn tell(expected: &[WebhookKind], members: &Members<'_>) -> Result<WebhookKind, Vec<WebhookKind>> {
    let told: Vec<_> = expected.iter().copied().filter(|kind| tells(kind.route(), members)).collect();
    match told[..] {
        [kind] => Ok(kind),
        [] => tell_by_value(expected, members),
        _ => Err(told),
    }
}

/// Whether all members that tell the event are there.
pub(super) fn tells(route: &WebhookRoute, members: &Members<'_>) -> bool {
    let is_there = |name: &&str| members.contains_key(*name);
    let others = || WebhookKind::ALL.iter().filter(|kind| **kind != route.kind);
    !route.members.is_empty()
        && route.members.iter().all(is_there)
        && route.members.iter().all(|name| is_supported(route, name))
        && route.values.iter().all(|(name, values)| text(members, name).is_some_and(|value| values.contains(&value.as_str())))
        && !others().any(|other| route.members.iter().all(|name| member(other.route(), name).is_some()))
}

/// By a status word that no other event with these members has. A word without any other member says nothing.
fn tell_by_value(expected: &[WebhookKind], members: &Members<'_>) -> Result<WebhookKind, Vec<WebhookKind>> {
    let has_word = |kind: &WebhookKind| {
        let is_word = |known: &WebhookMember| text(members, known.name).is_some_and(|value| known.values.contains(&value.as_str()));
        knows_all(kind.route(), members) && kind.route().payload.iter().any(is_word)
    };
    // All events count, expected here or not: P100 may send one to a path where nobody expects it.
    let having: Vec<_> = WebhookKind::ALL.iter().copied().filter(has_word).collect();
    match having[..] {
        [kind] if expected.contains(&kind) && is_told_by_value(kind.route(), members) => Ok(kind),
        [] => Err(candidates(expected, members)),
        _ => Err(having),
    }
}

fn is_told_by_value(route: &WebhookRoute, members: &Members<'_>) -> bool {
    let has_value = |(name, values): &(&str, &[&str])| {
        is_supported(route, name) && text(members, name).is_some_and(|value| values.contains(&value.as_str()))
    };
    route.members.is_empty() && !route.values.is_empty() && members.len() > route.values.len() && route.values.iter().all(has_value)
}

/// The events that have the most telling of the members: the one that the fewest events have, and no more than a quarter of them.
///
/// Names that are guesses count only if the others tell nothing.
fn candidates(expected: &[WebhookKind], members: &Members<'_>) -> Vec<WebhookKind> {
    let having =
        |name: &str| -> Vec<WebhookKind> { WebhookKind::ALL.iter().copied().filter(|kind| member(kind.route(), name).is_some()).collect() };
    let is_guess = |name: &str| !WebhookKind::ALL.iter().any(|kind| is_supported(kind.route(), name));
    let is_telling = |kinds: &Vec<WebhookKind>| !kinds.is_empty() && kinds.len() * 4 <= WebhookKind::ALL.len();
    let names = members.keys().map(Name::as_str).map(|name| (is_guess(name), having(name)));
    let most_telling = names.filter(|(_, kinds)| is_telling(kinds)).min_by_key(|(is_guess, kinds)| (*is_guess, kinds.len()));
    most_telling.map(|(_, kinds)| kinds.into_iter().filter(|kind| expected.contains(kind)).collect()).unwrap_or_default()
}

/// Whether the event has members of all these names: `{"iban": .., "status": "APPROVED"}` must not pass for a review of documents.
fn knows_all(route: &WebhookRoute, members: &Members<'_>) -> bool {
    members.keys().all(|name| member(route, name.as_str()).is_some())
}

/// Whether the payload has a member of this name, as far as the document knows.
pub(super) fn member(route: &WebhookRoute, name: &str) -> Option<&'static WebhookMember> {
    route.payload.iter().find(|member| member.name == name)
}

fn is_supported(route: &WebhookRoute, name: &str) -> bool {
    member(route, name).is_some_and(|member| member.evidence < Evidence::Assumed)
}

fn text(members: &Members<'_>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}
