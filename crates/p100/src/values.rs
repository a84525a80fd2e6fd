//! Values that have types of their own. Those that the document marks are `p100-raw`'s and go through requests, responses, events and
//! paths alike; what people type in is checked once, where it enters the program, and goes into the builders as it is:
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
mod month;
mod pin;

use std::fmt;

pub use country::CountryCode;
pub use month::Month;
pub use p100_raw::{CardId, Currency, ExternalUserId, Iban, InvalidValue, Network, UpperCaseNetwork, VerificationId};
pub use pin::Pin;

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

from_text!(CountryCode, Pin);

impl AsRef<str> for CountryCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<CountryCode> for String {
    fn from(value: CountryCode) -> Self {
        value.0
    }
}

impl From<&CountryCode> for String {
    fn from(value: &CountryCode) -> Self {
        value.as_str().to_owned()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
