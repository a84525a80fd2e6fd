//! The typed mocks: how requests of an operation are recognised, and what it can respond with.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::parameters::{Carrier, argument, arguments};
use crate::{Operation, ParameterNode, docs, markdown, names};

/// The method of the mock server for an operation.
pub(crate) fn server_method(operation: &Operation) -> TokenStream {
    let name = names::ident(&names::rust_method(&operation.id));
    let constant = names::ident(&names::screaming(&operation.id));
    let (when, then) = (type_name(operation, "When"), type_name(operation, "Then"));
    let about = about(operation, "Mocks");
    let configure = match (has_parameters(operation), plain_success(operation)) {
        (false, Some(_)) => quote!(configure),
        (true, Some(_)) => quote!(|when, then| configure(#when(when), then)),
        (false, None) => quote!(|when, then| configure(when, #then(then))),
        (true, None) => quote!(|when, then| configure(#when(when), #then(then))),
    };
    quote! {
        #about
        pub fn #name(&self, configure: impl FnOnce(#when, #then)) -> Mock<'_> {
            self.expect(&operations::#constant, #configure)
        }
    }
}

/// The `When` of an operation: a type of its own where there are parameters.
pub(crate) fn when(operation: &Operation) -> TokenStream {
    let name = type_name(operation, "When");
    let about = about(operation, "Which requests to");
    let base = match (&operation.body, operation.upload(), operation.body.as_ref().and_then(|body| body.schema()).map(names::ident)) {
        (None, ..) => quote!(When),
        (Some(_), None, Some(schema)) => quote!(When<types::#schema>),
        _ => quote!(When<Upload>),
    };
    if !has_parameters(operation) {
        return quote!(#about pub type #name = #base;);
    }
    let parameters = arguments(operation).into_iter().map(condition);
    let body = operation.body.as_ref().map(|body| match (operation.upload(), body.schema().map(names::ident)) {
        (None, Some(schema)) => quote! {
            /// The body is this value.
            pub fn body(self, value: &types::#schema) -> Self {
                Self(self.0.body(value))
            }
        },
        _ => quote! {
            /// The form carries a part of this name and content, among others.
            pub fn part(self, name: &str, content: impl Into<Vec<u8>>) -> Self {
                Self(self.0.part(name, content))
            }
        },
    });
    quote! {
        #about
        pub struct #name(#base);

        impl #name {
            #(#parameters)*
            #body

            /// The bare `When`, for conditions beyond the document.
            pub fn into_inner(self) -> httpmock::When {
                self.0.into_inner()
            }
        }
    }
}

/// A condition on one parameter.
fn condition(parameter: &ParameterNode) -> TokenStream {
    let (name, own, carrier) = (argument(parameter), &parameter.name, Carrier::of(parameter));
    let about = docs::attributes(&format!(
        "The {} parameter {} has exactly this value.",
        markdown::words(&parameter.location),
        markdown::code(own)
    ));
    let value = names::ident("value");
    if !parameter.required {
        let lifetime: syn::Lifetime = syn::parse_quote!('a);
        let ty = carrier.argument(&quote!(p100_raw), Some(&lifetime));
        let generics = matches!(carrier, Carrier::Text | Carrier::Enum(_) | Carrier::Value(_)).then(|| quote!(<'a>));
        return quote! {
            #(#about)*
            pub fn #name #generics(self, value: impl Into<Option<#ty>>) -> Self {
                Self(self.0.optional_query(#own, value.into()))
            }
        };
    }
    let (ty, segment) = match &carrier {
        Carrier::Value(ty) => (quote!(impl Into<p100_raw::#ty>), quote!(value.into().as_str())),
        _ => (carrier.argument(&quote!(p100_raw), None), carrier.segment(&value)),
    };
    let condition = match (parameter.location.as_str(), &carrier) {
        ("path", _) => quote!(path(#own, #segment)),
        (_, Carrier::Value(_)) => quote!(query(#own, #segment)),
        _ => quote!(query(#own, #value)),
    };
    quote! {
        #(#about)*
        pub fn #name(self, value: #ty) -> Self {
            Self(self.0.#condition)
        }
    }
}

/// The `Then` of an operation: a type of its own where it responds with more than one success, 400 and 401.
pub(crate) fn then(operation: &Operation) -> TokenStream {
    let name = type_name(operation, "Then");
    let about = about(operation, "What comes back from");
    if let Some((status, schema)) = plain_success(operation) {
        let status = Literal::u16_unsuffixed(status);
        return quote!(#about pub type #name = Then<types::#schema, #status>;);
    }
    let responses = operation.responses.iter().map(|response| {
        let status = Literal::u16_unsuffixed(response.status);
        let about = docs::attributes(&format!("Responds with status {status}."));
        let method = names::ident(&reason(response.status));
        let body = response.body.as_ref().map(|body| (body.content_type.as_str(), body.schema().map(names::ident)));
        let (argument, call) = match body {
            Some(("application/json", Some(schema))) => (quote!(, value: &types::#schema), quote!(json(#status, value))),
            Some((content_type, _)) => (quote!(, value: &str), quote!(body(#status, #content_type, value))),
            None => (TokenStream::new(), quote!(body(#status, "", ""))),
        };
        quote! {
            #(#about)*
            pub fn #method(self #argument) -> Self {
                Self(self.0.#call)
            }
        }
    });
    quote! {
        #about
        pub struct #name(Then);

        impl #name {
            #(#responses)*

            /// The bare `Then`, for responses beyond the document.
            pub fn into_inner(self) -> httpmock::Then {
                self.0.into_inner()
            }
        }
    }
}

/// Status and schema of the success, where the operation responds with it or with an error that every operation has.
fn plain_success(operation: &Operation) -> Option<(u16, Ident)> {
    let failures: Vec<u16> = operation.failures().map(|response| response.status).collect();
    let mut successes = operation.successes();
    let success = successes.next().filter(|success| matches!(success.status, 200 | 201) && failures == [400, 401])?;
    let body = success.body.as_ref().filter(|body| body.content_type == "application/json")?;
    successes.next().is_none().then_some((success.status, names::ident(body.schema()?)))
}

fn has_parameters(operation: &Operation) -> bool {
    !operation.parameters.is_empty()
}

fn type_name(operation: &Operation, role: &str) -> Ident {
    names::ident(&format!("{}{role}", names::pascal(&operation.id)))
}

fn about(operation: &Operation, role: &str) -> TokenStream {
    let about = docs::attributes(&format!("{role} {} ({}).", markdown::code(&operation.id), markdown::code(&operation.call())));
    quote!(#(#about)*)
}

/// The method name for a status: what RFC 9110 and its companions call it.
pub(crate) fn reason(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| format!("status_{status}"), |reason| names::snake(&reason.replace('\'', "")))
}

#[cfg(test)]
mod tests {
    use crate::test_support::{SMALL, small, text};
    use crate::{Document, Operation};

    fn operation<'a>(document: &'a Document, id: &str) -> &'a Operation {
        document.operations().iter().find(|operation| operation.id == id).expect("in the document")
    }

    #[test]
    fn path_values_are_matched_literally_and_responses_keep_their_digits() {
        let document = small();
        let when = text(&super::when(operation(&document, "getThing")));
        for expected in [
            "pub fn thing_id(self, value: &str) -> Self {\n        Self(self.0.path(\"thingId\", value))",
            "pub fn month(self, value: i32) -> Self {\n        Self(self.0.query(\"month\", value))",
        ] {
            assert!(when.contains(expected), "{when}");
        }
        let then = text(&super::then(operation(&document, "getThing")));
        let expected = "pub fn ok(self, value: &types::Thing) -> Self {\n        Self(self.0.json(200, value))";
        assert!(then.contains(expected), "{then}");
    }

    #[test]
    fn what_responds_like_most_operations_has_no_type_of_its_own() {
        let failures =
            "        '400': {description: Refused., content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}\n";
        let document = Document::load(&SMALL.replace(failures, &[failures, &failures.replace("400", "401")].concat())).expect("loads");
        let then = super::then(operation(&document, "getThing"));
        assert!(text(&then).ends_with("pub type GetThingThen = Then<types::Thing, 200>;\n"), "{}", text(&then));
    }

    #[test]
    fn an_upload_is_matched_by_its_parts() {
        let document = small();
        let when = text(&super::when(operation(&document, "uploadFiles")));
        assert!(when.ends_with("pub type UploadFilesWhen = When<Upload>;\n"), "{when}");
    }

    #[test]
    fn every_status_that_lint_lets_pass_has_a_name() {
        for (status, name) in [(200, "ok"), (204, "no_content"), (404, "not_found"), (418, "im_a_teapot"), (422, "unprocessable_entity")] {
            assert_eq!(super::reason(status), name);
        }
    }
}
