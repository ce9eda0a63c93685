//! Streams: like TCP, but for SO_PEERCRED.
//!
//! The loop is that of the model `poll`. Here a connection too many waits in the backlog, and looks alive to
//! whoever made it, as with TCP. Only when the backlog is full does `connect` wait, until there is room; that of
//! TCP tries again, and gives up some day.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;

use anyhow::Context as _;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use rustix::net::{SocketType, listen};
use rustix::process::{Resource, getrlimit};

use super::{Who, bind_at};
use crate::ground::{PIECE, REST, still_open, stop_signals};
use crate::sockets::{note, say};
use crate::talk::both_ways;

/// More than those wait in the backlog.
const PEERS: u64 = 512;
/// Descriptors that are not connections: our own few, and those that we were started with.
const OTHERS: u64 = 16;

pub fn serve(path: &Path) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let (socket, _made) = bind_at(path, SocketType::STREAM)?;
    listen(&socket, 128)?;
    let listener = UnixListener::from(socket);
    say(format_args!("listening on {}", path.display()))?;

    // Never as many as there can be descriptors: so `accept` does not fail with EMFILE.
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let at_most = usize::try_from(files.saturating_sub(OTHERS).clamp(1, PEERS))?;
    let mut piece = [0; PIECE];
    let mut peers: Vec<Peer> = Vec::new();
    loop {
        let at_the_door = if peers.len() < at_most { PollFlags::POLLIN } else { PollFlags::empty() };
        let mut list =
            vec![PollFd::new(stop.as_fd(), PollFlags::POLLIN), PollFd::new(listener.as_fd(), at_the_door)];
        list.extend(peers.iter().map(Peer::interest));
        match poll(&mut list, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<bool> = list.iter().map(|fd| fd.any() == Some(true)).collect();
        if ready[0] {
            return Ok(());
        }
        let mut of_peers = ready[2..].iter();
        peers.retain_mut(|peer| of_peers.next() == Some(&false) || still_open(&peer.step(&mut piece)));
        // One at a time: level-triggered, it is ready again at once if there are more.
        if ready[1] {
            match let_in(&listener) {
                Ok(peer) => peers.push(peer),
                Err(error) => {
                    note(format_args!("can't let anybody in now: {error}"));
                    thread::sleep(REST);
                }
            }
        }
    }
}

fn let_in(listener: &UnixListener) -> io::Result<Peer> {
    let (stream, _) = listener.accept()?;
    note(Who(getsockopt(&stream, PeerCredentials)?));
    stream.set_nonblocking(true)?;
    Ok(Peer { stream, pending: Vec::new() })
}

struct Peer {
    stream: UnixStream,
    /// Answers that the kernel has not taken yet. While there are any, nothing is read.
    pending: Vec<u8>,
}

impl Peer {
    fn interest(&self) -> PollFd<'_> {
        let wanted = if self.pending.is_empty() { PollFlags::POLLIN } else { PollFlags::POLLOUT };
        PollFd::new(self.stream.as_fd(), wanted)
    }

    /// Reads a piece, unless one is pending, and writes as much of it as the kernel takes.
    fn step(&mut self, piece: &mut [u8]) -> io::Result<()> {
        if self.pending.is_empty() {
            let count = self.stream.read(piece)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            piece[..count].make_ascii_uppercase();
            self.pending.extend_from_slice(&piece[..count]);
        }
        let written = self.stream.write(&self.pending)?;
        self.pending.drain(..written);
        Ok(())
    }
}

pub fn talk(path: &Path) -> anyhow::Result<()> {
    let addr = super::address(path)?;
    let socket = super::socket(SocketType::STREAM)?;
    rustix::net::connect(&socket, &addr).with_context(|| super::nobody(path))?;
    let server = UnixStream::from(socket);
    server.set_nonblocking(false)?;
    both_ways(server.into(), path.display())
}
