//! What the tests of the running program share: the program as a process, and peers that speak to it.
//!
//! Nothing here waits for time to pass: every wait is for an event, with [`PATIENCE`] as its end.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod log;
pub mod peer;
pub mod server;
pub mod tls;
pub mod ws;

use std::time::{Duration, Instant};

pub use peer::Peer;
pub use server::{Server, Setup};

/// How long an event may take before a test fails: long enough for any machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is true that nobody announces.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "never came true: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
