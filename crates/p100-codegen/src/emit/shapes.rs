//! Which members each request, response and event has, and where: what a correction of a name is checked against.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{Document, Node, Operation, modules, names};

pub(crate) fn emit(document: &Document) -> TokenStream {
    let operations = document.operations();
    let bodies = || operations.iter().flat_map(|operation| [request(operation), response(operation)]).flatten();
    let payloads = || document.webhooks().iter().filter_map(|webhook| webhook.body.node.get("schema"));
    let used: BTreeSet<String> = bodies().chain(payloads()).flat_map(|schema| modules::reachable(document, schema)).collect();
    let shapes = document.schemas().filter(|schema| used.contains(schema.name) && has_parts(document, schema.node)).map(|schema| {
        let (name, shape) = (constant(schema.name), shape(document, schema.node));
        quote!(static #name: Shape = #shape;)
    });
    let rows = operations.iter().map(|operation| {
        let id = &operation.id;
        let parameters = operation.parameters.iter().map(|parameter| {
            let (name, location) = (&parameter.name, names::ident(&names::capitalised(&parameter.location)));
            quote!((#name, Location::#location))
        });
        let body = |schema: Option<&Node>| {
            schema.map_or_else(
                || quote!(None),
                |schema| {
                    let shape = reference(document, schema);
                    quote!(Some(#shape))
                },
            )
        };
        let (request, response) = (body(request(operation)), body(response(operation)));
        quote!(OperationShape { id: #id, parameters: &[#(#parameters),*], request: #request, response: #response })
    });
    let events = payloads().map(|schema| reference(document, schema));
    quote! {
        #[allow(unused_imports)]
        use crate::shape::Shape::{Each, Object, Value};
        #[allow(unused_imports)]
        use crate::shape::{Location, MemberShape, OperationShape, Shape};

        /// Of each operation, in the order of the document.
        pub(crate) static OPERATIONS: &[OperationShape] = &[#(#rows),*];

        /// Of the payload of each event, in the order of the document.
        pub(crate) static EVENTS: &[&Shape] = &[#(#events),*];

        #(#shapes)*
    }
}

fn constant(schema: &str) -> syn::Ident {
    names::ident(&names::screaming(schema))
}

fn request(operation: &Operation) -> Option<&Node> {
    operation.body.as_ref()?.node.get("schema")
}

/// The body of a success, if it is JSON.
fn response(operation: &Operation) -> Option<&Node> {
    let body = operation.successes().find_map(|response| response.body.as_ref())?;
    if operation.returns_raw() { None } else { body.node.get("schema") }
}

fn has_parts(document: &Document, schema: &Node) -> bool {
    if let Some(target) = Document::reference(schema).and_then(|name| document.schema(name)) {
        return has_parts(document, target);
    }
    ["additionalProperties", "items", "properties"].iter().any(|key| schema.get(key).is_some())
}

/// A shape as an expression of its type.
fn shape(document: &Document, schema: &Node) -> TokenStream {
    if let Some(entries) = schema.get("additionalProperties").or_else(|| schema.get("items")) {
        let entries = reference(document, entries);
        return quote!(Each(#entries));
    }
    let members = schema.get("properties").into_iter().flat_map(Node::members).map(|(name, property)| {
        let below = reference(document, property);
        quote!(MemberShape::new(#name, #below))
    });
    quote!(Object(&[#(#members),*]))
}

/// A shape as a reference, to its own constant if it has one.
fn reference(document: &Document, schema: &Node) -> TokenStream {
    if !has_parts(document, schema) {
        return quote!(&Value);
    }
    if let Some(name) = Document::reference(schema) {
        let name = constant(name);
        return quote!(&#name);
    }
    let shape = shape(document, schema);
    quote!(&#shape)
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn each_body_names_its_members() {
        let file: syn::File = syn::parse2(super::emit(&small())).expect("Rust");
        let text: String = prettyplease::unparse(&file).split_whitespace().collect();
        for expected in [
            r#"id:"getThing",parameters:&[("thingId",Location::Path),("month",Location::Query)],request:None,response:Some(&THING)"#,
            "request:Some(&FILES_FORM)",
            "staticTHING:Shape=Object(&[MemberShape::new(\"thingId\",&Value),",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
    }
}
