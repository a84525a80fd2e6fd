//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User;

impl User {
    pub(crate) fn is_deleted(&self) -> bool {
        false
    }

    pub(crate) fn is_suspended(&self) -> bool {
        false
    }
}

impl World {
    pub(crate) fn create_user(&mut self, _request: types::CreateUserRequest) -> Result<types::UserCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn upload_kyc_files(&mut self, _external_user_id: &str, _files: &[File]) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn upload_poa_files(&mut self, _external_user_id: &str, _files: &[File]) -> Result<(u16, types::PoaFilesResult), Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn update_user(&mut self, _external_user_id: &str, _request: types::UpdateUserRequest) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn delete_user(&mut self, _external_user_id: &str) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn suspend_user(&mut self, _external_user_id: &str) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn unsuspend_user(&mut self, _external_user_id: &str) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_user_balances(&mut self, _external_user_id: &str) -> Result<types::UserBalances, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_user_transactions(&mut self, _external_user_id: &str, _month: i32, _year: i32) -> Result<types::TransactionHistory, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn create_limited_user(&mut self, _request: types::CreateLimitedUserRequest) -> Result<types::LimitedUserCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn review_poa(&mut self, _subject: &str) {}

    pub(crate) fn look_at_kyc_file(&mut self, _subject: &str) {}
}
