//! What changed between two documents: for whom it breaks, what is new, what is better known.
//!
//! The crate `drift` judges the wire too, but panics on a changed content type, has one word for all that happens to a string, gives no
//! lines, and sees neither webhooks nor extensions. So the comparison is our own, and the tests compare it with drift's opinion.
//!
//! ```
//! use p100_spec::diff::{Class, Report, Side};
//!
//! let side = |name, paths| Side::parse(name, &format!("{{openapi: 3.0.3, info: {{title: T, version: '1'}}, paths: {paths}}}"));
//! let report = Report::new(side("old", "{}")?, side("new", "{/v1/rates: {get: {operationId: getRates}}}")?, None);
//! assert_eq!(report.changes[0].class, Class::Additive);
//! assert!(report.markdown().contains("**getRates**"));
//! # Ok::<_, p100_spec::Problem>(())
//! ```

mod change;
mod compare;
mod document;
mod html;
mod markdown;
mod matching;
mod notes;
mod operation;
mod parameter;
mod report;
mod rust;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod users;

pub use self::change::{Change, Class};
pub use self::compare::compare;
pub use self::report::{Report, Side};
pub use self::rust::{Bump, Effect, Finding, Items, Judgement, Rust};
