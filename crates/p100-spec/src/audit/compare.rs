//! What differs between P100's list and the index, what it means for the document, and what to do.

use std::collections::BTreeSet;

use super::index::{Index, Known};
use super::published::{Entry, Page};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Added,
    Removed,
    /// Another id, for the same title or the same operation or event.
    Replaced,
    Renamed,
    Moved,
    SummaryChanged,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [Self::Added, Self::Removed, Self::Replaced, Self::Renamed, Self::Moved, Self::SummaryChanged];

    /// As in JSON.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::SummaryChanged => "summary-changed",
        }
    }

    /// For people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::SummaryChanged => "summary changed",
            other => other.word(),
        }
    }
}

/// One difference of one page; a page may have several.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) kind: Kind,
    /// In the index.
    pub(super) was: Option<Known>,
    /// In the list, with what the index knows of it.
    pub(super) now: Option<Known>,
    /// What is different.
    pub(super) change: String,
    /// What it means for the document.
    pub(super) meaning: String,
    pub(super) next_step: String,
}

impl Difference {
    /// As it is now, or was.
    pub(super) fn known(&self) -> Option<&Known> {
        self.now.as_ref().or(self.was.as_ref())
    }
}

/// All differences, those that matter most for the document first.
pub(super) fn compare(index: &Index, entries: &[Entry]) -> Vec<Difference> {
    let entry = |id: &str| entries.iter().find(|entry| entry.page.id == id);
    let mut gone: Vec<&Known> = index.pages.iter().filter(|known| entry(&known.page.id).is_none()).collect();
    let mut new: Vec<&Entry> = entries.iter().filter(|entry| index.page(&entry.page.id).is_none()).collect();
    let pairs = successors(index, &mut gone, &mut new);
    let mut found: Vec<Difference> = new.iter().map(|entry| added(index, entry)).collect();
    found.extend(gone.iter().map(|known| removed(index, known, entries)));
    for (known, entry) in pairs {
        found.push(replaced(index, known, entry));
        found.extend(changed(index, entry, known));
    }
    for (entry, known) in entries.iter().filter_map(|entry| Some((entry, index.page(&entry.page.id)?))) {
        found.extend(changed(index, entry, known));
    }
    found.sort_by_key(|difference| Kind::ALL.iter().position(|kind| *kind == difference.kind));
    found
}

/// Why the list looks cut off although it can be read to its end: a transfer nearly always ends within a summary.
pub(super) fn cut_off(index: &Index, entries: &[Entry]) -> Option<String> {
    let last = entries.last()?;
    let place = index.pages.iter().position(|known| known.page.id == last.page.id)?;
    let behind = &index.pages[place + 1..];
    let is_gone = |known: &Known| !entries.iter().any(|entry| entry.page.id == known.page.id);
    let is_changed = index.pages[place].page.summary != last.page.summary;
    (is_changed && !behind.is_empty() && behind.iter().all(is_gone)).then(|| {
        format!(
            "the summary of its last page {0} is another one, and the {1} pages that follow {0} in the index are missing",
            last.page.id,
            behind.len()
        )
    })
}

/// Takes out the pages that are gone and have a successor among the new ones: a page that the document names for what they cover, or
/// else one of their title.
fn successors<'a>(index: &Index, gone: &mut Vec<&'a Known>, new: &mut Vec<&'a Entry>) -> Vec<(&'a Known, &'a Entry)> {
    let named = |entry: &Entry| index.named.get(&entry.page.id).map(|(_, covers)| covers.as_str());
    let covers = |known: &Known, entry: &Entry| named(entry) == Some(&known.covers);
    let title = |known: &Known, entry: &Entry| named(entry).is_none() && known.page.title == entry.page.title;
    let title_and_section = |known: &Known, entry: &Entry| title(known, entry) && known.page.section == entry.page.section;
    let mut pairs = Vec::new();
    for follows in [&covers as &dyn Fn(&Known, &Entry) -> bool, &title_and_section, &title] {
        gone.retain(|known| {
            let place = new.iter().position(|entry| follows(known, entry));
            pairs.extend(place.map(|place| (*known, new.remove(place))));
            place.is_none()
        });
    }
    pairs
}

fn replaced(index: &Index, known: &Known, entry: &Entry) -> Difference {
    let (old, new) = (&known.page.id, &entry.page.id);
    let (meaning, next_step) = if index.named.contains_key(new) {
        (
            format!("It covers {}, as the document says of the page {new} already.", covered(known)),
            "Read it and compare. Raise `x-evidence` where it proves something, then put its id in the place of the old one in the index.",
        )
    } else {
        (
            format!("The page {new} is new and has the same title, so perhaps replaces it. It covers {}.", covered(known)),
            "Read it and compare. If it is the same page, put its id in the place of the old one, in the index and in `x-docs-pages`. If \
             not, treat the one as new and the other as removed.",
        )
    };
    let now = Known { page: entry.page.clone(), ..known.clone() };
    let change = format!("its id was {old}");
    Difference { kind: Kind::Replaced, was: Some(known.clone()), now: Some(now), change, meaning, next_step: next_step.to_owned() }
}

fn added(index: &Index, entry: &Entry) -> Difference {
    let page = &entry.page;
    let mut change = format!("a new page under the heading {}, section {}", entry.heading, section(page));
    if !page.section.is_empty() && !index.has_section(&page.section) {
        change.push_str(", which is new too");
    }
    if let Some((kind, covers)) = index.named.get(&page.id) {
        let now = Known { page: page.clone(), kind: (*kind).to_owned(), covers: covers.clone() };
        return Difference {
            kind: Kind::Added,
            was: None,
            now: Some(now),
            change,
            meaning: format!("The document names it already, as a page of {covers}: its id was known before a list had it."),
            next_step: "Read it and compare. Raise `x-evidence` where it proves something, then enter the page.".to_owned(),
        };
    }
    let kind =
        if entry.heading == "Docs" { "guide" } else { neighbour(index, &page.section).map_or("operation", |known| known.kind.as_str()) };
    let (meaning, next_step) = if kind == "guide" {
        (
            "A guide: it covers no operation, but may state facts about several.".to_owned(),
            "Read it. Enter what it states about the wire, raise `x-evidence` where it proves something, then enter the page.",
        )
    } else {
        (
            format!(
                "It describes {} that the document lacks, or one more page of one it has.",
                if kind == "webhook" { "an event" } else { "an operation" }
            ),
            "Read it. Enter the operation or event, with `x-docs-pages` and `x-evidence`, or add the page to one that exists. Enter the page, \
             with what it covers.",
        )
    };
    let covers = if kind == "guide" { "guide" } else { "" };
    let now = Known { page: page.clone(), kind: kind.to_owned(), covers: covers.to_owned() };
    Difference { kind: Kind::Added, was: None, now: Some(now), change, meaning, next_step: next_step.to_owned() }
}

/// A page about an operation or event in the same section, or in the one above.
fn neighbour<'a>(index: &'a Index, section: &str) -> Option<&'a Known> {
    let above = section.rsplit_once(" > ").map_or(section, |(above, _)| above);
    let mut pages = index.pages.iter().filter(|known| known.kind != "guide");
    pages.clone().find(|known| known.page.section == section).or_else(|| pages.find(|known| known.page.section.starts_with(above)))
}

fn removed(index: &Index, known: &Known, entries: &[Entry]) -> Difference {
    let is_listed = |id: &String| entries.iter().any(|entry| entry.page.id == *id);
    let of_index = index.pages.iter().filter(|other| other.covers == known.covers).map(|other| &other.page.id);
    let of_document = index.named.iter().filter(|(_, (_, covers))| *covers == known.covers).map(|(id, _)| id);
    let others: BTreeSet<&str> = of_index.chain(of_document).filter(|id| is_listed(id)).map(String::as_str).collect();
    let (meaning, next_step) = match known.kind.as_str() {
        "guide" => (
            "A guide: it covers no operation.".to_owned(),
            "Look for statements in the document that cite it, and for the page that has them now. Take it out of the index.".to_owned(),
        ),
        _ if others.is_empty() => (
            format!("No other listed page covers {}: perhaps P100 dropped it.", covered(known)),
            "Find out whether P100 dropped it. If so, mark it `deprecated: true` and name the page that says so: nothing leaves the \
             document. Record it in spec/CHANGES.md."
                .to_owned(),
        ),
        _ => (
            format!("It covers {}, which has other pages: {}.", covered(known), others.into_iter().collect::<Vec<_>>().join(", ")),
            "Take it out of `x-docs-pages` and of the index, unless only this page stated something: then ask whether that still holds."
                .to_owned(),
        ),
    };
    Difference {
        kind: Kind::Removed,
        was: Some(known.clone()),
        now: None,
        change: format!("no longer listed; it was in section {}", section(&known.page)),
        meaning,
        next_step,
    }
}

fn changed(index: &Index, entry: &Entry, known: &Known) -> Vec<Difference> {
    let (old, new) = (&known.page, &entry.page);
    let mut found = Vec::new();
    let mut add = |kind, change: String, meaning: String, next_step: &str| {
        let now = Some(Known { page: new.clone(), ..known.clone() });
        found.push(Difference { kind, was: Some(known.clone()), now, change, meaning, next_step: next_step.to_owned() });
    };
    let covers = covered(known);
    let renamed = old.title != new.title;
    // The name in an address is made of the title.
    let follows = renamed && folder(&old.address) == folder(&new.address);
    if renamed {
        let address = if follows && name(old) != name(new) { "; its address follows" } else { "" };
        add(
            Kind::Renamed,
            format!("was \"{}\", is \"{}\"{address}", old.title, new.title),
            format!("It covers {covers}. A new name may have a new meaning."),
            "Read the page. If only the name is new, change it in the index, and `externalDocs.url` if it is this page's address.",
        );
    }
    let mut moves = Vec::new();
    if old.section != new.section {
        let is_new = if new.section.is_empty() || index.has_section(&new.section) { "" } else { ", which is new" };
        moves.push(format!("from section {} to {}{is_new}", section(old), section(new)));
    }
    if name(old) != name(new) && !follows {
        moves.push(format!("from {} to {}", old.address, new.address));
    }
    if (known.kind == "guide") != (entry.heading == "Docs") || !["Docs", "API Docs"].contains(&entry.heading.as_str()) {
        moves.push(format!("to the heading {}, while the index has it as {}", entry.heading, known.kind));
    }
    if !moves.is_empty() {
        add(
            Kind::Moved,
            moves.join(", "),
            format!("It covers {covers}. Another section may mean another module, or other users it holds for."),
            "Read the page. Change the section or address in the index, `externalDocs.url` if it is this page's address, and the tag if the \
             module is another one.",
        );
    }
    if old.summary != new.summary {
        let change = match (&old.summary, &new.summary) {
            (None, _) => "it had no summary and has one now",
            (_, None) => "it had a summary and has none now",
            _ => "it has another summary",
        };
        add(
            Kind::SummaryChanged,
            change.to_owned(),
            format!("It covers {covers}. The page itself has probably changed too."),
            "Read the page and compare it with the document: path, members, status codes, error codes. Then renew the hash in the index.",
        );
    }
    found
}

fn section(page: &Page) -> String {
    if page.section.is_empty() { "at the top".to_owned() } else { format!("\"{}\"", page.section) }
}

fn covered(known: &Known) -> String {
    match known.kind.as_str() {
        "guide" => "no operation or event, it is a guide".to_owned(),
        "webhook" => format!("the event {}", known.covers),
        _ => format!("the operation {}", known.covers),
    }
}

/// The address without the id.
fn name(page: &Page) -> String {
    page.address.replace(&page.id, "")
}

fn folder(address: &str) -> &str {
    address.rsplit_once('/').map_or("", |(folder, _)| folder)
}
