//! Connections that speak HTTP first: requests are answered, and some become WebSockets.

use std::sync::Arc;

use dialect::Carriage;
use hub::{Cause, SessionId};
use transport::http::{self, Parsed};
use transport::ws::{self, Code, Ended, Handshake, Kind, WebSocket};

use super::Worker;
use super::accept::GOING_DOWN;
use super::conn::{State, log};
use crate::behind::Sort;
use crate::clock;
use crate::config::Listen;
use crate::core::slot_of;
use crate::inbox::Post;
use crate::piece::Piece;
use crate::web::{self, Outcome, Page, Place, Reply, View, Visitor, Web};

/// Bytes that may wait when a ping is answered: whoever pings and does not read is not answered for ever.
const PONGS: u32 = 16 * 1024;

impl Worker {
    /// Answers requests. Says whether the connection has become a WebSocket.
    pub(super) fn serve_web(&mut self, slot: usize, now: u64) -> bool {
        loop {
            let conn = &mut self.conns[slot];
            if conn.state.intersects(State::LEAVING | State::CLOSING | State::RECALLING) {
                return false;
            }
            let upgraded = match http::parse(conn.rest()) {
                Parsed::Incomplete => {
                    self.update_interest(slot);
                    return false;
                }
                Parsed::Bad(status) => {
                    let reply = Reply::text(status, status.1).closing();
                    self.reply(slot, reply, false);
                    return false;
                }
                Parsed::Request(request, length) => {
                    conn.taken += length;
                    let conn = &self.conns[slot];
                    let (ip, secure) = (conn.ip, conn.stream.secure());
                    let local = conn.stream.local_addr().map(|addr| addr.ip());
                    let listen = self.live.config.listen.get(usize::from(conn.listener));
                    let place = Place {
                        pages: listen.is_none_or(Listen::has_pages),
                        origins: listen.map_or(&[], |listen| &listen.allowed_origins[..]),
                        local,
                        config: &self.live.config,
                        site: &self.shared.site,
                        unready: self.unready(),
                        metrics_token: self.shared.metrics_token.is_configured(),
                    };
                    log!(DEBUG, conn, method = request.method, path = request.path, "request");
                    match web::answer(&request, ip, secure, &place) {
                        Outcome::Reply(reply) => {
                            self.reply(slot, reply, request.method == "HEAD");
                            false
                        }
                        Outcome::Look(view) => {
                            self.look_up(slot, view, request.method == "HEAD");
                            false
                        }
                        Outcome::Upgrade(handshake, visitor) => self.upgrade(slot, handshake, visitor, now),
                    }
                }
            };
            if upgraded {
                return true;
            }
        }
    }

    /// Has the monitor answer, if whoever asks may see that. Until then nothing more is taken from them.
    fn look_up(&mut self, slot: usize, view: View, head_only: bool) {
        let (id, me, shared) = (self.conns[slot].id, self.me, Arc::clone(&self.shared));
        let View { look, shows, closes } = view;
        let answer = Box::new(move |text: Option<String>| {
            let page = Page { reply: web::shown(look, text.as_deref(), closes), head_only };
            shared.inboxes[me].send(Post::Page(id, Box::new(page)));
        });
        let asked = match shows {
            Some(shows) => self.shared.monitor.ask_showing(look, shows, answer),
            None => self.shared.monitor.ask(look, Box::new(move |text| answer(Some(text)))),
        };
        match asked {
            true => self.conns[slot].state.insert(State::RECALLING),
            false => self.reply(slot, web::refusal("Too many are asking.", true), head_only),
        }
        self.update_interest(slot);
    }

    /// The monitor has answered.
    pub(super) fn send_page(&mut self, id: SessionId, page: Page) {
        let slot = slot_of(id);
        let Some(conn) = self.conns.get_mut(slot).filter(|conn| conn.id == id) else { return };
        conn.state.remove(State::RECALLING);
        if conn.state.intersects(State::LEAVING | State::CLOSING) {
            return;
        }
        self.reply(slot, page.reply, page.head_only);
        // What was asked meanwhile.
        if self.enter(slot, self.watch.millis()) || self.conns[slot].state.contains(State::ENDED) {
            self.make_ready(slot);
        }
        self.update_interest(slot);
    }

    /// Why nobody should be sent to this server now, if so.
    fn unready(&self) -> Option<String> {
        if self.shared.draining().is_some() {
            return Some(GOING_DOWN.to_owned());
        }
        let failing = self.shared.disk.failing()?;
        Some(format!("what is said can't be stored: {failing}"))
    }

    /// Sends an answer.
    fn reply(&mut self, slot: usize, reply: Reply, head_only: bool) {
        let closes = reply.closes;
        for piece in reply.pieces(&clock::http_date(), head_only) {
            self.put(slot, piece);
        }
        if closes {
            self.leave(slot, Cause::ConnectionClosed);
        }
    }

    /// From now on the connection is a WebSocket.
    fn upgrade(&mut self, slot: usize, handshake: Handshake, visitor: Visitor, now: u64) -> bool {
        let conn = &self.conns[slot];
        if visitor.ip != conn.ip && !self.believe(slot, visitor.ip, now) {
            return false;
        }
        if let Err(refused) = self.introduce(slot, now) {
            self.reply(slot, web::refusal(&refused, self.shared.draining().is_some()), false);
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
        self.take_messages(slot, &early)
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
