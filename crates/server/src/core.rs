//! The hub behind its lock, and the way from its effects to the workers.
//!
//! Whoever holds the lock applies its entries and puts the effects into the inboxes before letting go, so
//! every worker sees effects in the hub's order. Nothing is read or written meanwhile.

use std::sync::Arc;

use dialect::Output;
use hub::{Audience, Command, Effect, Entry, Hub, MessageId, RoomId, SessionId, Timestamp};

use crate::control::{Control, Order};
use crate::inbox::{Inbox, Post};

/// The hub, and which workers have members of which room.
#[derive(Debug)]
pub struct Core {
    hub: Hub,
    /// Members of each room at each worker, by the room's number.
    rooms: Vec<Vec<u32>>,
    workers: usize,
    control: Control,
}

/// Posts on their way to the inboxes, one list for each worker.
#[derive(Debug)]
pub struct Staged(Vec<Vec<Post>>);

impl Staged {
    /// Lists for so many workers.
    pub fn new(workers: usize) -> Self {
        Self((0..workers).map(|_| Vec::new()).collect())
    }

    fn to(&mut self, session: SessionId, post: Post) {
        if let Some(list) = self.0.get_mut(worker_of(session)) {
            list.push(post);
        }
    }

    /// Delivers everything, and wakes every worker concerned but the one that does this.
    pub fn deliver(&mut self, inboxes: &[Inbox], me: usize) {
        for (worker, (posts, inbox)) in self.0.iter_mut().zip(inboxes).enumerate() {
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
    /// An empty hub for so many workers.
    pub fn new(settings: hub::Settings, workers: usize, control: Control) -> Self {
        Self { hub: Hub::new(settings), rooms: Vec::new(), workers, control }
    }

    /// Other settings from now on.
    pub fn configure(&mut self, at: Timestamp, settings: hub::Settings) {
        let command = Command::Configure(Box::new(settings));
        let entry = Entry { at, id: MessageId::default(), from: SessionId(u64::MAX), command };
        let effects = self.hub.apply(entry);
        debug_assert!(effects.is_empty(), "settings concern nobody in particular");
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
        match output {
            Output::Command(command) => self.apply(Entry { at, id, from, command }, staged),
            Output::Close(cause) => {
                self.apply(Entry { at, id, from, command: Command::Leave { cause } }, staged)
            }
            Output::Query(query) => {
                let answer = self.hub.query(from, at, query);
                staged.to(from, Post::Answer(from, Box::new(answer)));
            }
            Output::Local(bytes) => staged.to(from, Post::Local(from, bytes)),
            Output::Done => staged.to(from, Post::Done(from)),
            Output::Check(_) | Output::Private { .. } => {
                debug_assert!(false, "secrets and datagrams are dealt with by the worker");
            }
        }
    }

    fn apply(&mut self, entry: Entry, staged: &mut Staged) {
        let from = entry.from;
        for effect in self.hub.apply(entry) {
            match effect {
                Effect::Reply(event) => staged.to(from, Post::Reply(from, event)),
                Effect::Tell { to, event } => self.tell(to, event, staged),
                Effect::Enter { session, room } => {
                    *self.members(room, worker_of(session)) += 1;
                    staged.to(session, Post::Enter(session, room));
                }
                Effect::Leave { session, room } => {
                    *self.members(room, worker_of(session)) -= 1;
                    staged.to(session, Post::Leave(session, room));
                }
                Effect::Close { session, cause } => staged.to(session, Post::Close(session, Box::new(cause))),
                Effect::Rehash { session } => self.control.send(Order::Reload { asked_by: Some(session) }),
                Effect::Shutdown => self.control.send(Order::Stop),
            }
        }
    }

    fn tell(&mut self, to: Audience, event: Arc<hub::Event>, staged: &mut Staged) {
        match to {
            Audience::Session(session) => staged.to(session, Post::Tell(session, event)),
            Audience::Sessions(sessions) => {
                for session in sessions {
                    staged.to(session, Post::Tell(session, Arc::clone(&event)));
                }
            }
            Audience::Room { room, except } => {
                for (worker, list) in staged.0.iter_mut().enumerate() {
                    if self.has_members(room, worker) {
                        list.push(Post::TellRoom(room, except, Arc::clone(&event)));
                    }
                }
            }
            Audience::Rooms { rooms, except } => {
                let whom = Arc::new((rooms, except));
                for (worker, list) in staged.0.iter_mut().enumerate() {
                    if whom.0.iter().any(|&room| self.has_members(room, worker)) {
                        list.push(Post::TellRooms(Arc::clone(&whom), Arc::clone(&event)));
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
