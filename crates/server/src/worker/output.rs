//! Writing: everything that waits at a connection, with as few system calls as it takes.

use super::conn::{State, log};
use super::{SLICE, Worker};
use crate::core::slot_of;
use crate::outbox::{Flushed, Together};

/// Milliseconds between two units to one peer.
const PACE: u64 = 20;
/// How many units must wait before several leave together.
const BACKLOG: usize = 8;

/// `exit;` means what it means only when it stands alone.
fn may_join(unit: &[u8]) -> bool {
    unit != b"exit;"
}

impl Worker {
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
    pub(super) fn write(&mut self, slot: usize) {
        let conn = &self.conns[slot];
        let (id, waiting, behind) = (conn.id, conn.waiting, conn.state.contains(State::BEHIND));
        self.write_all(slot);
        if behind && self.conns.get(slot).is_some_and(|conn| conn.id == id && conn.waiting != waiting) {
            self.progressed(slot);
        }
    }

    fn write_all(&mut self, slot: usize) {
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
        if conn.has_units() {
            return self.write_units(slot);
        }
        let waiting = conn.waiting;
        let flushed = conn.outbox.flush(&mut conn.stream, &mut conn.waiting, &mut self.spares);
        self.counts.written += u64::from(waiting.saturating_sub(conn.waiting));
        match flushed {
            Ok(Flushed::All) => self.written(slot),
            Ok(Flushed::Blocked) => self.blocked(slot),
            Err(error) => self.fail(slot, &error),
        }
    }

    /// Writes unit by unit, each in a write of its own; a paced one only when the last has arrived
    /// (`docs/dialects.md`, "Pacing").
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
            let waiting = conn.waiting;
            let outcome =
                conn.outbox.flush_unit(&mut conn.stream, &mut conn.waiting, &mut self.spares, together);
            self.counts.written += u64::from(waiting.saturating_sub(conn.waiting));
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
        conn.state.remove(State::BLOCKED | State::ASKING);
        if conn.state.contains(State::CLOSING) {
            // Its last words may still wait for the disk.
            if !conn.state.contains(State::HOLDING) {
                self.finish(slot);
            }
            return;
        }
        // Lines that came meanwhile, or the end of them, are looked at again.
        if !conn.input.is_empty() || conn.state.contains(State::ENDED) {
            self.make_ready(slot);
        }
        self.catch_up(slot);
        self.resume(slot);
        self.update_interest(slot);
    }
}
