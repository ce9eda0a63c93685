//! The end of a connection: the last words are written, then it closes.

use hub::{Cause, SessionId};
use transport::ReadOutcome;

use super::Worker;
use super::conn::{State, log};
use crate::core::slot_of;

/// Milliseconds a peer has to take its last words, and to close its end.
const FAREWELL: u64 = 5000;
/// Milliseconds everyone has when the server stops.
const STOPPING: u64 = 3000;
/// Milliseconds of them to close their ends, once all is written to all of them.
const HANGING_UP: u64 = 250;

impl Worker {
    /// The session has ended: tells the peer why, and closes once that is written.
    pub(super) fn close(&mut self, id: SessionId, cause: &Cause) {
        let slot = slot_of(id);
        let Some(conn) = self.conns.get(slot).filter(|conn| conn.id == id) else { return };
        if conn.state.contains(State::CLOSING) {
            return;
        }
        // Who has not said a line yet is told as well, unless it waits for TLS to begin, or it is not known what
        // it speaks.
        if conn.is_known() && conn.entrance.as_ref().is_none_or(|entrance| entrance.tls.is_none()) {
            self.open_session(slot);
        }
        self.tell_aside(slot);
        self.leave_behind(slot);
        let conn = &mut self.conns[slot];
        log!(DEBUG, conn, cause = cause_name(cause), "closing");
        self.scratch.clear();
        if let Some(session) = &mut conn.session {
            session.farewell(cause, &mut self.scratch);
        }
        conn.state.insert(State::CLOSING);
        if matches!(cause, Cause::Quit(_)) {
            conn.state.insert(State::ENDED);
        }
        conn.input = Vec::new();
        conn.taken = 0;
        let last_words = std::mem::take(&mut self.scratch);
        self.push_units(slot, &last_words);
        self.scratch = last_words;
        self.close_web(slot, cause);
        self.make_dirty(slot);
        self.update_interest(slot);
        let until = self.watch.millis() + FAREWELL;
        self.timers.cancel(self.conns[slot].idle_at, id);
        self.timers.set(until, id);
        self.conns[slot].idle_at = until;
    }

    /// One that is behind stays so: it is still told what it alone is to be told, its answers among that.
    fn leave_behind(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        conn.state.remove(State::BEHIND);
        for words in conn.behind.take().into_iter().flat_map(|behind| behind.into_words()) {
            self.tell_words(slot, words);
        }
    }

    /// All is written. Closing a socket with unread input makes the kernel send a reset, which may
    /// overtake the last words: unless the peer has had its say, its end is awaited then.
    pub(super) fn finish(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        if conn.state.contains(State::LINGERING) {
            return;
        }
        if conn.stream.is_datagram() {
            return self.remove(slot);
        }
        let plain = !conn.stream.secure();
        if conn.state.contains(State::BROKEN) || plain && conn.state.contains(State::ENDED) {
            return self.remove(slot);
        }
        let said = conn.stream.shutdown().is_ok_and(|done| done);
        if said && conn.state.contains(State::ENDED) {
            return self.remove(slot);
        }
        conn.state.insert(State::LINGERING);
        self.update_interest(slot);
        self.linger(slot);
    }

    /// Reads and forgets, until the peer closes its end or its time is up.
    pub(super) fn linger(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        match conn.stream.read(&mut self.buffer) {
            Ok(ReadOutcome::Data(_) | ReadOutcome::WouldBlock) => {
                if conn.state.contains(State::LINGERING) && conn.stream.wants_write() {
                    let _ = conn.stream.flush();
                }
                self.update_interest(slot);
            }
            Ok(ReadOutcome::Closed) | Err(_) => self.remove(slot),
        }
    }

    /// Forgets a connection; dropping it closes it.
    pub(super) fn remove(&mut self, slot: usize) {
        // The poll forgets the descriptor when it is closed.
        let Some(conn) = self.conns.try_remove(slot) else { return };
        log!(DEBUG, conn, "closed");
        self.timers.cancel(conn.idle_at, conn.id);
        if let Some(peer) = conn.talk.as_ref().and_then(|talk| talk.peer.clone()) {
            self.peers.remove(&(conn.listener, peer));
        }
        self.shared.bridge.left(&conn);
        self.forget(conn.ip, conn.listener, conn.is_known());
    }

    /// The server stops: nobody new, and a farewell to everyone.
    pub(super) fn stop(&mut self) {
        for door in &self.listeners {
            let _ = self.poll.remove(door);
        }
        self.listeners.clear();
        self.stop_at = Some(self.watch.millis() + STOPPING);
        let everyone: Vec<SessionId> = self.conns.iter().map(|(_, conn)| conn.id).collect();
        for id in everyone {
            self.close(id, &Cause::Shutdown);
        }
    }

    /// While the server stops: nobody is waited for long who has only to close its end.
    pub(super) fn hang_up(&mut self, now: u64) {
        let Some(at) = self.stop_at else { return };
        if self.conns.iter().all(|(_, conn)| conn.state.contains(State::LINGERING)) {
            self.stop_at = Some(at.min(now + HANGING_UP));
        }
    }
}

/// What happened, without what was said.
fn cause_name(cause: &Cause) -> &'static str {
    match cause {
        Cause::Quit(_) => "quit",
        Cause::ConnectionClosed => "connection closed",
        Cause::PingTimeout(_) => "ping timeout",
        Cause::RegistrationTimeout(_) => "registration timeout",
        Cause::SendQueueFull(_) => "send queue full",
        Cause::ReceiveQueueFull(_) => "receive queue full",
        Cause::ProtocolError(_) => "protocol error",
        Cause::Broken(_) => "broken",
        Cause::Killed { .. } => "killed",
        Cause::Banned(_) => "banned",
        Cause::BadPassword => "bad password",
        Cause::Refused(_) => "refused",
        Cause::Shutdown => "shutdown",
    }
}
