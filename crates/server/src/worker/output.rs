//! Writing: everything that waits at a connection, with as few system calls as it takes.

use bytes::Bytes;
use hub::Cause;

use super::conn::{State, log};
use super::{SLICE, Worker};
use crate::outbox::Flushed;

impl Worker {
    /// Appends bytes to what a connection is to be sent. One that does not read what it is sent is
    /// closed once more waits than it may; nobody else waits for it.
    pub(super) fn push(&mut self, slot: usize, bytes: Bytes) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        if bytes.is_empty() || conn.state.intersects(State::BROKEN | State::LINGERING) {
            return;
        }
        let most = self.live.config.limits.sendq;
        if conn.waiting + bytes.len() > most && !conn.state.contains(State::CLOSING) {
            if conn.state.contains(State::LEAVING) {
                return;
            }
            // What waits may be more than the peer had a chance to read.
            if !conn.state.contains(State::BLOCKED) {
                self.write(slot);
            }
            let Some(conn) = self.conns.get_mut(slot) else { return };
            if conn.waiting > 0 && conn.waiting + bytes.len() > most {
                let waiting = conn.waiting;
                log!(INFO, conn, waiting, "closed: it does not read what it is sent");
                conn.outbox.clear(true);
                conn.waiting = conn.outbox.len();
                return self.leave(slot, Cause::SendQueueFull(waiting));
            }
        }
        let Some(conn) = self.conns.get_mut(slot) else { return };
        conn.waiting += bytes.len();
        conn.outbox.push(bytes, &mut self.spares);
        // One that is blocked is written to when the kernel says so.
        if !conn.state.intersects(State::DIRTY | State::BLOCKED) {
            conn.state.insert(State::DIRTY);
            self.dirty.push_back(slot as u32);
        }
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
        match conn.outbox.flush(&mut conn.stream, &mut conn.waiting, &mut self.spares) {
            Ok(Flushed::All) => self.written(slot),
            Ok(Flushed::Blocked) => self.blocked(slot),
            Err(error) => self.fail(slot, &error),
        }
    }

    fn blocked(&mut self, slot: usize) {
        self.conns[slot].state.insert(State::BLOCKED);
        self.update_interest(slot);
    }

    /// Everything is written: what waited for that can go on.
    fn written(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
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
