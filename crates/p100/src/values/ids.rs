//! Identifiers that become part of a path. Types of their own, so that a card's cannot stand where a user's belongs.

use super::InvalidValue;

/// The partner's own identifier of a user: any text except the few that URLs cannot carry.
///
/// ```
/// use p100::ExternalUserId;
///
/// let user = ExternalUserId::new("customer/42")?;
/// assert_eq!(user.as_str(), "customer/42");
/// assert!(ExternalUserId::new("..").is_err());
/// # Ok::<(), p100::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalUserId(pub(super) String);

impl ExternalUserId {
    /// Takes the identifier as it is, spaces and case included.
    ///
    /// # Errors
    /// It is empty, `.` or `..`: as part of a path these address another resource, however they are encoded.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        segment("external_user_id", text.into()).map(Self)
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// P100's identifier of a card, from [`CardCreated`](crate::types::CardCreated) or [`CardList`](crate::types::CardList). P100 writes
/// uuids; other text is accepted, as the form is P100's business.
///
/// ```
/// use p100::CardId;
///
/// let card: CardId = "7018ac87-455f-4bf4-851a-0f6bcf82b84d".parse()?;
/// assert_eq!(card.to_string(), "7018ac87-455f-4bf4-851a-0f6bcf82b84d");
/// # Ok::<(), p100::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId(pub(super) String);

impl CardId {
    /// Takes the identifier as it is.
    ///
    /// # Errors
    /// It is empty, `.` or `..`: as part of a path these address another resource, however they are encoded.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        segment("card_id", text.into()).map(Self)
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The rule of `p100-raw` for path parameters.
fn segment(field: &'static str, text: String) -> Result<String, InvalidValue> {
    match text.as_str() {
        "" | "." | ".." => Err(InvalidValue::new(field, "must not be empty, `.` or `..`: URLs cannot carry these as a value")),
        _ => Ok(text),
    }
}
