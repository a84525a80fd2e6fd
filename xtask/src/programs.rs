//! Builds programs of a checkout, wherever cargo puts them.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::terminal;
use crate::workspace::Repository;

/// The programs of these names that `cargo build` makes in the checkout; its arguments are separated by spaces.
pub(crate) fn build<const N: usize>(repository: &Repository, arguments: &str, names: [&str; N]) -> Result<[PathBuf; N]> {
    terminal::complain(&format!("$ cargo build {arguments}"));
    let output = Command::new("cargo")
        .args(["build", "--message-format", "json-render-diagnostics"])
        .args(arguments.split_whitespace())
        .current_dir(repository.path(""))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "the programs cannot be built");
    let messages = String::from_utf8(output.stdout).context("cargo prints something else than text")?;
    let messages: Vec<Value> = messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let path = |name: &str| {
        let mut of_name = messages.iter().filter(|message| message["target"]["name"] == name);
        of_name.find_map(|message| message["executable"].as_str().map(PathBuf::from)).with_context(|| format!("cargo built no {name}"))
    };
    let mut paths = std::array::from_fn(|_| PathBuf::new());
    for (place, name) in paths.iter_mut().zip(names) {
        *place = path(name)?;
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::build;
    use crate::workspace::Repository;

    #[test]
    fn programs_are_those_of_the_checkout() {
        let folder = tempfile::tempdir().expect("a folder");
        let elsewhere = Repository::new(Some(folder.path().to_owned()));
        let package = "[package]\nname = \"p100-sandbox\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
        elsewhere.write("Cargo.toml", package).expect("writable");
        elsewhere.write("src/main.rs", "fn main() {\n    print!(\"elsewhere\");\n}\n").expect("writable");
        let [program] = build(&elsewhere, "--quiet --offline --target-dir built", ["p100-sandbox"]).expect("builds");
        assert_eq!(Command::new(program).output().expect("runs").stdout, b"elsewhere");
        let error = build(&elsewhere, "--quiet --offline --target-dir built", ["another"]).expect_err("there is none");
        assert_eq!(error.to_string(), "cargo built no another");
    }
}
