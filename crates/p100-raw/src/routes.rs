//! Corrections of methods and paths.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::{Operation, path};

/// Operations that are called with another method or path than the document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Routes(BTreeMap<&'static str, (Method, String)>);

impl Routes {
    /// Calls the operation with `method` at `template`, e.g. `updateUser` at `/v1/user/update/{externalUserId}`.
    ///
    /// # Errors
    /// The template has not exactly the path parameters of the operation, each in a pair of braces, or is no path.
    pub(crate) fn set(&mut self, operation: &'static Operation, method: Method, template: &str) -> Result<(), String> {
        if sorted_parameters(template) != sorted_parameters(operation.path) {
            return Err(format!("the path `{template}` must have the parameters of `{}`, each once", operation.path));
        }
        let is_odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '?' | '#' | '\\');
        if !template.starts_with('/') || template.contains(is_odd) || template.contains("//") {
            return Err(format!("`{template}` is no path: it starts with `/` and has neither query nor blanks"));
        }
        if template.split('/').any(|segment| matches!(&*segment.to_ascii_lowercase().replace("%2e", "."), "." | "..")) {
            return Err(format!("`{template}` has a dot segment, which URLs resolve"));
        }
        self.0.insert(operation.id, (method, template.to_owned()));
        Ok(())
    }

    /// Method and path template of an operation.
    pub(crate) fn of<'a>(&'a self, operation: &'static Operation) -> (Method, &'a str) {
        let own = self.0.get(operation.id).map(|(method, template)| (method.clone(), template.as_str()));
        own.unwrap_or_else(|| (operation.method(), operation.path))
    }
}

fn sorted_parameters(template: &str) -> Option<Vec<&str>> {
    let mut names = path::parameters(template)?;
    names.sort_unstable();
    Some(names)
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::Routes;

    #[test]
    fn a_correction_keeps_the_parameters_of_its_operation() {
        let mut routes = Routes::default();
        let operation = &crate::operations::UPDATE_USER;
        assert_eq!(routes.set(operation, Method::PUT, "/v1/user/update/{externalUserId}"), Ok(()));
        assert_eq!(routes.of(operation), (Method::PUT, "/v1/user/update/{externalUserId}"));
        assert_eq!(routes.of(&crate::operations::DELETE_USER), (Method::DELETE, "/v1/user/{externalUserId}"));
        for (template, reason) in [
            ("/v1/user/update", "must have the parameters"),
            ("/v1/user/{userId}", "must have the parameters"),
            ("/v1/{externalUserId}/{externalUserId}", "must have the parameters"),
            ("/v1/user/{externalUserId", "must have the parameters"),
            ("/v1/user/externalUserId}", "must have the parameters"),
            ("/v1/user/{externalUserId}}", "must have the parameters"),
            ("/v1/user/{{externalUserId}", "must have the parameters"),
            ("/v1/}user/{externalUserId}", "must have the parameters"),
            ("/v1/user/{externalUserId}/{", "must have the parameters"),
            ("v1/user/{externalUserId}", "is no path"),
            ("/v1/user/{externalUserId}?x=1", "is no path"),
            ("/v1/user/{externalUserId}#x", "is no path"),
            ("/v1/user /{externalUserId}", "is no path"),
            ("/v1/user\r\n/{externalUserId}", "is no path"),
            ("/v1/../user/{externalUserId}", "dot segment"),
            ("/v1/%2e%2E/user/{externalUserId}", "dot segment"),
            ("/v1/./user/{externalUserId}", "dot segment"),
        ] {
            let error = routes.set(operation, Method::PUT, template).expect_err(template);
            assert!(error.contains(reason), "{error}");
        }
    }
}
