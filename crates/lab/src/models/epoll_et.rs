//! The kernel tells only what has *become* ready: `epoll` with EPOLLET, edge-triggered.
//!
//! The calls: those of `epoll-lt`, but each connection is registered once, for reading and writing, and never
//! changed. An event says that something happened since the last one: bytes came, or room for some. It is told
//! once. So there are two duties. Go on until EAGAIN: what is left behind is not told again, and a peer that
//! waits for its answer before it sends more will wait for ever. And be fair: "until EAGAIN" has no end with a
//! peer that sends faster than we read, so whoever has had some turns goes to the back of our own queue.
//!
//! What a thousand idle peers cost: what they cost with `epoll-lt`.
//!
//! Where it breaks: at a forgotten duty. The classic mistake is to leave the sockets blocking, which
//! `--blocking` does: the `read` that should say EAGAIN waits instead, for that one peer, and all others wait
//! with it, the signals too. It works in every test with one peer.
//!
//! It saves an `epoll_ctl` each time an answer does not fit, and costs a `read` at each event, the one that says
//! EAGAIN: two for each request here, where `epoll-lt` has one. (To stop at a short read, as epoll(7) allows,
//! is to miss the end of a peer that came along with its last bytes, unless EPOLLRDHUP is asked for.) Its place
//! is where several threads wait on one epoll, for an edge wakes only one. Read `reactor` next.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::mem;
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signal::{SigSet, Signal};

use crate::ground::{Blocking, Counts, Ground, PIECE, Refusal, stop_signals};

/// Pieces of one peer before it is another's turn.
const TURNS: usize = 16;

/// Serves until a signal; with blocking sockets, until a peer is quiet.
pub fn run(ground: &Ground, blocking: bool) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    if blocking {
        eprintln!(
            "epoll-et: the sockets block, so the first peer that is quiet stops all (Ctrl-C still ends it)"
        );
        // A loop that hangs in `read` never looks at `stop`.
        SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT]).thread_unblock()?;
    }
    let mut door = ground.open(if blocking { Blocking::Connections } else { Blocking::Nothing })?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    door.announce()?;

    let (stop_key, door_key) = (key(&stop), key(&door));
    // These two are level-triggered: told again until they are dealt with, which is what they need.
    epoll.add(&stop, EpollEvent::new(EpollFlags::EPOLLIN, stop_key))?;
    epoll.add(&door, EpollEvent::new(EpollFlags::EPOLLIN, door_key))?;

    let mut piece = [0; PIECE];
    let mut connections: HashMap<u64, Connection> = HashMap::new();
    // Those with something to do, as far as we know. The kernel tells only once, so we have to remember.
    let mut ready: BTreeSet<u64> = BTreeSet::new();
    let mut events = [EpollEvent::empty(); 256];
    loop {
        let timeout = if ready.is_empty() { EpollTimeout::NONE } else { EpollTimeout::ZERO };
        let count = match epoll.wait(&mut events, timeout) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for key in events[..count].iter().map(EpollEvent::data) {
            if key == stop_key {
                return Ok(());
            } else if key != door_key {
                ready.insert(key);
                continue;
            }
            while let Some(peer) = door.accept() {
                let key = self::key(&peer);
                let both = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
                // What has come before this is an edge, too: epoll_ctl looks at once.
                match epoll.add(&peer, EpollEvent::new(both, key)) {
                    Ok(()) => drop(connections.insert(key, Connection { peer, pending: Vec::new() })),
                    Err(_) => ground.counts.refuse(Refusal::Watches),
                }
            }
        }
        for key in mem::take(&mut ready) {
            let Some(connection) = connections.get_mut(&key) else { continue };
            match connection.steps(&mut piece, ground.counts) {
                // Not at EAGAIN yet, so no edge will come.
                Ok(()) => drop(ready.insert(key)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => drop(connections.remove(&key)),
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
    /// Answers that the kernel has not taken yet; while there are any, nothing is read.
    pending: Vec<u8>,
}

impl Connection {
    fn steps(&mut self, piece: &mut [u8], counts: &Counts) -> io::Result<()> {
        (0..TURNS).try_for_each(|_| self.step(piece, counts))
    }

    /// Reads a piece, unless one is pending, and writes as much of it as the kernel takes.
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
