//! The whole way from a document to files.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::{error_codes, file, methods, mocks, operations, resources, server, shapes, webhooks};
use crate::{Document, Operation, Problem, assumptions, coverage, docs, markdown, modules, names, types};

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    /// The whole text.
    pub contents: String,
}

/// Folders that hold nothing but generated files.
pub const GENERATED: [&str; 4] = [
    "crates/p100-raw/src/generated",
    "crates/p100-httpmock/src/generated",
    "crates/p100-sandbox/src/generated",
    "crates/p100/src/generated",
];

/// Renders every file of the document, sorted by path.
///
/// # Errors
/// Something the generator cannot express. Lint finds nearly all of it first and says it better.
pub fn render(document: &Document) -> Result<Vec<File>, Problem> {
    // Names of files: a document that was not linted must not choose where it is written.
    if let Some((_, tag)) = modules::all(document).into_iter().find(|(module, _)| !names::is_module(module)) {
        return Err(Problem::at(document.root().position, format!("the tag `{tag}` gives no name of a module")));
    }
    let mut files = BTreeMap::new();
    files.extend(types::render(document)?.into_iter().map(|(name, contents)| (raw(&format!("types/{name}")), contents)));
    render_methods(document, &mut files)?;
    render_tables(document, &mut files)?;
    render_mocks(document, &mut files)?;
    render_resources(document, &mut files)?;
    files.insert(sandbox("mod.rs"), file("What handles each operation.", server::handlers(document))?);
    files.insert(sandbox("requests.json"), server::requests(document));
    files.insert(sandbox("assumptions.md"), assumptions::page(document));
    files.insert("docs/coverage.md".to_owned(), coverage::page(document));
    Ok(files.into_iter().map(|(path, contents)| File { path, contents }).collect())
}

type Files = BTreeMap<String, String>;

fn raw(path: &str) -> String {
    format!("{}/{path}", GENERATED[0])
}

fn mock(path: &str) -> String {
    format!("{}/{path}", GENERATED[1])
}

fn sandbox(path: &str) -> String {
    format!("{}/{path}", GENERATED[2])
}

fn resource(path: &str) -> String {
    format!("{}/{path}", GENERATED[3])
}

/// `client/`: the methods, a file per module.
fn render_methods(document: &Document, files: &mut Files) -> Result<(), Problem> {
    let modules = modules::all(document);
    for (module, tag) in &modules {
        let methods: Vec<TokenStream> =
            of_module(document, module).map(|operation| methods::emit(document, operation)).collect::<Result<_, _>>()?;
        let items = quote! {
            #[allow(unused_imports)]
            use crate::webhooks::WebhookKind;
            #[allow(unused_imports)]
            use crate::{Client, Error, RawBody, Response, operations, types};

            impl Client { #(#methods)* }
        };
        files.insert(raw(&format!("client/{module}.rs")), file(&format!("Calls of the module {}.", markdown::words(tag)), items)?);
    }
    let names: Vec<_> = modules.iter().map(|(module, _)| names::ident(module)).collect();
    files.insert(raw("client/errors.md"), docs::common_errors(document));
    files.insert(raw("client/mod.rs"), file("One method per operation.", quote!(#(mod #names;)*))?);
    Ok(())
}

fn of_module<'a>(document: &'a Document, module: &str) -> impl Iterator<Item = &'a Operation> {
    document.operations().iter().filter(move |operation| modules::of_operation(operation) == module)
}

/// `operations/`, `error_codes.rs`, `webhooks.rs` and the root of the generated code.
fn render_tables(document: &Document, files: &mut Files) -> Result<(), Problem> {
    let modules = modules::all(document);
    for (module, tag) in &modules {
        let rows = operations::module(document, tag, &of_module(document, module).collect::<Vec<_>>());
        let items = quote! {
            #[allow(unused_imports)]
            use super::*;

            #rows
        };
        files.insert(raw(&format!("operations/{module}.rs")), file(&format!("Operations of the module {}.", markdown::words(tag)), items)?);
    }
    let names: Vec<_> = modules.iter().map(|(module, _)| names::ident(module)).collect();
    let constants: Vec<_> = document.operations().iter().map(|operation| names::ident(&names::screaming(&operation.id))).collect();
    let codes = operations::error_codes(document);
    let items = quote! {
        #(mod #names;)*
        #(pub use #names::*;)*

        #[allow(unused_imports)]
        use crate::webhooks::WebhookKind;
        #[allow(unused_imports)]
        use crate::Evidence::{Assumed, Documented, Inferred, Legacy};
        #[allow(unused_imports)]
        use crate::{Evidence, KnownErrorCode, Operation, Outcome, Retry};

        #codes

        /// Every operation, in the order of the document.
        pub static ALL: &[&Operation] = &[#(&#constants),*];
    };
    files.insert(raw("operations/mod.rs"), file("What the document says about each operation.", items)?);
    files.insert(raw("error_codes.rs"), error_codes::emit(document)?);
    files.insert(raw("webhooks.rs"), file("The events P100 sends to the partner's server.", webhooks::emit(document))?);
    files.insert(raw("shapes.rs"), file("Which members the bodies of operations and events have.", shapes::emit(document))?);
    let version = document.version();
    let items = quote! {
        mod client;
        pub mod error_codes;
        pub mod operations;
        pub(crate) mod shapes;
        pub mod types;
        pub mod webhooks;

        /// The version of the document this was generated from. It never goes over the wire: P100 knows no version header.
        pub const API_VERSION: &str = #version;
    };
    files.insert(raw("mod.rs"), file("Everything that comes from the document.", items)?);
    Ok(())
}

/// The resources of the ergonomic crate, a file each.
fn render_resources(document: &Document, files: &mut Files) -> Result<(), Problem> {
    for (name, about) in document.resources() {
        let methods = resources::methods(document, name);
        let items = quote! {
            #[allow(unused_imports)]
            use crate::raw::{RawBody, operations};
            #[allow(unused_imports)]
            use crate::{Error, Month, Pending, types};

            #methods
        };
        files.insert(resource(&format!("{name}.rs")), file(&markdown::inline(about), items)?);
    }
    let names: Vec<_> = document.resources().map(|(name, _)| names::ident(name)).collect();
    let accessors = resources::accessors(document);
    files.insert(resource("mod.rs"), file("The methods of resources that only delegate.", quote!(#(mod #names;)* #accessors))?);
    Ok(())
}

/// The typed mocks, a file per module.
fn render_mocks(document: &Document, files: &mut Files) -> Result<(), Problem> {
    let modules = modules::all(document);
    for (module, tag) in &modules {
        let methods = of_module(document, module).map(mocks::server_method);
        let mut pairs = TokenStream::new();
        for operation in of_module(document, module) {
            pairs.extend(mocks::when(operation));
            pairs.extend(mocks::then(operation));
        }
        let items = quote! {
            #[allow(unused_imports)]
            use p100_raw::{operations, types};
            use httpmock::Mock;
            #[allow(unused_imports)]
            use crate::{MockServer, Then, Upload, When};

            impl MockServer { #(#methods)* }

            #pairs
        };
        files.insert(mock(&format!("{module}.rs")), file(&format!("Mocks of the module {}.", markdown::words(tag)), items)?);
    }
    let names: Vec<_> = modules.iter().map(|(module, _)| names::ident(module)).collect();
    files.insert(mock("mod.rs"), file("A typed mock for each operation.", quote!(#(mod #names;)* #(pub use #names::*;)*))?);
    Ok(())
}
