//! `saloon serve --console`: whoever starts the server talks in the lobby from its terminal.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;

use anyhow::Context as _;
use rustix::process::{Signal, getpid, kill_process};
use terminal::Desk;

/// A place at the server's own terminal, and the way to the server.
pub struct Seat {
    pub desk: Desk,
    stream: UnixStream,
}

/// A place at this terminal, and the other end of its connection, for the server.
pub fn open() -> anyhow::Result<(Seat, OwnedFd)> {
    let (stream, other) = UnixStream::pair().context("--console")?;
    other.set_nonblocking(true).context("--console")?;
    Ok((Seat { desk: Desk::without_signals(), stream }, other.into()))
}

impl Seat {
    /// Talks on a thread of its own. When the user leaves, the server is told to stop.
    pub fn talk(self) -> JoinHandle<()> {
        let name = crate::chat::user_name();
        std::thread::spawn(move || match terminal::console(self.stream, &name, self.desk) {
            // The server is told as by anyone else who wants it to end.
            Ok(true) => drop(kill_process(getpid(), Signal::TERM)),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the console is closed"),
        })
    }
}
