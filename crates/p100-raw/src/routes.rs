//! Corrections of paths: some are our assumption, and an integrator who knows better must not wait for a release.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::Method;

use crate::{Operation, operations, path};

/// Operations that are called with another method or path than the document says.
#[derive(Clone, Debug, Default)]
pub struct Routes(BTreeMap<&'static str, (Method, String)>);

impl Routes {
    /// Calls the operation `id` with `method` at `template`, e.g. `updateUser` at `/v1/user/update/{externalUserId}`.
    ///
    /// # Errors
    /// There is no such operation, or the template has not exactly its path parameters, each in a pair of braces, or it is no path, or one
    /// that URL parsers change, such as one with dot segments.
    pub fn set(&mut self, id: &str, method: Method, template: &str) -> Result<(), InvalidRoute> {
        let refuse = |reason: String| Err(InvalidRoute { operation: id.to_owned(), reason });
        let Some(operation) = operations::ALL.iter().find(|operation| operation.id == id) else {
            return refuse("the document has no operation of this id".to_owned());
        };
        if sorted_parameters(template) != sorted_parameters(operation.path) {
            return refuse(format!("the path `{template}` must have the parameters of `{}`, each once", operation.path));
        }
        if !template.starts_with('/') || template.contains(['?', '#', '\\']) || template.contains("//") || !is_readable(template) {
            return refuse(format!("{template:?} is no path: it starts with `/` and has neither query, blanks nor control characters"));
        }
        if template.split('/').any(is_dot_segment) {
            return refuse(format!("`{template}` has a dot segment or a broken escape: URLs would address another path"));
        }
        self.0.insert(operation.id, (method, template.to_owned()));
        Ok(())
    }

    /// Method and path template of an operation.
    pub(crate) fn of<'a>(&'a self, operation: &'static Operation) -> (Method, &'a str) {
        let own = self.0.get(operation.id).map(|(method, template)| (method.clone(), template.as_str()));
        // The methods of the table are valid; `GET` never stands in for another one.
        own.unwrap_or_else(|| (Method::from_bytes(operation.method.as_bytes()).unwrap_or_default(), operation.path))
    }
}

fn sorted_parameters(template: &str) -> Option<Vec<&str>> {
    let mut names = path::parameters(template)?;
    names.sort_unstable();
    Some(names)
}

fn is_readable(template: &str) -> bool {
    !template.contains(|character: char| character.is_control() || character.is_whitespace())
}

/// Whether URL parsers drop the segment, for `%2e` is a dot to them too, or may once values are filled in, for the rest of an escape may
/// come from a value.
fn is_dot_segment(segment: &str) -> bool {
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    let mut escapes = segment.split('%').skip(1);
    matches!(&*dots, "." | "..")
        || !escapes.all(|rest| rest.as_bytes().iter().take(2).filter(|digit| digit.is_ascii_hexdigit()).count() == 2)
}

/// A correction that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRoute {
    operation: String,
    reason: String,
}

impl fmt::Display for InvalidRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the route of `{}` cannot be changed: {}", self.operation, self.reason)
    }
}

impl std::error::Error for InvalidRoute {}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::Routes;

    #[test]
    fn a_correction_keeps_the_parameters_of_its_operation() {
        let mut routes = Routes::default();
        assert_eq!(routes.set("updateUser", Method::PUT, "/v1/user/update/{externalUserId}"), Ok(()));
        assert_eq!(routes.of(&crate::operations::UPDATE_USER), (Method::PUT, "/v1/user/update/{externalUserId}"));
        assert_eq!(routes.of(&crate::operations::DELETE_USER), (Method::DELETE, "/v1/user/{externalUserId}"));
        for (id, template, reason) in [
            ("updateUsers", "/v1/user/{externalUserId}", "no operation of this id"),
            ("updateUser", "/v1/user/update", "must have the parameters"),
            ("updateUser", "/v1/user/{userId}", "must have the parameters"),
            ("updateUser", "/v1/{externalUserId}/{externalUserId}", "must have the parameters"),
            ("updateUser", "/v1/user/{externalUserId", "must have the parameters"),
            ("updateUser", "/v1/user/externalUserId}", "must have the parameters"),
            ("updateUser", "/v1/user/{externalUserId}}", "must have the parameters"),
            ("updateUser", "/v1/user/{{externalUserId}", "must have the parameters"),
            ("updateUser", "/v1/}user/{externalUserId}", "must have the parameters"),
            ("updateUser", "/v1/user/{externalUserId}/{", "must have the parameters"),
            ("updateUser", "v1/user/{externalUserId}", "is no path"),
            ("updateUser", "/v1/user/{externalUserId}?x=1", "is no path"),
            ("updateUser", "/v1/us er/{externalUserId}", "is no path"),
            ("updateUser", "/v1/us\ner/{externalUserId}", "is no path"),
            ("updateUser", "/v1/.\t./{externalUserId}", "is no path"),
            ("updateUser", "/v1/user/{externalUserId}\u{7f}", "is no path"),
            ("updateUser", "/v1/user/../{externalUserId}", "dot segment"),
            ("updateUser", "/v1/./user/{externalUserId}", "dot segment"),
            ("updateUser", "/v1/user/{externalUserId}/..", "dot segment"),
            ("updateUser", "/v1/%2e%2E/{externalUserId}", "dot segment"),
            ("updateUser", "/v1/.%2e/{externalUserId}", "dot segment"),
            ("updateUser", "/v1/%2{externalUserId}", "broken escape"),
            ("updateUser", "/v1/%/{externalUserId}", "broken escape"),
        ] {
            let error = routes.set(id, Method::PUT, template).expect_err(template);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
