//! Reading JSON that arrived, with errors that say where but never what: the value that fails may be a card number.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::decimal::{NOT_A_NUMBER, TOO_LONG};
use crate::error::OneLine;

/// JSON that is not what the document says. Names the member and what was expected there, never the value found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidJson {
    path: String,
    expected: String,
    line: usize,
    column: usize,
}

impl InvalidJson {
    pub(crate) fn missing(member: &str) -> Self {
        Self { path: member.to_owned(), expected: format!("missing field `{member}`"), line: 0, column: 0 }
    }

    /// The path of the member that failed, e.g. `cards[0].status`; `.` if it is the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for InvalidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at `{}`", OneLine(&self.path))?;
        if self.line > 0 {
            write!(f, " (line {}, column {})", self.line, self.column)?;
        }
        write!(f, ": {}", self.expected)
    }
}

impl std::error::Error for InvalidJson {}

pub(crate) fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, InvalidJson> {
    // Keeping track of the path doubles the time of decoding, so only what fails is read a second time with it. Checking the whole
    // for UTF-8 at once is cheaper than each string; bytes that are not may still be read if they are in members that are skipped.
    let decoded = std::str::from_utf8(text).ok().and_then(|text| serde_json::from_str(text).ok());
    decoded.map_or_else(|| decode_with_path(text), Ok)
}

fn decode_with_path<T: DeserializeOwned>(text: &[u8]) -> Result<T, InvalidJson> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        invalid(path, &error.into_inner())
    })?;
    deserializer.end().map_err(|error| invalid(".".to_owned(), &error))?;
    Ok(value)
}

fn invalid(path: String, error: &serde_json::Error) -> InvalidJson {
    InvalidJson { path, expected: without_value(error), line: error.line(), column: error.column() }
}

/// What the error says, less the value it quotes. serde words a mismatch as `<what was found>, expected <what was wanted>`.
fn without_value(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let wanted = message.rsplit_once(", expected ").map(|(_, wanted)| format!("expected {wanted}"));
    match error.classify() {
        Category::Eof | Category::Io => "the text ends too early".to_owned(),
        Category::Syntax => "this is not JSON".to_owned(),
        Category::Data if message.starts_with("missing field `") || [NOT_A_NUMBER.0, TOO_LONG.0].contains(&message) => message.to_owned(),
        Category::Data => wanted.unwrap_or_else(|| "this is no value of the member's type".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::decode;

    #[test]
    fn errors_name_the_member_and_what_was_expected_but_not_the_value() {
        type Cards = BTreeMap<String, Vec<BTreeMap<String, String>>>;
        for (text, path, expected) in [
            (r#"{"cards": [{"pin": 1234}]}"#, "cards[0].pin", "(line 1, column 23): expected a string"),
            (r#"{"cards": [{"pin": "1234"}"#, "cards", "the text ends too early"),
            (r#"{"cards": 1234}"#, "cards", "expected a sequence"),
            ("<html>1234", ".", "this is not JSON"),
            ("{} 1234", ".", "this is not JSON"),
        ] {
            let error = decode::<Cards>(text.as_bytes()).expect_err(text);
            assert_eq!(error.path(), path, "{text}");
            assert!(error.to_string().ends_with(expected), "{error}");
            assert!(!error.to_string().contains("1234"), "{error}");
        }
    }

    #[test]
    fn a_bad_amount_tells_why_but_not_which() {
        #[derive(Debug, serde::Deserialize)]
        struct Payout {
            #[serde(with = "crate::decimal::string")]
            #[expect(dead_code, reason = "only its absence is of interest")]
            amount: crate::Decimal,
        }
        for (amount, reason) in [
            (r#""12,34""#, "expected an amount: a JSON number, or a string that holds one"),
            ("null", "expected an amount: a JSON number, or a string that holds one"),
            (r#""12\u002c34""#, "expected an amount: a JSON number, or a string that holds one"),
            ("1234.00000000000000000000000000001", "an amount with more than 28 digits cannot be held exactly"),
        ] {
            let error = decode::<Payout>(format!(r#"{{"amount": {amount}}}"#).as_bytes()).expect_err(amount);
            assert_eq!(error.path(), "amount");
            assert!(error.to_string().ends_with(reason), "{error}");
            assert!(!error.to_string().contains("34"), "{error}");
        }
    }

    #[test]
    fn a_member_with_a_line_break_in_its_name_does_not_break_the_line() {
        let error = decode::<BTreeMap<String, String>>(br#"{"a\nERROR paid": 1}"#).expect_err("no string");
        assert_eq!(error.path(), "a\nERROR paid");
        assert_eq!(error.to_string(), r"at `a\nERROR paid` (line 1, column 19): expected a string");
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm_in_a_member_that_nobody_reads() {
        #[derive(Debug, serde::Deserialize)]
        struct Card {
            pin: String,
        }
        assert_eq!(decode::<Card>(b"{\"pin\": \"1234\", \"new\": \"\xff\"}").expect("a card").pin, "1234");
        assert_eq!(decode::<Card>(b"{\"pin\": \"\xff\"}").expect_err("no text").path(), "pin");
    }
}
