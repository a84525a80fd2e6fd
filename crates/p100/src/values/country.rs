//! Countries of residence, citizenship and birth.

use super::InvalidValue;

/// An ISO 3166-1 alpha-2 country code, upper case.
///
/// Only the form is checked. Which countries P100 serves, and for what, differs by service and changes. Overseas regions go under
/// the code of their country (Martinique is `FR`).
///
/// Docs: [1299893m0](https://partner-api-docs.p100.io/supported-countries-1299893m0.md).
///
/// ```
/// use p100::CountryCode;
///
/// assert_eq!(CountryCode::new("pl")?.as_str(), "PL");
/// assert!(CountryCode::new("POL").is_err());
/// # Ok::<(), p100::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode(pub(super) String);

impl CountryCode {
    /// Takes two letters in either case.
    ///
    /// # Errors
    /// The text is not two ASCII letters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let mut text = text.into();
        if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(InvalidValue::new("country", "must be the two letters of ISO 3166-1 alpha-2, such as PL"));
        }
        text.make_ascii_uppercase();
        Ok(Self(text))
    }

    /// The two letters, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
