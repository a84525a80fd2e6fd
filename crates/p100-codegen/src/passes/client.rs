//! Client methods that go through the seam: our own errors, checked path segments, no `api-version` header, no hooks.

use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprMethodCall, GenericArgument, ImplItemFn, Local, PathArguments, ReturnType, Stmt, Type, parse_quote};

use super::multipart;
use super::substitute::Substitute;
use super::tidy::Tidy;
use crate::node::Position;
use crate::{Document, Operation, Problem, docs, names};

/// Names that the body of every method uses.
const RESERVED: [&str; 4] = ["operation", "request", "body", "form"];

/// Rewrites the method that the generator made for `operation`.
pub(crate) fn apply(
    method: &mut ImplItemFn,
    document: &Document,
    operation: &Operation,
    substitute: &mut Substitute,
) -> Result<(), Problem> {
    Tidy::default().visit_impl_item_fn_mut(method);
    let problem = |message: String| Problem::at(operation.node.position, message).on(operation.id.clone());
    if let Some(parameter) = operation.parameters.iter().find(|parameter| RESERVED.contains(&crate::snake(&parameter.name).as_str())) {
        return Err(problem(format!("a parameter must not be called `{}`: the generated method uses that name itself", parameter.name)));
    }
    let answer = answer_type(&method.sig.output).ok_or_else(|| problem("the generated method has no typed answer".to_owned()))?;
    let mut chain = chain(&method.block).ok_or_else(|| problem("the generated method builds no request".to_owned()))?;
    let call: Expr = if operation.upload().is_some() {
        multipart::apply(method, &mut chain, operation)?;
        parse_quote!(self.upload(operation, request, form.into()).await)
    } else if operation.answers_raw() {
        parse_quote!(self.raw(operation, request).await)
    } else {
        parse_quote!(self.json(operation, request).await)
    };
    method.sig.output = if operation.answers_raw() {
        parse_quote!(-> Result<Response<RawBody>, Error>)
    } else {
        parse_quote!(-> Result<Response<#answer>, Error>)
    };
    let constant = names::ident(&names::screaming(&operation.id));
    let request = clean(chain, operation);
    method.block = parse_quote!({
        let operation = &operations::#constant;
        let request = #request.build().map_err(|error| Error::unbuildable(operation, error))?;
        #call
    });
    method.attrs = docs::attributes(&docs::operation(document, operation));
    if operation.deprecated {
        method.attrs.push(parse_quote!(#[deprecated = "P100's docs dropped it; it may still answer"]));
    }
    substitute.visit_impl_item_fn_mut(method);
    Ok(())
}

/// `T` of `Result<ResponseValue<T>, _>`.
fn answer_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    first_argument(&first_argument(ty)?)
}

fn first_argument(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// The calls on the request builder, from `self.client.post(url)` up to but without `build`.
fn chain(block: &Block) -> Option<ExprMethodCall> {
    block.stmts.iter().find_map(|statement| match statement {
        Stmt::Local(Local { init: Some(init), .. }) => match &*init.expr {
            Expr::Try(tried) => match &*tried.expr {
                Expr::MethodCall(build) if build.method == "build" => match &*build.receiver {
                    Expr::MethodCall(call) => Some(call.clone()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// Without the version header; query parameters as plain pairs; begun by our client, which knows method, path and corrections of both.
fn clean(mut call: ExprMethodCall, operation: &Operation) -> Expr {
    let Expr::MethodCall(inner) = &*call.receiver else {
        let parameters = operation.parameters_in("path").map(|parameter| {
            let (name, value) = (&parameter.name, names::ident(&crate::snake(&parameter.name)));
            quote!((#name, #value))
        });
        return parse_quote!(self.request(operation, &[#(#parameters),*])?);
    };
    *call.receiver = clean(inner.clone(), operation);
    if call.method == "headers" {
        return *call.receiver;
    }
    if call.method == "query"
        && let Some(pair) = call.args.first().and_then(query_pair)
    {
        call.args = [pair].into_iter().collect();
    }
    Expr::MethodCall(call)
}

/// `&progenitor_client::QueryParam::new("month", &month)` as `&[("month", &month)]`.
fn query_pair(argument: &Expr) -> Option<Expr> {
    let Expr::Reference(reference) = argument else { return None };
    let Expr::Call(new) = &*reference.expr else { return None };
    let (name, value) = (new.args.first()?, new.args.get(1)?);
    Some(parse_quote!(&[(#name, #value)]))
}

pub(super) fn unexpected(operation: &Operation, what: &str) -> Problem {
    Problem::at(Position { ..operation.node.position }, format!("the generator's method for this operation has no {what}"))
        .on(operation.id.clone())
}

#[cfg(test)]
mod tests {
    use super::super::substitute::{Scope, Substitute};
    use crate::test_support::{method_text, small};

    #[test]
    fn a_method_builds_its_request_and_hands_it_over() {
        let document = small();
        let operation = document.operations().iter().find(|operation| operation.id == "getThing").expect("getThing");
        let mut method: syn::ImplItemFn = syn::parse_quote!(
            pub async fn get_thing<'a>(
                &'a self,
                thing_id: &'a str,
                month: i32,
            ) -> Result<ResponseValue<types::Thing>, Error<types::Error>> {
                let url = format!("{}/v1/thing/{}", self.baseurl, encode_path(&thing_id.to_string()));
                let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
                let mut request =
                    self.client.get(url).query(&progenitor_client::QueryParam::new("month", &month)).headers(header_map).build()?;
                match response.status().as_u16() {
                    200u16 => ResponseValue::from_response(response).await,
                    _ => Err(Error::UnexpectedResponse(response)),
                }
            }
        );
        super::apply(&mut method, &document, operation, &mut Substitute::new(Scope::Crate)).expect("applies");
        method.attrs.clear();
        let expected: syn::ImplItemFn = syn::parse_quote!(
            pub async fn get_thing(&self, thing_id: &str, month: i32) -> Result<Response<types::Thing>, Error> {
                let operation = &operations::GET_THING;
                let request = self
                    .request(operation, &[("thingId", thing_id)])?
                    .query(&[("month", &month)])
                    .build()
                    .map_err(|error| Error::unbuildable(operation, error))?;
                self.json(operation, request).await
            }
        );
        assert_eq!(method_text(&method), method_text(&expected));
    }
}
