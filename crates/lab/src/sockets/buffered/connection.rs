//! A connection with a buffer either way: what to read and write, how much to keep, and how long to wait.
//!
//! It knows nothing of the loop. The loop asks it what it wants, and tells it when it can have it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{Shutdown, shutdown, sockopt};

use super::base::Key;
use crate::ground::PIECE;

/// What can become of a connection.
#[derive(Debug)]
pub enum Event {
    /// It is there now.
    Connected,
    /// The peer has no more to say. It may still listen.
    End,
    /// Nothing came, or nothing was taken, for the time set.
    TimeUp(Waiting),
    /// It is broken.
    Failed(io::Error),
}

/// What took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// To read something.
    Read,
    /// To write something, or to connect.
    Write,
}

/// What to do when the last byte is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Shutdown,
    Close,
}

#[derive(Debug)]
pub struct Connection {
    fd: OwnedFd,
    /// Its number in the loop, for others that have something to tell it.
    pub key: Key,
    connecting: bool,
    input: Vec<u8>,
    /// *read* is called from the first on; no more than the second is kept.
    input_marks: (usize, usize),
    output: Vec<u8>,
    /// *written* is called from here down. How high it rises is up to who writes.
    output_low: usize,
    reading: bool,
    ended: bool,
    then: Then,
    closed: bool,
    /// For reading and for writing: how long to wait at most, and since when.
    timeouts: [(Option<Duration>, Instant); 2],
}

impl Connection {
    /// Of a descriptor that is open. Unless it is non-blocking, it must not be written to.
    pub fn new(fd: OwnedFd) -> Self {
        Self {
            fd,
            key: Key::default(),
            connecting: false,
            input: Vec::new(),
            input_marks: (1, PIECE),
            output: Vec::new(),
            output_low: 0,
            reading: true,
            ended: false,
            then: Then::GoOn,
            closed: false,
            timeouts: [(None, Instant::now()); 2],
        }
    }

    /// Of a socket after `connect` has said EINPROGRESS.
    pub fn connecting(socket: OwnedFd) -> Self {
        Self { connecting: true, ..Self::new(socket) }
    }

    pub fn timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) {
        self.timeouts = [(read, Instant::now()), (write, Instant::now())];
    }

    pub fn input_marks(&mut self, low: usize, high: usize) {
        self.input_marks = (low, high);
    }

    pub fn output_low(&mut self, low: usize) {
        self.output_low = low;
    }

    pub fn take_input(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.input)
    }

    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Puts it into the output. It is never too much, so look at `output_len` before there is more.
    pub fn write(&mut self, bytes: &[u8]) {
        if self.output.is_empty() {
            self.timeouts[1].1 = Instant::now();
        }
        self.output.extend_from_slice(bytes);
    }

    /// Whether to read on. What is not read waits in the kernel, and then at the peer.
    pub fn read_more(&mut self, reading: bool) {
        if reading && !self.reading {
            self.timeouts[0].1 = Instant::now();
        }
        self.reading = reading;
    }

    /// Says that we have no more to say, after all that is in the output.
    pub fn finish_when_written(&mut self) {
        self.then = Then::Shutdown;
    }

    pub fn close_when_written(&mut self) {
        self.then = Then::Close;
        self.reading = false;
    }

    pub fn close(&mut self) {
        self.closed = true;
    }
}

/// For the loop.
impl Connection {
    pub fn wants_input(&self) -> bool {
        self.reading && !self.ended && !self.connecting && self.input.len() < self.input_marks.1
    }

    pub fn wants_output(&self) -> bool {
        self.connecting || !self.output.is_empty()
    }

    /// When the first of the timeouts is over, and which.
    pub fn due(&self) -> Option<(Instant, Waiting)> {
        let [read, write] = self.timeouts.map(|(time, since)| time.map(|time| since + time));
        let read = read.filter(|_| self.wants_input()).map(|at| (at, Waiting::Read));
        let write = write.filter(|_| self.wants_output()).map(|at| (at, Waiting::Write));
        [read, write].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Reads once. Whether *read* is to be called, or an event.
    pub fn fill(&mut self) -> Result<bool, Event> {
        let (low, high) = self.input_marks;
        let before = self.input.len();
        self.input.resize(high.min(before + PIECE), 0);
        let result = rustix::io::read(&self.fd, &mut self.input[before..]);
        self.input.truncate(before + result.unwrap_or(0));
        match result {
            Ok(0) => {
                self.ended = true;
                Err(Event::End)
            }
            Ok(_) => {
                self.timeouts[0].1 = Instant::now();
                Ok(self.input.len() >= low)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(false),
            Err(error) => Err(Event::Failed(error.into())),
        }
    }

    /// Writes once, or completes `connect`. Whether *written* is to be called, or an event.
    pub fn flush(&mut self) -> Result<bool, Event> {
        if self.connecting {
            sockopt::socket_error(&self.fd)
                .and_then(|connected| connected)
                .map_err(|error| Event::Failed(error.into()))?;
            self.connecting = false;
            self.timeouts[1].1 = Instant::now();
            return Err(Event::Connected);
        }
        match rustix::io::write(&self.fd, &self.output) {
            Ok(count) => {
                self.timeouts[1].1 = Instant::now();
                self.output.drain(..count);
                if self.output.is_empty() {
                    self.output = Vec::new(); // who is idle keeps no buffer
                }
                Ok(self.output.len() <= self.output_low)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(false),
            Err(error) => Err(Event::Failed(error.into())),
        }
    }

    /// Does what was to be done after the last byte. False if it is closed.
    pub fn settle(&mut self) -> bool {
        if !self.wants_output() {
            match self.then {
                Then::GoOn => {}
                // If it fails the peer is gone, and reading will say so.
                Then::Shutdown => drop(shutdown(&self.fd, Shutdown::Write)),
                Then::Close => self.closed = true,
            }
            self.then = Then::GoOn;
        }
        !self.closed
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// It was told that time is up: all times begin anew.
    pub fn wait_again(&mut self) {
        self.timeouts = self.timeouts.map(|(time, _)| (time, Instant::now()));
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
