//! The physical limit: a server that does nothing but the system calls.
//!
//! It looks at the first letters of what it read, and answers with bytes that lie ready:
//!
//! | read           | written                                                                  |
//! |----------------|--------------------------------------------------------------------------|
//! | `NICK`, `PASS` | a welcome of as many bytes as a real server's                            |
//! | `JOIN`         | the answer to it                                                         |
//! | `PING`         | `PONG`                                                                   |
//! | `PRIVMSG #`    | each line behind a prefix, with one plain `write(2)` for each delivery   |
//! | `PRIVMSG x`    | the same, to the one who connected before or after (0 and 1, 2 and 3, …) |
//! | `QUIT`         | an `ERROR`, then it closes                                               |
//!
//! No nicknames, no rooms, no parsing, nothing allocated. With [`Delivery::Pending`], all that became ready
//! together is written to each member in one call: the floor for a server that coalesces.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use clap::{Args, ValueEnum};
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::{Errno, read, write};
use rustix::net::{
    AddressFamily, SocketFlags, SocketType, accept_with, bind, getsockname, listen, socket_with, sockopt,
};

use crate::limits;

/// Names the listening socket among the events, and standard input.
const LISTENER: u64 = u64::MAX;
const STDIN: u64 = u64::MAX - 1;
/// What a server puts before a delivered line: `:nick!user@host `, of a usual length.
const PREFIX: &[u8] = b":benchnick!~bench@127.0.0.1 ";
/// As many as the largest scenario has.
const CONNECTIONS: usize = 16_000;

/// How a message to a room is written to its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Delivery {
    /// One `write(2)` for each delivery.
    Each,
    /// One `write(2)` to each member for all that is pending.
    Pending,
}

/// How the floor server behaves.
#[derive(Debug, Clone, Args)]
pub struct FloorServer {
    /// How messages are written
    #[arg(long, value_enum, default_value = "each")]
    pub delivery: Delivery,
    /// Bytes of the welcome
    #[arg(long, default_value_t = 1500)]
    pub welcome: usize,
    /// Bytes of the answer to JOIN
    #[arg(long, default_value_t = 150)]
    pub joined: usize,
}

/// Serves until standard input ends. The first line on standard output is the port.
pub fn serve(options: &FloorServer) -> anyhow::Result<()> {
    if limits::allow_connections(CONNECTIONS).is_err() {
        limits::allow_all();
    }
    let listener = open()?;
    let addr: SocketAddr = getsockname(&listener)?.try_into().context("the listener has no address")?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", addr.port())?;
    stdout.flush()?;
    Floor::new(listener, options)?.run()
}

fn open() -> anyhow::Result<OwnedFd> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let listener = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    // The connections inherit it.
    sockopt::set_tcp_nodelay(&listener, true)?;
    bind(&listener, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).context("can't bind on loopback")?;
    listen(&listener, 4096)?;
    Ok(listener)
}

struct Floor {
    epoll: OwnedFd,
    listener: OwnedFd,
    /// In the order they connected; a place that is free again is used again.
    connections: Vec<Option<OwnedFd>>,
    free: Vec<usize>,
    welcome: Vec<u8>,
    joined: Vec<u8>,
    delivery: Delivery,
    /// What became ready together: who wrote it, and how much of `pending` is theirs.
    pending: Vec<u8>,
    parts: Vec<(usize, usize)>,
    scratch: Vec<u8>,
}

impl Floor {
    fn new(listener: OwnedFd, options: &FloorServer) -> anyhow::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
        let ends = EventFlags::IN | EventFlags::HUP;
        epoll::add(&epoll, std::io::stdin(), EventData::new_u64(STDIN), ends)?;
        Ok(Self {
            epoll,
            listener,
            connections: Vec::new(),
            free: Vec::new(),
            welcome: padded(":floor 001 b :", ":floor 376 b :End\r\n", options.welcome),
            joined: padded(":b!~b@h JOIN :", ":floor 366 b #b :End\r\n", options.joined),
            delivery: options.delivery,
            pending: Vec::new(),
            parts: Vec::new(),
            scratch: Vec::new(),
        })
    }

    fn run(&mut self) -> anyhow::Result<()> {
        let mut events: Vec<Event> = Vec::with_capacity(1024);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let data = event.data;
                match data.u64() {
                    STDIN => return Ok(()),
                    LISTENER => self.accept()?,
                    place => self.readable(place as usize, &mut buffer),
                }
            }
            self.flush();
        }
    }

    /// The connections are left blocking: they are read only when readable, and a write must be whole.
    fn accept(&mut self) -> anyhow::Result<()> {
        while let Ok(socket) = accept_with(&self.listener, SocketFlags::CLOEXEC) {
            let place = self.free.pop().unwrap_or(self.connections.len());
            epoll::add(&self.epoll, &socket, EventData::new_u64(place as u64), EventFlags::IN)?;
            match self.connections.get_mut(place) {
                Some(free) => *free = Some(socket),
                None => self.connections.push(Some(socket)),
            }
        }
        Ok(())
    }

    fn readable(&mut self, place: usize, buffer: &mut [u8]) {
        let Some(socket) = self.connections.get(place).and_then(Option::as_ref) else { return };
        let count = read(socket, &mut *buffer).unwrap_or(0);
        let bytes = &buffer[..count];
        match bytes {
            [] => self.close(place),
            [b'P', b'R', ..] => self.say(place, bytes),
            [b'P', b'I', ..] => send(socket, b":floor PONG floor :barrier\r\n"),
            [b'N' | b'P' | b'C', ..] => send(socket, &self.welcome),
            [b'J', ..] => send(socket, &self.joined),
            [b'Q', ..] => {
                send(socket, b"ERROR :Closing link\r\n");
                self.close(place);
            }
            _ => {}
        }
    }

    fn close(&mut self, place: usize) {
        self.connections[place] = None;
        self.free.push(place);
    }

    fn say(&mut self, from: usize, bytes: &[u8]) {
        let to_room = bytes.get(b"PRIVMSG ".len()) == Some(&b'#');
        if to_room && self.delivery == Delivery::Pending {
            let start = self.pending.len();
            bytes.split_inclusive(|byte| *byte == b'\n').for_each(|line| prefixed(&mut self.pending, line));
            self.parts.push((from, self.pending.len() - start));
            return;
        }
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.scratch.clear();
            prefixed(&mut self.scratch, line);
            if to_room {
                self.write_to_all_but(from);
            } else if let Some(Some(socket)) = self.connections.get(from ^ 1) {
                send(socket, &self.scratch);
            }
        }
    }

    fn write_to_all_but(&self, from: usize) {
        for (place, socket) in self.connections.iter().enumerate() {
            if let Some(socket) = socket.as_ref().filter(|_| place != from) {
                send(socket, &self.scratch);
            }
        }
    }

    /// Writes all that is pending to each member, without what they said themselves.
    fn flush(&mut self) {
        if self.parts.is_empty() {
            return;
        }
        for (place, socket) in self.connections.iter().enumerate() {
            let Some(socket) = socket else { continue };
            if self.parts.iter().all(|(from, _)| *from != place) {
                send(socket, &self.pending);
                continue;
            }
            self.scratch.clear();
            let mut start = 0;
            for (from, length) in &self.parts {
                if *from != place {
                    self.scratch.extend_from_slice(&self.pending[start..start + length]);
                }
                start += length;
            }
            if !self.scratch.is_empty() {
                send(socket, &self.scratch);
            }
        }
        self.pending.clear();
        self.parts.clear();
    }
}

fn prefixed(out: &mut Vec<u8>, line: &[u8]) {
    out.extend_from_slice(PREFIX);
    out.extend_from_slice(line);
}

/// One plain write. Whoever has gone meanwhile gets nothing; that is noticed by the next read.
fn send(socket: &OwnedFd, bytes: &[u8]) {
    let _ = write(socket, bytes);
}

/// Two lines of so many bytes together, the first one padded.
fn padded(first: &str, last: &str, length: usize) -> Vec<u8> {
    let padding = length.saturating_sub(first.len() + last.len() + 2);
    format!("{first}{}\r\n{last}", "x".repeat(padding)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_answers_have_the_length_that_was_asked_for() {
        let bytes = padded(":floor 001 b :", ":floor 376 b :End\r\n", 1500);
        assert_eq!(bytes.len(), 1500);
        assert!(bytes.ends_with(b"x\r\n:floor 376 b :End\r\n"));
        assert_eq!(padded("a", "b", 0), b"a\r\nb");
    }
}
