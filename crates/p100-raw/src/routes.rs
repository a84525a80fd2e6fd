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
    /// There is no such operation, or the template has not exactly its path parameters, each in a pair of braces.
    pub fn set(&mut self, id: &str, method: Method, template: &str) -> Result<(), InvalidRoute> {
        let refuse = |reason: String| Err(InvalidRoute { operation: id.to_owned(), reason });
        let Some(operation) = operations::ALL.iter().find(|operation| operation.id == id) else {
            return refuse("the document has no operation of this id".to_owned());
        };
        if sorted_parameters(template) != sorted_parameters(operation.path) {
            return refuse(format!("the path `{template}` must have the parameters of `{}`, each once", operation.path));
        }
        if !template.starts_with('/') || template.contains(['?', '#', ' ', '\\']) || template.contains("//") {
            return refuse(format!("`{template}` is no path: it starts with `/` and has neither query nor blanks"));
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
        ] {
            let error = routes.set(id, Method::PUT, template).expect_err(template);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
