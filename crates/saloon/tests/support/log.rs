//! What the server writes to standard error, kept for when a test fails. The tests of the page have it as well
//! (`crates/browser`), so it needs nothing but the standard library.

use std::io::{BufRead, BufReader};
use std::process::ChildStderr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Lines that are shown when a test has failed.
const SHOWN: usize = 40;

/// What a server has written so far.
#[derive(Clone, Debug)]
pub struct Log(Arc<(Mutex<Lines>, Condvar)>);

#[derive(Debug, Default)]
struct Lines {
    lines: Vec<String>,
    ended: bool,
}

impl Log {
    /// Reads it, on a thread of its own.
    pub fn of(stderr: ChildStderr) -> Self {
        let log = Self(Arc::default());
        let shared = log.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                shared.0.0.lock().expect("a log").lines.push(line);
                shared.0.1.notify_all();
            }
            shared.0.0.lock().expect("a log").ended = true;
            shared.0.1.notify_all();
        });
        log
    }

    /// Waits until something is found in it, so long at most.
    pub fn wait<T>(&self, patience: Duration, what: &str, mut find: impl FnMut(&[String]) -> Option<T>) -> T {
        let end = Instant::now() + patience;
        let mut log = self.0.0.lock().expect("a log");
        loop {
            if let Some(found) = find(&log.lines) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            if log.ended || left.is_zero() {
                let text = log.lines.join("\n");
                drop(log);
                panic!("waited for: {what}; the server's log:\n{text}");
            }
            log = self.0.1.wait_timeout(log, left).expect("a log").0;
        }
    }

    /// How many lines have this in them.
    pub fn count(&self, text: &str) -> usize {
        self.0.0.lock().expect("a log").lines.iter().filter(|line| line.contains(text)).count()
    }

    /// At the end of a server: shows what it wrote if the test has failed.
    ///
    /// # Panics
    /// A thread of the server has panicked.
    pub fn conclude(&self) {
        let log = self.0.0.lock().expect("a log");
        if std::thread::panicking() {
            let from = log.lines.len().saturating_sub(SHOWN);
            eprintln!("the end of the server's log:\n{}", log.lines[from..].join("\n"));
        } else if let Some(line) = log.lines.iter().find(|line| line.contains("panicked at")) {
            panic!("a thread of the server panicked: {line}");
        }
    }
}
