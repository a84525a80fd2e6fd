//! The forms of multipart requests.

use proc_macro2::TokenStream;
use quote::quote;

use crate::links::Links;
use crate::{Document, Node, docs, names};

pub(crate) fn emit(document: &Document, name: &str, schema: &Node) -> TokenStream {
    let links = Links::in_types(document, name);
    let ident = names::ident(name);
    let about = docs::attributes(&docs::schema(schema, None, &links));
    let required: Vec<&str> = schema.strings("required").collect();
    let grade = crate::Evidence::of(schema);
    let parts: Vec<(&str, &Node)> = schema.get("properties").into_iter().flat_map(Node::members).collect();
    let fields = parts.iter().map(|(part, property)| {
        let about = docs::attributes(&docs::schema(property, grade, &links));
        let field = names::ident(&crate::names::snake(part));
        match (property.str("type") == Some("array"), required.contains(part)) {
            (true, true) => quote!(#(#about)* pub #field: Vec<FilePart>),
            (true, false) => quote!(#(#about)* pub #field: Option<Vec<FilePart>>),
            (false, true) => quote!(#(#about)* pub #field: FilePart),
            (false, false) => quote!(#(#about)* pub #field: Option<FilePart>),
        }
    });
    let pushes = parts.iter().map(|(part, property)| {
        let field = names::ident(&crate::names::snake(part));
        match (property.str("type") == Some("array"), required.contains(part)) {
            (true, true) => quote!(for part in value.#field { form.push(#part, part); }),
            (true, false) => quote!(for part in value.#field.into_iter().flatten() { form.push(#part, part); }),
            (false, true) => quote!(form.push(#part, value.#field);),
            (false, false) => quote!(if let Some(part) = value.#field { form.push(#part, part); }),
        }
    });
    quote! {
        #(#about)*
        #[derive(Debug, bon::Builder)]
        #[non_exhaustive]
        pub struct #ident { #(#fields,)* }

        impl From<#ident> for Form {
            fn from(value: #ident) -> Self {
                let mut form = Self::default();
                #(#pushes)*
                form
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Node;
    use crate::test_support::small;

    #[test]
    fn parts_are_optional_repeated_or_required_as_the_document_says() {
        let schema = Node::parse(
            "{description: Files., required: [files], properties: {front: {description: Front., type: string, format: binary}, \
             files: {description: Pages., type: array, items: {type: string, format: binary}}, \
             more: {description: More., type: array, items: {type: string, format: binary}}}}",
        )
        .expect("valid");
        let file: syn::File = syn::parse2(super::emit(&small(), "FilesForm", &schema)).expect("Rust");
        let expected = "/// Files.
#[derive(Debug, bon::Builder)]
#[non_exhaustive]
pub struct FilesForm {
    /// Front.
    pub front: Option<FilePart>,
    /// Pages.
    pub files: Vec<FilePart>,
    /// More.
    pub more: Option<Vec<FilePart>>,
}
impl From<FilesForm> for Form {
    fn from(value: FilesForm) -> Self {
        let mut form = Self::default();
        if let Some(part) = value.front {
            form.push(\"front\", part);
        }
        for part in value.files {
            form.push(\"files\", part);
        }
        for part in value.more.into_iter().flatten() {
            form.push(\"more\", part);
        }
        form
    }
}
";
        assert_eq!(prettyplease::unparse(&file), expected);
    }
}
