//! What is known about something pending.

use std::fmt;

use super::Details;
use crate::Error;
use crate::raw::{Ending, OneLine, Operation};
use crate::types::ProcessingError;

/// How far something pending is, with the details that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<T> {
    /// Not decided. The docs do not list the words before the end, so any status that is not known to be final is here: see
    /// [`is_unknown_status`](Self::is_unknown_status).
    InProgress(T),
    /// Done. Final.
    Succeeded(T),
    /// Not done. Final; [`processing_error`](Self::processing_error) may say why.
    Failed(T),
}

impl<T> Progress<T> {
    /// The details.
    pub fn details(&self) -> &T {
        match self {
            Self::InProgress(details) | Self::Succeeded(details) | Self::Failed(details) => details,
        }
    }

    /// The details alone.
    pub fn into_details(self) -> T {
        match self {
            Self::InProgress(details) | Self::Succeeded(details) | Self::Failed(details) => details,
        }
    }

    /// Whether nothing will change any more.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::InProgress(_))
    }
}

impl<T: Details> Progress<T> {
    pub(super) fn of(ending: Option<Ending>, details: T) -> Self {
        match ending {
            Some(Ending::Success) => Self::Succeeded(details),
            Some(Ending::Failure) => Self::Failed(details),
            None => Self::InProgress(details),
        }
    }

    /// The status as P100 wrote it.
    pub fn status(&self) -> &str {
        self.details().status()
    }

    /// Whether it is in progress with a status that the document does not know. For withdrawals that may be a failure: no page says
    /// how P100 words one, and one that is guessed wrong would pay twice. Look at [`processing_error`](Self::processing_error), and ask
    /// P100 before you act on it; [`Corrections`](crate::Corrections) take the word it names.
    pub fn is_unknown_status(&self) -> bool {
        !self.is_final() && self.details().is_unknown_status()
    }

    /// What P100 says went wrong, if it does.
    pub fn processing_error(&self) -> Option<&ProcessingError> {
        self.details().processing_error()
    }
}

/// P100 could not be asked for the outcome of a create. It says **nothing** about the create itself: the money may have moved.
///
/// Not an [`Error`], because that one reports [`may_have_taken_effect`](Error::may_have_taken_effect) for the call that failed, and the
/// call that failed here only asked.
#[derive(Debug)]
pub struct OutcomeUnknown {
    operation: &'static Operation,
    id: Option<String>,
    error: Option<Error>,
}

impl OutcomeUnknown {
    pub(crate) fn new(operation: &'static Operation, id: Option<String>, error: Option<Error>) -> Self {
        Self { operation, id, error }
    }

    /// The create.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// P100's id of what it created, unless that is what is looked for.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Why asking failed, last. `None` if time ran out during the first question.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

impl fmt::Display for OutcomeUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the outcome of {}", self.operation.id)?;
        if let Some(id) = &self.id {
            write!(f, " {}", OneLine(id))?;
        }
        f.write_str(" is not known, it may have taken effect; look before calling again")
    }
}

impl std::error::Error for OutcomeUnknown {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.as_ref().map(|error| error as _)
    }
}
