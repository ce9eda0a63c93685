//! A process for each connection: `accept`, `fork`, and the child does what `iterative` does.
//!
//! The calls: `fork(2)`, which returns twice; `waitpid(2)`, without which a child that has ended stays in the
//! process table as a zombie; `signalfd(2)`, which makes SIGCHLD and SIGTERM something to `poll(2)` for. With
//! handlers there would be a moment between looking whether a child has ended and waiting in `accept`, and a
//! child that ended then would stay a zombie until the next peer comes.
//!
//! What a thousand idle peers cost: a thousand processes, some 140 KiB each: 50 of pages that were written to
//! and so are no longer shared, 70 of page tables and kernel stack, 20 of what the kernel keeps about a
//! process. One descriptor each, and none in the parent.
//!
//! Where it breaks: at the limit of processes (RLIMIT_NPROC, pids.max of the cgroup), where `fork` fails with
//! EAGAIN and the peer is turned away; and at a high rate of short connections, for a `fork` copies page
//! tables, and a connection costs seven to eight times the CPU that it costs `iterative`. What it gives for
//! that: a child that crashes takes one connection with it, and a slow peer stops nobody.
//!
//! Fork before any thread exists: a child has only the thread that called `fork`, and a lock that another one
//! held, in the allocator for instance, stays locked for ever. Read `prefork` next: the same, with the
//! processes made beforehand.

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::AsFd as _;
use std::process;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::SignalFd;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

use crate::ground::{Blocking, Counts, Door, Ground, PIECE, Refusal, ensure_single_thread};

/// Serves until a signal, and returns in the parent only.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    ensure_single_thread()?;
    let mask = SigSet::from_iter([Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT]);
    mask.thread_block()?;
    let signals = SignalFd::new(&mask)?;
    let mut door = ground.open(Blocking::Connections)?;
    door.announce()?;

    let mut children = BTreeSet::new();
    let peer = loop {
        match next(&mut door, &signals)? {
            Next::ChildEnded => reap(&mut children),
            Next::Stop => return end(children),
            Next::Nothing => {}
            // SAFETY: this process has one thread, so the child may do all that the parent may.
            #[allow(unsafe_code)]
            Next::Peer(peer) => match unsafe { fork() } {
                Ok(ForkResult::Child) => break peer,
                // Our copy of the connection is closed here: the peer sees its end when both are.
                Ok(ForkResult::Parent { child }) => drop((peer, children.insert(child))),
                Err(_) => ground.counts.refuse(Refusal::Processes),
            },
        }
    };

    // The child. It has copies of all descriptors, and keeps none but its own; signals end it as usual, and
    // so does the end of its parent, if that is killed and can't end it.
    drop((door, signals));
    mask.thread_unblock()?;
    set_pdeathsig(Signal::SIGTERM)?;
    let _ = echo(&peer, ground.counts);
    process::exit(0)
}

enum Next {
    Peer(TcpStream),
    ChildEnded,
    Stop,
    Nothing,
}

fn next(door: &mut Door, signals: &SignalFd) -> nix::Result<Next> {
    let mut both =
        [PollFd::new(signals.as_fd(), PollFlags::POLLIN), PollFd::new(door.as_fd(), PollFlags::POLLIN)];
    match poll(&mut both, PollTimeout::NONE) {
        Err(error) if error != Errno::EINTR => return Err(error),
        _ => {}
    }
    if both[0].any() == Some(true) {
        let number = signals.read_signal()?.map(|signal| signal.ssi_signo.cast_signed());
        return Ok(if number == Some(Signal::SIGCHLD as i32) { Next::ChildEnded } else { Next::Stop });
    }
    Ok(door.accept().map_or(Next::Nothing, Next::Peer))
}

/// All that have ended: signals of one kind don't queue, so one SIGCHLD may stand for many children.
fn reap(children: &mut BTreeSet<Pid>) {
    while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        match status {
            WaitStatus::StillAlive => return,
            status => drop(status.pid().map(|pid| children.remove(&pid))),
        }
    }
}

fn end(children: BTreeSet<Pid>) -> anyhow::Result<()> {
    for child in &children {
        // One that has ended but is not reaped still has its number, so this hits nobody else.
        kill(*child, Signal::SIGTERM)?;
    }
    for child in children {
        waitpid(child, None)?;
    }
    Ok(())
}

fn echo(mut peer: &TcpStream, counts: &Counts) -> io::Result<()> {
    let mut piece = [0; PIECE];
    loop {
        let count = peer.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        counts.bytes(count);
        piece[..count].make_ascii_uppercase();
        peer.write_all(&piece[..count])?;
    }
}
