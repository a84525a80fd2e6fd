//! Which characters a reader can see, and text of strangers as one safe line.

use std::fmt::{self, Write as _};

/// Letters and symbols by their class in Unicode that show nothing.
const BLANK: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// Whether the character shows, by itself, as what it is: no control, no mark of direction, no zero width, no unusual space.
pub fn is_visible(character: char) -> bool {
    match character {
        ' ' | '\'' | '"' | '\\' => true,
        // The standard library knows from Unicode's own tables what cannot be printed or belongs to the character before it.
        other => other.escape_debug().count() == 1 && !BLANK.contains(&other),
    }
}

/// Text as one line in which every character shows: the others, line breaks among them, are escaped.
///
/// ```
/// assert_eq!(p100_spec::Line("Cards\n\u{202e}").to_string(), r"Cards\n\u{202e}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Line<'a>(pub &'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            visible if is_visible(visible) => f.write_char(visible),
            blank if BLANK.contains(&blank) => write!(f, "{}", blank.escape_unicode()),
            other => write!(f, "{}", other.escape_debug()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, is_visible};

    #[test]
    fn what_cannot_be_seen_is_escaped_and_all_else_stays() {
        for (text, shown) in [
            ("Müller's \"card\" \\ €", "Müller's \"card\" \\ €"),
            ("a\r\nb\tc\0", r"a\r\nb\tc\0"),
            ("\u{1b}[31m\u{85}\u{2028}\u{202e}\u{2066}\u{feff}\u{200b}", r"\u{1b}[31m\u{85}\u{2028}\u{202e}\u{2066}\u{feff}\u{200b}"),
            ("a\u{a0}b\u{ad}c\u{301}\u{fe0f}\u{e0041}", r"a\u{a0}b\u{ad}c\u{301}\u{fe0f}\u{e0041}"),
            ("\u{3164}\u{2800}\u{115f}", r"\u{3164}\u{2800}\u{115f}"),
        ] {
            assert_eq!(Line(text).to_string(), shown);
            assert_eq!(text.chars().all(is_visible), text == shown, "{shown}");
        }
    }
}
