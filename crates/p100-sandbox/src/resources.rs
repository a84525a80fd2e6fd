//! The resources of the API, by module: one file each, with its state machine and its handlers.

mod cards;
mod deposits;
mod exchange;
mod kyc;
mod orders;
mod partner;
mod payment_links;
mod sepa;
mod sepa_deposits;
mod transfers;
mod users;
mod withdrawals;

pub(crate) use cards::Card;
pub use cards::{CardChannel, CardTransaction};
pub(crate) use deposits::Deposit;
pub(crate) use exchange::{Exchange, Lock};
pub(crate) use kyc::{KycSession, page as kyc_page};
pub(crate) use orders::{Order, OrderLock};
pub(crate) use payment_links::PaymentLink;
pub use payment_links::PaymentLinkPayment;
pub(crate) use sepa::SepaTransfer;
pub(crate) use sepa_deposits::{CheckedDeposit, Contacts};
pub use sepa_deposits::{ReferencedSepaDeposit, SepaDeposit};
pub(crate) use transfers::Transfer;
pub use users::NewUser;
pub(crate) use users::User;
pub(crate) use withdrawals::Withdrawal;

use p100_raw::types::{MessageResponse, ProcessingError};
use serde::{Deserialize, Serialize};

use crate::ledger::InsufficientFunds;
use crate::machine;

/// The word for a result that is not final. Ours: none is documented.
pub(crate) const PROCESSING: &str = "PROCESSING";

/// The word for a payment that was not made, in the document where it has one and elsewhere ours.
pub(crate) const FAILED: &str = "FAILED";

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
enum Cause {
    Settled,
    Refused,
}

static PAYMENT: &[(Progress, Cause, Progress)] =
    &[(Progress::Processing, Cause::Settled, Progress::Done), (Progress::Processing, Cause::Refused, Progress::Failed)];

impl Progress {
    fn by(self, cause: Cause) -> Option<Self> {
        machine::next(PAYMENT, self, cause)
    }

    /// Where carrying out the payment leads: nowhere, without booking anything, if that has been done before.
    pub(crate) fn carry_out(self, book: impl FnOnce() -> Result<(), InsufficientFunds>) -> Option<Self> {
        let settled = self.by(Cause::Settled)?;
        if book().is_ok() { Some(settled) } else { self.by(Cause::Refused) }
    }

    /// The word on the wire, given the one for success.
    pub(crate) fn word(self, done: &'static str) -> &'static str {
        match self {
            Self::Processing => PROCESSING,
            Self::Done => done,
            Self::Failed => FAILED,
        }
    }
}

/// A response that says in words what was done.
pub(crate) fn message(text: &str) -> MessageResponse {
    MessageResponse::builder().message(text).build()
}

/// Why a payment failed: the balance was too low when it was carried out.
pub(crate) fn insufficient_funds() -> ProcessingError {
    ProcessingError::builder().description("The balance is too low.").status("INSUFFICIENT_FUNDS").build()
}
