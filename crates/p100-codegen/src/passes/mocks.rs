//! Mocks that match values literally, answer exact digits, and know uploads and pages.

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, ImplItem, ImplItemFn, ItemImpl, ItemStruct, parse_quote};

use super::client::unexpected;
use super::substitute::Substitute;
use super::tidy::Tidy;
use crate::{Operation, Problem, docs, markdown, names};

/// Finishes the `When` of an operation: how its requests are recognised.
pub(crate) fn when(item: &mut ItemImpl, operation: &Operation, substitute: &mut Substitute) -> Result<(), Problem> {
    Tidy::default().visit_item_impl_mut(item);
    for function in functions(item) {
        let name = function.sig.ident.to_string();
        let parameter = operation.parameters.iter().find(|parameter| crate::snake(&parameter.name) == name);
        let constant = names::ident(&names::screaming(&operation.id));
        match (name.as_str(), parameter) {
            ("new", _) => {
                function.attrs = docs::attributes("Matches every request of the operation.");
                function.vis = parse_quote!(pub(crate));
                function.block = parse_quote!({ Self(matching::operation(inner, &operations::#constant)) });
            }
            ("into_inner", _) => function.attrs = docs::attributes("The bare `When`, for conditions beyond the document."),
            ("body", _) if operation.upload().is_some() => {
                function.sig = parse_quote!(fn part(self, name: &str, content: impl Into<Vec<u8>>));
                function.sig.output = parse_quote!(-> Self);
                function.attrs = docs::attributes("The form carries a part of this name and content, among others.");
                function.block = parse_quote!({ Self(matching::part(self.0, name, content.into())) });
            }
            ("body", _) => function.attrs = docs::attributes("The body is this value."),
            (_, Some(parameter)) => {
                let text = format!(
                    "The {} parameter {} has exactly this value.",
                    markdown::words(&parameter.location),
                    markdown::code(&parameter.name)
                );
                function.attrs = docs::attributes(&text);
                if parameter.location == "path" {
                    let api_name = &parameter.name;
                    function.block = parse_quote!({ Self(matching::path_parameter(self.0, &operations::#constant, #api_name, value)) });
                }
            }
            _ => return Err(unexpected(operation, &format!("parameter `{name}`"))),
        }
    }
    substitute.visit_item_impl_mut(item);
    Ok(())
}

/// Finishes the `Then` of an operation: what it can answer.
pub(crate) fn then(item: &mut ItemImpl, operation: &Operation, substitute: &mut Substitute) {
    Tidy::default().visit_item_impl_mut(item);
    let raw = operation.successes().find(|response| response.body.as_ref().is_some_and(|body| body.content_type != "application/json"));
    for function in functions(item) {
        let name = function.sig.ident.to_string();
        match name.as_str() {
            "new" => {
                function.attrs = docs::attributes("Wraps a bare `Then`.");
                function.vis = parse_quote!(pub(crate));
            }
            "into_inner" => function.attrs = docs::attributes("The bare `Then`, for answers beyond the document."),
            _ => {
                let response = operation.responses.iter().find(|response| reason(response.status) == Some(name.as_str()));
                let status = response.map_or(0, |response| response.status);
                let text = format!("Answers with status {status}.");
                function.attrs = docs::attributes(&text);
                if raw.is_some_and(|raw| raw.status == status) {
                    let content_type = raw.and_then(|raw| raw.body.as_ref()).map(|body| body.content_type.clone()).unwrap_or_default();
                    let signature: syn::Signature = parse_quote!(fn answer(self, value: &str));
                    function.sig.inputs = signature.inputs;
                    function.block = parse_quote!({ Self(self.0.status(#status).header("content-type", #content_type).body(value)) });
                } else {
                    ExactBody.visit_block_mut(&mut function.block);
                }
            }
        }
    }
    substitute.visit_item_impl_mut(item);
}

/// Documents the tuple struct of a `When` or `Then`.
pub(crate) fn wrapper(item: &mut ItemStruct, operation: &Operation, role: &str) {
    Tidy::default().visit_item_struct_mut(item);
    let text = format!("{role} {} ({}).", markdown::code(&operation.id), docs::call(operation));
    item.attrs = docs::attributes(&text);
}

/// The method of the mock server for an operation.
pub(crate) fn server_method(operation: &Operation) -> ImplItemFn {
    let name = names::ident(&names::rust_method(&operation.id));
    let constant = names::ident(&names::screaming(&operation.id));
    let (when, then) =
        (names::ident(&format!("{}When", names::pascal(&operation.id))), names::ident(&format!("{}Then", names::pascal(&operation.id))));
    let mut method: ImplItemFn = parse_quote!(
        pub fn #name<F>(&self, configure: F) -> httpmock::Mock<'_>
        where
            F: FnOnce(#when, #then),
        {
            self.expect(&operations::#constant, |when, then| configure(#when::new(when), #then::new(then)))
        }
    );
    method.attrs = docs::attributes(&format!("Mocks {} ({}).", markdown::code(&operation.id), docs::call(operation)));
    method
}

fn functions(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// `json_body_obj` goes through floats; answers are written as text.
struct ExactBody;

impl VisitMut for ExactBody {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "json_body_obj" {
            call.method = format_ident!("body");
            let value: Option<Expr> = call.args.first().cloned();
            call.args = value.map(|value| -> Expr { parse_quote!(matching::json(#value)) }).into_iter().collect();
        }
    }
}

/// The method name the generator derives from a status.
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
    use syn::parse_quote;

    use super::super::substitute::{Scope, Substitute};
    use crate::test_support::{small, text};

    #[test]
    fn path_values_are_matched_literally_and_answers_keep_their_digits() {
        let document = small();
        let operation = document.operations().iter().find(|operation| operation.id == "getThing").expect("getThing");
        let mut substitute = Substitute::new(Scope::Crate);
        let mut item: syn::ItemImpl = parse_quote!(
            impl GetThingWhen {
                pub fn thing_id(self, value: &str) -> Self {
                    let re = regex::Regex::new(&format!("^/v1/thing/{}$", value.to_string())).unwrap();
                    Self(self.0.path_matches(re))
                }
            }
        );
        super::when(&mut item, operation, &mut substitute).expect("applies");
        let expected: syn::ItemImpl = parse_quote!(
            impl GetThingWhen {
                #[doc = " The path parameter `thingId` has exactly this value."]
                pub fn thing_id(self, value: &str) -> Self {
                    Self(matching::path_parameter(self.0, &operations::GET_THING, "thingId", value))
                }
            }
        );
        assert_eq!(text(&item), text(&expected));
        let mut item: syn::ItemImpl = parse_quote!(
            impl GetThingThen {
                pub fn ok(self, value: &types::Thing) -> Self {
                    Self(self.0.status(200u16).header("content-type", "application/json").json_body_obj(value))
                }
            }
        );
        super::then(&mut item, operation, &mut substitute);
        let expected: syn::ItemImpl = parse_quote!(
            impl GetThingThen {
                #[doc = " Answers with status 200."]
                pub fn ok(self, value: &types::Thing) -> Self {
                    Self(self.0.status(200u16).header("content-type", "application/json").body(matching::json(value)))
                }
            }
        );
        assert_eq!(text(&item), text(&expected));
    }
}
