//! The tools that are not part of a Rust toolchain: pinned, and kept outside the clone so that the next run finds them.

use std::env;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::Step;

/// A program of which one version is used.
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
    /// Where it is, from the folder of all tools.
    program: &'static str,
    variables: &'static [(&'static str, &'static str)],
    /// The command that installs `VERSION`, and the folder it goes to, from the folder of all tools.
    install: (&'static str, &'static str),
}

/// Means these in a command: the work of a program takes seconds, so it is not optimised, which would take several times as long as
/// this installation. What two of them are built on is built once.
const UNOPTIMISED: &str = "--config profile.release.lto=false --config profile.release.codegen-units=16 --config profile.release.opt-level=0 \
     --target-dir target/tools";

pub(crate) const CARGO_DENY: Tool = Tool {
    name: "installation of cargo-deny",
    version: "0.20.2",
    program: "bin/cargo-deny",
    variables: &[],
    install: ("cargo install cargo-deny --locked --version VERSION UNOPTIMISED --root", ""),
};

pub(crate) const CARGO_SEMVER_CHECKS: Tool = Tool {
    name: "installation of cargo-semver-checks",
    version: "0.51.0",
    program: "bin/cargo-semver-checks",
    variables: &[],
    install: ("cargo install cargo-semver-checks --locked --version VERSION UNOPTIMISED --root", ""),
};

/// What to do when rustdoc is newer than cargo-semver-checks.
pub(crate) const TOO_OLD: &str = "Raise the version of CARGO_SEMVER_CHECKS in xtask/src/tools.rs to one that knows this rustdoc.";

/// A validating proxy.
pub(crate) const PRISM: Tool = Tool {
    name: "installation of prism",
    version: "5.16.0",
    program: "prism/node_modules/.bin/prism",
    variables: &[],
    install: ("npm install --no-audit --no-fund --ignore-scripts @stoplight/prism-cli@VERSION --prefix", "prism"),
};

/// Makes calls from the document.
pub(crate) const SCHEMATHESIS: Tool = Tool {
    name: "installation of schemathesis",
    version: "4.32.5",
    program: "schemathesis/bin/schemathesis",
    variables: &[],
    install: ("python3 -m pip install --quiet --disable-pip-version-check --upgrade schemathesis==VERSION --target", "schemathesis"),
};

/// Finds what strangers could do through the workflows.
pub(crate) const ZIZMOR: Tool = Tool {
    name: "installation of zizmor",
    version: "1.32.0",
    program: "zizmor/bin/zizmor",
    variables: &[],
    install: ("python3 -m pip install --quiet --disable-pip-version-check --upgrade --no-deps zizmor==VERSION --target", "zizmor"),
};

pub(crate) const REDOCLY: Tool = Tool {
    name: "installation of redocly",
    version: "2.77.0",
    program: "redocly/node_modules/.bin/redocly",
    variables: &[("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_NOTIFICATIONS", "true")],
    install: ("npm install --no-audit --no-fund --ignore-scripts @redocly/cli@VERSION --prefix", "redocly"),
};

impl Tool {
    /// The step that installs the tool; none if the right version is there.
    pub(crate) fn installation(&self, tools: &Path) -> Option<Step> {
        let present = self
            .command(tools)
            .arg("--version")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).split_whitespace().next_back() == Some(self.version));
        let (command, folder) = self.install;
        let command = command.replace("VERSION", self.version).replace("UNOPTIMISED", UNOPTIMISED);
        (!present).then(|| Step::command(self.name, &command).argument(&tools.join(folder).to_string_lossy()))
    }

    /// Where the program is.
    pub(crate) fn path(&self, tools: &Path) -> PathBuf {
        tools.join(self.program)
    }

    /// A command of the tool, to be given arguments.
    pub(crate) fn command(&self, tools: &Path) -> Command {
        let mut command = Command::new(self.path(tools));
        // Python finds what pip installed beside the program only there.
        command.envs(self.variables.iter().copied()).env("PYTHONPATH", tools.join(self.install.1));
        command
    }

    /// A step that runs the tool.
    pub(crate) fn step(&self, tools: &Path, name: &'static str, arguments: &str) -> Step {
        let step = Step::program(name, &self.path(tools).to_string_lossy(), arguments);
        self.variables.iter().fold(step, |step, (variable, value)| step.with(variable, value))
    }
}

/// The folder of the tools: `P100_TOOLS`, or `p100-tools` among the caches of the user.
pub(crate) fn folder() -> Result<PathBuf> {
    let named = |variable| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = named("P100_TOOLS")
        .or_else(|| named("XDG_CACHE_HOME").map(|caches| caches.join("p100-tools")))
        .or_else(|| env::home_dir().map(|home| home.join(".cache/p100-tools")))
        .context("there is no home folder: set P100_TOOLS to a folder for tools")?;
    absolute(&folder).with_context(|| format!("{} is no folder for tools", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::CARGO_DENY;
    use crate::workspace::Repository;

    #[test]
    fn the_weekly_check_installs_the_version_that_is_used_here() {
        let weekly = Repository::new(None).read(".github/workflows/weekly.yml").expect("readable");
        let installs: Vec<&str> = weekly.lines().filter(|line| line.contains("cargo install")).collect();
        assert_eq!(installs.len(), 1, "{installs:?}");
        assert!(installs[0].contains(&format!("cargo install cargo-deny --locked --version {}", CARGO_DENY.version)), "{installs:?}");
    }
}
