//! The hub behind its lock, and the way from its effects to the workers.
//!
//! Whoever holds the lock applies its entries and puts the effects into the inboxes before letting go, so
//! every worker sees effects in the hub's order. What is to be kept is numbered in that order, too, and handed
//! to the thread that writes. Nothing is read or written meanwhile.

use std::sync::Arc;

use dialect::Output;
use hub::{
    Account, Answer, Audience, Census, Command, Effect, Entry, Event, Hub, MessageId, NetworkBan, Query,
    Recall, Recalled, Record, Rejection, RoomId, SayKind, Seen, SessionId, Settings, Timestamp,
};

use crate::control::{Control, Order};
use crate::inbox::{Inbox, Post};
use crate::ledger::{self, Ledger};
use crate::recall::{Job, Jobs, Question};

/// The hub, and which workers have members of which room.
#[derive(Debug)]
pub struct Core {
    hub: Hub,
    /// Members of each room at each worker, by the room's number.
    rooms: Vec<Vec<u32>>,
    workers: usize,
    control: Control,
    ledger: Ledger,
    /// To those who read what is kept.
    jobs: Jobs,
    /// Whether what is said is kept.
    history: bool,
    /// How many messages were said.
    said: u64,
}

/// Posts on their way to the inboxes, one list for each worker.
#[derive(Debug)]
pub struct Staged {
    lists: Vec<List>,
    /// The number of the last record before what is staged now.
    number: u64,
}

/// Posts for one worker, and the number that it was told last.
#[derive(Debug, Default)]
struct List {
    posts: Vec<Post>,
    number: u64,
}

impl Staged {
    /// Lists for so many workers.
    pub fn new(workers: usize) -> Self {
        Self { lists: (0..workers).map(|_| List::default()).collect(), number: 0 }
    }

    fn to(&mut self, session: SessionId, post: Post) {
        self.at(worker_of(session), post);
    }

    fn at(&mut self, worker: usize, post: Post) {
        let Some(list) = self.lists.get_mut(worker) else { return };
        if list.number != self.number {
            list.number = self.number;
            list.posts.push(Post::Number(self.number));
        }
        list.posts.push(post);
    }

    /// Delivers everything, and wakes every worker concerned but the one that does this.
    pub fn deliver(&mut self, inboxes: &[Inbox], me: usize) {
        for (worker, (List { posts, .. }, inbox)) in self.lists.iter_mut().zip(inboxes).enumerate() {
            if !posts.is_empty() {
                inbox.put(posts);
                if worker != me {
                    inbox.waker().wake();
                }
            }
        }
    }
}

/// A session's number: its worker, then its place there, and how often that has been used.
pub fn session_id(worker: usize, slot: usize, generation: u32) -> SessionId {
    SessionId((worker as u64) << 56 | u64::from(generation & 0xff_ffff) << 32 | slot as u64)
}

/// The worker that owns a session.
pub fn worker_of(session: SessionId) -> usize {
    (session.0 >> 56) as usize
}

/// The session's place at its worker.
pub fn slot_of(session: SessionId) -> usize {
    (session.0 & 0xffff_ffff) as usize
}

impl Core {
    /// A hub, with so many workers around it. `history` is whether what is said is kept.
    pub fn new(
        hub: Hub,
        history: bool,
        workers: usize,
        control: Control,
        ledger: Ledger,
        jobs: Jobs,
    ) -> Self {
        Self { hub, rooms: Vec::new(), workers, control, ledger, jobs, history, said: 0 }
    }

    /// Other settings from now on.
    pub fn configure(&mut self, at: Timestamp, settings: Settings) {
        self.history = settings.history;
        let command = Command::Configure(Box::new(settings));
        let entry = Entry { at, id: MessageId::default(), from: SessionId::SERVER, command };
        for effect in self.hub.apply(entry) {
            debug_assert!(matches!(effect, Effect::Keep(_)), "settings concern nobody in particular");
            if let Effect::Keep(record) = effect {
                self.ledger.enter(*record);
            }
        }
    }

    /// The account of this name.
    pub fn account(&self, name: &str) -> Option<Account> {
        self.hub.account(name).cloned()
    }

    /// The account that a certificate belongs to.
    pub fn account_by_certificate(&self, fingerprint: &str) -> Option<Account> {
        self.hub.account_by_certificate(fingerprint).cloned()
    }

    /// All accounts, by name.
    pub fn accounts(&self) -> Vec<Account> {
        self.hub.accounts().cloned().collect()
    }

    /// How many there are.
    pub fn census(&self) -> Census {
        self.hub.census()
    }

    /// How many messages were said.
    pub fn said(&self) -> u64 {
        self.said
    }

    /// Who is behind a session.
    pub fn seen(&self, session: SessionId) -> Option<Seen> {
        self.hub.seen(session)
    }

    /// Bans from the server.
    pub fn bans(&self, now: Timestamp) -> Vec<NetworkBan> {
        self.hub.bans(now).cloned().collect()
    }

    /// Applies a command of the server's own, tells everyone concerned, and gives what it was answered, and the
    /// number up to which everything has to be on disk for that to be true.
    pub fn apply_as_server(
        &mut self,
        at: Timestamp,
        id: MessageId,
        command: Command,
        inboxes: &[Inbox],
    ) -> (Vec<Arc<Event>>, u64) {
        // The server's number is behind those of all workers, and so is its list.
        let mut staged = Staged::new(worker_of(SessionId::SERVER) + 1);
        staged.number = self.ledger.last();
        self.command(Entry { at, id, from: SessionId::SERVER, command }, &mut staged);
        let own = staged.lists.pop().unwrap_or_default();
        staged.deliver(inboxes, usize::MAX);
        let answers = own.posts.into_iter().filter_map(|post| match post {
            Post::Reply(_, event) => Some(event),
            _ => None,
        });
        (answers.collect(), self.ledger.last())
    }

    /// Does what a session wants done, and stages what comes of it.
    pub fn carry_out(
        &mut self,
        at: Timestamp,
        id: MessageId,
        from: SessionId,
        output: Output,
        staged: &mut Staged,
    ) {
        staged.number = self.ledger.last();
        match output {
            Output::Command(command) => self.command(Entry { at, id, from, command }, staged),
            Output::Close(cause) => {
                self.command(Entry { at, id, from, command: Command::Leave { cause } }, staged)
            }
            Output::Query(query) => {
                let answer = self.hub.query(from, at, query);
                staged.to(from, Post::Answer(from, Box::new(answer)));
            }
            Output::Local(bytes) => staged.to(from, Post::Local(from, bytes)),
            Output::Done => staged.to(from, Post::Done(from)),
            Output::Recall(recall) => self.recall(at, from, *recall, staged),
            Output::Check(_) | Output::Private { .. } => {
                debug_assert!(false, "secrets and datagrams are dealt with by the worker");
            }
        }
    }

    /// Has the hub apply a command, unless it would have to be kept and can't be.
    fn command(&mut self, entry: Entry, staged: &mut Staged) {
        let needs_keeping = ledger::needs_keeping(&entry.command, self.history);
        if needs_keeping && let Some(why) = self.ledger.disk().refuses() {
            let refusal = Event::Rejected(Rejection::NotKept(why));
            return staged.to(entry.from, Post::Reply(entry.from, Arc::new(refusal)));
        }
        self.apply(entry, needs_keeping, staged);
    }

    fn apply(&mut self, entry: Entry, needs_keeping: bool, staged: &mut Staged) {
        let from = entry.from;
        let says = matches!(&entry.command, Command::Say(say) if say.kind != SayKind::Signal);
        let effects = self.hub.apply(entry);
        if says
            && !matches!(effects.first(), Some(Effect::Reply(event)) if matches!(**event, Event::Rejected(_)))
        {
            self.said += 1;
        }
        for effect in effects {
            match effect {
                Effect::Reply(event) => staged.to(from, Post::Reply(from, event)),
                Effect::Tell { to, event } => self.tell(to, event, staged),
                Effect::Enter { session, room } => self.enter(session, room, staged),
                Effect::Leave { session, room } => {
                    *self.members(room, worker_of(session)) -= 1;
                    staged.to(session, Post::Leave(session, room));
                }
                Effect::Close { session, cause } => staged.to(session, Post::Close(session, Box::new(cause))),
                Effect::Rehash { session } => self.control.send(Order::Reload { asked_by: Some(session) }),
                Effect::Keep(record) => self.keep(from, *record, needs_keeping, staged),
                Effect::Shutdown => self.control.send(Order::Stop),
            }
        }
    }

    /// Numbers a record. An answer to who asked for something that has to be kept promises that it is.
    fn keep(&mut self, from: SessionId, record: Record, needs_keeping: bool, staged: &mut Staged) {
        let promised = needs_keeping && record.is_promise();
        staged.number = self.ledger.enter(record);
        if promised {
            staged.to(from, Post::Promise(from, staged.number));
        }
    }

    /// Finds out which histories a session may read, and has them read as they are now.
    fn recall(&mut self, at: Timestamp, from: SessionId, recall: Recall, staged: &mut Staged) {
        let target = match &recall {
            Recall::Page { target, .. } | Recall::Find { target, .. } => Some(target.clone()),
            Recall::Search(search) => search.target.clone(),
            Recall::Targets { .. } => None,
        };
        let refused = match self.hub.query(from, at, Query::Reach(target)) {
            Answer::Reach(reach) => {
                let question = Question { session: from, upto: self.ledger.last(), recall, reach: *reach };
                match self.jobs.send(Job::Recall(Box::new(question))) {
                    Ok(()) => return,
                    Err(_) => Recalled::Failed,
                }
            }
            Answer::Rejected(rejection) => Recalled::Rejected(rejection),
            _ => Recalled::Failed,
        };
        staged.to(from, Post::Recalled(from, Box::new(refused)));
    }

    fn enter(&mut self, session: SessionId, room: RoomId, staged: &mut Staged) {
        let worker = worker_of(session);
        let count = self.members(room, worker);
        *count += 1;
        if *count == 1
            && let Some(log) = self.hub.history_of(room)
        {
            staged.at(worker, Post::Room(room, log));
        }
        staged.to(session, Post::Enter(session, room));
    }

    fn tell(&mut self, to: Audience, event: Arc<Event>, staged: &mut Staged) {
        match to {
            Audience::Session(session) => staged.to(session, Post::Tell(session, event)),
            Audience::Sessions(sessions) => {
                for session in sessions {
                    staged.to(session, Post::Tell(session, Arc::clone(&event)));
                }
            }
            Audience::Room { room, except } => {
                for worker in 0..self.workers {
                    if self.has_members(room, worker) {
                        staged.at(worker, Post::TellRoom(room, except, Arc::clone(&event)));
                    }
                }
            }
            Audience::Rooms { rooms, except } => {
                let whom = Arc::new((rooms, except));
                for worker in 0..self.workers {
                    if whom.0.iter().any(|&room| self.has_members(room, worker)) {
                        staged.at(worker, Post::TellRooms(Arc::clone(&whom), Arc::clone(&event)));
                    }
                }
            }
        }
    }

    fn members(&mut self, room: RoomId, worker: usize) -> &mut u32 {
        let room = room.0 as usize;
        if room >= self.rooms.len() {
            self.rooms.resize_with(room + 1, Vec::new);
        }
        let counts = &mut self.rooms[room];
        counts.resize(self.workers, 0);
        &mut counts[worker]
    }

    fn has_members(&self, room: RoomId, worker: usize) -> bool {
        let counts = self.rooms.get(room.0 as usize);
        counts.and_then(|counts| counts.get(worker)).is_some_and(|&count| count > 0)
    }
}

#[cfg(test)]
mod tests;
