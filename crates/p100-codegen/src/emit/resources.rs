//! The resources of the ergonomic crate: methods that only delegate to one call of the raw client.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::parameters::{Carrier, argument, arguments};
use crate::{Document, Operation, ParameterNode, docs, names};

/// The accessors of the client, one per resource.
pub(crate) fn accessors(document: &Document) -> TokenStream {
    let accessors = document.resources().map(|(resource, about)| {
        let (name, ty) = (names::ident(resource), names::ident(&names::pascal(resource)));
        let about = docs::attributes(&crate::markdown::inline(about));
        quote! {
            #(#about)*
            #[must_use]
            pub fn #name(&self) -> crate::#ty {
                crate::#ty(self.clone())
            }
        }
    });
    quote! {
        /// Every operation of the document is under one of these. [`raw`](Self::raw) has them too, with status, headers and raw body.
        impl crate::Client { #(#accessors)* }
    }
}

/// The methods of a resource.
pub(crate) fn methods(document: &Document, resource: &str) -> TokenStream {
    let ty = names::ident(&names::pascal(resource));
    let own = document.operations().iter().filter_map(|operation| Some((operation, operation.resource.as_ref()?)));
    let own = own.filter(|(_, method)| method.resource == resource && !method.by_hand);
    let methods = own.map(|(operation, method)| {
        let (call, pending) = (call(document, operation, &method.method), pending(document, operation));
        quote!(#call #pending)
    });
    quote! {
        impl crate::#ty { #(#methods)* }
    }
}

/// The method that calls `operation`.
fn call(document: &Document, operation: &Operation, method: &str) -> TokenStream {
    let (method, raw) = (names::ident(method), names::ident(&names::rust_method(&operation.id)));
    let about = docs::attributes(&docs::of_resource(document, operation));
    let deprecated = operation.deprecated.then(|| {
        quote! {
            #[deprecated = "P100's docs dropped it; it may still work"]
            #[allow(deprecated)]
        }
    });
    let mut parameters: Vec<(TokenStream, TokenStream)> = arguments(operation).into_iter().map(parameter).collect();
    if let Some(at) = month_and_year(operation) {
        parameters.splice(at..at + 2, [(quote!(month: Month), quote!(month.number(), month.year()))]);
    }
    parameters.extend(operation.body.as_ref().and_then(|body| body.schema()).map(names::ident).map(|body| match operation.upload() {
        Some(_) => (quote!(form: types::#body), quote!(form)),
        None => (quote!(request: &types::#body), quote!(request)),
    }));
    let (declared, passed): (Vec<_>, Vec<_>) = parameters.into_iter().unzip();
    let response = quote!(self.0.raw().#raw(#(#passed),*).await?.into_inner());
    let (success, result) = match (details(document, operation), operation.pending_method()) {
        (Some(details), Some(pending)) if operation.returns_only_an_id(document) => {
            let (pending, id) = (names::ident(&pending), id(operation));
            (
                quote!(Pending<types::#details>),
                quote! {
                    let created = #response;
                    Ok(self.#pending(created.#id))
                },
            )
        }
        _ if operation.returns_raw() => (quote!(RawBody), quote!(Ok(#response))),
        _ => {
            let body = operation.successes().find_map(|response| response.body.as_ref()?.schema()).map(names::ident);
            (body.map_or_else(|| quote!(()), |body| quote!(types::#body)), quote!(Ok(#response)))
        }
    };
    quote! {
        #(#about)*
        #deprecated
        pub async fn #method(self, #(#declared),*) -> Result<#success, Error> {
            #result
        }
    }
}

/// The method that follows what `operation` created earlier.
fn pending(document: &Document, operation: &Operation) -> Option<TokenStream> {
    let (details, id) = (details(document, operation)?, id(operation));
    let (pending, constant) = (names::ident(&operation.pending_method()?), names::ident(&names::screaming(&operation.id)));
    let about = docs::attributes(&docs::of_pending(operation)?);
    Some(quote! {
        #(#about)*
        pub fn #pending(self, #id: impl Into<String>) -> Pending<types::#details> {
            Pending::new(&self.0, &operations::#constant, #id)
        }
    })
}

/// The details that report the outcome of what `operation` created.
fn details(document: &Document, operation: &Operation) -> Option<Ident> {
    let id = operation.outcome.as_ref()?.details.as_ref()?;
    let details = document.operations().iter().find(|operation| operation.id == *id)?;
    details.successes().find_map(|response| response.body.as_ref()?.schema()).map(names::ident)
}

fn id(operation: &Operation) -> Ident {
    names::ident(&names::snake(operation.outcome.as_ref().and_then(|outcome| outcome.id.as_deref()).unwrap_or_default()))
}

/// How a parameter is declared, and how it is passed to the raw client.
fn parameter(parameter: &ParameterNode) -> (TokenStream, TokenStream) {
    let name = argument(parameter);
    let (ty, required, optional) = match Carrier::of(parameter) {
        Carrier::Text => (quote!(String), quote!(&#name.into()), quote!(#name.as_deref())),
        Carrier::Enum(ty) => (quote!(types::#ty), quote!(&#name.into()), quote!(#name.as_ref())),
        Carrier::Value(ty) => (quote!(crate::raw::#ty), quote!(&#name.into()), quote!(#name.as_ref())),
        Carrier::Integer(ty) => return plain(parameter, &name, &quote!(#ty)),
        Carrier::Boolean => return plain(parameter, &name, &quote!(bool)),
        Carrier::Decimal => return plain(parameter, &name, &quote!(crate::Decimal)),
    };
    if parameter.required { (quote!(#name: impl Into<#ty>), required) } else { (quote!(#name: Option<#ty>), optional) }
}

fn plain(parameter: &ParameterNode, name: &Ident, ty: &TokenStream) -> (TokenStream, TokenStream) {
    if parameter.required { (quote!(#name: #ty), quote!(#name)) } else { (quote!(#name: Option<#ty>), quote!(#name)) }
}

/// Where the arguments name a month of a year, which is one value.
fn month_and_year(operation: &Operation) -> Option<usize> {
    let arguments = arguments(operation);
    let is = |parameter: &ParameterNode, name| {
        parameter.name == name && parameter.required && matches!(Carrier::of(parameter), Carrier::Integer(ty) if ty == "i32")
    };
    arguments.windows(2).position(|pair| is(pair[0], "month") && is(pair[1], "year"))
}
