//! The open questions, most valuable first.
//!
//! The value of a question is a product of three small numbers: what depends on it, which part is in doubt, and how much it is.

use std::collections::{BTreeMap, HashSet};

use super::{Fact, PATH, Subject, facts, is_observed};
use crate::markdown::{code, words};
use crate::{Document, Evidence, Node, Operation, Retry, Webhook, modules};

/// A page that a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its id in `spec/docs-index.yaml`.
    pub(crate) id: String,
    /// Its address, of the first page of each operation or event.
    pub(crate) address: Option<String>,
}

/// What depends on it: the higher, the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stake {
    /// It reads, or reports something else than money.
    Information = 2,
    /// It changes something.
    Change = 3,
    /// It reports the outcome of a payment.
    Outcome = 4,
    /// It moves money.
    Money = 6,
}

impl Stake {
    /// Best first, with how it is recognised.
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Money, "moves money: its request has an amount (`format: decimal`), and it has an `x-outcome`"),
        (
            Self::Outcome,
            "reports the outcome of a payment: the `x-outcome` of such an operation names it, or it is an event with an amount",
        ),
        (Self::Change, "changes something else: it must not be repeated (`x-retry`)"),
        (Self::Information, "everything else"),
    ];
}

/// Which part is in doubt: the higher, the more depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Error codes.
    Errors = 1,
    /// What is merely read, or can be set by the partner.
    Detail = 2,
    /// What is sent, or reports success.
    Exchange = 3,
    /// Without it, no call arrives.
    Path = 4,
}

impl Part {
    /// Best first, with what belongs to it.
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Path, "method and path of an operation"),
        (Self::Exchange, "success status, query parameters, members of a request or of an event"),
        (Self::Detail, "members of a response, values of an enum, the path of an event, which the partner can set"),
        (Self::Errors, "error codes, members of the error body"),
    ];
}

/// A question worth asking P100, or probing on staging.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// In words that can be sent to P100.
    pub(crate) text: String,
    /// What it is about: an operation, schema, event or error code.
    pub(crate) about: String,
    /// What depends on it.
    pub(crate) stake: Stake,
    /// Which part is in doubt.
    pub(crate) part: Part,
    /// The worst grade among what is asked.
    pub(crate) evidence: Evidence,
    /// How many statements it settles.
    pub(crate) settles: usize,
    /// Where P100 describes it.
    pub(crate) pages: Vec<Page>,
}

impl Question {
    /// 2 for what is assumed, 1 for what is better supported.
    pub(crate) fn doubt(&self) -> usize {
        if self.evidence == Evidence::Assumed { 2 } else { 1 }
    }

    /// The product of the three.
    pub(crate) fn value(&self) -> usize {
        self.stake as usize * self.part as usize * self.doubt()
    }
}

/// The open questions, most valuable first; among equals those that settle more, then in the order of the document.
pub(crate) fn questions(document: &Document) -> Vec<Question> {
    let asker = Asker::new(document);
    let mut questions = Vec::new();
    for operation in document.operations() {
        questions.extend(asker.path(operation));
        questions.extend(asker.parameters(operation));
        questions.extend(asker.success(operation));
    }
    questions.extend(document.webhooks().iter().filter_map(|webhook| asker.webhook_path(webhook)));
    questions.extend(document.schemas().filter_map(|schema| asker.schema(schema.name, schema.node)));
    questions.extend(asker.error_codes());
    questions.sort_by_key(|question| std::cmp::Reverse((question.value(), question.settles)));
    questions
}

/// Where a schema is used.
#[derive(Clone)]
struct Use {
    place: Place,
    /// Whether it is the body itself, not something in it.
    is_whole: bool,
    user: String,
    stake: Stake,
    pages: Vec<Page>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Request,
    Event,
    Response,
    Error,
}

impl Place {
    fn words(self) -> &'static str {
        match self {
            Self::Request => "the request of",
            Self::Event => "the event",
            Self::Response => "the response of",
            Self::Error => "the error body of",
        }
    }

    fn part(self) -> Part {
        match self {
            Self::Request | Self::Event => Part::Exchange,
            Self::Response => Part::Detail,
            Self::Error => Part::Errors,
        }
    }
}

struct Asker<'a> {
    document: &'a Document,
    facts: Vec<Fact>,
    /// By operation and event.
    stakes: BTreeMap<&'a str, Stake>,
    /// By schema, what weighs most first.
    uses: BTreeMap<String, Vec<Use>>,
}

impl<'a> Asker<'a> {
    fn new(document: &'a Document) -> Self {
        let mut asker = Self { document, facts: facts(document), stakes: stakes(document), uses: BTreeMap::new() };
        for operation in document.operations() {
            let pages = pages(&operation.docs_pages, &operation.node);
            let parameters = operation.parameters.iter().map(|parameter| (Place::Request, &parameter.node));
            let body = operation.body.iter().map(|body| (Place::Request, &body.node));
            let responses = operation.successes().filter_map(|response| Some((Place::Response, &response.body.as_ref()?.node)));
            let errors = operation.failures().filter_map(|response| Some((Place::Error, &response.body.as_ref()?.node)));
            for (place, node) in parameters.chain(body).chain(responses).chain(errors) {
                asker.note(place, node, &operation.id, &pages);
            }
        }
        for webhook in document.webhooks() {
            asker.note(Place::Event, &webhook.body.node, &webhook.id, &pages(&webhook.docs_pages, &webhook.node));
        }
        for uses in asker.uses.values_mut() {
            uses.sort_by_key(|one| std::cmp::Reverse(one.stake as usize * one.place.part() as usize));
        }
        asker
    }

    fn note(&mut self, place: Place, node: &Node, user: &str, pages: &[Page]) {
        let Some(schema) = node.get("schema") else { return };
        let stake = self.stake(user);
        for name in modules::reachable(self.document, schema) {
            let uses = self.uses.entry(name.clone()).or_default();
            // The uses of one user follow each other.
            if !uses.iter().rev().take_while(|one| one.user == user).any(|one| one.place == place) {
                let is_whole = Document::reference(schema) == Some(name.as_str());
                uses.push(Use { place, is_whole, user: user.to_owned(), stake, pages: pages.to_vec() });
            }
        }
    }

    fn of(&self, owner: &str, subject: Subject) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.owner == owner && fact.subject == subject)
    }

    fn doubtful(&self, owner: &str, subject: Subject) -> Option<Doubtful<'_>> {
        Doubtful::of(self.of(owner, subject).filter(|fact| !fact.observed).map(|fact| (fact.name.as_str(), fact.evidence)))
    }

    fn stake(&self, id: &str) -> Stake {
        self.stakes.get(id).copied().unwrap_or(Stake::Information)
    }

    fn about(&self, operation: &Operation, part: Part, evidence: Evidence, settles: usize, text: String) -> Question {
        Question {
            text,
            about: operation.id.clone(),
            stake: self.stake(&operation.id),
            part,
            evidence,
            settles,
            pages: pages(&operation.docs_pages, &operation.node),
        }
    }

    fn path(&self, operation: &Operation) -> Option<Question> {
        let word = doubt(operation.evidence).filter(|_| !is_observed(&operation.node, PATH))?;
        let text = format!("Which path does {} have? We {word} {}.", words(&operation.id), code(&operation.call()));
        Some(self.about(operation, Part::Path, operation.evidence, 1, text))
    }

    fn parameters(&self, operation: &Operation) -> Option<Question> {
        let doubtful = Doubtful::of(operation.parameters_in("query").map(|parameter| {
            let grade = Evidence::of(&parameter.node).unwrap_or(operation.evidence);
            (parameter.name.as_str(), grade)
        }))?;
        let text = format!("Which query parameters does {} take? We {}.", words(&operation.id), doubtful.words());
        Some(self.about(operation, Part::Exchange, doubtful.worst(), doubtful.count(), text))
    }

    fn success(&self, operation: &Operation) -> Option<Question> {
        let doubtful = self.doubtful(&operation.id, Subject::Success)?;
        let text = format!("Which status does {} return on success? We {}.", words(&operation.id), doubtful.words());
        Some(self.about(operation, Part::Exchange, doubtful.worst(), doubtful.count(), text))
    }

    fn webhook_path(&self, webhook: &Webhook) -> Option<Question> {
        let word = doubt(webhook.path_evidence)?;
        Some(Question {
            text: format!(
                "To which path is the event {} sent if the partner sets none? We {word} {}.",
                words(&webhook.id),
                code(&webhook.path)
            ),
            about: webhook.id.clone(),
            stake: self.stake(&webhook.id),
            part: Part::Detail,
            evidence: webhook.path_evidence,
            settles: 1,
            pages: pages(&webhook.docs_pages, &webhook.node),
        })
    }

    /// Members of an object, or values of an enum.
    fn schema(&self, name: &str, schema: &Node) -> Option<Question> {
        let uses = self.uses.get(name)?;
        let first = uses.first()?;
        let (part, evidence, settles, text) = if let Some(values) = Document::enum_values(schema) {
            let doubtful = self.doubtful(name, Subject::Value);
            let open = schema.get("x-extensible-enum").is_some();
            let inherited = Evidence::of(schema).unwrap_or(Evidence::Assumed);
            let worst = doubtful.as_ref().map(Doubtful::worst).or_else(|| values.is_empty().then_some(inherited));
            if worst.is_none() && !open {
                return None;
            }
            let is_known = |fact: &&Fact| doubt(fact.evidence).is_none() || fact.observed;
            let known: Vec<&str> = self.of(name, Subject::Value).filter(is_known).map(|fact| fact.name.as_str()).collect();
            let mut reported: Vec<String> = Vec::new();
            if !known.is_empty() {
                reported.push(format!("know {}", listed(&known)));
            }
            reported.extend(doubtful.as_ref().map(Doubtful::words));
            let reported = if reported.is_empty() { "know none".to_owned() } else { reported.join(", ") };
            let more = if open { ", and there may be others" } else { "" };
            let text = format!("Which values can our {} have, in {}? We {reported}{more}.", code(name), used(uses));
            let settles = doubtful.as_ref().map_or(1, Doubtful::count);
            (first.place.part().min(Part::Detail), worst.unwrap_or(Evidence::Inferred), settles, text)
        } else {
            let doubtful = self.doubtful(name, Subject::Member)?;
            let what = if first.is_whole {
                format!("does {} have", used(uses))
            } else {
                format!("does our {} have, in {}", code(name), used(uses))
            };
            let text = format!("Which members {what}? We {}.", doubtful.words());
            (first.place.part(), doubtful.worst(), doubtful.count(), text)
        };
        let mut known = HashSet::new();
        let pages = uses.iter().flat_map(|one| &one.pages).filter(|page| known.insert(&page.id)).cloned().collect();
        Some(Question { text, about: name.to_owned(), stake: first.stake, part, evidence, settles, pages })
    }

    /// One question a code: it is the same one for all operations.
    fn error_codes(&self) -> Vec<Question> {
        let mut by_code: BTreeMap<(&str, u16), Vec<(&Operation, Evidence)>> = BTreeMap::new();
        for operation in self.document.operations() {
            let is_open = |code: &str, grade| doubt(grade).is_some() && !is_observed(&operation.node, code);
            for code in operation.error_codes.iter().filter(|code| is_open(&code.code, code.evidence)) {
                by_code.entry((&code.code, code.status)).or_default().push((operation, code.evidence));
            }
        }
        let ask = |((code, status), found): ((&str, u16), Vec<(&Operation, Evidence)>)| {
            let ids = |grade| {
                let ids: Vec<&str> = found.iter().filter(|(_, own)| *own == grade).map(|(operation, _)| operation.id.as_str()).collect();
                (!ids.is_empty()).then(|| format!("We {} it of {}.", doubt(grade).unwrap_or_default(), words(&few(&ids))))
            };
            let reported: Vec<String> = [Evidence::Assumed, Evidence::Inferred].into_iter().filter_map(ids).collect();
            let all = found.iter().flat_map(|(operation, _)| pages(&operation.docs_pages, &operation.node));
            Some(Question {
                text: format!("Which operations return {} with status {status}? {}", words(code), reported.join(" ")),
                about: code.to_owned(),
                stake: found.iter().map(|(operation, _)| self.stake(&operation.id)).max()?,
                part: Part::Errors,
                evidence: found.iter().map(|(_, grade)| *grade).max()?,
                settles: found.len(),
                pages: all.collect(),
            })
        };
        by_code.into_iter().filter_map(ask).collect()
    }
}

/// What depends on each operation and event, from what the document says of it.
fn stakes(document: &Document) -> BTreeMap<&str, Stake> {
    let holds_amount = |node: &Node| {
        let schema = node.get("schema");
        let mut schemas = schema.into_iter().flat_map(|schema| modules::reachable(document, schema));
        schemas.any(|name| document.schema(&name).is_some_and(has_decimal))
    };
    let moves = |operation: &&Operation| {
        let has_amount = operation.body.as_ref().is_some_and(|body| holds_amount(&body.node));
        operation.retry == Retry::Never && operation.outcome.is_some() && has_amount
    };
    let mut stakes = BTreeMap::new();
    for operation in document.operations().iter().filter(|operation| operation.retry == Retry::Never) {
        stakes.insert(operation.id.as_str(), Stake::Change);
    }
    for webhook in document.webhooks().iter().filter(|webhook| holds_amount(&webhook.body.node)) {
        stakes.insert(&webhook.id, Stake::Outcome);
    }
    for outcome in document.operations().iter().filter(moves).filter_map(|operation| operation.outcome.as_ref()) {
        for id in [&outcome.details, &outcome.event].into_iter().flatten() {
            stakes.insert(id, Stake::Outcome);
        }
    }
    for operation in document.operations().iter().filter(moves) {
        stakes.insert(&operation.id, Stake::Money);
    }
    stakes
}

/// Whether an amount is in this very schema, or in what is written out in it.
fn has_decimal(node: &Node) -> bool {
    node.str("format") == Some("decimal") || node.members().any(|(_, child)| has_decimal(child)) || node.items().any(has_decimal)
}

fn pages(ids: &[String], node: &Node) -> Vec<Page> {
    let address = node.at(&["externalDocs", "url"]).and_then(Node::as_str);
    let belongs = |id: &str| address.filter(|address| address.contains(id)).map(str::to_owned);
    ids.iter().map(|id| Page { id: id.clone(), address: belongs(id) }).collect()
}

/// What we do instead of knowing.
fn doubt(grade: Evidence) -> Option<&'static str> {
    match grade {
        Evidence::Assumed => Some("assume"),
        Evidence::Inferred => Some("infer"),
        Evidence::Documented | Evidence::Legacy => None,
    }
}

/// What is assumed or inferred among the parts of one thing.
struct Doubtful<'a> {
    assumed: Vec<&'a str>,
    inferred: Vec<&'a str>,
}

impl<'a> Doubtful<'a> {
    fn of(parts: impl Iterator<Item = (&'a str, Evidence)>) -> Option<Self> {
        let mut found = Self { assumed: Vec::new(), inferred: Vec::new() };
        for (name, grade) in parts {
            match grade {
                Evidence::Assumed => found.assumed.push(name),
                Evidence::Inferred => found.inferred.push(name),
                Evidence::Documented | Evidence::Legacy => {}
            }
        }
        (found.count() > 0).then_some(found)
    }

    fn count(&self) -> usize {
        self.assumed.len() + self.inferred.len()
    }

    fn worst(&self) -> Evidence {
        if self.assumed.is_empty() { Evidence::Inferred } else { Evidence::Assumed }
    }

    fn words(&self) -> String {
        let part = |verb, names: &[&str]| (!names.is_empty()).then(|| format!("{verb} {}", listed(names)));
        [part("assume", &self.assumed), part("infer", &self.inferred)].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

/// Where a schema is used, what weighs most first.
fn used(uses: &[Use]) -> String {
    let names: Vec<String> = uses.iter().map(|one| format!("{} {}", one.place.words(), words(&one.user))).collect();
    few(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The first ones, and how many more there are.
fn few(names: &[&str]) -> String {
    match names {
        [] | [_] | [_, _] | [_, _, _] => names.join(", "),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Stake, is_observed, questions, stakes};
    use crate::evidence::{Fact, Subject, facts, members};
    use crate::{Document, Evidence};

    fn real() -> Document {
        Document::load(include_str!("../../../../spec/p100-partner-api.yaml")).expect("the document")
    }

    #[test]
    fn what_depends_on_an_operation_follows_from_the_document() {
        let document = real();
        let stakes = stakes(&document);
        let of = |stake| stakes.iter().filter(|(_, own)| **own == stake).map(|(id, _)| *id).collect::<Vec<_>>();
        let movers = [
            "createExchange",
            "createHostedCheckout",
            "createPartnerExchange",
            "createPartnerSepaTransfer",
            "createPartnerWithdrawal",
            "createPaymentLink",
            "createTransfer",
            "createUserSepaTransfer",
            "createWithdrawal",
        ];
        assert_eq!(of(Stake::Money), movers);
        for id in ["getExchange", "getWithdrawal", "exchangeStatus", "sepaDepositReceived"] {
            assert_eq!(stakes.get(id), Some(&Stake::Outcome), "{id}");
        }
        for id in ["updateCardLimits", "lockPartnerRate", "deleteUser"] {
            assert_eq!(stakes.get(id), Some(&Stake::Change), "{id}");
        }
        assert_eq!(stakes.get("getRates"), None);
    }

    #[test]
    fn every_doubtful_statement_is_settled_by_one_question() {
        let document = real();
        let doubtful = |fact: &&Fact| fact.evidence >= Evidence::Inferred && !fact.observed;
        // Those of a path are settled with it, a payload with its members.
        let asked = facts(&document)
            .iter()
            .filter(doubtful)
            .filter(|fact| fact.subject != Subject::WebhookPayload)
            .filter(|fact| fact.subject != Subject::Parameter || ["month", "year", "network", "currency"].contains(&fact.name.as_str()))
            .count();
        let empty = document.schemas().filter(|schema| Document::enum_values(schema.node).is_some());
        let known_only = empty.filter(|schema| {
            let open = schema.node.get("x-extensible-enum").is_some();
            open && members(schema.node).iter().all(|(_, value, grade)| *grade < Evidence::Inferred || is_observed(schema.node, value))
        });
        let settled: usize = questions(&document).iter().map(|question| question.settles).sum();
        assert_eq!(settled, asked + known_only.count());
    }

    #[test]
    fn an_assumed_path_of_a_payment_comes_first_and_errors_come_last() {
        let text = include_str!("../../../../spec/p100-partner-api.yaml");
        let place = text.find("operationId: createTransfer\n").expect("there");
        let worse = format!("{}{}", &text[..place], text[place..].replacen("x-evidence: legacy", "x-evidence: assumed", 1));
        let questions = questions(&Document::load(&worse).expect("the document"));
        let first = questions.first().expect("a question");
        assert_eq!(first.text, "Which path does createTransfer have? We assume `POST /v1/transfer`.");
        assert_eq!((first.value(), first.stake, first.part, first.doubt()), (48, Stake::Money, Part::Path, 2));
        assert!(first.pages[0].address.as_ref().is_some_and(|address| address.ends_with("-19693578e0.md")));
        assert!(questions.is_sorted_by_key(|question| std::cmp::Reverse(question.value())));
        let update = questions.iter().find(|question| question.text.starts_with("Which path does updateUser")).expect("asked");
        assert_eq!(update.text, "Which path does updateUser have? We assume `PATCH /v1/user/{externalUserId}`.");
        assert_eq!(update.pages.iter().map(|page| page.id.as_str()).collect::<Vec<_>>(), ["19651263e0", "28597698e0"]);
    }
}
