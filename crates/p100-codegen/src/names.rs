//! Names of the document as identifiers of Rust.

pub(crate) use p100_spec::names::{capitalised, is_module, pascal, rust_method, rust_variant, snake};
use quote::format_ident;
use syn::Ident;

pub(crate) fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// The name as an identifier. What none can be made of, lint refuses; it becomes one that nothing else has.
pub(crate) fn ident(name: &str) -> Ident {
    let parse = |name: &str| syn::parse_str::<Ident>(name).ok();
    let is_word = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let raw = || parse(name).or_else(|| syn::parse_str(&format!("r#{name}")).ok()).or_else(|| parse(&format!("{name}_")));
    is_word.then(raw).flatten().unwrap_or_else(|| format_ident!("unnamed_{}", hex(name)))
}

/// Letters and digits that only this text has.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_text_becomes_an_identifier() {
        for (name, expected) in
            [("type", "r#type"), ("self", "self_"), ("crate", "crate_"), ("", "unnamed_"), ("a b;", "unnamed_6120623b"), ("_", "__")]
        {
            assert_eq!(super::ident(name).to_string(), expected);
        }
    }
}
