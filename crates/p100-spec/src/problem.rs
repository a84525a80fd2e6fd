//! What is wrong with a document, and where.

use std::fmt;

use crate::text::Line;

/// A place in a source file; both numbers count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Something wrong with a document: where, on which operation or schema, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is; line 0 when it concerns the whole document.
    pub position: Position,
    /// The operation, schema or event it concerns, e.g. `createUser`.
    pub subject: Option<String>,
    /// The lint rule that found it, e.g. `one-error-schema`.
    pub rule: Option<&'static str>,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Problem {
    /// A problem at this place.
    pub fn at(position: Position, message: impl Into<String>) -> Self {
        Self { position, subject: None, rule: None, message: message.into() }
    }

    /// The same, of an operation, schema or event.
    pub fn on(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The message behind the name of the file it was found in, as compilers print it.
    pub fn in_file(&self, file: &str) -> String {
        format!("{file}:{self}")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.position.line, self.position.column)?;
        if let Some(subject) = &self.subject {
            write!(f, "{}: ", Line(subject))?;
        }
        write!(f, "{}", Line(&self.message))?;
        match self.rule {
            Some(rule) => write!(f, " [{rule}]"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
