//! The modules of the API: one file each, with its resources, its state machine and its handlers.

mod cards;
mod deposits;
mod exchange;
mod kyc;
mod partner;
mod sepa;
mod transfers;
mod users;
mod withdrawals;

pub(crate) use cards::Card;
pub(crate) use deposits::Deposit;
pub(crate) use exchange::{Exchange, Lock};
pub(crate) use kyc::KycSession;
pub(crate) use sepa::SepaTransfer;
pub(crate) use transfers::Transfer;
pub(crate) use users::User;
pub(crate) use withdrawals::Withdrawal;

use p100_raw::types::ProcessingError;
use serde::{Deserialize, Serialize};

use crate::machine;

/// The word for a result that is not final. Ours: none is documented.
pub(crate) const PROCESSING: &str = "PROCESSING";

/// How far an asynchronous payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Progress {
    Processing,
    Done,
    Failed,
}

/// What decides about a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Settled,
    Refused,
}

static PAYMENT: &[(Progress, Cause, Progress)] = &[
    (Progress::Processing, Cause::Settled, Progress::Done),
    (Progress::Processing, Cause::Refused, Progress::Failed),
];

impl Progress {
    pub(crate) fn by(self, cause: Cause) -> Option<Self> {
        machine::next(PAYMENT, self, cause)
    }

    /// The word on the wire, given the one for success.
    pub(crate) fn word(self, done: &'static str) -> &'static str {
        match self {
            Self::Processing => PROCESSING,
            Self::Done => done,
            Self::Failed => "FAILED",
        }
    }
}

/// Why a payment failed: the balance was too low when it was carried out.
pub(crate) fn insufficient_funds() -> ProcessingError {
    ProcessingError::builder().description("The balance is too low.").status("INSUFFICIENT_FUNDS").build()
}
