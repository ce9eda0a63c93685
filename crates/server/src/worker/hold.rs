//! Promises: replies that wait for the disk.

use dialect::Rendering;
use hub::SessionId;
use smol_str::SmolStr;

use super::Worker;
use super::conn::State;
use crate::core::slot_of;
use crate::held::Freed;
use crate::piece;

impl Worker {
    /// What a session is answered from now on promises that everything up to a number is on disk.
    pub(super) fn promise(&mut self, id: SessionId, upto: u64) {
        if upto <= self.shared.disk.kept() {
            return;
        }
        let Some(conn) = self.conns.get_mut(slot_of(id)).filter(|conn| conn.id == id) else { return };
        if conn.held.is_none() {
            self.holding.push(id);
        }
        conn.held.get_or_insert_default().promise(upto);
    }

    /// Has everything written that peers wait for.
    pub(super) fn want(&mut self) {
        if self.wanted > 0 {
            self.shared.disk.want(std::mem::take(&mut self.wanted));
        }
    }

    /// Lets go on what waited for the disk, if it has come further or refuses.
    pub(super) fn release(&mut self) {
        if self.holding.is_empty() {
            return;
        }
        // Asked for first: what comes between is seen here, what comes later wakes.
        self.shared.disk.wake(self.me);
        let (kept, failing) = (self.shared.disk.kept(), self.shared.disk.failing());
        if kept == self.kept && failing.is_none() {
            return;
        }
        self.kept = kept;
        let mut holding = std::mem::take(&mut self.holding);
        holding.retain(|&id| self.release_one(id, kept, failing.as_ref()));
        self.holding = holding;
    }

    /// Says whether it waits for more.
    fn release_one(&mut self, id: SessionId, kept: u64, failing: Option<&SmolStr>) -> bool {
        let slot = slot_of(id);
        let Some(conn) = self.conns.get_mut(slot).filter(|conn| conn.id == id) else { return false };
        let rendering = conn.rendering;
        let Some(held) = &mut conn.held else { return false };
        let freed = match failing {
            None => held.release(kept),
            Some(_) => held.give_up(kept, |piece| piece::open_batches(rendering, piece)),
        };
        conn.state.set(State::HOLDING, held.is_holding());
        let waits = !held.is_over(kept);
        if !waits {
            conn.held = None;
        }
        for freed in freed {
            match (freed, failing) {
                (Freed::Piece(piece), _) => self.put(slot, piece),
                (Freed::NotKept, why) => self.say_not_kept(slot, why.map_or("", SmolStr::as_str)),
            }
        }
        if let Some(conn) = self.conns.get(slot)
            && !conn.state.intersects(State::HOLDING | State::BLOCKED | State::PACED)
        {
            // Even if there is nothing to write: others waited for that.
            self.make_dirty(slot);
        }
        waits
    }

    /// In place of an answer: what was said could not be kept.
    fn say_not_kept(&mut self, slot: usize, why: &str) {
        let Some(conn) = self.conns.get_mut(slot) else { return };
        let (Rendering { dialect, carriage, .. }, mut bytes) = (conn.rendering, Vec::new());
        if let Some(session) = &mut conn.session {
            session.not_kept(why, &mut bytes);
        }
        for piece in piece::pieces(dialect, carriage, &bytes) {
            self.put(slot, piece);
        }
    }
}
