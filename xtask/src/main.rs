//! Tasks of this repository; `cargo xtask help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a command-line program")]

mod ci;
mod generate;
mod spec;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Renders the generated files from spec/p100-partner-api.yaml.
    ///
    /// Exits with 0 if all is fresh or was written, 4 if --check found stale files, 100 if nothing could be rendered.
    Generate {
        /// Writes nothing: says which files are stale.
        #[arg(long)]
        check: bool,
        /// Shows how stale files differ.
        #[arg(long)]
        diff: bool,
    },
    /// Work on the document itself.
    #[command(subcommand)]
    Spec(Spec),
    /// Everything that continuous integration checks, in the same order.
    Ci,
}

#[derive(Subcommand)]
enum Spec {
    /// Holds the document against the project's conventions.
    Lint,
    /// Writes the document in its canonical form.
    Fmt {
        /// Writes nothing: says whether the form is canonical.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Generate { check, diff } => generate::run(check, diff),
        Task::Spec(Spec::Lint) => spec::lint(),
        Task::Spec(Spec::Fmt { check }) => spec::fmt(check),
        Task::Ci => ci::run(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("Failure: {error:#}");
        ExitCode::from(workspace::CANNOT)
    })
}
