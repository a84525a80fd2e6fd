//! What is done to the structs that typify makes of schemas, one concern a module; each works on syntax trees and is driven by the document.

pub(crate) mod decimals;
pub(crate) mod names;
pub(crate) mod parts;
pub(crate) mod structs;
pub(crate) mod substitute;
pub(crate) mod tidy;
