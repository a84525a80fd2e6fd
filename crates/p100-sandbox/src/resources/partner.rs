//! The partner's own account.

use p100_raw::types;

use crate::balances;
use crate::call::Refusal;
use crate::ledger::Account;
use crate::world::{World, on_network};

impl World {
    pub(crate) fn get_partner_balances(&mut self) -> Result<types::PartnerBalances, Refusal> {
        let fiat = balances::fiat(self, &Account::Partner, true);
        let crypto = balances::crypto_with(self, &Account::Partner, |currency| self.partner_wallets.contains(currency.slug));
        Ok(types::PartnerBalances::builder().fiat_balances(fiat).crypto_balances(crypto).build())
    }

    /// Gives the partner's balance of a currency its deposit address, which serves all networks of the currency.
    pub(crate) fn create_partner_wallet(&mut self, request: types::PartnerWalletRequest) -> Result<types::PartnerWalletCreated, Refusal> {
        let (currency, network) = on_network(&request.currency, request.network.as_deref())?;
        self.partner_wallets.insert(currency.slug.to_owned());
        let wallet = balances::wallet(self, &Account::Partner.to_string(), currency);
        Ok(types::PartnerWalletCreated::builder().currency(currency.slug).network(network.key).wallet(wallet).build())
    }

    pub(crate) fn get_partner_transactions(&mut self, month: i32, year: i32) -> Result<types::TransactionHistory, Refusal> {
        Ok(self.transactions(&Account::Partner, month, year))
    }
}
