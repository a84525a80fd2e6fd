//! Formats of strings that have a Rust type of their own in `p100-raw`: one more takes a line here and one in its `values.rs`.
//!
//! An id gets one if it is beside another id in some call, where the two could be swapped.

/// The word in the document, the Rust type, and the format that such strings have on the wire.
pub const VALUES: [(&str, &str, Option<&str>); 7] = [
    ("card-id", "CardId", Some("uuid")),
    ("currency", "Currency", None),
    ("external-user-id", "ExternalUserId", None),
    ("iban", "Iban", None),
    ("network", "Network", None),
    ("network-upper-case", "UpperCaseNetwork", None),
    ("verification-id", "VerificationId", None),
];

/// The Rust type of strings of this format, if they have one of their own.
#[must_use]
pub fn value_type(format: &str) -> Option<&'static str> {
    VALUES.iter().find(|(word, ..)| *word == format).map(|(_, name, _)| *name)
}

/// What a format says of the wire: itself, unless it is one of ours.
#[must_use]
pub fn wire_format(format: &str) -> Option<&str> {
    VALUES.iter().find(|(word, ..)| *word == format).map_or(Some(format), |(.., wire)| *wire)
}
