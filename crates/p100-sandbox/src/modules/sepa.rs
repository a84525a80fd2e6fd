//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SepaTransfer;

impl World {
    pub(crate) fn create_partner_sepa_transfer(&mut self, _request: types::PartnerSepaTransferRequest) -> Result<types::SepaTransferCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_sepa_transfer(&mut self, _transfer_id: &str) -> Result<types::SepaTransferDetails, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn settle_sepa_transfer(&mut self, _subject: &str) {}
}
