//! What is printed: by threads of their own, so that a pipe that nobody reads stops nothing.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic;
use std::sync::Arc;
use std::time::Duration;

use crate::background::Background;

/// How many lines may wait for a reader before further ones are dropped.
const LINES: usize = 4096;

/// How long the end of the program waits for a reader.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Standard output and standard error.
#[derive(Clone)]
pub(super) struct Output {
    out: Arc<Background<String>>,
    error: Arc<Background<String>>,
}

impl Output {
    /// From now on panics are printed here too.
    pub(super) fn start() -> io::Result<Self> {
        let out = Background::start("p100-sandbox-stdout", LINES, |lines, dropped| print(io::stdout(), lines, dropped))?;
        let error = Background::start("p100-sandbox-stderr", LINES, |lines, dropped| print(io::stderr(), lines, dropped))?;
        let output = Self { out: Arc::new(out), error: Arc::new(error) };
        let panics = output.clone();
        panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
            panics.error(format!("thread '{thread}' {panic}\n{}", std::backtrace::Backtrace::capture()));
        }));
        Ok(output)
    }

    pub(super) fn line(&self, line: String) {
        self.out.push(line);
    }

    pub(super) fn error(&self, error: impl std::fmt::Display) {
        self.error.push(format!("p100-sandbox: {error}"));
    }

    /// Waits until all of it is printed, if somebody reads.
    pub(super) fn finish(&self) {
        self.error.wait(LAST_WORDS);
        self.out.wait(LAST_WORDS);
    }
}

/// It is no reason to stop that nobody reads it.
fn print(mut to: impl Write, lines: VecDeque<String>, dropped: u64) {
    let mut text: String = lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect();
    if dropped > 0 {
        text += &format!("({dropped} lines were dropped: nobody read them in time)\n");
    }
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
