//! What a connection passes before its first frame.
//!
//! ```text
//! accepted ─▶ PROXY header ─▶ TLS ─▶ what is spoken? ─▶ HTTP ─▶ the conversation
//! ```
//! Each only where the door has it. Where what is spoken is told by the first bytes, these may also be those of a
//! TLS handshake. The hub hears of a connection when it is known that it wants to talk, not before.

use std::io;
use std::net::IpAddr;
use std::os::fd::AsFd;
use std::sync::MutexGuard;

use dialect::{Dialect, Output};
use hub::{Cause, Command};
use smol_str::SmolStr;
use transport::proxy::{self, Parsed};
use transport::{AddressLimits, Stream, TlsConfig};

use super::Worker;
use super::accept::GOING_DOWN;
use super::conn::{Conn, State, log};
use super::tick::millis;
use crate::auto::{self, Spoken};
use crate::piece::Piece;
use crate::web;

/// Bytes from which on nobody is waited for who has not made clear what they speak.
const UNTOLD: usize = 512;

/// What is still to be passed.
pub struct Entrance {
    /// A PROXY header: whether it must come, or may.
    proxy: Option<bool>,
    /// TLS that has not begun.
    pub tls: Option<TlsConfig>,
    /// That the first bytes tell what is spoken.
    auto: Option<Auto>,
    /// HTTP, until somebody wants to talk.
    pub http: bool,
    /// Whether the hub knows of the connection.
    pub known: bool,
}

/// Waiting for the first bytes.
struct Auto {
    /// For peers that speak TLS.
    tls: Option<TlsConfig>,
    /// Until when, in milliseconds of the worker's watch.
    until: u64,
}

impl Entrance {
    /// TLS, if nothing stands before it: taken out.
    pub fn tls_at_once(&mut self) -> Option<TlsConfig> {
        if self.proxy.is_none() { self.tls.take() } else { None }
    }

    /// Whether nothing is left.
    pub fn is_passed(&self) -> bool {
        self.proxy.is_none() && self.tls.is_none() && self.auto.is_none() && !self.http
    }

    /// When it is to be looked at, if the peer is silent.
    pub fn look_at(&self) -> Option<u64> {
        self.auto.as_ref().map(|auto| auto.until)
    }
}

impl Worker {
    /// What a new connection has to pass, if anything.
    pub(super) fn entrance(&self, conn: &Conn, tls: Option<TlsConfig>, now: u64) -> Option<Entrance> {
        let listen = self.live.config.listen.get(usize::from(conn.listener))?;
        let nets = &self.live.config.server.proxy_allowed_from;
        let may = conn.ip.is_some_and(|ip| nets.iter().any(|net| net.contains(ip)));
        let proxy = (listen.proxy_protocol || may).then_some(listen.proxy_protocol);
        let (tls, choice) = if listen.addr.is_tls() { (tls, None) } else { (None, tls) };
        let auto = listen.dialect.is_auto().then(|| Auto { tls: choice, until: now + millis(listen.wait) });
        let http = listen.addr.is_web();
        let known = !listen.takes_http();
        Some(Entrance { proxy, tls, auto, http, known }).filter(|entrance| !entrance.is_passed())
    }

    /// Reads what comes before the first frame. Says whether the entrance is passed.
    pub(super) fn enter(&mut self, slot: usize, now: u64) -> bool {
        loop {
            let conn = &mut self.conns[slot];
            let Some(entrance) = &conn.entrance else { return true };
            if conn.state.intersects(State::LEAVING | State::CLOSING) {
                return false;
            }
            let on = if let Some(required) = entrance.proxy {
                self.pass_proxy(slot, required, now)
            } else if entrance.tls.is_some() {
                self.begin_tls(slot)
            } else if entrance.auto.is_some() {
                self.tell_spoken(slot, now)
            } else if entrance.http {
                self.serve_web(slot, now)
            } else {
                conn.entrance = None;
                return true;
            };
            if !on {
                return false;
            }
        }
    }

    /// Goes on with what was read: what is still to be passed, and then the frames.
    pub(super) fn advance(&mut self, slot: usize, now: u64) {
        if self.enter(slot, now) || self.conns[slot].state.contains(State::ENDED) {
            self.begin(slot);
            self.make_ready(slot);
        }
    }

    /// Looks once more at what is to be passed before a frame can be taken. Says whether nothing is.
    pub(super) fn is_inside(&mut self, slot: usize, now: u64) -> bool {
        if self.conns[slot].entrance.is_none() {
            return true;
        }
        if self.enter(slot, now) {
            self.begin(slot);
            return true;
        }
        // Whoever has sent their last gets what they asked for; nothing else can come of it.
        let state = self.conns[slot].state;
        if state.contains(State::ENDED) && !state.intersects(State::ASKING | State::RECALLING) {
            self.leave(slot, Cause::ConnectionClosed);
        }
        self.update_interest(slot);
        false
    }

    fn pass_proxy(&mut self, slot: usize, required: bool, now: u64) -> bool {
        let conn = &self.conns[slot];
        match proxy::parse(conn.rest()) {
            // Where it may come, somebody silent can be a person all the same.
            Parsed::Incomplete if !required && conn.rest().is_empty() && conn.is_silent(now) => {}
            Parsed::Incomplete => return false,
            Parsed::NotProxy if required => {
                self.leave(slot, Cause::ProtocolError("a PROXY header is needed here".into()));
                return false;
            }
            Parsed::NotProxy => {}
            Parsed::Invalid(error) => {
                self.leave(slot, Cause::ProtocolError(SmolStr::new(error.to_string())));
                return false;
            }
            Parsed::Header(header) => {
                self.conns[slot].taken += header.consumed;
                if let Err(why) = self.believe(slot, header.source.map(|source| source.ip()), now) {
                    self.turn_away(slot, &why);
                    return false;
                }
            }
        }
        if let Some(entrance) = &mut self.conns[slot].entrance {
            entrance.proxy = None;
        }
        true
    }

    /// From now on the connection counts as one from the address that a proxy or gateway named.
    ///
    /// # Errors
    /// There are too many of that address.
    pub(super) fn believe(&mut self, slot: usize, ip: Option<IpAddr>, now: u64) -> Result<(), String> {
        let Some(ip) = ip else { return Ok(()) };
        let conn = &self.conns[slot];
        let mut limits = self.limits(conn.is_known());
        let moved = match conn.ip {
            Some(old) => limits.transfer(old, ip, now),
            // Through a socket file it had none until now.
            None => limits.admit(ip, now),
        };
        drop(limits);
        moved.map_err(|refused| refused.to_string())?;
        self.conns[slot].ip = Some(ip);
        Ok(())
    }

    /// Has somebody leave who was let in before it was known who they are, or what they want: said in the words of
    /// what is spoken. Those whom the hub knows are told by it.
    pub(super) fn turn_away(&mut self, slot: usize, why: &str) {
        self.counts.refused += 1;
        let conn = &self.conns[slot];
        log!(INFO, conn, why, "refused");
        match &conn.entrance {
            Some(entrance) if entrance.known || entrance.tls.is_some() => {}
            Some(entrance) if entrance.http => {
                self.reply(slot, web::refusal(why, self.shared.draining().is_some()), false);
            }
            Some(_) => {
                let words = dialect::refusal(conn.dialect(), why, false);
                self.put(slot, Piece::from(&words[..]));
            }
            None => {}
        }
        self.leave(slot, Cause::Refused(why.into()));
    }

    /// Begins TLS with what has been read. What is in it comes with the next reads.
    fn begin_tls(&mut self, slot: usize) -> bool {
        let conn = &mut self.conns[slot];
        let Some(tls) = conn.entrance.as_mut().and_then(|entrance| entrance.tls.take()) else { return true };
        let early = conn.input.split_off(conn.taken);
        conn.input.clear();
        conn.taken = 0;
        // The descriptor moves into the TLS stream, so it is watched anew.
        let begun = conn.stream.as_fd().try_clone_to_owned().and_then(|plain| {
            self.poll.remove(&conn.stream)?;
            conn.stream = Stream::Plain(plain).start_tls(&tls, &early).map_err(io::Error::other)?;
            self.poll.add(&conn.stream, conn.id.0, conn.interest)
        });
        conn.entrance.take_if(|entrance| entrance.is_passed());
        if let Err(error) = begun {
            self.fail(slot, &error);
        }
        false
    }

    /// Looks what is spoken. Who is silent, or sends too little to tell, is taken for a person after a while.
    fn tell_spoken(&mut self, slot: usize, now: u64) -> bool {
        let conn = &mut self.conns[slot];
        let id = conn.id;
        let handshake = conn.stream.tls().is_some_and(transport::TlsStream::is_handshaking);
        let ended = conn.state.contains(State::ENDED);
        let told = auto::tell(conn.rest());
        let enough = conn.rest().len() > UNTOLD;
        let Some(entrance) = &mut conn.entrance else { return true };
        if let Some(auto) = entrance.auto.as_mut().filter(|_| handshake && !ended) {
            // Silence begins when something could be said.
            let listen = &self.live.config.listen[usize::from(conn.listener)];
            auto.until = now + millis(listen.wait);
            self.timers.set(auto.until, id);
            return false;
        }
        let over = ended || enough || entrance.look_at().is_some_and(|until| now >= until);
        let spoken = match told {
            None if over => Spoken::Line,
            Some(spoken) => spoken,
            None => return false,
        };
        if spoken == Spoken::Tls
            && let Some(auto) = &mut entrance.auto
            && auto.tls.is_some()
        {
            // What is in it is told by the first bytes again.
            entrance.tls = auto.tls.take();
            return true;
        }
        entrance.auto = None;
        match spoken {
            Spoken::Http => {
                entrance.http = true;
                conn.rendering.dialect = Dialect::Irc;
            }
            Spoken::Irc => return self.begin_talk(slot, Dialect::Irc, now),
            Spoken::Line | Spoken::Tls => return self.begin_talk(slot, Dialect::Line, now),
        }
        true
    }

    fn begin_talk(&mut self, slot: usize, dialect: Dialect, now: u64) -> bool {
        let conn = &mut self.conns[slot];
        conn.rendering.dialect = dialect;
        conn.begin_talk();
        let Err(why) = self.introduce(slot, now) else { return true };
        self.turn_away(slot, &why);
        false
    }

    /// Tells the hub of a connection that wants to talk. From now on it counts among those.
    ///
    /// # Errors
    /// There are too many of its address, or the server is going down.
    pub(super) fn introduce(&mut self, slot: usize, now: u64) -> Result<(), String> {
        let conn = &mut self.conns[slot];
        let Some(entrance) = conn.entrance.as_mut().filter(|entrance| !entrance.known) else { return Ok(()) };
        if self.shared.draining().is_some() {
            return Err(GOING_DOWN.to_owned());
        }
        if let Some(ip) = conn.ip {
            self.shared.limits().admit(ip, now).map_err(|refused| refused.to_string())?;
        }
        entrance.known = true;
        if let Some(ip) = conn.ip {
            self.shared.visits().release(ip);
        }
        self.batch.push((conn.id, Output::Command(Command::Connect)));
        Ok(())
    }

    /// The connections of each address: of those who talk, or of those who have not begun to.
    pub(super) fn limits(&self, known: bool) -> MutexGuard<'_, AddressLimits> {
        if known { self.shared.limits() } else { self.shared.visits() }
    }

    /// Time has gone by: who has been silent until now is taken for a person.
    pub(super) fn look_at_entrance(&mut self, slot: usize, now: u64) {
        if self.conns[slot].is_silent(now) {
            self.advance(slot, now);
        }
    }
}
