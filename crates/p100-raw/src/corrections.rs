//! What an integrator knows better than the document, without waiting for a release.

mod check;
mod checked;
mod file;
mod names;

use std::collections::BTreeMap;
use std::fmt;

use reqwest::Method;
use serde::Deserialize;

pub use checked::CheckedCorrections;
pub(crate) use names::Names;

use crate::webhooks::WebhookKind;
use crate::{OneLine, Operation};

/// Where P100 differs from the document: what the client sends, reads and concludes otherwise.
///
/// Many names, paths and words of the document are guesses, because no page of P100's docs states them; their documentation says so. Once
/// P100 gives you the real ones, correct them in code or [in a file](Self::from_json), and go on without a release of this crate.
/// Everything is
/// [checked](Self::check) against the document when a client or receiver is built.
///
/// ```
/// use p100_raw::reqwest::Method;
/// use p100_raw::webhooks::WebhookKind;
/// use p100_raw::{Corrections, operations};
///
/// let corrections = Corrections::new()
///     .operation(&operations::CREATE_WITHDRAWAL, |operation| {
///         operation.request("walletAddress", "address").failure(["REJECTED"])
///     })
///     .operation(&operations::GET_USER_TRANSACTIONS, |operation| {
///         operation.method(Method::POST).parameter("month", "m").response("transactions[].createdAt", "time")
///     })
///     .event(WebhookKind::TransferStatus, |event| event.path("/p100/transfers").member("id", "transferId"))
///     .refusal("P499")
///     .token_header("X-Webhook-Token");
/// corrections.check()?;
///
/// let misspelt = Corrections::new().operation(&operations::CREATE_WITHDRAWAL, |operation| operation.request("wallet", "address"));
/// let error = misspelt.check().expect_err("no such member");
/// assert!(error.to_string().starts_with("operations.createWithdrawal.request.wallet: there is no such member"));
/// # Ok::<(), p100_raw::InvalidCorrection>(())
/// ```
///
/// # Members
///
/// A member is named by its path in the document: `amount`, `sender.name`, `transactions[].createdAt`. `[]` is each entry of a list or map.
/// Its new name replaces the last one of the path. In responses and events the old name is then like any that the document does not know;
/// the raw body stays what P100 sent, while [deviations](crate::Response::deviations) and errors name members as the document does.
///
/// # In a file
///
/// The same in TOML; JSON has the same form. `Corrections` also reads itself by serde, as a part of your own configuration.
///
/// ```toml
/// [operations.createWithdrawal]
/// method = "POST"
/// path = "/v1/crypto-withdrawal"
/// success = ["DONE"]              # final words, besides those of the document
/// failure = ["REJECTED"]
/// request = { walletAddress = "address" }
///
/// [operations.getUserTransactions]
/// parameters = { month = "m" }
/// response = { "transactions[].createdAt" = "time" }
///
/// [events.transferStatus]
/// path = "/p100/transfers"
/// members = { id = "transferId" }
///
/// [codes]
/// P499 = "refusal"                # P100 did nothing
/// E17 = "server_fault"            # it may have done something
///
/// [webhooks]
/// token_header = "X-Webhook-Token"
/// token_form = "Bearer {token}"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Corrections {
    #[serde(deserialize_with = "file::unique")]
    operations: BTreeMap<String, OperationCorrections>,
    #[serde(deserialize_with = "file::unique")]
    events: BTreeMap<String, EventCorrections>,
    #[serde(deserialize_with = "file::unique")]
    codes: BTreeMap<String, CodeClass>,
    webhooks: TokenCorrections,
}

/// Where P100 differs from the document in one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperationCorrections {
    method: Option<String>,
    path: Option<String>,
    #[serde(deserialize_with = "file::unique")]
    parameters: BTreeMap<String, String>,
    #[serde(deserialize_with = "file::unique")]
    request: BTreeMap<String, String>,
    #[serde(deserialize_with = "file::unique")]
    response: BTreeMap<String, String>,
    success: Vec<String>,
    failure: Vec<String>,
}

/// Where P100 differs from the document in one event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventCorrections {
    path: Option<String>,
    #[serde(deserialize_with = "file::unique")]
    members: BTreeMap<String, String>,
}

/// How P100 sends the webhook token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TokenCorrections {
    token_header: Option<String>,
    token_form: Option<String>,
}

/// What an error code says about the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeClass {
    Refusal,
    ServerFault,
}

impl Corrections {
    /// None: everything is as the document says.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Corrects one operation, in addition to what was corrected of it before.
    #[must_use]
    pub fn operation(mut self, operation: &Operation, correct: impl FnOnce(OperationCorrections) -> OperationCorrections) -> Self {
        let before = self.operations.remove(operation.id).unwrap_or_default();
        self.operations.insert(operation.id.to_owned(), correct(before));
        self
    }

    /// Corrects one event, in addition to what was corrected of it before.
    #[must_use]
    pub fn event(mut self, kind: WebhookKind, correct: impl FnOnce(EventCorrections) -> EventCorrections) -> Self {
        let before = self.events.remove(kind.route().id).unwrap_or_default();
        self.events.insert(kind.route().id.to_owned(), correct(before));
        self
    }

    /// A 4xx with this error code is P100's word that it did nothing. Any text may be a code; it is compared without case and surrounding
    /// blanks.
    ///
    /// **Be certain**: a call that is refused may be made again, and a second payment is a second payment.
    #[must_use]
    pub fn refusal(self, code: impl Into<String>) -> Self {
        self.code(code, CodeClass::Refusal)
    }

    /// A 4xx with this error code says nothing about whether the call took effect.
    #[must_use]
    pub fn server_fault(self, code: impl Into<String>) -> Self {
        self.code(code, CodeClass::ServerFault)
    }

    fn code(mut self, code: impl Into<String>, class: CodeClass) -> Self {
        self.codes.insert(code.into(), class);
        self
    }

    /// Deliveries carry the webhook token in this header instead of `Authorization`.
    #[must_use]
    pub fn token_header(mut self, name: impl Into<String>) -> Self {
        self.webhooks.token_header = Some(name.into());
        self
    }

    /// Deliveries carry the webhook token in this form, e.g. `Bearer {token}`, instead of the bare token.
    #[must_use]
    pub fn token_form(mut self, form: impl Into<String>) -> Self {
        self.webhooks.token_form = Some(form.into());
        self
    }
}

impl OperationCorrections {
    /// It is called with this method. An operation that only reads by GET is never sent again by itself once it is called with a method
    /// that may change something.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method.to_string());
        self
    }

    /// It is called at this path, with the same parameters in braces, each once.
    #[must_use]
    pub fn path(mut self, template: impl Into<String>) -> Self {
        self.path = Some(template.into());
        self
    }

    /// A parameter has another name: in the query, or between the braces of the corrected path.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, corrected: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), corrected.into());
        self
    }

    /// A member of the request, or a part of its form, has another name.
    #[must_use]
    pub fn request(mut self, member: impl Into<String>, corrected: impl Into<String>) -> Self {
        self.request.insert(member.into(), corrected.into());
        self
    }

    /// A member of the response has another name.
    #[must_use]
    pub fn response(mut self, member: impl Into<String>, corrected: impl Into<String>) -> Self {
        self.response.insert(member.into(), corrected.into());
        self
    }

    /// These statuses are final and mean success, besides those of the document and whatever the document says about them.
    #[must_use]
    pub fn success<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.success.extend(words.into_iter().map(Into::into));
        self
    }

    /// These statuses are final and mean failure, besides those of the document and whatever the document says about them.
    #[must_use]
    pub fn failure<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.failure.extend(words.into_iter().map(Into::into));
        self
    }
}

impl EventCorrections {
    /// It arrives at this path below the base path, unless the receiver is configured otherwise.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// A member of the payload has another name.
    #[must_use]
    pub fn member(mut self, member: impl Into<String>, corrected: impl Into<String>) -> Self {
        self.members.insert(member.into(), corrected.into());
        self
    }
}

/// A correction that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCorrection {
    entry: String,
    reason: String,
}

impl InvalidCorrection {
    fn new(entry: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { entry: entry.into(), reason: reason.into() }
    }

    /// Which one, by its place in the file that says the same, e.g. `operations.createTransfer.path`. Of a file that cannot be read, its
    /// name or what it is.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }
}

impl fmt::Display for InvalidCorrection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", OneLine(&self.entry), OneLine(&self.reason))
    }
}

impl std::error::Error for InvalidCorrection {}
