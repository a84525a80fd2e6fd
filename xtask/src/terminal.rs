//! The one way to the terminal and to logs: every line is one of ours, and every character in it can be seen. Clippy refuses every other.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "nothing else here prints")]

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};

use anyhow::{Context, Result};
use p100_spec::{Line, is_visible};
use serde_json::Value;

/// Writes a line to standard output.
macro_rules! say {
    ($($argument:tt)*) => {
        $crate::terminal::line(&format!($($argument)*))
    };
}
pub(crate) use say;

pub(crate) fn line(text: &str) {
    println!("{}", safe(text, false));
}

/// Writes a line to standard error.
pub(crate) fn complain(text: &str) {
    eprintln!("{}", safe(text, false));
}

/// Asks on standard error; the response is on the same line.
pub(crate) fn ask(text: &str) {
    eprint!("{}", safe(text, false));
}

/// Writes a whole report to standard output. A reader who has seen enough is no failure.
pub(crate) fn print(text: &str) -> Result<()> {
    whole(&safe(text, false))
}

/// The same of a report that has colours of ours; text of others in it was made safe before.
pub(crate) fn print_coloured(text: &str) -> Result<()> {
    whole(&safe(text, true))
}

/// Writes JSON in which every character can be seen.
pub(crate) fn print_json(value: &Value) -> Result<()> {
    let mut out = String::new();
    for letter in format!("{value:#}\n").chars() {
        if letter == '\n' || is_visible(letter) {
            out.push(letter);
        } else {
            // Such letters are in strings only.
            letter.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
        }
    }
    whole(&out)
}

fn whole(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write the report"),
    }
}

/// Text of which no character acts on a terminal, and no line on the service that keeps the log.
fn safe(text: &str, has_colour: bool) -> String {
    let lines = text.split('\n').map(|line| {
        let (mut out, mut rest) = (String::new(), line);
        // The services take lines that start so for commands.
        if let Some(command) = line.trim_start().strip_prefix("::").or_else(|| line.trim_start().strip_prefix("##[")) {
            let (before, first) = line.split_at(line.len() - line.trim_start().len());
            out.push_str(before);
            let _ = write!(out, "{}", first.chars().next().map(char::escape_unicode).into_iter().flatten().collect::<String>());
            rest = &first[1..];
            debug_assert!(rest.ends_with(command));
        }
        while let Some((before, after)) = rest.split_once("\u{1b}[").filter(|_| has_colour) {
            let end = after.find(|letter: char| !letter.is_ascii_digit() && letter != ';').filter(|at| after[*at..].starts_with('m'));
            let Some(end) = end else { break };
            let _ = write!(out, "{}\u{1b}[{}m", Line(before), &after[..end]);
            rest = &after[end + 1..];
        }
        let _ = write!(out, "{}", Line(rest));
        out
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn nothing_acts_on_a_terminal_or_on_the_log_of_a_service() {
        for (text, shown) in [
            ("a\nb", "a\nb"),
            ("a\rb\u{1b}[2J\u{1b}]0;x\u{7}", r"a\rb\u{1b}[2J\u{1b}]0;x\u{7}"),
            ("\u{202e}a\u{200b}\u{feff}", r"\u{202e}a\u{200b}\u{feff}"),
            ("x\n::add-mask::y\n  ##[group]z\na::b", "x\n\\u{3a}:add-mask::y\n  \\u{23}#[group]z\na::b"),
            ("\u{1b}[1mbold\u{1b}[0m", r"\u{1b}[1mbold\u{1b}[0m"),
        ] {
            assert_eq!(safe(text, false), shown);
        }
        assert_eq!(safe("\u{1b}[1;31mbold\u{1b}[0m \u{1b}[2J", true), "\u{1b}[1;31mbold\u{1b}[0m \\u{1b}[2J");
    }
}
