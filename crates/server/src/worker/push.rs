//! What a connection is to be sent: into its outbox, or to where it has to wait.
//!
//! ```text
//!  live, to a room ──┬────────────────┬──▶ outbox
//!                    ▼                ▼
//!  to it alone ──▶ behind? ──no──▶ held? ──no──▶ outbox
//! ```

use hub::Cause;

use super::Worker;
use super::conn::{Conn, State, log};
use crate::behind::{Behind, Sort, Words};
use crate::piece::{self, Piece};
use dialect::{Dialect, Rendering};

impl Worker {
    /// Sends the units of what the server has to say.
    pub(super) fn push_units(&mut self, slot: usize, bytes: &[u8]) {
        self.say(slot, bytes, Sort::Notice);
    }

    /// Sends the units of what a session wrote.
    pub(super) fn say(&mut self, slot: usize, bytes: &[u8], sort: Sort) {
        let Some(Rendering { dialect, carriage, .. }) = self.conns.get(slot).map(|conn| conn.rendering)
        else {
            return;
        };
        for piece in piece::pieces(dialect, carriage, bytes) {
            self.push(slot, piece, sort);
        }
    }

    /// Sends a piece, or has it wait where it has to.
    pub(super) fn push(&mut self, slot: usize, piece: Piece, sort: Sort) {
        let Some(conn) = self.conns.get(slot) else { return };
        if piece.is_empty() || conn.state.intersects(State::BROKEN | State::LINGERING) {
            return;
        }
        if !conn.state.contains(State::BEHIND) {
            if self.fits(slot, piece.len() as u32) {
                return self.append(slot, piece, sort);
            }
            if !self.fall_behind(slot) {
                return;
            }
        }
        let conn = &mut self.conns[slot];
        let promise = match (&conn.held, sort) {
            (Some(held), Sort::Answer) => held.acknowledges(self.shared.disk.kept()),
            _ => 0,
        };
        let words = Words { after: self.number, piece, promise };
        if !conn.behind.as_mut().is_none_or(|behind| behind.say(words, sort)) {
            self.close_slow(slot);
        }
    }

    /// Sends what everyone in a room is told. Says no if the connection is behind: then it has missed it.
    pub(super) fn push_live(&mut self, slot: usize, pieces: &[Piece]) -> bool {
        const UNUSUAL: State = State::BROKEN
            .union(State::LINGERING)
            .union(State::HOLDING)
            .union(State::BEHIND)
            .union(State::RECALLING);
        let Some(conn) = self.conns.get_mut(slot) else { return true };
        let count = pieces.iter().map(|piece| piece.len() as u32).sum::<u32>();
        // One look at the record is all that most deliveries need.
        if conn.state.intersects(UNUSUAL)
            || conn.waiting + count > self.sendq
            || conn.rendering.dialect == Dialect::Packet
        {
            return self.push_unusual(slot, pieces, count);
        }
        if count == 0 {
            return true;
        }
        conn.waiting += count;
        for piece in pieces {
            conn.outbox.push(piece.clone(), &mut self.spares);
        }
        // One that is blocked is written to when the kernel says so, one that is paced when its time comes.
        if !conn.state.intersects(State::DIRTY | State::BLOCKED | State::PACED) {
            conn.state.insert(State::DIRTY);
            self.dirty.push_back(slot as u32);
        }
        true
    }

    #[cold]
    fn push_unusual(&mut self, slot: usize, pieces: &[Piece], count: u32) -> bool {
        let state = self.conns[slot].state;
        if state.intersects(State::BROKEN | State::LINGERING) {
            return true;
        }
        if state.contains(State::BEHIND) {
            return false;
        }
        if count > 0 && !self.fits(slot, count) {
            return !self.fall_behind(slot);
        }
        let conn = &mut self.conns[slot];
        // Old comes before new; on irc each line tells its own time.
        if state.contains(State::RECALLING) && conn.dialect() != Dialect::Irc {
            conn.aside.extend(pieces.iter().filter(|piece| !piece.is_empty()).cloned());
            return true;
        }
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            self.append(slot, piece.clone(), Sort::Other);
        }
        true
    }

    /// Whether so many bytes more may wait, if need be once some have been written.
    fn fits(&mut self, slot: usize, count: u32) -> bool {
        let waiting = |conn: &Conn| {
            let aside: usize = conn.aside.iter().map(|piece| piece.len()).sum();
            let held = conn.held.as_ref().map_or(0, |held| held.bytes());
            conn.waiting + (held + aside) as u32
        };
        let conn = &self.conns[slot];
        if waiting(conn) + count <= self.sendq || conn.state.contains(State::CLOSING) {
            return true;
        }
        // What waits may be more than the peer had a chance to read.
        if !conn.state.intersects(State::BLOCKED | State::LEAVING) {
            self.write(slot);
        }
        self.conns.get(slot).is_some_and(|conn| waiting(conn) == 0 || waiting(conn) + count <= self.sendq)
    }

    /// Appends to what waits, however much that is.
    pub(super) fn append(&mut self, slot: usize, piece: Piece, sort: Sort) {
        if self.conns[slot].dialect() == Dialect::Packet && !self.may_send(slot) {
            return;
        }
        let Some(conn) = self.conns.get_mut(slot) else { return };
        let piece = match (&mut conn.held, sort) {
            (None, _) => Some(piece),
            (Some(held), Sort::Answer) => held.reply(self.shared.disk.kept(), piece),
            (Some(held), _) => held.told(piece),
        };
        match piece {
            Some(piece) => self.put(slot, piece),
            None => {
                conn.state.insert(State::HOLDING);
                self.wanted = self.wanted.max(conn.held.as_ref().map_or(0, |held| held.wants()));
            }
        }
    }

    /// Puts a piece into the outbox.
    pub(super) fn put(&mut self, slot: usize, piece: Piece) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        conn.waiting += piece.len() as u32;
        conn.outbox.push(piece, &mut self.spares);
        if !conn.state.intersects(State::BLOCKED | State::PACED) {
            self.make_dirty(slot);
        }
    }

    /// More would wait than may: from now on the connection is told at its own pace what it missed. Not if
    /// it is about to end.
    fn fall_behind(&mut self, slot: usize) -> bool {
        let now = self.watch.millis();
        let Some(conn) = self.conns.get_mut(slot) else { return false };
        if conn.state.intersects(State::LEAVING | State::BROKEN) {
            return false;
        }
        let waiting = conn.waiting;
        log!(INFO, conn, waiting, "it falls behind in reading what it is sent");
        conn.state.insert(State::BEHIND);
        conn.behind = Some(Box::new(Behind::new(self.sendq as usize, now)));
        self.look_at_reader(slot, now);
        self.update_interest(slot);
        true
    }

    /// The peer does not read at all, or asks for more than it reads: the session ends.
    pub(super) fn close_slow(&mut self, slot: usize) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        if conn.state.intersects(State::LEAVING | State::CLOSING) {
            return;
        }
        let waiting = conn.waiting as usize;
        log!(INFO, conn, waiting, "closed: it does not read what it is sent");
        conn.outbox.clear(true);
        conn.waiting = conn.outbox.len() as u32;
        (conn.behind, conn.held) = (None, None);
        conn.state.remove(State::BEHIND | State::HOLDING);
        self.leave(slot, Cause::SendQueueFull(waiting));
    }
}
