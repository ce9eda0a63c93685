//! One thread for all peers: `select` says which descriptors are ready, and only those are read or written.
//!
//! The call: `select(2)`, from 4.2BSD. It takes sets of descriptors as arrays of 1024 bits and writes its
//! answer into them, so they are made anew for each call. Descriptors don't block: that one is readable may
//! have ceased to be true (select(2), "Bugs"), and a `write` of more than fits must not wait.
//!
//! What a thousand idle peers cost: a thousand descriptors and no thread; of our memory less than 100 bytes
//! each, of the kernel's some 3 KiB, which is the price of a connection under every model. But each call costs:
//! two sets of up to 1024 bits, in and out, a look at every descriptor by the kernel, and one by us. With one
//! busy peer among a thousand idle ones, nearly all of the work is for the idle.
//!
//! Where it breaks: at descriptor 1024 (FD_SETSIZE). The bound is in the type, no limit raises it, and it is
//! about the *number* of a descriptor, not how many are asked about. In C, FD_SET with 1024 writes past the
//! array and nobody says so. Here such a peer is turned away.
//!
//! Read `poll` next: the same without the bound.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd as _, AsRawFd as _};

use nix::errno::Errno;
use nix::sys::select::{FD_SETSIZE, FdSet, select};

use crate::ground::{Blocking, Counts, Ground, PIECE, Refusal, still_open, stop_signals};

/// Serves until a signal.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let mut door = ground.open(Blocking::Nothing)?;
    door.announce()?;

    let mut piece = [0; PIECE];
    let mut connections: Vec<Connection> = Vec::new();
    let mut ready = Vec::new();
    loop {
        let (mut readable, mut writable) = (FdSet::new(), FdSet::new());
        readable.insert(stop.as_fd());
        readable.insert(door.as_fd());
        for connection in &connections {
            let set = if connection.pending.is_empty() { &mut readable } else { &mut writable };
            set.insert(connection.peer.as_fd());
        }
        match select(None, &mut readable, &mut writable, None, None) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
        if readable.contains(stop.as_fd()) {
            return Ok(());
        }
        let somebody_is_at_the_door = readable.contains(door.as_fd());
        // Which ones: all have to be looked at to find out.
        ready.clear();
        ready.extend(connections.iter().map(|connection| {
            let peer = connection.peer.as_fd();
            readable.contains(peer) || writable.contains(peer)
        }));

        let mut ready = ready.iter();
        connections.retain_mut(|connection| {
            ready.next() == Some(&false) || still_open(&connection.step(&mut piece, ground.counts))
        });
        while somebody_is_at_the_door && let Some(peer) = door.accept() {
            match usize::try_from(peer.as_raw_fd()) {
                Ok(..FD_SETSIZE) => connections.push(Connection { peer, pending: Vec::new() }),
                _ => turn_away(&peer, ground.counts),
            }
        }
    }
}

fn turn_away(peer: &TcpStream, counts: &Counts) {
    eprintln!("select: descriptor {} does not fit into an fd_set of {FD_SETSIZE}", peer.as_raw_fd());
    counts.refuse(Refusal::SetSize);
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
