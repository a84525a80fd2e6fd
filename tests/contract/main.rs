//! Contract tests: the document, the generator, the raw client and the mocks are one thing. Everything loops over the document.

mod corrections;
mod coverage;
mod decimals;
mod deviations;
mod examples;
mod faults;
mod harness;
mod hostile;
mod lint;
mod open;
mod oracle;
mod rendering;
mod resources;
mod samples;
mod sandbox;
mod schemas;
mod secrets;
mod shapes;
mod traces;
mod uploads;
mod values;
mod webhooks;
mod wire;
mod words;

use std::sync::LazyLock;

use p100_spec::Document;

/// The document under test.
static DOCUMENT: LazyLock<Document> =
    LazyLock::new(|| Document::load(include_str!("../../spec/p100-partner-api.yaml")).expect("the document loads"));
