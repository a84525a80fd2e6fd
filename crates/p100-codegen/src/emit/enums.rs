//! Open enums: every known value a variant, every other value kept in `Unknown`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::links::Links;
use crate::{Document, Evidence, Node, docs, error_codes, markdown, names};

pub(crate) fn emit(document: &Document, name: &str, schema: &Node) -> TokenStream {
    let links = Links::in_types(document, name);
    let ident = names::ident(name);
    let values = Document::enum_values(schema).unwrap_or_default();
    let rows = if name == "ErrorCode" { error_codes::rows(document.root()) } else { Vec::new() };
    let mut text = docs::schema(schema, None, &links);
    if schema.get("x-extensible-enum").is_some() {
        text.push_str("\n\nThe list of values is known to be incomplete.");
    }
    let about = docs::attributes(&text);
    let variants: Vec<_> = values.iter().map(|value| names::ident(&names::rust_variant(value))).collect();
    let variant_docs = values.iter().map(|value| {
        let meaning = schema.at(&["x-enum-descriptions", value]).and_then(Node::as_str).map(|text| links.apply(&markdown::inline(text)));
        let grade: Option<Evidence> = schema.at(&["x-enum-evidence", value]).and_then(Node::as_str).and_then(|word| word.parse().ok());
        let facts = rows.iter().find(|row| row.code == *value).map(|row| {
            let name = row.name.map(|name| format!("{}, ", markdown::code(name))).unwrap_or_default();
            format!(" ({name}status {})", row.status)
        });
        let meaning = meaning.map_or_else(|| ".".to_owned(), |meaning| format!(": {meaning}"));
        let mut text = format!("{}{}{meaning}", markdown::code(value), facts.unwrap_or_default());
        if let Some(grade) = grade {
            docs::push_grade(&mut text, grade);
        }
        let attributes = docs::attributes(&text);
        quote!(#(#attributes)*)
    });
    quote! {
        #(#about)*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#variant_docs #variants,)*
            /// A value that the document does not know, as it was sent.
            Unknown(String),
        }
        open_enum!(#ident { #(#variants = #values,)* });
    }
}

#[cfg(test)]
mod tests {
    use crate::Node;
    use crate::test_support::small;

    #[test]
    fn every_value_is_a_variant_and_the_list_stays_open() {
        let schema =
            Node::parse("{description: A state., enum: [ACTIVE, LOCKED_BY_USER], x-enum-evidence: {ACTIVE: inferred}}").expect("valid");
        let file: syn::File = syn::parse2(super::emit(&small(), "State", &schema)).expect("Rust");
        let text = prettyplease::unparse(&file);
        let expected = "/// A state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// `ACTIVE`. Evidence: inferred.
    Active,
    /// `LOCKED_BY_USER`.
    LockedByUser,
    /// A value that the document does not know, as it was sent.
    Unknown(String),
}
open_enum!(State { Active = \"ACTIVE\", LockedByUser = \"LOCKED_BY_USER\", });
";
        assert_eq!(text, expected);
    }
}
