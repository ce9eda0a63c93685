//! Connections that are WebSockets: their messages become frames, and what closes them is told.

use dialect::Carriage;
use hub::Cause;
use transport::ws::{self, Code, Ended, Handshake, Kind, WebSocket};

use super::Worker;
use super::conn::State;
use crate::behind::Sort;
use crate::piece::Piece;
use crate::web::{Visitor, Web};

/// Bytes that may wait when a ping is answered: whoever pings and does not read is not answered for ever.
const PONGS: u32 = 16 * 1024;

impl Worker {
    /// From now on the connection is a WebSocket, unless its address may have no more of them.
    pub(super) fn upgrade(&mut self, slot: usize, handshake: Handshake, visitor: Visitor, now: u64) -> bool {
        let conn = &self.conns[slot];
        let moved = if visitor.ip == conn.ip { Ok(()) } else { self.believe(slot, visitor.ip, now) };
        if let Err(why) = moved.and_then(|()| self.introduce(slot, now)) {
            self.turn_away(slot, &why);
            return false;
        }
        let limit = self.live.config.limits.recvq;
        let conn = &mut self.conns[slot];
        if let Some(entrance) = &mut conn.entrance {
            entrance.http = false;
        }
        let Handshake { answer, kind } = handshake;
        conn.rendering.carriage = carriage(kind.unwrap_or(Kind::Text));
        let socket = WebSocket::new(limit);
        conn.web = Some(Box::new(Web { socket, kind, secure: visitor.secure, closed: false, fault: None }));
        conn.begin_talk();
        conn.opened = now;
        let early = conn.input.split_off(conn.taken);
        conn.input.clear();
        conn.taken = 0;
        self.put(slot, Piece::from(&answer[..]));
        // What comes of that is seen where frames are taken.
        self.take_messages(slot, &early);
        true
    }

    /// Takes what was read from a WebSocket: so many bytes of the buffer. Says whether it goes on.
    pub(super) fn unwrap(&mut self, slot: usize, count: usize) -> bool {
        let buffer = std::mem::take(&mut self.buffer);
        let on = self.take_messages(slot, &buffer[..count]);
        self.buffer = buffer;
        on
    }

    /// Each message becomes a frame of the input: a line, or as many as it has, where lines are spoken.
    fn take_messages(&mut self, slot: usize, bytes: &[u8]) -> bool {
        let conn = &mut self.conns[slot];
        let Some(web) = &mut conn.web else { return true };
        let (dialect, input) = (conn.rendering.dialect, &mut conn.input);
        let mut answers = Vec::new();
        let mut first = None;
        let ended = web.socket.receive(bytes, &mut answers, |kind, message| {
            first.get_or_insert(kind);
            for part in dialect::frames(dialect, message) {
                dialect::unit::push(input, |out| out.extend_from_slice(part));
            }
        });
        // Nothing was agreed: what the peer uses is used towards it.
        if web.kind.is_none() && first.is_some() {
            web.kind = first;
            conn.rendering.carriage = carriage(first.unwrap_or(Kind::Text));
        }
        let over = ended.is_err();
        let cause = match ended {
            Ok(()) => None,
            Err(Ended::Closed) => {
                // It is answered behind the last words: nothing may follow that (RFC 6455 §5.5.1).
                answers.clear();
                web.fault = None;
                conn.state.insert(State::ENDED);
                None
            }
            Err(Ended::TooLarge) => Some(Cause::ReceiveQueueFull(self.live.config.limits.recvq)),
            Err(Ended::Broken(why)) => {
                web.fault = Some(Code::Protocol);
                Some(Cause::ProtocolError(why.into()))
            }
        };
        if !answers.is_empty() && (over || conn.waiting <= PONGS) {
            self.put(slot, Piece::from(&answers[..]));
        }
        if let Some(cause) = cause {
            self.leave(slot, cause);
        }
        !over
    }

    /// The last frame to a WebSocket: why it ends.
    pub(super) fn close_web(&mut self, slot: usize, cause: &Cause) {
        let Some(web) = self.conns[slot].web.as_mut().filter(|web| !web.closed) else { return };
        web.closed = true;
        let (code, reason) = match cause {
            Cause::Quit(_) | Cause::ConnectionClosed => (Code::Normal, ""),
            Cause::Shutdown => (Code::Away, "the server stops"),
            Cause::ReceiveQueueFull(_) => (Code::Size, "a message is too large"),
            Cause::ProtocolError(why) => (Code::Protocol, why.as_str()),
            _ => (Code::Policy, ""),
        };
        let code = web.fault.unwrap_or(code);
        let mut frame = Vec::new();
        ws::close(code, reason, &mut frame);
        // Behind the last words, which may wait for the disk.
        self.push(slot, Piece::from(&frame[..]), Sort::Notice);
    }
}

fn carriage(kind: Kind) -> Carriage {
    match kind {
        Kind::Text => Carriage::Text,
        Kind::Binary => Carriage::Binary,
    }
}
