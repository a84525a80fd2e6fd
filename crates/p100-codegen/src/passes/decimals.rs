//! `rust_decimal::Decimal` for every `format: decimal`, with the wire form as a serde attribute.

use syn::visit_mut::{self, VisitMut};
use syn::{Field, Ident, Type, parse_quote};

use crate::lower::MARK;

/// Turns a field of a marked decimal, optional or in a map, into one of `Decimal`; says whether it was one.
pub(crate) fn apply(field: &mut Field) -> bool {
    let mut find = Find(None);
    find.visit_type_mut(&mut field.ty);
    let Some(mark) = find.0 else { return false };
    let module = if mark.to_string().ends_with("String") { "crate::decimal::string" } else { "crate::decimal::number" };
    field.attrs.push(parse_quote!(#[serde(with = #module)]));
    let placeholder = described(&field.ty, &mark);
    field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(with = #placeholder))]));
    true
}

struct Find(Option<Ident>);

impl VisitMut for Find {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let marked = path.segments.first().is_some_and(|first| first.ident == MARK);
        let last = path.segments.last().map(|last| last.ident.clone());
        if let Some(name) = last.filter(|name| marked && name.to_string().starts_with("Decimal")) {
            self.0 = Some(name);
            *path = parse_quote!(Decimal);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// The type that shows schemars the wire form, e.g. `Option<DecimalString>`.
fn described(ty: &Type, mark: &Ident) -> String {
    use quote::ToTokens;
    let text = ty.to_token_stream().to_string().replace(' ', "");
    text.replace("Decimal", &mark.to_string())
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;
    use syn::{Field, parse_quote};

    #[test]
    fn a_decimal_gets_its_wire_form_wherever_it_is() {
        let field = |tokens| Field::parse_named.parse2(tokens).expect("a field");
        let mut amount = field(parse_quote!(pub fee: Option<p100_mark::DecimalNumber>));
        assert!(super::apply(&mut amount));
        let expected = field(parse_quote!(
            #[serde(with = "crate::decimal::number")]
            #[cfg_attr(feature = "schemars", schemars(with = "Option<DecimalNumber>"))]
            pub fee: Option<Decimal>
        ));
        assert_eq!(amount, expected);
        assert!(!super::apply(&mut field(parse_quote!(pub name: String))));
    }
}
