//! The lab behind `saloon lab`: one echo service under every concurrency model.
//!
//! The service is the same for all: bytes in, the same bytes with ASCII letters in upper case out, in order,
//! until the peer closes its half; then the last byte is answered and ours is closed, too. So what differs
//! between two files of [`models`] is how a server waits for many peers, and nothing else. What they share is
//! in [`ground`]: the listening socket, the end by a signal, and counting.
//!
//! Besides it there are the [`sockets`] that are not TCP, and experiments with socket options.
//!
//! It is not part of the chat server, and nothing of it is used there.

pub mod compare;
pub mod ground;
pub mod models;
mod options;
pub mod sockets;
mod talk;

use std::io::{self, Write as _};
use std::process::ExitCode;

pub use options::{Options, RunOptions, TalkOptions, Task};

/// Does what the command line asks for.
///
/// Models that fork need a process without threads, so this belongs into a `main` that has made none.
pub fn run(options: Options) -> anyhow::Result<()> {
    match options.task {
        Task::Run(options) => models::run(&options),
        Task::List => Ok(io::stdout().write_all(models::table().as_bytes())?),
        Task::Talk(options) => talk::run(&options),
        Task::Compare(options) => compare::run(options),
        Task::Socket(task) => sockets::run(task),
    }
}

/// What this system does not let a model have. No fault of the model: tests and comparisons leave it out.
#[derive(Debug, thiserror::Error)]
#[error("{what} is not available here: {why}")]
pub struct Unavailable {
    /// The facility, such as `io_uring`.
    pub what: &'static str,
    /// What the kernel said, and what may be behind it.
    pub why: String,
}

/// The status to exit with: 77, which test programs take as "skipped", for [`Unavailable`]; else failure.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<Unavailable>() { ExitCode::from(UNAVAILABLE) } else { ExitCode::FAILURE }
}

/// The exit status of a model that is not available here.
pub const UNAVAILABLE: u8 = 77;
