//! A worker: one thread that owns connections, reads, has the hub apply, and writes.
//!
//! ```text
//!            ┌───────────────── one turn ─────────────────────────────────────────────┐
//!  wait ───▶ read what is ready ─▶ rounds ─▶ write to a slice of those with something ─┘
//!                                    │
//!                    one line of each connection ─▶ hub, under its lock ─▶ inboxes
//!                                    ▲                                        │
//!                                    └────── deliver: sessions, rooms ◀───────┘
//! ```
//!
//! A message to a room arrives once, is encoded once for each rendering, and the same bytes are appended
//! to each member's outbox; then each is written with one system call for all that waits there. Between
//! two slices of writes new input is taken, so messages that come while a large room is being written to
//! leave in the same writes. A connection is read at most once while everyone is written to once: who
//! sends faster than the room can be told waits, and memory stays bounded.

mod accept;
mod catch_up;
mod close;
mod conn;
mod datagram;
mod deliver;
mod entrance;
mod errand;
mod hold;
mod http;
mod input;
mod output;
mod push;
mod tick;
mod ws;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use dialect::Output;
use hub::SessionId;
use slab::Slab;
use smol_str::SmolStr;
use transport::{AddressLimits, DatagramPeer, Event, Events, Interest, LimitSettings, Poll};

use crate::clock::{self, Stopwatch};
use crate::core::{Staged, slot_of};
use crate::doors::Door;
use crate::ids::MessageIds;
use crate::inbox::Post;
use crate::live::Live;
use crate::monitor::counts::Counts;
use crate::outbox::Spares;
use crate::shared::Shared;
use crate::timers::Timers;

pub use conn::Conn;
use conn::{State, log};

/// Events taken from the kernel at a time.
const EVENTS: usize = 512;
/// Connections written to between two looks at what can be read.
const SLICE: usize = 64;
/// Bytes read from a connection at a time.
const READ: usize = 16 * 1024;
/// The token of the worker's own waker.
const WAKER: u64 = u64::MAX;
/// The token of the first listener; the others follow downwards.
const LISTENERS: u64 = u64::MAX - 1;

/// What a worker is made of.
pub struct Worker {
    me: usize,
    shared: Arc<Shared>,
    live: Arc<Live>,
    poll: Poll,
    watch: Stopwatch,
    ids: MessageIds,
    /// The doors; only the first worker has them.
    listeners: Vec<Door>,
    /// Peers of datagrams, by door and address.
    peers: HashMap<(u16, DatagramPeer), u32>,
    /// How often they come in.
    logins: AddressLimits,
    conns: Slab<Conn>,
    generation: u32,
    /// Connections here, by room.
    rooms: Vec<Vec<u32>>,
    /// Their histories, by room.
    logs: Vec<Option<SmolStr>>,
    /// The number of the last record before what is being delivered.
    number: u64,
    /// Connections with promises that were not kept when the disk had come to this number.
    holding: Vec<SessionId>,
    kept: u64,
    /// Up to which number peers here wait for the disk, since that was last said.
    wanted: u64,
    timers: Timers,
    /// Who waits for the time of its next unit, in that order.
    paced: VecDeque<(u64, SessionId)>,
    /// What is to be carried to the hub.
    batch: Vec<(SessionId, Output)>,
    /// Connections with lines to take.
    ready: Vec<u32>,
    /// Connections with something to be written.
    dirty: VecDeque<u32>,
    /// How many of the dirty ones belong to the present pass, and its number.
    pass_left: usize,
    pass: u32,
    mark: u32,
    staged: Staged,
    spares: Spares,
    posts: Vec<Post>,
    outputs: Vec<Output>,
    scratch: Vec<u8>,
    buffer: Vec<u8>,
    /// Input buffers that are not in use.
    buffers: Vec<Vec<u8>>,
    /// Most bytes that may wait at a connection: the setting, close at hand.
    sendq: u32,
    /// What it has done so far.
    counts: Counts,
    /// When to give up on those who are still here, once stopping.
    stop_at: Option<u64>,
}

impl Worker {
    /// A worker with these doors, not yet running.
    ///
    /// # Errors
    /// The system is out of descriptors or random bytes.
    pub fn new(
        me: usize,
        shared: Arc<Shared>,
        live: Arc<Live>,
        listeners: Vec<Door>,
    ) -> std::io::Result<Self> {
        let poll = Poll::new()?;
        poll.add(shared.inboxes[me].waker(), WAKER, Interest::READ)?;
        for (number, listener) in listeners.iter().enumerate() {
            poll.add(listener, LISTENERS - number as u64, Interest::READ)?;
        }
        let staged = Staged::new(shared.inboxes.len());
        let sendq = live.config.limits.sendq as u32;
        Ok(Self {
            me,
            shared,
            live,
            poll,
            watch: Stopwatch::start(),
            ids: MessageIds::new().map_err(|error| std::io::Error::other(error.to_string()))?,
            listeners,
            peers: HashMap::new(),
            logins: AddressLimits::new(LimitSettings::default()),
            conns: Slab::new(),
            generation: 0,
            rooms: Vec::new(),
            logs: Vec::new(),
            number: 0,
            holding: Vec::new(),
            kept: 0,
            wanted: 0,
            timers: Timers::default(),
            paced: VecDeque::new(),
            batch: Vec::new(),
            ready: Vec::new(),
            dirty: VecDeque::new(),
            pass_left: 0,
            pass: 1,
            mark: 0,
            staged,
            spares: Spares::default(),
            posts: Vec::new(),
            outputs: Vec::new(),
            scratch: Vec::new(),
            buffer: vec![0; READ],
            buffers: Vec::new(),
            sendq,
            counts: Counts::default(),
            stop_at: None,
        })
    }

    /// Runs until it is told to stop and everyone has left.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            let now = self.watch.millis();
            if self.stop_at.is_some_and(|at| self.conns.is_empty() || now >= at) {
                return;
            }
            if let Err(error) = self.poll.wait(&mut events, self.patience(now)) {
                tracing::error!(%error, "waiting for events failed");
                std::thread::sleep(Duration::from_millis(100));
            }
            self.turn(&events);
        }
    }

    fn turn(&mut self, events: &Events) {
        let now = self.watch.millis();
        for event in events.iter() {
            self.event(event, now);
        }
        self.tick(now);
        self.rounds(now);
        self.release();
        self.write_slice();
        self.hang_up(now);
        self.shared.monitor.show(self.me, &self.counts);
    }

    fn event(&mut self, event: Event, now: u64) {
        if event.token == WAKER {
            return self.shared.inboxes[self.me].waker().reset();
        }
        if event.token > LISTENERS - self.listeners.len() as u64 {
            return self.accept((LISTENERS - event.token) as usize, now);
        }
        let slot = slot_of(SessionId(event.token));
        if self.conns.get(slot).is_none_or(|conn| conn.id.0 != event.token) {
            return;
        }
        if event.writable() {
            self.make_dirty(slot);
        }
        if event.readable() {
            self.readable(slot, event.hangup(), now);
        }
    }

    /// How long nothing needs to be done unless something happens.
    fn patience(&self, now: u64) -> Option<Duration> {
        if !self.dirty.is_empty() || !self.batch.is_empty() || !self.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        let paced = self.paced.front().map(|(at, _)| *at);
        let next = self.timers.next().into_iter().chain(self.stop_at).chain(paced).min()?;
        Some(Duration::from_millis(next.saturating_sub(now)))
    }

    /// Takes one line of each connection that has one, until there are none. What was posted before a
    /// line was read is delivered before it is taken: so an answer never overtakes what its asker could
    /// know of.
    fn rounds(&mut self, now: u64) {
        self.drain();
        loop {
            // What a verdict has led to comes before the next line of the one who waited for it.
            if self.batch.is_empty() {
                self.take_lines(now);
            }
            if self.batch.is_empty() {
                if self.ready.is_empty() {
                    return;
                }
                continue;
            }
            self.submit();
            self.drain();
        }
    }

    /// Has the hub do what the batch says.
    fn submit(&mut self) {
        let at = clock::now();
        let mut core = self.shared.core();
        for (session, output) in self.batch.drain(..) {
            core.carry_out(at, self.ids.next(at), session, output, &mut self.staged);
        }
        self.staged.deliver(&self.shared.inboxes, self.me);
    }

    /// Puts a connection into the list of those to be written.
    fn make_dirty(&mut self, slot: usize) {
        if let Some(conn) = self.conns.get_mut(slot)
            && !conn.state.contains(State::DIRTY)
        {
            conn.state.insert(State::DIRTY);
            self.dirty.push_back(slot as u32);
        }
    }

    /// Puts a connection into the list of those with lines to take.
    fn make_ready(&mut self, slot: usize) {
        if let Some(conn) = self.conns.get_mut(slot)
            && !conn.state.contains(State::READY)
        {
            conn.state.insert(State::READY);
            self.ready.push(slot as u32);
        }
    }

    /// Has the session end, once.
    fn leave(&mut self, slot: usize, cause: hub::Cause) {
        if let Some(conn) = self.conns.get_mut(slot)
            && !conn.state.intersects(State::LEAVING | State::CLOSING)
        {
            conn.state.insert(State::LEAVING);
            let id = conn.id;
            match conn.is_known() {
                true => self.batch.push((id, Output::Close(cause))),
                false => self.close(id, &cause),
            }
        }
    }

    /// Waits for what the connection wants now.
    fn update_interest(&mut self, slot: usize) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        // Its door is waited for, not the peer.
        if conn.stream.is_datagram() {
            return;
        }
        let wanted = conn.wanted();
        if wanted != conn.interest {
            conn.interest = wanted;
            if let Err(error) = self.poll.modify(&conn.stream, conn.id.0, wanted) {
                log!(ERROR, conn, %error, "it can't be waited for");
            }
        }
    }
}
