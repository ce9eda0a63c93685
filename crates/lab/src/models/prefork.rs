//! Processes made beforehand, all of them in `accept` on the same socket: the kernel gives each peer to one.
//!
//! The calls: `fork(2)`, then `accept(2)` in each child on the listening socket that all have inherited;
//! `sigwait(3)` in the parent, which only watches, makes a new worker when one has died, and ends them with
//! `kill(2)`. Linux has long woken one waiting process for each peer, and not all of them, the "thundering
//! herd" of older texts.
//!
//! What a thousand idle peers cost: with 8 workers, 8 processes of some 140 KiB. Eight peers are served and
//! 992 wait in the backlog, as in `iterative`.
//!
//! Where it breaks: when every worker has a peer that is idle or does not read, everybody else waits. So it is
//! for short requests, or for as many workers as there can be peers. What it gives: no `fork` while a peer
//! waits for it, and a bound on what the machine is asked for.
//!
//! Read `threads` next: what `fork` does, within one process.

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::process;

use nix::errno::Errno;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, alarm, fork};

use crate::ground::{Blocking, Counts, Ground, PIECE, ensure_single_thread};

/// Serves with so many processes until a signal, and returns in the parent only.
pub fn run(ground: &Ground, workers: usize) -> anyhow::Result<()> {
    ensure_single_thread()?;
    let mask = SigSet::from_iter([Signal::SIGCHLD, Signal::SIGALRM, Signal::SIGTERM, Signal::SIGINT]);
    mask.thread_block()?;
    let mut door = ground.open(Blocking::Everything)?;

    let mut children = BTreeSet::new();
    let mut announced = false;
    loop {
        while children.len() < workers {
            // SAFETY: this process has one thread, so the child may do all that the parent may.
            #[allow(unsafe_code)]
            match unsafe { fork() } {
                Ok(ForkResult::Parent { child }) => drop(children.insert(child)),
                Ok(ForkResult::Child) => {
                    // Signals end a worker as usual, and so does the end of a parent that was killed.
                    mask.thread_unblock()?;
                    set_pdeathsig(Signal::SIGTERM)?;
                    while let Some(peer) = door.accept() {
                        let _ = echo(&peer, ground.counts);
                    }
                    process::exit(0);
                }
                Err(error) if !announced => {
                    end(children)?;
                    return Err(error.into());
                }
                // Those that are left go on, and the alarm is a signal to try again.
                Err(_) => {
                    alarm::set(1);
                    break;
                }
            }
        }
        if !announced {
            door.announce()?;
            announced = true;
        }
        match mask.wait() {
            Ok(Signal::SIGCHLD) => reap(&mut children),
            Ok(Signal::SIGALRM) => {}
            Ok(_) => return end(children),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// All that have died: signals of one kind don't queue, so one SIGCHLD may stand for many children.
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
