//! Creates that return only an id: their outcome is asked for later.

mod details;
mod policy;
mod progress;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

pub use details::Details;
pub use policy::WaitPolicy;
pub use progress::{OutcomeUnknown, Progress};

use crate::raw::{Meaning, Operation};
use crate::{Client, Error, ErrorKind};

/// A century.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// An exchange, withdrawal or transfer that P100 accepted. Accepted is not done: funds and compliance are checked afterwards.
///
/// Store [`id`](Self::id) before waiting. A process that starts anew goes on with it, for instance through
/// [`Transfers::pending`](crate::Transfers::pending).
///
/// ```no_run
/// # async fn example(client: p100::Client, stored_id: String) -> Result<(), Box<dyn std::error::Error>> {
/// use p100::{Progress, Require, WaitPolicy};
///
/// let pending = client.transfers().pending(stored_id);
/// match pending.wait(WaitPolicy::default()).await? {
///     Progress::Succeeded(transfer) => println!("{} {} moved", transfer.amount.require("amount")?, transfer.currency.require("currency")?),
///     Progress::Failed(transfer) => println!("nothing moved: {:?}", transfer.error),
///     Progress::InProgress(transfer) => println!("still {}: ask again later", transfer.status),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "P100 has only accepted it: keep the id and ask for its outcome"]
pub struct Pending<T> {
    client: Client,
    operation: &'static Operation,
    id: String,
    details: PhantomData<fn() -> T>,
}

impl<T> Pending<T> {
    pub(crate) fn new(client: &Client, operation: &'static Operation, id: impl Into<String>) -> Self {
        Self { client: client.clone(), operation, id: id.into(), details: PhantomData }
    }

    /// P100's id of it, for the details operation and the webhook.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The operation that created it. Its [`outcome`](Operation::outcome) says which statuses are final.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }
}

impl<T: Details> Pending<T> {
    /// Asks once how far it is.
    ///
    /// # Errors
    /// P100 could not be asked. That says nothing about the payment.
    pub async fn status(&self) -> Result<Progress<T>, OutcomeUnknown> {
        self.ask().await.map_err(|error| self.unknown(Some(error)))
    }

    /// Asks until a final status, or until the limit of `policy` has passed. The first question is asked at once.
    ///
    /// A limit that passes is no failure: the result is then [`Progress::InProgress`] with the latest details, and `wait` may be called
    /// again. It returns as soon as the next question would come after the limit, and a question under way is dropped at the limit.
    /// Nothing is ever sent again by waiting; a dropped future is harmless.
    ///
    /// What may pass by itself is tolerated until the limit:
    /// - no connection, no response, or an incomplete body;
    /// - the status 408, 425, 429 (a `Retry-After` is kept) or 5xx, and codes of the family `P5xx`;
    /// - "not found", as P100 may take a moment to show what it has just accepted;
    /// - any other 4xx whose code the document does not know, or that has none: for most details operations no page says how P100
    ///   returns before it can show them, and its full list of codes is not public;
    /// - a response that cannot be decoded, as members may be missing before the end.
    ///
    /// # Errors
    /// Asking again cannot help: status 401 or 403, a redirect, a code that the document knows (such as `P403`, validation), an id that
    /// no URL can carry. Or the limit passed and not one question got details; the error is then the last one. Neither says
    /// anything about the payment: [`OutcomeUnknown`] is a type of its own so that `?` cannot make it look like an error of the create.
    pub async fn wait(&self, policy: WaitPolicy) -> Result<Progress<T>, OutcomeUnknown> {
        let begin = Instant::now();
        // A limit beyond what clocks can show is none.
        let deadline = begin.checked_add(policy.limit).unwrap_or(begin + FAR);
        let mut interval = policy.first_wait;
        let mut last = None;
        let mut fault = None;
        loop {
            let mut pause = interval;
            match timeout_at(deadline, self.ask()).await {
                Ok(Ok(progress @ Progress::InProgress(_))) => last = Some(progress),
                Ok(Ok(settled)) => return Ok(settled),
                Ok(Err(error)) if may_pass(&error) => {
                    pause = pause.max(error.retry_after().unwrap_or_default());
                    fault = Some(error);
                }
                Ok(Err(error)) => return Err(self.unknown(Some(error))),
                Err(_late) => return last.ok_or_else(|| self.unknown(fault)),
            }
            if pause >= deadline.saturating_duration_since(Instant::now()) {
                return last.ok_or_else(|| self.unknown(fault));
            }
            sleep(pause).await;
            interval = policy.after(interval);
        }
    }

    async fn ask(&self) -> Result<Progress<T>, Error> {
        let details = T::get(&self.client, &self.id).await?;
        let ending = match self.client.raw().corrections() {
            Some(corrections) => corrections.ending(self.operation, details.status()),
            None => self.operation.ending(details.status()),
        };
        Ok(Progress::of(ending, details))
    }

    fn unknown(&self, error: Option<Error>) -> OutcomeUnknown {
        OutcomeUnknown::new(self.operation, Some(self.id.clone()), error)
    }
}

/// Whether the same question may well get a response a moment later.
fn may_pass(error: &Error) -> bool {
    match error.kind() {
        // A value that cannot be part of a path stays one; what found no connection may find one.
        ErrorKind::NotSent => std::error::Error::source(error).is_some_and(|source| source.is::<crate::raw::TransportError>()),
        ErrorKind::ErrorResponse => {
            let status = error.status().unwrap_or_default();
            match error.meaning() {
                Some(Meaning::ServerFault) => true,
                // Meaning, not status, distinguishes P100's refusals: "no such user" comes with status 400.
                Some(Meaning::Refused(_) | Meaning::RefusedVariously | Meaning::RefusedByCorrection) => error.is_not_found(),
                Some(Meaning::Denied(_)) => false,
                _ => status.is_client_error() && !matches!(status.as_u16(), 401 | 403),
            }
        }
        _ => true,
    }
}

impl<T> Clone for Pending<T> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), operation: self.operation, id: self.id.clone(), details: PhantomData }
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("operation", &self.operation.id).field("id", &self.id).finish_non_exhaustive()
    }
}
