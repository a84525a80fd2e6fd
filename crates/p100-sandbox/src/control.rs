//! The control plane: what a test or a person can make happen beyond what P100's API offers.
//!
//! Each command exists twice: as a method of [`Sandbox`](crate::Sandbox), and over HTTP below `/_sandbox/`, where its request is the
//! JSON of a type of this module. The README of the crate is the reference of the routes.

mod commands;
pub(crate) mod http;
mod in_process;
mod overview;
mod routes;
mod state;

use bon::Builder;
use p100_raw::types::PoaStatus;
use p100_raw::{Decimal, Sensitive, Timestamp, decimal};
use serde::{Deserialize, Serialize};

pub use self::overview::{
    Balances, Books, CardLine, DepositLine, OrderLine, Overview, PaymentLinkLine, PendingStep, SepaContactLine, SepaDepositLine, UserLine,
    UserState,
};
pub use crate::resources::{CardChannel, CardTransaction, NewUser, PaymentLinkPayment, ReferencedSepaDeposit, SepaDeposit};

use crate::ledger::Account;

/// Forgets everything but the settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(Timestamp, into))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Reset {
    /// The seed of all made-up values from now on: the same as before.
    pub seed: Option<u64>,
    /// What the clock shows from now on: it goes on.
    pub time: Option<Timestamp>,
}

/// What the clock shows and how it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClockState {
    /// The present, on the sandbox's clock.
    pub now: Timestamp,
    /// Virtual seconds in a real one; at 0 it is stopped.
    pub speed: f64,
}

/// Moves the clock forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Builder)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Advance {
    /// By how many seconds.
    pub seconds: u64,
}

/// Puts money on an account out of nowhere: no deposit, no webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Fund {
    /// `partner`, or `user:` and the external id of a user.
    pub account: Account,
    /// Slug of the currency, e.g. `usdc`.
    pub currency: String,
    /// How much, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
}

/// Decides about the KYC of a user: of own files, or of a hosted session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct KycDecision {
    /// Whether it is passed.
    pub approve: bool,
    /// Why it is not, as a word such as `DOCUMENT_EXPIRED`. Goes with a rejection.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Decides about the proof of address of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Builder)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct PoaDecision {
    /// `APPROVED`, `REJECTED` or `QUESTIONED`.
    pub decision: PoaStatus,
}

/// Has a crypto deposit seen on its chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct CryptoDeposit {
    /// Who receives it: `partner`, or `user:` and the external id of a user.
    pub account: Account,
    /// Slug of the currency, e.g. `usdc`.
    pub currency: String,
    /// How much, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
    /// Whether the partner has to name the sender before it is credited: no.
    #[serde(default)]
    #[builder(default)]
    pub travel_rule: bool,
}

/// Decides about a deposit that is not credited yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Builder)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct DepositDecision {
    /// Whether the check is passed; if not, the deposit is refused for good.
    pub approve: bool,
}

/// Has somebody pay an order, or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct OrderPayment {
    /// How much, in the cryptocurrency of the order, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
}

/// Has a shop ask the bearer of a card to confirm an online payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct CardConfirmation {
    /// Which shop.
    pub merchant_name: String,
    /// How much is to be paid, in EUR, as a JSON string or number.
    #[serde(with = "decimal::string")]
    pub amount: Decimal,
}

/// The id of what a command made; of a payment on a chain the hash of its transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Made {
    /// The id, as webhooks and details show it.
    pub id: String,
}

/// The one-time code that a command sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SentCode {
    /// The code, as the webhook shows it.
    pub code: Sensitive,
}

/// Does at once what waits for something: whatever [`When`](crate::When) says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Builder)]
#[builder(on(String, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Proceed {
    /// Id of the exchange, transfer, withdrawal, deposit or order, or external id of the user, that it waits for.
    pub subject: String,
}
