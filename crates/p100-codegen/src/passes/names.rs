//! The names of members in JSON: one rule for a struct, and a name of its own only where the rule does not give it.

use quote::ToTokens;
use syn::{Attribute, Fields, ItemStruct, LitStr, parse_quote};

/// Replaces `#[serde(rename = "externalUserId")]` on fields by `#[serde(rename_all = "camelCase")]` on the struct, if any field needs it.
/// A field that the rule would change or that it does not name gets its name spelled out.
pub(crate) fn apply(item: &mut ItemStruct) {
    let Fields::Named(fields) = &mut item.fields else { return };
    let is_renamed = |attribute: &Attribute| renamed(attribute).is_some();
    let camel = fields.named.iter().filter(|field| {
        let name = field.attrs.iter().find_map(renamed);
        name.is_some_and(|name| field.ident.as_ref().is_some_and(|ident| camel_case(&ident.to_string()) == name))
    });
    if camel.count() == 0 {
        return;
    }
    for field in &mut fields.named {
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let ident = ident.strip_prefix("r#").unwrap_or(&ident);
        let name = field.attrs.iter().find_map(renamed).unwrap_or_else(|| ident.to_owned());
        let place = field.attrs.iter().position(is_renamed);
        match (camel_case(ident) == name, place) {
            (true, Some(place)) => drop(field.attrs.remove(place)),
            (false, None) => field.attrs.push(parse_quote!(#[serde(rename = #name)])),
            _ => {}
        }
    }
    item.attrs.push(parse_quote!(#[serde(rename_all = "camelCase")]));
}

/// The name that an attribute `#[serde(rename = "..")]` gives.
fn renamed(attribute: &Attribute) -> Option<String> {
    if !attribute.path().is_ident("serde") || !attribute.to_token_stream().to_string().contains("rename =") {
        return None;
    }
    let mut name = None;
    // What has another form is not this attribute.
    let _ = attribute.parse_nested_meta(|meta| {
        if meta.path.is_ident("rename") {
            name = Some(meta.value()?.parse::<LitStr>()?.value());
        }
        Ok(())
    });
    name
}

/// serde's rule: each word but the first begins with a capital, underscores go.
fn camel_case(field: &str) -> String {
    let mut out = String::new();
    let mut capital = false;
    for c in field.chars() {
        match c {
            '_' => capital = true,
            _ if capital && !out.is_empty() => {
                out.push(c.to_ascii_uppercase());
                capital = false;
            }
            _ => {
                out.push(c);
                capital = false;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use crate::test_support::text;

    #[test]
    fn one_rule_names_all_members_and_exceptions_keep_their_names() {
        let mut item: syn::ItemStruct = parse_quote!(
            pub struct Thing {
                #[serde(rename = "thingId")]
                #[serde(default)]
                pub thing_id: String,
                pub iban: String,
                pub snake_case: String,
                #[serde(rename = "hasAcceptedP100TC")]
                pub has_accepted_p100_tc: bool,
                #[serde(rename = "type")]
                pub r#type: String,
            }
        );
        super::apply(&mut item);
        let expected: syn::ItemStruct = parse_quote!(
            #[serde(rename_all = "camelCase")]
            pub struct Thing {
                #[serde(default)]
                pub thing_id: String,
                pub iban: String,
                #[serde(rename = "snake_case")]
                pub snake_case: String,
                #[serde(rename = "hasAcceptedP100TC")]
                pub has_accepted_p100_tc: bool,
                pub r#type: String,
            }
        );
        assert_eq!(text(&item), text(&expected));
    }

    #[test]
    fn a_struct_of_plain_names_needs_no_rule() {
        let mut item: syn::ItemStruct = parse_quote!(
            pub struct Thing {
                pub iban: String,
                #[serde(rename = "A-B")]
                pub a_b: String,
            }
        );
        let before = item.clone();
        super::apply(&mut item);
        assert_eq!(text(&item), text(&before));
    }
}
