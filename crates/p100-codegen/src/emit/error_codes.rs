//! What is known about each error code.

use proc_macro2::TokenStream;
use quote::quote;

use super::evidence;
use crate::{Document, Evidence, Node};

pub(crate) fn emit(document: &Document) -> TokenStream {
    let Some(schema) = document.schema("ErrorCode") else { return TokenStream::new() };
    let inherited = Evidence::of(schema).unwrap_or(Evidence::Assumed);
    let rows = Document::enum_values(schema).unwrap_or_default().into_iter().map(|code| {
        let meaning = schema.at(&["x-enum-descriptions", code]).and_then(Node::as_str).unwrap_or_default();
        let grade = schema.at(&["x-enum-evidence", code]).and_then(Node::as_str).and_then(|word| word.parse().ok()).unwrap_or(inherited);
        let grade = evidence(grade);
        let name = document.root().at(&["components", "examples", code, "value", "errorName"]).and_then(Node::as_str);
        let name = name.map_or_else(|| quote!(None), |name| quote!(Some(#name)));
        quote!(ErrorCodeInfo { code: #code, name: #name, meaning: #meaning, evidence: #grade })
    });
    quote! {
        use crate::types::ErrorCode;
        use crate::{ErrorCodeInfo, Evidence};

        /// Every code the document knows. P100 has more: its full list is not public.
        pub static ALL: &[ErrorCodeInfo] = &[#(#rows),*];

        impl ErrorCode {
            /// What the document knows about the code.
            #[must_use]
            pub fn info(&self) -> Option<&'static ErrorCodeInfo> {
                ALL.iter().find(|info| info.code == self.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn each_code_has_its_meaning_and_grade() {
        let file: syn::File = syn::parse2(super::emit(&small())).expect("Rust");
        let text = prettyplease::unparse(&file);
        assert!(text.contains("code: \"P412\""), "{text}");
        assert!(text.contains("meaning: \"no such user\""), "{text}");
        assert!(text.contains("evidence: Evidence::Legacy"), "{text}");
    }
}
