//! What is done to progenitor's output, one concern a module; each works on syntax trees and is driven by the document.

pub(crate) mod client;
pub(crate) mod decimals;
pub(crate) mod mocks;
pub(crate) mod multipart;
pub(crate) mod parts;
pub(crate) mod split;
pub(crate) mod structs;
pub(crate) mod substitute;
pub(crate) mod tidy;
