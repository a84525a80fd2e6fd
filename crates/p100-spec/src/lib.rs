//! The curated OpenAPI document of the P100 Partner API, and everything that knows it but renders no Rust.
//!
//! [`Document::load`] reads the YAML and remembers where everything is; [`lint()`] checks it against the project's conventions and
//! [`fmt`] writes it in its canonical form. [`coverage`] reports how well P100's docs support it, [`diff`] what changed
//! between two documents, [`audit`] what changed in the docs themselves, and [`probe`] how a server's responses compare with it. Nothing
//! here touches the disk, a terminal or the network: callers bring the text and take the report.
//!
//! ```
//! use p100_spec::{Document, Problem, lint};
//!
//! let text = "
//! openapi: 3.0.3
//! info: {title: Things, version: 1.0.0}
//! paths:
//!   /v1/things:
//!     get: {operationId: listThings, tags: [Things], x-evidence: assumed, responses: {200: {description: All of them.}}}
//! ";
//! let document = Document::load(text)?;
//! assert_eq!(document.operations()[0].call(), "GET /v1/things");
//!
//! let problems: Vec<String> = lint(&document).iter().map(|problem| problem.in_file("things.yaml")).collect();
//! assert!(problems[0].starts_with("things.yaml:2:1: "), "{problems:#?}");
//! # Ok::<_, Problem>(())
//! ```

pub mod assumptions;
pub mod audit;
pub mod coverage;
pub mod diff;
mod document;
pub mod error_codes;
mod evidence;
pub mod fmt;
pub mod formats;
mod json_schema;
mod lint;
pub mod markdown;
pub mod modules;
pub mod names;
mod node;
mod objects;
mod openapi;
mod owners;
pub mod probe;
mod problem;
mod text;

pub use document::{
    Document, ERROR_SCHEMA, ErrorCode, Evidence, MediaExample, MediaNode, Method, Operation, Outcome, ParameterNode, ResourceMethod,
    Response, Retry, SchemaNode, Webhook,
};
pub use json_schema::json_schema;
pub use lint::{RULES, Rule, lint, lint_index};
pub use node::{Kind, Node, Scalar};
pub use problem::{Position, Problem};
pub use text::{Line, is_visible};

/// The document, from the root of the repository.
pub const SPEC: &str = "spec/p100-partner-api.yaml";
/// The index of P100's docs, from the root of the repository.
pub const INDEX: &str = "spec/docs-index.yaml";
