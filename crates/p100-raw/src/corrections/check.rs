//! Whether corrections fit the document, entry by entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::HeaderName;

use super::checked::{EventNames, Inner, OperationNames};
use super::{CheckedCorrections, Corrections, InvalidCorrection, Names, OperationCorrections};
use crate::shape::{Location, OperationShape, Shape};
use crate::webhooks::{ROUTES, WebhookKind};
use crate::{Operation, operations, path, shapes};

/// What means the token in its form.
const TOKEN: &str = "{token}";

type Checked<T> = Result<T, InvalidCorrection>;

fn refuse<T>(entry: impl Into<String>, reason: impl Into<String>) -> Checked<T> {
    Err(InvalidCorrection::new(entry, reason))
}

impl Corrections {
    /// Compares them with the document. Clients and receivers do so when they are built.
    ///
    /// # Errors
    /// The first entry that does not fit: an operation, event, parameter or member that the document does not have, a path without the
    /// parameters of the operation, a name that cannot be, two members of one object with the same name, or a word that is both success
    /// and failure.
    pub fn check(&self) -> Checked<CheckedCorrections> {
        let mut inner = Inner::default();
        for (id, corrected) in &self.operations {
            let entry = format!("operations.{id}");
            let known = operations::ALL.iter().zip(shapes::OPERATIONS).find(|(operation, _)| operation.id == id);
            let Some((operation, shape)) = known else { return refuse(entry, "the document has no operation of this id") };
            debug_assert_eq!(operation.id, shape.id, "both tables have the order of the document");
            corrected.check_route(&entry, operation, shape, &mut inner)?;
            inner.operations.insert(operation.id, corrected.check_names(&entry, operation, shape)?);
        }
        for (id, corrected) in &self.events {
            let entry = format!("events.{id}");
            let Ok(kind) = id.parse::<WebhookKind>() else { return refuse(entry, "the document has no event of this id") };
            let shape = ROUTES.iter().zip(shapes::EVENTS).find(|(route, _)| route.kind == kind).map(|(_, shape)| *shape);
            let members = check_members(&format!("{entry}.members"), shape, &corrected.members)?;
            if let Some(path) = &corrected.path
                && (!path.starts_with('/') || path.contains(['?', '#']) || path.chars().any(|c| c.is_control() || c.is_whitespace()))
            {
                return refuse(format!("{entry}.path"), "a path starts with `/` and has neither query nor blanks");
            }
            inner.events.insert(kind, EventNames { path: corrected.path.clone(), members });
        }
        for (code, class) in &self.codes {
            let entry = format!("codes.{code}");
            if code.trim().is_empty() {
                return refuse(entry, "an error code is not empty");
            }
            if inner.codes.insert(code.trim().to_ascii_uppercase(), *class).is_some() {
                return refuse(entry, "the same code is corrected twice, in another case or with blanks around it");
            }
        }
        if let Some(name) = &self.webhooks.token_header {
            match HeaderName::try_from(name) {
                Ok(name) => inner.token_header = Some(name),
                Err(_) => return refuse("webhooks.token_header", format!("`{name}` is no name of a header")),
            }
        }
        if let Some(form) = &self.webhooks.token_form {
            match form.split(TOKEN).collect::<Vec<_>>()[..] {
                [before, after] if form.trim() == form && !form.contains(|c: char| c.is_control()) => {
                    inner.token_form = (before.to_owned(), after.to_owned());
                }
                _ => return refuse("webhooks.token_form", "it has `{token}` once, and no blanks around it, e.g. `Bearer {token}`"),
            }
        }
        Ok(CheckedCorrections(Arc::new(inner)))
    }
}

impl OperationCorrections {
    fn check_route(&self, entry: &str, operation: &'static Operation, shape: &OperationShape, inner: &mut Inner) -> Checked<()> {
        let method = self.method.as_deref().unwrap_or(operation.method);
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            return refuse(format!("{entry}.method"), format!("`{method}` is none of GET, POST, PUT, PATCH and DELETE"));
        }
        let template = self.path.as_deref().unwrap_or(operation.path);
        let renamed = || self.parameters.iter().filter(|(name, _)| shape.parameters.contains(&(name.as_str(), Location::Path)));
        for (name, corrected) in renamed() {
            let place = format!("{{{corrected}}}");
            if self.path.is_none() || !template.contains(&place) {
                return refuse(format!("{entry}.parameters.{name}"), format!("it is in the path: correct that too, with `{place}`"));
            }
        }
        // With the parameters under the names of the document: on the wire they have none.
        let in_document = |place: &'_ str| renamed().find(|(_, corrected)| *corrected == place).map(|(name, _)| name.as_str());
        let path = path::renamed(template, |place| in_document(place).unwrap_or(place));
        if self.path.is_some() || self.method.is_some() {
            let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
            let set = inner.routes.set(operation, method, &path);
            set.map_err(|reason| InvalidCorrection::new(format!("{entry}.path"), reason))?;
        }
        Ok(())
    }

    fn check_names(&self, entry: &str, operation: &'static Operation, shape: &OperationShape) -> Checked<OperationNames> {
        for (word, list) in self.success.iter().map(|word| (word, "success")).chain(self.failure.iter().map(|word| (word, "failure"))) {
            let place = format!("{entry}.{list}");
            if operation.outcome.is_none() {
                return refuse(place, "the operation has no outcome that comes later");
            }
            if word.trim().is_empty() {
                return refuse(place, "a word is not empty");
            }
        }
        let same = |one: &String| self.failure.iter().any(|other| other.trim().eq_ignore_ascii_case(one.trim()));
        if let Some(word) = self.success.iter().find(|word| same(word)) {
            return refuse(format!("{entry}.success"), format!("`{word}` is a word of `failure` too"));
        }
        Ok(OperationNames {
            parameters: self.check_parameters(entry, shape)?,
            request: check_members(&format!("{entry}.request"), shape.request, &self.request)?,
            response: check_members(&format!("{entry}.response"), shape.response, &self.response)?,
            success: self.success.clone(),
            failure: self.failure.clone(),
        })
    }

    fn check_parameters(&self, entry: &str, shape: &OperationShape) -> Checked<BTreeMap<&'static str, String>> {
        let mut checked = BTreeMap::new();
        let on_wire = |name: &str| self.parameters.get(name).map_or_else(|| name.to_owned(), Clone::clone);
        for (name, corrected) in &self.parameters {
            let place = format!("{entry}.parameters.{name}");
            let Some((known, location)) = shape.parameters.iter().find(|(known, _)| known == name) else {
                let all: Vec<_> = shape.parameters.iter().map(|(name, _)| *name).collect();
                return refuse(place, format!("there is no such parameter, but {}", listed(&all)));
            };
            if !is_name(corrected) || *location == Location::Path && corrected.contains(['{', '}', '/']) {
                return refuse(place, format!("`{corrected}` is no name of a parameter"));
            }
            let same = |(other, of): &&(&str, Location)| of == location && other != known && on_wire(other) == *corrected;
            if let Some((other, _)) = shape.parameters.iter().find(same) {
                return refuse(place, format!("`{other}` has the same name"));
            }
            checked.insert(*known, corrected.clone());
        }
        Ok(checked)
    }
}

fn check_members(entry: &str, shape: Option<&'static Shape>, corrected: &BTreeMap<String, String>) -> Checked<Names> {
    let mut names = Names::default();
    for (path, on_wire) in corrected {
        let place = format!("{entry}.{path}");
        let Some(shape) = shape else { return refuse(place, "there is no such body in the document") };
        if !is_name(on_wire) {
            return refuse(place, format!("`{on_wire}` is no name of a member"));
        }
        names.set(shape, path, on_wire).map_err(|reason| InvalidCorrection::new(place, reason))?;
    }
    match shape.and_then(|shape| names.clash(shape, "")) {
        Some((path, other)) => refuse(format!("{entry}.{path}"), format!("`{other}` of the same object has this name too")),
        None => Ok(names),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(|c: char| c.is_control())
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none at all".to_owned() } else { names.join(", ") }
}
