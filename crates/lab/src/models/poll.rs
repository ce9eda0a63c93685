//! One thread for all peers: `poll` takes a list of descriptors, and says of each what it is ready for.
//!
//! The call: `poll(2)`, from System V. What is asked (`events`) and what is answered (`revents`) are different
//! fields, so the list can stay; and as it is a list, there is no bound of 1024, and gaps cost nothing.
//!
//! What a thousand idle peers cost: a thousand descriptors and no thread, and of our memory less than 100
//! bytes each. But each call copies 8 bytes for every descriptor into the kernel, which looks at every one, and
//! hangs us into and out of a thousand wait queues; then we look at every one, too.
//!
//! Where it breaks: it does not, it gets slow, in proportion to the peers that are there and not to those that
//! do something. Ten thousand idle peers make each answer to the one busy peer some milliseconds late.
//!
//! It is the right call for a few descriptors, and `fork` here uses it for two. Read `epoll-lt` next: the
//! kernel keeps the list.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::AsFd as _;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::ground::{Blocking, Counts, Ground, PIECE, still_open, stop_signals};

/// Serves until a signal.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let mut door = ground.open(Blocking::Nothing)?;
    door.announce()?;

    let mut piece = [0; PIECE];
    let mut connections: Vec<Connection> = Vec::new();
    let mut ready: Vec<bool> = Vec::new();
    loop {
        // In C this list would stay from call to call. Here it borrows the descriptors, so that none of them
        // can be closed while it is asked about, and making it is a small part of what the kernel does next.
        let mut list =
            vec![PollFd::new(stop.as_fd(), PollFlags::POLLIN), PollFd::new(door.as_fd(), PollFlags::POLLIN)];
        list.extend(connections.iter().map(|connection| {
            let wanted = if connection.pending.is_empty() { PollFlags::POLLIN } else { PollFlags::POLLOUT };
            PollFd::new(connection.peer.as_fd(), wanted)
        }));
        match poll(&mut list, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
        // Any answer will do: POLLERR and POLLHUP come unasked, and `read` or `write` then say what it was.
        ready.clear();
        ready.extend(list.iter().map(|fd| fd.any() == Some(true)));

        let [stopped, somebody_is_at_the_door] = [ready[0], ready[1]];
        if stopped {
            return Ok(());
        }
        let mut ready = ready[2..].iter();
        connections.retain_mut(|connection| {
            ready.next() == Some(&false) || still_open(&connection.step(&mut piece, ground.counts))
        });
        while somebody_is_at_the_door && let Some(peer) = door.accept() {
            connections.push(Connection { peer, pending: Vec::new() });
        }
    }
}

struct Connection {
    peer: TcpStream,
    /// Answers that the kernel has not taken yet. While there are any, nothing is read, so it is never more
    /// than a piece, and a peer that does not read soon can't send either.
    pending: Vec<u8>,
}

impl Connection {
    /// Reads a piece, unless one is pending, and writes as much of it as the kernel takes. One piece only: a
    /// peer that sends without end comes again after all others.
    fn step(&mut self, piece: &mut [u8], counts: &Counts) -> io::Result<()> {
        if self.pending.is_empty() {
            let count = self.peer.read(piece)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            counts.bytes(count);
            piece[..count].make_ascii_uppercase();
            self.pending.extend_from_slice(&piece[..count]);
        }
        let written = self.peer.write(&self.pending)?;
        self.pending.drain(..written);
        if self.pending.is_empty() {
            self.pending = Vec::new(); // an idle peer keeps no buffer
        }
        Ok(())
    }
}
