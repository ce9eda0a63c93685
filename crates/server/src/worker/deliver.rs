//! Delivering: what the hub posted, to sessions and rooms.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use dialect::{Busy, Delivery, Dialect, Rendering};
use hub::{Event, Recalled, RoomId, SayKind, SessionId};
use smallvec::SmallVec;

use super::Worker;
use super::conn::State;
use crate::behind::Sort;
use crate::bridge::Bridge;
use crate::core::slot_of;
use crate::inbox::Post;
use crate::live::Live;
use crate::piece::{self, Piece};

/// An event, encoded for each rendering that is wanted.
struct Encoded<'a> {
    event: &'a Event,
    bridge: &'a Bridge,
    /// The last rendering asked for, and where its bytes are.
    last: Option<(Rendering, usize)>,
    known: Vec<(Rendering, SmallVec<[Piece; 1]>)>,
}

impl<'a> Encoded<'a> {
    fn new(event: &'a Event, bridge: &'a Bridge) -> Self {
        Self { event, bridge, last: None, known: Vec::new() }
    }

    /// The event's pieces in a rendering; none if it is not told there.
    fn pieces(&mut self, rendering: Rendering) -> &[Piece] {
        if let Some((last, at)) = self.last
            && last == rendering
        {
            return &self.known[at].1;
        }
        let wanted = dialect::relevant(rendering, self.event);
        let at = self.known.iter().position(|(known, _)| *known == wanted).unwrap_or_else(|| {
            if wanted.dialect == Dialect::Group {
                self.bridge.shown(self.event);
            }
            let mut bytes = Vec::with_capacity(256);
            dialect::encode(wanted, self.event, &mut bytes);
            let pieces = piece::pieces(wanted.dialect, wanted.carriage, &bytes).collect();
            self.known.push((wanted, pieces));
            self.known.len() - 1
        });
        self.last = Some((rendering, at));
        &self.known[at].1
    }
}

/// What sort of words a delivery leads to.
fn sort(delivery: Delivery<'_>) -> Sort {
    match delivery {
        Delivery::Tell(Event::Said { kind: SayKind::Message | SayKind::Notice, .. }) => Sort::Message,
        Delivery::Tell(_) => Sort::Other,
        _ => Sort::Answer,
    }
}

impl Worker {
    /// Delivers everything that has been posted.
    pub(super) fn drain(&mut self) {
        let mut posts = std::mem::take(&mut self.posts);
        self.shared.inboxes[self.me].take(&mut posts);
        for post in posts.drain(..) {
            self.deliver(post);
        }
        self.posts = posts;
        self.want();
    }

    fn deliver(&mut self, post: Post) {
        match post {
            Post::Number(number) => self.number = number,
            Post::Promise(id, upto) => self.promise(id, upto),
            Post::Reply(id, event) => self.tell(id, Delivery::Reply(&event)),
            Post::Tell(id, event) => self.tell(id, Delivery::Tell(&event)),
            Post::Answer(id, answer) => self.tell(id, Delivery::Answer(&answer)),
            Post::Recalled(id, recalled) => self.recalled(id, &recalled),
            Post::Missed(id, page) => self.missed(id, *page),
            Post::Local(id, bytes) => self.tell(id, Delivery::Local(&bytes)),
            Post::Done(id) => self.tell(id, Delivery::Done),
            Post::TellRoom(room, except, event) => self.tell_room(room, except, &event),
            Post::TellRooms(whom, event) => self.tell_rooms(&whom.0, &whom.1, &event),
            Post::Room(room, log) => self.open_room(room, log),
            Post::Enter(id, room) => self.enter_room(id, room),
            Post::Leave(id, room) => self.leave_room(id, room),
            Post::Close(id, cause) => self.close(id, &cause),
            Post::Private(id, seat, bytes) => self.private(id, seat, &bytes),
            Post::Verdict(id, verdict) => self.judge(id, *verdict),
            Post::Adopt(accepted, listener) => self.adopt(*accepted, listener, self.watch.millis()),
            Post::Console(stream) => self.open_console(stream),
            Post::Errand(errand) => self.run_errand(errand),
            Post::Reconfigure(live) => self.reconfigure(&live),
            Post::Ping(number) => self.shared.answered[self.me].store(number, Ordering::Relaxed),
            Post::Page(id, page) => self.send_page(id, *page),
            Post::Stop => self.stop(),
        }
    }

    /// Delivers to one session, and does what it wants done because of it.
    pub(super) fn tell(&mut self, id: SessionId, delivery: Delivery<'_>) {
        let slot = slot_of(id);
        let Some(conn) = self.conns.get_mut(slot).filter(|conn| conn.id == id) else { return };
        // Behind its farewell there is nothing more to say.
        if conn.state.contains(State::CLOSING) {
            return;
        }
        let Some(session) = &mut conn.session else { return };
        self.scratch.clear();
        if let (Dialect::Group, Delivery::Reply(event) | Delivery::Tell(event)) =
            (conn.rendering.dialect, delivery)
        {
            self.shared.bridge.shown(event);
        }
        session.deliver(delivery, &mut self.scratch, &mut self.outputs);
        conn.rendering = Rendering { carriage: conn.rendering.carriage, ..session.rendering() };
        let was = std::mem::replace(&mut conn.busy, session.busy());
        if let (Some(behind), Delivery::Reply(event) | Delivery::Tell(event)) = (&mut conn.behind, delivery) {
            behind.told_apart(event);
        }
        // Lines that came meanwhile can be taken now.
        if was != Busy::No && conn.busy == Busy::No {
            self.make_ready(slot);
        }
        if !self.scratch.is_empty() {
            let said = std::mem::take(&mut self.scratch);
            self.say(slot, &said, sort(delivery));
            self.scratch = said;
        }
        if !self.outputs.is_empty() {
            self.collect(id);
        }
        // A page of a long answer may have nothing in it: then there is no write to wait for.
        if self.conns[slot].outbox.is_empty() {
            self.resume(slot);
        }
    }

    /// Delivers what a session wanted to know of what was said. It takes frames again.
    fn recalled(&mut self, id: SessionId, recalled: &Recalled) {
        let slot = slot_of(id);
        let Some(conn) = self.conns.get_mut(slot).filter(|conn| conn.id == id) else { return };
        conn.state.remove(State::RECALLING);
        // It could not show that it lives while it took no frame.
        conn.heard = self.watch.millis();
        self.tell(id, Delivery::Recalled(recalled));
        if self.conns.get(slot).is_none_or(|conn| conn.state.contains(State::RECALLING)) {
            return;
        }
        self.tell_aside(slot);
        self.make_ready(slot);
        // It may have fallen behind meanwhile, and have nothing left to write.
        self.make_dirty(slot);
    }

    /// Sends what rooms were told meanwhile.
    pub(super) fn tell_aside(&mut self, slot: usize) {
        let aside = self.conns.get_mut(slot).map(|conn| std::mem::take(&mut conn.aside));
        for piece in aside.into_iter().flatten() {
            self.append(slot, piece, Sort::Other);
        }
    }

    /// Sends a peer something apart from its connection; over the connection if that can't be.
    pub(super) fn send_apart(&mut self, slot: usize, seat: u16, bytes: &[u8], otherwise: &[u8]) {
        let Some(conn) = self.conns.get(slot) else { return };
        // In a browser there is no program beside the connection, whatever it speaks.
        let to = conn.ip.filter(|_| conn.web.is_none()).map(|ip| SocketAddr::new(ip, conn.port));
        if !to.is_some_and(|to| self.shared.bridge.send(seat, to, bytes)) {
            self.push_units(slot, otherwise);
        }
    }

    /// A datagram came for a peer, apart from its connection.
    fn private(&mut self, id: SessionId, seat: u16, bytes: &[u8]) {
        let Some(conn) = self.conns.get_mut(slot_of(id)).filter(|conn| conn.id == id) else { return };
        if let Some(session) = conn.session.as_mut().filter(|_| !conn.state.contains(State::CLOSING)) {
            session.private(seat, bytes, &mut self.outputs);
            self.collect(id);
        }
    }

    fn tell_room(&mut self, room: RoomId, except: Option<SessionId>, event: &Event) {
        let Some(members) = self.rooms.get_mut(room.0 as usize).map(std::mem::take) else { return };
        let shared = Arc::clone(&self.shared);
        let mut encoded = Encoded::new(event, &shared.bridge);
        // Who is left out is known by place, so that the others' numbers are not looked at.
        let except = except.filter(|id| self.conns.get(slot_of(*id)).is_some_and(|conn| conn.id == *id));
        let except = except.map_or(u32::MAX, |id| slot_of(id) as u32);
        let mut told = 0;
        for &slot in &members {
            if slot == except {
                continue;
            }
            let Some(conn) = self.conns.get(slot as usize) else { continue };
            told += 1;
            let pieces = encoded.pieces(conn.rendering);
            if !self.push_live(slot as usize, pieces) {
                self.miss(slot as usize, room, event, pieces);
            }
        }
        self.counts.told += told;
        self.rooms[room.0 as usize] = members;
    }

    fn tell_rooms(&mut self, rooms: &[RoomId], except: &[SessionId], event: &Event) {
        self.mark = self.mark.wrapping_add(1);
        for &id in except {
            if let Some(conn) = self.conns.get_mut(slot_of(id)).filter(|conn| conn.id == id) {
                conn.mark = self.mark;
            }
        }
        let shared = Arc::clone(&self.shared);
        let mut encoded = Encoded::new(event, &shared.bridge);
        let mut told = 0;
        for &room in rooms {
            let Some(members) = self.rooms.get_mut(room.0 as usize).map(std::mem::take) else { continue };
            for &slot in &members {
                let slot = slot as usize;
                let Some(conn) = self.conns.get_mut(slot) else { continue };
                if conn.mark != self.mark {
                    conn.mark = self.mark;
                    told += 1;
                    let pieces = encoded.pieces(conn.rendering);
                    if !self.push_live(slot, pieces) {
                        self.miss(slot, room, event, pieces);
                    }
                }
            }
            self.rooms[room.0 as usize] = members;
        }
        self.counts.told += told;
    }

    fn enter_room(&mut self, id: SessionId, room: RoomId) {
        let at = room.0 as usize;
        if at >= self.rooms.len() {
            self.rooms.resize_with(at + 1, Vec::new);
        }
        self.rooms[at].push(slot_of(id) as u32);
    }

    fn leave_room(&mut self, id: SessionId, room: RoomId) {
        let Some(members) = self.rooms.get_mut(room.0 as usize) else { return };
        let slot = slot_of(id) as u32;
        if let Some(conn) = self.conns.get_mut(slot as usize).filter(|conn| conn.id == id)
            && let Some(behind) = &mut conn.behind
        {
            behind.left(room);
        }
        if let Some(at) = members.iter().position(|&member| member == slot) {
            members.swap_remove(at);
        }
        if members.is_empty() {
            *members = Vec::new();
        }
    }

    fn reconfigure(&mut self, live: &Arc<Live>) {
        self.live = Arc::clone(live);
        self.sendq = live.config.limits.sendq as u32;
        for (_, conn) in &mut self.conns {
            if let Some(session) = &mut conn.session {
                session.reconfigure(&live.dialects);
            }
        }
    }

    /// Lets a session go on that waited for its peer to read.
    pub(super) fn resume(&mut self, slot: usize) {
        let conn = &mut self.conns[slot];
        let waits = State::CLOSING | State::LEAVING | State::HOLDING | State::BEHIND;
        if conn.state.intersects(waits) || conn.busy != Busy::More {
            return;
        }
        let id = conn.id;
        if let Some(session) = &mut conn.session {
            session.resume(&mut self.outputs);
            conn.busy = session.busy();
            self.collect(id);
        }
    }
}
