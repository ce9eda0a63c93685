//! New connections: who is let in, to which worker, and how the conversation begins.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::atomic::Ordering;

use hub::{Command, Origin};
use smol_str::SmolStr;
use transport::{Accepted, Interest, Peer, Stream, is_exhausted};

use super::conn::{Conn, log};
use super::{LISTENERS, Worker};
use crate::clock;
use crate::config::Listen;
use crate::core::session_id;
use crate::doors::Door;
use crate::inbox::Post;
use crate::web;
use dialect::{Dialect, Output, Rendering};

/// Connections accepted in one go.
const ACCEPTED: usize = 64;
/// The number of the console among the doors, which it is none of.
const CONSOLE: usize = u16::MAX as usize;
/// Milliseconds to rest when no more descriptors are left.
const REST: u64 = 1000;

/// To whoever comes while the server is being drained.
pub(super) const GOING_DOWN: &str = "the server is going down";

/// Why someone is not let in.
pub(super) struct No {
    pub why: String,
    /// Whether that is because there are too many already.
    pub full: bool,
}

impl Worker {
    /// Accepts who waits at a door.
    pub(super) fn accept(&mut self, listener: usize, now: u64) {
        let Door::Stream(_) = &self.listeners[listener] else { return self.hear(listener, now) };
        for _ in 0..ACCEPTED {
            let Door::Stream(door) = &self.listeners[listener] else { return };
            match door.accept() {
                Ok(Some(accepted)) => self.admit(accepted, listener, now),
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "accepting failed");
                    if is_exhausted(&error) {
                        self.rest(listener, now);
                    }
                    return;
                }
            }
        }
    }

    /// Those already here come first: the door is left alone for a while, rather than spun on.
    fn rest(&mut self, listener: usize, now: u64) {
        let token = LISTENERS - listener as u64;
        if self.poll.modify(&self.listeners[listener], token, Interest::NONE).is_ok() {
            self.timers.set(now + REST, hub::SessionId(token));
        }
    }

    /// Looks at a door again.
    pub(super) fn reopen(&mut self, token: u64) {
        let Some(listener) = self.listeners.get((LISTENERS - token) as usize) else { return };
        if let Err(error) = self.poll.modify(listener, token, Interest::READ) {
            tracing::error!(%error, "a listener can't be waited for");
        }
    }

    /// Lets a connection in if the limits allow, at the worker that has fewest.
    fn admit(&mut self, mut accepted: Accepted, listener: usize, now: u64) {
        if let Err(no) = self.may_enter(accepted.peer.ip, listener, now) {
            tracing::info!(peer = %accepted.peer, why = no.why, "refused");
            self.counts.refused += 1;
            // Before a TLS handshake there is nobody to read it; they see the connection close.
            if !self.encrypts(listener) {
                let _ = accepted.stream.write(&self.refusal(listener, &no));
            }
            let _ = accepted.stream.shutdown();
            return;
        }
        let load = |worker: &usize| self.shared.connections[*worker].load(Ordering::Relaxed);
        let least = (0..self.shared.inboxes.len()).min_by_key(load).unwrap_or(self.me);
        self.count(least, listener);
        self.counts.accepted += 1;
        if least == self.me {
            self.adopt(accepted, listener, now);
        } else {
            self.shared.inboxes[least].send(Post::Adopt(Box::new(accepted), listener));
        }
    }

    /// Whether TLS is all that is spoken at a door.
    fn encrypts(&self, listener: usize) -> bool {
        self.live.config.listen.get(listener).is_some_and(|listen| listen.addr.is_tls())
    }

    /// What someone is sent who is not let in.
    fn refusal(&self, listener: usize, no: &No) -> Vec<u8> {
        if self.live.config.listen.get(listener).is_some_and(|listen| listen.addr.is_web()) {
            let reply = web::refusal(&no.why, no.full);
            return reply.pieces(&clock::http_date(), false).flat_map(|piece| piece.to_vec()).collect();
        }
        dialect::refusal(self.dialect_at(listener), &no.why, no.full)
    }

    /// Counts a connection as soon as it is admitted, so that the next one sees it.
    pub(super) fn count(&self, worker: usize, listener: usize) {
        self.shared.connections[worker].fetch_add(1, Ordering::Relaxed);
        self.shared.through[listener].fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the console as a connection that speaks lines. It counts in no limit.
    pub(super) fn open_console(&mut self, stream: OwnedFd) {
        self.shared.connections[self.me].fetch_add(1, Ordering::Relaxed);
        let accepted = Accepted { stream: Stream::Plain(stream), peer: Peer::local(None), tls: None };
        self.adopt(accepted, CONSOLE, self.watch.millis());
    }

    /// What is spoken at a door.
    pub(super) fn dialect_at(&self, listener: usize) -> Dialect {
        if listener == CONSOLE {
            return Dialect::Line;
        }
        self.live.config.listen.get(listener).map(|listen| listen.dialect.or_guess()).unwrap_or_default()
    }

    /// Whether one more may come in.
    pub(super) fn may_enter(&self, ip: Option<IpAddr>, listener: usize, now: u64) -> Result<(), No> {
        let no = |full, why: String| Err(No { why, full });
        // Who looks after the server comes in by the web, until the end.
        if self.shared.draining().is_some() && !self.is_hidden(listener) {
            return no(false, GOING_DOWN.to_owned());
        }
        let limits = &self.live.config.limits;
        let all: usize = self.shared.connections.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        if all >= limits.max_connections {
            return no(true, format!("the server is full ({} connections)", limits.max_connections));
        }
        let most = self.live.config.listen.get(listener).and_then(|listen| listen.max_connections);
        if most.is_some_and(|most| self.shared.through[listener].load(Ordering::Relaxed) >= most) {
            return no(true, "too many connections through this port".to_owned());
        }
        let limits = if self.is_hidden(listener) { self.shared.visits() } else { self.shared.limits() };
        match ip.map(|ip| { limits }.admit(ip, now)) {
            Some(Err(refused)) => no(false, refused.to_string()),
            _ => Ok(()),
        }
    }

    /// Takes a connection that has been admitted.
    pub(super) fn adopt(&mut self, accepted: Accepted, listener: usize, now: u64) {
        let Accepted { stream, peer, tls } = accepted;
        if self.stop_at.is_some() {
            return self.forget(peer.ip, listener as u16, !self.is_hidden(listener));
        }
        self.generation = self.generation.wrapping_add(1);
        let slot = self.conns.vacant_key();
        let id = session_id(self.me, slot, self.generation);
        let mut conn = Conn::new(stream, id, self.dialect_at(listener), listener as u16, now);
        (conn.ip, conn.port) = (peer.ip, peer.port);
        conn.near = peer.is_local();
        conn.entrance = self.entrance(&conn, tls, now).map(Box::new);
        if conn.is_known() {
            conn.begin_talk();
        }
        if let Some(tls) = conn.entrance.as_mut().and_then(|entrance| entrance.tls_at_once()) {
            match conn.stream.start_tls(&tls, &[]) {
                Ok(stream) => conn.stream = stream,
                Err(error) => {
                    self.forget(peer.ip, listener as u16, !self.is_hidden(listener));
                    return tracing::warn!(%peer, %error, "TLS could not begin");
                }
            }
        }
        conn.entrance.take_if(|entrance| entrance.is_passed());
        conn.idle_at = now + self.first_look();
        if let Err(error) = self.poll.add(&conn.stream, id.0, Interest::READ) {
            self.forget(peer.ip, conn.listener, conn.is_known());
            return tracing::warn!(%peer, %error, "a connection can't be waited for");
        }
        log!(DEBUG, conn, port = peer.port, "connected");
        self.timers.set(conn.idle_at, id);
        if let Some(at) = conn.entrance.as_ref().and_then(|entrance| entrance.look_at()) {
            self.timers.set(at, id);
        }
        let known = conn.is_known();
        self.conns.insert(conn);
        if known {
            self.batch.push((id, Output::Command(Command::Connect)));
        }
        self.begin(slot);
    }

    /// Lets the session begin of itself where the server speaks first, once nothing stands before it.
    pub(super) fn begin(&mut self, slot: usize) {
        let conn = &self.conns[slot];
        let waits =
            conn.entrance.is_some() || conn.stream.tls().is_some_and(transport::TlsStream::is_handshaking);
        if conn.session.is_some() || waits || !conn.dialect().speaks_first() {
            return;
        }
        self.open_session(slot);
        let conn = &mut self.conns[slot];
        if let Some(session) = &mut conn.session {
            session.open(clock::now(), &mut self.outputs);
            conn.rendering = Rendering { carriage: conn.rendering.carriage, ..session.rendering() };
            conn.busy = session.busy();
            let id = conn.id;
            self.collect(id);
            self.arm(slot);
        }
    }

    /// Has the session told of a silence when it wants that.
    pub(super) fn arm(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        let (Some(session), Some(talk)) = (&conn.session, &mut conn.talk) else { return };
        talk.silent_at = session.patience().map(|millis| self.watch.millis() + u64::from(millis));
        if let Some(at) = talk.silent_at {
            self.timers.set(at, conn.id);
        }
    }

    /// Whether those who come in here may want something else than to talk.
    fn is_hidden(&self, listener: usize) -> bool {
        self.live.config.listen.get(listener).is_some_and(Listen::takes_http)
    }

    /// A connection is over that the hub knew of, or did not: others may come in its place.
    pub(super) fn forget(&self, ip: Option<IpAddr>, listener: u16, known: bool) {
        if let Some(ip) = ip {
            self.limits(known).release(ip);
        }
        let through = self.shared.through.get(usize::from(listener));
        for counter in through.into_iter().chain([&self.shared.connections[self.me]]) {
            counter.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The conversation begins.
    pub(super) fn open_session(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        if conn.session.is_none() {
            let origin = Origin {
                ip: conn.ip,
                host: self.live.cloak.host(conn.ip),
                handle: None,
                secure: conn.stream.secure() || conn.ip.is_none() || conn.secured(),
                certificate: conn.stream.peer_certificate_fingerprint().map(SmolStr::new),
            };
            let local = conn.talk.as_ref().and_then(|talk| talk.local);
            let listen = self.live.config.listen.get(usize::from(conn.listener));
            let door = dialect::Door {
                origin,
                peer: conn.ip.map(|ip| SocketAddr::new(ip, conn.port)),
                local,
                serial: slot as u32 + 1,
                encoding: listen.map(Listen::reading).unwrap_or_default(),
            };
            conn.session = Some(dialect::open(conn.dialect(), &self.live.dialects, door));
            self.shared.bridge.arrived(conn);
        }
    }
}
