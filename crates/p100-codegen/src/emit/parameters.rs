//! Which Rust type carries a parameter: one decision for the client's methods, their mocks and the callers of both.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use crate::{Document, Operation, ParameterNode, lower, names};

/// What a parameter is in Rust.
pub(crate) enum Carrier {
    /// `&str`.
    Text,
    /// An integer of this type.
    Integer(Ident),
    /// `bool`.
    Boolean,
    /// A reference to an open enum.
    Enum(Ident),
    /// `Decimal`.
    Decimal,
    /// A reference to a text of one meaning: an id, a currency, a `Timestamp`.
    Value(Ident),
}

impl Carrier {
    pub(crate) fn of(parameter: &ParameterNode) -> Self {
        let Some(schema) = parameter.node.get("schema") else { return Self::Text };
        if let Some(name) = Document::reference(schema) {
            return Self::Enum(names::ident(name));
        }
        match (lower::placeholder(schema), schema.str("type")) {
            (Some(name), _) if name.starts_with("Decimal") => Self::Decimal,
            (Some(name), _) if name != "Sensitive" => Self::Value(names::ident(name)),
            (_, Some("integer")) => Self::Integer(names::ident(if schema.str("format") == Some("int32") { "i32" } else { "i64" })),
            (_, Some("boolean")) => Self::Boolean,
            _ => Self::Text,
        }
    }

    /// The type of the argument; `lifetime` goes to references.
    pub(crate) fn argument(&self, raw: &TokenStream, lifetime: Option<&syn::Lifetime>) -> TokenStream {
        match self {
            Self::Text => quote!(&#lifetime str),
            Self::Integer(ty) => quote!(#ty),
            Self::Boolean => quote!(bool),
            Self::Enum(ty) => quote!(&#lifetime types::#ty),
            Self::Decimal => quote!(#raw::Decimal),
            Self::Value(ty) => quote!(&#lifetime #raw::#ty),
        }
    }

    /// The value of the argument `name` as the text of a path segment.
    pub(crate) fn segment(&self, name: &Ident) -> TokenStream {
        match self {
            Self::Text => quote!(#name),
            Self::Enum(_) | Self::Value(_) => quote!(#name.as_str()),
            _ => quote!(&#name.to_string()),
        }
    }
}

/// The name of the argument for a parameter.
pub(crate) fn argument(parameter: &ParameterNode) -> Ident {
    names::ident(&names::snake(&parameter.name))
}

/// The parameters in the order of the arguments: those of the path as they are in it, then the others as they are listed.
pub(crate) fn arguments(operation: &Operation) -> Vec<&ParameterNode> {
    let place = |parameter: &&ParameterNode| match parameter.location.as_str() {
        "path" => operation.path.find(&format!("{{{}}}", parameter.name)).unwrap_or(usize::MAX - 1),
        _ => usize::MAX,
    };
    let mut parameters: Vec<_> = operation.parameters.iter().collect();
    parameters.sort_by_key(place);
    parameters
}
