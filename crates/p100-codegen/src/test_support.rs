//! The small document on which each pass is tested.

use crate::Document;

pub(crate) const SMALL: &str = include_str!("test_support.yaml");

pub(crate) fn small() -> Document {
    Document::load(SMALL).expect("the small document loads")
}

/// An item as formatted text, so that a failing test shows code.
pub(crate) fn text(item: &impl quote::ToTokens) -> String {
    prettyplease::unparse(&syn::parse2(item.to_token_stream()).expect("an item"))
}
