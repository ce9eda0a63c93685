//! A server in small: what the server's core and its worker do between sessions and hub, in one
//! thread, without sockets or time.

mod peers;
mod server;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hub::{Answer, Cause, Command, Counts, Event, Hub, Recalled, RoomId, SessionId, Timestamp};

use super::super::Finding;
use super::super::world::BEGINNING;
use super::ledger::Ledger;
use super::memory::Memory;
use super::seat::{Seat, State};
use super::world::World;
use crate::{Dialect, Output, Settings};

/// Several sessions around one hub.
pub struct Stage {
    world: World,
    settings: Settings,
    hub: Hub,
    seats: Vec<Seat>,
    rooms: BTreeMap<RoomId, BTreeSet<SessionId>>,
    ledger: Ledger,
    memory: Memory,
    /// What is to be carried to the hub.
    batch: Vec<(SessionId, Output)>,
    posts: Vec<Post>,
    now: Timestamp,
    /// Entries so far, and marks.
    count: u64,
    mark: u32,
}

/// What reaches sessions, in the hub's order.
enum Post {
    Reply(SessionId, Arc<Event>),
    Tell(SessionId, Arc<Event>),
    TellRooms(Vec<RoomId>, Vec<SessionId>, Arc<Event>),
    Enter(SessionId, RoomId),
    Leave(SessionId, RoomId),
    Answer(SessionId, Box<Answer>),
    Recalled(SessionId, Box<Recalled>),
    Local(SessionId, Vec<u8>),
    Done(SessionId),
    Close(SessionId, Cause),
    Stop,
}

/// Steps.
impl Stage {
    /// Everyone has connected, and who speaks IRC is in the lobby; see the module for the letters.
    ///
    /// # Errors
    /// What did not stay true.
    pub fn new(letters: &[u8]) -> Result<Self, String> {
        let world = World::new(letters);
        let settings = world.dialects();
        let seats =
            (0..world.seats.len()).map(|at| Seat::new(&world, &settings, SessionId(at as u64), at)).collect();
        let mut stage = Self {
            hub: Hub::new(world.hub()),
            world,
            settings,
            seats,
            rooms: BTreeMap::new(),
            ledger: Ledger::default(),
            memory: Memory::default(),
            batch: Vec::new(),
            posts: Vec::new(),
            now: BEGINNING,
            count: 0,
            mark: 0,
        };
        for at in 0..stage.seats.len() {
            stage.apply(stage.seats[at].id, Command::Connect)?;
        }
        // Those of IRC first: one of them may open the lobby.
        let mut order: Vec<usize> = (0..stage.seats.len()).collect();
        order.sort_by_key(|&at| stage.world.seats[at] != Dialect::Irc);
        order.into_iter().try_for_each(|at| stage.begin(at))?;
        Ok(stage)
    }

    /// One step of a script.
    ///
    /// # Errors
    /// What did not stay true.
    pub fn step(&mut self, seat: u8, what: u8, rest: &[u8]) -> Finding {
        self.now.0 += 7;
        if seat.is_ascii_digit() {
            self.round()?;
        }
        let at = usize::from(seat & 7) % self.seats.len();
        match what {
            b':' => self.frame(at, rest),
            b' ' => self.typed(at, rest, true),
            b'"' => self.typed(at, rest, false),
            b'p' => self.packet(at, rest),
            b'@' => self.datagram(at, rest),
            b'~' => self.silence(at),
            b'.' => self.ended(at),
            b'x' => {
                self.leave(at, Cause::ConnectionClosed);
                Ok(())
            }
            b'v' => self.judge(at),
            b'n' if self.seats[at].state == State::Open && self.seats[at].ear.count > 0 => {
                let text: String = String::from_utf8_lossy(rest).chars().take(500).collect();
                self.seats[at].notice(&text)
            }
            b'r' => {
                self.seats.iter_mut().for_each(|seat| seat.session.reconfigure(&self.settings));
                Ok(())
            }
            _ => self.round(),
        }
    }

    /// The units that a seat has been sent since this was asked last; for lines, what was written at once.
    ///
    /// # Errors
    /// What did not stay true until now.
    pub fn heard(&mut self, seat: usize) -> Result<Vec<Vec<u8>>, String> {
        self.round()?;
        Ok(std::mem::take(&mut self.seats[seat].ear.units))
    }

    /// The datagrams that a seat has been sent, each from the virtual user with that seat.
    pub fn datagrams(&mut self, seat: usize) -> Vec<(u16, Vec<u8>)> {
        std::mem::take(&mut self.seats[seat].datagrams)
    }

    /// Everyone leaves, and nothing is left of them.
    pub(super) fn finish(mut self) -> Finding {
        self.round()?;
        for at in 0..self.seats.len() {
            self.make_ready(at)?;
            self.silence(at)?;
            self.round()?;
        }
        (0..self.seats.len()).for_each(|at| self.leave(at, Cause::ConnectionClosed));
        self.round()?;
        let nobody = Counts { most: self.counts().most, ..Counts::default() };
        let empty = self.counts() == nobody && self.rooms.is_empty();
        if empty { Ok(()) } else { Err(format!("{:?} are left", self.counts())) }
    }
}
