//! The control plane: what a test or a person can make happen beyond what P100's API offers.

pub(crate) mod http;

use p100_raw::Decimal;

use crate::call::Refusal;
use crate::ledger::{Account, Leg};
use crate::world::{World, movable};

impl World {
    /// Puts money on an account out of nowhere: no deposit, no webhook.
    pub(crate) fn fund(&mut self, account: &Account, currency: &str, amount: Decimal) -> Result<(), Refusal> {
        if let Account::User(user) = account {
            self.user(user)?;
        }
        let currency = movable("amount", amount, currency)?;
        let leg = Leg { from: Account::Outside, to: account.clone(), currency: currency.slug, amount };
        let reference = self.ids.uuid();
        self.ledger.book(self.now, &reference, &[leg]).map_err(|_| Refusal::invalid("Only the partner and users can be funded."))
    }
}
