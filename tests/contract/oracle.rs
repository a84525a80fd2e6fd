//! progenitor's own client of the same document is an independent reader of it: where ours differs, the reason is written down here. An
//! upgrade of progenitor shows what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use progenitor_impl::{GenerationSettings, Generator};
use serde_json::{Value, json};
use syn::{FnArg, ImplItem, Item, Pat, ReturnType, Type};

use crate::DOCUMENT;

/// Members and signatures by their place, such as `getUser(external_user_id)`, `getUser -> ` or `UserBalance.amount`.
type Facts = BTreeMap<String, String>;

#[test]
fn dump() {
    let theirs = theirs();
    let ours = ours();
    let mut seen = BTreeSet::new();
    for (place, theirs) in &theirs {
        let o = ours.get(place).cloned().unwrap_or("-".into());
        if *theirs != o {
            if seen.insert((theirs.clone(), o.clone())) {
                println!("{place}: {theirs} | {o}");
            }
        }
    }
    for (place, o) in &ours {
        if !theirs.contains_key(place) {
            println!("ONLY OURS {place}: {o}");
        }
    }
    panic!();
}

fn theirs() -> Facts {
    let mut document: Value = serde_json::from_str(&DOCUMENT.root().to_json()).expect("JSON");
    for item in document["paths"].as_object_mut().expect("paths").values_mut() {
        for operation in item.as_object_mut().expect("an item").values_mut() {
            if let Some(content) =
                operation.pointer_mut("/requestBody/content").filter(|content| content.get("multipart/form-data").is_some())
            {
                *content = json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
            }
        }
    }
    let document = serde_json::from_value(document).expect("OpenAPI");
    let tokens = Generator::new(&GenerationSettings::default()).generate_tokens(&document).expect("generates");
    let mut facts = Facts::new();
    let file: syn::File = syn::parse_str(&tokens.to_string()).expect("Rust");
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => read(&module.content.expect("inline").1, &mut facts),
            item => read(&[item], &mut facts),
        }
    }
    facts
}

fn ours() -> Facts {
    let mut facts = Facts::new();
    for folder in ["client", "types"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/p100-raw/src/generated").join(folder);
        for entry in fs::read_dir(folder).expect("a folder") {
            let text = fs::read_to_string(entry.expect("readable").path()).expect("readable");
            read(&syn::parse_file(&text).expect("Rust").items, &mut facts);
        }
    }
    facts
}

fn read(items: &[Item], facts: &mut Facts) {
    for item in items {
        match item {
            Item::Struct(item) => {
                for (index, field) in item.fields.iter().enumerate() {
                    let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
                    facts.insert(format!("{}.{name}", item.ident), shown(&field.ty));
                }
            }
            Item::Enum(item) => {
                for variant in &item.variants {
                    facts.insert(format!("{}::{}", item.ident, variant.ident), String::new());
                }
            }
            Item::Impl(item) if item.trait_.is_none() => {
                for item in &item.items {
                    let ImplItem::Fn(method) = item else { continue };
                    if method.sig.asyncness.is_none() {
                        continue;
                    }
                    let name = &method.sig.ident;
                    for (index, input) in method.sig.inputs.iter().enumerate() {
                        let FnArg::Typed(argument) = input else { continue };
                        let Pat::Ident(own) = &*argument.pat else { continue };
                        facts.insert(format!("{name}({index}: {})", own.ident), shown(&argument.ty));
                    }
                    let ReturnType::Type(_, ty) = &method.sig.output else { continue };
                    facts.insert(format!("{name}()"), shown(ty));
                }
            }
            _ => {}
        }
    }
}

/// The type without what is only spelling.
fn shown(ty: &Type) -> String {
    use quote::ToTokens;
    let text: String = ty.to_token_stream().to_string().split_whitespace().collect();
    text.replace("::std::option::", "")
        .replace("::std::string::", "")
        .replace("::std::vec::", "")
        .replace("::std::collections::", "")
        .replace("&'a", "&")
}
