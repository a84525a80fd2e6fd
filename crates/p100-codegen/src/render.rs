//! The whole way from a document to files.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator};
use quote::quote;
use syn::{ImplItemFn, ItemImpl, ItemStruct};

use crate::emit::{enums, error_codes, file, forms, operations, server, webhooks};
use crate::lower::{Lowered, is_form, lower};
use crate::passes::split::{self, MockParts};
use crate::passes::substitute::{self, Scope, Substitute};
use crate::passes::{client, mocks, structs};
use crate::{Document, Operation, Problem, assumptions, coverage, markdown, modules, names};

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    /// The whole text.
    pub contents: String,
}

/// Folders that hold nothing but generated files.
pub const GENERATED: [&str; 3] =
    ["crates/p100-raw/src/generated", "crates/p100-httpmock/src/generated", "crates/p100-sandbox/src/generated"];

/// Renders every file of the document, sorted by path.
///
/// # Errors
/// Something the generator cannot express. Lint finds nearly all of it first and says it better.
pub fn render(document: &Document) -> Result<Vec<File>, Problem> {
    // Names of files: a document that was not linted must not choose where it is written.
    if let Some((_, tag)) = modules::all(document).into_iter().find(|(module, _)| !names::is_module(module)) {
        return Err(Problem::at(document.root().position, format!("the tag `{tag}` gives no name of a module")));
    }
    let lowered = lower(document)?;
    let mut generator = generator(&lowered);
    let failed =
        |error: progenitor_impl::Error| Problem::at(document.root().position, format!("the generator refuses this document: {error}"));
    let client = split::client(generator.generate_tokens(&lowered.openapi).map_err(failed)?)?;
    let mocks = split::mocks(self::generator(&lowered).httpmock(&lowered.openapi, "p100_raw").map_err(failed)?)?;

    let mut files = BTreeMap::new();
    let mut seen = render_types(document, &client.structs, &mut files)?;
    seen.extend(render_methods(document, client.methods, &mut files)?);
    substitute::check(&lowered, &seen, &used_enums(document))?;
    render_tables(document, &mut files)?;
    render_mocks(document, mocks, &mut files)?;
    files.insert(sandbox("mod.rs"), file("What answers each operation.", server::handlers(document))?);
    files.insert(sandbox("requests.json"), server::requests(document));
    files.insert(sandbox("assumptions.md"), assumptions::page(document));
    files.insert("docs/coverage.md".to_owned(), coverage::page(document));
    Ok(files.into_iter().map(|(path, contents)| File { path, contents }).collect())
}

type Files = BTreeMap<String, String>;

fn generator(lowered: &Lowered) -> Generator {
    let mut settings = GenerationSettings::default();
    settings.with_map_type("::std::collections::BTreeMap");
    for (schema, path) in &lowered.replacements {
        settings.with_replacement(schema, path, [progenitor_impl::TypeImpl::Display].into_iter());
    }
    Generator::new(&settings)
}

fn raw(path: &str) -> String {
    format!("{}/{path}", GENERATED[0])
}

fn mock(path: &str) -> String {
    format!("{}/{path}", GENERATED[1])
}

fn sandbox(path: &str) -> String {
    format!("{}/{path}", GENERATED[2])
}

/// `types/`: a file per module that owns schemas.
fn render_types(document: &Document, parsed: &[ItemStruct], files: &mut Files) -> Result<BTreeSet<String>, Problem> {
    let mut substitute = Substitute::new(Scope::Types);
    let homes = modules::of_schemas(document);
    let parsed: BTreeMap<String, &ItemStruct> = parsed.iter().map(|item| (item.ident.to_string(), item)).collect();
    let mut bodies: BTreeMap<&str, TokenStream> = BTreeMap::new();
    for schema in document.schemas() {
        let items = if Document::enum_values(schema.node).is_some() {
            enums::emit(schema.name, schema.node)
        } else if is_form(document, schema.name) {
            forms::emit(schema.name, schema.node)
        } else {
            let mut item = parsed
                .get(schema.name)
                .map(|item| ItemStruct::clone(item))
                .ok_or_else(|| Problem::at(schema.node.position, "the generator made no type of this schema").on(schema.name))?;
            structs::apply(&mut item, schema.node, &mut substitute)?;
            let impls = newtype_impls(&item);
            quote!(#item #impls)
        };
        let home = homes.get(schema.name).map_or(modules::SHARED, String::as_str);
        bodies.entry(home).or_default().extend(items);
    }
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
        files.insert(raw(&format!("types/{home}.rs")), file(&about, items)?);
    }
    let homes: Vec<_> = bodies.keys().map(|home| names::ident(home)).collect();
    let items = quote! {
        #(mod #homes;)*
        #(pub use #homes::*;)*

        #[allow(unused_imports)]
        use std::collections::BTreeMap;
        #[allow(unused_imports)]
        use crate::open_enum::open_enum;
        #[allow(unused_imports)]
        use crate::{Decimal, FilePart, Form, Sensitive, Timestamp};
    };
    files.insert(raw("types/mod.rs"), file("One type per schema of the document.", items)?);
    Ok(substitute.seen)
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

/// `client/`: the methods, a file per module.
fn render_methods(document: &Document, methods: Vec<ImplItemFn>, files: &mut Files) -> Result<BTreeSet<String>, Problem> {
    let mut substitute = Substitute::new(Scope::Crate);
    let mut methods: BTreeMap<String, ImplItemFn> = methods.into_iter().map(|method| (method.sig.ident.to_string(), method)).collect();
    let modules = modules::all(document);
    for (module, tag) in &modules {
        let mut bodies = Vec::new();
        for operation in document.operations().iter().filter(|operation| modules::of_operation(operation) == *module) {
            let mut method = methods.remove(&names::rust_method(&operation.id)).ok_or_else(|| {
                Problem::at(operation.node.position, "the generator made no method of this operation").on(operation.id.clone())
            })?;
            client::apply(&mut method, document, operation, &mut substitute)?;
            bodies.push(method);
        }
        let items = quote! {
            #[allow(unused_imports)]
            use crate::{Client, Error, RawBody, Response, operations, types};

            impl Client { #(#bodies)* }
        };
        files.insert(raw(&format!("client/{module}.rs")), file(&format!("Calls of the module {}.", markdown::words(tag)), items)?);
    }
    let names: Vec<_> = modules.iter().map(|(module, _)| names::ident(module)).collect();
    files.insert(raw("client/mod.rs"), file("One method per operation.", quote!(#(mod #names;)*))?);
    Ok(substitute.seen)
}

/// `operations/`, `error_codes.rs`, `webhooks.rs` and the root of the generated code.
fn render_tables(document: &Document, files: &mut Files) -> Result<(), Problem> {
    let modules = modules::all(document);
    for (module, tag) in &modules {
        let rows = document
            .operations()
            .iter()
            .filter(|operation| modules::of_operation(operation) == *module)
            .map(|operation| operations::emit(document, operation));
        let items = quote! {
            #[allow(unused_imports)]
            use crate::webhooks::WebhookKind;
            #[allow(unused_imports)]
            use crate::{Evidence, KnownErrorCode, Operation, Outcome, Retry};

            #(#rows)*
        };
        files.insert(raw(&format!("operations/{module}.rs")), file(&format!("Operations of the module {}.", markdown::words(tag)), items)?);
    }
    let names: Vec<_> = modules.iter().map(|(module, _)| names::ident(module)).collect();
    let constants: Vec<_> = document.operations().iter().map(|operation| names::ident(&names::screaming(&operation.id))).collect();
    let items = quote! {
        #(mod #names;)*
        #(pub use #names::*;)*

        use crate::Operation;

        /// Every operation, in the order of the document.
        pub static ALL: &[&Operation] = &[#(&#constants),*];
    };
    files.insert(raw("operations/mod.rs"), file("What the document says about each operation.", items)?);
    files.insert(raw("error_codes.rs"), file("What is known about each error code.", error_codes::emit(document))?);
    files.insert(raw("webhooks.rs"), file("The events P100 sends to the partner's server.", webhooks::emit(document))?);
    let version = document.version();
    let items = quote! {
        mod client;
        pub mod error_codes;
        pub mod operations;
        pub mod types;
        pub mod webhooks;

        /// The version of the document this was generated from. It never goes over the wire: P100 knows no version header.
        pub const API_VERSION: &str = #version;
    };
    files.insert(raw("mod.rs"), file("Everything that comes from the document.", items)?);
    Ok(())
}

/// The typed mocks, a file per module.
fn render_mocks(document: &Document, parts: MockParts, files: &mut Files) -> Result<(), Problem> {
    let mut substitute = Substitute::new(Scope::Crate);
    let modules = modules::all(document);
    let structs: BTreeMap<String, ItemStruct> = parts.structs.into_iter().map(|item| (item.ident.to_string(), item)).collect();
    let impls: BTreeMap<String, ItemImpl> = parts.impls.into_iter().filter_map(|item| Some((target(&item)?, item))).collect();
    for (module, tag) in &modules {
        let mut items = TokenStream::new();
        let operations: Vec<&Operation> =
            document.operations().iter().filter(|operation| modules::of_operation(operation) == *module).collect();
        for operation in &operations {
            for (suffix, role) in [("When", "Which requests to"), ("Then", "What comes back from")] {
                let name = format!("{}{suffix}", names::pascal(&operation.id));
                let missing =
                    || Problem::at(operation.node.position, "the generator made no mock of this operation").on(operation.id.clone());
                let mut wrapper = structs.get(&name).cloned().ok_or_else(missing)?;
                mocks::wrapper(&mut wrapper, operation, role);
                let mut block = impls.get(&name).cloned().ok_or_else(missing)?;
                if suffix == "When" {
                    mocks::when(&mut block, operation, &mut substitute)?;
                } else {
                    mocks::then(&mut block, operation, &mut substitute);
                }
                items.extend(quote!(#wrapper #block));
            }
        }
        let methods = operations.iter().map(|operation| mocks::server_method(operation));
        let items = quote! {
            #[allow(unused_imports)]
            use p100_raw::{operations, types};
            use crate::{MockServer, matching};

            impl MockServer { #(#methods)* }

            #items
        };
        files.insert(mock(&format!("{module}.rs")), file(&format!("Mocks of the module {}.", markdown::words(tag)), items)?);
    }
    let names: Vec<_> = modules.iter().map(|(module, _)| names::ident(module)).collect();
    files.insert(mock("mod.rs"), file("A typed mock for each operation.", quote!(#(mod #names;)* #(pub use #names::*;)*))?);
    Ok(())
}

/// The name of the type that a block implements something for.
fn target(block: &ItemImpl) -> Option<String> {
    let syn::Type::Path(path) = &*block.self_ty else { return None };
    path.path.get_ident().map(ToString::to_string)
}

/// Enums that a struct, parameter or body refers to, so that the generator must have met them.
fn used_enums(document: &Document) -> BTreeSet<String> {
    let used = modules::of_schemas(document);
    document
        .schemas()
        .filter(|schema| Document::enum_values(schema.node).is_some() && used.contains_key(schema.name))
        .map(|schema| schema.name.to_owned())
        .collect()
}

fn title(document: &Document, module: &str) -> String {
    modules::all(document).into_iter().find(|(name, _)| name == module).map(|(_, tag)| tag).unwrap_or_default()
}
