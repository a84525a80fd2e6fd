//! The PIN of a card.

use p100_raw::Sensitive;

use super::InvalidValue;

/// The PIN of a card: exactly four digits. Never shown in `Debug`, without `Display`, overwritten in memory when dropped.
///
/// ```
/// use p100::{Pin, types};
///
/// let pin = Pin::new("0042")?;
/// assert_eq!(format!("{pin:?}"), "Pin([redacted])");
///
/// let request = types::CreateCardRequest::builder().external_user_id("customer-42").label("Shopping").pin(pin).build();
/// assert_eq!(request.pin.expose(), "0042");
/// # Ok::<(), p100::InvalidValue>(())
/// ```
///
/// There is no way from a number: `42` would have lost its zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin(Sensitive);

impl Pin {
    /// Takes the four digits. A `String` is overwritten too if it is refused.
    ///
    /// # Errors
    /// The text is not exactly four ASCII digits.
    pub fn new(text: impl Into<Sensitive>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let digits = text.expose().as_bytes();
        if digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(text))
        } else {
            Err(InvalidValue::new("pin", "must be exactly 4 digits from 0 to 9"))
        }
    }

    /// The four digits. Do not log, persist or cache them.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl From<Pin> for Sensitive {
    fn from(pin: Pin) -> Self {
        pin.0
    }
}
