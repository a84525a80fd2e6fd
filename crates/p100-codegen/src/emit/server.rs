//! What the sandbox takes from the document: a call of a handler for each operation, and a schema for each request.

use std::collections::BTreeSet;

use p100_spec::json_schema;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::{Map, Value, json};

use super::parameters::arguments;
use crate::{Document, Node, Operation, ParameterNode, lower, modules, names};

/// One arm for each operation: an operation without a handler does not compile.
pub(crate) fn handlers(document: &Document) -> TokenStream {
    let arms = document.operations().iter().map(arm);
    quote! {
        use p100_raw::{Operation, types};
        use serde::Serialize;

        use crate::call::{Input, Refusal, Reply};
        use crate::world::World;

        /// Carries out `operation` on `world`: by the method of the same name.
        pub(crate) fn handle(world: &mut World, operation: &Operation, input: &Input) -> Result<Reply, Refusal> {
            match operation.id {
                #(#arms)*
                other => Err(Refusal::message(404, format!("There is no operation {other}."))),
            }
        }

        /// A success with a documented status.
        fn json<T: Serialize>(status: u16, result: Result<T, Refusal>) -> Result<Reply, Refusal> {
            result.map(|body| Reply::json(status, &body))
        }
    }
}

fn arm(operation: &Operation) -> TokenStream {
    let id = &operation.id;
    let method = names::ident(&names::rust_method(id));
    let parameters = arguments(operation).into_iter().map(parameter);
    let body = operation.body.as_ref().map(|body| match (operation.upload(), body.schema()) {
        (None, Some(_)) => quote!(input.body()?),
        _ => quote!(input.files()),
    });
    let values = parameters.chain(body);
    let call = quote!(world.#method(#(#values),*));
    let statuses: Vec<u16> = operation.successes().map(|response| response.status).collect();
    match statuses[..] {
        _ if operation.returns_raw() => quote!(#id => #call.map(Reply::html),),
        [status] => {
            let status = Literal::u16_unsuffixed(status);
            quote!(#id => json(#status, #call),)
        }
        _ => quote!(#id => #call.map(|(status, response)| Reply::json(status, &response)),),
    }
}

fn parameter(parameter: &ParameterNode) -> TokenStream {
    let name = &parameter.name;
    if parameter.location == "path" {
        return quote!(input.path(#name));
    }
    let schema = parameter.node.get("schema");
    let enumeration = schema.and_then(Document::reference).map(names::ident);
    let integer = schema.and_then(|schema| schema.str("type")) == Some("integer");
    let text = if parameter.required { quote!(input.required(#name)?) } else { quote!(input.query(#name)) };
    match (enumeration, integer, parameter.required) {
        (Some(ty), _, true) => quote!(types::#ty::from(#text)),
        (Some(ty), _, false) => quote!(#text.map(types::#ty::from)),
        (None, true, true) => quote!(input.integer(#name)?),
        (None, _, _) => text,
    }
}

/// The JSON Schemas of the requests, a query being an object of its parameters: `{operations: {id: {body, query}}, $defs}`.
///
/// Groups of required members (`anyOf`, `oneOf`) stay out: P100 refuses them with codes of their own, which is the handler's.
pub(crate) fn requests(document: &Document) -> String {
    let mut operations = Map::new();
    let mut wanted = BTreeSet::new();
    let mut schema = |schema: &Node| {
        wanted.extend(modules::reachable(document, schema));
        typed(schema)
    };
    for operation in document.operations() {
        let parameters: Map<String, Value> = operation
            .parameters_in("query")
            .filter_map(|parameter| Some((parameter.name.clone(), schema(parameter.node.get("schema")?))))
            .collect();
        let required: Vec<&str> =
            operation.parameters_in("query").filter(|parameter| parameter.required).map(|parameter| &*parameter.name).collect();
        let body = operation.body.as_ref().filter(|_| operation.upload().is_none()).and_then(|body| body.node.get("schema"));
        let mut entry = Map::new();
        entry.extend(body.map(|body| ("body".to_owned(), schema(body))));
        if !parameters.is_empty() {
            entry.insert("query".to_owned(), json!({"type": "object", "properties": parameters, "required": required}));
        }
        if !entry.is_empty() {
            operations.insert(operation.id.clone(), Value::Object(entry));
        }
    }
    let definition = |name: String| {
        let schema = document.schema(&name).filter(|_| !lower::is_form(document, &name));
        (name, schema.map_or(Value::Bool(true), typed))
    };
    let definitions: Map<String, Value> = wanted.into_iter().map(definition).collect();
    let text = serde_json::to_string_pretty(&json!({"operations": operations, "$defs": definitions})).unwrap_or_default();
    text + "\n"
}

/// Of alternatives only those of types: those of required members have no type.
fn typed(schema: &Node) -> Value {
    json_schema(schema, &|keyword, value| match keyword {
        "allOf" | "anyOf" => false,
        "oneOf" => value.items().all(|form| form.str("type").is_some()),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn each_operation_calls_the_handler_of_its_name() {
        let file: syn::File = syn::parse2(super::handlers(&small())).expect("Rust");
        let text = prettyplease::unparse(&file);
        assert!(text.contains(".get_thing(input.path(\"thingId\"), input.integer(\"month\")?)"), "{text}");
    }

    #[test]
    fn requests_are_plain_json_schema() {
        let requests: serde_json::Value = serde_json::from_str(&super::requests(&small())).expect("JSON");
        let text = requests.to_string();
        assert!(requests["operations"].is_object() && !text.contains("x-") && !text.contains("nullable"), "{text}");
    }
}
