//! The ground that all models stand on: the listening socket, the end by a signal, and counting.
//!
//! How to wait for peers, when to read and when to write is not here. That is what each model is for.

mod counts;
mod door;
mod stop;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

pub use counts::{Counts, Refusal};
pub use door::{Blocking, Door};
pub use stop::{Stop, stop_signals};

/// The most that is read at once, and so the most that is kept of a peer who does not take its answers: before
/// the last piece is written, no other is read.
pub const PIECE: usize = 16 * 1024;

/// The rest before `accept` is tried again when it fails and there is nothing else to do about it.
pub const REST: Duration = Duration::from_millis(20);

/// What every model gets.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where to count.
    pub counts: &'static Counts,
}

/// An error if this process has more than one thread, and so must not fork.
pub fn ensure_single_thread() -> anyhow::Result<()> {
    let threads = std::fs::read_dir("/proc/self/task")?.count();
    anyhow::ensure!(
        threads == 1,
        "a process with {threads} threads can't be forked safely (fork(2), \"Description\")"
    );
    Ok(())
}

/// Whether a connection is still open after a step with calls that don't block. EAGAIN only says "not now".
pub fn still_open(step: &io::Result<()>) -> bool {
    step.as_ref().err().is_none_or(|error| error.kind() == io::ErrorKind::WouldBlock)
}
