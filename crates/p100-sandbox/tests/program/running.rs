//! It never stops by accident, and never hangs: what it prints, the signals it gets, and how others learn that it runs.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use p100::raw::reqwest;
use tokio::time::{Instant, timeout};

use super::{Folder, PATIENCE, command, launch, pay, start};
use crate::users::limited;

/// Waits for a condition, which is asked again and again.
pub(super) async fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(met) = condition() {
            return met;
        }
        assert!(begin.elapsed() < PATIENCE, "{what} does not happen");
        tokio::task::yield_now().await;
    }
}

/// A program whose port is known from its file.
async fn url(port_file: &str) -> String {
    let port = until("a port file", || fs::read_to_string(port_file).ok()).await;
    assert!(port.ends_with('\n'), "it is whole when it is there: {port:?}");
    format!("http://127.0.0.1:{}", port.trim())
}

#[tokio::test]
async fn pipes_that_nobody_reads_stop_nothing() {
    let folder = Folder::new("undrained");
    let (port_file, state) = (folder.file("port"), folder.file("state.json"));
    let mut child = command(&["--port", "0", "--port-file", &port_file, "--state", &state]).spawn().unwrap();
    let url = url(&port_file).await;
    let client = p100::Client::builder().base_url(&url).api_key("sandbox-key").build().unwrap();
    client.users().create_limited(&limited("lim")).await.unwrap();
    for _ in 0..5000 {
        timeout(PATIENCE, client.exchange().rates()).await.expect("it responds").unwrap();
    }
    pay(&client).await;
    // The control plane responds too, and so do signals.
    assert_eq!(timeout(PATIENCE, reqwest::get(format!("{url}/_sandbox/health"))).await.unwrap().unwrap().status(), 200);
    let id = child.id().unwrap().to_string();
    assert!(tokio::process::Command::new("kill").arg(&id).status().await.unwrap().success());
    let status = timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
    assert!(status.success(), "{status}");
    assert!(fs::read_to_string(&state).unwrap().contains(r#""transfers":{""#), "the state is kept");
    assert!(!fs::exists(&port_file).unwrap(), "nobody listens any more");
}

#[tokio::test]
async fn readers_that_have_gone_stop_nothing() {
    let mut program = start(&[]).await;
    // What it writes from now on is a broken pipe.
    drop((program.child.stderr.take(), std::mem::replace(&mut program.lines, none().await)));
    let client = program.client();
    for _ in 0..100 {
        client.exchange().rates().await.unwrap();
    }
    assert!(program.end("TERM").await.status.success());
}

/// The output of a program that prints nothing.
async fn none() -> tokio::io::Lines<tokio::io::BufReader<tokio::process::ChildStdout>> {
    let mut child = tokio::process::Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
    let lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(child.stdout.take().unwrap()));
    child.wait().await.unwrap();
    lines
}

#[tokio::test]
async fn the_port_file_says_where_it_is_once_calls_are_served() {
    let folder = Folder::new("port");
    let port_file = folder.file("port");
    super::save(&port_file, "1\n");
    let program = start(&["--port-file", &port_file]).await;
    // The one of before is gone by the time that anything is printed.
    let url =
        until("its port", || fs::read_to_string(&port_file).ok().filter(|port| program.url.ends_with(&format!(":{}", port.trim())))).await;
    assert_eq!(url, format!("{}\n", program.url.rsplit_once(':').unwrap().1));
    let health = crate::http().get(format!("{}/_sandbox/health", program.url)).send().await.unwrap();
    assert_eq!(health.json::<serde_json::Value>().await.unwrap(), serde_json::json!({"status": "ok"}));
    assert_eq!(folder.names(), ["port"]);
    assert!(program.end("INT").await.status.success());
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn a_terminal_that_closes_keeps_the_state_unless_it_was_asked_to_stay() {
    let folder = Folder::new("hangup");
    let state = folder.file("state.json");
    let program = start(&["--state", &state]).await;
    program.client().users().create_limited(&limited("lim")).await.unwrap();
    assert!(program.end("HUP").await.status.success());
    assert!(fs::read_to_string(&state).unwrap().contains(r#""lim""#));
    if cfg!(not(target_os = "linux")) {
        crate::not_checked("only on Linux it is known whether a signal is ignored");
        return;
    }
    // As `nohup` starts it.
    let mut nohup = tokio::process::Command::new("sh");
    let script = format!("trap '' HUP; exec '{}' --port 0", env!("CARGO_BIN_EXE_p100-sandbox"));
    nohup.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let program = launch(nohup).await;
    program.signal("HUP").await;
    program.client().exchange().rates().await.unwrap();
    assert!(program.end("TERM").await.status.success());
}

#[tokio::test]
async fn every_option_has_a_variable() {
    let help = command(&["--help"]).env("P100_SANDBOX_CONTROL_TOKEN", "do-not-show").output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let words = |begin: &str| -> BTreeSet<String> {
        let of_begin = help
            .split(|character: char| !character.is_ascii_alphanumeric() && !"-_".contains(character))
            .filter(|word| word.starts_with(begin));
        of_begin.map(|word| word.trim_start_matches(begin).to_owned()).collect()
    };
    let options = words("--").into_iter().filter(|option| !matches!(&**option, "" | "help" | "version"));
    let options: BTreeSet<_> = options.map(|option| option.to_uppercase().replace('-', "_")).collect();
    assert_eq!(words("P100_SANDBOX_"), options);
    assert!(options.len() >= 12 && !help.contains("do-not-show"), "{help}");
    // The README has them all.
    for option in options {
        assert!(include_str!("../../README.md").contains(&format!("`P100_SANDBOX_{option}`")), "{option} is missing in the README");
    }

    let folder = Folder::new("variables");
    let state = folder.file("state.json");
    let mut quiet = command(&[]);
    // One that is set to nothing is none.
    quiet.env("P100_SANDBOX_PORT", "0").env("P100_SANDBOX_QUIET", "1").env("P100_SANDBOX_STATE", &state).env("P100_SANDBOX_PORT_FILE", "");
    quiet.env("P100_SANDBOX_ALLOWED_HOST", "a.test,b.test").env("P100_SANDBOX_CONTROL_TOKEN", "t").env("P100_SANDBOX_SPEED", "");
    let program = launch(quiet).await;
    for (host, token, status) in [("a.test", "t", 200), ("b.test", "t", 200), ("c.test", "t", 421), ("a.test", "u", 401)] {
        let request = crate::http().get(format!("{}/_sandbox/clock", program.url)).header("host", host).bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status(), status, "{host} {token}");
    }
    assert!(program.end("TERM").await.status.success());
    assert_eq!(folder.names(), ["state.json"]);
}
