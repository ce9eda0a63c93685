//! A server in small: what the server's core and its worker do between sessions and hub, in one
//! thread, without sockets or time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hub::{
    Answer, Audience, Cause, Command, Counts, Effect, Entry, Event, Hub, MessageId, Query, RoomId, SessionId,
    Timestamp,
};

use super::super::Finding;
use super::super::world::{BEGINNING, verdict};
use super::ear::ensure;
use super::ledger::Ledger;
use super::seat::{MOST_FRAME, Seat, State};
use super::typing::{frames, marked, packet};
use super::world::World;
use crate::packet::wire::Kind;
use crate::{Busy, Delivery, Dialect, Output, Settings};

/// More turns than any frame can need before its session takes the next.
const PATIENCE: usize = 100;

/// Several sessions around one hub.
pub struct Stage {
    world: World,
    settings: Settings,
    hub: Hub,
    seats: Vec<Seat>,
    rooms: BTreeMap<RoomId, BTreeSet<SessionId>>,
    ledger: Ledger,
    /// What is to be carried to the hub.
    batch: Vec<(SessionId, Output)>,
    posts: Vec<Post>,
    now: Timestamp,
    /// Entries so far, and marks.
    count: u64,
    mark: u32,
}

/// What reaches sessions, in the hub's order.
enum Post {
    Reply(SessionId, Arc<Event>),
    Tell(SessionId, Arc<Event>),
    TellRooms(Vec<RoomId>, Vec<SessionId>, Arc<Event>),
    Enter(SessionId, RoomId),
    Leave(SessionId, RoomId),
    Answer(SessionId, Box<Answer>),
    Local(SessionId, Vec<u8>),
    Done(SessionId),
    Close(SessionId, Cause),
    Stop,
}

/// Steps.
impl Stage {
    /// Everyone has connected, and who speaks IRC is in the lobby; see the module for the letters.
    ///
    /// # Errors
    /// What did not stay true.
    pub fn new(letters: &[u8]) -> Result<Self, String> {
        let world = World::new(letters);
        let settings = world.dialects();
        let seats =
            (0..world.seats.len()).map(|at| Seat::new(&world, &settings, SessionId(at as u64), at)).collect();
        let mut stage = Self {
            hub: Hub::new(world.hub()),
            world,
            settings,
            seats,
            rooms: BTreeMap::new(),
            ledger: Ledger::default(),
            batch: Vec::new(),
            posts: Vec::new(),
            now: BEGINNING,
            count: 0,
            mark: 0,
        };
        for at in 0..stage.seats.len() {
            stage.apply(stage.seats[at].id, Command::Connect)?;
        }
        // Those of IRC first: one of them may open the lobby.
        let mut order: Vec<usize> = (0..stage.seats.len()).collect();
        order.sort_by_key(|&at| stage.world.seats[at] != Dialect::Irc);
        order.into_iter().try_for_each(|at| stage.begin(at))?;
        Ok(stage)
    }

    /// One step of a script.
    ///
    /// # Errors
    /// What did not stay true.
    pub fn step(&mut self, seat: u8, what: u8, rest: &[u8]) -> Finding {
        self.now.0 += 7;
        if seat.is_ascii_digit() {
            self.round()?;
        }
        let at = usize::from(seat & 7) % self.seats.len();
        match what {
            b':' => self.frame(at, rest),
            b' ' => self.typed(at, rest, true),
            b'"' => self.typed(at, rest, false),
            b'p' => self.packet(at, rest),
            b'@' => self.datagram(at, rest),
            b'~' => self.silence(at),
            b'.' => self.ended(at),
            b'x' => {
                self.leave(at, Cause::ConnectionClosed);
                Ok(())
            }
            b'v' => {
                self.judge(at);
                Ok(())
            }
            b'n' if self.seats[at].state == State::Open && self.seats[at].ear.count > 0 => {
                let text: String = String::from_utf8_lossy(rest).chars().take(500).collect();
                self.seats[at].notice(&text)
            }
            b'r' => {
                self.seats.iter_mut().for_each(|seat| seat.session.reconfigure(&self.settings));
                Ok(())
            }
            _ => self.round(),
        }
    }

    /// The units that a seat has been sent since this was asked last; for lines, what was written at once.
    ///
    /// # Errors
    /// What did not stay true until now.
    pub fn heard(&mut self, seat: usize) -> Result<Vec<Vec<u8>>, String> {
        self.round()?;
        Ok(std::mem::take(&mut self.seats[seat].ear.units))
    }

    /// The datagrams that a seat has been sent, each from the virtual user with that seat.
    pub fn datagrams(&mut self, seat: usize) -> Vec<(u16, Vec<u8>)> {
        std::mem::take(&mut self.seats[seat].datagrams)
    }

    /// Everyone leaves, and nothing is left of them.
    pub(super) fn finish(mut self) -> Finding {
        self.round()?;
        for at in 0..self.seats.len() {
            self.make_ready(at)?;
            self.silence(at)?;
            self.round()?;
        }
        (0..self.seats.len()).for_each(|at| self.leave(at, Cause::ConnectionClosed));
        self.round()?;
        let nobody = Counts { most: self.counts().most, ..Counts::default() };
        let empty = self.counts() == nobody && self.rooms.is_empty();
        if empty { Ok(()) } else { Err(format!("{:?} are left", self.counts())) }
    }
}

/// What peers do.
impl Stage {
    fn frame(&mut self, at: usize, frame: &[u8]) -> Finding {
        self.make_ready(at)?;
        let seat = &mut self.seats[at];
        // What is asked for with capabilities is the other simulation's.
        let skipped = seat.dialect == Dialect::Irc && frame.to_ascii_uppercase().starts_with(b"CAP");
        if seat.ended || skipped {
            return Ok(());
        }
        seat.check_memory()?;
        let frame = &frame[..frame.len().min(MOST_FRAME)];
        let lines: Vec<&[u8]> = match seat.dialect {
            Dialect::Irc | Dialect::Line => frame
                .split(|&byte| byte == b'\n')
                .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
                .collect(),
            _ if frame.is_empty() => return Ok(()),
            _ => vec![frame],
        };
        for (count, line) in lines.into_iter().enumerate() {
            if count > 0 {
                self.make_ready(at)?;
            }
            let mut outputs = Vec::new();
            self.seats[at].session.receive(self.now, line, &mut outputs);
            self.seats[at].spoke = true;
            self.collect(at, outputs, self.world.slow)?;
        }
        Ok(())
    }

    /// Somebody types a line, which the program of that dialect sends; with a mark or as it is.
    fn typed(&mut self, at: usize, line: &[u8], mark: bool) -> Finding {
        self.make_ready(at)?;
        self.silence(at)?;
        self.make_ready(at)?;
        let (dialect, id) = (self.seats[at].dialect, self.seats[at].id);
        let mut line = line.to_vec();
        if mark {
            self.mark += 1;
            line = marked(dialect, &line, self.mark);
        }
        let before = self.seats[at].ear.count;
        for frame in frames(dialect, &line) {
            if self.seats[at].id == id {
                self.frame(at, &frame)?;
            }
        }
        if dialect == Dialect::Packet {
            self.make_ready(at)?;
            self.silence(at)?;
        }
        if mark && dialect != Dialect::Irc && self.seats[at].id == id && !self.seats[at].ended {
            self.ledger.typed(self.mark, id, before);
        }
        Ok(())
    }

    fn packet(&mut self, at: usize, rest: &[u8]) -> Finding {
        let [kind, rest @ ..] = rest else { return Ok(()) };
        let kind = match kind {
            b'1' => Kind::Join,
            b'2' => Kind::Chat,
            _ => Kind::Leave,
        };
        let end = rest.iter().position(|&byte| byte == b'=').unwrap_or(rest.len());
        self.frame(at, &packet(kind, &rest[..end], rest.get(end + 1..).unwrap_or_default()))
    }

    fn datagram(&mut self, at: usize, rest: &[u8]) -> Finding {
        let [seat, text @ ..] = rest else { return Ok(()) };
        let mut outputs = Vec::new();
        if self.seats[at].state == State::Open {
            self.seats[at].session.private(u16::from(seat % 16), text, &mut outputs);
        }
        self.collect(at, outputs, false)
    }

    /// Nothing comes for as long as the session has patience.
    fn silence(&mut self, at: usize) -> Finding {
        let mut outputs = Vec::new();
        let seat = &mut self.seats[at];
        if seat.state == State::Open && seat.session.patience().is_some() {
            seat.session.silence(self.now, &mut outputs);
            seat.spoke |= !outputs.is_empty();
        }
        self.collect(at, outputs, self.world.slow)
    }

    /// The peer has sent its last.
    fn ended(&mut self, at: usize) -> Finding {
        self.make_ready(at)?;
        let mut outputs = Vec::new();
        if std::mem::replace(&mut self.seats[at].ended, true) {
            return Ok(());
        }
        let more = self.seats[at].session.ended(self.now, &mut outputs);
        self.collect(at, outputs, self.world.slow)?;
        if more == 0 {
            self.leave(at, Cause::ConnectionClosed);
        }
        Ok(())
    }
}

/// What a worker does.
impl Stage {
    /// A connection begins.
    fn begin(&mut self, at: usize) -> Finding {
        let mut outputs = Vec::new();
        self.seats[at].session.open(self.now, &mut outputs);
        self.collect(at, outputs, false)?;
        if self.seats[at].dialect == Dialect::Irc {
            for line in self.world.introduction(at) {
                self.frame(at, line.as_bytes())?;
            }
        }
        self.round()
    }

    /// Waits until a connection takes a frame; opens another if it has ended.
    fn make_ready(&mut self, at: usize) -> Finding {
        for _ in 0..PATIENCE {
            let seat = &self.seats[at];
            match (seat.state, seat.session.busy()) {
                (State::Closed, _) => self.reconnect(at)?,
                (State::Leaving, _) => self.round()?,
                _ if seat.spoke => self.round()?,
                (State::Open, Busy::Check) => self.judge(at),
                (State::Open, Busy::More) => {
                    let mut outputs = Vec::new();
                    self.seats[at].session.resume(&mut outputs);
                    self.collect(at, outputs, false)?;
                    self.round()?;
                }
                (State::Open, Busy::No) if seat.ended => self.leave(at, Cause::ConnectionClosed),
                (State::Open, Busy::No) => return Ok(()),
            }
        }
        Err("a session never takes its next frame".to_owned())
    }

    fn reconnect(&mut self, at: usize) -> Finding {
        let id = SessionId(self.seats[at].id.0 + self.seats.len() as u64);
        self.ledger.gone(self.seats[at].id);
        let units = std::mem::take(&mut self.seats[at].ear.units);
        self.seats[at] = Seat::new(&self.world, &self.settings, id, at);
        self.seats[at].ear.units = units;
        self.apply(id, Command::Connect)?;
        self.begin(at)
    }

    /// Puts what a session wants into the batch.
    fn collect(&mut self, at: usize, outputs: Vec<Output>, slow: bool) -> Finding {
        for output in outputs {
            match output {
                Output::Check(check) if slow => self.seats[at].pending = Some(check),
                Output::Check(check) => {
                    let mut more = Vec::new();
                    self.seats[at].session.verdict(verdict(check), &mut more);
                    self.collect(at, more, false)?;
                }
                Output::Private { seat, bytes, .. } => self.seats[at].datagram(seat, bytes)?,
                Output::Close(cause) => self.leave(at, cause),
                output => self.batch.push((self.seats[at].id, output)),
            }
        }
        Ok(())
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
        let id = self.seats[at].id;
        self.batch.extend(outputs.into_iter().map(|output| (id, output)));
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
        self.seats.iter_mut().for_each(|seat| seat.spoke = false);
        self.check_counts()?;
        self.check_ledger()
    }

    fn deliver(&mut self, post: Post) -> Finding {
        match post {
            Post::Reply(id, event) => self.tell(id, Delivery::Reply(&event)),
            Post::Tell(id, event) => self.tell(id, Delivery::Tell(&event)),
            Post::Answer(id, answer) => self.tell(id, Delivery::Answer(&answer)),
            Post::Local(id, bytes) => self.tell(id, Delivery::Local(&bytes)),
            Post::Done(id) => self.tell(id, Delivery::Done),
            Post::TellRooms(rooms, except, event) => self.tell_rooms(&rooms, &except, &event),
            Post::Enter(id, room) => {
                let at = self.at(id);
                self.seats[at].ear.enter();
                let new = self.rooms.entry(room).or_default().insert(id);
                ensure(new, "somebody enters a room twice")
            }
            Post::Leave(id, room) => {
                let members = self.rooms.get_mut(&room).ok_or("somebody leaves a room that nobody is in")?;
                let left = members.remove(&id);
                if members.is_empty() {
                    self.rooms.remove(&room);
                }
                ensure(left, "somebody leaves a room without being there")
            }
            Post::Close(id, cause) => self.close(id, &cause),
            Post::Stop => (0..self.seats.len()).try_for_each(|at| {
                let id = self.seats[at].id;
                self.batch.push((id, Output::Close(Cause::Shutdown)));
                self.close(id, &Cause::Shutdown)
            }),
        }
    }

    fn tell(&mut self, id: SessionId, delivery: Delivery<'_>) -> Finding {
        let at = self.at(id);
        let mut outputs = Vec::new();
        if self.seats[at].id == id {
            self.seats[at].deliver(delivery, &mut outputs)?;
        }
        self.collect(at, outputs, false)
    }

    fn tell_rooms(&mut self, rooms: &[RoomId], except: &[SessionId], event: &Event) -> Finding {
        let members = |room| self.rooms.get(room).into_iter().flatten().copied();
        let mut listeners: BTreeSet<SessionId> = rooms.iter().flat_map(members).collect();
        listeners.retain(|id| !except.contains(id));
        for id in listeners {
            let at = self.at(id);
            if self.seats[at].id == id && self.seats[at].state != State::Closed {
                self.seats[at].tell(event)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, id: SessionId, cause: &Cause) -> Finding {
        let at = self.at(id);
        if self.seats[at].id == id { self.seats[at].close(cause) } else { Ok(()) }
    }

    /// Whose place an id is for.
    fn at(&self, id: SessionId) -> usize {
        id.0 as usize % self.seats.len()
    }
}

/// What a server's core does.
impl Stage {
    fn carry_out(&mut self, from: SessionId, output: Output) -> Finding {
        match output {
            Output::Command(command) => self.apply(from, command)?,
            Output::Close(cause) => self.apply(from, Command::Leave { cause })?,
            Output::Query(query) => {
                let answer = self.hub.query(from, self.now, query);
                self.posts.push(Post::Answer(from, Box::new(answer)));
            }
            Output::Local(bytes) => self.posts.push(Post::Local(from, bytes)),
            Output::Done => self.posts.push(Post::Done(from)),
            Output::Check(_) | Output::Private { .. } => return Err("a check reached the hub".to_owned()),
        }
        self.hub.check()
    }

    fn apply(&mut self, from: SessionId, command: Command) -> Finding {
        self.count += 1;
        let id = MessageId(u128::from(self.count) << 16);
        let effects = self.hub.apply(Entry { at: self.now, id, from, command });
        effects.into_iter().try_for_each(|effect| self.effect(from, effect))
    }

    fn effect(&mut self, from: SessionId, effect: Effect) -> Finding {
        match effect {
            Effect::Reply(event) => self.posts.push(Post::Reply(from, event)),
            Effect::Tell { to, event } => {
                if matches!(*event, Event::Said { .. }) {
                    let members = self.hub.audiences();
                    let (seats, count) = (&self.world.seats, self.seats.len());
                    let echoes = |id: SessionId| seats[id.0 as usize % count] == Dialect::Group;
                    self.ledger.say(from, &to, &event, &members, echoes)?;
                }
                self.audience(to, event);
            }
            Effect::Enter { session, room } => self.posts.push(Post::Enter(session, room)),
            Effect::Leave { session, room } => self.posts.push(Post::Leave(session, room)),
            Effect::Close { session, cause } => self.posts.push(Post::Close(session, cause)),
            Effect::Rehash { session } => {
                let notice = Arc::new(Event::Notice("The configuration can't be read".into()));
                self.posts.push(Post::Tell(session, notice));
            }
            Effect::Shutdown => self.posts.push(Post::Stop),
        }
        Ok(())
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
        ensure(rooms.collect::<BTreeSet<_>>() == self.hub.audiences(), "rooms and hub do not agree")
    }

    /// Everyone has heard what it should have heard, once, and in the order in which it was said.
    fn check_ledger(&mut self) -> Finding {
        for seat in &mut self.seats {
            match seat.state {
                State::Closed => self.ledger.gone(seat.id),
                _ => self.ledger.settle(seat.id, &mut seat.ear.marks)?,
            }
        }
        let seats = &self.seats;
        self.ledger.check(|id| {
            let seat = &seats[id.0 as usize % seats.len()];
            let settled = seat.session.registered() && seat.session.patience().is_none();
            settled.then_some(seat.ear.count)
        })
    }
}
