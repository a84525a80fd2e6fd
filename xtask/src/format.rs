//! The forms in which tasks report: for a terminal, for an issue, for a script.

use clap::ValueEnum;
use p100_codegen::Line;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For an issue or a pull request.
    Markdown,
    /// For scripts.
    Json,
}

/// In bytes, the longest comment or issue that is safe to post: forges take 65,536 characters.
pub(crate) const LONGEST_COMMENT: usize = 60_000;

/// Backticks between which Markdown shows `text` as it is: a longer run than any within it, and at least so many.
pub(crate) fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    "`".repeat((longest + 1).max(least))
}

/// Text of others as code inside Markdown: one line that nothing within it ends.
pub(crate) fn code(text: &str) -> String {
    let text = Line(text).to_string();
    let fence = fence(&text, 1);
    let pad = if fence.len() > 1 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text of others inside Markdown: it neither formats, nor links, nor calls anybody.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in Line(text).to_string().chars() {
        match character {
            // A backslash does not keep names from being called.
            '@' | '#' | '&' | '<' | '>' => out.push_str(&format!("&#{};", u32::from(character))),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    out
}
