//! Currencies, and the amounts they can express.

use std::borrow::Cow;

use super::{InvalidValue, open_value};
use crate::{Decimal, types};

open_value! {
    /// A currency, by P100's slug: lower case, such as `eur` or `usdc`.
    ///
    /// A slug without a constant here is accepted too: P100 adds currencies without notice. `==` compares texts exactly; the legacy docs
    /// show upper case now and then, so compare what P100 wrote by [`is`](Self::is). Docs:
    /// [1299895m0](https://partner-api-docs.p100.io/supported-currencies-1299895m0.md).
    ///
    /// ```
    /// use p100_raw::Currency;
    ///
    /// assert_eq!(Currency::from("eur"), Currency::EUR);
    /// assert!(Currency::from("EUR").is(Currency::EUR));
    /// assert_eq!(Currency::EUR.decimals(), Some(2));
    /// assert_eq!(Currency::from("eurt").decimals(), None);
    /// ```
    Currency = "currency"
}

/// By P100's docs no amount has more decimals, whatever its currency.
const MOST_DECIMALS: u32 = 8;

impl Currency {
    /// Euro, 2 decimals. The only fiat currency.
    pub const EUR: Self = Self(Cow::Borrowed("eur"));
    /// Bitcoin, 8 decimals.
    pub const BTC: Self = Self(Cow::Borrowed("btc"));
    /// Ether, 8 decimals.
    pub const ETH: Self = Self(Cow::Borrowed("eth"));
    /// Litecoin, 8 decimals.
    pub const LTC: Self = Self(Cow::Borrowed("ltc"));
    /// POL on Polygon, 8 decimals.
    pub const POL: Self = Self(Cow::Borrowed("pol"));
    /// Dogecoin, 8 decimals by assumption. Only the legacy docs and a fee table name it.
    pub const DOGE: Self = Self(Cow::Borrowed("doge"));
    /// USD Coin, 6 decimals; on [`Network::ETHEREUM`](crate::Network::ETHEREUM) or [`Network::POLYGON`](crate::Network::POLYGON).
    pub const USDC: Self = Self(Cow::Borrowed("usdc"));
    /// Tether USD, 6 decimals; on the same networks as USD Coin. Only the legacy docs and the error guide name it.
    pub const USDT: Self = Self(Cow::Borrowed("usdt"));

    /// Whether both name the same currency, in whatever case. `==` compares texts exactly.
    #[must_use]
    pub fn is(&self, other: impl Into<Self>) -> bool {
        self.0.eq_ignore_ascii_case(&other.into().0)
    }

    /// How many decimals an amount of this currency has, whatever its case; `None` if the docs do not say.
    #[must_use]
    pub fn decimals(&self) -> Option<u32> {
        match self.as_str().to_ascii_lowercase().as_str() {
            "eur" => Some(2),
            "usdc" | "usdt" => Some(6),
            "btc" | "eth" | "ltc" | "pol" | "doge" => Some(8),
            _ => None,
        }
    }

    /// The amount, if this much of the currency can be moved. Nothing is ever rounded; zeros at the end beyond the currency's decimals
    /// are left out, as they say nothing.
    ///
    /// ```
    /// use p100_raw::{Currency, Decimal};
    ///
    /// let amount: Decimal = "75.20".parse()?;
    /// assert_eq!(Currency::EUR.check(amount)?.to_string(), "75.20");
    /// assert_eq!(Currency::EUR.check("0.100".parse()?)?.to_string(), "0.1");
    ///
    /// let error = Currency::EUR.check("0.001".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "amount must have at most 2 decimals in eur");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The amount has more decimals than the currency, or more than 8 if its decimals are unknown; or it is zero or negative.
    pub fn check(&self, amount: Decimal) -> Result<Decimal, InvalidValue> {
        let most = self.decimals().unwrap_or(MOST_DECIMALS);
        let amount = if amount.scale() > most { amount.normalize() } else { amount };
        if amount.scale() > most {
            return Err(InvalidValue::new("amount", format!("must have at most {most} decimals in {self}")));
        }
        if amount <= Decimal::ZERO {
            return Err(InvalidValue::new("amount", "must be greater than zero"));
        }
        Ok(amount)
    }
}

/// For [`get_network_fee`](crate::Client::get_network_fee).
impl From<&Currency> for types::NetworkFeeCurrency {
    fn from(currency: &Currency) -> Self {
        currency.as_str().to_ascii_lowercase().into()
    }
}

/// For [`get_network_fee`](crate::Client::get_network_fee).
impl From<Currency> for types::NetworkFeeCurrency {
    fn from(currency: Currency) -> Self {
        Self::from(&currency)
    }
}
