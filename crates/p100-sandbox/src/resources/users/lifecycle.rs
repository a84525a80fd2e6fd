//! The life of a user, as two tables: how far the user has come, and whether the partner lets the user act. They are apart because a
//! suspension keeps nothing from going on: whoever is let in again is where they would have been.

use p100_raw::types::KycAttemptStatus;
use serde::{Deserialize, Serialize};

use crate::machine;

/// How far a user has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Stage {
    /// Without KYC, now and forever.
    Limited,
    Created,
    /// At least one file of an identity document has arrived.
    DocumentsGiven,
    /// The files are being looked at.
    Verifying,
    /// A hosted KYC has been set up and its page has not been opened.
    SessionCreated,
    /// The page of the hosted KYC has been opened.
    PageOpened,
    /// The last attempt failed.
    Rejected,
    /// The hosted KYC was passed; the partner has not started the verification.
    Verified,
    /// Verified, and the balances are being activated.
    Activating,
    Active,
}

/// What moves a user on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    FileGiven,
    SessionCreated,
    PageOpened,
    VerificationStarted,
    Approved,
    Rejected,
    BalancesActivated,
}

static STAGES: &[(Stage, Cause, Stage)] = &[
    (Stage::Created, Cause::FileGiven, Stage::DocumentsGiven),
    (Stage::Created, Cause::SessionCreated, Stage::SessionCreated),
    (Stage::DocumentsGiven, Cause::SessionCreated, Stage::SessionCreated),
    (Stage::Rejected, Cause::SessionCreated, Stage::SessionCreated),
    // A new session takes the place of the one before.
    (Stage::SessionCreated, Cause::SessionCreated, Stage::SessionCreated),
    (Stage::PageOpened, Cause::SessionCreated, Stage::SessionCreated),
    (Stage::SessionCreated, Cause::PageOpened, Stage::PageOpened),
    (Stage::SessionCreated, Cause::Approved, Stage::Verified),
    (Stage::SessionCreated, Cause::Rejected, Stage::Rejected),
    (Stage::PageOpened, Cause::Approved, Stage::Verified),
    (Stage::PageOpened, Cause::Rejected, Stage::Rejected),
    (Stage::Verified, Cause::VerificationStarted, Stage::Activating),
    (Stage::Created, Cause::VerificationStarted, Stage::Verifying),
    (Stage::DocumentsGiven, Cause::VerificationStarted, Stage::Verifying),
    (Stage::Rejected, Cause::VerificationStarted, Stage::Verifying),
    (Stage::Verifying, Cause::Approved, Stage::Activating),
    (Stage::Verifying, Cause::Rejected, Stage::Rejected),
    (Stage::Activating, Cause::BalancesActivated, Stage::Active),
];

impl Stage {
    pub(crate) fn by(self, cause: Cause) -> Option<Self> {
        machine::next(STAGES, self, cause)
    }

    /// Whether the KYC is passed.
    pub(crate) fn is_verified(self) -> bool {
        matches!(self, Self::Verified | Self::Activating | Self::Active)
    }

    /// The word for the last attempt at KYC, if there was one.
    pub(crate) fn attempt(self) -> Option<KycAttemptStatus> {
        match self {
            Self::Limited | Self::Created | Self::DocumentsGiven => None,
            Self::SessionCreated => Some(KycAttemptStatus::Pending),
            Self::PageOpened | Self::Verifying => Some(KycAttemptStatus::Verification),
            Self::Rejected => Some(KycAttemptStatus::RejectedByProvider),
            Self::Verified | Self::Activating | Self::Active => Some(KycAttemptStatus::Successful),
        }
    }
}

/// Whether the partner lets a user act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Standing {
    Admitted,
    Suspended,
    Deleted,
}

/// What the partner orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Suspend,
    Unsuspend,
    Delete,
}

static STANDINGS: &[(Standing, Order, Standing)] = &[
    (Standing::Admitted, Order::Suspend, Standing::Suspended),
    (Standing::Suspended, Order::Unsuspend, Standing::Admitted),
    (Standing::Admitted, Order::Delete, Standing::Deleted),
    (Standing::Suspended, Order::Delete, Standing::Deleted),
];

impl Standing {
    pub(crate) fn by(self, order: Order) -> Option<Self> {
        machine::next(STANDINGS, self, order)
    }
}
