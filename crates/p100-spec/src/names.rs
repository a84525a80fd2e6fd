//! How names of the document are spelt in Rust. Lint needs them too: two names that become one are a fault of the document.

use syn::Ident;

/// `externalUserId` to `external_user_id`; words start at capitals and after `-`, `_` and spaces.
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
pub fn rust_variant(value: &str) -> String {
    snake(&value.to_ascii_lowercase()).split('_').map(capitalised).collect()
}

/// The method of the raw client for an operation id.
pub fn rust_method(operation_id: &str) -> String {
    snake(operation_id)
}

/// `user-created` or `userCreated` to `UserCreated`, the name of a type.
pub fn pascal(name: &str) -> String {
    snake(name).split('_').map(capitalised).collect()
}

/// The word with its first letter as a capital.
pub fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// Whether a module, and so a file beside ours, can have this name on every system.
pub fn is_module(name: &str) -> bool {
    // The files that we name ourselves, and the devices of Windows.
    const TAKEN: [&str; 8] = ["shared", "webhooks", "types", "operations", "con", "prn", "aux", "nul"];
    let is_device = |name: &str| name.len() == 4 && (name.starts_with("com") || name.starts_with("lpt"));
    let is_word = name.starts_with(|letter: char| letter.is_ascii_lowercase()) && syn::parse_str::<Ident>(name).is_ok();
    is_word && name.len() <= 50 && !TAKEN.contains(&name) && !is_device(name)
}

/// Whether a method of Rust can have this name in snake case.
pub fn is_method(name: &str) -> bool {
    snake(name) == name && name.starts_with(|letter: char| letter.is_ascii_lowercase()) && syn::parse_str::<Ident>(name).is_ok()
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
    fn a_module_is_named_like_no_other_file() {
        for name in ["mod", "type", "", "9a", "../a", "a/b", "shared", "webhooks", "nul", "com1", "self", "_"] {
            assert!(!super::is_module(name), "{name}");
        }
        assert!(super::is_module("user_accounts_with_kyc"));
    }
}
