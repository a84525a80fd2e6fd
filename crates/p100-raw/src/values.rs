//! Texts of one meaning as types of their own: ids, currencies, networks, IBANs. The document marks them by `format`.
//!
//! A text of P100 is kept exactly as it was written and never refused; two values are equal if their texts are. For one more such type,
//! add a line here and one to the table of formats that the generator reads.

mod currency;
mod iban;
mod invalid;
mod network;

pub use currency::Currency;
pub use iban::Iban;
pub use invalid::InvalidValue;
pub use network::{Network, UpperCaseNetwork};

/// A type around a text, with the `format` that marks it in the document.
macro_rules! value {
    ($(#[$attribute:meta])* $name:ident = $format:literal) => {
        $(#[$attribute])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(std::borrow::Cow<'static, str>);

        impl $name {
            /// As on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&Self> for $name {
            fn from(value: &Self) -> Self {
                value.clone()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.0 == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.0 == *text
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, text: &String) -> bool {
                self.0 == *text
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "format": $format})
            }
        }
    };
}

/// A [`value!`] that takes any text.
macro_rules! open_value {
    ($(#[$attribute:meta])* $name:ident = $format:literal) => {
        $crate::values::value! {
            $(#[$attribute])*
            #[derive(Debug)]
            $name = $format
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned().into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                text.as_str().into()
            }
        }
    };
}

use {open_value, value};

open_value! {
    /// The partner's own identifier of a user: any text, spaces and case included.
    ///
    /// A call whose path would hold an empty one, `.` or `..` fails before anything is sent: URLs cannot carry these.
    ///
    /// ```
    /// use p100_raw::ExternalUserId;
    ///
    /// let user = ExternalUserId::from("customer/42");
    /// assert_eq!(user, "customer/42");
    /// assert_eq!(user.to_string(), "customer/42");
    /// ```
    ExternalUserId = "external-user-id"
}

open_value! {
    /// P100's identifier of a card, from [`CardCreated`](crate::types::CardCreated) or [`CardList`](crate::types::CardList): a uuid,
    /// though any text is accepted, as the form is P100's business.
    ///
    /// It does not go where a user's belongs:
    ///
    /// ```compile_fail,E0277
    /// use p100_raw::{CardId, types::CardReference};
    ///
    /// let card = CardId::from("7018ac87-455f-4bf4-851a-0f6bcf82b84d");
    /// CardReference::builder().external_user_id(card).card_id("customer-42").build();
    /// ```
    CardId = "card-id"
}

open_value! {
    /// P100's identifier of a session on its KYC page, from [`KycSessionCreated`](crate::types::KycSessionCreated). Opaque text.
    VerificationId = "verification-id"
}
