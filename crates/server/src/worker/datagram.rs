//! Peers that send datagrams: each is a connection, known by its address.
//!
//! Whoever answers datagrams can be used as a weapon against the address they claim to come from. So only
//! peers of allowed networks are listened to, new ones only at a limited rate, and none is sent more than
//! it has earned by being heard from lately.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use dialect::{Framing, Output};
use hub::Command;
use transport::{DatagramListener, DatagramPeer, DatagramStream, LimitSettings, Stream, Throttle};

use super::Worker;
use super::conn::{Conn, State, Talk, log};
use crate::config::Listen;
use crate::core::session_id;
use crate::doors::Door;

/// Datagrams taken in one go.
const TAKEN: usize = 256;
/// Frames of one peer that wait to be taken.
const WAITING: usize = 16;
/// How often the same datagram is taken in a row, and within how many milliseconds of the last.
const AGAIN: u32 = 8;
const SOON: u64 = 2000;
/// How many times its earning a peer may have in hand.
const SAVINGS: u32 = 4;

impl Worker {
    /// Takes the datagrams that wait at a door.
    pub(super) fn hear(&mut self, listener: usize, now: u64) {
        let Some(Door::Datagrams(door)) = self.listeners.get(listener) else { return };
        let door = Arc::clone(door);
        let gone: Vec<DatagramPeer> = std::iter::from_fn(|| door.unreachable()).collect();
        let mut buffer = std::mem::take(&mut self.buffer);
        for _ in 0..TAKEN {
            match door.receive(&mut buffer) {
                Ok(Some((length, peer))) if length <= buffer.len() => {
                    self.datagram(listener, &door, peer, &buffer[..length], now);
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) if transport::is_nameless(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "receiving a datagram failed");
                    break;
                }
            }
        }
        self.buffer = buffer;
        for peer in gone {
            self.gone(listener, peer);
        }
    }

    /// Nobody is at that address any more. What was sent from there before is heard first: a program may
    /// say something and end before it has been answered.
    fn gone(&mut self, listener: usize, peer: DatagramPeer) {
        if let Some(&slot) = self.peers.get(&(listener as u16, peer)) {
            let slot = slot as usize;
            self.conns[slot].state.insert(State::ENDED);
            self.make_ready(slot);
        }
    }

    fn datagram(
        &mut self,
        listener: usize,
        door: &Arc<DatagramListener>,
        peer: DatagramPeer,
        bytes: &[u8],
        now: u64,
    ) {
        // Of any other length it is none of ours.
        if self.dialect_at(listener).framing() != Framing::Fixed(bytes.len()) {
            return;
        }
        let known = self.peers.get(&(listener as u16, peer.clone())).copied();
        let slot = match known {
            Some(slot) => slot as usize,
            None => match self.admit_peer(listener, door, peer, bytes, now) {
                Some(slot) => slot,
                None => return,
            },
        };
        self.take_datagram(slot, bytes, now);
    }

    /// Lets a peer in if it may come.
    fn admit_peer(
        &mut self,
        listener: usize,
        door: &Arc<DatagramListener>,
        peer: DatagramPeer,
        bytes: &[u8],
        now: u64,
    ) -> Option<usize> {
        if !dialect::may_begin(bytes) || self.stop_at.is_some() {
            return None;
        }
        let ip = peer.ip();
        let listen = self.live.config.listen.get(listener)?;
        let allowed = ip.is_none_or(|ip| listen.allow.iter().any(|net| net.contains(ip)));
        let (logins, idle) = (listen.logins, listen.idle);
        // Nothing is answered: the address may not be the sender's own.
        if !allowed || !self.may_log_in(ip, logins, now) || self.may_enter(ip, listener, now).is_err() {
            tracing::debug!(%peer, "a datagram was not listened to");
            return None;
        }
        self.count(self.me, listener);
        self.counts.accepted += 1;
        self.generation = self.generation.wrapping_add(1);
        let slot = self.conns.vacant_key();
        let id = session_id(self.me, slot, self.generation);
        let stream = Stream::Datagram(Box::new(DatagramStream::new(Arc::clone(door), peer.clone())));
        let mut conn = Conn::new(stream, id, self.dialect_at(listener), listener as u16, now);
        (conn.ip, conn.port) = (ip, peer.addr().map_or(0, |addr| addr.port()));
        conn.talk =
            Some(Box::new(Talk { peer: Some(peer.clone()), local: door.local_addr(), ..Talk::default() }));
        let idle = u64::try_from(idle.get().as_millis()).unwrap_or(u64::MAX);
        conn.idle_at = now + self.first_look().min(idle);
        log!(DEBUG, conn, "connected");
        self.timers.set(conn.idle_at, id);
        self.conns.insert(conn);
        self.peers.insert((listener as u16, peer), slot as u32);
        self.batch.push((id, Output::Command(Command::Connect)));
        self.open_session(slot);
        Some(slot)
    }

    fn may_log_in(&mut self, ip: Option<IpAddr>, most: u32, now: u64) -> bool {
        let Some(ip) = ip else { return true };
        let throttle = Some(Throttle { connections: most, window: 1000 });
        self.logins.set(LimitSettings { throttle, ..LimitSettings::default() });
        let may = self.logins.admit(ip, now).is_ok();
        if may {
            // Only how fast they come counts here.
            self.logins.release(ip);
        }
        may
    }

    fn take_datagram(&mut self, slot: usize, bytes: &[u8], now: u64) {
        let conn = &mut self.conns[slot];
        let Some(talk) = &mut conn.talk else { return };
        if conn.state.intersects(State::CLOSING | State::LEAVING) {
            return;
        }
        conn.heard = now;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let (hash, soon) = (hasher.finish(), now < talk.last_at + SOON);
        talk.again = if hash == talk.last && soon { talk.again + 1 } else { 0 };
        (talk.last, talk.last_at) = (hash, now);
        // At the end of its input, a program may send its last packet again and again.
        if talk.again >= AGAIN || conn.input.len() - conn.taken >= WAITING * bytes.len() {
            return;
        }
        conn.input.extend_from_slice(bytes);
        self.earn(slot);
        self.make_ready(slot);
    }

    /// The peer has been heard from: so much more may be sent to it.
    fn earn(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        let earn =
            self.live.config.listen.get(usize::from(conn.listener)).map_or(1, |listen: &Listen| listen.earn);
        let Some(talk) = &mut conn.talk else { return };
        talk.credit = talk.credit.saturating_add(earn).min(earn.saturating_mul(SAVINGS));
        let missed = std::mem::take(&mut talk.missed);
        if missed > 0 {
            self.note(slot, &format!("you missed {missed} messages while nothing was heard from you"));
        }
    }

    /// Whether a peer may be sent one more datagram. The last one before it may not says so.
    pub(super) fn may_send(&mut self, slot: usize) -> bool {
        let conn = &mut self.conns[slot];
        let Some(talk) =
            conn.talk.as_mut().filter(|talk| talk.peer.as_ref().is_some_and(|peer| peer.ip().is_some()))
        else {
            return true;
        };
        match talk.credit {
            // The notice itself, on its way.
            0 if talk.missed == 0 => true,
            0 => {
                talk.missed = talk.missed.saturating_add(1);
                false
            }
            1 => {
                talk.credit = 0;
                self.note(slot, "say something, or you will be told nothing more");
                if let Some(talk) = &mut self.conns[slot].talk {
                    talk.missed = 1;
                }
                false
            }
            _ => {
                talk.credit -= 1;
                true
            }
        }
    }

    /// Tells a peer something in the server's name.
    fn note(&mut self, slot: usize, text: &str) {
        let mut bytes = Vec::new();
        if let Some(session) = &mut self.conns[slot].session {
            session.notice(text, &mut bytes);
        }
        self.push_units(slot, &bytes);
    }
}
