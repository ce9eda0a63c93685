//! Connections that speak HTTP first: their requests are answered, one after the other.

use std::sync::Arc;

use hub::{Cause, SessionId};
use transport::http::{self, Parsed};

use super::Worker;
use super::accept::GOING_DOWN;
use super::conn::{State, log};
use crate::clock;
use crate::config::Listen;
use crate::core::slot_of;
use crate::inbox::Post;
use crate::monitor::token::Denied;
use crate::web::{self, Outcome, Page, Place, Reply, View};

impl Worker {
    /// Answers requests. Says whether the connection has become a WebSocket.
    pub(super) fn serve_web(&mut self, slot: usize, now: u64) -> bool {
        loop {
            let conn = &mut self.conns[slot];
            if conn.state.intersects(State::LEAVING | State::CLOSING | State::RECALLING) {
                return false;
            }
            // Who asks and asks, and does not read, is not answered for ever.
            if conn.waiting > 0 && !conn.rest().is_empty() {
                conn.state.insert(State::ASKING);
                return false;
            }
            let upgraded = match http::parse(conn.rest()) {
                Parsed::Incomplete => {
                    self.tidy(slot);
                    return false;
                }
                Parsed::Bad(status) => {
                    let reply = Reply::text(status, status.1).closing();
                    self.reply(slot, reply, false);
                    return false;
                }
                Parsed::Request(request, length) => {
                    conn.taken += length;
                    // For the next one, there is as much time again.
                    conn.opened = now;
                    let conn = &self.conns[slot];
                    let (ip, secure) = (conn.ip, conn.stream.secure());
                    let listen = self.live.config.listen.get(usize::from(conn.listener));
                    let place = Place {
                        pages: listen.is_none_or(Listen::has_pages),
                        origins: listen.map_or(&[], |listen| &listen.allowed_origins[..]),
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
        let answer = Box::new(move |text: Result<String, Denied>| {
            let page = Page {
                reply: web::shown(look, text.as_deref().map_err(|denied| *denied), closes),
                head_only,
            };
            shared.inboxes[me].send(Post::Page(id, Box::new(page)));
        });
        let asked = match shows {
            Some(shows) => self.shared.monitor.ask_showing(look, shows, answer),
            None => self.shared.monitor.ask(look, Box::new(move |text| answer(Ok(text)))),
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
        self.advance(slot, self.watch.millis());
        self.update_interest(slot);
    }

    /// Why nobody should be sent to this server now, if so.
    fn unready(&self) -> Option<String> {
        if self.shared.draining().is_some() {
            return Some(GOING_DOWN.to_owned());
        }
        let why = self.shared.disk.refuses()?;
        Some(format!("what is said can't be stored: {why}"))
    }

    /// Sends an answer.
    pub(super) fn reply(&mut self, slot: usize, reply: Reply, head_only: bool) {
        let closes = reply.closes;
        for piece in reply.pieces(&clock::http_date(), head_only) {
            self.put(slot, piece);
        }
        if closes {
            self.leave(slot, Cause::ConnectionClosed);
        }
    }
}
