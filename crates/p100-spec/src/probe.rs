//! How a server's responses compare with the document: which calls to make, what they confirm and refute, and the report on it.
//!
//! The network is the caller's: [`Probe::next`] says what to call, [`Probe::record`] takes what came back, [`Probe::report`] ends it.
//!
//! ```
//! use p100_spec::probe::{Probe, Silence, Values};
//! # let text = "{openapi: 3.0.3, info: {title: T, version: 1.0.0}, paths: {/v1/rates: {get:
//! #   {operationId: getRates, x-evidence: inferred, security: [{key: []}], responses: {200: {description: Rates.}}}}}}";
//! # let document = p100_spec::Document::load(text)?;
//!
//! let values = Values::new(&document, Some("customer-42"), None, &[], (2026, 2))?;
//! let mut probe = Probe::new(&document, values, false)?;
//! while let Some(call) = probe.next() {
//!     // Send a GET to `call.target` with `call.credential`.
//!     probe.record(call, Err(Silence::Unreachable))?;
//! }
//! let report = probe.report(text, "https://example.com", false, "2026-02-14")?;
//! assert!(!report.matches());
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod compare;
mod patch;
mod plan;
mod report;
mod response;
mod shape;

use std::collections::VecDeque;

use self::compare::Comparison;
pub use self::plan::{Target, Values};
use self::plan::{excluded, expires};
use self::report::Skipped;
pub use self::report::{Made, Report};
pub use self::response::{Credential, LARGEST, RawResponse, Silence, TIMEOUT};
use crate::{Document, Operation, Problem, Retry};

/// A GET to make.
#[derive(Debug)]
pub struct Call<'a> {
    /// What it calls.
    pub operation: &'a Operation,
    /// Where.
    pub target: Target,
    /// Who it says it is from.
    pub credential: Credential,
}

/// The operations that only a probe that may write calls: GETs that create something that expires by itself.
pub fn created(document: &Document) -> impl Iterator<Item = &Operation> {
    document.operations().iter().filter(|operation| {
        operation.retry == Retry::Never && expires(document, operation) && excluded(document, operation, true).is_none()
    })
}

/// A run against one server.
#[derive(Debug)]
pub struct Probe<'a> {
    document: &'a Document,
    values: Values,
    comparison: Comparison<'a>,
    /// What is called before all else.
    first: VecDeque<Call<'a>>,
    /// What is called once its parameters are known.
    open: Vec<&'a Operation>,
    made: Vec<Made>,
    skipped: Vec<Skipped>,
}

impl<'a> Probe<'a> {
    /// Plans a run that reads only, or also calls what [`created`] lists.
    ///
    /// # Errors
    /// No operation can be called with what is known.
    pub fn new(document: &'a Document, values: Values, write: bool) -> Result<Self, String> {
        let mut probe = Self {
            document,
            values,
            comparison: Comparison::new(document),
            first: VecDeque::new(),
            open: Vec::new(),
            made: Vec::new(),
            skipped: Vec::new(),
        };
        for operation in document.operations() {
            match excluded(document, operation, write) {
                None => probe.open.push(operation),
                Some(excluded) => probe.skip(operation, excluded.reason.to_owned(), excluded.flag.map(str::to_owned)),
            }
        }
        // The cheapest one first: if the key is refused, nothing else is worth a try.
        let known = probe.open.iter().filter_map(|operation| Some((*operation, probe.values.target(document, operation).ok()?)));
        let cheapest = known.filter(|(operation, _)| operation.retry == Retry::Safe).min_by_key(|(operation, _)| probe.cost(operation));
        let Some((operation, target)) = cheapest else {
            return Err("the document has no operation that can be called with what is known".to_owned());
        };
        probe.open.retain(|open| open.id != operation.id);
        let credentials = [Credential::Key, Credential::Nothing, Credential::Wrong];
        probe.first = credentials.map(|credential| Call { operation, target: target.clone(), credential }).into();
        Ok(probe)
    }

    /// What to call now; what one call learns, the next can use. First come those calls of one operation that show who is let in.
    #[expect(clippy::should_implement_trait, reason = "what comes next depends on what was recorded")]
    pub fn next(&mut self) -> Option<Call<'a>> {
        if let Some(call) = self.first.pop_front() {
            return Some(call);
        }
        let known = |(index, operation): (usize, &&Operation)| Some((index, self.values.target(self.document, operation).ok()?));
        let (index, target) = self.open.iter().enumerate().find_map(known)?;
        Some(Call { operation: self.open.remove(index), target, credential: Credential::Key })
    }

    /// Compares what came back, and learns from it.
    ///
    /// # Errors
    /// A schema of the document cannot be used.
    pub fn record(&mut self, call: Call<'a>, result: Result<RawResponse, Silence>) -> Result<(), Problem> {
        let Call { operation, target, credential } = call;
        let begin = self.comparison.count();
        let outcome = match &result {
            Ok(received) => {
                self.comparison.responded(operation, received, credential != Credential::Key)?;
                let response = operation.successes().find(|response| response.status == received.status);
                if let (Some(response), Some(body)) = (response, &received.json) {
                    self.values.learn(&target, &response.node, body);
                }
                compare::outcome(received)
            }
            Err(silence) => {
                self.comparison.no_response(operation, *silence);
                silence.to_string()
            }
        };
        self.made.push(Made {
            operation: operation.id.clone(),
            call: operation.call(),
            key: match credential {
                Credential::Key => "",
                Credential::Nothing => "without a key",
                Credential::Wrong => "with a wrong key",
            },
            outcome,
            has_response: result.is_ok(),
            matches: self.comparison.matches_since(begin),
        });
        Ok(())
    }

    /// The calls that were made so far.
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    /// The report on a run against the server at `address`, which the document may not know, on `day`, e.g. `2026-02-14`. Its patch is to
    /// the document as `text`, and holds more than was confirmed if that is not canonical.
    ///
    /// # Errors
    /// The patch would break the document.
    pub fn report(mut self, text: &str, address: &str, is_strange: bool, day: &str) -> Result<Report, Problem> {
        for operation in std::mem::take(&mut self.open) {
            if let Err(parameter) = self.values.target(self.document, operation) {
                let flag = Values::flag(self.document, operation, &parameter.name);
                self.skip(operation, format!("`{}` is not known", parameter.name), Some(flag));
            }
        }
        let findings = self.comparison.into_findings();
        let patch = patch::patch(text, self.document, &findings, day, &format!("Observed at {address} on {day}"))?;
        Ok(Report {
            address: address.to_owned(),
            is_strange,
            version: self.document.version().to_owned(),
            day: day.to_owned(),
            made: self.made,
            skipped: self.skipped,
            findings,
            patch,
            patch_is_kept: false,
        })
    }

    /// Fewer parameters first, then smaller responses.
    fn cost(&self, operation: &Operation) -> (usize, usize) {
        let body = operation.successes().find_map(|response| response.body.as_ref()?.node.get("schema"));
        (operation.parameters.len(), body.map_or(0, |schema| compare::weight(self.document, schema)))
    }

    fn skip(&mut self, operation: &Operation, reason: String, flag: Option<String>) {
        self.skipped.push(Skipped { operation: operation.id.clone(), reason, flag });
    }
}
