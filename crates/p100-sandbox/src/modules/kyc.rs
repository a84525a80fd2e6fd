//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KycSession;

impl World {
    pub(crate) fn start_user_verification(&mut self, _request: types::UserVerificationRequest) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn create_kyc_session(&mut self, _request: types::KycSessionRequest) -> Result<types::KycSessionCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn open_kyc_page(&mut self, _external_user_id: &str, _verification_id: &str) -> Result<String, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_kyc_status(&mut self, _external_user_id: &str) -> Result<types::KycStatus, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn decide_kyc(&mut self, _subject: &str) {}

    pub(crate) fn activate_balances(&mut self, _subject: &str) {}
}
