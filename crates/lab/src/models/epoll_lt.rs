//! The kernel keeps the list: descriptors are registered once, and `epoll_wait` returns those that are ready.
//!
//! The calls: `epoll_create1(2)`, `epoll_ctl(2)`, `epoll_wait(2)`, since Linux 2.6. Level-triggered, the
//! default, means what `poll` means: a descriptor is returned as long as it is ready. So it must not be asked
//! for what we can't use: one asked for writability while there is nothing to write is ready always, and the
//! loop would spin.
//!
//! What a thousand idle peers cost: a thousand descriptors, some 160 bytes of the kernel's memory for each
//! registration, less than 100 of ours, no thread, and *no time*: `epoll_wait` costs by the ready, not by the
//! registered.
//!
//! Where it breaks: at the limit of descriptors, and at one core. Each change of what is waited for is a
//! system call more, so a server that often switches between reading and writing pays for it; and files on
//! disks are always "ready" (`epoll_ctl` refuses them), so reading one stops the loop.
//!
//! Read `epoll-et` next: it saves those calls, and wants more care.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd as _, AsRawFd, BorrowedFd};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::ground::{Blocking, Counts, Door, Ground, PIECE, Refusal, still_open, stop_signals};

/// Serves until a signal.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let door = ground.open(Blocking::Nothing)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    door.announce()?;
    serve(&epoll, door, stop.as_fd(), ground.counts)
}

/// Serves who comes through this door until `stop` is readable.
pub fn serve(epoll: &Epoll, mut door: Door, stop: BorrowedFd<'_>, counts: &Counts) -> anyhow::Result<()> {
    let (stop_key, door_key) = (key(&stop), key(&door));
    epoll.add(stop, EpollEvent::new(EpollFlags::EPOLLIN, stop_key))?;
    epoll.add(&door, EpollEvent::new(EpollFlags::EPOLLIN, door_key))?;

    let mut piece = [0; PIECE];
    let mut connections: HashMap<u64, Connection> = HashMap::new();
    let mut events = [EpollEvent::empty(); 256];
    loop {
        let count = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for key in events[..count].iter().map(EpollEvent::data) {
            if key == stop_key {
                return Ok(());
            } else if key == door_key {
                while let Some(peer) = door.accept() {
                    let (key, waits_for) = (self::key(&peer), EpollFlags::EPOLLIN);
                    // ENOSPC: fs.epoll.max_user_watches.
                    if epoll.add(&peer, EpollEvent::new(waits_for, key)).is_err() {
                        counts.refuse(Refusal::Watches);
                        continue;
                    }
                    connections.insert(key, Connection { peer, pending: Vec::new(), waits_for });
                }
            } else if let Some(connection) = connections.get_mut(&key) {
                // Any event will do: EPOLLERR and EPOLLHUP come unasked, and `read` or `write` then say what
                // it was.
                if !still_open(&connection.step(&mut piece, counts)) {
                    // Closing it ends the registration, too: epoll(7), "Questions and answers", 6.
                    connections.remove(&key);
                    continue;
                }
                let wanted = connection.wanted();
                if wanted != connection.waits_for {
                    epoll.modify(&connection.peer, &mut EpollEvent::new(wanted, key))?;
                    connection.waits_for = wanted;
                }
            }
        }
    }
}

/// What comes back with an event, and by which we find the connection: the number of its descriptor.
fn key(fd: &impl AsRawFd) -> u64 {
    fd.as_raw_fd().cast_unsigned().into()
}

struct Connection {
    peer: TcpStream,
    /// Answers that the kernel has not taken yet. While there are any, nothing is read, so it is never more
    /// than a piece, and a peer that does not read soon can't send either.
    pending: Vec<u8>,
    waits_for: EpollFlags,
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

    fn wanted(&self) -> EpollFlags {
        if self.pending.is_empty() { EpollFlags::EPOLLIN } else { EpollFlags::EPOLLOUT }
    }
}
