//! The forms in which tasks report: for a terminal, for an issue, for a script.

use anyhow::Result;
use clap::ValueEnum;
use serde_json::Value;

use crate::terminal;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For an issue or a pull request.
    Markdown,
    /// For scripts.
    Json,
}

impl Format {
    /// Prints a report in this form.
    pub(crate) fn print(self, text: impl Fn() -> String, markdown: impl Fn() -> String, json: impl Fn() -> Value) -> Result<()> {
        match self {
            Self::Text => terminal::print(&text()),
            Self::Markdown => terminal::print(&markdown()),
            Self::Json => terminal::print_json(&json()),
        }
    }
}
