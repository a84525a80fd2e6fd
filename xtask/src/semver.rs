//! `cargo xtask semver`: what a change of the published crates breaks in Rust code that uses them, reported by cargo-semver-checks.

mod report;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use p100_spec::diff::Bump;
use serde_json::Value;

pub(crate) use self::report::Verdict;
use crate::git;
use crate::terminal::say;
use crate::tools::{self, CARGO_SEMVER_CHECKS};
use crate::workspace::{Repository, STALE};

const CHANGELOG: &str = "CHANGELOG.md";

/// Compares every published crate with its like in `baseline`; by default with the previous commit, or with the last one if something
/// is not committed.
pub(crate) fn run(repository: &Repository, baseline: Option<&str>) -> Result<ExitCode> {
    let Some(revision) = baseline.map_or_else(|| previous(repository), |revision| Ok(Some(revision.to_owned())))? else {
        say!("NOT CHECKED: this is the first commit, there is nothing to compare it with");
        return Ok(ExitCode::SUCCESS);
    };
    let before = git::checkout(repository, &revision)?;
    let (old, new) = (published(before.path())?, published(&repository.path(""))?);
    say!("Baseline: {revision}, commit {}", git::commit(repository, &revision)?);
    let mut broken: Vec<String> =
        old.iter().filter(|old| !new.iter().any(|new| new.name == old.name)).map(|old| old.name.clone()).collect();
    for name in &broken {
        say!("{name}: gone, which is a major change");
    }
    for package in &new {
        match check(repository, &package.name, before.path(), &repository.path(""))? {
            Comparison::Impossible(reason) => say!("{}: NOT CHECKED, {reason}", package.name),
            Comparison::Broken(errors) => bail!("{} does not compile: {errors}", package.name),
            Comparison::Done(verdict) => {
                say!("{}: {verdict}", package.name);
                if verdict.bump == Bump::Major {
                    broken.push(package.name.clone());
                }
            }
        }
    }
    if broken.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let version = |packages: &[Package]| packages.first().map(|package| package.version.clone()).unwrap_or_default();
    let (old, new) = (version(&old), version(&new));
    let earlier = std::fs::read_to_string(before.path().join(CHANGELOG)).unwrap_or_default();
    if is_breaking_step(&old, &new) {
        say!("Breaking, as the version says: {old} -> {new}");
    } else if is_announced(&earlier, &repository.read(CHANGELOG)?) {
        say!("Breaking, as {CHANGELOG} says");
    } else {
        say!(
            "\nBreaking: {}. If that is not meant, fix it. If it is, either raise the breaking part of the version {new} (1.2.3 -> 2.0.0, \
             0.1.2 -> 0.2.0), or announce it with a line under `## Unreleased`, `### Breaking` of {CHANGELOG}.",
            broken.join(", ")
        );
        return Ok(ExitCode::from(STALE));
    }
    Ok(ExitCode::SUCCESS)
}

/// The outcome of a comparison.
pub(crate) enum Comparison {
    Done(Verdict),
    /// There is nothing to compare with, for this reason.
    Impossible(&'static str),
    /// The current side does not compile; the first errors.
    Broken(String),
}

/// What the crate `name` in the checkout `current` demands of the version, if it is to follow the one in the checkout `baseline`,
/// whatever versions they have.
pub(crate) fn check(repository: &Repository, name: &str, baseline: &Path, current: &Path) -> Result<Comparison> {
    let find = |root: &Path| Ok::<_, anyhow::Error>(published(root)?.into_iter().find(|package| package.name == name));
    let Some(old) = find(baseline)? else { return Ok(Comparison::Impossible("the baseline has no such crate")) };
    let new = find(current)?.with_context(|| format!("there is no published crate {name}"))?;
    let output = Command::new(program(repository)?)
        .arg("semver-checks")
        .args(["--package", name, "--release-type", "patch", "--verbose", "--color", "never"])
        .args(["--only-explicit-features", "--baseline-features", &old.features, "--current-features", &new.features])
        .arg("--manifest-path")
        .arg(current.join("Cargo.toml"))
        .arg("--baseline-root")
        .arg(baseline)
        // One folder for all crates and both sides: their dependencies are built once.
        .env("CARGO_TARGET_DIR", builds(repository))
        .env("RUST_BACKTRACE", "0")
        .output()
        .context("cannot start cargo-semver-checks")?;
    let (details, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let verdict = match output.status.code() {
        Some(0 | 100) => Verdict::read(&log, &details),
        _ => None,
    };
    let Some(verdict) = verdict else {
        let is_built = |side| report::is_built(&log, side);
        let has_errors = log.contains("error: could not document") || log.contains("error: could not compile");
        match (is_built("current"), is_built("baseline")) {
            // A commit that fixes its predecessor has to pass.
            (true, false) if has_errors => return Ok(Comparison::Impossible("the baseline does not compile")),
            (false, _) if has_errors => return Ok(Comparison::Broken(report::errors(&log))),
            _ => {}
        }
        let about = if log.contains("unsupported rustdoc format") { tools::TOO_OLD } else { "" };
        bail!("cargo-semver-checks could not compare {name} ({}):\n{log}\n{about}", output.status);
    };
    if (verdict.bump == Bump::None) != output.status.success() {
        bail!("cargo-semver-checks ended with {} and reported {verdict} for {name}:\n{log}", output.status);
    }
    Ok(Comparison::Done(verdict))
}

/// The revision before: `None` if there is none.
fn previous(repository: &Repository) -> Result<Option<String>> {
    if !git::ask(repository, "status --porcelain").context("the crates are compared with an earlier revision of git")?.is_empty() {
        return Ok(Some("HEAD".to_owned()));
    }
    if git::commit(repository, "HEAD~1").is_ok() {
        return Ok(Some("HEAD~1".to_owned()));
    }
    if git::ask(repository, "rev-parse --is-shallow-repository")?.trim() == "true" {
        bail!(
            "the clone is shallow and lacks the previous commit. To get it: `git fetch --deepen=1`. To compare with another revision: \
             `cargo xtask semver --baseline REVISION`. To leave it out of the checks: `cargo xtask ci --without-semver`"
        );
    }
    Ok(None)
}

/// A crate that is published with a library.
struct Package {
    name: String,
    version: String,
    /// All but `native-tls`, separated by commas: that one has no items of its own, and needs OpenSSL's headers.
    features: String,
}

/// The crates of a checkout that are published with a library.
fn published(root: &Path) -> Result<Vec<Package>> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed in {}: {}", root.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cannot read what cargo metadata says")?;
    let is_library = |target: &Value| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "lib"));
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let of_interest = packages.iter().filter(|package| {
        let is_private = package["publish"].as_array().is_some_and(Vec::is_empty);
        !is_private && package["targets"].as_array().is_some_and(|targets| targets.iter().any(is_library))
    });
    let text = |value: &Value| value.as_str().map(str::to_owned).context("cargo metadata lacks a name or version");
    of_interest
        .map(|package| {
            let features = package["features"].as_object().into_iter().flat_map(|features| features.keys());
            let features: Vec<&str> = features.map(String::as_str).filter(|name| *name != "native-tls").collect();
            Ok(Package { name: text(&package["name"])?, version: text(&package["version"])?, features: features.join(",") })
        })
        .collect()
}

/// The program, installed if it is not there.
fn program(repository: &Repository) -> Result<PathBuf> {
    let folder = tools::folder()?;
    if let Some(step) = CARGO_SEMVER_CHECKS.installation(&folder) {
        say!("$ {step}");
        if step.run(repository)? != ExitCode::SUCCESS {
            bail!("cargo-semver-checks could not be installed");
        }
    }
    Ok(CARGO_SEMVER_CHECKS.path(&folder))
}

/// Where the crates are built.
fn builds(repository: &Repository) -> PathBuf {
    let own = env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.path("target"), PathBuf::from);
    own.join("semver-checks")
}

/// The version of the published crates of a checkout.
pub(crate) fn version(root: &Path) -> Result<String> {
    published(root)?.into_iter().next().map(|package| package.version).context("nothing is published")
}

/// The least version that may follow `before`, with the version `api` of the document behind it.
pub(crate) fn next(before: &str, bump: Bump, api: &str) -> String {
    let core = before.split(['-', '+']).next().unwrap_or_default();
    let mut numbers: Vec<u64> = core.split('.').map(|number| number.parse().unwrap_or_default()).collect();
    numbers.resize(3, 0);
    let index = match bump {
        Bump::Major if numbers[0] > 0 => 0,
        Bump::Major | Bump::Minor if numbers[0] > 0 || bump == Bump::Major => 1,
        _ => 2,
    };
    numbers[index] += 1;
    numbers[index + 1..].fill(0);
    format!("{}.{}.{}+p100.{api}", numbers[0], numbers[1], numbers[2])
}

/// Whether `new` may break what `old` promised: the first number that is not zero rose.
fn is_breaking_step(old: &str, new: &str) -> bool {
    let numbers = |version: &str| {
        let core = version.split(['-', '+']).next().unwrap_or_default();
        core.split('.').map(|number| number.parse().unwrap_or_default()).collect::<Vec<u64>>()
    };
    let (old, new) = (numbers(old), numbers(new));
    let significant = old.iter().take_while(|number| **number == 0).count() + 1;
    new.iter().take(significant).gt(old.iter().take(significant))
}

/// Whether the breaking changes of what is not released have one more line than before.
fn is_announced(before: &str, after: &str) -> bool {
    let lines = |text: &str| {
        let unreleased = text.lines().skip_while(|line| *line != "## Unreleased").skip(1).take_while(|line| !line.starts_with("## "));
        let breaking = unreleased.skip_while(|line| *line != "### Breaking").skip(1).take_while(|line| !line.starts_with("### "));
        breaking.filter(|line| !line.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let known = lines(before);
    lines(after).iter().any(|line| !known.contains(line))
}

#[cfg(test)]
mod tests {
    use super::{Bump, is_announced, is_breaking_step, next};

    #[test]
    fn the_first_number_that_is_not_zero_reports_a_break() {
        for (old, new, breaking) in [
            ("0.1.0+p100.2025.8.0", "0.2.0+p100.2025.8.0", true),
            ("0.1.0+p100.2025.8.0", "0.1.1+p100.2025.9.0", false),
            ("0.1.9", "1.0.0", true),
            ("1.2.3", "1.3.0", false),
            ("1.2.3", "2.0.0", true),
            ("0.2.0", "0.1.0", false),
            ("0.0.1", "0.0.2", true),
        ] {
            assert_eq!(is_breaking_step(old, new), breaking, "{old} -> {new}");
        }
    }

    #[test]
    fn the_next_version_says_what_changed_and_names_the_document() {
        for (before, bump, after) in [
            ("0.1.0+p100.2025.8.0", Bump::Major, "0.2.0+p100.2025.9.0"),
            ("0.1.3+p100.2025.8.0", Bump::Minor, "0.1.4+p100.2025.9.0"),
            ("0.1.3", Bump::None, "0.1.4+p100.2025.9.0"),
            ("1.2.3", Bump::Major, "2.0.0+p100.2025.9.0"),
            ("1.2.3", Bump::Minor, "1.3.0+p100.2025.9.0"),
            ("1.2.3", Bump::None, "1.2.4+p100.2025.9.0"),
        ] {
            let next = next(before, bump, "2025.9.0");
            assert_eq!(next, after);
            assert_eq!(is_breaking_step(before, &next), bump == Bump::Major);
        }
    }

    #[test]
    fn a_break_is_announced_by_a_new_line_in_its_place() {
        let text = |unreleased: &str, released: &str| format!("# Changelog\n\n## Unreleased\n\n{unreleased}\n\n## 0.1.0\n\n{released}\n");
        let before = text("### Breaking\n\n- One.", "### Added\n\n- All.");
        assert!(!is_announced(&before, &before));
        assert!(is_announced(&before, &text("### Breaking\n\n- One.\n- Two.\n\n### Added", "")));
        assert!(!is_announced(&before, &text("### Breaking\n\n- One.\n\n### Added\n\n- Two.", "")));
        assert!(!is_announced(&before, &text("", "### Breaking\n\n- One.\n- Two.")));
        assert!(is_announced("", &text("### Breaking\n\n- One.", "")));
    }
}
