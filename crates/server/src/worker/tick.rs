//! What time brings: registration and ping timeouts, the end of fakelag, doors to look at again.

use hub::{Cause, SessionId};

use super::Worker;
use super::conn::State;
use crate::clock;
use crate::core::slot_of;

impl Worker {
    /// Looks at everything that is due.
    pub(super) fn tick(&mut self, now: u64) {
        self.unpace(now);
        while let Some(id) = self.timers.due(now) {
            if id.0 > u64::MAX - 1 - u64::from(u16::MAX) {
                self.reopen(id.0);
                continue;
            }
            let slot = slot_of(id);
            if self.conns.get(slot).is_some_and(|conn| conn.id == id) {
                self.look(slot, id, now);
            }
        }
    }

    fn look(&mut self, slot: usize, id: SessionId, now: u64) {
        let conn = &mut self.conns[slot];
        if conn.state.contains(State::LAGGING) {
            conn.state.remove(State::LAGGING);
            self.make_ready(slot);
        }
        self.look_at_entrance(slot, now);
        self.look_at_talk(slot, now);
        self.look_at_reader(slot, now);
        let conn = &mut self.conns[slot];
        if now < conn.idle_at {
            return;
        }
        if conn.state.contains(State::CLOSING) {
            return self.remove(slot);
        }
        let next = if conn.registered() { self.silence(slot, now) } else { self.registration(slot, now) };
        if let (Some(next), Some(conn)) = (next, self.conns.get_mut(slot)) {
            conn.idle_at = next;
            self.timers.set(next, id);
        }
    }

    /// What only the dialects other than `irc` wait for.
    fn look_at_talk(&mut self, slot: usize, now: u64) {
        let conn = &mut self.conns[slot];
        let id = conn.id;
        let Some(talk) = &mut conn.talk else { return };
        if conn.state.intersects(State::CLOSING | State::LEAVING) {
            return;
        }
        if talk.ends_at.is_some_and(|at| now >= at) {
            return self.leave(slot, Cause::ConnectionClosed);
        }
        if talk.silent_at.is_some_and(|at| now >= at)
            && let Some(session) = &mut conn.session
        {
            session.silence(clock::now(), &mut self.outputs);
            conn.busy = session.busy();
            self.collect(id);
            self.arm(slot);
        }
    }

    /// How long a new connection is left alone: it may register any moment, and from then on `ping` counts.
    pub(super) fn first_look(&self) -> u64 {
        self.registration_time().min(millis(self.live.config.server.timeouts.ping))
    }

    fn registration_time(&self) -> u64 {
        millis(self.live.config.server.timeouts.registration)
    }

    /// When a connection that has not registered is looked at next.
    fn registration(&mut self, slot: usize, now: u64) -> Option<u64> {
        let until = self.conns[slot].opened + self.registration_time();
        if now < until {
            return Some(until.min(now + self.first_look()));
        }
        let seconds = self.live.config.server.timeouts.registration.as_secs();
        self.leave(slot, Cause::RegistrationTimeout(seconds));
        None
    }

    /// When a user's silence is looked at next.
    fn silence(&mut self, slot: usize, now: u64) -> Option<u64> {
        let timeouts = &self.live.config.server.timeouts;
        let (ping, disconnect) = (millis(timeouts.ping), millis(timeouts.disconnect));
        let seconds = timeouts.disconnect.as_secs();
        let conn = &mut self.conns[slot];
        // It takes no frame now, however much it says.
        if conn.state.intersects(State::BEHIND | State::RECALLING) {
            return Some(now + ping);
        }
        if !conn.dialect().has_ping() {
            return self.idle(slot, now, ping);
        }
        if now >= conn.heard + disconnect {
            self.leave(slot, Cause::PingTimeout(seconds));
            return None;
        }
        if now < conn.heard + ping {
            return Some(conn.heard + ping);
        }
        let end = conn.heard + disconnect;
        if !conn.state.contains(State::PINGED) {
            conn.state.insert(State::PINGED);
            self.scratch.clear();
            if let Some(session) = &mut conn.session {
                session.ping(&mut self.scratch);
            }
            let question = std::mem::take(&mut self.scratch);
            self.push_units(slot, &question);
            self.scratch = question;
        }
        Some(end)
    }
}

impl Worker {
    /// When a peer is looked at next that can't be asked for a sign of life. The kernel finds out about
    /// connections (keepalive); a peer of datagrams is gone once nothing has come for long enough.
    fn idle(&mut self, slot: usize, now: u64, pause: u64) -> Option<u64> {
        let conn = &self.conns[slot];
        if !conn.stream.is_datagram() {
            return Some(now + pause);
        }
        let idle = self.live.config.listen[usize::from(conn.listener)].idle;
        let end = conn.heard + millis(idle);
        if now < end {
            return Some(end);
        }
        self.leave(slot, Cause::PingTimeout(idle.as_secs()));
        None
    }
}

/// A length of time in milliseconds.
pub(super) fn millis(duration: crate::config::Duration) -> u64 {
    u64::try_from(duration.get().as_millis()).unwrap_or(u64::MAX)
}
