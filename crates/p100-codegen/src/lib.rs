//! From the curated OpenAPI document to the files of the raw client and its mocks.
//!
//! [`Document::load`] reads the YAML and remembers where everything stands, [`lint`] holds it against the
//! project's conventions, [`render`] turns it into source files. Nothing here touches the disk, except that
//! [`Document::load`]'s callers hand in the text: `cargo xtask generate`, `build.rs` and the tests share one path.

mod assumptions;
pub mod coverage;
mod dangers;
mod docs;
mod document;
mod emit;
pub mod error_codes;
pub mod evidence;
pub mod fmt;
mod links;
mod lint;
mod lower;
mod markdown;
mod modules;
mod names;
mod node;
mod objects;
mod openapi;
mod passes;
mod render;
#[cfg(test)]
mod test_support;
mod text;
mod types;

use std::fmt as std_fmt;

pub use coverage::{BEGIN as README_BEGIN, END as README_END, readme};
pub use dangers::dangers;
pub use document::{
    Document, ERROR_SCHEMA, ErrorCode, Evidence, MediaExample, MediaNode, Method, Operation, Outcome, ParameterNode, Response, Retry,
    SchemaNode, Webhook,
};
pub use emit::harness::harness;
pub use lint::{RULES, Rule, lint, lint_index};
pub use markdown::live;
pub use names::{rust_method, rust_variant, snake};
pub use node::{Kind, Node, Position, Scalar};
pub use render::{File, GENERATED, render};
pub use text::{Line, is_visible};

/// Something wrong with a document: where, on which operation or schema, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is; line 0 when it concerns the whole document.
    pub position: Position,
    /// The operation, schema or event it concerns, e.g. `createUser`.
    pub subject: Option<String>,
    /// The lint rule that found it, e.g. `one-error-schema`.
    pub rule: Option<&'static str>,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Problem {
    pub(crate) fn at(position: Position, message: impl Into<String>) -> Self {
        Self { position, subject: None, rule: None, message: message.into() }
    }

    pub(crate) fn on(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The message behind the name of the file it was found in, as compilers print it.
    #[must_use]
    pub fn in_file(&self, file: &str) -> String {
        format!("{file}:{self}")
    }
}

impl std_fmt::Display for Problem {
    fn fmt(&self, f: &mut std_fmt::Formatter<'_>) -> std_fmt::Result {
        write!(f, "{}:{}: ", self.position.line, self.position.column)?;
        if let Some(subject) = &self.subject {
            write!(f, "{}: ", Line(subject))?;
        }
        write!(f, "{}", Line(&self.message))?;
        match self.rule {
            Some(rule) => write!(f, " [{rule}]"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
