//! A thread for each connection, which does in one process what `fork` does in many.
//!
//! The calls: `clone(2)` behind `std::thread`, and `shutdown(2)` for the end. A thread that waits in `read`
//! can't be told anything; but a connection that is shut down makes its `read` return 0, so whoever wants the
//! thread to end shuts its connection.
//!
//! What a thousand idle peers cost: a thousand threads. Each has a stack of 2 MiB, but only addresses: of the
//! memory, the pages it has touched, some 8 KiB, with the piece 24, and 16 KiB of kernel stack. One descriptor
//! each, all in one table now.
//!
//! Where it breaks: at the limit of threads (RLIMIT_NPROC, pids.max, kernel.threads-max, vm.max_map_count with
//! two mappings a stack), where the peer is turned away; at the limit of descriptors, 1024 by default; and
//! with many *busy* peers, when the scheduler works more than the threads. A short connection costs some 1.6
//! times the CPU that it costs `iterative`, or `pool`, which makes no thread for it. One that crashes takes all
//! with it, and what they share needs locks. A slow peer stops nobody but its own thread.
//!
//! Up to some hundred peers it is hard to beat, and nothing is simpler to write. Read `pool` next: threads
//! that are used again, and not more of them than there should be.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsRawFd as _, RawFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::ground::{Blocking, Counts, Ground, PIECE, Refusal, Stop};

/// Serves until a signal shuts the door, then shuts the connections and waits for their threads.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let mut door = ground.open(Blocking::Everything)?;
    let _stop = Stop::on_signal(&door)?;
    door.announce()?;

    let connections = Connections::default();
    thread::scope(|threads| {
        while let Some(peer) = door.accept() {
            let peer = Arc::new(peer);
            connections.add(&peer);
            let thread = thread::Builder::new().spawn_scoped(threads, {
                let (peer, connections) = (Arc::clone(&peer), &connections);
                move || {
                    let _ = echo(&peer, ground.counts);
                    connections.remove(&peer);
                }
            });
            if thread.is_err() {
                connections.remove(&peer);
                ground.counts.refuse(Refusal::Threads);
            }
        }
        connections.shut_all();
        // The scope waits for the threads.
    });
    Ok(())
}

/// Those that are open, so that they can be shut. The number of a descriptor is its key: it is another's only
/// after it was closed, and that is after it was removed here.
#[derive(Default)]
struct Connections(Mutex<HashMap<RawFd, Arc<TcpStream>>>);

impl Connections {
    fn add(&self, peer: &Arc<TcpStream>) {
        self.lock().insert(peer.as_raw_fd(), Arc::clone(peer));
    }

    fn remove(&self, peer: &TcpStream) {
        self.lock().remove(&peer.as_raw_fd());
    }

    fn shut_all(&self) {
        for peer in self.lock().values() {
            // Fails if the peer is gone, and then nobody waits for it.
            let _ = peer.shutdown(Shutdown::Both);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RawFd, Arc<TcpStream>>> {
        // A map is whole between two calls, whatever happened to the thread that made them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
