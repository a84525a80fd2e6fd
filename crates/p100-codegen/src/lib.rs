//! From the curated OpenAPI document to the files of the raw client, its mocks, the resources of `p100` and the sandbox.
//!
//! [`p100_spec`] reads and checks the document; [`render`] turns it into source files. Nothing here touches the disk: `cargo xtask
//! generate`, `build.rs` and the tests share one path.
//!
//! ```
//! let text = std::fs::read_to_string("../../spec/p100-partner-api.yaml").expect("readable");
//! let document = p100_spec::Document::load(&text)?;
//! let files = p100_codegen::render(&document)?;
//! assert!(files.iter().any(|file| file.path == "crates/p100-raw/src/generated/webhooks.rs"));
//! # Ok::<_, p100_spec::Problem>(())
//! ```

mod dangers;
mod docs;
mod emit;
mod links;
mod lower;
mod names;
mod passes;
mod render;
#[cfg(test)]
mod test_support;
mod types;

pub use dangers::dangers;
pub use emit::harness::harness;
// What is rendered is called here as it is there.
use p100_spec::{
    Document, ErrorCode, Evidence, Line, MediaNode, Node, Operation, Outcome, ParameterNode, Position, Problem, Retry, Webhook,
    assumptions, coverage, error_codes, is_visible, markdown, modules,
};
pub use render::{File, GENERATED, render};
