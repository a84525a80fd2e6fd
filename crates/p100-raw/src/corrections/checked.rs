//! Corrections that fit the document: what the client and the receiver ask while they work.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::header::HeaderName;
use reqwest::{Method, StatusCode};
use zeroize::Zeroizing;

use super::{CodeClass, Names};
use crate::routes::Routes;
use crate::webhooks::WebhookKind;
use crate::{Bytes, Ending, Meaning, Operation, Retry};

/// [`Corrections`](crate::Corrections) that fit the document. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedCorrections(pub(super) Arc<Inner>);

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inner {
    pub(super) routes: Routes,
    pub(super) operations: BTreeMap<&'static str, OperationNames>,
    pub(super) events: BTreeMap<WebhookKind, EventNames>,
    /// In upper case.
    pub(super) codes: BTreeMap<String, CodeClass>,
    pub(super) token_header: Option<HeaderName>,
    /// What precedes and follows the token.
    pub(super) token_form: (String, String),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OperationNames {
    pub(super) parameters: BTreeMap<&'static str, String>,
    pub(super) request: Names,
    pub(super) response: Names,
    pub(super) success: Vec<String>,
    pub(super) failure: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct EventNames {
    pub(super) path: Option<String>,
    pub(super) members: Names,
}

impl CheckedCorrections {
    pub(crate) fn route(&self, operation: &'static Operation) -> (Method, &str) {
        self.0.routes.of(operation)
    }

    fn names(&self, operation: &Operation) -> Option<&OperationNames> {
        self.0.operations.get(operation.id)
    }

    pub(crate) fn parameter<'a>(&'a self, operation: &Operation, name: &'a str) -> &'a str {
        self.names(operation).and_then(|names| names.parameters.get(name)).map_or(name, String::as_str)
    }

    /// The names of the request, if one of them is corrected.
    pub(crate) fn request(&self, operation: &Operation) -> Option<&Names> {
        self.names(operation).map(|names| &names.request).filter(|names| !names.is_empty())
    }

    /// A response with the names of the document, if one of them is corrected.
    pub(crate) fn response(&self, operation: &Operation, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let names = self.names(operation).map(|names| &names.response).filter(|names| !names.is_empty());
        names.map(|names| names.to_document(text))
    }

    /// Whether a request whose outcome is unknown may be sent again: only if the document says so, and the method still is its own or one
    /// that changes nothing.
    #[must_use]
    pub fn retry(&self, operation: &'static Operation) -> Retry {
        let (method, _) = self.route(operation);
        if method.as_str() == operation.method || method.is_safe() { operation.retry } else { Retry::Never }
    }

    /// What a response that is no success certainly says: [`Meaning::of`] with the corrected codes.
    #[must_use]
    pub fn meaning(&self, status: StatusCode, body: &[u8]) -> Meaning {
        Meaning::corrected(status, body, Some(self))
    }

    pub(crate) fn class(&self, code: &str) -> Option<CodeClass> {
        self.0.codes.get(&code.trim().to_ascii_uppercase()).copied()
    }

    /// How a status of something that the operation created ends it.
    #[must_use]
    pub fn ending(&self, operation: &Operation, status: &str) -> Option<Ending> {
        if let Some(names) = self.names(operation) {
            for (words, ending) in [(&names.success, Ending::Success), (&names.failure, Ending::Failure)] {
                if words.iter().any(|word| word.trim().eq_ignore_ascii_case(status.trim())) {
                    return Some(ending);
                }
            }
        }
        operation.ending(status)
    }

    /// How a status in an event ends what the event is about. Nothing if the operations that the event is about disagree.
    #[must_use]
    pub fn ending_of_event(&self, kind: WebhookKind, status: &str) -> Option<Ending> {
        kind.common_ending(|operation| self.ending(operation, status))
    }

    /// The path of an event below the base path, if it is corrected.
    #[must_use]
    pub fn event_path(&self, kind: WebhookKind) -> Option<&str> {
        self.0.events.get(&kind)?.path.as_deref()
    }

    /// The name on the wire of a member of an event, by its name in the document.
    #[must_use]
    pub fn event_member<'a>(&'a self, kind: WebhookKind, name: &'a str) -> &'a str {
        self.0.events.get(&kind).map_or(name, |event| event.members.on_wire(name))
    }

    /// The name in the document of a member of an event, by its name on the wire. Nothing if the document calls another member so.
    #[must_use]
    pub fn event_member_in_document<'a>(&'a self, kind: WebhookKind, on_wire: &'a str) -> Option<&'a str> {
        self.0.events.get(&kind).map_or(Some(on_wire), |event| event.members.in_document(on_wire))
    }

    /// The payload of an event with the names of the document, if one of them is corrected.
    #[must_use]
    pub fn event_payload(&self, kind: WebhookKind, payload: &[u8]) -> Option<Bytes> {
        let members = self.0.events.get(&kind).map(|event| &event.members).filter(|members| !members.is_empty());
        members.map(|members| std::mem::take(&mut *members.to_document(payload)).into())
    }

    /// The header that carries the webhook token, if it is corrected.
    #[must_use]
    pub fn token_header(&self) -> Option<&HeaderName> {
        self.0.token_header.as_ref()
    }

    /// What precedes and follows the webhook token in its header.
    #[must_use]
    pub fn token_form(&self) -> (&str, &str) {
        (&self.0.token_form.0, &self.0.token_form.1)
    }
}
