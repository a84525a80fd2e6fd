//! The client's methods: each builds its request and hands it to the one seam.

use proc_macro2::TokenStream;
use quote::quote;

use super::parameters::{Carrier, argument, arguments};
use crate::{Document, Operation, Problem, docs, names};

/// The method that calls `operation`.
pub(crate) fn emit(document: &Document, operation: &Operation) -> Result<TokenStream, Problem> {
    let method = names::ident(&names::rust_method(&operation.id));
    let constant = names::ident(&names::screaming(&operation.id));
    let about = docs::attributes(&docs::operation(document, operation));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated = "P100's docs dropped it; it may still work"]));

    let parameters = arguments(operation).into_iter().map(|parameter| {
        let (name, ty) = (argument(parameter), Carrier::of(parameter).argument(&quote!(crate), None));
        if parameter.required { quote!(#name: #ty,) } else { quote!(#name: Option<#ty>,) }
    });
    let segments = arguments(operation)
        .into_iter()
        .filter(|parameter| parameter.location == "path")
        .map(|parameter| Carrier::of(parameter).segment(&argument(parameter)));
    let queries = operation.parameters_in("query").map(|parameter| {
        let (name, value) = (&parameter.name, argument(parameter));
        if parameter.required { quote!(.query(#name, #value)) } else { quote!(.optional_query(#name, #value)) }
    });
    let body = operation.body.as_ref().and_then(|body| body.schema()).map(names::ident);
    let (argument, call) = match (operation.upload(), &body) {
        (Some(form), None) => {
            let problem = Problem::at(form.node.position, "the form of an upload must be a `$ref` to a component");
            return Err(problem.on(operation.id.clone()));
        }
        (Some(_), Some(form)) => (quote!(form: types::#form), quote!(.upload(form))),
        (None, _) => {
            let call = if operation.returns_raw() { quote!(.raw()) } else { quote!(.json()) };
            let (argument, set) = body.as_ref().map(|body| (quote!(body: &types::#body), quote!(.body(body)))).unzip();
            (quote!(#argument), quote!(#set #call))
        }
    };
    let response = response(operation);
    Ok(quote! {
        #(#about)*
        #deprecated
        pub async fn #method(&self, #(#parameters)* #argument) -> Result<Response<#response>, Error> {
            self.draft(&operations::#constant, &[#(#segments),*])? #(#queries)* #call.await
        }
    })
}

/// What a success is decoded to.
fn response(operation: &Operation) -> TokenStream {
    if operation.returns_raw() {
        return quote!(RawBody);
    }
    let body = operation.successes().find_map(|response| response.body.as_ref()?.schema()).map(names::ident);
    body.map_or_else(|| quote!(()), |body| quote!(types::#body))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::Document;
    use crate::test_support::{SMALL, small, text};

    /// The method of `id` without its documentation.
    fn method(document: &Document, id: &str) -> String {
        let operation = document.operations().iter().find(|operation| operation.id == id).expect("in the document");
        let mut method: syn::ImplItemFn = syn::parse2(super::emit(document, operation).expect("emits")).expect("a method");
        method.attrs.clear();
        text(&quote!(impl Client { #method }))
    }

    #[test]
    fn a_method_builds_its_request_and_hands_it_over() {
        let expected = quote! {
            impl Client {
                pub async fn get_thing(&self, thing_id: &str, month: i32) -> Result<Response<types::Thing>, Error> {
                    self.draft(&operations::GET_THING, &[thing_id])?.query("month", month).json().await
                }
            }
        };
        assert_eq!(method(&small(), "getThing"), text(&expected));
    }

    #[test]
    fn an_upload_takes_its_form() {
        let found = method(&small(), "uploadFiles");
        for expected in [
            "upload_files(\n        &self,\n        form: types::FilesForm,\n    )",
            "self.draft(&operations::UPLOAD_FILES, &[])?.upload(form).await",
        ] {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn arguments_of_the_path_come_first_in_its_order_and_carry_any_type_that_lint_lets_pass() {
        let text = SMALL.replace("/v1/thing/{thingId}:", "/v1/thing/{kind}/{thingId}:").replace(
            "        - {name: thingId,",
            "        - {name: all, in: query, description: All., schema: {type: boolean}}
        - {name: owner, in: query, description: Owner., schema: {type: string, format: external-user-id}}
        - {name: since, in: query, description: Since., schema: {type: string, format: date-time}}
        - {name: thingId,",
        );
        let kind = "        - {name: kind, in: path, required: true, description: Kind., schema: {$ref: '#/components/schemas/ErrorCode'}}\n      responses:\n        '200': {description: Here.";
        let text = text.replacen("      responses:\n        '200': {description: Here.", kind, 1);
        let found = method(&Document::load(&text).expect("loads"), "getThing");
        let signature: String = found.split(") ->").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            signature
                .ends_with("kind: &types::ErrorCode, thing_id: &str, all: Option<bool>, owner: Option<&crate::ExternalUserId>, since: Option<&crate::Timestamp>, month: i32,"),
            "{signature}"
        );
        assert!(found.contains("&[kind.as_str(), thing_id]"), "{found}");
    }
}
