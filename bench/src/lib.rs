//! The work that `cargo xtask bench` measures, each piece twice: done by `p100`, and done by hand.

mod by_hand;
mod calls;
mod decoding;
pub mod server;
mod webhook;

use std::net::SocketAddr;

/// Does the work that many times.
pub type Repeat = Box<dyn FnMut(usize)>;

/// One piece of work.
pub struct Case {
    /// Done by `p100`.
    pub p100: Repeat,
    /// Done by hand, or by less than `p100` does.
    pub by_hand: Repeat,
}

/// The case of this name; calls go to the [`server`] at this address.
#[must_use]
pub fn case(name: &str, server: SocketAddr) -> Option<Case> {
    match name {
        "getRates" => Some(calls::get_rates(server)),
        "createTransfer" => Some(calls::create_transfer(server)),
        "transactions" => Some(decoding::transactions()),
        "transactionsByClient" => Some(decoding::transactions_by_client()),
        "repairOne" => Some(decoding::repair_one()),
        "repairEach" => Some(decoding::repair_each()),
        "partnerBalances" => Some(decoding::partner_balances()),
        "webhook" => Some(webhook::received()),
        _ => None,
    }
}
