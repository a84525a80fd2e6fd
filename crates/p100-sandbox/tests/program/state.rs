//! The file of `--state`: what is in it when, and what is not in its way.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use p100_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use super::running::until;
use super::{Folder, PATIENCE, Program, command, launch, save, start};
use crate::users::limited;

impl Program {
    async fn add_user(&self, id: &str) {
        self.client().users().create_limited(&limited(id)).await.unwrap();
    }

    /// Asks for a save; the response is its status and message.
    async fn save_now(&self) -> (u16, String) {
        let response = crate::http().post(format!("{}/_sandbox/state/save", self.url)).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap()["message"].as_str().unwrap_or_default().to_owned())
    }
}

/// Whether the state in a file has a user.
pub(super) fn has(file: impl AsRef<Path>, user: &str) -> bool {
    let Ok(state) = fs::read(file) else { return false };
    let state: Value = if state.is_empty() { json!({}) } else { serde_json::from_slice(&state).expect("a whole state") };
    state.pointer(&format!("/world/users/{user}")).is_some()
}

#[tokio::test]
async fn it_is_saved_now_and_then_and_on_request() {
    let folder = Folder::new("saves");
    let file = folder.file("state.json");
    // An empty file is an empty state.
    save(&file, "");
    let program = start(&["--state", &file, "--save-every", "0.05"]).await;
    assert!(program.banner.contains("state     new"), "{}", program.banner);
    program.add_user("ada").await;
    until("a save", || has(&file, "ada").then_some(())).await;
    assert!(!program.end("KILL").await.status.success());

    let program = start(&["--state", &file, "--save-every", "0"]).await;
    assert!(program.banner.contains(&format!("from {file}")), "{}", program.banner);
    program.add_user("bob").await;
    assert!(has(&file, "ada") && !has(&file, "bob"), "nobody asked for it");
    assert_eq!(program.save_now().await.0, 200);
    assert!(has(&file, "bob"));
    program.add_user("eve").await;
    assert!(!program.end("KILL").await.status.success());
    assert!(has(&file, "ada") && has(&file, "bob") && !has(&file, "eve"));
    assert_eq!(folder.names(), ["state.json"]);

    let (status, message) = start(&[]).await.save_now().await;
    assert_eq!((status, message.contains("--state")), (400, true), "{message}");
}

#[tokio::test]
async fn what_a_killed_process_left_is_in_nobodys_way() {
    let folder = Folder::new("stale");
    let file = folder.file("state.json");
    // The names of this version, and those of earlier ones with any process id.
    for name in [".state.json.Ab12Cd.p100-new", ".state.json.000000.p100-new"] {
        save(&folder.file(name), "half of a sta");
    }
    for name in ["state.json.1.new", ".state.json.mine.p100-new", ".other.json.Ab12Cd.p100-new"] {
        save(&folder.file(name), "not ours");
    }
    let program = start(&["--state", &file]).await;
    program.add_user("ada").await;
    assert_eq!(program.save_now().await.0, 200);
    assert!(program.end("TERM").await.status.success());
    let mut names = folder.names();
    names.sort();
    assert_eq!(names, [".other.json.Ab12Cd.p100-new", ".state.json.mine.p100-new", "state.json", "state.json.1.new"]);
    assert!(has(&file, "ada"));
}

#[tokio::test]
async fn two_sandboxes_do_not_share_a_file() {
    let folder = Folder::new("two");
    let (file, link) = (folder.file("state.json"), folder.file("link.json"));
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let program = start(&["--state", &file]).await;
    program.add_user("ada").await;
    // Before and after the file was replaced, by whatever name.
    for _ in 0..2 {
        for name in [&file, &link] {
            let output = timeout(PATIENCE, command(&["--port", "0", "--state", name]).output()).await.unwrap().unwrap();
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(1) && error.contains(&format!("another sandbox keeps its state in {name}")), "{error}");
        }
        assert_eq!(program.save_now().await.0, 200);
    }
    assert!(!program.end("KILL").await.status.success());
    // A lock does not outlive its process.
    assert!(start(&["--state", &file]).await.end("TERM").await.status.success());
}

#[tokio::test]
async fn a_link_stays_a_link() {
    let folder = Folder::new("link");
    fs::create_dir(folder.0.join("data")).unwrap();
    let (file, link) = (folder.file("data/kept.json"), folder.file("state.json"));
    // It may lead to where nothing is yet, and by a relative path.
    std::os::unix::fs::symlink("data/kept.json", &link).unwrap();
    for user in ["ada", "bob"] {
        let program = start(&["--state", &link]).await;
        program.add_user(user).await;
        assert!(program.end("TERM").await.status.success());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!fs::symlink_metadata(&file).unwrap().is_symlink() && has(&file, user));
    }
    assert!(has(&link, "ada"));
    assert_eq!(fs::read_dir(folder.0.join("data")).unwrap().count(), 1);
}

/// As in a small file system that is full: the limit is one on the size of files.
#[tokio::test]
async fn a_full_disk_destroys_nothing() {
    let folder = Folder::new("full");
    let file = folder.file("state.json");
    let program = start(&["--state", &file]).await;
    program.add_user("ada").await;
    assert!(program.end("TERM").await.status.success());
    let before = fs::read_to_string(&file).unwrap();

    let mut limited = Command::new("sh");
    let script = format!("ulimit -f 16; exec '{}' --port 0 --state '{file}' --save-every 0.05", env!("CARGO_BIN_EXE_p100-sandbox"));
    limited.args(["-c", &script]).env("TMPDIR", &folder.0).current_dir(&folder.0);
    limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let program = launch(limited).await;
    for number in 0..40 {
        program.add_user(&format!("user{number}")).await;
    }
    let (status, message) = program.save_now().await;
    assert!(status == 500 && message.contains(&format!("could not be kept in {file}")), "{status} {message}");
    // It goes on all the same, and says so when it ends.
    program.client().exchange().rates().await.unwrap();
    let output = program.end("TERM").await;
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(&format!("could not be kept in {file}")) && error.contains("not in"), "{error}");
    assert!(error.contains("is tried again every 0.05 seconds"), "{error}");
    assert_eq!(folder.names(), ["state.json"]);
    // A save before the limit was met may have been the last.
    let kept = fs::read_to_string(&file).unwrap();
    assert!(kept.len() >= before.len() && has(&file, "ada"));
    assert!(start(&["--state", &file]).await.end("TERM").await.status.success());
}

#[tokio::test]
async fn a_last_save_that_fails_goes_elsewhere() {
    let folder = Folder::new("elsewhere");
    let (data, temporary) = (folder.0.join("data"), folder.0.join("tmp"));
    fs::create_dir(&data).unwrap();
    fs::create_dir(&temporary).unwrap();
    let file = data.join("state.json").to_str().unwrap().to_owned();
    let mut program = command(&["--port", "0", "--state", &file, "--save-every", "0"]);
    program.env("TMPDIR", &temporary);
    let program = launch(program).await;
    program.add_user("ada").await;
    fs::remove_dir_all(&data).unwrap();
    let output = program.end("TERM").await;
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    let kept: Vec<_> = fs::read_dir(&temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [kept] = &kept[..] else { panic!("{kept:?}: {error}") };
    assert!(error.contains(&format!("it is in {} instead", kept.display())), "{error}");
    assert!(has(kept, "ada") && super::is_private(kept).unwrap());
    let sandbox = Sandbox::builder().state(fs::read_to_string(kept).unwrap()).start().await.unwrap();
    assert_eq!(sandbox.overview().user_count, 1);
}

/// A file that is mounted where another one was.
struct Mounted(String);

impl Mounted {
    async fn bind(from: &str, to: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["--bind", from, to]).stderr(Stdio::null()).status().await;
        mounted.is_ok_and(|status| status.success()).then(|| Self(to.to_owned()))
    }

    async fn small_disk(at: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs", at]).stderr(Stdio::null()).status().await;
        mounted.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_mounted_file_is_replaced_in_place() {
    let folder = Folder::new("mounted");
    let (outside, inside) = (folder.file("outside.json"), folder.file("state.json"));
    save(&outside, "");
    save(&inside, "");
    let Some(_mounted) = Mounted::bind(&outside, &inside).await else {
        crate::not_checked("nothing can be mounted here");
        return;
    };
    let mut names = Vec::new();
    for user in ["ada", "bob", "eve"] {
        let program = start(&["--state", &inside, "--save-every", "0.05"]).await;
        program.add_user(user).await;
        assert_eq!(program.save_now().await.0, 200);
        names.push(user);
        assert!(!program.end("KILL").await.status.success());
        assert!(start(&["--state", &inside]).await.end("TERM").await.status.success());
        assert!(names.iter().all(|name| has(&outside, name)), "{names:?}");
    }
    // A state that is replaced by a shorter one leaves nothing of it.
    let program = start(&["--state", &inside]).await;
    program.post("reset", json!({})).await;
    assert!(program.end("TERM").await.status.success());
    assert!(!has(&outside, "ada"));
}

#[tokio::test]
async fn a_disk_that_is_really_full_destroys_nothing() {
    let folder = Folder::new("small");
    let disk = folder.file("disk");
    fs::create_dir(&disk).unwrap();
    let Some(_mounted) = Mounted::small_disk(&disk).await else {
        crate::not_checked("nothing can be mounted here");
        return;
    };
    let file = format!("{disk}/state.json");
    let mut program = command(&["--port", "0", "--state", &file, "--save-every", "0"]);
    program.env("TMPDIR", &folder.0);
    let program = launch(program).await;
    program.add_user("ada").await;
    assert_eq!(program.save_now().await.0, 200);
    let before = fs::read(&file).unwrap();
    for number in 0..200 {
        program.add_user(&format!("user{number}")).await;
    }
    assert_eq!(program.save_now().await.0, 500);
    assert_eq!(fs::read(&file).unwrap(), before);
    let output = program.end("TERM").await;
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && error.contains("No space left") && error.contains("instead: start from there"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let elsewhere = folder.names().into_iter().find(|name| name.starts_with("p100-sandbox-state-")).unwrap();
    assert!(has(folder.file(&elsewhere), "user199"));
}
