//! The partner's own account.

use p100_raw::types;

use crate::balances;
use crate::call::Refusal;
use crate::ledger::Account;
use crate::world::World;

impl World {
    pub(crate) fn get_partner_balances(&mut self) -> Result<types::PartnerBalances, Refusal> {
        let fiat = balances::fiat(self, &Account::Partner, true);
        let crypto = balances::crypto(self, &Account::Partner, true);
        Ok(types::PartnerBalances::builder().fiat_balances(fiat).crypto_balances(crypto).build())
    }

    pub(crate) fn get_partner_transactions(&mut self, month: i32, year: i32) -> Result<types::TransactionHistory, Refusal> {
        Ok(self.transactions(&Account::Partner, month, year))
    }
}
