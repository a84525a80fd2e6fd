//! Writes `Option<String>` where the generator writes `::std::option::Option<::std::string::String>`, and drops lifetimes
//! that elision gives anyway.

use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericParam, Path, Receiver, ReceiverKind, Signature, TypeReference};

/// The lifetime progenitor gives to every method.
const CALL: &str = "a";

#[derive(Default)]
pub(crate) struct Tidy {
    in_call: bool,
}

impl VisitMut for Tidy {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let keep = match names.as_slice() {
            ["std", "option", "Option", ..]
            | ["std", "string", "String", ..]
            | ["std", "vec", "Vec", ..]
            | ["std", "convert", "From", ..] => 2,
            ["std", "collections", ..] => 2,
            ["serde" | "reqwest" | "httpmock" | "serde_json" | "std" | "regex", ..] => 0,
            _ => {
                visit_mut::visit_path_mut(self, path);
                return;
            }
        };
        path.leading_colon = None;
        path.segments = path.segments.iter().skip(keep).cloned().collect();
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if self.in_call {
            reference.lifetime.take_if(|lifetime| lifetime.ident == CALL);
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_signature_mut(&mut self, signature: &mut Signature) {
        self.in_call = signature.asyncness.is_some();
        if !self.in_call {
            return visit_mut::visit_signature_mut(self, signature);
        }
        let kept = signature
            .generics
            .params
            .iter()
            .filter(|parameter| !matches!(parameter, GenericParam::Lifetime(it) if it.lifetime.ident == CALL));
        signature.generics.params = kept.cloned().collect();
        if signature.generics.params.is_empty() {
            signature.generics = syn::Generics::default();
        }
        if let Some(FnArg::Receiver(Receiver { kind: ReceiverKind::Reference(_, lifetime, _), .. })) = signature.inputs.first_mut() {
            lifetime.take_if(|lifetime| lifetime.ident == CALL);
        }
        visit_mut::visit_signature_mut(self, signature);
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
        Tidy::default().visit_type_mut(&mut ty);
        let expected: syn::Type = syn::parse_quote!(Option<BTreeMap<String, Fee>>);
        assert_eq!(ty.to_token_stream().to_string(), expected.to_token_stream().to_string());
    }
}
