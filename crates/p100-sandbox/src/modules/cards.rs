//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Card;

impl World {
    pub(crate) fn create_card(&mut self, _request: types::CreateCardRequest) -> Result<types::CardCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn list_cards(&mut self, _external_user_id: &str) -> Result<types::CardList, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_card(&mut self, _external_user_id: &str, _card_id: &str) -> Result<types::CardDetails, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn update_card_pin(&mut self, _request: types::UpdateCardPinRequest) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn block_card(&mut self, _request: types::CardReference) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn unblock_card(&mut self, _request: types::CardReference) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_card_limits(&mut self, _external_user_id: &str, _card_id: &str) -> Result<types::CardLimits, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn update_card_limits(&mut self, _request: types::UpdateCardLimitsRequest) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn delete_card(&mut self, _request: types::CardReference) -> Result<types::MessageResponse, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }
}
