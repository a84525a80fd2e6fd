//! KYC: from own files, or on the pages of an identity provider.

pub(crate) mod page;

use p100_raw::types::{self, ErrorCode, IncomeSource, KycAttemptStatus, KycDocumentType, KycVerificationLevel, UserBalanceStatus};
use p100_raw::webhooks::WebhookEvent;
use serde::{Deserialize, Serialize};

use super::message;
use super::users::{Cause, Stage, wrong_countries};
use crate::call::Refusal;
use crate::schedule::Step;
use crate::world::World;

/// A hosted KYC. How far it is, its user knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KycSession {
    external_user_id: String,
    document_type: KycDocumentType,
    country: String,
}

impl World {
    /// Has the files of the user looked at; for one who passed a hosted KYC, has the balances activated.
    pub(crate) fn start_user_verification(&mut self, request: types::UserVerificationRequest) -> Result<types::MessageResponse, Refusal> {
        let id = request.external_user_id;
        let user = self.user_mut(&id)?;
        match user.stage() {
            Stage::Limited => return Err(Refusal::message(400, "A limited user has no KYC.")),
            Stage::SessionCreated | Stage::PageOpened => {
                return Err(Refusal::message(400, "The hosted KYC of this user is not decided."));
            }
            Stage::Verified if user.lacks_poa() => {
                return Err(Refusal::message(400, "The proof of address of this user is not approved."));
            }
            _ => {}
        }
        let Some(stage) = user.advance(Cause::VerificationStarted) else {
            return Ok(message("The verification was started before."));
        };
        user.set_document(request.document_type, request.document_number);
        user.open_balances();
        if stage == Stage::Activating {
            self.plan(Step::Activation, &id);
        } else {
            user.rejection_reason = None;
            self.report_kyc(&id, KycAttemptStatus::Pending);
            self.report_kyc(&id, KycAttemptStatus::Verification);
            self.plan(Step::KycDecision, &id);
        }
        Ok(message("The verification is started."))
    }

    /// The files of the user are looked at. Those that are there are taken for good.
    pub(crate) fn decide_kyc(&mut self, external_user_id: &str) {
        let Ok(user) = self.user(external_user_id) else { return };
        if user.stage() != Stage::Verifying {
            return;
        }
        let fault = match (user.lacks_pictures(), user.lacks_poa()) {
            (true, _) => Some("DOCUMENTS_MISSING"),
            (false, true) => Some("PROOF_OF_ADDRESS_NOT_APPROVED"),
            (false, false) => None,
        };
        self.conclude_kyc(external_user_id, fault.map(str::to_owned));
    }

    /// Decides about the files of a user, whatever they are.
    pub(crate) fn decide_user_verification(
        &mut self,
        external_user_id: &str,
        approve: bool,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        if self.user(external_user_id)?.stage() != Stage::Verifying {
            return Err(Refusal::message(400, "No files of this user are being verified."));
        }
        self.schedule.cancel(Step::KycDecision, external_user_id);
        self.conclude_kyc(external_user_id, fault(approve, reason));
        Ok(())
    }

    /// Decides about a hosted KYC.
    pub(crate) fn decide_kyc_session(&mut self, verification_id: &str, approve: bool, reason: Option<String>) -> Result<(), Refusal> {
        let session = self.kyc_sessions.get(verification_id).ok_or_else(|| Refusal::message(404, "There is no such verification."))?;
        let id = session.external_user_id.clone();
        if self.user(&id)?.session.as_deref() != Some(verification_id) {
            return Err(Refusal::message(400, "This verification was decided before, or a newer one took its place."));
        }
        self.conclude_kyc(&id, fault(approve, reason));
        Ok(())
    }

    /// Ends the attempt that is under way: without a fault the user is verified.
    fn conclude_kyc(&mut self, external_user_id: &str, fault: Option<String>) {
        let cause = if fault.is_none() { Cause::Approved } else { Cause::Rejected };
        let Ok(user) = self.user_mut(external_user_id) else { return };
        let Some(stage) = user.advance(cause) else { return };
        user.session = None;
        user.rejection_reason = fault;
        if let Some(attempt) = stage.attempt() {
            self.report_kyc(external_user_id, attempt);
        }
        if stage == Stage::Activating {
            self.plan(Step::Activation, external_user_id);
        }
    }

    /// The balances of a verified user become active.
    pub(crate) fn activate_balances(&mut self, external_user_id: &str) {
        let Ok(user) = self.user_mut(external_user_id) else { return };
        if user.advance(Cause::BalancesActivated).is_some() {
            let event =
                types::UserBalanceGeneratedEvent::builder().external_user_id(external_user_id).status(UserBalanceStatus::Active).build();
            self.emit(&WebhookEvent::UserBalanceGenerated(Box::new(event)));
        }
    }

    pub(crate) fn create_kyc_session(&mut self, request: types::KycSessionRequest) -> Result<types::KycSessionCreated, Refusal> {
        let id = request.external_user_id.clone();
        let user = self.user(&id)?;
        check_session(&request)?;
        if user.stage().by(Cause::SessionCreated).is_none() {
            return Err(Refusal::message(400, "The KYC of this user is under way or passed, or the user is limited."));
        }
        let verification_id = self.ids.uuid();
        let user = self.user_mut(&id)?;
        user.advance(Cause::SessionCreated);
        user.session = Some(verification_id.clone());
        user.rejection_reason = None;
        let session = KycSession {
            external_user_id: request.external_user_id.to_string(),
            document_type: request.document_type,
            country: request.country,
        };
        self.kyc_sessions.insert(verification_id.clone(), session);
        self.report_kyc(&id, KycAttemptStatus::Pending);
        Ok(types::KycSessionCreated::builder().verification_id(verification_id).build())
    }

    /// The page of the identity provider, once; after that a page that says so.
    pub(crate) fn open_kyc_page(&mut self, external_user_id: &str, verification_id: &str) -> Result<String, Refusal> {
        let user = self.user_mut(external_user_id)?;
        let is_current = user.session.as_deref() == Some(verification_id);
        let opened = is_current && user.advance(Cause::PageOpened).is_some();
        let name = format!("{} {}", user.first_name(), user.last_name());
        let session = self.kyc_sessions.get(verification_id).filter(|session| session.external_user_id == external_user_id);
        let Some(session) = session else {
            return Err(Refusal::message(400, "There is no such verification of this user."));
        };
        if !opened {
            return Ok(page::notice("This page was used before, or a newer one took its place. Ask for a new verification."));
        }
        let page = page::decision(verification_id, &name, &session.document_type, &session.country);
        self.report_kyc(external_user_id, KycAttemptStatus::Verification);
        Ok(page)
    }

    pub(crate) fn get_kyc_status(&mut self, external_user_id: &str) -> Result<types::KycStatus, Refusal> {
        let user = self.user(external_user_id)?;
        if user.is_limited() {
            return Err(Refusal::code(ErrorCode::P459));
        }
        let attempt = user.stage().attempt().ok_or_else(|| Refusal::code(ErrorCode::P445))?;
        let status = types::KycStatus::builder()
            .external_user_id(external_user_id)
            .verification_status(level(user.is_verified()))
            .attempt_status(attempt)
            .maybe_rejection_reason(user.rejection_reason.clone())
            .build();
        self.was_read(external_user_id);
        Ok(status)
    }

    fn report_kyc(&mut self, external_user_id: &str, attempt: KycAttemptStatus) {
        let Ok(user) = self.user(external_user_id) else { return };
        let event = types::KycVerificationStatusEvent::builder()
            .external_user_id(external_user_id)
            .verification_status(level(user.is_verified()))
            .attempt_status(attempt)
            .maybe_rejection_reason(user.rejection_reason.clone())
            .build();
        self.emit(&WebhookEvent::KycVerificationStatus(Box::new(event)));
    }
}

fn level(verified: bool) -> KycVerificationLevel {
    if verified { KycVerificationLevel::Verified } else { KycVerificationLevel::NotVerified }
}

/// What is wrong, by a decision.
fn fault(approve: bool, reason: Option<String>) -> Option<String> {
    (!approve).then(|| reason.unwrap_or_else(|| "DOCUMENT_NOT_ACCEPTED".to_owned()))
}

/// Refuses a questionnaire whose parts do not go with the source of income.
fn check_session(request: &types::KycSessionRequest) -> Result<(), Refusal> {
    let source = &request.income_source;
    let rules = [
        ("taxId", request.tax_id.is_some(), *source == IncomeSource::BusinessActivity),
        ("occupation", request.occupation.is_some(), *source == IncomeSource::Salary),
        ("additionalInfo", request.additional_info.is_some(), *source != IncomeSource::BusinessActivity),
    ];
    let misplaced = rules.into_iter().filter_map(|(member, given, belongs)| match (given, belongs) {
        (false, true) => Some(format!("{member} should not be empty.")),
        (true, false) => Some(format!("{member} should not exist with the incomeSource {source}.")),
        _ => None,
    });
    Refusal::unless_empty(wrong_countries(&[("country", &request.country)]).into_iter().chain(misplaced).collect())
}
