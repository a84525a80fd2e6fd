//! As much of a driver of Chromium as these tests need: its protocol over a pipe, and nothing to install beside it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, MutexGuard};

/// Long enough for anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(60);

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const FLAGS: [&str; 10] = [
    "--headless",
    // Its sandbox does not work for root, who runs continuous integration in containers. It opens nothing but our own pages.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];

/// A browser with a profile of its own.
pub(super) struct Chromium {
    wire: Mutex<Wire>,
    profile: PathBuf,
    child: Child,
}

struct Wire {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u64,
    /// What the pages complained about.
    errors: Vec<String>,
}

/// A page that is open in a [`Chromium`].
pub(super) struct Page<'a> {
    wire: MutexGuard<'a, Wire>,
    session: String,
}

impl Chromium {
    /// Nothing, where there is no Chromium.
    pub(super) async fn start() -> Option<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);

        let Some(program) = find() else {
            assert!(env::var_os("CI").is_none(), "there is no Chromium: install one, or name it in P100_CHROMIUM");
            // Past the test harness, which shows nothing of a test that passes.
            let _ = writeln!(io::stderr(), "NOT CHECKED: the pages of the sandbox, because there is no Chromium");
            return None;
        };
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profile = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("chromium-{}-{number}", std::process::id()));
        fs::create_dir_all(&profile).unwrap();
        // It reads commands from descriptor 3 and writes to 4; a program in Rust can only give it 0 and 1.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Some(Self { wire: Mutex::new(Wire { to, from, next: 0, errors: Vec::new() }), profile, child })
    }

    /// Opens a page; one at a time.
    pub(super) async fn open(&self, url: &str) -> Page<'_> {
        let mut wire = self.wire.lock().await;
        let target = wire.call(None, "Target.createTarget", json!({"url": "about:blank"})).await.unwrap();
        let attached = wire.call(None, "Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true})).await.unwrap();
        let mut page = Page { wire, session: attached["sessionId"].as_str().unwrap().to_owned() };
        for domain in ["Runtime.enable", "Log.enable"] {
            page.call(domain, "{}").await;
        }
        let gone_to = page.call("Page.navigate", &json!({"url": url}).to_string()).await;
        assert!(gone_to.get("errorText").is_none(), "{gone_to}");
        page.wait("document.readyState === 'complete'").await;
        page
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        while matches!(self.child.try_wait(), Ok(None)) {
            std::thread::yield_now();
        }
        // Its own children may still be writing there; what stays is below target/.
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os("P100_CHROMIUM") {
        return Some(named.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    NAMES.iter().flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name))).find(|program| program.is_file())
}

impl Wire {
    /// The result of a command, or its error.
    async fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let mut command = json!({"id": self.next, "method": method, "params": params});
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{command}\0").as_bytes()).await.unwrap();
        let response = tokio::time::timeout(PATIENCE, self.response()).await;
        response.unwrap_or_else(|_| panic!("no response to {command}"))
    }

    /// The response to the last command. Complaints that come meanwhile are kept.
    async fn response(&mut self) -> Result<Value, String> {
        loop {
            let mut message = Vec::new();
            self.from.read_until(0, &mut message).await.unwrap();
            assert_eq!(message.pop(), Some(0), "Chromium has ended: does it start by hand?");
            let message: Value = serde_json::from_slice(&message).unwrap();
            if message["id"] == self.next {
                return message.get("error").map_or_else(|| Ok(message["result"].clone()), |error| Err(error.to_string()));
            }
            match message["method"].as_str() {
                Some("Runtime.exceptionThrown") => self.errors.push(message["params"]["exceptionDetails"].to_string()),
                Some("Log.entryAdded") if message["params"]["entry"]["level"] == "error" => {
                    self.errors.push(message["params"]["entry"].to_string());
                }
                _ => {}
            }
        }
    }
}

impl Page<'_> {
    pub(super) async fn call(&mut self, method: &str, params: &str) -> Value {
        self.try_call(method, params).await.unwrap_or_else(|error| panic!("{method} {params}: {error}"))
    }

    async fn try_call(&mut self, method: &str, params: &str) -> Result<Value, String> {
        self.wire.call(Some(&self.session), method, serde_json::from_str(params).unwrap()).await
    }

    async fn evaluate(&mut self, expression: &str) -> Value {
        self.try_evaluate(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn try_evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let response = self.try_call("Runtime.evaluate", &params.to_string()).await?;
        assert!(response.get("exceptionDetails").is_none(), "{expression}: {response}");
        Ok(response["result"]["value"].clone())
    }

    /// The value of an expression, as text.
    pub(super) async fn text(&mut self, expression: &str) -> String {
        self.evaluate(&format!("String({expression})")).await.as_str().unwrap().to_owned()
    }

    /// Waits until an expression is true.
    pub(super) async fn wait(&mut self, condition: &str) {
        let expression = format!("new Promise(done => setTimeout(() => done(Boolean({condition})), 16))");
        let begin = tokio::time::Instant::now();
        // An error says that another page came meanwhile.
        while self.try_evaluate(&expression).await != Ok(Value::Bool(true)) {
            let waited = begin.elapsed();
            if waited > PATIENCE / 4 {
                let body = self.text("document.body.innerText").await;
                panic!("after {waited:?} it is not true that {condition}:\n{body}");
            }
        }
    }

    /// Clicks with the mouse in the middle of what is called so.
    pub(super) async fn click(&mut self, kind: &str, name: &str) {
        let (kind, name) = (json!(kind), json!(name));
        let place = self
            .evaluate(&format!(
                "(() => {{
                    const named = [...document.querySelectorAll({kind})]
                        .filter(one => (one.getAttribute('aria-label') ?? one.textContent).trim() === {name});
                    if (named.length !== 1) return `${{named.length}} are called so`;
                    named[0].scrollIntoView({{block: 'center', inline: 'center'}});
                    const {{x, y, width, height}} = named[0].getBoundingClientRect();
                    const at = {{x: x + width / 2, y: y + height / 2}};
                    const hit = document.elementFromPoint(at.x, at.y);
                    return named[0].contains(hit) ? at : `it is covered by ${{hit?.outerHTML}}`;
                }})()"
            ))
            .await;
        assert!(place.is_object(), "{name}: {place}");
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let params = json!({"type": kind, "x": place["x"], "y": place["y"], "button": "left", "buttons": buttons, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", &params.to_string()).await;
        }
    }

    /// Types a text into a field, in place of what is there.
    pub(super) async fn fill(&mut self, selector: &str, text: &str) {
        let selector = json!(selector);
        self.evaluate(&format!("(field => {{ field.focus(); field.select(); }})(document.querySelector({selector}))")).await;
        self.call("Input.insertText", &json!({"text": text}).to_string()).await;
    }

    /// Ticks a box.
    pub(super) async fn tick(&mut self, selector: &str) {
        self.evaluate(&format!("document.querySelector({}).click()", json!(selector))).await;
    }

    /// Chooses from a list.
    pub(super) async fn choose(&mut self, selector: &str, value: &str) {
        let (selector, value) = (json!(selector), json!(value));
        let chosen = self
            .evaluate(&format!(
                "(list => {{ list.value = {value}; list.dispatchEvent(new Event('change', {{bubbles: true}})); return list.value; }})\
                 (document.querySelector({selector}))"
            ))
            .await;
        assert_eq!(chosen, value);
    }

    /// What the pages of the browser complained about so far.
    pub(super) async fn errors(&mut self) -> Vec<String> {
        self.evaluate("0").await;
        std::mem::take(&mut self.wire.errors)
    }
}
