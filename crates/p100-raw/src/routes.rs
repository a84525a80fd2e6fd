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
        if !template.starts_with('/') || template.contains(['?', '#', '\\']) || template.contains("//") || !is_readable(template) {
            return Err(format!("{template:?} is no path: it starts with `/` and has neither query, blanks nor control characters"));
        }
        if template.split('/').any(is_dot_segment) {
            return Err(format!("`{template}` has a dot segment or a broken escape: URLs would address another path"));
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
            ("/v1/.\t./{externalUserId}", "is no path"),
            ("/v1/user/{externalUserId}\u{7f}", "is no path"),
            ("/v1/user/{externalUserId}/..", "dot segment"),
            ("/v1/.%2e/{externalUserId}", "dot segment"),
            ("/v1/%2{externalUserId}", "broken escape"),
            ("/v1/%/{externalUserId}", "broken escape"),
        ] {
            let error = routes.set(operation, Method::PUT, template).expect_err(template);
            assert!(error.contains(reason), "{error}");
        }
    }
}
