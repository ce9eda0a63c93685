//! Callbacks: who is interested in a descriptor registers a function for it, and a loop calls it when the
//! descriptor is ready. It is what lies under libevent, nginx and Node.
//!
//! The calls: those of `epoll-lt`. What is new is who knows what. [`Reactor`] knows descriptors and functions,
//! and nothing of doors or echoes; [`accept`] and [`echo`] know nothing of the loop but how to register.
//!
//! What a thousand idle peers cost: what they cost with `epoll-lt`, in an allocation for each.
//!
//! Where it breaks: where `epoll-lt` does; and in the head of its reader. A callback must not wait, so what
//! takes several steps (a handshake, a login) is cut into functions, with all that it must remember in between
//! put by hand into what they own; here `pending` is all. And callbacks change what the loop runs over: one
//! may register others, or end itself. So each is taken out of the table while it runs, and put back unless
//! it is done.
//!
//! Read `uring` next, where the kernel does the reading; or `async`, where the compiler cuts the functions.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::ground::{Blocking, Counts, Door, Ground, PIECE, Refusal, still_open, stop_signals};

/// Serves until a signal.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let mut reactor = Reactor::new()?;
    reactor.register(stop_signals()?, EpollFlags::EPOLLIN, |_, _| Next::Stop)?;
    let door = ground.open(Blocking::Nothing)?;
    door.announce()?;
    reactor.register(door, EpollFlags::EPOLLIN, accept(ground.counts))?;
    Ok(reactor.run()?)
}

/// What a callback wants next.
enum Next {
    Wait(EpollFlags),
    Close,
    Stop,
}

fn accept(counts: &'static Counts) -> impl FnMut(&mut Reactor, &mut Door) -> Next {
    move |reactor, door| {
        while let Some(peer) = door.accept() {
            if reactor.register(peer, EpollFlags::EPOLLIN, echo(counts)).is_err() {
                counts.refuse(Refusal::Watches);
            }
        }
        Next::Wait(EpollFlags::EPOLLIN)
    }
}

fn echo(counts: &'static Counts) -> impl FnMut(&mut Reactor, &mut TcpStream) -> Next {
    // Answers that the kernel has not taken yet. While there are any, we wait for room and read nothing.
    let mut pending = Vec::new();
    move |reactor, peer| {
        if !still_open(&step(peer, &mut pending, &mut reactor.piece, counts)) {
            return Next::Close;
        }
        Next::Wait(if pending.is_empty() { EpollFlags::EPOLLIN } else { EpollFlags::EPOLLOUT })
    }
}

/// Reads a piece, unless one is pending, and writes as much of it as the kernel takes.
fn step(peer: &mut TcpStream, pending: &mut Vec<u8>, piece: &mut [u8], counts: &Counts) -> io::Result<()> {
    if pending.is_empty() {
        let count = peer.read(piece)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        counts.bytes(count);
        piece[..count].make_ascii_uppercase();
        pending.extend_from_slice(&piece[..count]);
    }
    let written = peer.write(pending)?;
    pending.drain(..written);
    if pending.is_empty() {
        *pending = Vec::new(); // an idle peer keeps no buffer
    }
    Ok(())
}

struct Reactor {
    epoll: Epoll,
    registered: HashMap<u64, Registered>,
    /// For callbacks to read into; what is read does not outlast the call.
    piece: Vec<u8>,
}

struct Registered {
    ready: Box<dyn Ready>,
    waits_for: EpollFlags,
}

impl Reactor {
    fn new() -> nix::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Self { epoll, registered: HashMap::new(), piece: vec![0; PIECE] })
    }

    /// Calls `callback` with `source` whenever it is ready, until it wants to close: then it is dropped.
    fn register<S, F>(&mut self, source: S, waits_for: EpollFlags, callback: F) -> nix::Result<()>
    where
        S: AsFd + 'static,
        F: FnMut(&mut Self, &mut S) -> Next + 'static,
    {
        let key = source.as_fd().as_raw_fd().cast_unsigned().into();
        self.epoll.add(&source, EpollEvent::new(waits_for, key))?;
        self.registered.insert(key, Registered { ready: Box::new((source, callback)), waits_for });
        Ok(())
    }

    fn run(&mut self) -> nix::Result<()> {
        let mut events = [EpollEvent::empty(); 256];
        loop {
            let count = match self.epoll.wait(&mut events, EpollTimeout::NONE) {
                Err(Errno::EINTR) => 0,
                result => result?,
            };
            for key in events[..count].iter().map(EpollEvent::data) {
                let Some(mut called) = self.registered.remove(&key) else { continue };
                match called.ready.call(self) {
                    Next::Stop => return Ok(()),
                    // The kernel forgets a descriptor that is closed.
                    Next::Close => drop(called),
                    Next::Wait(wanted) => {
                        if wanted != called.waits_for {
                            self.epoll.modify(called.ready.fd(), &mut EpollEvent::new(wanted, key))?;
                            called.waits_for = wanted;
                        }
                        self.registered.insert(key, called);
                    }
                }
            }
        }
    }
}

/// A source with its callback, whatever their types.
trait Ready {
    fn fd(&self) -> BorrowedFd<'_>;
    fn call(&mut self, reactor: &mut Reactor) -> Next;
}

impl<S: AsFd, F: FnMut(&mut Reactor, &mut S) -> Next> Ready for (S, F) {
    fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn call(&mut self, reactor: &mut Reactor) -> Next {
        (self.1)(reactor, &mut self.0)
    }
}
