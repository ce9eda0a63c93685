//! A server's end of a connection for tests: waits by the crate's own poll, never by time.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod datagram;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use transport::{
    Accepted, Addr, Events, Interest, ListenOptions, Listener, Poll, ReadOutcome, Stream, WriteOutcome,
};

/// What never happens is a failed test, not one that hangs.
pub const FAR_TOO_LONG: Duration = Duration::from_secs(30);

pub fn addr(text: &str) -> Addr {
    text.parse().expect("a good address")
}

pub fn listen(text: &str) -> Listener {
    Listener::bind(&addr(text), ListenOptions::default()).expect("bind")
}

/// Where a client has to connect to.
pub fn reached_at(listener: &Listener) -> SocketAddr {
    listener.addr().endpoint().expect("on the network").socket_addr()
}

/// Waits for the next connection.
pub fn accept(listener: &Listener) -> Accepted {
    let (poll, mut events) = (Poll::new().expect("poll"), Events::with_capacity(1));
    poll.add(listener, 0, Interest::READ).expect("add");
    loop {
        if let Some(accepted) = listener.accept().expect("accept") {
            return accepted;
        }
        poll.wait(&mut events, Some(FAR_TOO_LONG)).expect("wait");
        assert!(!events.is_empty(), "nobody comes");
    }
}

/// A connection with a poll of its own, driven as a worker would.
pub struct Conn {
    pub stream: Stream,
    pub received: Vec<u8>,
    pub closed: bool,
    poll: Poll,
    events: Events,
}

impl Conn {
    pub fn new(stream: Stream) -> Self {
        let (poll, events) = (Poll::new().expect("poll"), Events::with_capacity(1));
        poll.add(&stream, 0, stream.interest(false)).expect("add");
        Self { stream, received: Vec::new(), closed: false, poll, events }
    }

    /// Reads until `enough`, or the end.
    pub fn read_until(&mut self, mut enough: impl FnMut(&Self) -> bool) -> io::Result<()> {
        while !enough(self) && !self.closed {
            self.read_once(4096)?;
        }
        Ok(())
    }

    pub fn read_exactly(&mut self, wanted: &[u8]) {
        self.read_until(|conn| conn.received.len() >= wanted.len()).expect("read");
        assert_eq!(String::from_utf8_lossy(&self.received), String::from_utf8_lossy(wanted));
        self.received.clear();
    }

    pub fn read_to_end(&mut self) -> io::Result<Vec<u8>> {
        self.read_until(|_| false)?;
        Ok(std::mem::take(&mut self.received))
    }

    /// One round of a worker's loop: waits, flushes if writable, reads if readable.
    pub fn read_once(&mut self, size: usize) -> io::Result<()> {
        let event = self.wait(false);
        if event.writable() {
            self.stream.flush()?;
        }
        let mut buf = vec![0; size];
        while event.readable() {
            match self.stream.read(&mut buf)? {
                ReadOutcome::Data(n) => self.received.extend_from_slice(&buf[..n]),
                ReadOutcome::Closed => self.closed = true,
                ReadOutcome::WouldBlock => {}
            }
            if !self.stream.has_more() {
                break;
            }
        }
        Ok(())
    }

    pub fn write_all(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.stream.write(bytes).expect("write") {
                WriteOutcome::Wrote(n) => bytes = &bytes[n..],
                WriteOutcome::WouldBlock => {
                    self.wait(true);
                }
            }
        }
        while !self.stream.flush().expect("flush") {
            self.wait(false);
        }
    }

    pub fn wait(&mut self, pending: bool) -> transport::Event {
        self.poll.modify(&self.stream, 0, self.stream.interest(pending)).expect("modify");
        self.poll.wait(&mut self.events, Some(FAR_TOO_LONG)).expect("wait");
        self.events.iter().next().expect("something happens")
    }
}
