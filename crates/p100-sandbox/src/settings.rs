//! What can be set about a sandbox.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bon::Builder;
use p100_raw::reqwest::Url;
use p100_raw::reqwest::header::HeaderValue;
use p100_raw::{Decimal, Sensitive, decimal};
use serde::{Deserialize, Serialize};

use crate::currencies::{self, Currency};
use crate::schedule::{Step, When};
use crate::world::MOST;

/// How the sandbox behaves. Part of its state: exported and imported with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The key that is accepted: `sandbox-key`.
    pub api_key: Sensitive,
    /// Whether the caller's address is on the allow-list; if not, every call is refused with `xo3`.
    pub address_allowed: bool,
    /// Where webhooks go. Without it they are only kept in the log.
    pub webhooks: Option<Receiver>,
    /// When each asynchronous step happens; what is not listed happens at once.
    pub steps: BTreeMap<Step, When>,
    /// Fee of an exchange in percent of the amount that is sold: 1.49.
    #[serde(with = "decimal::string")]
    pub exchange_fee_percentage: Decimal,
    /// Fee of a SEPA transfer in percent of its amount: 0.1.
    #[serde(with = "decimal::string")]
    pub sepa_fee_percentage: Decimal,
    /// Least fee of a SEPA transfer, in EUR: 1.00.
    #[serde(with = "decimal::string")]
    pub sepa_fee_minimum: Decimal,
    /// Level of SEPA transfers, of the partner and of users: 2, on which requests name the receiver. On 1 they must not, and money goes only
    /// to approved contacts.
    pub sepa_level: u8,
    /// How long a rate lock lives: 60 s.
    #[serde(with = "crate::time::seconds")]
    pub lock_lifetime: Duration,
    /// How long an order can be paid, from when it has an address: 15 minutes.
    #[serde(with = "crate::time::seconds")]
    pub order_lifetime: Duration,
    /// Price of one unit of each currency, in EUR; what is not listed has the price of the start.
    #[serde(with = "decimal::string")]
    pub rates: BTreeMap<String, Decimal>,
    /// Whether an internal transfer, or a SEPA transfer of a user, without funds is refused at once with P433, as the legacy docs say. If not,
    /// it is accepted and fails later.
    pub refuse_unfunded_transfers: bool,
    /// Whether cards are only for users who have been extended, and others are refused with P461: no.
    pub demand_extension: bool,
}

/// The partner's server that webhooks go to.
#[derive(Clone, PartialEq, Serialize, Deserialize, Builder)]
#[builder(on(_, into))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Receiver {
    /// Its address, before the path of each event.
    pub url: String,
    /// What goes into the header `Authorization`.
    pub token: Sensitive,
}

impl fmt::Debug for Receiver {
    /// Of the address only the origin: the rest may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = Url::parse(&self.url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        f.debug_struct("Receiver").field("origin", &origin).finish_non_exhaustive()
    }
}

impl Settings {
    /// What is wrong with them, naming the member.
    pub(crate) fn check(&self) -> Result<(), String> {
        let sendable = |text: &Sensitive| !text.expose().is_empty() && HeaderValue::from_str(text.expose()).is_ok();
        if !sendable(&self.api_key) {
            return Err("apiKey must be a text that fits into a header".to_owned());
        }
        if let Some(Receiver { url, token }) = &self.webhooks {
            if !Url::parse(url)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none())
            {
                return Err("webhooks.url must be an address such as http://127.0.0.1:8080, without a query".to_owned());
            }
            if !sendable(token) {
                return Err("webhooks.token must be a text that fits into a header".to_owned());
            }
        }
        let percentages = [("exchangeFeePercentage", self.exchange_fee_percentage), ("sepaFeePercentage", self.sepa_fee_percentage)];
        for (member, percentage) in percentages {
            if percentage < Decimal::ZERO || percentage > Decimal::ONE_HUNDRED {
                return Err(format!("{member} must be from 0 to 100"));
            }
        }
        let minimum = self.sepa_fee_minimum.normalize();
        if minimum < Decimal::ZERO || minimum > MOST || minimum.scale() > 2 {
            return Err(format!("sepaFeeMinimum must be from 0 to {MOST}, with at most 2 decimals"));
        }
        if !matches!(self.sepa_level, 1 | 2) {
            return Err("sepaLevel must be 1 or 2".to_owned());
        }
        for (currency, rate) in &self.rates {
            if currencies::find(currency).is_none_or(|known| known.slug != currency) {
                return Err(format!("rates.{currency}: there is no such currency"));
            }
            if currency == "eur" && *rate != Decimal::ONE {
                return Err("rates.eur is always 1: rates are in EUR".to_owned());
            }
            if *rate <= Decimal::ZERO || *rate > Decimal::from(1_000_000_000_u64) || rate.scale() > 8 {
                return Err(format!("rates.{currency} must be a positive number, at most 1000000000, with at most 8 decimals"));
            }
        }
        Ok(())
    }

    /// Price of one unit of `currency`, in EUR.
    pub(crate) fn rate(&self, currency: &Currency) -> Decimal {
        self.rates.get(currency.slug).copied().unwrap_or_else(|| currency.start_rate())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            api_key: "sandbox-key".into(),
            address_allowed: true,
            webhooks: None,
            steps: BTreeMap::new(),
            exchange_fee_percentage: Decimal::new(149, 2),
            sepa_fee_percentage: Decimal::new(1, 1),
            sepa_fee_minimum: Decimal::new(100, 2),
            sepa_level: 2,
            lock_lifetime: Duration::from_secs(60),
            order_lifetime: Duration::from_secs(15 * 60),
            rates: currencies::ALL.iter().map(|currency| (currency.slug.to_owned(), currency.start_rate())).collect(),
            refuse_unfunded_transfers: false,
            demand_extension: false,
        }
    }
}
