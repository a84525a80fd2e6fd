//! Parameter values as path segments.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, Operation};

/// All but RFC 3986's unreserved characters. `\` matters: URL parsers read it as `/`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The encoded segment. An empty value and the dot segments would address another resource, and no encoding saves them: they are refused.
pub(crate) fn segment(operation: &'static Operation, name: &'static str, value: &str) -> Result<String, Error> {
    match value {
        "" => Err(Error::not_sent(operation, format!("the path parameter {name} is empty"))),
        "." | ".." => {
            Err(Error::not_sent(operation, format!("the path parameter {name} is `{value}`, which URLs cannot carry as a value")))
        }
        _ => Ok(utf8_percent_encode(value, ENCODED).to_string()),
    }
}
