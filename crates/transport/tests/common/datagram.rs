//! A door for datagrams in tests: waits by the crate's own poll, never by time.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;
use std::time::Duration;

use transport::{BindError, DatagramListener, DatagramOptions, DatagramPeer, Event, Events, Interest, Poll};

use super::{FAR_TOO_LONG, addr};

pub fn open(text: &str) -> Result<DatagramListener, BindError> {
    DatagramListener::bind(&addr(text), DatagramOptions::default())
}

pub struct Door(pub DatagramListener);

impl Door {
    /// Where a client has to send to.
    pub fn at(&self) -> SocketAddr {
        self.0.local_addr().expect("on the network")
    }

    /// Waits for the next datagram.
    pub fn receive(&self, size: usize) -> (Vec<u8>, DatagramPeer) {
        let mut buf = vec![0; size];
        loop {
            if let Some((length, peer)) = self.0.receive(&mut buf).expect("receive") {
                assert!(length <= size, "{length} bytes");
                buf.truncate(length);
                return (buf, peer);
            }
            self.wait();
        }
    }

    /// Waits until something has come in.
    pub fn wait(&self) {
        assert!(self.ready(Interest::READ, FAR_TOO_LONG).is_some(), "nothing comes");
    }

    pub fn wait_writable(&self) {
        assert!(self.ready(Interest::WRITE, FAR_TOO_LONG).is_some(), "it stays full");
    }

    /// Whether a poll has nothing to report.
    pub fn is_quiet(&self) -> bool {
        self.ready(Interest::READ, Duration::ZERO).is_none()
    }

    fn ready(&self, interest: Interest, timeout: Duration) -> Option<Event> {
        let (poll, mut events) = (Poll::new().expect("poll"), Events::with_capacity(1));
        poll.add(&self.0, 0, interest).expect("add");
        poll.wait(&mut events, Some(timeout)).expect("wait");
        events.iter().next()
    }
}
