//! Responses compared with the document: which of its statements they confirm and refute, and what they have beyond it.

use std::collections::BTreeMap;

use crate::evidence::{Fact, PATH, Subject, facts};
use crate::{Document, ERROR_SCHEMA, Evidence, Node, Operation, Problem, Response};
use serde::Serialize;
use serde_json::Value;

use super::response::{RawResponse, Silence};
use super::shape::{Schemas, Sight};

/// What a response says about a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// The document is wrong.
    Refuted,
    /// The document does not know it.
    Undocumented,
    /// P100 did not say.
    Unverified,
    /// The document is right, at least here and today.
    Confirmed,
}

impl Verdict {
    pub(super) const ALL: [Self; 4] = [Self::Refuted, Self::Undocumented, Self::Unverified, Self::Confirmed];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Refuted => "refuted",
            Self::Undocumented => "undocumented",
            Self::Unverified => "unverified",
            Self::Confirmed => "confirmed",
        }
    }
}

/// One thing that a response showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// What kind of statement it is about, e.g. `member`.
    pub(super) subject: &'static str,
    /// The operation or schema that makes the statement, or would.
    pub(super) owner: String,
    /// Its name there, as `x-observed` has it.
    pub(super) name: String,
    /// The grade of the statement; none if there is no statement.
    pub(super) evidence: Option<Evidence>,
    /// Whether an earlier probe saw it.
    #[serde(rename = "observed_before")]
    pub(super) observed: bool,
    /// The operation that responded.
    pub(super) operation: String,
    /// Where in the body, as `cards[].status`.
    pub(super) at: String,
    pub(super) detail: String,
    /// What to do, empty if nothing is.
    pub(super) next_step: String,
}

/// The findings of a run.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    document: &'a Document,
    schemas: Schemas<'a>,
    facts: BTreeMap<(String, String), Fact>,
    findings: Vec<Finding>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let key = |fact: &Fact| {
            let name = if fact.subject == Subject::Path { PATH } else { &fact.name };
            (fact.owner.clone(), name.to_owned())
        };
        // What parameters are called, no response shows.
        let facts = facts(document).into_iter().filter(|fact| fact.subject != Subject::Parameter);
        let facts = facts.map(|fact| (key(&fact), fact)).collect();
        Self { document, schemas: Schemas::new(document), facts, findings: Vec::new() }
    }

    /// The findings: the bad ones first, in each verdict the weakest grade first.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings;
        let refuted: Vec<(String, String)> = findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Refuted)
            .map(|finding| (finding.owner.clone(), finding.name.clone()))
            .collect();
        // One response against a statement weighs more than many for it.
        let is_there = |finding: &Finding| {
            finding.verdict != Verdict::Confirmed || !refuted.iter().any(|(owner, name)| *owner == finding.owner && *name == finding.name)
        };
        findings.retain(is_there);
        findings.sort_by_key(|finding| (finding.verdict, std::cmp::Reverse(finding.evidence)));
        findings
    }

    /// Whether everything since `begin` findings ago is as the document says.
    pub(super) fn matches_since(&self, begin: usize) -> bool {
        self.findings[begin..].iter().all(|finding| finding.verdict == Verdict::Confirmed)
    }

    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// No response came.
    pub(super) fn no_response(&mut self, operation: &Operation, silence: Silence) {
        let detail = format!("{silence}; nothing is known about it");
        self.find(operation, Verdict::Unverified, "response", "response", detail, "probe again later");
    }

    /// A response came, to a call with the key or to one that has to be refused.
    pub(super) fn responded(&mut self, operation: &Operation, received: &RawResponse, refusal_wanted: bool) -> Result<(), Problem> {
        let code = received.json.as_ref().and_then(code);
        let is_success = (200..300).contains(&received.status);
        if refusal_wanted && received.status != 401 {
            let detail = format!("{} without a key that P100 gave: a 401 is stated", received.status);
            self.find(operation, Verdict::Refuted, "status", "401", detail, "ask P100 whether this needs a key");
            return Ok(());
        }
        if [404, 405].contains(&received.status) && code.is_none() {
            self.lost(operation, received.status);
            return Ok(());
        }
        if !refusal_wanted && received.status == 401 {
            let detail = "401, although the key was taken elsewhere: nothing is known about it".to_owned();
            self.find(operation, Verdict::Unverified, "response", "response", detail, "ask P100 what the key is allowed");
            return Ok(());
        }
        let status = received.status.to_string();
        let stated = operation.responses.iter().find(|response| response.status == received.status);
        if stated.is_none() {
            let detail = format!("{} is not among the statuses that the document has", received.status);
            let passing = matches!(received.status, 408 | 429 | 500..=599);
            let next =
                if passing { "probe again later; if it stays, enter the status" } else { "enter the status, once its cause is clear" };
            self.find(operation, Verdict::Undocumented, "status", &status, detail, next);
        }
        // All successes share one body.
        let shape = stated.or_else(|| if is_success { operation.successes().next() } else { None });
        let is_read = shape.map_or(Ok(false), |shape| self.body(operation, shape, received))?;
        // A page that is there for every address says nothing of this one.
        let is_of_operation = is_success && is_read || code.is_some();
        if is_of_operation {
            self.confirm(operation, &operation.id, PATH);
        }
        if stated.is_some() && (is_of_operation || received.status == 401) {
            self.confirm(operation, &operation.id, &status);
        }
        if let Some(code) = code {
            self.code(operation, code, received.status);
        }
        Ok(())
    }

    /// There is nothing at the path.
    fn lost(&mut self, operation: &Operation, status: u16) {
        let (method, path) = (operation.method.word(), &operation.path);
        if operation.node.flag("deprecated") {
            let detail = format!("{status} without a code of P100: it is gone");
            self.find(operation, Verdict::Confirmed, "deprecation", "deprecated", detail, "say in its description since when");
            return;
        }
        let detail = format!("{method} {path} gives {status} without a code of P100: most likely there is no such path");
        let next = format!(
            "try the next best guess, or ask P100; until the document has it, use Corrections: operations.{} = {{ method = \"{method}\", path = \"/v1/...\" }}",
            operation.id
        );
        self.find(operation, Verdict::Refuted, "path", PATH, detail, &next);
    }

    /// Whether the body could be compared.
    fn body(&mut self, operation: &Operation, shape: &Response, received: &RawResponse) -> Result<bool, Problem> {
        let Some(stated) = &shape.body else { return Ok(true) };
        let status = received.status;
        let by_hand = "look at the response by hand";
        if received.content_type != stated.content_type {
            let found = if received.content_type.is_empty() { "no content type" } else { &received.content_type };
            let detail = format!("{found} with {status}, instead of {}", stated.content_type);
            self.find(operation, Verdict::Refuted, "content type", &format!("content type of {status}"), detail, by_hand);
            return Ok(false);
        }
        let (Some(schema), Some(json)) = (stated.node.get("schema"), &received.json) else {
            let detail = format!("the body with {status} is not JSON, although its content type says so");
            self.find(operation, Verdict::Refuted, "body", &format!("body of {status}"), detail, by_hand);
            return Ok(false);
        };
        for sight in self.schemas.look(schema, json)? {
            self.sight(operation, sight);
        }
        Ok(true)
    }

    fn sight(&mut self, operation: &Operation, sight: Sight) {
        let is_enum = |owner: &str| self.document.schema(owner).is_some_and(|schema| Document::enum_values(schema).is_some());
        let (verdict, owner, name, at, detail, next_step) = match sight {
            Sight::Seen { schema, name } => return self.confirm(operation, &schema, &name),
            Sight::Broken { schema, name, at, detail } => {
                let next_step = match detail.as_str() {
                    "required, but missing" => "take it out of `required`, if that is not an error of P100's",
                    _ => "correct type and format, if that is not an error of P100's",
                };
                (Verdict::Refuted, schema, name.unwrap_or_default(), at, detail, next_step)
            }
            Sight::Added { schema, name, at, detail } => {
                let is_enum = is_enum(&schema);
                let next = if is_enum { "add the value with what it means" } else { "add the member as optional, sensitive if it may be" };
                (Verdict::Undocumented, schema, name, at, detail, next)
            }
        };
        let subject = if is_enum(&owner) { "value" } else { "member" };
        let finding = self.finding(operation, verdict, subject, &owner, &name);
        self.add(Finding { at, detail, next_step: next_step.to_owned(), ..finding });
    }

    fn code(&mut self, operation: &Operation, code: &str, status: u16) {
        let stated: Vec<u16> = operation.error_codes.iter().filter(|known| known.code == code).map(|known| known.status).collect();
        if stated.contains(&status) {
            self.confirm(operation, &operation.id, code);
        } else if stated.is_empty() {
            let detail = format!("{code} with {status}, which the document does not list for it");
            self.find(operation, Verdict::Undocumented, "error code", code, detail, "add the code to `x-error-codes`");
        } else {
            let detail = format!("{code} with {status}, the document has it with another status");
            self.find(operation, Verdict::Refuted, "error code", code, detail, "correct the status in `x-error-codes`");
        }
    }

    fn confirm(&mut self, operation: &Operation, owner: &str, name: &str) {
        let fact = self.facts.get(&(owner.to_owned(), name.to_owned()));
        let (subject, evidence, observed) = match fact {
            Some(fact) => (subject_word(fact.subject), fact.evidence, fact.observed),
            // The statuses of refusals.
            None => {
                let Some(response) = operation.responses.iter().find(|response| response.status.to_string() == name) else { return };
                let evidence = Evidence::of(&response.node).unwrap_or(operation.evidence);
                ("status", evidence, crate::evidence::is_observed(&operation.node, name))
            }
        };
        let finding = self.finding(operation, Verdict::Confirmed, subject, owner, name);
        self.add(Finding { evidence: Some(evidence), observed, ..finding });
    }

    /// Something about the operation itself.
    fn find(&mut self, operation: &Operation, verdict: Verdict, subject: &'static str, name: &str, detail: String, next_step: &str) {
        let finding = self.finding(operation, verdict, subject, &operation.id, name);
        self.add(Finding { detail, next_step: next_step.to_owned(), ..finding });
    }

    /// About `name` of `owner`, with what is known of that statement, if it is one.
    fn finding(&self, operation: &Operation, verdict: Verdict, subject: &'static str, owner: &str, name: &str) -> Finding {
        let fact = self.facts.get(&(owner.to_owned(), name.to_owned()));
        Finding {
            verdict,
            subject,
            owner: owner.to_owned(),
            name: name.to_owned(),
            evidence: fact.map(|fact| fact.evidence),
            observed: fact.is_some_and(|fact| fact.observed),
            operation: operation.id.clone(),
            at: String::new(),
            detail: String::new(),
            next_step: String::new(),
        }
    }

    /// Each statement is confirmed once, by the first operation; all else is reported of each operation.
    fn add(&mut self, finding: Finding) {
        let is_known = |known: &Finding| {
            if finding.verdict == Verdict::Confirmed {
                (known.verdict, &known.owner, &known.name) == (finding.verdict, &finding.owner, &finding.name)
            } else {
                *known == finding
            }
        };
        if !self.findings.iter().any(is_known) {
            self.findings.push(finding);
        }
    }
}

fn subject_word(subject: Subject) -> &'static str {
    match subject {
        Subject::Path => "path",
        Subject::Success => "status",
        Subject::ErrorCode => "error code",
        Subject::Value => "value",
        _ => "member",
    }
}

/// The status, and the code of a refusal.
pub(super) fn outcome(received: &RawResponse) -> String {
    received.json.as_ref().and_then(code).map_or_else(|| received.status.to_string(), |code| format!("{} {code}", received.status))
}

/// The code of a refusal, if it has the form of P100's: a `P` and three digits.
fn code(body: &Value) -> Option<&str> {
    let code = body.get("errorCode")?.as_str()?;
    let digits = code.strip_prefix('P')?;
    (digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// How much a schema holds, to find the cheapest response.
pub(super) fn weight(document: &Document, schema: &Node) -> usize {
    fn visit(document: &Document, node: &Node, names: &mut Vec<String>) -> usize {
        if let Some(name) = Document::reference(node) {
            if names.iter().any(|known| known == name) || name == ERROR_SCHEMA {
                return 0;
            }
            names.push(name.to_owned());
            return document.schema(name).map_or(0, |schema| visit(document, schema, names));
        }
        let inner = node.get("properties").into_iter().flat_map(Node::members).map(|(_, member)| member);
        let inner = inner.chain(node.get("items")).chain(node.get("additionalProperties"));
        inner.map(|node| 1 + visit(document, node, names)).sum()
    }
    visit(document, schema, &mut Vec::new())
}
