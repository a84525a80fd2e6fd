//! What the contract tests need to reach typed code by the names in the document: one row per schema, one arm per operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::mocks::reason;
use super::parameters::{Carrier, argument, arguments};
use crate::{Document, MediaNode, Node, Operation, ParameterNode, Problem, lower, names};

/// Renders the file that the contract tests include. It names items of their `harness` module.
///
/// # Errors
/// A document that [`render`](crate::render) refuses too.
pub fn harness(document: &Document) -> Result<String, Problem> {
    let schemas: Vec<&str> = document.schemas().map(|schema| schema.name).filter(|name| !lower::is_form(document, name)).collect();
    let types = schemas.iter().map(|name| names::ident(name));
    let calls = document.operations().iter().map(|operation| call(document, operation));
    let mocks = document.operations().iter().map(mock);
    super::part(quote! {
        pub(crate) static SCHEMAS: &[Schema] = &[#(Schema::of::<types::#types>(#schemas)),*];

        /// Calls the operation `id` through the raw client.
        #[allow(deprecated)]
        pub(crate) async fn call(client: &Client, id: &str, arguments: &Arguments) -> Result<RawResponse, Error> {
            match id {
                #(#calls)*
                other => panic!("the document has no operation {other}"),
            }
        }

        /// Mocks the operation `id` for exactly these arguments.
        pub(crate) fn mock<'s>(server: &'s MockServer, id: &str, arguments: &Arguments, status: u16, response: &str) -> Mock<'s> {
            match id {
                #(#mocks)*
                other => panic!("the document has no operation {other}"),
            }
        }
    })
}

fn call(document: &Document, operation: &Operation) -> TokenStream {
    let id = &operation.id;
    let method = names::ident(&names::rust_method(id));
    let parameters = arguments(operation).into_iter().map(parameter);
    let body = operation.body.as_ref().map(|body| match (operation.upload(), body.schema().map(names::ident)) {
        (None, Some(schema)) => quote!(&read::<types::#schema>(&arguments.body)),
        _ => form(document, body),
    });
    let values = parameters.chain(body);
    let response = if operation.returns_raw() { quote!(RawResponse::raw) } else { quote!(RawResponse::json) };
    quote!(#id => client.#method(#(#values),*).await.map(|response| #response(&response)),)
}

fn parameter(parameter: &ParameterNode) -> TokenStream {
    let name = &parameter.name;
    match (Carrier::of(parameter), parameter.required) {
        (Carrier::Text, true) => quote!(arguments.text(#name)),
        (Carrier::Text, false) => quote!(arguments.optional(#name)),
        (Carrier::Enum(ty), true) => quote!(&types::#ty::from(arguments.text(#name))),
        (Carrier::Enum(ty), false) => quote!(arguments.optional(#name).map(types::#ty::from).as_ref()),
        (Carrier::Integer(_) | Carrier::Boolean, true) => quote!(read(arguments.text(#name))),
        (Carrier::Integer(_) | Carrier::Boolean, false) => quote!(arguments.optional(#name).map(read)),
        (Carrier::Decimal, true) => quote!(arguments.text(#name).parse().expect("a decimal")),
        (Carrier::Decimal, false) => quote!(arguments.optional(#name).map(|text| text.parse().expect("a decimal"))),
        (Carrier::Value(ty), true) => quote!(&p100_raw::#ty::from(arguments.text(#name))),
        (Carrier::Value(ty), false) => quote!(arguments.optional(#name).map(p100_raw::#ty::from).as_ref()),
    }
}

/// The form of an upload, built by name.
fn form(document: &Document, body: &MediaNode) -> TokenStream {
    let name = body.schema().unwrap_or_default();
    let Some(schema) = document.schema(name) else { return TokenStream::new() };
    let required: Vec<&str> = schema.strings("required").collect();
    let setters = schema.get("properties").into_iter().flat_map(Node::members).map(|(part, property)| {
        let field = names::ident(&crate::names::snake(part));
        let maybe = names::ident(&format!("maybe_{}", crate::names::snake(part)));
        match (property.str("type") == Some("array"), required.contains(&part)) {
            (true, _) => quote!(.#field(arguments.parts(#part))),
            (false, true) => quote!(.#field(arguments.parts(#part).remove(0))),
            (false, false) => quote!(.#maybe(arguments.parts(#part).pop())),
        }
    });
    let ty = names::ident(name);
    quote!(types::#ty::builder()#(#setters)*.build())
}

fn mock(operation: &Operation) -> TokenStream {
    let id = &operation.id;
    let method = names::ident(&names::rust_method(id));
    let whens = arguments(operation).into_iter().map(|own| {
        let name = argument(own);
        let value = match (Carrier::of(own), &own.name) {
            // Mocks take whatever becomes a value.
            (Carrier::Value(_), name) if own.required => quote!(arguments.text(#name)),
            _ => parameter(own),
        };
        quote!(let when = when.#name(#value);)
    });
    let body = operation.body.as_ref().map(|body| match (operation.upload(), body.schema().map(names::ident)) {
        (None, Some(schema)) => quote!(let when = when.body(&read::<types::#schema>(&arguments.body));),
        _ => quote!(let when = arguments.contents().fold(when, |when, (name, content)| when.part(name, content));),
    });
    let thens = operation.responses.iter().map(|response| {
        let (status, method) = (response.status, names::ident(&reason(response.status)));
        let raw = response.body.as_ref().is_some_and(|body| body.content_type != "application/json");
        let value = if raw { quote!(response) } else { quote!(&read(response)) };
        quote!(#status => then.#method(#value),)
    });
    quote! {
        #id => server.#method(|when, then| {
            #(#whens)*
            #body
            let _ = when;
            let _ = match status {
                #(#thens)*
                other => panic!("{} documents no status {other}", #id),
            };
        }),
    }
}
