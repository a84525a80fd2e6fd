//! Uploads: the generator knows only a raw body; these methods take the form of the document instead.

use syn::{Expr, ExprMethodCall, FnArg, ImplItemFn, Pat, parse_quote};

use super::client::unexpected;
use crate::{Operation, Problem, names};

/// Replaces the raw body of `method` by the form, and drops it from the request: the transport adds the form to every attempt.
pub(crate) fn apply(method: &mut ImplItemFn, chain: &mut ExprMethodCall, operation: &Operation) -> Result<(), Problem> {
    let schema = operation.upload().and_then(|form| form.schema()).ok_or_else(|| unexpected(operation, "form schema"))?;
    let form = names::ident(schema);
    method.sig.generics = parse_quote!();
    let body = method.sig.inputs.iter_mut().find(|input| is_body(input)).ok_or_else(|| unexpected(operation, "body"))?;
    *body = parse_quote!(form: types::#form);
    *chain = without_body(chain.clone()).ok_or_else(|| unexpected(operation, "request without a body"))?;
    Ok(())
}

fn is_body(input: &FnArg) -> bool {
    matches!(input, FnArg::Typed(typed) if matches!(&*typed.pat, Pat::Ident(name) if name.ident == "body"))
}

fn without_body(call: ExprMethodCall) -> Option<ExprMethodCall> {
    let mut call = call;
    let inner = match &*call.receiver {
        Expr::MethodCall(inner) => Some(without_body(inner.clone())?),
        _ => None,
    };
    let is_content_type = call.method == "header" && {
        use quote::ToTokens;
        call.args.first().is_some_and(|name| name.to_token_stream().to_string().contains("CONTENT_TYPE"))
    };
    if call.method == "body" || is_content_type {
        return inner;
    }
    if let Some(inner) = inner {
        *call.receiver = Expr::MethodCall(inner);
    }
    Some(call)
}

#[cfg(test)]
mod tests {
    use syn::{Expr, parse_quote};

    use crate::test_support::small;

    #[test]
    fn an_upload_takes_its_form() {
        let document = small();
        let operation = document.operations().iter().find(|operation| operation.id == "uploadFiles").expect("uploadFiles");
        let mut method: syn::ImplItemFn = parse_quote!(
            pub async fn upload_files<B: Into<reqwest::Body>>(&self, body: B) -> Result<ResponseValue<types::Thing>, Error<types::Error>> {}
        );
        let chain: Expr = parse_quote!(
            self.client
                .post(url)
                .header(reqwest::header::ACCEPT, x)
                .header(reqwest::header::CONTENT_TYPE, y)
                .body(body)
                .headers(header_map)
        );
        let Expr::MethodCall(mut chain) = chain else { panic!("a call") };
        super::apply(&mut method, &mut chain, operation).expect("applies");
        let expected: syn::Signature =
            parse_quote!(async fn upload_files(&self, form: types::FilesForm) -> Result<ResponseValue<types::Thing>, Error<types::Error>>);
        assert_eq!(method.sig, expected);
        let expected: Expr = parse_quote!(self.client.post(url).header(reqwest::header::ACCEPT, x).headers(header_map));
        assert_eq!(Expr::MethodCall(chain), expected);
    }
}
