//! Rules that follow from the table of objects: known keys, values of their kind, names of their form, text that is only text.

use crate::objects::DOCUMENT;
use crate::objects::check::{Concern, check};
use crate::{Document, Problem};

pub(super) fn keys(document: &Document) -> Vec<Problem> {
    found(document, Concern::Keys)
}

pub(super) fn names(document: &Document) -> Vec<Problem> {
    found(document, Concern::Names)
}

pub(super) fn text(document: &Document) -> Vec<Problem> {
    found(document, Concern::Text)
}

pub(super) fn clear(document: &Document) -> Vec<Problem> {
    document.unclear().to_vec()
}

fn found(document: &Document, concern: Concern) -> Vec<Problem> {
    check(&DOCUMENT, document.root()).into_iter().filter(|(own, _)| *own == concern).map(|(_, problem)| problem).collect()
}
