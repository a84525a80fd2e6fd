//! The checks of continuous integration on another checkout than the one that the program was built from.

use std::path::Path;
use std::process::{Command, Output};

use super::{Checkout, SPEC, text, write};

const PACKAGE: &str = "[package]\nname = \"elsewhere\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";

/// A checkout with code of its own.
fn elsewhere() -> Checkout {
    let checkout = Checkout::new();
    let root = checkout.0.path();
    for folder in ["src", "crates/p100/examples"] {
        std::fs::create_dir_all(root.join(folder)).expect("made");
    }
    write(&root.join("Cargo.toml"), PACKAGE);
    write(&root.join("src/lib.rs"), "//! Nothing.\n");
    checkout
}

/// Runs the checks in `folder`, without any tool.
fn run(folder: &Path, root: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder).env("P100_TOOLS", folder.join("no-tools")).args(["ci", "--without-semver", "--root"]).arg(root);
    command.output().expect("runs")
}

#[test]
fn commands_and_tasks_of_the_checks_run_in_the_root() {
    let order = [
        "      operationId: createTransfer\n      tags: [Internal Transfers]\n",
        "      tags: [Internal Transfers]\n      operationId: createTransfer\n",
    ];
    let grade = ["x-evidence: legacy\n      x-outcome", "x-evidence: rumour\n      x-outcome"];
    let words = ["summary: Move money between a user and the partner", "summary: Move money to and from a user"];
    for (file, [old, new], exit, step, shown) in [
        ("src/lib.rs", ["//! Nothing.\n", "//! Nothing.\nfn  f(){}\n"], 1, "1 of", "src/lib.rs"),
        (SPEC, order, 4, "2 of", "not in canonical form"),
        (SPEC, grade, 100, "3 of", "`x-evidence` must be"),
        (SPEC, words, 4, "4 of", "Stale"),
    ] {
        let checkout = elsewhere();
        let path = checkout.0.path().join(file);
        let current = std::fs::read_to_string(&path).expect("readable");
        assert!(current.contains(old), "{old}");
        write(&path, &current.replacen(old, new, 1));
        let root = checkout.0.path().canonicalize().expect("there");
        let (parent, name) = (root.parent().expect("a parent"), root.file_name().expect("a name"));
        for (folder, argument) in [(&*root, &*root), (parent, Path::new(name))] {
            let output = run(folder, argument);
            let found = text(&output);
            assert_eq!(output.status.code(), Some(exit), "{found}");
            assert!(found.contains(&format!("step {step}")) && found.contains(shown), "{found}");
            assert!(found.contains(&format!("To repeat it in {}", root.display())), "{found}");
        }
    }
}
