//! How a field is read whose value may be absent or has entries: what does not fit is set aside there, see `json/parts.rs` of `p100-raw`.

use syn::{Field, GenericArgument, PathArguments, Type, parse_quote};

/// Gives the field its reader, if it is an option, a list or a map. Amounts have their own.
pub(crate) fn apply(field: &mut Field) {
    let reader = match outer(&field.ty) {
        ("Option", Some(inner)) => match outer(inner).0 {
            "Vec" => "crate::json::optional_list",
            "BTreeMap" => "crate::json::optional_map",
            _ => "crate::json::optional",
        },
        ("Vec", _) => "crate::json::list",
        ("BTreeMap", _) => "crate::json::map",
        _ => return,
    };
    field.attrs.push(parse_quote!(#[serde(deserialize_with = #reader)]));
}

/// The generic type that is outermost, and its first argument.
fn outer(ty: &Type) -> (&'static str, Option<&Type>) {
    let Type::Path(path) = ty else { return ("", None) };
    let Some(last) = path.path.segments.last() else { return ("", None) };
    let name = ["Option", "Vec", "BTreeMap"].into_iter().find(|name| last.ident == name).unwrap_or_default();
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return (name, None) };
    let first = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    (name, first)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse::Parser;
    use syn::{Field, parse_quote};

    #[test]
    fn what_may_be_absent_or_has_entries_gets_a_reader() {
        for (tokens, reader) in [
            (parse_quote!(a: Option<String>), "optional"),
            (parse_quote!(a: Option<Vec<Card>>), "optional_list"),
            (parse_quote!(a: Option<::std::collections::BTreeMap<String, Card>>), "optional_map"),
            (parse_quote!(a: Vec<Card>), "list"),
            (parse_quote!(a: ::std::collections::BTreeMap<String, Card>), "map"),
            (parse_quote!(a: String), ""),
            (parse_quote!(a: types::Card), ""),
        ] {
            let mut field: Field = Field::parse_named.parse2(tokens).expect("a field");
            super::apply(&mut field);
            let attributes = field.attrs.iter().map(|attribute| attribute.to_token_stream().to_string()).collect::<String>();
            let expected =
                if reader.is_empty() { String::new() } else { format!("# [serde (deserialize_with = \"crate::json::{reader}\")]") };
            assert_eq!(attributes, expected);
        }
    }
}
