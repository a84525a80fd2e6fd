//! The public items of a crate, read from its sources: what appears, vanishes or changes from one state to another.
//!
//! cargo-semver-checks has the last word on what breaks, but neither lists what appears nor compares types. Not listed here: what macros
//! of the crate make, and items of other crates that are re-exported, which are one item each.

mod items;
mod modules;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use p100_spec::diff::Items;
use syn::{ImplItem, Item};

use self::modules::{Crate, Module, Target};

/// Public items by their paths, each as Rust declares it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Surface(BTreeMap<String, String>);

impl Surface {
    /// Reads the crate whose files below `src/` are reported by `source`.
    pub(crate) fn read(source: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let code = Crate::read(source)?;
        let mut reader = Reader { implementations: implementations(&code), code: &code, items: BTreeMap::new(), seen: BTreeSet::new() };
        reader.expose(&[], "");
        Ok(Self(reader.items))
    }

    /// What happened from this state to another.
    pub(crate) fn changes(&self, new: &Self) -> Items {
        let mut changes = Items::default();
        for (path, old) in &self.0 {
            match new.0.get(path) {
                None => changes.vanished.push((path.clone(), old.clone())),
                Some(new) if new != old => changes.changed.push((path.clone(), old.clone(), new.clone())),
                Some(_) => {}
            }
        }
        let appeared = new.0.iter().filter(|(path, _)| !self.0.contains_key(*path));
        changes.appeared = appeared.map(|(path, text)| (path.clone(), text.clone())).collect();
        changes
    }
}

/// Where a type is declared: its module and its name.
type Place = (Vec<String>, String);

/// The `impl` blocks of each type of the crate.
fn implementations(code: &Crate) -> BTreeMap<Place, Vec<&syn::ItemImpl>> {
    let mut found: BTreeMap<Place, Vec<&syn::ItemImpl>> = BTreeMap::new();
    for module in code.modules() {
        for item in &module.items {
            let Item::Impl(block) = item else { continue };
            let syn::Type::Path(path) = &*block.self_ty else { continue };
            let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let Some(Target::Item(module, name)) = code.resolve(&module.path, &names) {
                found.entry((module, name)).or_default().push(block);
            }
        }
    }
    found
}

struct Reader<'a> {
    code: &'a Crate,
    implementations: BTreeMap<Place, Vec<&'a syn::ItemImpl>>,
    items: BTreeMap<String, String>,
    /// Modules by the path they are public under.
    seen: BTreeSet<(Vec<String>, String)>,
}

impl Reader<'_> {
    /// Lists what is public in a module, which is itself known as `prefix`.
    fn expose(&mut self, module: &[String], prefix: &str) {
        if !self.seen.insert((module.to_vec(), prefix.to_owned())) {
            return;
        }
        let code = self.code;
        let Some(module) = code.module(module) else { return };
        for item in &module.items {
            if let Some(name) = modules::public_name(item) {
                self.list(module, &name, &join(prefix, &name));
            }
        }
        for child in module.children.values().filter(|child| child.is_public) {
            let name = child.path.last().map(String::as_str).unwrap_or_default();
            self.expose(&child.path, &join(prefix, name));
        }
        for import in module.imports.iter().filter(|import| import.is_public) {
            let target = code.resolve(&module.path, &import.path);
            let name = import.name.as_deref().map(|name| join(prefix, name));
            match (target, name) {
                (Some(Target::Module(path)), Some(name)) => self.expose(&path, &name),
                (Some(Target::Module(path)), None) => self.expose(&path, prefix),
                (Some(Target::Item(path, item)), Some(name)) => {
                    if let Some(home) = code.module(&path) {
                        self.list(home, &item, &name);
                    }
                }
                (_, name) => {
                    let path = import.path.join("::");
                    let (name, star) = name.map_or_else(|| (join(prefix, &path) + "::*", "::*"), |name| (name, ""));
                    self.items.insert(name, format!("pub use {path}{star}"));
                }
            }
        }
    }

    /// Lists the item `name` of a module under its public path, with its members and what is implemented for it.
    fn list(&mut self, home: &Module, name: &str, path: &str) {
        for item in home.items.iter().filter(|item| modules::public_name(item).as_deref() == Some(name)) {
            for (member, text) in items::declarations(item) {
                self.items.insert(format!("{path}{member}"), text);
            }
        }
        for block in self.implementations.get(&(home.path.clone(), name.to_owned())).into_iter().flatten() {
            if let Some((of, _)) = &block.trait_ {
                self.items.insert(format!("{path}: {}", items::path(of)), "implemented".to_owned());
                continue;
            }
            for member in &block.items {
                let (name, text) = match member {
                    ImplItem::Fn(it) if items::is_public(&it.vis) => (it.sig.ident.to_string(), items::function(&it.sig)),
                    ImplItem::Const(it) if items::is_public(&it.vis) => (it.ident.to_string(), items::constant(&it.ty)),
                    _ => continue,
                };
                self.items.insert(format!("{path}::{name}"), text);
            }
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

#[cfg(test)]
mod tests {
    use p100_spec::diff::Items;

    use super::Surface;

    fn surface(files: &[(&str, &str)]) -> Surface {
        let source = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
        Surface::read(&source).expect("readable")
    }

    fn paths(surface: &Surface) -> Vec<String> {
        surface.0.iter().map(|(path, text)| format!("{path} = {text}")).collect()
    }

    #[test]
    fn what_is_reachable_from_outside_is_listed_under_its_public_path() {
        let found = surface(&[
            (
                "lib.rs",
                "mod inner; pub mod open; pub use inner::{Thing as Other, deep::*}; pub use bytes::Bytes; #[cfg(test)] pub mod tests;",
            ),
            ("inner.rs", "pub mod deep; pub struct Thing { pub a: u8, b: u8 } impl Thing { pub fn get(&self) -> u8 { 1 } fn hidden() {} }"),
            ("inner/deep.rs", "use super::*; pub const LIMIT: usize = 1; impl From<u8> for Thing { } pub(crate) fn not_this() {}"),
            (
                "open/mod.rs",
                "pub fn ask(one: &str, two: Option<String>) -> Result<(), String> { todo() } mod closed { pub fn nor_this() {} }",
            ),
        ]);
        assert_eq!(
            paths(&found),
            [
                "Bytes = pub use bytes::Bytes",
                "LIMIT = usize",
                "Other = pub struct Thing",
                "Other.a = u8",
                "Other: From<u8> = implemented",
                "Other::get = fn get(&self) -> u8",
                "open::ask = fn ask(one: &str, two: Option<String>) -> Result<(), String>",
            ]
        );
    }

    #[test]
    fn what_callers_may_name_exhaustively_is_part_of_the_declaration() {
        let found = surface(&[(
            "lib.rs",
            "#[non_exhaustive] pub enum Open { A, B(String) } pub enum Closed { A } pub struct Pair(pub u8, pub u8);
             #[derive(Clone, bon::Builder)] #[non_exhaustive] pub struct Built { pub needed: u8, pub left: Option<u8> }
             pub trait Ask { fn ask(&self); fn nicely(&self) {} }",
        )]);
        assert_eq!(
            paths(&found),
            [
                "Ask = pub trait Ask, needs ask",
                "Ask::ask = fn ask(&self)",
                "Ask::nicely = fn nicely(&self)",
                "Built = pub struct Built, non_exhaustive",
                "Built.left = Option<u8>",
                "Built.needed = u8",
                "Built: Clone = implemented",
                "Built::builder() = needs needed",
                "Closed = pub enum Closed { A }",
                "Closed::A = A = 0",
                "Open = pub enum Open, non_exhaustive",
                "Open::A = A",
                "Open::B = B(String)",
                "Pair = pub struct Pair { 0, 1 }",
                "Pair.0 = u8",
                "Pair.1 = u8",
            ]
        );
    }

    #[test]
    fn changes_are_distinguished() {
        let old = surface(&[("lib.rs", "pub fn a() {} pub fn b(x: u8) {} pub fn same() {}")]);
        let new = surface(&[("lib.rs", "pub fn b(x: u16) {} pub fn same() { other() } pub fn c() {}")]);
        let of = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        assert_eq!(
            old.changes(&new),
            Items {
                appeared: vec![of("c", "fn c()")],
                vanished: vec![of("a", "fn a()")],
                changed: vec![("b".to_owned(), "fn b(x: u8)".to_owned(), "fn b(x: u16)".to_owned())],
            }
        );
        assert!(old.changes(&new).breaks() && old.changes(&old).is_empty());
    }

    #[test]
    fn a_file_that_is_no_rust_or_is_missing_is_named() {
        let source = |path: &str| Some(if path == "lib.rs" { "mod a;".to_owned() } else { "\nfn {".to_owned() });
        let error = Surface::read(&source).expect_err("no Rust").to_string();
        assert_eq!(error, "a.rs is not valid Rust");
        let missing = Surface::read(&|path| (path == "lib.rs").then(|| "mod a;".to_owned())).expect_err("missing").to_string();
        assert_eq!(missing, "neither a.rs nor a/mod.rs is there");
    }
}
