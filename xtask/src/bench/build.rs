//! How long it takes to build a program that calls P100, from nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::programs::shown;
use super::table::Figures;
use crate::workspace::Repository;

/// Any version: those of `Cargo.lock` are taken.
const BY_HAND: &str = r#"reqwest = { version = "*", default-features = false, features = ["http2", "json", "rustls"] }
serde_json = "*"
tokio = { version = "*", features = ["macros", "rt"] }
"#;

const BY_HAND_PROGRAM: &str = r#"//! Asks for the price of a bitcoin with reqwest.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::var("P100_API_KEY")?;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let request = http.get("https://partner-api-stage.p100.io/v1/exchange/rates").header("x-api-key", key);
    let rates: serde_json::Value = request.send().await?.error_for_status()?.json().await?;
    println!("{:?}", rates.get("btc"));
    Ok(())
}
"#;

const P100_PROGRAM: &str = r#"//! Asks for the price of a bitcoin with p100.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = p100::Client::builder().environment(p100::Environment::Staging).api_key_from_env().build()?;
    println!("{:?}", client.exchange().rates().await?.get("btc"));
    Ok(())
}
"#;

pub(super) fn time(repository: &Repository) -> Result<Figures> {
    let folder = tempfile::tempdir().context("no place for the consumers")?;
    let (with_p100, by_hand) = (folder.path().join("with-p100"), folder.path().join("by-hand"));
    let p100 = format!(
        "p100 = {{ path = {:?} }}\ntokio = {{ version = \"*\", features = [\"macros\", \"rt\"] }}\n",
        repository.path("crates/p100")
    );
    prepare(repository, &with_p100, &p100, P100_PROGRAM)?;
    prepare(repository, &by_hand, BY_HAND, BY_HAND_PROGRAM)?;
    // In this order both have a turn with cold and with warm files.
    let cold = clean_build(&by_hand)?;
    let ours = [clean_build(&with_p100)?, clean_build(&with_p100)?];
    let theirs = [cold, clean_build(&by_hand)?];
    let (fast, slow) = (|times: [f64; 2]| times[0].min(times[1]), |times: [f64; 2]| times[0].max(times[1]));
    let cell = |times| format!("{:.1} s", fast(times));
    let range = Some((fast(ours) / slow(theirs), slow(ours) / fast(theirs)));
    Ok(Figures { p100: cell(ours), baseline: cell(theirs), ratio: fast(ours) / fast(theirs), range })
}

/// A package of one file, which is a workspace of its own.
fn prepare(repository: &Repository, consumer: &Path, dependencies: &str, program: &str) -> Result<()> {
    let manifest =
        format!("[package]\nname = \"consumer\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n[workspace]\nresolver = \"3\"\n");
    fs::create_dir_all(consumer.join("src"))?;
    for (path, contents) in [("Cargo.toml", manifest), ("Cargo.lock", repository.read("Cargo.lock")?), ("src/main.rs", program.to_owned())]
    {
        Repository::new(Some(consumer.to_owned())).write(path, &contents)?;
    }
    Ok(())
}

/// Seconds.
fn clean_build(consumer: &Path) -> Result<f64> {
    let target = tempfile::tempdir_in(consumer).context("no place for a build")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--offline", "--quiet"]).current_dir(consumer).stderr(Stdio::piped());
    cargo.env("CARGO_TARGET_DIR", target.path()).env("CARGO_INCREMENTAL", "0").env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
    let begin = Instant::now();
    let output = shown(&mut cargo).output().context("cannot start cargo")?;
    let took = begin.elapsed().as_secs_f64();
    ensure!(output.status.success(), "cargo build: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(took)
}
