//! Renders the generated files, and the harness of the contract tests, into OUT_DIR. Cargo reruns it when the document changes, and
//! rebuilds it when the generator does.
#![allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
#![allow(clippy::disallowed_methods, reason = "OUT_DIR belongs to this script")]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use p100_codegen::{harness, render};
use p100_spec::{Document, Problem, SPEC, lint};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={SPEC}");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(lines) => {
            for line in lines {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Vec<String>> {
    let text = fs::read_to_string(SPEC).map_err(|error| vec![format!("cannot read {SPEC}: {error}")])?;
    let document = Document::load(&text).map_err(|problem| vec![problem.in_file(SPEC)])?;
    let problems: Vec<String> = lint(&document).iter().map(|problem| problem.in_file(SPEC)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let in_file = |problem: Problem| vec![problem.in_file(SPEC)];
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let rendered = folder.join("rendered");
    // A file that is not rendered any more must not look as if it were.
    match fs::remove_dir_all(&rendered) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(vec![format!("cannot clear {}: {error}", rendered.display())]),
        _ => {}
    }
    for file in render(&document).map_err(in_file)? {
        write(&rendered.join(&file.path), &file.contents)?;
    }
    write(&folder.join("harness.rs"), &harness(&document).map_err(in_file)?)
}

fn write(path: &Path, contents: &str) -> Result<(), Vec<String>> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, contents))
        .map_err(|error| vec![format!("cannot write {}: {error}", path.display())])
}
