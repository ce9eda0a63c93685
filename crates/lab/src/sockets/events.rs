//! Waiting for a few descriptors at once, and lines that come as events.

use std::io::{self, Stdin};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

use crate::ground::PIECE;

/// A descriptor, and what to wait for.
pub type Interest<'fd> = Option<(BorrowedFd<'fd>, PollFlags)>;

/// Until it can be read, or has come to its end or to an error.
pub fn readable(fd: &impl AsFd) -> Interest<'_> {
    Some((fd.as_fd(), PollFlags::POLLIN))
}

/// Until it can be written, or nobody reads it any more.
pub fn writable(fd: &impl AsFd) -> Interest<'_> {
    Some((fd.as_fd(), PollFlags::POLLOUT))
}

/// Waits with `poll(2)`, and says of each whether something is the matter. All are quiet if the time is up.
///
/// None waits for nothing. That is more than no events: POLLHUP and POLLERR come unasked, again and again.
pub fn wait<const N: usize>(whom: [Interest<'_>; N], at_most: Option<Duration>) -> nix::Result<[bool; N]> {
    let mut list: Vec<_> = whom.iter().flatten().map(|(fd, flags)| PollFd::new(*fd, *flags)).collect();
    // Rounded up: else the last millisecond would be spent in asking again and again.
    let timeout = at_most.map_or(Ok(PollTimeout::NONE), |time| {
        PollTimeout::try_from(time.saturating_add(Duration::from_micros(999)))
    });
    match poll(&mut list, timeout.unwrap_or(PollTimeout::MAX)) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok([false; N]),
        Err(error) => return Err(error),
    }
    let mut answers = list.iter();
    Ok(whom.map(|whom| whom.is_some() && answers.next().and_then(PollFd::any) == Some(true)))
}

/// limits.h: a pipe that has room takes so much in one piece. (POSIX asks for 512.)
pub const PIPE_BUF: usize = 4096;

/// Writes to the standard output; false if it shall stop before all is written.
///
/// With [`stop_signals`](crate::ground::stop_signals) the signals are blocked, so whoever waits in `write` for
/// somebody to read could not be stopped. (`saloon lab fifo read PATH | less` is enough.)
pub fn put(stop: &impl AsFd, bytes: &[u8]) -> io::Result<bool> {
    let stdout = io::stdout();
    let mut left = bytes;
    while !left.is_empty() {
        let [stopped, room] = wait([readable(stop), writable(&stdout)], None)?;
        if stopped {
            return Ok(false);
        }
        if room {
            let count = rustix::io::write(&stdout, &left[..left.len().min(PIPE_BUF)])?;
            left = &left[count..];
        }
    }
    Ok(true)
}

/// The most that is kept of one line. Twice what fits into a datagram, so that one can try what does not.
const LONGEST: usize = 128 * 1024;

/// The lines of the standard input, for those who wait for it with [`wait`].
///
/// Not `std::io::stdin().read_line()`: it reads ahead, and what lies in its buffer makes no descriptor
/// readable.
#[derive(Debug)]
pub struct Lines {
    stdin: Stdin,
    read: Vec<u8>,
    open: bool,
}

impl Lines {
    /// None read yet.
    pub fn of_stdin() -> Self {
        Self { stdin: io::stdin(), read: Vec::new(), open: true }
    }

    /// What to wait for: nothing after the end.
    pub fn interest(&self) -> Interest<'_> {
        readable(&self.stdin).filter(|_| self.open && self.is_ours())
    }

    /// Whether what is typed is for us. Who reads from the terminal in the background (`receive &`) is
    /// stopped by SIGTTIN.
    fn is_ours(&self) -> bool {
        tcgetpgrp(&self.stdin).map_or(true, |foreground| foreground == getpgrp())
    }

    /// Whether more may come.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Reads once, and gives the lines that this has completed, without their ends. A line that is longer
    /// than 128 KiB comes in pieces.
    pub fn read(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut piece = [0; PIECE];
        let count = match rustix::io::read(&self.stdin, &mut piece) {
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => return Ok(Vec::new()),
            result => result?,
        };
        self.read.extend_from_slice(&piece[..count]);
        self.open = count > 0;
        let mut lines: Vec<Vec<u8>> = self.read.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        // After the last line end there is the beginning of a line; at the end of the input it is one, too.
        self.read = lines.pop().unwrap_or_default();
        if !self.read.is_empty() && (!self.open || self.read.len() >= LONGEST) {
            lines.push(std::mem::take(&mut self.read));
        }
        Ok(lines)
    }
}
