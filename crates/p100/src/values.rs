//! Values that are checked once, where they enter the program, instead of by P100 or by nobody.
//!
//! Each is made by `new`, by parsing or by `TryFrom`, and goes into the builders of [`types`](crate::types) as it is:
//!
//! ```
//! use p100::{Currency, Iban, types};
//!
//! let transfer = types::PartnerSepaTransferRequest::builder()
//!     .amount(Currency::EUR.check("75.20".parse()?)?)
//!     .currency(Currency::EUR)
//!     .destination_iban(Iban::new("DE89 3704 0044 0532 0130 00")?)
//!     .transfer_title("Payout 0815")
//!     .receiver_type(types::PartyType::Legal)
//!     .company_name("Example Ltd")
//!     .build();
//! assert_eq!(transfer.destination_iban, "DE89370400440532013000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod country;
mod currency;
mod iban;
mod ids;
mod month;
mod network;
mod pin;

use std::borrow::Cow;
use std::fmt;

pub use country::CountryCode;
pub use currency::Currency;
pub use iban::Iban;
pub use ids::{CardId, ExternalUserId};
pub use month::Month;
pub use network::Network;
pub use pin::Pin;

/// Why a text or number is not the value it should be. Names the field and the rule it breaks, never the value itself.
///
/// ```
/// let error = p100::Pin::new("12345").unwrap_err();
/// assert_eq!(error.field(), "pin");
/// assert_eq!(error.to_string(), "pin must be exactly 4 digits from 0 to 9");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    field: &'static str,
    rule: Cow<'static, str>,
}

impl InvalidValue {
    fn new(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field, rule: rule.into() }
    }

    /// The field, named as in requests: `pin`, `external_user_id`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The broken rule, as the rest of a sentence that starts with the field.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

impl std::error::Error for InvalidValue {}

/// The ways from a text to a value, all of them `new`.
macro_rules! from_text {
    ($($name:ident),*) => {$(
        impl std::str::FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidValue;

            fn try_from(text: &str) -> Result<Self, InvalidValue> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidValue;

            fn try_from(text: String) -> Result<Self, InvalidValue> {
                Self::new(text)
            }
        }
    )*};
}

/// The ways from a value to its one wire form.
macro_rules! to_text {
    ($($name:ident),*) => {$(
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl From<&$name> for String {
            fn from(value: &$name) -> Self {
                value.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

from_text!(CardId, CountryCode, Currency, ExternalUserId, Iban, Network, Pin);
to_text!(CardId, CountryCode, Currency, ExternalUserId, Iban);
