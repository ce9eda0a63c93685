//! Writing: everything that waits at a connection, with as few system calls as it takes.

use hub::Cause;

use super::conn::{Conn, State, log};
use super::{SLICE, Worker};
use crate::core::slot_of;
use crate::outbox::{Flushed, Together};
use crate::piece::Piece;
use dialect::Dialect;

/// Milliseconds between two units to one peer.
const PACE: u64 = 20;
/// How many units must wait before several leave together.
const BACKLOG: usize = 8;

/// `exit;` means what it means only when it stands alone.
fn may_join(unit: &[u8]) -> bool {
    unit != b"exit;"
}

impl Worker {
    /// Appends the units of what a session or a renderer wrote.
    pub(super) fn push_units(&mut self, slot: usize, bytes: &[u8]) {
        let Some(dialect) = self.conns.get(slot).map(Conn::dialect) else { return };
        for unit in dialect::units(dialect, bytes) {
            self.push(slot, Piece::from(unit));
        }
    }

    /// Appends bytes to what a connection is to be sent. One that does not read what it is sent is
    /// closed once more waits than it may; nobody else waits for it.
    pub(super) fn push(&mut self, slot: usize, piece: Piece) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        if piece.is_empty() || conn.state.intersects(State::BROKEN | State::LINGERING) {
            return;
        }
        let count = piece.len() as u32;
        // One look at the record is all that most deliveries need.
        let doubtful = conn.waiting + count > self.sendq || conn.rendering.dialect == Dialect::Packet;
        let conn = match doubtful {
            false => conn,
            true if !self.may_append(slot, count) => return,
            true => &mut self.conns[slot],
        };
        conn.waiting += count;
        conn.outbox.push(piece, &mut self.spares);
        // One that is blocked is written to when the kernel says so, one that is paced when its time comes.
        if !conn.state.intersects(State::DIRTY | State::BLOCKED | State::PACED) {
            conn.state.insert(State::DIRTY);
            self.dirty.push_back(slot as u32);
        }
    }

    fn may_append(&mut self, slot: usize, count: u32) -> bool {
        let packet = self.conns[slot].rendering.dialect == Dialect::Packet;
        if packet && !self.may_send(slot) {
            return false;
        }
        let Some(conn) = self.conns.get(slot) else { return false };
        conn.waiting + count <= self.sendq || self.make_room(slot, count)
    }

    /// Whether bytes that are more than may wait can be appended all the same; if not, the connection is
    /// closed.
    fn make_room(&mut self, slot: usize, count: u32) -> bool {
        let conn = &self.conns[slot];
        if conn.state.contains(State::CLOSING) {
            return true;
        }
        if conn.state.contains(State::LEAVING) {
            return false;
        }
        // What waits may be more than the peer had a chance to read.
        if !conn.state.contains(State::BLOCKED) {
            self.write(slot);
        }
        let Some(conn) = self.conns.get_mut(slot) else { return false };
        if conn.waiting == 0 || conn.waiting + count <= self.sendq {
            return true;
        }
        let waiting = conn.waiting as usize;
        log!(INFO, conn, waiting, "closed: it does not read what it is sent");
        conn.outbox.clear(true);
        conn.waiting = conn.outbox.len() as u32;
        self.leave(slot, Cause::SendQueueFull(waiting));
        false
    }

    /// Writes to a slice of those who have something to be written.
    pub(super) fn write_slice(&mut self) {
        if self.pass_left == 0 {
            self.pass_left = self.dirty.len();
            self.pass = self.pass.wrapping_add(1);
        }
        for _ in 0..SLICE {
            let Some(slot) = self.dirty.pop_front() else { break };
            self.pass_left = self.pass_left.saturating_sub(1);
            let slot = slot as usize;
            if let Some(conn) = self.conns.get_mut(slot) {
                conn.state.remove(State::DIRTY);
                self.write(slot);
            }
        }
    }

    /// Writes what the peer takes.
    fn write(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        if conn.state.contains(State::BROKEN) {
            return self.written(slot);
        }
        if conn.stream.wants_write() {
            match conn.stream.flush() {
                Ok(true) => {}
                Ok(false) => return self.blocked(slot),
                Err(error) => return self.fail(slot, &error),
            }
        }
        if conn.dialect().has_units() {
            return self.write_units(slot);
        }
        match conn.outbox.flush(&mut conn.stream, &mut conn.waiting, &mut self.spares) {
            Ok(Flushed::All) => self.written(slot),
            Ok(Flushed::Blocked) => self.blocked(slot),
            Err(error) => self.fail(slot, &error),
        }
    }

    /// Writes unit by unit, each in a write of its own; a paced one only when the last has arrived
    /// (`wire.md` §0, "Pacing").
    fn write_units(&mut self, slot: usize) {
        let now = self.watch.millis();
        loop {
            let conn = &mut self.conns[slot];
            if conn.outbox.is_empty() {
                return self.written(slot);
            }
            let dialect = conn.rendering.dialect;
            if dialect.is_paced() && !conn.outbox.is_half_written() {
                let arrived = conn.near || conn.stream.unsent().is_ok_and(|unsent| unsent == 0);
                if now < conn.sent + PACE || !arrived {
                    let at = (conn.sent + PACE).max(now + PACE / 4);
                    return self.pace(slot, at);
                }
                conn.sent = now;
            }
            let together = dialect.joined().map(|most| Together { least: BACKLOG, most, may: may_join });
            let outcome =
                conn.outbox.flush_unit(&mut conn.stream, &mut conn.waiting, &mut self.spares, together);
            match outcome {
                Ok(Flushed::All) => {}
                Ok(Flushed::Blocked) if conn.stream.is_datagram() => return self.pace(slot, now + PACE / 4),
                Ok(Flushed::Blocked) => return self.blocked(slot),
                // A datagram that can't be sent is lost, as datagrams are; its peer will time out.
                Err(error) if conn.stream.is_datagram() => {
                    log!(DEBUG, conn, %error, "a datagram was not sent");
                    conn.outbox.clear(false);
                    conn.waiting = 0;
                }
                Err(error) => return self.fail(slot, &error),
            }
        }
    }

    /// Goes on writing at that time, or a little later: who waits, waits in a row.
    fn pace(&mut self, slot: usize, at: u64) {
        let conn = &mut self.conns[slot];
        conn.state.insert(State::PACED);
        let last = self.paced.back().map_or(0, |(at, _)| *at);
        self.paced.push_back((at.max(last), conn.id));
    }

    /// Lets those go on whose time has come.
    pub(super) fn unpace(&mut self, now: u64) {
        while let Some((_, id)) = self.paced.pop_front_if(|(at, _)| *at <= now) {
            let slot = slot_of(id);
            if let Some(conn) = self.conns.get_mut(slot).filter(|conn| conn.id == id) {
                conn.state.remove(State::PACED);
                self.make_dirty(slot);
            }
        }
    }

    fn blocked(&mut self, slot: usize) {
        self.conns[slot].state.insert(State::BLOCKED);
        self.update_interest(slot);
    }

    /// Everything is written: what waited for that can go on.
    fn written(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        if conn.at_rest() {
            return;
        }
        conn.state.remove(State::BLOCKED);
        if conn.state.contains(State::CLOSING) {
            return self.finish(slot);
        }
        // Lines that came meanwhile, or the end of them, are looked at again.
        if !conn.input.is_empty() || conn.state.contains(State::ENDED) {
            self.make_ready(slot);
        }
        self.resume(slot);
        self.update_interest(slot);
    }
}
