//! Structs as integrators want them: documented, in the document's order, built by name, open for new members.

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Field, Fields, Ident, ItemStruct, LitStr, Type, parse_quote};

use super::substitute::Substitute;
use super::tidy::Tidy;
use super::{decimals, names, parts};
use p100_spec::formats::VALUES;

use crate::Node;
use crate::links::Links;
use crate::{Evidence, Problem, docs};

/// Finishes the struct that the generator made of `schema`.
pub(crate) fn apply(item: &mut ItemStruct, schema: &Node, links: &Links<'_>, substitute: &mut Substitute) -> Result<(), Problem> {
    Tidy.visit_item_struct_mut(item);
    let all_optional = item.attrs.iter().any(derives_default);
    item.attrs = docs::attributes(&docs::schema(schema, None, links));
    item.attrs.push(match &item.fields {
        Fields::Named(_) => parse_quote!(#[derive(Clone, Debug, PartialEq, bon::Builder, serde::Serialize, serde::Deserialize)]),
        _ => parse_quote!(#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]),
    });
    if all_optional || !matches!(item.fields, Fields::Named(_)) {
        item.attrs.push(parse_quote!(#[derive(Default)]));
    }
    item.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]));
    match &mut item.fields {
        Fields::Named(fields) => {
            let values = values(schema);
            item.attrs.push(parse_quote!(#[builder(on(String, into), on(Sensitive, into), on(Timestamp, into) #(, on(#values, into))*)]));
            let inherited = Evidence::of(schema);
            let required: Vec<&str> = schema.strings("required").collect();
            let properties = schema.get("properties");
            let mut named: Vec<(usize, Field)> = Vec::new();
            for mut field in fields.named.iter().cloned() {
                let name = wire_name(&field);
                let order = properties.and_then(Node::as_map).and_then(|map| map.get_index_of(&name));
                let (Some(order), Some(property)) = (order, properties.and_then(|properties| properties.get(&name))) else {
                    return Err(Problem::at(schema.position, format!("the generator made a field `{name}` that the schema has not")));
                };
                finish(&mut field, &name, property, inherited, required.contains(&name.as_str()), links);
                named.push((order, field));
            }
            named.sort_by_key(|(order, _)| *order);
            fields.named = named.into_iter().map(|(_, field)| field).collect();
        }
        Fields::Unnamed(fields) => {
            item.attrs.push(parse_quote!(#[serde(transparent)]));
            for field in &mut fields.unnamed {
                if !decimals::apply(field) {
                    parts::apply(field);
                }
            }
        }
        Fields::Unit => {}
    }
    names::apply(item);
    item.attrs.push(parse_quote!(#[non_exhaustive]));
    substitute.visit_item_struct_mut(item);
    Ok(())
}

/// The types of values that members have, in one order.
fn values(schema: &Node) -> Vec<Ident> {
    let formats: Vec<&str> =
        schema.get("properties").into_iter().flat_map(Node::members).filter_map(|(_, property)| property.str("format")).collect();
    VALUES.iter().filter(|(word, ..)| formats.contains(word)).map(|(_, name, _)| crate::names::ident(name)).collect()
}

fn derives_default(attribute: &Attribute) -> bool {
    attribute.path().is_ident("derive") && attribute.to_token_stream().to_string().contains("Default")
}

/// The member's name in JSON.
fn wire_name(field: &Field) -> String {
    serde_value(field, "rename").unwrap_or_else(|| field.ident.as_ref().map(ToString::to_string).unwrap_or_default())
}

fn serde_value(field: &Field, key: &str) -> Option<String> {
    let mut found = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // Entries of another form are not what is asked for; the file parsed before.
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().ok().map(|value| value.parse::<LitStr>()).transpose()?;
            if meta.path.is_ident(key) {
                found = value.map(|value| value.value());
            }
            Ok(())
        });
    }
    found
}

/// Documentation, serde attributes and decimals of one field. A missing or null member reads as `None` unless it must be there, lists and
/// maps included: progenitor's are empty instead, which a builder would demand and an empty one would never be sent.
fn finish(field: &mut Field, name: &str, property: &Node, inherited: Option<Evidence>, is_required: bool, links: &Links<'_>) {
    field.attrs = docs::attributes(&docs::schema(property, inherited, links));
    if field.ident.as_ref().is_some_and(|ident| ident != name) {
        field.attrs.push(parse_quote!(#[serde(rename = #name)]));
    }
    if !is_required {
        if !is_option(&field.ty) {
            let ty = &field.ty;
            field.ty = parse_quote!(Option<#ty>);
        }
        field.attrs.push(parse_quote!(#[serde(default, skip_serializing_if = "Option::is_none")]));
    } else if property.flag("nullable") {
        field.attrs.push(parse_quote!(#[serde(default)]));
    }
    let kept_as_text = property.str("format").filter(|format| ["uuid", "date", "uri"].contains(format));
    if decimals::apply(field) {
        return;
    }
    parts::apply(field);
    if let Some(format) = kept_as_text {
        field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(extend("format" = #format)))]));
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

#[cfg(test)]
mod tests {
    use super::super::substitute::Substitute;
    use crate::Node;
    use crate::links::Links;
    use crate::test_support::{small, text};

    #[test]
    fn fields_follow_the_document_and_a_missing_nullable_member_is_none() {
        let schema = Node::parse(
            "{description: A thing., x-evidence: legacy, required: [iban, amount], properties: {iban: {description: Account., type: string, nullable: true}, \
             amount: {description: EUR., x-evidence: assumed, type: string, format: decimal}, rates: {description: Rates., type: object, \
             additionalProperties: {type: string}}}}",
        )
        .expect("valid");
        let mut item: syn::ItemStruct = syn::parse_quote!(
            #[derive(::serde::Deserialize)]
            pub struct Thing {
                pub amount: p100_mark::DecimalString,
                #[serde(deserialize_with = "::std::option::Option::deserialize")]
                pub iban: ::std::option::Option<::std::string::String>,
                #[serde(default, skip_serializing_if = ":: std :: collections :: BTreeMap::is_empty")]
                pub rates: ::std::collections::BTreeMap<::std::string::String, ::std::string::String>,
            }
        );
        super::apply(&mut item, &schema, &Links::in_types(&small(), "Thing"), &mut Substitute::default()).expect("applies");
        let expected: syn::ItemStruct = syn::parse_quote!(
            #[doc = " A thing. Evidence: legacy."]
            #[derive(Clone, Debug, PartialEq, bon::Builder, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            #[builder(on(String, into), on(Sensitive, into), on(Timestamp, into))]
            #[non_exhaustive]
            pub struct Thing {
                #[doc = " Account."]
                #[serde(default)]
                #[serde(deserialize_with = "crate::json::optional")]
                pub iban: Option<String>,
                #[doc = " EUR. Evidence: assumed."]
                #[serde(with = "crate::decimal::string")]
                #[cfg_attr(feature = "schemars", schemars(with = "DecimalString"))]
                pub amount: Decimal,
                #[doc = " Rates."]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                #[serde(deserialize_with = "crate::json::optional_map")]
                pub rates: Option<BTreeMap<String, String>>,
            }
        );
        assert_eq!(text(&item), text(&expected));
    }
    #[test]
    fn an_optional_list_or_map_may_be_absent_and_is_distinguished_from_an_empty_one() {
        let schema = Node::parse(
            "{description: A thing., x-evidence: legacy, required: [all], properties: {all: {description: All., type: array, items: {type: string}}, \
             some: {description: Some., type: array, items: {type: string}}, \
             rates: {description: Rates., type: object, additionalProperties: {type: number, format: decimal}}}}",
        )
        .expect("valid");
        let mut item: syn::ItemStruct = syn::parse_quote!(
            pub struct Thing {
                pub all: ::std::vec::Vec<::std::string::String>,
                #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
                pub some: ::std::vec::Vec<::std::string::String>,
                #[serde(default, skip_serializing_if = ":: std :: collections :: BTreeMap::is_empty")]
                pub rates: ::std::collections::BTreeMap<::std::string::String, p100_mark::DecimalNumber>,
            }
        );
        super::apply(&mut item, &schema, &Links::in_types(&small(), "Thing"), &mut Substitute::default()).expect("applies");
        let expected: syn::ItemStruct = syn::parse_quote!(
            #[doc = " A thing. Evidence: legacy."]
            #[derive(Clone, Debug, PartialEq, bon::Builder, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            #[builder(on(String, into), on(Sensitive, into), on(Timestamp, into))]
            #[non_exhaustive]
            pub struct Thing {
                #[doc = " All."]
                #[serde(deserialize_with = "crate::json::list")]
                pub all: Vec<String>,
                #[doc = " Some."]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                #[serde(deserialize_with = "crate::json::optional_list")]
                pub some: Option<Vec<String>>,
                #[doc = " Rates."]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                #[serde(with = "crate::decimal::number")]
                #[cfg_attr(feature = "schemars", schemars(with = "Option<BTreeMap<String,DecimalNumber>>"))]
                pub rates: Option<BTreeMap<String, Decimal>>,
            }
        );
        assert_eq!(text(&item), text(&expected));
    }
}
