//! Whether what is rendered could act on those who compile it, read its documentation or see it on a forge: the tests and the fuzz target
//! of hostile documents ask this.

use std::collections::BTreeSet;

use syn::visit::Visit;

use crate::coverage::{BEGIN, END, readme};
use crate::is_visible;
use crate::markdown::live;
use crate::{Document, File, GENERATED, render};

/// What the generator links to by itself.
const OWN_LINKS: [&str; 8] = ["crate::", "Self::", "Self#", "super::", "types::", "Client::", "WebhookKind", "#open-questions"];

/// What is rendered of a document, looked at as a compiler, rustdoc and a forge would.
///
/// What is refused renders to nothing, and is harmless.
#[must_use]
pub fn dangers(document: &Document) -> Vec<String> {
    let Ok(files) = render(document) else { return Vec::new() };
    let faults = files.iter().flat_map(|file| dangers_of(file).into_iter().map(|fault| format!("{}: {fault}", file.path)));
    let mut faults: Vec<String> = faults.collect();
    let paths: BTreeSet<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
    faults.extend((paths.len() != files.len()).then(|| "two files have the same name".to_owned()));
    if let Ok(table) = readme(document, &format!("{BEGIN}\n{END}\n")) {
        faults.extend(live(&table.replace(BEGIN, "").replace(END, ""), &OWN_LINKS).into_iter().map(|fault| format!("README.md: {fault}")));
    }
    faults
}

fn dangers_of(file: &File) -> Vec<String> {
    let is_generated = GENERATED.iter().any(|folder| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
    let is_plain = file.path.split('/').all(|part| !part.is_empty() && part != ".." && part.len() < 60);
    if !(is_generated || file.path == "docs/coverage.md") || !is_plain {
        return vec!["it would be written".to_owned()];
    }
    if file.path.ends_with(".rs") {
        let mut items = Items::default();
        match syn::parse_file(&file.contents) {
            Ok(parsed) => items.visit_file(&parsed),
            Err(error) => items.faults.push(error.to_string()),
        }
        items.faults
    } else if file.path.ends_with(".md") {
        // The comment on top is ours.
        live(file.contents.split_once("-->").map_or(&*file.contents, |(_, page)| page), &OWN_LINKS)
    } else {
        serde_json::from_str::<serde_json::Value>(&file.contents).err().map(|error| error.to_string()).into_iter().collect()
    }
}

/// Items of kinds that we do not emit, macros that read files, and what is live in documentation.
#[derive(Default)]
struct Items {
    faults: Vec<String>,
}

impl Items {
    fn documentation(&mut self, attributes: &[syn::Attribute]) {
        let mut text = String::new();
        for attribute in attributes {
            let name = attribute.path().segments.first().map(|first| first.ident.to_string()).unwrap_or_default();
            let known = ["doc", "derive", "cfg_attr", "builder", "serde", "non_exhaustive", "must_use", "allow", "cfg", "deprecated"];
            if !known.contains(&&*name) {
                self.faults.push(format!("an attribute: {name}"));
            }
            let syn::Meta::NameValue(pair) = &attribute.meta else { continue };
            let (true, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. })) = (name == "doc", &pair.value) else { continue };
            let line = line.value();
            text.push_str(line.strip_prefix(' ').unwrap_or(&line));
            text.push('\n');
        }
        self.faults.extend(live(&text, &OWN_LINKS));
        self.faults.extend(
            text.chars().find(|letter| *letter != '\n' && !is_visible(*letter)).map(|letter| format!("{letter:?} in documentation")),
        );
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.documentation(&file.attrs);
        syn::visit::visit_file(self, file);
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        use syn::Item;
        let attributes = match item {
            Item::Const(it) => &it.attrs,
            Item::Static(it) => &it.attrs,
            Item::Enum(it) => &it.attrs,
            Item::Struct(it) => &it.attrs,
            Item::Impl(it) => &it.attrs,
            Item::Use(it) => &it.attrs,
            Item::Type(it) => &it.attrs,
            Item::Mod(it) if it.content.is_none() => &it.attrs,
            Item::Fn(it) if ["decode", "handle", "json"].iter().any(|own| it.sig.ident == own) => &it.attrs,
            Item::Macro(it) if ["open_enum", "error_code_table"].iter().any(|own| it.mac.path.is_ident(own)) => &it.attrs,
            _ => return self.faults.push(format!("an item that is never emitted: {}", shown(item))),
        };
        self.documentation(attributes);
        syn::visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.documentation(&function.attrs);
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.documentation(&field.attrs);
        syn::visit::visit_field(self, field);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.documentation(&variant.attrs);
        syn::visit::visit_variant(self, variant);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if !["open_enum", "error_code_table", "format", "matches"].iter().any(|known| call.path.is_ident(known)) {
            self.faults.push("a macro that is never called".to_owned());
        }
    }
}

fn shown(item: &syn::Item) -> String {
    format!("{item:?}").chars().take(120).collect()
}
