//! The table of operations.

use proc_macro2::TokenStream;
use quote::quote;

use super::{evidence, words};
use crate::{Document, Operation, Outcome, Retry, docs, markdown, modules, names};

/// The constant of one operation.
pub(crate) fn emit(document: &Document, operation: &Operation) -> TokenStream {
    let constant = names::ident(&names::screaming(&operation.id));
    let summary = markdown::inline(operation.node.str("summary").unwrap_or_default());
    let about = docs::attributes(&format!("{summary}: {}.", docs::call(operation)));
    let (id, method, path) = (&operation.id, operation.method.word(), &operation.path);
    let (tags, pages, grade) = (words(&operation.tags), words(&operation.docs_pages), evidence(operation.evidence));
    let retry = match operation.retry {
        Retry::Safe => quote!(Retry::Safe),
        Retry::Never => quote!(Retry::Never),
    };
    let outcome = operation.outcome.as_ref().map_or_else(|| quote!(None), emit_outcome);
    let success = operation.successes().map(|response| response.status);
    let codes = operation.error_codes.iter().map(|code| {
        let (word, status, grade) = (&code.code, code.status, evidence(code.evidence));
        quote!(KnownErrorCode { code: #word, status: #status, evidence: #grade })
    });
    let (authenticated, deprecated) = (operation.authenticated, operation.deprecated);
    let sensitive = answers_sensitive(document, operation);
    quote! {
        #(#about)*
        pub static #constant: Operation = Operation {
            id: #id,
            method: #method,
            path: #path,
            tags: #tags,
            docs_pages: #pages,
            evidence: #grade,
            retry: #retry,
            outcome: #outcome,
            success: &[#(#success),*],
            error_codes: &[#(#codes),*],
            authenticated: #authenticated,
            deprecated: #deprecated,
            sensitive_answer: #sensitive,
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
    quote!(Some(Outcome { details: #details, event: #event, id: #id, terminal: #terminal, successful: #successful }))
}

/// Whether anything in the success answer is marked sensitive.
pub(crate) fn answers_sensitive(document: &Document, operation: &Operation) -> bool {
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
    fn an_operation_is_one_row() {
        let document = small();
        let operation = document.operations().iter().find(|operation| operation.id == "getThing").expect("getThing");
        let file: syn::File = syn::parse2(super::emit(&document, operation)).expect("Rust");
        let text = prettyplease::unparse(&file);
        for expected in
            ["pub static GET_THING: Operation", "retry: Retry::Safe", "code: \"P412\"", "sensitive_answer: true", "authenticated: true"]
        {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
    }
}
