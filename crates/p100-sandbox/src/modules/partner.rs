//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

impl World {
    pub(crate) fn get_partner_balances(&mut self) -> Result<types::PartnerBalances, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_partner_transactions(&mut self, _month: i32, _year: i32) -> Result<types::TransactionHistory, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }
}
