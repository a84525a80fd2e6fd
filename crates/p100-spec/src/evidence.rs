//! How well P100's docs support each statement of the document, and the questions that are open.

mod observed;
mod questions;

use std::collections::HashMap;

pub(crate) use self::observed::{OBSERVED, PATH, is_observed, observable};
pub(crate) use self::questions::{Page, Part, Stake, questions};

use crate::{Document, Evidence, Node};

/// A kind of statement that has a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Method and path of an operation.
    Path,
    /// A parameter of an operation.
    Parameter,
    /// A success status of an operation.
    Success,
    /// An error code of an operation.
    ErrorCode,
    /// A member of a schema.
    Member,
    /// A value of an enum.
    Value,
    /// The default path of a webhook.
    WebhookPath,
    /// The payload of a webhook as a whole.
    WebhookPayload,
}

impl Subject {
    /// In the order of the tables.
    pub(crate) const ALL: [Self; 8] =
        [Self::Path, Self::Parameter, Self::Success, Self::ErrorCode, Self::Member, Self::Value, Self::WebhookPath, Self::WebhookPayload];

    /// For people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Path => "paths of operations",
            Self::Parameter => "parameters",
            Self::Success => "success statuses",
            Self::ErrorCode => "error codes of operations",
            Self::Member => "members of schemas",
            Self::Value => "values of enums",
            Self::WebhookPath => "paths of webhooks",
            Self::WebhookPayload => "payloads of webhooks",
        }
    }

    /// In JSON.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Path => "paths",
            Self::Parameter => "parameters",
            Self::Success => "success_statuses",
            Self::ErrorCode => "error_codes",
            Self::Member => "members",
            Self::Value => "enum_values",
            Self::WebhookPath => "webhook_paths",
            Self::WebhookPayload => "webhook_payloads",
        }
    }
}

/// One statement of the document.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// What kind of statement it is.
    pub(crate) subject: Subject,
    /// The operation, schema or event it is about.
    pub(crate) owner: String,
    /// E.g. a member, a parameter or a status.
    pub(crate) name: String,
    /// How well it is supported.
    pub(crate) evidence: Evidence,
    /// Whether a probe of P100 saw it, whatever the docs say.
    pub(crate) observed: bool,
}

/// Every graded statement, in the order of the document.
pub(crate) fn facts(document: &Document) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |subject, owner: &str, name: String, evidence, observed| {
        facts.push(Fact { subject, owner: owner.to_owned(), name, evidence, observed });
    };
    for operation in document.operations() {
        let seen = |name: &str| is_observed(&operation.node, name);
        let path = format!("{} {}", operation.method.word(), operation.path);
        add(Subject::Path, &operation.id, path, operation.evidence, seen(PATH));
        for parameter in &operation.parameters {
            let evidence = Evidence::of(&parameter.node).unwrap_or(operation.evidence);
            add(Subject::Parameter, &operation.id, parameter.name.clone(), evidence, false);
        }
        for response in operation.successes() {
            let status = response.status.to_string();
            let observed = seen(&status);
            add(Subject::Success, &operation.id, status, Evidence::of(&response.node).unwrap_or(operation.evidence), observed);
        }
        for code in &operation.error_codes {
            add(Subject::ErrorCode, &operation.id, code.code.clone(), code.evidence, seen(&code.code));
        }
    }
    for schema in document.schemas() {
        for (subject, name, evidence) in members(schema.node) {
            add(subject, schema.name, name.to_owned(), evidence, is_observed(schema.node, name));
        }
    }
    for webhook in document.webhooks() {
        add(Subject::WebhookPath, &webhook.id, webhook.path.clone(), webhook.path_evidence, false);
        add(Subject::WebhookPayload, &webhook.id, webhook.payload.clone(), webhook.evidence, false);
    }
    facts
}

/// The members of an object or the values of an enum, with what they inherit.
fn members(schema: &Node) -> Vec<(Subject, &str, Evidence)> {
    let inherited = Evidence::of(schema).unwrap_or(Evidence::Assumed);
    let members = schema.get("properties").into_iter().flat_map(Node::members);
    let mut found: Vec<_> = members.map(|(name, node)| (Subject::Member, name, Evidence::of(node).unwrap_or(inherited))).collect();
    for value in Document::enum_values(schema).unwrap_or_default() {
        let own = schema.at(&["x-enum-evidence", value]).and_then(Node::as_str).and_then(|word| word.parse().ok());
        found.push((Subject::Value, value, own.unwrap_or(inherited)));
    }
    found
}

/// How many of `facts` have which grade, in the order of [`Evidence::ALL`].
pub(crate) fn counts<'a>(facts: impl Iterator<Item = &'a Fact> + Clone) -> [usize; 4] {
    Evidence::ALL.map(|grade| facts.clone().filter(|fact| fact.evidence == grade).count())
}

/// The facts of each operation, event or schema, in their order.
pub(crate) fn by_owner(facts: &[Fact]) -> HashMap<&str, Vec<&Fact>> {
    let mut groups: HashMap<&str, Vec<&Fact>> = HashMap::new();
    for fact in facts {
        groups.entry(&fact.owner).or_default().push(fact);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{Subject, counts, facts};
    use crate::{Document, Evidence};

    #[test]
    fn facts_are_counted_by_grade() {
        let document = Document::load(include_str!("../../../spec/p100-partner-api.yaml")).expect("the document");
        let facts = facts(&document);
        let paths = facts.iter().filter(|fact| fact.subject == Subject::Path);
        let graded = Evidence::ALL.map(|grade| document.operations().iter().filter(|operation| operation.evidence == grade).count());
        assert_eq!((counts(paths), graded.iter().sum()), (graded, document.operations().len()));
    }
}
