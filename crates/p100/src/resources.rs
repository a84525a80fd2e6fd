//! The operations by what they are about: `client.users().create(..)`, `client.cards().list(..)`.

mod cards;
mod deposits;
mod exchange;
mod kyc;
mod orders;
mod partner;
mod payment_links;
mod sepa;
mod transfers;
mod users;
mod withdrawals;

pub use cards::{Cards, Issued};
pub use deposits::Deposits;
pub use exchange::Exchange;
pub use kyc::Kyc;
pub use orders::Orders;
pub use partner::Partner;
pub use payment_links::PaymentLinks;
pub use sepa::Sepa;
pub use transfers::Transfers;
pub use users::Users;
pub use withdrawals::Withdrawals;

use crate::Client;

/// Every operation of the document is under one of these. [`raw`](Self::raw) has them too, with status, headers and raw body.
impl Client {
    /// The partner's own account: balances, exchange, withdrawals, SEPA.
    #[must_use]
    pub fn partner(&self) -> Partner<'_> {
        Partner(self)
    }

    /// The partner's users and their balances.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Identification of users, with own files or on P100's page.
    #[must_use]
    pub fn kyc(&self) -> Kyc<'_> {
        Kyc(self)
    }

    /// Rates, and exchanges of users.
    #[must_use]
    pub fn exchange(&self) -> Exchange<'_> {
        Exchange(self)
    }

    /// Crypto deposits.
    #[must_use]
    pub fn deposits(&self) -> Deposits<'_> {
        Deposits(self)
    }

    /// Crypto withdrawals of users.
    #[must_use]
    pub fn withdrawals(&self) -> Withdrawals<'_> {
        Withdrawals(self)
    }

    /// Transfers between the partner and its users.
    #[must_use]
    pub fn transfers(&self) -> Transfers<'_> {
        Transfers(self)
    }

    /// SEPA of users, and the state of any SEPA transfer.
    #[must_use]
    pub fn sepa(&self) -> Sepa<'_> {
        Sepa(self)
    }

    /// Orders of the partner, which turn a payer's crypto into euros.
    #[must_use]
    pub fn orders(&self) -> Orders<'_> {
        Orders(self)
    }

    /// Links by which someone pays the partner in crypto.
    #[must_use]
    pub fn payment_links(&self) -> PaymentLinks<'_> {
        PaymentLinks(self)
    }

    /// Virtual cards of users.
    #[must_use]
    pub fn cards(&self) -> Cards<'_> {
        Cards(self)
    }
}
