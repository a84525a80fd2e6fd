//! Items as Rust declares them, on one line each.

use syn::{Attribute, Fields, Generics, Item, Signature, TraitItem, Visibility, parse_quote};

pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The item itself and its members, each with what follows the path of the item.
pub(super) fn declarations(item: &Item) -> Vec<(String, String)> {
    match item {
        Item::Struct(it) => structure(it),
        Item::Enum(it) => {
            let names = it.variants.iter().map(|variant| variant.ident.to_string()).collect();
            let mut found = vec![(String::new(), declaration("enum", &it.ident, &it.generics, &it.attrs, Some(names)))];
            // Their order gives those of an enum without fields a number.
            let has_numbers = it.variants.iter().all(|variant| variant.fields == Fields::Unit);
            found.extend(it.variants.iter().enumerate().map(|(index, variant)| {
                let number = if has_numbers { format!(" = {index}") } else { String::new() };
                (format!("::{}", variant.ident), self::variant(variant) + &number)
            }));
            found.extend(derived(&it.attrs));
            found
        }
        Item::Trait(it) => {
            let methods: Vec<_> = it.items.iter().filter_map(|item| if let TraitItem::Fn(it) = item { Some(it) } else { None }).collect();
            let needed: Vec<String> = methods.iter().filter(|it| it.default.is_none()).map(|it| it.sig.ident.to_string()).collect();
            let needs = if needed.is_empty() { String::new() } else { format!(", needs {}", needed.join(", ")) };
            let head = declaration("trait", &it.ident, &it.generics, &it.attrs, None);
            let mut found = vec![(String::new(), head + &needs)];
            found.extend(methods.iter().map(|it| (format!("::{}", it.sig.ident), function(&it.sig))));
            found
        }
        Item::Fn(it) => vec![(String::new(), function(&it.sig))],
        Item::Const(it) => vec![(String::new(), constant(&it.ty))],
        Item::Static(it) => vec![(String::new(), constant(&it.ty))],
        Item::Type(it) => vec![(String::new(), format!("type {} = {}", it.ident, constant(&it.ty)))],
        Item::Union(it) => vec![(String::new(), declaration("union", &it.ident, &it.generics, &it.attrs, None))],
        _ => Vec::new(),
    }
}

fn structure(it: &syn::ItemStruct) -> Vec<(String, String)> {
    let fields: Vec<(String, &syn::Field)> = it
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| (field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string), field))
        .collect();
    // Whoever sees all fields can build and match it.
    let is_open = !fields.is_empty() && fields.iter().all(|(_, field)| is_public(&field.vis));
    let names = is_open.then(|| fields.iter().map(|(name, _)| name.clone()).collect());
    let mut found = vec![(String::new(), declaration("struct", &it.ident, &it.generics, &it.attrs, names))];
    let shown = fields.iter().filter(|(_, field)| is_public(&field.vis));
    found.extend(shown.map(|(name, field)| (format!(".{name}"), constant(&field.ty))));
    let traits = derived(&it.attrs);
    if traits.iter().any(|(name, _)| name == ": Builder") {
        let is_optional = |field: &syn::Field| constant(&field.ty).starts_with("Option<");
        let mut needed: Vec<&str> = fields.iter().filter(|(_, field)| !is_optional(field)).map(|(name, _)| name.as_str()).collect();
        needed.sort_unstable();
        let needed = if needed.is_empty() { "nothing".to_owned() } else { needed.join(", ") };
        found.push(("::builder()".to_owned(), format!("needs {needed}")));
    }
    found.extend(traits.into_iter().filter(|(name, _)| name != ": Builder"));
    found
}

fn declaration(kind: &str, name: &syn::Ident, generics: &Generics, attributes: &[Attribute], open: Option<Vec<String>>) -> String {
    let item: Item = parse_quote!(type T = X #generics;);
    let generics = if generics.params.is_empty() { String::new() } else { text(item).trim_start_matches("type T = X").trim().to_owned() };
    let is_open = !attributes.iter().any(|it| it.path().is_ident("non_exhaustive"));
    let members = match open {
        _ if !is_open => ", non_exhaustive".to_owned(),
        Some(names) => format!(" {{ {} }}", names.join(", ")),
        None => String::new(),
    };
    format!("pub {kind} {name}{generics}{members}")
}

fn variant(variant: &syn::Variant) -> String {
    let list = |fields: &syn::punctuated::Punctuated<syn::Field, syn::Token![,]>| {
        let each = fields.iter().map(|field| {
            let name = field.ident.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
            format!("{name}{}", constant(&field.ty))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    match &variant.fields {
        Fields::Unit => variant.ident.to_string(),
        Fields::Unnamed(it) => format!("{}({})", variant.ident, list(&it.unnamed)),
        Fields::Named(it) => format!("{} {{ {} }}", variant.ident, list(&it.named)),
    }
}

/// The derived traits.
fn derived(attributes: &[Attribute]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|it| it.path().is_ident("derive")) {
        // What does not parse is an error of the compiler.
        let _ = attribute.parse_nested_meta(|meta| {
            found.extend(meta.path.segments.last().map(|it| (format!(": {}", it.ident), "implemented".to_owned())));
            Ok(())
        });
    }
    found
}

pub(super) fn function(signature: &Signature) -> String {
    let item = Item::Fn(syn::ItemFn {
        sig: signature.clone(),
        ..parse_quote!(
            fn f() {}
        )
    });
    text(item).trim_end_matches("{}").trim_end().to_owned()
}

pub(super) fn constant(kind: &syn::Type) -> String {
    text(parse_quote!(type T = #kind;)).trim_start_matches("type T =").trim_end_matches(';').trim().to_owned()
}

/// The last words of a path, with what they are generic over.
pub(super) fn path(path: &syn::Path) -> String {
    path.segments.last().map(|last| constant(&parse_quote!(#last))).unwrap_or_default()
}

/// An item on one line.
fn text(item: Item) -> String {
    let file = syn::File { items: vec![item], ..parse_quote!() };
    let lines = prettyplease::unparse(&file);
    let line = lines.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("( ", "(").replace(", )", ")").replace(" )", ")").replace("< ", "<").replace(", >", ">")
}
