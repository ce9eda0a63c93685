//! Reading: bytes to lines, lines to what the hub is asked.

use dialect::{Busy, Framing, Output};
use hub::{Cause, SessionId};
use smol_str::SmolStr;
use transport::ReadOutcome;

use super::conn::{State, log};
use super::{READ, Worker};
use crate::checks::Asker;
use crate::clock;
use crate::core::slot_of;

/// Input buffers that are kept for the next.
const BUFFERS: usize = 64;

impl Worker {
    /// Reads once what a connection has sent.
    pub(super) fn readable(&mut self, slot: usize, hangup: bool, now: u64) {
        let conn = &mut self.conns[slot];
        if conn.state.contains(State::CLOSING) {
            // Until its last words are written, only a reset is of interest.
            if conn.state.contains(State::LINGERING) || hangup {
                self.linger(slot);
            }
            return;
        }
        if conn.paused() {
            if hangup {
                conn.state.insert(State::BROKEN | State::ENDED);
                self.leave(slot, Cause::ConnectionClosed);
            }
            return;
        }
        // Who has been read in this pass waits until everyone has been written to.
        if !self.dirty.is_empty() && conn.read_pass == self.pass {
            return;
        }
        conn.read_pass = self.pass;
        loop {
            let conn = &mut self.conns[slot];
            match conn.stream.read(&mut self.buffer) {
                Ok(ReadOutcome::Data(count)) => {
                    self.counts.read += count as u64;
                    conn.heard = now;
                    conn.state.remove(State::PINGED);
                    if conn.input.capacity() == 0 {
                        conn.input = self.buffers.pop().unwrap_or_default();
                    }
                    if conn.web.is_none() {
                        conn.input.extend_from_slice(&self.buffer[..count]);
                    } else if !self.unwrap(slot, count) {
                        break;
                    }
                    let conn = &mut self.conns[slot];
                    // TLS may hold more than the poll knows of.
                    if !conn.stream.has_more() || conn.input.len() >= READ {
                        break;
                    }
                }
                Ok(ReadOutcome::WouldBlock) => break,
                Ok(ReadOutcome::Closed) => {
                    conn.state.insert(State::ENDED);
                    break;
                }
                Err(error) => return self.fail(slot, &error),
            }
        }
        self.advance(slot, now);
        // A handshake changes its mind about what it waits for.
        if self.conns[slot].stream.secure() {
            self.update_interest(slot);
        }
    }

    /// Reading or writing failed: the session ends, and nothing more is written.
    pub(super) fn fail(&mut self, slot: usize, error: &std::io::Error) {
        let conn = &mut self.conns[slot];
        log!(DEBUG, conn, %error, "connection failed");
        conn.state.insert(State::BROKEN | State::ENDED);
        conn.outbox.clear(false);
        conn.waiting = 0;
        (conn.behind, conn.held) = (None, None);
        conn.state.remove(State::BEHIND | State::HOLDING);
        self.leave(slot, Cause::Broken(SmolStr::new(error.to_string())));
        self.update_interest(slot);
    }

    /// Takes one line of each connection that is ready.
    pub(super) fn take_lines(&mut self, now: u64) {
        let mut ready = std::mem::take(&mut self.ready);
        for &slot in &ready {
            let slot = slot as usize;
            if let Some(conn) = self.conns.get_mut(slot) {
                conn.state.remove(State::READY);
                if !conn.state.intersects(State::CLOSING | State::LEAVING) {
                    self.take_line(slot, now);
                }
            }
        }
        ready.clear();
        if self.ready.is_empty() {
            self.ready = ready;
        }
    }

    fn take_line(&mut self, slot: usize, now: u64) {
        if !self.is_inside(slot, now) {
            return;
        }
        let conn = &mut self.conns[slot];
        let most = self.live.config.limits.recvq;
        let line = conn.frame().map(|(_, end)| end - conn.taken);
        let has_line = line.is_some();
        if has_line && conn.takes_frames() {
            // Too long is too long, whether or not its end has come already.
            let lines = matches!(conn.dialect().framing(), Framing::Lines | Framing::TelnetLines);
            if lines && line.is_some_and(|length| length > most) {
                return self.leave(slot, Cause::ReceiveQueueFull(most));
            }
            if let Err(until) = conn.allowance.take(now, &self.live.config.fakelag) {
                conn.state.insert(State::LAGGING);
                self.timers.set(until, conn.id);
                return self.update_interest(slot);
            }
            // Lines that had to wait are signs of life too.
            conn.heard = now;
            conn.state.remove(State::PINGED);
            return self.receive(slot);
        }
        let waits = has_line && !conn.takes_frames();
        let answered = conn.busy != Busy::More && !conn.state.intersects(State::RECALLING | State::BEHIND);
        if conn.state.contains(State::ENDED) && answered && !waits {
            return self.end(slot, now);
        }
        if !has_line {
            if conn.rest().len() > most {
                return self.leave(slot, Cause::ReceiveQueueFull(most));
            }
            self.tidy(slot);
        }
        self.update_interest(slot);
    }

    /// Gives the session its next line.
    fn receive(&mut self, slot: usize) {
        self.open_session(slot);
        let conn = &mut self.conns[slot];
        let Some((line, end)) = conn.frame() else { return };
        let Some(session) = &mut conn.session else { return };
        if let Some(held) = &mut conn.held {
            held.next_frame();
        }
        self.counts.frames += 1;
        session.receive(clock::now(), &conn.input[line], &mut self.outputs);
        conn.busy = session.busy();
        conn.taken = end;
        let id = conn.id;
        self.collect(id);
        self.arm(slot);
        // The next line, or else a look at what is left.
        self.make_ready(slot);
    }

    /// The peer has sent its last, and all of it is taken: the session ends, at once or a little later.
    fn end(&mut self, slot: usize, now: u64) {
        let conn = &mut self.conns[slot];
        let id = conn.id;
        if let (Some(session), Some(talk)) = (&mut conn.session, &mut conn.talk) {
            if talk.ends_at.is_some() {
                return;
            }
            let more = session.ended(clock::now(), &mut self.outputs);
            talk.ends_at = Some(now + u64::from(more));
            self.collect(id);
            if more > 0 {
                self.timers.set(now + u64::from(more), id);
                return self.update_interest(slot);
            }
        }
        self.leave(slot, Cause::ConnectionClosed);
    }

    /// Adds a session's outputs to the batch; has secrets checked.
    pub(super) fn collect(&mut self, id: SessionId) {
        let mut outputs = std::mem::take(&mut self.outputs);
        for output in outputs.drain(..) {
            match output {
                Output::Check(check) => {
                    let conn = &self.conns[slot_of(id)];
                    let asker = Asker {
                        session: id,
                        ip: conn.ip,
                        secure: conn.stream.secure(),
                        certificate: conn.stream.peer_certificate_fingerprint(),
                    };
                    if let Some(verdict) = self.shared.checker.check(&self.live, asker, check) {
                        self.judge(id, verdict);
                    }
                }
                Output::Private { seat, bytes, otherwise } => {
                    self.send_apart(slot_of(id), seat, &bytes, &otherwise);
                }
                Output::Close(cause) => self.leave(slot_of(id), cause),
                Output::Recall(recall) => {
                    self.conns[slot_of(id)].state.insert(State::RECALLING);
                    self.batch.push((id, Output::Recall(recall)));
                }
                output => self.batch.push((id, output)),
            }
        }
        // Judging may have put more into a list of its own; it was collected there.
        self.outputs = outputs;
    }

    /// Tells a session what became of its secret.
    pub(super) fn judge(&mut self, id: SessionId, verdict: dialect::Verdict) {
        let slot = slot_of(id);
        if self.conns.get(slot).is_none_or(|conn| conn.id != id) {
            return;
        }
        if let dialect::Verdict::Gateway(origin) = &verdict
            && let Err(why) = self.believe(slot, origin.ip, self.watch.millis())
        {
            return self.turn_away(slot, &why);
        }
        let conn = &mut self.conns[slot];
        if let Some(session) = &mut conn.session {
            session.verdict(verdict, &mut self.outputs);
            conn.busy = session.busy();
            self.collect(id);
            self.make_ready(slot);
        }
    }

    /// Keeps what is left of the input in as little memory as it needs.
    pub(super) fn tidy(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        if conn.taken == 0 && !conn.input.is_empty() {
            return;
        }
        let rest = conn.input.split_off(conn.taken);
        let mut buffer = std::mem::replace(&mut conn.input, rest);
        conn.taken = 0;
        buffer.clear();
        if buffer.capacity() > 0 && buffer.capacity() <= READ && self.buffers.len() < BUFFERS {
            self.buffers.push(buffer);
        }
    }
}
