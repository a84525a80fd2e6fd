//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deposit;

impl World {
    pub(crate) fn update_deposit_travel_rule(&mut self, _crypto_deposit_id: &str, _request: types::TravelRuleRequest) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn check_deposit(&mut self, _subject: &str) {}
}
