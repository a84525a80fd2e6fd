//! Proofs of address: asked of the users of some countries, reviewed one upload at a time.

use p100_raw::types::{self, ErrorCode, PoaStatus};
use p100_raw::webhooks::WebhookEvent;
use serde::{Deserialize, Serialize};

use super::files;
use crate::call::{File, Refusal};
use crate::machine;
use crate::schedule::Step;
use crate::world::World;

/// Where a proof of address is mandatory, by the legacy docs.
const MANDATORY: [&str; 7] = ["AM", "AR", "AZ", "GE", "IL", "MD", "UA"];

/// Whether users of `country` must prove their address.
pub(crate) fn is_mandatory(country: &str) -> bool {
    MANDATORY.contains(&country)
}

/// How far the proof of a user's address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Poa {
    NotGiven,
    UnderReview,
    Approved,
    /// Another document is needed.
    Rejected,
    /// The same document may be uploaded again, better.
    Questioned,
}

/// What happens to a proof of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Uploaded,
    Approved,
    Rejected,
    Questioned,
}

static REVIEW: &[(Poa, Cause, Poa)] = &[
    (Poa::NotGiven, Cause::Uploaded, Poa::UnderReview),
    (Poa::Rejected, Cause::Uploaded, Poa::UnderReview),
    (Poa::Questioned, Cause::Uploaded, Poa::UnderReview),
    (Poa::UnderReview, Cause::Approved, Poa::Approved),
    (Poa::UnderReview, Cause::Rejected, Poa::Rejected),
    (Poa::UnderReview, Cause::Questioned, Poa::Questioned),
];

impl Poa {
    fn by(self, cause: Cause) -> Option<Self> {
        machine::next(REVIEW, self, cause)
    }

    /// The word of the webhook, if there was one.
    pub(super) fn status(self) -> Option<PoaStatus> {
        match self {
            Self::NotGiven => None,
            Self::UnderReview => Some(PoaStatus::Waiting),
            Self::Approved => Some(PoaStatus::Approved),
            Self::Rejected => Some(PoaStatus::Rejected),
            Self::Questioned => Some(PoaStatus::Questioned),
        }
    }
}

impl World {
    pub(crate) fn upload_poa_files(&mut self, external_user_id: &str, files: &[File]) -> Result<(u16, types::PoaFilesResult), Refusal> {
        let user = self.user_mut(external_user_id)?;
        if !user.poa_required() {
            return Err(Refusal::code(ErrorCode::P460));
        }
        if user.poa == Poa::Approved {
            return Err(Refusal::code(ErrorCode::P447));
        }
        let Some(under_review) = user.poa.by(Cause::Uploaded) else {
            let pending = Refusal::code(ErrorCode::P211);
            let body = types::PoaFilesResult::builder()
                .maybe_error_code(pending.body.error_code)
                .maybe_error_name(pending.body.error_name)
                .maybe_error_message(pending.body.error_message)
                .build();
            return Ok((pending.status, body));
        };
        let files: Vec<&File> = files.iter().filter(|file| file.part == "files").collect();
        if !(1..=3).contains(&files.len()) {
            return Err(Refusal::invalid("files must contain 1 to 3 files."));
        }
        files.into_iter().try_for_each(files::check)?;
        user.poa = under_review;
        self.report_poa(external_user_id, PoaStatus::Waiting);
        self.plan(Step::PoaReview, external_user_id);
        Ok((201, types::PoaFilesResult::builder().message("The files are under review.").build()))
    }

    /// The reviewer has nothing to object to.
    pub(crate) fn review_poa(&mut self, external_user_id: &str) {
        self.conclude_poa(external_user_id, Cause::Approved, PoaStatus::Approved);
    }

    /// Decides about the proof of address that is under review.
    pub(crate) fn decide_poa(&mut self, external_user_id: &str, decision: PoaStatus) -> Result<(), Refusal> {
        let cause = match decision {
            PoaStatus::Approved => Cause::Approved,
            PoaStatus::Rejected => Cause::Rejected,
            PoaStatus::Questioned => Cause::Questioned,
            _ => return Err(Refusal::invalid("The decision must be one of the following values: APPROVED, REJECTED, QUESTIONED.")),
        };
        self.user(external_user_id)?;
        if !self.conclude_poa(external_user_id, cause, decision) {
            return Err(Refusal::message(400, "No proof of address of this user is under review."));
        }
        self.schedule.cancel(Step::PoaReview, external_user_id);
        Ok(())
    }

    fn conclude_poa(&mut self, external_user_id: &str, cause: Cause, status: PoaStatus) -> bool {
        let Ok(user) = self.user_mut(external_user_id) else { return false };
        let Some(poa) = user.poa.by(cause) else { return false };
        user.poa = poa;
        self.report_poa(external_user_id, status);
        true
    }

    fn report_poa(&mut self, external_user_id: &str, status: PoaStatus) {
        let event = types::PoaVerificationStatusEvent::builder().external_user_id(external_user_id).status(status).build();
        self.emit(&WebhookEvent::PoaVerificationStatus(Box::new(event)));
    }
}
