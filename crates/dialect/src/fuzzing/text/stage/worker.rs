//! What a worker does.

use std::collections::BTreeSet;

use hub::{Cause, Command, Event, RoomId, SessionId};

use super::super::super::Finding;
use super::super::super::world::verdict;
use super::super::ear::ensure;
use super::super::seat::{Seat, State};
use super::{Post, Stage};
use crate::{Busy, Delivery, Dialect, Output};

/// More turns than any frame can need before its session takes the next.
const PATIENCE: usize = 100;

impl Stage {
    /// A connection begins.
    pub(super) fn begin(&mut self, at: usize) -> Finding {
        let mut outputs = Vec::new();
        self.seats[at].session.open(self.now, &mut outputs);
        self.collect(at, outputs, false)?;
        if self.seats[at].dialect == Dialect::Irc {
            for line in self.world.introduction(at) {
                self.frame(at, line.as_bytes())?;
            }
        }
        self.round()
    }

    /// Waits until a connection takes a frame; opens another if it has ended.
    pub(super) fn make_ready(&mut self, at: usize) -> Finding {
        for _ in 0..PATIENCE {
            let seat = &self.seats[at];
            match (seat.state, seat.session.busy()) {
                (State::Closed, _) => self.reconnect(at)?,
                (State::Leaving, _) => self.round()?,
                _ if seat.spoke => self.round()?,
                (State::Open, Busy::Check) => self.judge(at)?,
                (State::Open, Busy::More) => {
                    let mut outputs = Vec::new();
                    self.seats[at].session.resume(&mut outputs);
                    self.collect(at, outputs, false)?;
                    self.round()?;
                }
                (State::Open, Busy::No) if seat.ended => self.leave(at, Cause::ConnectionClosed),
                (State::Open, Busy::No) => return Ok(()),
            }
        }
        Err("a session never takes its next frame".to_owned())
    }

    pub(super) fn reconnect(&mut self, at: usize) -> Finding {
        let id = SessionId(self.seats[at].id.0 + self.seats.len() as u64);
        self.ledger.gone(self.seats[at].id);
        let units = std::mem::take(&mut self.seats[at].ear.units);
        self.seats[at] = Seat::new(&self.world, &self.settings, id, at);
        self.seats[at].ear.units = units;
        self.apply(id, Command::Connect)?;
        self.begin(at)
    }

    /// Puts what a session wants into the batch.
    pub(super) fn collect(&mut self, at: usize, outputs: Vec<Output>, slow: bool) -> Finding {
        for output in outputs {
            match output {
                Output::Check(check) if slow => self.seats[at].pending = Some(check),
                Output::Check(check) => {
                    let mut more = Vec::new();
                    self.seats[at].session.verdict(verdict(check), &mut more);
                    self.collect(at, more, false)?;
                }
                Output::Private { seat, bytes, .. } => self.seats[at].datagram(seat, bytes)?,
                Output::Close(cause) => self.leave(at, cause),
                output => self.batch.push((self.seats[at].id, output)),
            }
        }
        Ok(())
    }

    /// Has the session end, once.
    pub(super) fn leave(&mut self, at: usize, cause: Cause) {
        let seat = &mut self.seats[at];
        if seat.state == State::Open {
            seat.state = State::Leaving;
            self.batch.push((seat.id, Output::Close(cause)));
        }
    }

    /// A slow check ends.
    pub(super) fn judge(&mut self, at: usize) -> Finding {
        let mut outputs = Vec::new();
        if self.seats[at].state == State::Open {
            self.seats[at].judge(&mut outputs);
        }
        self.seats[at].spoke |= !outputs.is_empty();
        self.collect(at, outputs, self.world.slow)
    }

    /// Has the hub do all that is in the batch, and delivers what comes of it.
    pub(super) fn round(&mut self) -> Finding {
        while !self.batch.is_empty() {
            for (from, output) in std::mem::take(&mut self.batch) {
                self.carry_out(from, output)?;
            }
            for post in std::mem::take(&mut self.posts) {
                self.deliver(post)?;
            }
        }
        self.seats.iter_mut().for_each(|seat| seat.spoke = false);
        self.check_counts()?;
        self.check_ledger()
    }

    pub(super) fn deliver(&mut self, post: Post) -> Finding {
        match post {
            Post::Reply(id, event) => self.tell(id, Delivery::Reply(&event)),
            Post::Tell(id, event) => self.tell(id, Delivery::Tell(&event)),
            Post::Answer(id, answer) => self.tell(id, Delivery::Answer(&answer)),
            Post::Recalled(id, recalled) => self.tell(id, Delivery::Recalled(&recalled)),
            Post::Local(id, bytes) => self.tell(id, Delivery::Local(&bytes)),
            Post::Done(id) => self.tell(id, Delivery::Done),
            Post::TellRooms(rooms, except, event) => self.tell_rooms(&rooms, &except, &event),
            Post::Enter(id, room) => {
                let at = self.at(id);
                self.seats[at].ear.enter();
                let new = self.rooms.entry(room).or_default().insert(id);
                ensure(new, "somebody enters a room twice")
            }
            Post::Leave(id, room) => {
                let members = self.rooms.get_mut(&room).ok_or("somebody leaves a room that nobody is in")?;
                let left = members.remove(&id);
                if members.is_empty() {
                    self.rooms.remove(&room);
                }
                ensure(left, "somebody leaves a room without being there")
            }
            Post::Close(id, cause) => self.close(id, &cause),
            Post::Stop => (0..self.seats.len()).try_for_each(|at| {
                let id = self.seats[at].id;
                self.batch.push((id, Output::Close(Cause::Shutdown)));
                self.close(id, &Cause::Shutdown)
            }),
        }
    }

    pub(super) fn tell(&mut self, id: SessionId, delivery: Delivery<'_>) -> Finding {
        let at = self.at(id);
        let mut outputs = Vec::new();
        if self.seats[at].id == id {
            self.seats[at].deliver(delivery, &mut outputs)?;
        }
        self.collect(at, outputs, false)
    }

    pub(super) fn tell_rooms(&mut self, rooms: &[RoomId], except: &[SessionId], event: &Event) -> Finding {
        let members = |room| self.rooms.get(room).into_iter().flatten().copied();
        let mut listeners: BTreeSet<SessionId> = rooms.iter().flat_map(members).collect();
        listeners.retain(|id| !except.contains(id));
        for id in listeners {
            let at = self.at(id);
            if self.seats[at].id == id && self.seats[at].state != State::Closed {
                self.seats[at].tell(event)?;
            }
        }
        Ok(())
    }

    pub(super) fn close(&mut self, id: SessionId, cause: &Cause) -> Finding {
        let at = self.at(id);
        if self.seats[at].id == id { self.seats[at].close(cause) } else { Ok(()) }
    }

    /// Whose place an id is for.
    pub(super) fn at(&self, id: SessionId) -> usize {
        id.0 as usize % self.seats.len()
    }
}
