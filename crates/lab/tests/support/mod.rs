//! The lab as a program of its own, and peers that talk to it.

#![allow(dead_code, unused_imports, reason = "each test program uses a part of it")]

mod dir;
mod net;
mod peer;
mod program;
mod server;

use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit};

pub use dir::Dir;
pub use net::{Cable, Place, free_udp_port};
pub use peer::{Peer, ask_at_once, echo, fill};
pub use program::Lab;
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
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

pub fn say_skipped(what: &str, why: &str) {
    tell(&format!("SKIPPED {what}: {}", why.trim()));
}

/// Whether this process may have thousands of connections; if not, says so.
pub fn may_have_thousands(test: &str) -> bool {
    bench::limits::allow_all();
    let may = getrlimit(Resource::Nofile).current.is_none_or(|files| files >= 4096);
    if !may {
        say_skipped(test, "it needs 4096 open files, and fewer are allowed here (ulimit -Hn)");
    }
    may
}

/// Bytes of all kinds, the same each time (xorshift).
pub fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(count)
    .collect()
}
