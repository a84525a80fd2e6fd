//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Withdrawal;

impl World {
    pub(crate) fn get_network_fee(&mut self, _currency: types::NetworkFeeCurrency, _network: Option<types::NetworkFeeNetwork>) -> Result<types::NetworkFee, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn create_withdrawal(&mut self, _request: types::WithdrawalRequest) -> Result<types::WithdrawalCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn create_partner_withdrawal(&mut self, _request: types::PartnerWithdrawalRequest) -> Result<types::WithdrawalCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_withdrawal(&mut self, _withdrawal_id: &str) -> Result<types::WithdrawalDetails, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn broadcast_withdrawal(&mut self, _subject: &str) {}

    pub(crate) fn confirm_withdrawal(&mut self, _subject: &str) {}
}
