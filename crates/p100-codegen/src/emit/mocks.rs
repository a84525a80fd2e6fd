//! The typed mocks: how requests of an operation are recognised, and what it can respond with.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::parameters::{Carrier, argument, arguments};
use crate::{Operation, ParameterNode, Problem, docs, markdown, names};

/// The method of the mock server for an operation.
pub(crate) fn server_method(operation: &Operation) -> TokenStream {
    let name = names::ident(&names::rust_method(&operation.id));
    let constant = names::ident(&names::screaming(&operation.id));
    let (when, then) = (wrapper(operation, "When"), wrapper(operation, "Then"));
    let about = docs::attributes(&role(operation, "Mocks"));
    quote! {
        #(#about)*
        pub fn #name<F>(&self, configure: F) -> httpmock::Mock<'_>
        where
            F: FnOnce(#when, #then),
        {
            self.expect(&operations::#constant, |when, then| configure(#when::new(when), #then::new(then)))
        }
    }
}

/// The `When` of an operation.
pub(crate) fn when(operation: &Operation) -> TokenStream {
    let constant = names::ident(&names::screaming(&operation.id));
    let name = wrapper(operation, "When");
    let about = docs::attributes(&role(operation, "Which requests to"));
    let parameters = arguments(operation).into_iter().map(|parameter| condition(operation, parameter));
    let body = operation.body.as_ref().map(|body| match (operation.upload(), body.schema().map(names::ident)) {
        (None, Some(schema)) => quote! {
            /// The body is this value. Amounts are compared exactly: `12.5` is `12.50`, and nothing else.
            pub fn body(self, value: &types::#schema) -> Self {
                Self(matching::body(self.0, value))
            }
        },
        _ => quote! {
            /// The form carries a part of this name and content, among others.
            pub fn part(self, name: &str, content: impl Into<Vec<u8>>) -> Self {
                Self(matching::part(self.0, name, content.into()))
            }
        },
    });
    quote! {
        #(#about)*
        pub struct #name(httpmock::When);

        impl #name {
            /// Matches every request of the operation.
            pub(crate) fn new(inner: httpmock::When) -> Self {
                Self(matching::operation(inner, &operations::#constant))
            }

            /// The bare `When`, for conditions beyond the document.
            pub fn into_inner(self) -> httpmock::When {
                self.0
            }

            #(#parameters)*
            #body
        }
    }
}

/// A condition on one parameter.
fn condition(operation: &Operation, parameter: &ParameterNode) -> TokenStream {
    let constant = names::ident(&names::screaming(&operation.id));
    let (name, own, carrier) = (argument(parameter), &parameter.name, Carrier::of(parameter));
    let about = docs::attributes(&format!(
        "The {} parameter {} has exactly this value.",
        markdown::words(&parameter.location),
        markdown::code(own)
    ));
    let value = quote::format_ident!("value");
    if parameter.location == "path" {
        let (ty, value) = (carrier.argument(&quote!(p100_raw), None), carrier.segment(&value));
        return quote! {
            #(#about)*
            pub fn #name(self, value: #ty) -> Self {
                Self(matching::path_parameter(self.0, &operations::#constant, #own, #value))
            }
        };
    }
    if parameter.required {
        let ty = carrier.argument(&quote!(p100_raw), None);
        return quote! {
            #(#about)*
            pub fn #name(self, value: #ty) -> Self {
                Self(self.0.query_param(#own, value.to_string()))
            }
        };
    }
    let lifetime: syn::Lifetime = syn::parse_quote!('a);
    let ty = carrier.argument(&quote!(p100_raw), Some(&lifetime));
    let generics = if matches!(carrier, Carrier::Integer(_) | Carrier::Boolean | Carrier::Decimal) { quote!(<T>) } else { quote!(<'a, T>) };
    quote! {
        #(#about)*
        pub fn #name #generics(self, value: T) -> Self
        where
            T: Into<Option<#ty>>,
        {
            if let Some(value) = value.into() {
                Self(self.0.query_param(#own, value.to_string()))
            } else {
                Self(self.0.query_param_missing(#own))
            }
        }
    }
}

/// The `Then` of an operation.
pub(crate) fn then(operation: &Operation) -> Result<TokenStream, Problem> {
    let name = wrapper(operation, "Then");
    let about = docs::attributes(&role(operation, "What comes back from"));
    let mut responses = Vec::new();
    for response in &operation.responses {
        let status = response.status;
        let about = docs::attributes(&format!("Answers with status {status}."));
        let method = reason(status).map(|reason| format_ident!("{reason}")).ok_or_else(|| {
            Problem::at(response.node.position, format!("mocks have no name for the status {status}")).on(operation.id.clone())
        })?;
        let body = response.body.as_ref().map(|body| (body.content_type.as_str(), body.schema().map(names::ident)));
        responses.push(match body {
            Some(("application/json", Some(schema))) => quote! {
                #(#about)*
                pub fn #method(self, value: &types::#schema) -> Self {
                    Self(self.0.status(#status).header("content-type", "application/json").body(matching::json(value)))
                }
            },
            Some((content_type, _)) => quote! {
                #(#about)*
                pub fn #method(self, value: &str) -> Self {
                    Self(self.0.status(#status).header("content-type", #content_type).body(value))
                }
            },
            None => quote! {
                #(#about)*
                pub fn #method(self) -> Self {
                    Self(self.0.status(#status))
                }
            },
        });
    }
    Ok(quote! {
        #(#about)*
        pub struct #name(httpmock::Then);

        impl #name {
            /// Wraps a bare `Then`.
            pub(crate) fn new(inner: httpmock::Then) -> Self {
                Self(inner)
            }

            /// The bare `Then`, for answers beyond the document.
            pub fn into_inner(self) -> httpmock::Then {
                self.0
            }

            #(#responses)*
        }
    })
}

fn role(operation: &Operation, role: &str) -> String {
    format!("{role} {} ({}).", markdown::code(&operation.id), docs::call(operation))
}

/// The name of the type that wraps `httpmock`'s.
fn wrapper(operation: &Operation, suffix: &str) -> Ident {
    names::ident(&format!("{}{suffix}", names::pascal(&operation.id)))
}

/// The method name for a status.
pub(crate) fn reason(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "ok",
        201 => "created",
        202 => "accepted",
        204 => "no_content",
        400 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        422 => "unprocessable_entity",
        429 => "too_many_requests",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::test_support::{small, text};

    #[test]
    fn path_values_are_matched_literally_and_responses_keep_their_digits() {
        let document = small();
        let operation = document.operations().iter().find(|operation| operation.id == "getThing").expect("getThing");
        let when = text(&super::when(operation));
        let squeezed = when.split_whitespace().collect::<String>().replace(",)", ")");
        let expected =
            "pubfnthing_id(self,value:&str)->Self{Self(matching::path_parameter(self.0,&operations::GET_THING,\"thingId\",value))}";
        assert!(squeezed.contains(expected), "{when}");
        let then = text(&super::then(operation).expect("emits")).split_whitespace().collect::<String>().replace(",)", ")");
        let expected = "pubfnok(self,value:&types::Thing)->Self{Self(self.0.status(200u16).header(\"content-type\",\"application/json\").body(matching::json(value)))}";
        assert!(then.contains(expected), "{then}");
    }

    #[test]
    fn an_upload_is_matched_by_its_parts() {
        let document = small();
        let operation = document.operations().iter().find(|operation| operation.id == "uploadFiles").expect("uploadFiles");
        let when = text(&super::when(operation));
        assert!(when.contains("pub fn part(self, name: &str, content: impl Into<Vec<u8>>) -> Self"), "{when}");
    }
}
