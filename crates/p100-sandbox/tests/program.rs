//! The program, from outside: its arguments, what it prints, and what it keeps.

mod crashes;
mod running;
mod state;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use std::{fs, io};

use p100::types::TransferRequest;
use p100::{Client, Decimal, ErrorKind};
use p100_sandbox::control::Overview;
use p100_sandbox::{Account, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::users::limited;

/// Long enough for anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(30);

struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
    banner: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_p100-sandbox"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts it on a free port, and waits for the end of its banner.
async fn start(arguments: &[&str]) -> Program {
    launch(command(&[&["--port", "0"], arguments].concat())).await
}

/// The same for a command that says all itself; `--quiet` prints the address only.
async fn launch(mut command: Command) -> Program {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut banner = String::new();
    while !banner.ends_with("Calls:\n") && !banner.starts_with("http") {
        let Some(line) = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap() else {
            panic!("it ends after {banner}: {:?}", child.wait_with_output().await)
        };
        banner += &format!("{line}\n");
    }
    let url = banner.split_once("address").map_or(&*banner, |(_, rest)| rest).split_whitespace().next().unwrap().to_owned();
    Program { child, lines, url, banner }
}

impl Program {
    fn client(&self) -> Client {
        Client::builder().base_url(&self.url).api_key("sandbox-key").build().unwrap()
    }

    async fn line(&mut self) -> String {
        timeout(PATIENCE, self.lines.next_line()).await.unwrap().unwrap().expect("a line")
    }

    async fn post(&self, path: &str, body: Value) {
        let response = crate::http().post(format!("{}/_sandbox/{path}", self.url)).json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    }

    async fn state(&self) -> Value {
        crate::http().get(format!("{}/_sandbox/state", self.url)).send().await.unwrap().json().await.unwrap()
    }

    async fn overview(&self) -> Overview {
        crate::http().get(format!("{}/_sandbox/overview", self.url)).send().await.unwrap().json().await.unwrap()
    }

    async fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().await.unwrap().success());
    }

    /// Sends a signal, and waits for the end.
    async fn end(mut self, signal: &str) -> Output {
        self.signal(signal).await;
        let mut rest = String::new();
        while let Some(line) = timeout(PATIENCE, self.lines.next_line()).await.unwrap().unwrap() {
            rest += &format!("{line}\n");
        }
        let output = timeout(PATIENCE, self.child.wait_with_output()).await.unwrap().unwrap();
        Output { stdout: rest.into_bytes(), ..output }
    }
}

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn pay(client: &Client) -> String {
    let request = TransferRequest::to_user("lim", Decimal::ONE, "eur");
    client.transfers().create(&request).await.unwrap().id().to_owned()
}

#[tokio::test]
async fn it_says_how_to_call_it_and_reports_each_call() {
    let mut program = start(&["--seed", "7"]).await;
    let url = program.url.clone();
    for part in [
        format!("{url}/_sandbox/"),
        "sandbox-key".into(),
        "export P100_API_KEY=sandbox-key".into(),
        format!(".base_url(\"{url}\").api_key_from_env()"),
    ] {
        assert!(program.banner.contains(&part), "{part} in {}", program.banner);
    }
    let now = program.overview().await.clock.now.utc().unwrap();
    assert!((p100::chrono::Utc::now() - now).num_seconds().abs() < 60, "it starts at the present time, not at {now}");

    let client = program.client();
    client.users().create_limited(&limited("lim")).await.unwrap();
    let line = program.line().await;
    assert!(line.contains("201") | line.contains("200") && line.contains("createLimitedUser") && line.ends_with(" ms"), "{line}");
    client.users().create_limited(&limited("lim")).await.unwrap_err();
    let line = program.line().await;
    assert!(line.contains(" 400 ") && line.contains(" P411 "), "{line}");
    program.post("faults", json!({"operation": "createTransfer", "kind": "reset"})).await;
    let request = TransferRequest::builder().amount(Decimal::ONE).currency("eur").build();
    assert_eq!(client.transfers().create(&request).await.unwrap_err().kind(), ErrorKind::NoResponse);
    let line = program.line().await;
    assert!(line.contains(" --- ") && line.contains("createTransfer") && line.ends_with("fault: no response"), "{line}");
    assert!(!line.contains("sandbox-key"));
    let output = program.end("INT").await;
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[tokio::test]
async fn what_was_exported_survives_a_kill() {
    let folder = Folder::new("export");
    let file = folder.file("state.json");
    let program = start(&["--speed", "0"]).await;
    let client = program.client();
    client.users().create_limited(&limited("lim")).await.unwrap();
    program.post("fund", json!({"account": "partner", "currency": "eur", "amount": "1000"})).await;
    let settings = json!({"steps": {"transfer": {"afterTime": 3600}}});
    let put = crate::http().put(format!("{}/_sandbox/settings", program.url)).json(&settings).send().await.unwrap();
    assert_eq!(put.status(), 200);
    let id = pay(&client).await;
    let state = program.state().await;
    save(&file, state.to_string());
    assert!(!program.end("KILL").await.status.success());

    let program = start(&["--speed", "0", "--state", &file]).await;
    assert!(program.banner.contains(&format!("from {file}")), "{}", program.banner);
    assert_eq!(program.state().await, state);
    // It goes on: what was under way is carried out.
    let client = program.client();
    assert_eq!(client.transfers().get(&id).await.unwrap().status.as_str(), "PROCESSING");
    program.post("clock/advance", json!({"seconds": 3600})).await;
    assert_eq!(client.transfers().get(&id).await.unwrap().status.as_str(), "SUCCESSFUL");
    assert_eq!(program.overview().await.balances[&Account::User("lim".into())].0["eur"], Decimal::ONE);
}

#[tokio::test]
async fn a_graceful_stop_keeps_the_state() {
    let folder = Folder::new("graceful");
    let file = folder.file("state.json");
    let mut expected = 0;
    for signal in ["TERM", "INT"] {
        let program = start(&["--state", &file, "--webhook-url", "http://127.0.0.1:9", "--webhook-token", "t"]).await;
        let client = program.client();
        if expected == 0 {
            client.users().create_limited(&limited("lim")).await.unwrap();
        }
        program.post("fund", json!({"account": "partner", "currency": "eur", "amount": "1"})).await;
        pay(&client).await;
        expected += 1;
        let output = program.end(signal).await;
        assert!(output.status.success(), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(&format!("The state is kept in {file}.")), "{output:?}");
        assert_eq!(folder.names(), ["state.json"], "nothing half written stays");
    }
    assert_eq!(is_private(Path::new(&file)).ok(), Some(true), "it holds keys and card numbers");
    let sandbox = Sandbox::builder().state(fs::read_to_string(&file).unwrap()).start().await.unwrap();
    assert_eq!(sandbox.books().balances[&Account::User("lim".into())].0["eur"], Decimal::from(expected));
    assert_eq!(sandbox.settings().webhooks.unwrap().url, "http://127.0.0.1:9");
    assert_eq!(sandbox.deliveries().len(), 2);
}

const BROKEN: &[u8] = br#"{"format": 1, "world": {}}"#;
const DAMAGED: &[u8] = br#"{"format": 1, "world": {"settings": {"#;
const LIST: &[u8] = br#"[1, {}]"#;
const BINARY: &[u8] = b"{\xff}";

#[tokio::test]
async fn it_says_why_it_does_not_start() {
    let folder = Folder::new("refused");
    let (broken, missing) = (folder.file("broken.json"), folder.file("no/such/folder/state.json"));
    let [damaged, list, binary] = ["damaged", "list", "binary"].map(|name| folder.file(name));
    for (file, text) in [(&broken, BROKEN), (&damaged, DAMAGED), (&list, LIST), (&binary, BINARY)] {
        save(file, text);
    }
    let sandbox = Sandbox::start().await.unwrap();
    let taken = sandbox.base_url().rsplit_once(':').unwrap().1;
    for (arguments, code, message) in [
        (vec!["--port", taken], 1, format!("port {taken} is taken")),
        (vec!["--port", "70000"], 2, "70000 is not in 0..=65535".into()),
        (vec!["--speed", "-1"], 2, "expected a number from 0 to 1000000".into()),
        (vec!["--speed=nan"], 2, "expected a number from 0 to 1000000".into()),
        (vec!["--webhook-url", "http://127.0.0.1:9"], 2, "--webhook-token".into()),
        (vec!["--webhook-url", "nowhere", "--webhook-token", "t", "--port", "0"], 1, "webhooks.url must be an address".into()),
        (vec!["--colour"], 2, "unexpected argument '--colour'".into()),
        (vec!["--port", "0", "--state", &broken], 1, format!("{broken} is not the state of a sandbox: ")),
        (vec!["--port", "0", "--state", &missing], 1, format!("the state could not be kept in {missing}")),
        (vec!["--port", "0", "--state", &folder.file("")], 1, "it is no regular file".into()),
        (vec!["--port", "0", "--state", "/dev/full"], 1, "it is no regular file".into()),
        (
            vec!["--port", "0", "--state", &damaged],
            1,
            format!("{damaged} is not the state of a sandbox: world: EOF while parsing an object at line 1 column 37"),
        ),
        (vec!["--port", "0", "--state", &list], 1, "invalid type: array, expected an object at line 1 column".into()),
        (vec!["--port", "0", "--state", &binary], 1, "invalid utf-8 sequence of 1 bytes from index 1".into()),
        (vec!["--port", "0", "--host", "0.0.0.0"], 1, "--control-token".into()),
        (vec!["--port", "0", "--host", "::", "--control-token", ""], 1, "the control token is empty".into()),
        (vec!["--port", "0", "--host", "localhost"], 2, "expected an IPv4 or IPv6 address".into()),
        (vec!["--port", "0", "--host", "192.0.2.1", "--control-token", "t"], 1, "192.0.2.1 is no address of this machine".into()),
        (vec!["--port", "0", "--allowed-host", "http://sandbox.test"], 1, "without scheme and port".into()),
        (vec!["--port", "0", "--save-every", "-1"], 2, "expected a number of seconds from 0 to 86400".into()),
        (vec!["--port", "0", "--port-file", &missing], 1, format!("the port file {missing} cannot be written")),
    ] {
        let output = timeout(PATIENCE, command(&arguments).output()).await.unwrap().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(&message), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    // What cannot be read is not replaced.
    for (file, text) in [(&broken, BROKEN), (&damaged, DAMAGED), (&list, LIST), (&binary, BINARY)] {
        assert_eq!(fs::read(file).unwrap(), text, "{file}");
    }
}

#[tokio::test]
async fn it_can_be_quiet() {
    let program = launch(command(&["--port", "0", "--quiet"])).await;
    assert_eq!(program.banner, format!("{}\n", program.url), "the address, and nothing else");
    program.client().exchange().rates().await.unwrap();
    let output = program.end("TERM").await;
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[expect(clippy::disallowed_methods, reason = "a file of a test")]
fn save(path: &str, text: impl AsRef<[u8]>) {
    fs::write(path, text).unwrap();
}

#[cfg(unix)]
fn is_private(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;

    Ok(fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}
