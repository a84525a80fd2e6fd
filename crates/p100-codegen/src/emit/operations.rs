//! The table of operations.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::{evidence, words};
use crate::ErrorCode;
use crate::{Document, Operation, Outcome, Retry, docs, markdown, modules, names};

/// The constants of a module's operations, and what is common to them.
pub(crate) fn module(document: &Document, tag: &str, operations: &[&Operation]) -> TokenStream {
    let rows = operations.iter().map(|operation| emit(document, operation, tag));
    quote! {
        /// What holds for most operations of the module.
        const MODULE: Operation = Operation { tags: &[#tag], ..Operation::BASE };

        #(#rows)*
    }
}

/// A constant for each way in which operations know an error code.
pub(crate) fn error_codes(document: &Document) -> TokenStream {
    let mut seen = BTreeSet::new();
    let mut codes: Vec<&ErrorCode> = document.operations().iter().flat_map(|operation| &operation.error_codes).collect();
    codes.sort_by_key(|code| (&code.code, code.status, code.evidence));
    let rows = codes.into_iter().filter(|code| seen.insert(error_code(code))).map(|code| {
        let (constant, word, status, grade) =
            (error_code(code), &code.code, Literal::u16_unsuffixed(code.status), names::ident(&names::capitalised(code.evidence.word())));
        quote!(const #constant: KnownErrorCode = KnownErrorCode::new(#word, #status, #grade);)
    });
    quote!(#(#rows)*)
}

/// `P412_INFERRED`: the status is part of the name where it is not 400.
fn error_code(code: &ErrorCode) -> Ident {
    let status = if code.status == 400 { String::new() } else { format!("_{}", code.status) };
    names::ident(&format!("{}{status}_{}", code.code, code.evidence.word().to_ascii_uppercase()))
}

/// The constant of one operation. What is left out is as in its module.
fn emit(document: &Document, operation: &Operation, tag: &str) -> TokenStream {
    let constant = names::ident(&names::screaming(&operation.id));
    let summary = markdown::inline(operation.node.str("summary").unwrap_or_default());
    let about = docs::attributes(&format!("{summary}: {}.", markdown::code(&operation.call())));
    let (id, method, path) = (&operation.id, operation.method.word(), &operation.path);
    let (pages, grade) = (words(&operation.docs_pages), evidence(operation.evidence));
    let tags = (operation.tags != [tag]).then(|| {
        let tags = words(&operation.tags);
        quote!(tags: #tags,)
    });
    let retry = (operation.retry == Retry::Safe).then(|| quote!(retry: Retry::Safe,));
    let outcome = operation.outcome.as_ref().map(emit_outcome);
    let statuses: Vec<u16> = operation.successes().map(|response| response.status).collect();
    let success = (statuses != [200]).then(|| {
        let statuses = statuses.iter().map(|status| Literal::u16_unsuffixed(*status));
        quote!(success: &[#(#statuses),*],)
    });
    let codes = operation.error_codes.iter().map(error_code);
    let authenticated = (!operation.authenticated).then(|| quote!(authenticated: false,));
    let deprecated = operation.deprecated.then(|| quote!(deprecated: true,));
    let sensitive = returns_sensitive(document, operation).then(|| quote!(sensitive_response: true,));
    quote! {
        #(#about)*
        pub static #constant: Operation = Operation {
            id: #id,
            method: #method,
            path: #path,
            #tags
            docs_pages: #pages,
            evidence: #grade,
            #retry
            #outcome
            #success
            error_codes: &[#(#codes),*],
            #authenticated
            #deprecated
            #sensitive
            ..MODULE
        };
    }
}

fn emit_outcome(outcome: &Outcome) -> TokenStream {
    let option = |word: &Option<String>| word.as_ref().map_or_else(|| quote!(None), |word| quote!(Some(#word)));
    let (details, id) = (option(&outcome.details), option(&outcome.id));
    let event = outcome.event.as_ref().map_or_else(
        || quote!(None),
        |event| {
            let kind = names::ident(&names::pascal(event));
            quote!(Some(WebhookKind::#kind))
        },
    );
    let (terminal, successful) = (words(&outcome.terminal), words(&outcome.successful));
    quote!(outcome: Some(Outcome { details: #details, event: #event, id: #id, terminal: #terminal, successful: #successful }),)
}

/// Whether anything in the success response is marked sensitive.
pub(crate) fn returns_sensitive(document: &Document, operation: &Operation) -> bool {
    let schemas = operation.successes().filter_map(|response| response.body.as_ref()?.node.get("schema"));
    schemas.into_iter().any(|schema| {
        let named = modules::reachable(document, schema);
        let properties = named.iter().filter_map(|name| document.schema(name)?.get("properties"));
        schema.flag("x-sensitive") || properties.flat_map(crate::Node::members).any(|(_, property)| property.flag("x-sensitive"))
    })
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn an_operation_is_one_row_that_states_what_is_not_common() {
        let document = small();
        let operations: Vec<_> = document.operations().iter().collect();
        let file: syn::File = syn::parse2(super::module(&document, "Things", &operations)).expect("Rust");
        let text = prettyplease::unparse(&file);
        let expected = "pub static GET_THING: Operation = Operation {
    id: \"getThing\",
    method: \"GET\",
    path: \"/v1/thing/{thingId}\",
    docs_pages: &[\"a\"],
    evidence: Evidence::Documented,
    retry: Retry::Safe,
    error_codes: &[P412_LEGACY],
    sensitive_response: true,
    ..MODULE
};";
        assert!(text.contains(expected), "{text}");
        for expected in ["tags: &[\"Things\"]", "success: &[201]"] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
    }

    #[test]
    fn an_error_code_is_one_line() {
        let file: syn::File = syn::parse2(super::error_codes(&small())).expect("Rust");
        let text = prettyplease::unparse(&file);
        assert_eq!(text, "const P412_LEGACY: KnownErrorCode = KnownErrorCode::new(\"P412\", 400, Legacy);\n");
    }
}
