//! What the document says about an operation, a webhook or an error code: the types of the generated tables.

use crate::operations;
use crate::webhooks::WebhookKind;

/// One operation of the API, as the document describes it. The table is [`operations::ALL`](crate::operations::ALL).
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Its id, e.g. `createTransfer`.
    pub id: &'static str,
    /// HTTP method, e.g. `POST`.
    pub method: &'static str,
    /// Path template, e.g. `/v1/transfer/details/{transferId}`.
    pub path: &'static str,
    /// Modules of the docs it belongs to; the first is its home.
    pub tags: &'static [&'static str],
    /// Ids of the docs pages that describe it.
    pub docs_pages: &'static [&'static str],
    /// How well its path is supported by the docs.
    pub evidence: Evidence,
    /// Whether a request whose outcome is unknown may be sent again.
    pub retry: Retry,
    /// How the final result becomes known, for asynchronous operations.
    pub outcome: Option<Outcome>,
    /// Documented success statuses. Any other 2xx is treated as a success too.
    pub success: &'static [u16],
    /// Error codes it is known to return.
    pub error_codes: &'static [KnownErrorCode],
    /// Whether the partner key goes with it.
    pub authenticated: bool,
    /// Whether the docs dropped it. It may still work.
    pub deprecated: bool,
    /// Whether its response carries values that must not be kept or logged.
    pub sensitive_response: bool,
}

impl Operation {
    /// What holds for most operations; rows of the table state the rest. A row that forgets to say otherwise is never repeated.
    pub(crate) const BASE: Self = Self {
        id: "",
        method: "GET",
        path: "",
        tags: &[],
        docs_pages: &[],
        evidence: Evidence::Assumed,
        retry: Retry::Never,
        outcome: None,
        success: &[200],
        error_codes: &[],
        authenticated: true,
        deprecated: false,
        sensitive_response: false,
    };
}

impl Operation {
    /// The methods of the table are valid; `GET` never replace another one.
    pub(crate) fn method(&self) -> reqwest::Method {
        reqwest::Method::from_bytes(self.method.as_bytes()).unwrap_or_default()
    }

    /// How a status of something that the operation created ends it, compared without case and surrounding blanks: P100 itself writes
    /// statuses in both cases in its docs, and no two differ in nothing else. Nothing if it is not final, known or not.
    #[must_use]
    pub fn ending(&self, status: &str) -> Option<Ending> {
        let outcome = self.outcome.as_ref()?;
        let is_among = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(status.trim()));
        match (is_among(outcome.successful), is_among(outcome.terminal)) {
            (true, _) => Some(Ending::Success),
            (false, true) => Some(Ending::Failure),
            (false, false) => None,
        }
    }
}

impl WebhookKind {
    /// How a status in the event ends what the event is about: what the operations whose outcome it reports say, unless they disagree.
    #[must_use]
    pub fn ending(self, status: &str) -> Option<Ending> {
        self.common_ending(|operation| operation.ending(status))
    }

    pub(crate) fn common_ending(self, ending: impl Fn(&'static Operation) -> Option<Ending>) -> Option<Ending> {
        let is_reported = |operation: &&&Operation| operation.outcome.as_ref().is_some_and(|outcome| outcome.event == Some(self));
        let mut endings = operations::ALL.iter().filter(is_reported).filter_map(|operation| ending(operation));
        let first = endings.next()?;
        endings.all(|other| other == first).then_some(first)
    }
}

/// How something that an operation created has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It is done.
    Success,
    /// It is not done.
    Failure,
}

/// How well a fact is supported by P100's docs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// A current page of the docs states it.
    Documented,
    /// Only the former docs state it.
    Legacy,
    /// It follows from documented siblings.
    Inferred,
    /// Nothing states it: a consistent guess, to be replaced when a fact turns up.
    Assumed,
}

/// Whether a request whose outcome is unknown may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// It reads only: sending it twice does no harm.
    Safe,
    /// It creates, changes or consumes something: P100 documents no idempotency key, so twice may mean paid twice.
    Never,
}

/// How the final result of an asynchronous operation becomes known.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Id of the operation that reports it.
    pub details: Option<&'static str>,
    /// The event that reports it.
    pub event: Option<WebhookKind>,
    /// Member of the response that names the created resource.
    pub id: Option<&'static str>,
    /// Statuses after which nothing changes; other statuses, known or not, are not final.
    pub terminal: &'static [&'static str],
    /// Those of `terminal` that mean success.
    pub successful: &'static [&'static str],
}

/// An error code an operation is known to return.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownErrorCode {
    /// E.g. `P412`.
    pub code: &'static str,
    /// HTTP status it comes with.
    pub status: u16,
    /// How well this is supported.
    pub evidence: Evidence,
}

impl KnownErrorCode {
    pub(crate) const fn new(code: &'static str, status: u16, evidence: Evidence) -> Self {
        Self { code, status, evidence }
    }
}

/// What is known about an error code, independent of operations.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorCodeInfo {
    /// E.g. `P412`.
    pub code: &'static str,
    /// HTTP status it comes with.
    pub status: u16,
    /// What callers branch on.
    pub class: ErrorClass,
    /// How well this is supported.
    pub evidence: Evidence,
    /// The `errorName` that goes with it, e.g. `invalid-user`, if it is known.
    pub name: Option<&'static str>,
    /// What it means: a short sentence, and what else is known.
    pub meaning: &'static str,
}

/// What an error code comes to, for callers who need no single code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// No error at all: it comes with a success status.
    Success,
    /// The input failed validation; see [`Error::validation`](crate::Error::validation).
    Validation,
    /// The named user, card, KYC or transfer does not exist.
    NotFound,
    /// It is there already.
    Duplicate,
    /// The balance is too low.
    InsufficientFunds,
    /// Not for users of this country.
    ForbiddenCountry,
    /// The user is suspended.
    Suspended,
    /// The user is not verified.
    NotVerified,
    /// Any other refusal.
    Refusal,
    /// P100 itself failed, and may have done what was asked.
    ServerFault,
}

/// The table of error codes: code, status, class, evidence, name or nothing, meaning.
macro_rules! error_code_table {
    ($($code:literal $status:literal $class:ident $evidence:ident $name:literal $meaning:literal;)*) => {
        /// Every code the document knows. P100 has more: its full list is not public.
        pub static ALL: &[$crate::ErrorCodeInfo] = &[$($crate::ErrorCodeInfo {
            code: $code,
            status: $status,
            class: $crate::ErrorClass::$class,
            evidence: $crate::Evidence::$evidence,
            name: if $name.is_empty() { None } else { Some($name) },
            meaning: $meaning,
        }),*];

        impl $crate::types::ErrorCode {
            /// What the document knows about the code.
            #[must_use]
            pub fn info(&self) -> Option<&'static $crate::ErrorCodeInfo> {
                ALL.iter().find(|info| info.code == self.as_str())
            }
        }
    };
}
pub(crate) use error_code_table;

/// How to recognise a webhook and distinguish repeats.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookRoute {
    /// The event.
    pub kind: WebhookKind,
    /// Its id in the document, e.g. `transferStatus`.
    pub id: &'static str,
    /// Path below the partner's base URL at which it arrives unless configured otherwise.
    pub path: &'static str,
    /// How well the path is supported. P100 lets partners configure paths, so most are no promise.
    pub path_evidence: Evidence,
    /// How well the payload is supported.
    pub evidence: Evidence,
    /// Ids of the docs pages that describe it.
    pub docs_pages: &'static [&'static str],
    /// Members that are all present in this payload and distinguish it. Empty together with `values`: only the path identifies it.
    pub members: &'static [&'static str],
    /// Members whose values distinguish it.
    pub values: &'static [(&'static str, &'static [&'static str])],
    /// Members that together identify a repeated delivery, while P100 repeats it; empty when repeats cannot be distinguished from news.
    pub dedupe: &'static [&'static str],
    /// Every member of the payload that the document knows.
    pub payload: &'static [WebhookMember],
}

/// A member of the payload of a webhook.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookMember {
    /// Its name on the wire.
    pub name: &'static str,
    /// How well it is supported that the payload has a member of this name.
    pub evidence: Evidence,
    /// The values that the document knows, if it lists them; others may come.
    pub values: &'static [&'static str],
}

impl WebhookMember {
    pub(crate) const fn new(name: &'static str, evidence: Evidence, values: &'static [&'static str]) -> Self {
        Self { name, evidence, values }
    }
}
