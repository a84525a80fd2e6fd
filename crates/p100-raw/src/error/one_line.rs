//! Text of a server in one line of a log.

use std::fmt::{self, Write as _};

/// How many characters are shown: enough for what the mocks explain.
const LENGTH: usize = 500;

/// Shows a text that a server chose, such as an error code, as one line: control and other invisible characters are escaped, and what
/// goes beyond 500 characters is cut off.
///
/// ```
/// use p100_raw::OneLine;
///
/// assert_eq!(OneLine("invalid-user").to_string(), "invalid-user");
/// assert_eq!(OneLine("P412\nERROR paid").to_string(), r"P412\nERROR paid");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OneLine<'a>(pub &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(LENGTH) {
            match character {
                '"' | '\'' => f.write_char(character)?,
                other => write!(f, "{}", other.escape_debug())?,
            }
        }
        if characters.next().is_some() { f.write_str("...") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::OneLine;

    #[test]
    fn a_text_stays_on_its_line_and_short() {
        for (text, shown) in [
            ("Müller's \"card\"", "Müller's \"card\""),
            ("a\r\nb\tc\0", r"a\r\nb\tc\0"),
            ("\u{1b}[31m \u{85}\u{2028}\u{202e}\u{feff}", r"\u{1b}[31m \u{85}\u{2028}\u{202e}\u{feff}"),
            (r"a\nb", r"a\\nb"),
        ] {
            assert_eq!(OneLine(text).to_string(), shown);
        }
        assert_eq!(OneLine(&"é".repeat(500)).to_string(), "é".repeat(500));
        assert_eq!(OneLine(&"é".repeat(501)).to_string(), "é".repeat(500) + "...");
    }
}
