//! Takes progenitor's one file apart: the types, the client's methods, the mocks.

use proc_macro2::TokenStream;
use syn::{ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct};

use crate::Problem;
use crate::node::Position;

/// The parts of the client's file that are used.
#[derive(Default)]
pub(crate) struct ClientParts {
    pub(crate) structs: Vec<ItemStruct>,
    pub(crate) methods: Vec<ImplItemFn>,
}

/// The parts of the mocks' file.
#[derive(Default)]
pub(crate) struct MockParts {
    pub(crate) structs: Vec<ItemStruct>,
    pub(crate) impls: Vec<ItemImpl>,
}

pub(crate) fn client(tokens: TokenStream) -> Result<ClientParts, Problem> {
    let mut parts = ClientParts::default();
    for item in file(tokens)? {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                for item in module.content.map(|(_, items)| items).unwrap_or_default() {
                    match item {
                        Item::Struct(item) => parts.structs.push(item),
                        // Conversions of newtypes around maps: `render` writes the two that are useful.
                        Item::Impl(_) => {}
                        // `error::ConversionError` serves the closed enums that we replace.
                        Item::Mod(module) if module.ident == "error" => {}
                        Item::Enum(item) => {
                            return Err(problem(format!(
                                "the generator made an enum of the schema {}: give it a form it can express",
                                item.ident
                            )));
                        }
                        _ => return Err(problem("the generator emitted an unknown kind of type".to_owned())),
                    }
                }
            }
            Item::Impl(item) if item.trait_.is_none() => {
                let functions = item.items.into_iter().filter_map(|item| match item {
                    ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(function),
                    _ => None,
                });
                parts.methods.extend(functions);
            }
            _ => {}
        }
    }
    Ok(parts)
}

pub(crate) fn mocks(tokens: TokenStream) -> Result<MockParts, Problem> {
    let mut parts = MockParts::default();
    for item in file(tokens)? {
        // Beside this module stands an extension trait, whose place `mocks::server_method` takes.
        let Item::Mod(module) = item else { continue };
        for item in module.content.map(|(_, items)| items).unwrap_or_default() {
            match item {
                Item::Struct(item) => parts.structs.push(item),
                Item::Impl(item) => parts.impls.push(item),
                _ => {}
            }
        }
    }
    Ok(parts)
}

fn file(tokens: TokenStream) -> Result<Vec<Item>, Problem> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| problem(format!("the generator emitted invalid Rust: {error}")))?;
    Ok(file.items)
}

fn problem(message: String) -> Problem {
    Problem::at(Position::default(), message)
}
