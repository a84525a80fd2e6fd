//! Writes `Option<String>` where typify writes `::std::option::Option<::std::string::String>`.

use syn::Path;
use syn::visit_mut::{self, VisitMut};

pub(crate) struct Tidy;

impl VisitMut for Tidy {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let drop = match names.as_slice() {
            ["std", "option" | "string" | "vec" | "collections", ..] => 2,
            _ => {
                visit_mut::visit_path_mut(self, path);
                return;
            }
        };
        path.leading_colon = None;
        path.segments = path.segments.iter().skip(drop).cloned().collect();
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::visit_mut::VisitMut;

    use super::Tidy;

    #[test]
    fn paths_of_the_prelude_lose_their_crate() {
        let mut ty: syn::Type = syn::parse_quote!(::std::option::Option<::std::collections::BTreeMap<::std::string::String, Fee>>);
        Tidy.visit_type_mut(&mut ty);
        let expected: syn::Type = syn::parse_quote!(Option<BTreeMap<String, Fee>>);
        assert_eq!(ty.to_token_stream().to_string(), expected.to_token_stream().to_string());
    }
}
