//! Bank accounts.

use std::fmt;

use iban_validation_rs::{ValidationError, validate_iban_str};

use super::{InvalidValue, value};

value! {
    /// An IBAN that money is sent to: known country, that country's length and form, right check digits.
    ///
    /// It is not checked whether the account exists or whether SEPA reaches it. Its `Debug` output shows only the country. What is read
    /// from JSON, such as a stored request, is not checked again.
    ///
    /// ```
    /// use p100_raw::Iban;
    ///
    /// let iban = Iban::new("de89 3704 0044 0532 0130 00")?;
    /// assert_eq!(iban, "DE89370400440532013000");
    /// assert_eq!(format!("{iban:?}"), "Iban(DE[redacted])");
    ///
    /// let error = Iban::new("DE89 3704 0044 0532 0130 01").unwrap_err();
    /// assert_eq!(error.to_string(), "iban does not fit its check digits: something in it is mistyped");
    /// # Ok::<(), p100_raw::InvalidValue>(())
    /// ```
    Iban = "iban"
}

impl Iban {
    /// Takes an IBAN in either case, with or without white space.
    ///
    /// # Errors
    /// The text is not an IBAN of a country in the registry of SWIFT.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let mut text: String = text.into();
        text.retain(|character| !character.is_whitespace());
        text.make_ascii_uppercase();
        match validate_iban_str(&text) {
            Ok(true) => Ok(Self::unchecked(text)),
            Ok(false) => Err(invalid(&ValidationError::ModuloIncorrect)),
            Err(error) => Err(invalid(&error)),
        }
    }

    /// Takes any text as it is: for an IBAN that [`new`](Self::new) refuses though P100 accepts it.
    pub fn unchecked(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }
}

impl std::str::FromStr for Iban {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Iban {
    type Error = InvalidValue;

    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl TryFrom<String> for Iban {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({}[redacted])", self.0.get(..2).unwrap_or_default())
    }
}

fn invalid(error: &ValidationError) -> InvalidValue {
    use ValidationError::{InvalidCountry, InvalidSizeForCountry, MissingCountry, StructureIncorrectForCountry, TooShort};
    let rule = match error {
        TooShort(_) | MissingCountry | InvalidCountry => "must start with the two letters of a country that has IBANs",
        InvalidSizeForCountry => "must be as long as the IBANs of its country",
        StructureIncorrectForCountry => "must have letters and digits where the IBANs of its country have them",
        _ => "does not fit its check digits: something in it is mistyped",
    };
    InvalidValue::new("iban", rule)
}
