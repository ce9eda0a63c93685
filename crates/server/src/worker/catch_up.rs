//! Connections that have fallen behind: they are told what they missed as they read, and closed only if they
//! read nothing at all.

use dialect::{Dialect, Rendering};
use hub::{Event, RoomId, SessionId};
use smol_str::SmolStr;

use super::Worker;
use super::conn::{State, log};
use crate::behind::{Page, Sort, Told, Words};
use crate::core::slot_of;
use crate::piece::{self, Piece};
use crate::recall::Job;

/// Milliseconds until the readers are asked again when they had too much to do.
const AGAIN: u64 = 100;

impl Worker {
    /// A connection that is behind has missed something in a room.
    #[cold]
    pub(super) fn miss(&mut self, slot: usize, room: RoomId, event: &Event, pieces: &[Piece]) {
        let log = self.logs.get(room.0 as usize).and_then(Option::as_ref);
        let log = log.filter(|_| self.live.config.history.enabled);
        if let Some(behind) = self.conns.get_mut(slot).and_then(|conn| conn.behind.as_mut()) {
            behind.missed(room, log, self.number, event, pieces);
        }
    }

    /// The peer has read all there was: has the next page of what it missed looked up.
    pub(super) fn catch_up(&mut self, slot: usize) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        // What it has asked for, and what came meanwhile, come before what it missed.
        let busy = State::CLOSING | State::LEAVING | State::BROKEN | State::HOLDING | State::RECALLING;
        if conn.state.intersects(busy) || conn.waiting > 0 {
            return;
        }
        let Some(behind) = conn.behind.as_mut().filter(|behind| !behind.asked) else { return };
        let ask = behind.ask(self.shared.disk.given());
        if ask.stretches.is_empty() {
            return self.tell_missed(slot, Page::default());
        }
        behind.asked = true;
        if self.shared.jobs.send(Job::Missed(conn.id, Box::new(ask))).is_err() {
            behind.asked = false;
            self.timers.set(self.watch.millis() + AGAIN, conn.id);
        }
    }

    /// A page has been looked up.
    pub(super) fn missed(&mut self, id: SessionId, page: Page) {
        let slot = slot_of(id);
        let Some(conn) = self.conns.get_mut(slot).filter(|conn| conn.id == id) else { return };
        if let Some(behind) = &mut conn.behind {
            behind.asked = false;
            behind.progress = self.watch.millis();
            self.tell_missed(slot, page);
        }
    }

    fn tell_missed(&mut self, slot: usize, page: Page) {
        let Some(behind) = self.conns.get_mut(slot).and_then(|conn| conn.behind.as_mut()) else { return };
        let told = behind.take(page);
        let over = behind.is_over();
        for told in told {
            match told {
                Told::Event(event) => self.tell_again(slot, &event),
                Told::Words(words) => self.tell_words(slot, words),
                Told::Missed(room, count) => self.tell_gap(slot, room.as_deref(), count),
            }
        }
        match over {
            true => self.caught_up(slot),
            // A page may have nothing in it that this peer is told: then there is no write to wait for.
            false => self.catch_up(slot),
        }
    }

    fn tell_again(&mut self, slot: usize, event: &Event) {
        let Some(conn) = self.conns.get(slot) else { return };
        let rendering = dialect::relevant(conn.rendering, event);
        if rendering.dialect == Dialect::Group {
            self.shared.bridge.shown(event);
        }
        let mut bytes = std::mem::take(&mut self.scratch);
        bytes.clear();
        dialect::encode(rendering, event, &mut bytes);
        self.append_units(slot, &bytes);
        self.scratch = bytes;
    }

    pub(super) fn tell_words(&mut self, slot: usize, words: Words) {
        let Some(conn) = self.conns.get(slot) else { return };
        let sort = if words.promise > 0 { Sort::Answer } else { Sort::Other };
        self.promise(conn.id, words.promise);
        self.append(slot, words.piece, sort);
    }

    fn tell_gap(&mut self, slot: usize, room: Option<&str>, count: u64) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        let mut bytes = Vec::new();
        if let Some(session) = &mut conn.session {
            session.missed(room, count, &mut bytes);
        }
        self.append_units(slot, &bytes);
    }

    fn append_units(&mut self, slot: usize, bytes: &[u8]) {
        let Rendering { dialect, carriage, .. } = self.conns[slot].rendering;
        for piece in piece::pieces(dialect, carriage, bytes).filter(|piece| !piece.is_empty()) {
            self.append(slot, piece, Sort::Other);
        }
    }

    /// It has been told everything: from now on it is told what happens as it happens.
    fn caught_up(&mut self, slot: usize) {
        let now = self.watch.millis();
        let Some(conn) = self.conns.get_mut(slot) else { return };
        log!(INFO, conn, "it has caught up");
        conn.behind = None;
        conn.state.remove(State::BEHIND);
        conn.heard = now;
        self.make_ready(slot);
        self.update_interest(slot);
        // A long answer may go on once all is written.
        self.make_dirty(slot);
    }

    /// The peer has taken something.
    pub(super) fn progressed(&mut self, slot: usize) {
        let now = self.watch.millis();
        let Some(conn) = self.conns.get_mut(slot) else { return };
        if let Some(behind) = &mut conn.behind {
            behind.progress = now;
            // It takes no frame now, so that nothing else shows that it lives.
            conn.heard = now;
        }
    }

    /// Closes a connection whose peer has taken nothing for too long, or says when to look again.
    pub(super) fn look_at_reader(&mut self, slot: usize, now: u64) {
        let stalled = super::tick::millis(self.live.config.limits.stalled);
        let Some(conn) = self.conns.get_mut(slot) else { return };
        let Some(behind) = &mut conn.behind else { return };
        if conn.waiting == 0 {
            // It waits for us.
            behind.progress = now;
        }
        let end = behind.progress + stalled;
        if now >= end {
            return self.close_slow(slot);
        }
        if now >= behind.due {
            behind.due = end;
            self.timers.set(end, conn.id);
        }
        self.catch_up(slot);
    }

    /// A room has this history.
    pub(super) fn open_room(&mut self, room: RoomId, log: SmolStr) {
        let at = room.0 as usize;
        if at >= self.logs.len() {
            self.logs.resize(at + 1, None);
        }
        self.logs[at] = Some(log);
    }
}
