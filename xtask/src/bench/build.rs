//! How long it takes to build a program that calls P100, from nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::programs::shown;
use super::table::Figures;
use crate::terminal;
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

/// What a clean build took, in seconds.
#[derive(Clone, Copy)]
struct Took {
    wall: f64,
    /// Of all processes of the build. Only Linux reports.
    cpu: Option<f64>,
}

/// Wall time, and CPU time.
pub(super) fn time(repository: &Repository) -> Result<(Figures, Option<Figures>)> {
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
    let cpu = |builds: [Took; 2]| Some([builds[0].cpu?, builds[1].cpu?]);
    let cpu = cpu(ours).zip(cpu(theirs)).map(|(ours, theirs)| figures(ours, theirs));
    Ok((figures(ours.map(|build| build.wall), theirs.map(|build| build.wall)), cpu))
}

/// The faster ones, and the range from the best to the worst for p100.
fn figures(ours: [f64; 2], theirs: [f64; 2]) -> Figures {
    let (fast, slow) = (|times: [f64; 2]| times[0].min(times[1]), |times: [f64; 2]| times[0].max(times[1]));
    let cell = |times| format!("{:.1} s", fast(times));
    let range = Some((fast(ours) / slow(theirs), slow(ours) / fast(theirs)));
    Figures { p100: cell(ours), baseline: cell(theirs), ratio: fast(ours) / fast(theirs), range }
}

/// A package of one file, which is a workspace of its own. Whatever it needs is there afterwards.
fn prepare(repository: &Repository, consumer: &Path, dependencies: &str, program: &str) -> Result<()> {
    let manifest =
        format!("[package]\nname = \"consumer\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n[workspace]\nresolver = \"3\"\n");
    fs::create_dir_all(consumer.join("src"))?;
    for (path, contents) in [("Cargo.toml", manifest), ("Cargo.lock", repository.read("Cargo.lock")?), ("src/main.rs", program.to_owned())]
    {
        Repository::new(Some(consumer.to_owned())).write(path, &contents)?;
    }
    let mut cargo = Command::new("cargo");
    let status = shown(cargo.args(["fetch", "--quiet"]).current_dir(consumer)).status().context("cannot start cargo")?;
    ensure!(status.success(), "cargo fetch failed: {status}");
    Ok(())
}

fn clean_build(consumer: &Path) -> Result<Took> {
    let target = tempfile::tempdir_in(consumer).context("no place for a build")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--offline", "--quiet"]).current_dir(consumer).stdout(Stdio::null());
    // The user's own settings may name a shared folder or a cache of compilations: neither is a clean build.
    cargo.env("CARGO_TARGET_DIR", target.path()).env("CARGO_BUILD_BUILD_DIR", target.path()).env("CARGO_INCREMENTAL", "0");
    cargo.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
    let (begin, cpu) = (Instant::now(), children_cpu());
    let status = shown(&mut cargo).status().context("cannot start cargo")?;
    let took = Took { wall: begin.elapsed().as_secs_f64(), cpu: children_cpu().zip(cpu).map(|(after, before)| after - before) };
    ensure!(status.success(), "cargo build failed: {status}");
    terminal::complain(&format!("{:.1} s", took.wall));
    Ok(took)
}

/// Seconds of CPU time of all processes that this one has waited for, and of those they have.
fn children_cpu() -> Option<f64> {
    /// What Linux counts in, whatever the machine.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold anything. After it, `cutime` and `cstime` are the 14th and 15th field: see proc(5).
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: Option<Vec<f64>> = fields.split(' ').skip(13).take(2).map(|field| field.parse().ok()).collect();
    ticks.filter(|ticks| ticks.len() == 2).map(|ticks| ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}
