//! How names of the document become names in Rust.

use quote::format_ident;
use syn::Ident;

/// `externalUserId` to `external_user_id`; words start at capitals and after `-`, `_` and spaces.
#[must_use]
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut previous = ' ';
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            let word_starts = c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit());
            if !out.is_empty() && (word_starts || !previous.is_ascii_alphanumeric()) {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    out
}

/// `LOCKED_BY_USER`, `polygon` or `P412` to the name of an enum variant.
#[must_use]
pub fn rust_variant(value: &str) -> String {
    snake(&value.to_ascii_lowercase()).split('_').map(capitalised).collect()
}

/// The method of the raw client for an operation id.
#[must_use]
pub fn rust_method(operation_id: &str) -> String {
    snake(operation_id)
}

pub(crate) fn pascal(name: &str) -> String {
    snake(name).split('_').map(capitalised).collect()
}

pub(crate) fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

pub(crate) fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// The name as an identifier. What none can be made of, lint refuses; it becomes one that nothing else has.
pub(crate) fn ident(name: &str) -> Ident {
    let parse = |name: &str| syn::parse_str::<Ident>(name).ok();
    let is_word = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let raw = || parse(name).or_else(|| syn::parse_str(&format!("r#{name}")).ok()).or_else(|| parse(&format!("{name}_")));
    is_word.then(raw).flatten().unwrap_or_else(|| format_ident!("unnamed_{}", hex(name)))
}

/// Whether a module, and so a file beside ours, can have this name on every system.
pub(crate) fn is_module(name: &str) -> bool {
    // The files that we name ourselves, and the devices of Windows.
    const TAKEN: [&str; 8] = ["shared", "webhooks", "types", "operations", "con", "prn", "aux", "nul"];
    let is_device = |name: &str| name.len() == 4 && (name.starts_with("com") || name.starts_with("lpt"));
    let is_word = name.starts_with(|letter: char| letter.is_ascii_lowercase()) && syn::parse_str::<Ident>(name).is_ok();
    is_word && name.len() <= 50 && !TAKEN.contains(&name) && !is_device(name)
}

/// Letters and digits that only this text has.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{rust_variant, snake};

    #[test]
    fn names_are_the_fields_own_words() {
        assert_eq!(snake("externalUserId"), "external_user_id");
        assert_eq!(snake("User Accounts with KYC"), "user_accounts_with_kyc");
        assert_eq!(snake("User & KYC Webhooks"), "user_kyc_webhooks");
        assert_eq!(snake("card3dsCode"), "card3ds_code");
        assert_eq!(rust_variant("LOCKED_BY_USER"), "LockedByUser");
        assert_eq!(rust_variant("P412"), "P412");
        assert_eq!(rust_variant("polygon"), "Polygon");
    }

    #[test]
    fn any_text_becomes_an_identifier_and_no_other_file_is_named() {
        for (name, expected) in
            [("type", "r#type"), ("self", "self_"), ("crate", "crate_"), ("", "unnamed_"), ("a b;", "unnamed_6120623b"), ("_", "__")]
        {
            assert_eq!(super::ident(name).to_string(), expected);
        }
        for name in ["mod", "type", "", "9a", "../a", "a/b", "shared", "webhooks", "nul", "com1", "self", "_"] {
            assert!(!super::is_module(name), "{name}");
        }
        assert!(super::is_module("user_accounts_with_kyc"));
    }
}
