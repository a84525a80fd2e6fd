//! Tasks of this repository; `cargo xtask help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a command-line program")]

mod bench;
mod ci;
mod generate;
mod spec;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of this repository")]
struct Arguments {
    /// Works on the checkout in this folder instead of the one the program was built from.
    #[arg(long, global = true)]
    root: Option<PathBuf>,
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
    /// What p100 costs against the same work done by hand, as one table of ratios.
    #[command(long_about = bench::ASSUMPTIONS)]
    Bench(bench::Options),
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
    let arguments = Arguments::parse();
    let repository = workspace::Repository::new(arguments.root);
    let result = match arguments.task {
        Task::Generate { check, diff } => generate::run(&repository, check, diff),
        Task::Spec(Spec::Lint) => spec::lint(&repository),
        Task::Spec(Spec::Fmt { check }) => spec::fmt(&repository, check),
        Task::Ci => ci::run(),
        Task::Bench(options) => bench::run(&repository, &options),
    };
    result.unwrap_or_else(|error| {
        eprintln!("Failure: {error:#}");
        ExitCode::from(workspace::CANNOT)
    })
}
