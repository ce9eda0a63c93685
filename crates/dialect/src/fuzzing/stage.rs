//! A server in small: what the server's core and its worker do between sessions and hub, in one
//! thread, without sockets or time.
//!
//! ```text
//! line ─▶ session ─▶ batch ─┬─▶ hub ─▶ posts ─▶ sessions, rooms ─▶ ears
//!            ▲ verdicts     │ round: all at once, in order
//!            └──────────────┘
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hub::{
    Answer, Audience, Cause, Command, Counts, Effect, Entry, Event, Hub, MessageId, Query, Recall, Recalled,
    RoomId, SessionId, Timestamp,
};

use super::Finding;
use super::archive::Archive;
use super::lead::{Lead, SEATS};
use super::seat::{Seat, State, seat_of};
use super::world::{BEGINNING, World, verdict};
use crate::{Busy, Delivery, Output, Session, Settings};

/// More turns than any line can need before its session takes the next.
const PATIENCE: usize = 100;

pub(super) struct Stage<'w> {
    world: &'w World,
    settings: Settings,
    hub: Hub,
    archive: Archive,
    seats: Vec<Seat>,
    rooms: BTreeMap<RoomId, BTreeSet<SessionId>>,
    /// What is to be carried to the hub.
    batch: Vec<(SessionId, Output)>,
    posts: Vec<Post>,
    now: Timestamp,
    /// Entries so far.
    count: u64,
}

/// What reaches sessions, in the hub's order.
enum Post {
    Reply(SessionId, Arc<Event>),
    Tell(SessionId, Arc<Event>),
    TellRooms(Vec<RoomId>, Vec<SessionId>, Arc<Event>),
    Enter(SessionId, RoomId),
    Leave(SessionId, RoomId),
    Answer(SessionId, Box<Answer>),
    Recalled(SessionId, Recalled),
    Local(SessionId, Vec<u8>),
    Done(SessionId),
    Close(SessionId, Cause),
    Stop,
}

/// Steps.
impl<'w> Stage<'w> {
    pub fn new(world: &'w World) -> Self {
        let settings = world.dialects();
        let seat = |id| Seat::new(world, &settings, SessionId(id));
        let seats = (0..SEATS as u64).map(seat).collect();
        let mut stage = Self {
            world,
            hub: Hub::new(world.hub()),
            archive: Archive::default(),
            seats,
            settings,
            rooms: BTreeMap::new(),
            batch: Vec::new(),
            posts: Vec::new(),
            now: BEGINNING,
            count: 0,
        };
        for seat in 0..SEATS {
            stage.apply(stage.seats[seat].id, Command::Connect);
        }
        stage
    }

    pub fn step(&mut self, lead: Lead, line: &[u8]) -> Finding {
        self.now.0 += 1;
        if lead.happening {
            return self.happen(lead.seat, line);
        }
        if !lead.together {
            self.round()?;
            self.resume();
        }
        self.make_ready(lead.seat)?;
        let mut outputs = Vec::new();
        self.seats[lead.seat].receive(self.now, line, &mut outputs)?;
        self.collect(lead.seat, outputs, lead.slow);
        Ok(())
    }

    /// Something happens that is not in what the peer says.
    fn happen(&mut self, seat: usize, what: &[u8]) -> Finding {
        match what.first() {
            Some(b'x') => self.leave(seat, Cause::ConnectionClosed),
            Some(b't') => self.leave(seat, Cause::PingTimeout(150)),
            Some(b'p') if self.seats[seat].state != State::Closed => self.seats[seat].ping()?,
            Some(b'v') => self.judge(seat),
            Some(b'h') => self.now.0 += 3_600_000,
            Some(b'r') => self.seats.iter_mut().for_each(|seat| seat.session.reconfigure(&self.settings)),
            _ => return self.round(),
        }
        Ok(())
    }

    /// Everyone still answers; then everyone leaves, and nothing is left of them.
    pub fn finish(mut self) -> Finding {
        for seat in 0..SEATS {
            self.step(Lead { seat, together: false, happening: false, slow: false }, b"PING end")?;
            self.round()?;
            let (last, server) = (&self.seats[seat].ear.last, &self.settings.irc.options.server);
            if !last.ends_with(format!("PONG {server} :end\r\n").as_bytes()) {
                return Err(format!("no PONG, but {:?}", String::from_utf8_lossy(last)));
            }
            self.seats[seat].ear.settle()?;
        }
        (0..SEATS).for_each(|seat| self.leave(seat, Cause::ConnectionClosed));
        self.round()?;
        let nobody = Counts { most: self.counts().most, ..Counts::default() };
        match self.counts() == nobody && self.rooms.is_empty() {
            true => Ok(()),
            false => Err(format!("{:?} are left", self.counts())),
        }
    }
}

/// What a worker does.
impl Stage<'_> {
    /// Waits until a connection takes a line; opens another if it has ended.
    fn make_ready(&mut self, at: usize) -> Finding {
        for _ in 0..PATIENCE {
            let seat = &self.seats[at];
            match (seat.state, seat.busy()) {
                (State::Closed, _) => self.connect(at),
                (State::Leaving, _) => self.round()?,
                _ if seat.spoke => self.round()?,
                (State::Open, Busy::Check) => self.judge(at),
                (State::Open, Busy::More) => {
                    self.resume();
                    self.round()?;
                }
                (State::Open, Busy::No) => return Ok(()),
            }
        }
        Err("a session never takes its next line".to_owned())
    }

    fn connect(&mut self, at: usize) {
        let id = SessionId(self.seats[at].id.0 + SEATS as u64);
        self.seats[at] = Seat::new(self.world, &self.settings, id);
        self.apply(id, Command::Connect);
    }

    /// Puts what a session wants into the batch.
    fn collect(&mut self, at: usize, outputs: Vec<Output>, slow: bool) {
        for output in outputs {
            match output {
                Output::Check(check) if slow => self.seats[at].pending = Some(check),
                Output::Check(check) => {
                    let mut more = Vec::new();
                    self.seats[at].session.verdict(verdict(check), &mut more);
                    self.collect(at, more, false);
                }
                Output::Close(cause) => self.leave(at, cause),
                output => self.batch.push((self.seats[at].id, output)),
            }
        }
    }

    /// Has the session end, once.
    fn leave(&mut self, at: usize, cause: Cause) {
        let seat = &mut self.seats[at];
        if seat.state == State::Open {
            seat.state = State::Leaving;
            self.batch.push((seat.id, Output::Close(cause)));
        }
    }

    /// A slow check ends.
    fn judge(&mut self, at: usize) {
        let mut outputs = Vec::new();
        if self.seats[at].state == State::Open {
            self.seats[at].judge(&mut outputs);
        }
        self.seats[at].spoke |= !outputs.is_empty();
        self.collect(at, outputs, false);
    }

    /// Everyone has read what was written: who has more to say goes on.
    fn resume(&mut self) {
        for at in 0..SEATS {
            let seat = &mut self.seats[at];
            if seat.state == State::Open && seat.busy() == Busy::More && !seat.spoke {
                let mut outputs = Vec::new();
                seat.session.resume(&mut outputs);
                seat.spoke = true;
                self.collect(at, outputs, false);
            }
        }
    }

    /// Has the hub do all that is in the batch, and delivers what comes of it.
    fn round(&mut self) -> Finding {
        while !self.batch.is_empty() {
            for (from, output) in std::mem::take(&mut self.batch) {
                self.carry_out(from, output)?;
            }
            for post in std::mem::take(&mut self.posts) {
                self.deliver(post)?;
            }
        }
        for seat in &mut self.seats {
            seat.spoke = false;
            if seat.state == State::Open && seat.busy() != Busy::No {
                seat.ear.wait()?;
            }
        }
        self.check_counts()
    }

    fn deliver(&mut self, post: Post) -> Finding {
        match post {
            Post::Reply(id, event) => self.tell(id, Delivery::Reply(&event)),
            Post::Tell(id, event) => self.tell(id, Delivery::Tell(&event)),
            Post::Answer(id, answer) => self.tell(id, Delivery::Answer(&answer)),
            Post::Recalled(id, recalled) => self.tell(id, Delivery::Recalled(&recalled)),
            Post::Local(id, bytes) => self.tell(id, Delivery::Local(&bytes)),
            Post::Done(id) => self.tell(id, Delivery::Done),
            Post::TellRooms(rooms, except, event) => self.tell_rooms(&rooms, &except, &event),
            Post::Enter(id, room) => self.enter(id, room),
            Post::Leave(id, room) => self.depart(id, room),
            Post::Close(id, cause) => self.close(id, &cause),
            Post::Stop => (0..SEATS).try_for_each(|at| self.stop(at)),
        }
    }

    /// The server stops. The trial goes on with another, whose hub is new to everyone.
    fn stop(&mut self, at: usize) -> Finding {
        let id = self.seats[at].id;
        self.batch.push((id, Output::Close(Cause::Shutdown)));
        self.close(id, &Cause::Shutdown)
    }

    fn tell(&mut self, id: SessionId, delivery: Delivery<'_>) -> Finding {
        let at = seat_of(id);
        let mut outputs = Vec::new();
        if self.seats[at].id == id {
            self.seats[at].deliver(delivery, &mut outputs)?;
        }
        self.collect(at, outputs, false);
        Ok(())
    }

    fn tell_rooms(&mut self, rooms: &[RoomId], except: &[SessionId], event: &Event) -> Finding {
        let members = |room| self.rooms.get(room).into_iter().flatten().copied();
        let mut listeners: BTreeSet<SessionId> = rooms.iter().flat_map(members).collect();
        listeners.retain(|id| !except.contains(id));
        for id in listeners {
            let seat = &mut self.seats[seat_of(id)];
            if seat.id == id && seat.state != State::Closed {
                seat.tell(event)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, id: SessionId, room: RoomId) -> Finding {
        match self.rooms.entry(room).or_default().insert(id) {
            true => Ok(()),
            false => Err(format!("{id:?} enters {room:?} twice")),
        }
    }

    fn depart(&mut self, id: SessionId, room: RoomId) -> Finding {
        let members = self.rooms.get_mut(&room).ok_or("somebody leaves a room that nobody is in")?;
        let left = members.remove(&id);
        if members.is_empty() {
            self.rooms.remove(&room);
        }
        if left { Ok(()) } else { Err(format!("{id:?} leaves {room:?} without being there")) }
    }

    fn close(&mut self, id: SessionId, cause: &Cause) -> Finding {
        let seat = &mut self.seats[seat_of(id)];
        if seat.id == id { seat.close(cause) } else { Ok(()) }
    }
}

/// What a server's core does.
impl Stage<'_> {
    fn carry_out(&mut self, from: SessionId, output: Output) -> Finding {
        match output {
            Output::Command(command) => self.apply(from, command),
            Output::Close(cause) => self.apply(from, Command::Leave { cause }),
            Output::Query(query) => {
                let answer = self.hub.query(from, self.now, query);
                self.posts.push(Post::Answer(from, Box::new(answer)));
            }
            Output::Local(bytes) => self.posts.push(Post::Local(from, bytes)),
            Output::Done => self.posts.push(Post::Done(from)),
            Output::Recall(recall) => {
                let recalled = self.recall(from, &recall);
                self.posts.push(Post::Recalled(from, recalled));
            }
            Output::Check(_) | Output::Private { .. } => return Err("a check reached the hub".to_owned()),
        }
        self.hub.check()
    }

    fn recall(&mut self, from: SessionId, recall: &Recall) -> Recalled {
        let target = match recall {
            Recall::Page { target, .. } | Recall::Find { target, .. } => Some(target.clone()),
            Recall::Targets { .. } => None,
            Recall::Search(search) => search.target.clone(),
        };
        match self.hub.query(from, self.now, Query::Reach(target)) {
            Answer::Reach(reach) => self.archive.recall(&reach, recall),
            Answer::Rejected(rejection) => Recalled::Rejected(rejection),
            _ => Recalled::Failed,
        }
    }

    fn apply(&mut self, from: SessionId, command: Command) {
        self.count += 1;
        let id = MessageId(u128::from(self.count) << 16);
        for effect in self.hub.apply(Entry { at: self.now, id, from, command }) {
            self.effect(from, effect);
        }
    }

    fn effect(&mut self, from: SessionId, effect: Effect) {
        match effect {
            Effect::Reply(event) => self.posts.push(Post::Reply(from, event)),
            Effect::Tell { to, event } => self.audience(to, event),
            Effect::Enter { session, room } => self.posts.push(Post::Enter(session, room)),
            Effect::Leave { session, room } => self.posts.push(Post::Leave(session, room)),
            Effect::Close { session, cause } => self.posts.push(Post::Close(session, cause)),
            Effect::Rehash { session } => {
                let notice = Arc::new(Event::Notice("The configuration can't be read".into()));
                self.posts.push(Post::Tell(session, notice));
            }
            Effect::Keep(record) => self.archive.keep(&record),
            Effect::Shutdown => self.posts.push(Post::Stop),
        }
    }

    fn audience(&mut self, to: Audience, event: Arc<Event>) {
        match to {
            Audience::Session(session) => self.posts.push(Post::Tell(session, event)),
            Audience::Sessions(sessions) => {
                self.posts
                    .extend(sessions.into_iter().map(|session| Post::Tell(session, Arc::clone(&event))));
            }
            Audience::Room { room, except } => {
                self.posts.push(Post::TellRooms(vec![room], except.into_iter().collect(), event));
            }
            Audience::Rooms { rooms, except } => self.posts.push(Post::TellRooms(rooms, except, event)),
        }
    }

    fn counts(&self) -> Counts {
        match self.hub.query(SessionId(0), self.now, Query::Counts) {
            Answer::Counts(counts) => counts,
            _ => Counts::default(),
        }
    }

    /// Sessions and hub agree on who is here, and on who is in which room.
    fn check_counts(&self) -> Finding {
        let counts = self.counts();
        let open = || self.seats.iter().filter(|seat| seat.state == State::Open);
        let users = open().filter(|seat| seat.session.registered()).count();
        let unknown = open().count() - users;
        if (counts.visible + counts.invisible, counts.unknown) != (users, unknown) {
            return Err(format!("{users} users and {unknown} others, but {counts:?}"));
        }
        let rooms = self.rooms.iter().flat_map(|(room, ids)| ids.iter().map(|id| (*id, *room)));
        match rooms.collect::<BTreeSet<_>>() == self.hub.audiences() {
            true => Ok(()),
            false => Err("rooms and hub do not agree".to_owned()),
        }
    }
}
