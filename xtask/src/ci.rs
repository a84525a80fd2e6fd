//! `cargo xtask ci`: everything that continuous integration checks, in order, up to the first failure.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::diff::prove;
use crate::step::Step;
use crate::terminal::say;
use crate::workspace::{CANNOT, Repository};
use crate::{conformance, generate, semver, spec, tools};

/// What is left unchecked where OpenSSL's headers are missing.
const NO_OPENSSL: &str = "NOT CHECKED: the feature native-tls, and all other features except p100/axum and p100/schemars, because OpenSSL's headers are missing \
    (on Debian: apt-get install libssl-dev pkg-config)";

const NO_SEMVER: &str = "NOT CHECKED: what breaks against the previous commit, because of --without-semver";

pub(crate) fn run(repository: &Repository, semver: bool) -> Result<ExitCode> {
    let openssl = has_openssl();
    let steps = steps(repository, &tools::folder()?, openssl, semver)?;
    let start = Instant::now();
    let mut times = Vec::new();
    let mut outcome = ExitCode::SUCCESS;
    for (number, step) in steps.iter().enumerate() {
        say!("\n[{}/{}] {}\n$ {step}", number + 1, steps.len(), step.name);
        let begin = Instant::now();
        outcome = step.run(repository).unwrap_or_else(|error| {
            say!("{error:#}");
            ExitCode::from(CANNOT)
        });
        times.push((step, begin.elapsed()));
        say!("{} after {}", if outcome == ExitCode::SUCCESS { "Passed" } else { "Failed" }, seconds(begin.elapsed()));
        if outcome != ExitCode::SUCCESS {
            break;
        }
    }

    say!("\nTimes");
    for (step, took) in &times {
        say!("{:>9}  {}", seconds(*took), step.name);
    }
    say!("{:>9}  in all", seconds(start.elapsed()));
    match times.last() {
        Some((step, _)) if outcome != ExitCode::SUCCESS => {
            say!(
                "\nFailed: {}, step {} of {}; the later ones did not run. To repeat it in {}:\n{step}",
                step.name,
                times.len(),
                steps.len(),
                repository.path("").display()
            );
        }
        _ => say!("\nAll {} steps passed", steps.len()),
    }
    if !openssl {
        say!("\n{NO_OPENSSL}");
    }
    if !semver {
        say!("\n{NO_SEMVER}");
    }
    Ok(outcome)
}

/// The quick ones first. Advisories are not among them: their database is no package of a registry, so the hosted workflow asks it.
fn steps(repository: &Repository, tools: &Path, openssl: bool, semver: bool) -> Result<Vec<Step>> {
    let features = if openssl { "--all-features" } else { "--features p100/axum,p100/schemars" };
    let clippy = format!("cargo clippy --workspace --all-targets {features} --locked -- -D warnings");
    let documentation = format!("cargo doc --workspace --no-deps {features} --locked");
    let mut steps = vec![
        Step::command("format of the code", "cargo fmt --all --check"),
        Step::task("format of the spec", "cargo xtask spec fmt --check", |repository| spec::fmt(repository, true)),
        Step::task("conventions of the spec", "cargo xtask spec lint", spec::lint),
        Step::task("generated files", "cargo xtask generate --check", |repository| generate::run(repository, true, false)),
    ];
    steps.extend(tools::REDOCLY.installation(tools));
    steps.push(tools::REDOCLY.step(tools, "spec as OpenAPI", "lint spec/p100-partner-api.yaml"));
    steps.extend(tools::ZIZMOR.installation(tools));
    steps.push(tools::ZIZMOR.step(tools, "workflows", "--offline --no-progress --config .github/zizmor.yml .github/workflows"));
    steps.push(Step::command("clippy", &clippy));
    steps.push(Step::command("p100-raw without TLS", "cargo check --package p100-raw --no-default-features --locked"));
    // Beside the other crates it has their features too.
    steps.push(Step::command("p100 alone", "cargo check --package p100 --locked"));
    if openssl {
        let native = "cargo check --package p100-raw --no-default-features --features native-tls --locked";
        steps.push(Step::command("p100-raw with native TLS only", native));
    }
    // libFuzzer itself, which wants a C++ compiler and unstable options to link, is not built.
    let fuzz = Step::command("fuzz targets", "cargo check --manifest-path fuzz/Cargo.toml --target-dir target --locked");
    steps.push(fuzz.with("CUSTOM_LIBFUZZER_PATH", "none/libFuzzer.a"));
    steps.push(Step::command("tests", "cargo test --workspace --locked"));
    steps.push(Step::command("documentation", &documentation).with("RUSTDOCFLAGS", "-D warnings"));
    steps.push(Step::command("quickstart", "cargo run --example quickstart"));
    for example in repository.examples()? {
        steps.push(Step::command("example", &format!("cargo run --quiet --example {example}")));
    }
    steps.extend(tools::CARGO_DENY.installation(tools));
    steps.push(tools::CARGO_DENY.step(tools, "dependencies", "--workspace --locked check bans licenses sources"));
    steps.push(Step::task("conformance", "cargo xtask conformance", conformance::run));
    steps.extend(tools::CARGO_SEMVER_CHECKS.installation(tools));
    if semver {
        steps.push(Step::task("what breaks", "cargo xtask semver", |repository| semver::run(repository, None)));
    }
    let additive = |repository: &Repository| prove::run(repository, &prove::Options { additive: true });
    steps.push(Step::task("additive is minor", "cargo xtask spec prove --additive", additive));
    Ok(steps)
}

/// Whether native-tls can be built: only on Linux and its like it is OpenSSL.
fn has_openssl() -> bool {
    let found = || std::process::Command::new("pkg-config").args(["--exists", "openssl"]).status().is_ok_and(|status| status.success());
    cfg!(any(windows, target_vendor = "apple")) || std::env::var_os("OPENSSL_DIR").is_some() || found()
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::steps;
    use crate::workspace::Repository;

    #[test]
    fn the_examples_are_those_of_the_checkout() {
        let folder = tempfile::tempdir().expect("a folder");
        let elsewhere = Repository::new(Some(folder.path().to_owned()));
        elsewhere.write("crates/p100/examples/only_there.rs", "fn main() {}\n").expect("writable");
        let steps = steps(&elsewhere, Path::new("none"), false, true).expect("known");
        let commands: Vec<String> = steps.iter().map(ToString::to_string).collect();
        let examples: Vec<&str> = commands.iter().filter_map(|command| Some(command.split_once("--quiet --example ")?.1)).collect();
        assert_eq!(examples, ["only_there"], "{commands:?}");
    }
}
