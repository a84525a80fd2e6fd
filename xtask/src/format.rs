//! The forms in which tasks report: for a terminal, for an issue, for a script.

use clap::ValueEnum;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For an issue or a pull request.
    Markdown,
    /// For scripts.
    Json,
}
