//! One check: what it is called, the command that repeats it, and how it runs.

use std::fmt;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::workspace::Repository;

/// One check.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    program: String,
    arguments: Vec<String>,
    variables: Vec<(&'static str, &'static str)>,
    task: Option<fn(&Repository) -> Result<ExitCode>>,
}

impl Step {
    /// A command whose words are separated by spaces.
    pub(crate) fn command(name: &'static str, command: &str) -> Self {
        let (program, arguments) = command.split_once(' ').unwrap_or((command, ""));
        Self::program(name, program, arguments)
    }

    /// A program, which may have spaces in its path, and arguments separated by spaces.
    pub(crate) fn program(name: &'static str, program: &str, arguments: &str) -> Self {
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Self { name, program: program.to_owned(), arguments, variables: Vec::new(), task: None }
    }

    /// A task of this program, run here; the command is how to repeat it alone.
    pub(crate) fn task(name: &'static str, command: &str, task: fn(&Repository) -> Result<ExitCode>) -> Self {
        Self { task: Some(task), ..Self::command(name, command) }
    }

    /// Sets an environment variable.
    pub(crate) fn with(mut self, variable: &'static str, value: &'static str) -> Self {
        self.variables.push((variable, value));
        self
    }

    /// Adds one argument as it is.
    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Runs it in the root of the checkout.
    pub(crate) fn run(&self, repository: &Repository) -> Result<ExitCode> {
        if let Some(task) = self.task {
            return task(repository);
        }
        let status = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.variables.iter().copied())
            .current_dir(repository.path(""))
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("cannot start {}", self.program))?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// As one would type it in a shell.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (variable, value) in &self.variables {
            write!(f, "{variable}={} ", quoted(value))?;
        }
        f.write_str(&quoted(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", quoted(argument)))
    }
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_owned() }
}
