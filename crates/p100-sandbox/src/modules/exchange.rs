//! Not there yet.

use p100_raw::types::{self, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::call::{File, Refusal};
use crate::world::World;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Exchange;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lock;

impl World {
    pub(crate) fn get_rates(&mut self) -> Result<types::ExchangeRates, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn lock_rate(&mut self, _external_user_id: &str) -> Result<types::RateLock, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn lock_partner_rate(&mut self) -> Result<types::RateLock, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn create_exchange(&mut self, _request: types::ExchangeRequest) -> Result<types::ExchangeCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn create_partner_exchange(&mut self, _request: types::PartnerExchangeRequest) -> Result<types::ExchangeCreated, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn get_exchange(&mut self, _exchange_id: &str) -> Result<types::ExchangeDetails, Refusal> {
        Err(Refusal::code(ErrorCode::P501))
    }

    pub(crate) fn settle_exchange(&mut self, _subject: &str) {}
}
