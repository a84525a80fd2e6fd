//! The modules of a crate and what names mean in them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use syn::{Item, UseTree, Visibility, parse_quote};

use super::items::is_public;

pub(super) struct Crate {
    root: Module,
}

pub(super) struct Module {
    /// From the root of the crate.
    pub(super) path: Vec<String>,
    /// Whether its parent shows it.
    pub(super) is_public: bool,
    pub(super) items: Vec<Item>,
    pub(super) children: BTreeMap<String, Module>,
    pub(super) imports: Vec<Import>,
}

/// A name that `use` brings in; none for all names of a module.
pub(super) struct Import {
    pub(super) is_public: bool,
    pub(super) path: Vec<String>,
    pub(super) name: Option<String>,
}

/// What a path leads to.
pub(super) enum Target {
    Module(Vec<String>),
    /// A module and the name of an item of it.
    Item(Vec<String>, String),
}

impl Crate {
    pub(super) fn read(source: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let text = source("lib.rs").context("lib.rs is not there")?;
        Ok(Self { root: module(source, Vec::new(), true, parse("lib.rs", &text)?)? })
    }

    pub(super) fn module(&self, path: &[String]) -> Option<&Module> {
        path.iter().try_fold(&self.root, |module, name| module.children.get(name))
    }

    /// Every module.
    pub(super) fn modules(&self) -> Vec<&Module> {
        let mut found = vec![&self.root];
        let mut next = 0;
        while let Some(module) = found.get(next).copied() {
            found.extend(module.children.values());
            next += 1;
        }
        found
    }

    /// What a path means that is written in `module`; none if it leads out of the crate.
    pub(super) fn resolve(&self, module: &[String], path: &[String]) -> Option<Target> {
        let (first, mut rest) = path.split_first()?;
        let mut target = match first.as_str() {
            "crate" => Target::Module(Vec::new()),
            "self" => Target::Module(module.to_vec()),
            "super" => Target::Module(module.split_last()?.1.to_vec()),
            name => self.find(module, name, &mut BTreeSet::new())?,
        };
        while let Some((name, others)) = rest.split_first() {
            let Target::Module(module) = target else { return None };
            target = match name.as_str() {
                "super" => Target::Module(module.split_last()?.1.to_vec()),
                name => self.find(&module, name, &mut BTreeSet::new())?,
            };
            rest = others;
        }
        Some(target)
    }

    fn find(&self, path: &[String], name: &str, seen: &mut BTreeSet<Vec<String>>) -> Option<Target> {
        if !seen.insert(path.to_vec()) {
            return None;
        }
        let module = self.module(path)?;
        if module.items.iter().any(|item| declared(item).is_some_and(|(_, it)| it == name)) {
            return Some(Target::Item(path.to_vec(), name.to_owned()));
        }
        if let Some(child) = module.children.get(name) {
            return Some(Target::Module(child.path.clone()));
        }
        // A name that is imported under itself, like `use axum::…` beside a module `axum`, leads out of the crate.
        if let Some(import) = module.imports.iter().find(|import| import.name.as_deref() == Some(name)) {
            return if import.path.first().is_some_and(|first| first == name) { None } else { self.resolve(path, &import.path) };
        }
        module.imports.iter().filter(|import| import.name.is_none()).find_map(|import| match self.resolve(path, &import.path)? {
            Target::Module(other) => self.find(&other, name, seen),
            Target::Item(..) => None,
        })
    }
}

fn parse(file: &str, text: &str) -> Result<syn::File> {
    syn::parse_file(text).with_context(|| format!("{file} is not valid Rust"))
}

fn module(source: &dyn Fn(&str) -> Option<String>, path: Vec<String>, is_public: bool, file: syn::File) -> Result<Module> {
    let mut module = Module { path, is_public, items: Vec::new(), children: BTreeMap::new(), imports: Vec::new() };
    for item in file.items {
        match item {
            Item::Mod(it) if !is_test(&it.attrs) => {
                let name = it.ident.to_string();
                let path: Vec<String> = module.path.iter().cloned().chain([name.clone()]).collect();
                let content = match it.content {
                    Some((_, items)) => syn::File { items, ..parse_quote!() },
                    None => load(source, &path)?,
                };
                let child = self::module(source, path, self::is_public(&it.vis), content)?;
                module.children.insert(name, child);
            }
            Item::Use(it) => imports(self::is_public(&it.vis), &it.tree, &mut Vec::new(), &mut module.imports),
            other => module.items.push(other),
        }
    }
    Ok(module)
}

fn load(source: &dyn Fn(&str) -> Option<String>, path: &[String]) -> Result<syn::File> {
    let base = path.join("/");
    let names = [format!("{base}.rs"), format!("{base}/mod.rs")];
    for name in &names {
        if let Some(text) = source(name) {
            return parse(name, &text);
        }
    }
    bail!("neither {} nor {} is there", names[0], names[1])
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| it.path().is_ident("cfg") && it.parse_args::<syn::Ident>().is_ok_and(|word| word == "test"))
}

fn imports(is_public: bool, tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(it) => {
            path.push(it.ident.to_string());
            imports(is_public, &it.tree, path, found);
            path.pop();
        }
        UseTree::Group(it) => it.items.iter().for_each(|tree| imports(is_public, tree, path, found)),
        UseTree::Glob(_) => found.push(Import { is_public, path: path.clone(), name: None }),
        UseTree::Name(it) if it.ident == "self" => found.push(Import { is_public, path: path.clone(), name: path.last().cloned() }),
        UseTree::Name(it) => named(is_public, path, &it.ident, &it.ident, found),
        UseTree::Rename(it) => named(is_public, path, &it.ident, &it.rename, found),
    }
}

fn named(is_public: bool, path: &[String], item: &syn::Ident, name: &syn::Ident, found: &mut Vec<Import>) {
    let path = path.iter().cloned().chain([item.to_string()]).collect();
    found.push(Import { is_public, path, name: Some(name.to_string()) });
}

/// The visibility and name of an item that has one.
fn declared(item: &Item) -> Option<(&Visibility, String)> {
    let (visibility, name) = match item {
        Item::Struct(it) => (&it.vis, &it.ident),
        Item::Enum(it) => (&it.vis, &it.ident),
        Item::Union(it) => (&it.vis, &it.ident),
        Item::Fn(it) => (&it.vis, &it.sig.ident),
        Item::Const(it) => (&it.vis, &it.ident),
        Item::Static(it) => (&it.vis, &it.ident),
        Item::Type(it) => (&it.vis, &it.ident),
        Item::Trait(it) => (&it.vis, &it.ident),
        _ => return None,
    };
    Some((visibility, name.to_string()))
}

/// The name of an item that its module shows.
pub(super) fn public_name(item: &Item) -> Option<String> {
    declared(item).filter(|(visibility, _)| is_public(visibility)).map(|(_, name)| name)
}
