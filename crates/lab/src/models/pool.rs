//! Threads that are used again: never fewer than a minimum, never more than a maximum, and a queue of bounded
//! length for the peers that wait for one.
//!
//! The calls: `clone(2)` only when the pool grows; `futex(2)` behind the condition variable at which idle
//! workers sleep until there is a peer in the queue.
//!
//! ```text
//!  accept ──▶ queue ──▶ workers (min..max)       queue full: the peer is turned away
//!               └── looked at ──▶ manager ──▶ none idle: more workers; many idle: half of them leave
//! ```
//!
//! What a thousand idle peers cost: with at most 64 workers and 128 places, 64 stacks of some 40 KiB and 192
//! descriptors. 64 are served, 128 wait, and 808 are told by a close that there is no room: a pool does not
//! break, it refuses, which is what the two limits are for.
//!
//! Where it breaks: a worker belongs to a peer until that leaves, so 64 that are idle or don't read take all
//! there is. For connections that live long, give threads to *requests* and let a loop hold the connections.
//!
//! Read `select` next: one thread that waits for all of them.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsRawFd as _, RawFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::Duration;

use crate::ground::{Blocking, Counts, Ground, PIECE, Refusal, Stop};

/// How often the manager looks whether there are too many workers. If there are too few, it is told.
const TICK: Duration = Duration::from_millis(100);

/// The limits of a pool.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub min: usize,
    pub max: usize,
    pub queue: usize,
}

/// Serves until a signal shuts the door, then shuts the connections and waits for the workers.
pub fn run(ground: &Ground, size: Size, stats: bool) -> anyhow::Result<()> {
    anyhow::ensure!(size.min <= size.max, "--min {} is more than --max {}", size.min, size.max);
    let mut door = ground.open(Blocking::Everything)?;
    let _stop = Stop::on_signal(&door)?;
    door.announce()?;

    let pool = Pool {
        size,
        counts: ground.counts,
        state: Mutex::default(),
        work: Condvar::new(),
        need: Condvar::new(),
    };
    thread::scope(|threads| {
        threads.spawn(|| pool.manage(threads, stats));
        while let Some(peer) = door.accept() {
            pool.enqueue(peer);
        }
        pool.close();
    });
    Ok(())
}

struct Pool {
    size: Size,
    counts: &'static Counts,
    state: Mutex<State>,
    /// Workers wait here for a peer, or to be asked to leave.
    work: Condvar,
    /// The manager waits here until there are too few workers.
    need: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<TcpStream>,
    serving: HashMap<RawFd, Arc<TcpStream>>,
    workers: usize,
    idle: usize,
    /// So many shall leave.
    surplus: usize,
    closed: bool,
}

impl Pool {
    fn enqueue(&self, peer: TcpStream) {
        let mut state = self.lock();
        // Who is served and who waits, together: some in the queue don't wait, for a worker is about to wake or
        // to be made for them.
        if state.serving.len() + state.queue.len() >= self.size.max + self.size.queue {
            return self.counts.refuse(Refusal::Queue);
        }
        state.queue.push_back(peer);
        self.work.notify_one();
        if state.queue.len() > state.idle {
            self.need.notify_one();
        }
    }

    fn manage<'scope>(&'scope self, threads: &'scope Scope<'scope, '_>, stats: bool) {
        let mut shown = String::new();
        let mut state = self.lock();
        while !state.closed {
            let wanted = (state.serving.len() + state.queue.len()).max(self.size.min);
            for _ in state.workers..wanted.min(self.size.max) {
                // No more threads to be had: those there are go on, and the queue fills.
                let Ok(_) = thread::Builder::new().spawn_scoped(threads, || self.work()) else { break };
                state.workers += 1;
            }
            let line = format!("workers {} idle {} queue {}", state.workers, state.idle, state.queue.len());
            if stats && line != shown {
                eprintln!("{line}");
                shown = line;
            }
            let (back, waited) = self.need.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner);
            state = back;
            if waited.timed_out() {
                // Half of what is too much: if the peers come back at once, not all has to be made again.
                state.surplus = state.idle.min(state.workers.saturating_sub(self.size.min)).div_ceil(2);
                (0..state.surplus).for_each(|_| self.work.notify_one());
            }
        }
    }

    fn work(&self) {
        let mut state = self.lock();
        loop {
            if state.closed {
                break;
            } else if let Some(peer) = state.queue.pop_front() {
                let peer = Arc::new(peer);
                state.serving.insert(peer.as_raw_fd(), Arc::clone(&peer));
                drop(state);
                let _ = echo(&peer, self.counts);
                state = self.lock();
                state.serving.remove(&peer.as_raw_fd());
            } else if state.surplus > 0 {
                state.surplus -= 1;
                break;
            } else {
                state.idle += 1;
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
        state.workers -= 1;
    }

    /// Wakes everybody: those who wait for a peer, and, by shutting it, those who wait for what it says.
    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.queue.clear();
        state.serving.values().for_each(|peer| drop(peer.shutdown(Shutdown::Both)));
        self.work.notify_all();
        self.need.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
