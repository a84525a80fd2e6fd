//! `types/`: one Rust type per schema, in a file per module that owns schemas. Structs are typify's, finished by the passes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, TypeImpl};
use quote::quote;
use syn::{Item, ItemStruct};

use crate::Position;
use crate::emit::{enums, file, forms};
use crate::links::Links;
use crate::lower::{Lowered, is_form, lower};
use crate::passes::structs;
use crate::passes::substitute::{self, Substitute};
use crate::{Document, Node, Problem, markdown, modules, names};
use p100_spec::formats::VALUES;

/// The files below `types/`, by their names.
pub(crate) fn render(document: &Document) -> Result<Vec<(String, String)>, Problem> {
    let lowered = lower(document)?;
    let parsed = generated(document, &lowered)?;
    let mut substitute = Substitute::default();
    let homes = modules::of_schemas(document);
    let mut bodies: BTreeMap<&str, TokenStream> = BTreeMap::new();
    for schema in document.schemas() {
        let items = if Document::enum_values(schema.node).is_some() {
            enums::emit(document, schema.name, schema.node)
        } else if is_form(document, schema.name) {
            forms::emit(document, schema.name, schema.node)
        } else {
            let mut item = parsed
                .get(schema.name)
                .cloned()
                .ok_or_else(|| Problem::at(schema.node.position, "the generator made no type of this schema").on(schema.name))?;
            structs::apply(&mut item, schema.node, &Links::in_types(document, schema.name), &mut substitute)?;
            let impls = newtype_impls(&item);
            quote!(#item #impls)
        };
        let home = homes.get(schema.name).map_or(modules::SHARED, String::as_str);
        bodies.entry(home).or_default().extend(items);
    }
    substitute::check(&lowered, &substitute.seen, &enums_in_structs(document))?;
    let mut files = Vec::new();
    for (home, items) in &bodies {
        let about = match *home {
            modules::SHARED => "Types that several modules use.".to_owned(),
            modules::WEBHOOKS => "Payloads of webhooks.".to_owned(),
            module => format!("Types of the module {}.", markdown::words(&title(document, module))),
        };
        let items = quote! {
            #[allow(unused_imports)]
            use super::*;
            #items
        };
        files.push((format!("{home}.rs"), file(&about, items)?));
    }
    let values = VALUES.iter().map(|(_, name, _)| names::ident(name));
    let homes: Vec<_> = bodies.keys().map(|home| names::ident(home)).collect();
    let items = quote! {
        #(mod #homes;)*
        #(pub use #homes::*;)*

        #[allow(unused_imports)]
        use std::collections::BTreeMap;
        #[cfg(feature = "schemars")]
        use crate::decimal::schema::*;
        #[allow(unused_imports)]
        use crate::open_enum::open_enum;
        #[allow(unused_imports)]
        use crate::webhooks::WebhookKind;
        #[allow(unused_imports)]
        use crate::values::{#(#values),*};
        #[allow(unused_imports)]
        use crate::{Client, Decimal, FilePart, Form, Sensitive, Timestamp};
    };
    files.push(("mod.rs".to_owned(), file("One type per schema of the document.", items)?));
    Ok(files)
}

/// The structs that progenitor's engine makes of the lowered schemas.
fn generated(document: &Document, lowered: &Lowered) -> Result<BTreeMap<String, ItemStruct>, Problem> {
    let mut settings = GenerationSettings::default();
    settings.with_map_type("::std::collections::BTreeMap");
    for (schema, path) in &lowered.replacements {
        settings.with_replacement(schema, path, [TypeImpl::Display].into_iter());
    }
    let mut generator = Generator::new(&settings);
    generator
        .generate_tokens(&lowered.openapi)
        .map_err(|error| Problem::at(document.root().position, format!("the generator refuses this document: {error}")))?;
    let problem = |message: String| Problem::at(Position::default(), message);
    let types: syn::File = syn::parse2(generator.get_type_space().to_stream())
        .map_err(|error| problem(format!("the generator emitted invalid Rust: {error}")))?;
    let mut structs = BTreeMap::new();
    for item in types.items {
        match item {
            Item::Struct(item) => drop(structs.insert(item.ident.to_string(), item)),
            // Conversions of newtypes around maps: `newtype_impls` writes the two that are useful.
            Item::Impl(_) => {}
            // `error::ConversionError` serves the closed enums that we replace.
            Item::Mod(module) if module.ident == "error" => {}
            Item::Enum(item) => {
                return Err(problem(format!("the generator made an enum of the schema {}: give it a form it can express", item.ident)));
            }
            _ => return Err(problem("the generator emitted an unknown kind of type".to_owned())),
        }
    }
    Ok(structs)
}

/// `Deref` and `From` of a newtype around a map.
fn newtype_impls(item: &ItemStruct) -> TokenStream {
    let name = &item.ident;
    let syn::Fields::Unnamed(fields) = &item.fields else { return TokenStream::new() };
    let inner = fields.unnamed.first().map(|field| &field.ty);
    quote! {
        impl std::ops::Deref for #name {
            type Target = #inner;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl From<#inner> for #name {
            fn from(value: #inner) -> Self {
                Self(value)
            }
        }
    }
}

/// Enums that the members of some struct refer to, so that the generator must have met them.
fn enums_in_structs(document: &Document) -> BTreeSet<String> {
    let is_enum = |name: &String| document.schema(name).and_then(Document::enum_values).is_some();
    let structs = document.schemas().filter(|schema| schema.node.get("properties").is_some() && !is_form(document, schema.name));
    structs
        .flat_map(|schema| schema.node.get("properties").into_iter().flat_map(Node::members))
        .flat_map(|(_, property)| modules::reachable(document, property))
        .filter(is_enum)
        .collect()
}

fn title(document: &Document, module: &str) -> String {
    modules::all(document).into_iter().find(|(name, _)| name == module).map(|(_, tag)| tag).unwrap_or_default()
}
