//! The table of error codes, and the words of a refused key.

use proc_macro2::Literal;
use quote::quote;

use super::file;
use crate::{Document, Problem, error_codes, names};

pub(crate) fn emit(document: &Document) -> Result<String, Problem> {
    let rows = error_codes::rows(document.root()).into_iter().map(|row| {
        let (code, status, meaning) = (row.code, Literal::u16_unsuffixed(row.status), row.meaning);
        let (class, grade) = (names::ident(&names::pascal(row.class)), names::ident(&names::capitalised(row.evidence.word())));
        let name = row.name.unwrap_or_default();
        format!("    {};\n", quote!(#code #status #class #grade #name #meaning))
    });
    let denials = error_codes::denials(document.root()).into_iter().map(|(word, reason)| {
        let reason = names::ident(&names::pascal(reason));
        quote!((#word, AccessDenied::#reason))
    });
    let items = quote! {
        use crate::AccessDenied;
        use crate::operation::error_code_table;

        error_code_table! {}

        /// The words by which a 401 says why it refuses the key.
        pub static ACCESS_DENIED: &[(&str, AccessDenied)] = &[#(#denials),*];
    };
    let text = file("What is known about each error code.", items)?;
    // prettyplease fills lines with tokens; a table is read by its rows.
    Ok(text.replacen("error_code_table! {}", &format!("\nerror_code_table! {{\n{}}}\n", rows.collect::<String>()), 1))
}

#[cfg(test)]
mod tests {
    use crate::test_support::small;

    #[test]
    fn each_code_is_a_row() {
        let text = super::emit(&small()).expect("Rust");
        assert!(text.contains("\n    \"P412\" 400 NotFound Legacy \"invalid-thing\" \"no such user\";\n"), "{text}");
    }
}
