//! The resources of `p100`, by hand and generated, have every operation of the document, each once and under the name that the document
//! gives it, and follow every create that returns only an id.

use std::path::Path;

use p100_raw::{Evidence, operations};
use p100_spec::names::rust_method;
use p100_spec::names::snake;
use syn::visit::{self, Visit};

use crate::DOCUMENT;

/// What the resources do, as their source says.
#[derive(Default)]
struct Found {
    /// Methods of the raw client that are called.
    called: Vec<String>,
    /// Operations that methods are documented to call, with the resource and the method, and whether that is written by hand.
    methods: Vec<(String, String, bool)>,
    /// The resource and origin of what is read.
    within: (String, bool),
    /// Operations whose outcome is followed.
    followed: Vec<String>,
    /// Public methods that call more than one operation, or one that their documentation does not link, or whose documentation does not
    /// say whether the path is a guess.
    odd: Vec<String>,
}

impl Found {
    fn read() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/p100/src");
        let mut found = Self::default();
        let folder = |name| std::fs::read_dir(source.join(name)).expect("the resources").map(|entry| entry.expect("a file").path());
        for path in folder("resources").chain(folder("generated")).chain([source.join("resources.rs")]) {
            let text = std::fs::read_to_string(&path).expect("readable");
            found.within.1 = !path.starts_with(source.join("generated"));
            found.visit_file(&syn::parse_file(&text).expect("Rust"));
        }
        found.called.sort_unstable();
        found.followed.sort_unstable();
        found
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        if let syn::Type::Path(owner) = &*block.self_ty {
            self.within.0 = owner.path.segments.last().map(|segment| snake(&segment.ident.to_string())).unwrap_or_default();
        }
        visit::visit_item_impl(self, block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        let before = self.called.len();
        visit::visit_impl_item_fn(self, function);
        let called = &self.called[before..];
        let text = documentation(&function.attrs);
        let (resource, by_hand) = &self.within;
        let operation = text.split("Operation [`").nth(1).and_then(|rest| rest.split('`').next());
        self.methods.extend(operation.map(|id| (id.to_owned(), format!("{resource}.{}", function.sig.ident), *by_hand)));
        let documented = |method: &String| {
            operations::ALL.iter().find(|operation| rust_method(operation.id) == *method).is_some_and(|operation| {
                let is_linked = text.contains(&format!("Operation [`{}`](crate::raw::Client::{method}).", operation.id));
                let is_guess = text.contains("Its path is assumed") && text.contains("[`Corrections`](crate::Corrections)");
                is_linked && is_guess == (operation.evidence == Evidence::Assumed)
            })
        };
        if called.len() > 1 || !called.iter().all(documented) {
            self.odd.push(function.sig.ident.to_string());
        }
    }

    /// What is not awaited sends nothing.
    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        if let syn::Expr::MethodCall(call) = &*awaited.base
            && matches!(&*call.receiver, syn::Expr::MethodCall(receiver) if receiver.method == "raw")
        {
            self.called.push(call.method.to_string());
        }
        visit::visit_expr_await(self, awaited);
    }

    /// `Pending::new(client, &operations::CREATE_TRANSFER, id)`
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let names = |path: &syn::ExprPath| path.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>();
        if matches!(&*call.func, syn::Expr::Path(path) if names(path) == ["Pending", "new"])
            && let Some(syn::Expr::Reference(operation)) = call.args.get(1)
            && let syn::Expr::Path(operation) = &*operation.expr
        {
            self.followed.extend(names(operation).pop());
        }
        visit::visit_expr_call(self, call);
    }
}

/// The doc comments among `attributes`.
pub(crate) fn documentation(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.collect()
}

#[test]
fn every_operation_of_the_document_is_reachable_through_exactly_one_resource_method() {
    let found = Found::read();
    let mut operations: Vec<_> = DOCUMENT.operations().iter().map(|operation| rust_method(&operation.id)).collect();
    operations.sort_unstable();
    assert_eq!(found.called, operations);
    assert_eq!(found.odd, Vec::<String>::new());
}

#[test]
fn a_method_has_the_name_that_the_document_gives_it_and_is_written_by_hand_where_that_says_so() {
    let mut found = Found::read().methods;
    found.sort_unstable();
    let mut expected: Vec<_> = DOCUMENT
        .operations()
        .iter()
        .map(|operation| {
            let method = operation.resource.as_ref().expect("a resource");
            (operation.id.clone(), format!("{}.{}", method.resource, method.method), method.by_hand)
        })
        .collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn every_create_that_returns_only_an_id_is_followed_to_its_outcome() {
    let returns_an_id = operations::ALL.iter().filter(|operation| operation.outcome.as_ref().is_some_and(|outcome| outcome.id.is_some()));
    let mut creates: Vec<_> = returns_an_id.map(|operation| snake(operation.id).to_ascii_uppercase()).collect();
    creates.sort_unstable();
    assert_eq!(Found::read().followed, creates);
}
