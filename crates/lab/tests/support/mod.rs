//! A model, started as a program of its own, and peers that talk to it.

mod peer;
mod server;

use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

pub use peer::{Peer, ask_at_once, send_until_blocked};
pub use server::Server;

/// How long something may take that must happen. Long, for the machine may be busy with something else.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long we look at something that must not happen. If it is too short, a test passes that should not; it
/// never fails one that should pass.
pub const A_WHILE: Duration = Duration::from_millis(300);

/// Waits until it is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it did not happen that {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Says so past the test harness, which shows what is printed only of tests that fail.
pub fn say_skipped(model: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED {model}: {}", why.trim());
}
