//! Formats of strings that have a Rust type of their own in `p100-raw`: one more takes a line here and one in its `values.rs`.
//!
//! An id gets one if it stands beside another id in some call, where the two could be swapped.

/// The word in the document and the Rust type.
pub(crate) const VALUES: [(&str, &str); 7] = [
    ("card-id", "CardId"),
    ("currency", "Currency"),
    ("external-user-id", "ExternalUserId"),
    ("iban", "Iban"),
    ("network", "Network"),
    ("network-upper-case", "UpperCaseNetwork"),
    ("verification-id", "VerificationId"),
];

/// The Rust type of strings of this format, if they have one of their own.
#[must_use]
pub fn value_type(format: &str) -> Option<&'static str> {
    VALUES.iter().find(|(word, _)| *word == format).map(|(_, name)| *name)
}
