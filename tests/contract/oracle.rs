//! progenitor's own client of the same document is an independent reader of it. Every difference from ours has its reason in a table here;
//! an upgrade of progenitor shows what changed.
//!
//! Compared: operations with method and path; parameters with name, place and type; types of bodies and responses; types of schemas with
//! their members. progenitor knows no multipart: such bodies are raw bytes for it, which is the one change it needs to the document.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use p100_spec::Document;
use progenitor_impl::{GenerationSettings, Generator};
use quote::ToTokens;
use serde_json::{Value, json};
use syn::{Expr, ExprMethodCall, FnArg, GenericArgument, ImplItem, Item, Lit, Pat, PathArguments, ReturnType, Type, visit::Visit};

use crate::DOCUMENT;

/// Their type, ours, and why.
const TYPES: [(&str, &str, &str); 22] = [
    ("f64", "Decimal", "no digit of an amount gets lost"),
    ("String", "Decimal", "`format: decimal` is a number, in whatever form it travels"),
    ("String", "Sensitive", "`x-sensitive` is redacted in Debug and wiped"),
    ("String", "FilePart", "a part of a form is a file with its name and type"),
    ("String", "CardId", "an id of one kind does not go where another belongs"),
    ("String", "Currency", "a currency, in either case, knows its decimals"),
    ("String", "ExternalUserId", "an id of one kind does not go where another belongs"),
    ("String", "Iban", "money is sent to IBANs that were checked"),
    ("String", "Network", "a network turns into the spelling that a member wants"),
    ("String", "UpperCaseNetwork", "a network turns into the spelling that a member wants"),
    ("String", "VerificationId", "an id of one kind does not go where another belongs"),
    ("HashMap", "BTreeMap", "what we send and show is in one order"),
    ("::uuid::Uuid", "String", "no page promises that P100's ids stay uuids; a response must not fail for it"),
    ("::chrono::naive::NaiveDate", "String", "a date in another form must not fail a response"),
    ("::chrono::DateTime<::chrono::offset::Utc>", "Timestamp", "a time in another form must not fail a response"),
    ("::std::num::NonZeroU32", "i32", "P100 checks bounds; the width is what the document states"),
    ("u32", "i32", "P100 checks bounds; the width is what the document states"),
    ("T", "&T", "an open enum keeps unknown words, so it is no Copy type and is borrowed"),
    ("Vec<T>", "Option<Vec<T>>", "an absent list or map is distinguished from an empty one, and a new one breaks no builder"),
    ("ResponseValue<T>", "Response<T>", "our response keeps the raw body and shows no headers"),
    ("Error<types::Error>", "Error", "our error is one type, which knows the body of P100's refusals"),
    ("ByteStream", "RawBody", "HTML is small, and may carry a session secret that Debug must not show"),
];

/// Their way of a whole schema, and why ours is another.
const SCHEMAS: [(&str, &str); 5] = [
    ("closed enum", "an unknown word must not fail a response: every enum has `Unknown`"),
    ("text for an extensible enum", "`x-extensible-enum` lists words, which we know by name"),
    ("alternatives of required members", "one flat struct holds every shape, and P100 says which of the groups it misses"),
    ("nullable component", "it is an `Option` where it is used"),
    ("checked text or either form", "bounds and patterns are P100's to check; both forms of a decimal are one `Decimal`"),
];

/// What one of the two does to an operation and the other does not.
const OPERATIONS: [(&str, &str); 2] = [
    ("form", "progenitor knows no multipart: ours takes the form of the document instead of raw bytes"),
    ("api-version", "progenitor sends the document's version with every request: P100 knows no such header"),
];

#[test]
fn the_client_differs_from_progenitors_where_the_table_says_so_and_nowhere_else() {
    let (theirs, ours) = (theirs(), ours());
    let used = Used::default();
    let mut differences = Vec::new();
    let names = |side: &Side| side.operations.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&theirs), names(&ours));
    assert_eq!(ours.operations.len(), DOCUMENT.operations().len());
    for (name, their) in &theirs.operations {
        let our = &ours.operations[name];
        if their.sends_version && !our.sends_version {
            used.note("api-version");
        }
        // Method and path are in the table of operations, not in our methods.
        let row = p100_raw::operations::ALL.iter().find(|row| p100_spec::names::rust_method(row.id) == *name).expect("a row");
        let path = row.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/");
        if (their.method.to_uppercase(), their.path.clone()) != (row.method.to_owned(), path.clone()) {
            differences.push(format!("{name}: {} {} and {} {path}", their.method, their.path, row.method));
        }
        if their.queries != our.queries {
            differences.push(format!("{name}: query {:?} and {:?}", their.queries, our.queries));
        }
        let mut arguments = their.arguments.clone();
        if let (Some((body, ty)), Some((form, _))) = (arguments.last(), our.arguments.last())
            && (body.as_str(), shown(ty).as_str(), form.as_str()) == ("body", "B", "form")
        {
            used.note("form");
            arguments.pop();
            arguments.extend(our.arguments.last().cloned());
        }
        if arguments.len() != our.arguments.len() {
            differences.push(format!("{name}: {} arguments and {}", arguments.len(), our.arguments.len()));
        }
        for ((their_name, their_type), (our_name, our_type)) in arguments.iter().zip(&our.arguments) {
            if their_name != our_name || !theirs.same(their_type, our_type, &used) {
                differences.push(format!("{name}: {their_name}: {} and {our_name}: {}", shown(their_type), shown(our_type)));
            }
        }
        if !theirs.same(&their.result, &our.result, &used) {
            differences.push(format!("{name}: {} and {}", shown(&their.result), shown(&our.result)));
        }
    }
    for schema in DOCUMENT.schemas() {
        let fault = compare(schema.name, &theirs, &ours, &used);
        differences.extend(fault.map(|fault| format!("{}: {fault}", schema.name)));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let reasons: BTreeSet<&str> =
        TYPES.iter().map(|row| row.1).chain(SCHEMAS.iter().map(|row| row.0)).chain(OPERATIONS.iter().map(|row| row.0)).collect();
    assert_eq!(*used.0.borrow(), reasons, "a reason that is not needed any more");
}

/// Reasons that some difference needed, by our type or the name of the row.
#[derive(Default)]
struct Used(RefCell<BTreeSet<&'static str>>);

impl Used {
    fn note(&self, reason: &'static str) -> bool {
        self.0.borrow_mut().insert(reason);
        true
    }
}

/// What one client says.
#[derive(Default)]
pub(crate) struct Side {
    pub(crate) operations: BTreeMap<String, Method>,
    pub(crate) structs: BTreeMap<String, BTreeMap<String, Type>>,
    enums: BTreeMap<String, BTreeSet<String>>,
}

pub(crate) struct Method {
    method: String,
    path: String,
    queries: BTreeSet<String>,
    pub(crate) arguments: Vec<(String, Type)>,
    result: Type,
    sends_version: bool,
}

impl Side {
    /// Whether two types are the same, or differ for a reason of the table, at any depth.
    fn same(&self, their: &Type, our: &Type, used: &Used) -> bool {
        if shown(their) == shown(our) {
            return true;
        }
        if let Some(row) = TYPES.iter().find(|row| (row.0, row.1) == (shown(their).as_str(), shown(our).as_str())) {
            return used.note(row.1);
        }
        // A type that progenitor made for a member with bounds or alternatives, which is no schema of the document.
        let name = shown(their).trim_start_matches("types::").to_owned();
        if DOCUMENT.schema(&name).is_none() {
            if let Some(inner) = self.structs.get(&name).and_then(|fields| fields.get("0")) {
                return used.note("checked text or either form") && self.same(inner, our, used);
            }
            if self.enums.contains_key(&name) {
                return used.note("checked text or either form") && shown(our) == "Decimal";
            }
        }
        match (their, our) {
            (Type::Reference(their), Type::Reference(our)) => {
                let owned = |ty: &Type| if shown(ty) == "str" { syn::parse_quote!(String) } else { ty.clone() };
                self.same(&owned(&their.elem), &owned(&our.elem), used)
            }
            (their, Type::Reference(our)) => is_enum(their) && used.note("&T") && self.same(their, &our.elem, used),
            (_, Type::Path(path)) if is_collection(their) && shown(our).starts_with("Option<") => {
                let inner = path.path.segments.last().map(|last| arguments_of(&last.arguments)).unwrap_or_default();
                used.note("Option<Vec<T>>") && inner.iter().all(|inner| self.same(their, inner, used))
            }
            (Type::Path(their), Type::Path(our)) => {
                let (Some(their), Some(our)) = (their.path.segments.last(), our.path.segments.last()) else { return false };
                let (theirs, ours) = (arguments_of(&their.arguments), arguments_of(&our.arguments));
                let pair = (their.ident.to_string(), our.ident.to_string());
                let same_name = match (pair.0.as_str(), pair.1.as_str()) {
                    ("HashMap", "BTreeMap") => used.note("BTreeMap"),
                    ("ResponseValue", "Response") => used.note("Response<T>"),
                    (their, our) => their == our,
                };
                same_name && theirs.len() == ours.len() && theirs.iter().zip(&ours).all(|(their, our)| self.same(their, our, used))
            }
            _ => false,
        }
    }
}

/// What is different about a schema for no reason of the table.
fn compare(name: &str, theirs: &Side, ours: &Side, used: &Used) -> Option<String> {
    let node = DOCUMENT.schema(name).expect("in the document");
    if let Some(our) = ours.enums.get(name) {
        let known: BTreeSet<String> = our.iter().filter(|variant| *variant != "Unknown").cloned().collect();
        if theirs.enums.get(name) == Some(&known) {
            used.note("closed enum");
            return None;
        }
        let is_text = theirs.structs.get(name).and_then(|fields| fields.get("0")).is_some_and(|ty| shown(ty) == "String");
        return (!(is_text && node.get("x-extensible-enum").is_some() && used.note("text for an extensible enum")))
            .then(|| format!("{:?} and {our:?}", theirs.enums.get(name)));
    }
    let Some(our) = ours.structs.get(name) else { return Some("not ours".to_owned()) };
    if theirs.enums.contains_key(name) && (node.get("anyOf").is_some() || node.get("oneOf").is_some()) {
        used.note("alternatives of required members");
        return None;
    }
    let inner = format!("{name}Inner");
    let their = if node.flag("nullable") && theirs.structs.contains_key(&inner) {
        used.note("nullable component");
        &theirs.structs[&inner]
    } else {
        theirs.structs.get(name)?
    };
    let members = |fields: &BTreeMap<String, Type>| fields.keys().cloned().collect::<BTreeSet<_>>();
    if members(their) != members(our) {
        return Some(format!("{:?} and {:?}", members(their), members(our)));
    }
    their
        .iter()
        .find(|(member, ty)| !theirs.same(ty, &our[*member], used))
        .map(|(member, ty)| format!("{member} is {} and {}", shown(ty), shown(&our[member])))
}

fn is_collection(ty: &Type) -> bool {
    ["Vec<", "HashMap<"].iter().any(|start| shown(ty).starts_with(start))
}

fn is_enum(ty: &Type) -> bool {
    DOCUMENT.schema(shown(ty).trim_start_matches("types::")).and_then(Document::enum_values).is_some()
}

fn theirs() -> Side {
    let mut document: Value = serde_json::from_str(&DOCUMENT.root().to_json()).expect("JSON");
    for item in document["paths"].as_object_mut().expect("paths").values_mut() {
        for operation in item.as_object_mut().expect("an item").values_mut() {
            let content = operation.pointer_mut("/requestBody/content");
            if let Some(content) = content.filter(|content| content.get("multipart/form-data").is_some()) {
                *content = json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
            }
        }
    }
    let document = serde_json::from_value(document).expect("OpenAPI");
    let tokens = Generator::new(&GenerationSettings::default()).generate_tokens(&document).expect("generates");
    let mut side = Side::default();
    for item in syn::parse_str::<syn::File>(&tokens.to_string()).expect("Rust").items {
        match item {
            Item::Mod(module) if module.ident == "types" => side.read(&module.content.expect("inline").1),
            item => side.read(&[item]),
        }
    }
    side
}

pub(crate) fn ours() -> Side {
    let mut side = Side::default();
    for folder in ["client", "types"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/p100-raw/src/generated").join(folder);
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                side.read(&syn::parse_file(&fs::read_to_string(path).expect("readable")).expect("Rust").items);
            }
        }
    }
    side
}

impl Side {
    fn read(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Struct(item) => {
                    let named = item.fields.iter().enumerate().map(|(index, field)| {
                        (field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string), field.ty.clone())
                    });
                    self.structs.insert(item.ident.to_string(), named.collect());
                }
                Item::Enum(item) => {
                    let variants = item.variants.iter().map(|variant| variant.ident.to_string());
                    self.enums.insert(item.ident.to_string(), variants.collect());
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    let methods = item.items.iter().filter_map(|item| match item {
                        ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
                        _ => None,
                    });
                    self.operations.extend(methods.map(|method| (method.sig.ident.to_string(), Method::read(method))));
                }
                _ => {}
            }
        }
    }
}

impl Method {
    fn read(method: &syn::ImplItemFn) -> Self {
        let arguments = method.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(argument) => match &*argument.pat {
                Pat::Ident(name) => Some((name.ident.to_string(), (*argument.ty).clone())),
                _ => None,
            },
            _ => None,
        });
        let ReturnType::Type(_, result) = &method.sig.output else { panic!("{} returns nothing", method.sig.ident) };
        let mut body = Body::default();
        body.visit_block(&method.block);
        Self {
            method: body.method,
            path: body.path,
            queries: body.queries,
            arguments: arguments.collect(),
            result: (**result).clone(),
            sends_version: method.block.to_token_stream().to_string().contains("api_version"),
        }
    }
}

/// What the body of a method sends, in either client.
#[derive(Default)]
struct Body {
    method: String,
    path: String,
    queries: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Body {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        match (name.as_str(), call.args.first()) {
            ("get" | "post" | "put" | "patch" | "delete", Some(Expr::Path(url))) if url.path.is_ident("url") => self.method = name,
            ("query" | "optional_query", Some(Expr::Lit(name))) => {
                if let Lit::Str(name) = &name.lit {
                    self.queries.insert(name.value());
                }
            }
            ("query", Some(pair)) => self.visit_expr(pair),
            _ => {}
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if call.func.to_token_stream().to_string().contains("QueryParam")
            && let Some(Expr::Lit(name)) = call.args.first()
            && let Lit::Str(name) = &name.lit
        {
            self.queries.insert(name.value());
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        // The path: format!("{}/v1/thing/{}", ..).
        if let Some(text) = called.tokens.clone().into_iter().next().and_then(|token| syn::parse2::<syn::LitStr>(token.into()).ok())
            && let Some(path) = text.value().strip_prefix("{}/")
        {
            self.path = format!("/{path}");
        }
    }
}

fn arguments_of(arguments: &PathArguments) -> Vec<Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
    arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        })
        .collect()
}

/// The type without what is only spelling.
pub(crate) fn shown(ty: &Type) -> String {
    let mut text: String = ty.to_token_stream().to_string().split_whitespace().collect();
    for spelling in ["::std::option::", "::std::string::", "::std::vec::", "::std::collections::", "crate::", "'a"] {
        text = text.replace(spelling, "");
    }
    text.replace(",>", ">")
}
