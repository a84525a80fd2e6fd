//! Parameter values as path segments.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, Operation};

/// All but RFC 3986's unreserved characters. `\` matters: URL parsers read it as `/`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL of a path template with each `{name}` replaced by its value.
pub(crate) fn fill(operation: &'static Operation, mut url: String, parameters: &[(&'static str, &str)]) -> Result<String, Error> {
    for (name, value) in parameters {
        // Encoded values hold no braces, so one value is never taken for the place of another.
        url = url.replace(&format!("{{{name}}}"), &segment(operation, name, value)?);
    }
    Ok(url)
}

/// The encoded segment. An empty value and the dot segments would address another resource, and no encoding saves them: they are refused.
fn segment(operation: &'static Operation, name: &str, value: &str) -> Result<String, Error> {
    match value {
        "" => Err(Error::not_sent(operation, format!("the path parameter {name} is empty"))),
        "." | ".." => {
            Err(Error::not_sent(operation, format!("the path parameter {name} is `{value}`, which URLs cannot carry as a value")))
        }
        _ => Ok(utf8_percent_encode(value, ENCODED).to_string()),
    }
}

/// The template with other names between its braces.
pub(crate) fn renamed<'a>(template: &'a str, name: impl Fn(&'a str) -> &'a str) -> String {
    let mut renamed = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (old, behind) = after.split_once('}').unwrap_or((after, ""));
        renamed.extend([before, "{", name(old), &after[old.len()..after.len() - behind.len()]]);
        rest = behind;
    }
    renamed + rest
}

/// The names between braces in a path template, in order; nothing if its braces do not pair.
pub(crate) fn parameters(template: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        if before.contains('}') || name.contains('{') {
            return None;
        }
        names.push(name);
        rest = behind;
    }
    (!rest.contains('}')).then_some(names)
}
