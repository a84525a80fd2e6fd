//! Why a value is refused before it is sent.

use std::borrow::Cow;
use std::fmt;

/// Why a text or number is not the value it should be. Names the field and the rule it breaks, never the value itself.
///
/// ```
/// let error = p100_raw::Iban::new("").unwrap_err();
/// assert_eq!(error.field(), "iban");
/// assert_eq!(error.to_string(), "iban must start with the two letters of a country that has IBANs");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    field: &'static str,
    rule: Cow<'static, str>,
}

impl InvalidValue {
    /// Of a field and the rule it breaks.
    #[must_use]
    pub fn new(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field, rule: rule.into() }
    }

    /// The field, named as in requests: `pin`, `amount`.
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
