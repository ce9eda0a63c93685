//! What reaches a worker from outside: effects of the hub, in the hub's order, and orders of the server.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use dialect::Verdict;
use hub::{Answer, Cause, Event, Recalled, RoomId, SessionId};
use smol_str::SmolStr;
use transport::{Accepted, Waker};

use crate::behind;
use crate::live::Live;
use crate::monitor::measure::Question;
use crate::web::Page;

/// One thing for a worker to do.
#[derive(Debug)]
pub enum Post {
    /// What follows happened behind the record of this number.
    Number(u64),
    /// What a session is answered from now on promises that everything up to this number is on disk.
    Promise(SessionId, u64),
    /// Tell a session what came of its command.
    Reply(SessionId, Arc<Event>),
    /// Tell a session something.
    Tell(SessionId, Arc<Event>),
    /// Tell everyone here in a room, but one session.
    TellRoom(RoomId, Option<SessionId>, Arc<Event>),
    /// Tell everyone here in any of these rooms, once, but these sessions.
    TellRooms(Arc<(Vec<RoomId>, Vec<SessionId>)>, Arc<Event>),
    /// A room has this history ([`hub::LogKey::Room`]). Comes before the first who enters it here.
    Room(RoomId, SmolStr),
    /// A session belongs to a room's audience.
    Enter(SessionId, RoomId),
    /// It no longer does.
    Leave(SessionId, RoomId),
    /// The answer to a session's question.
    Answer(SessionId, Box<Answer>),
    /// What a session wanted to know of what was said.
    Recalled(SessionId, Box<Recalled>),
    /// What a session missed that fell behind, or a part of it.
    Missed(SessionId, Box<behind::Page>),
    /// A session's own words.
    Local(SessionId, Vec<u8>),
    /// All that a session's frame asked for has been posted.
    Done(SessionId),
    /// A session has ended.
    Close(SessionId, Box<Cause>),
    /// A session's peer has sent this to the address of the user with that seat.
    Private(SessionId, u16, Vec<u8>),
    /// A secret has been checked.
    Verdict(SessionId, Box<Verdict>),
    /// A new connection, and the number of the listener it came through.
    Adopt(Box<Accepted>, usize),
    /// The console of whoever started the server.
    Console(OwnedFd),
    /// The operator wants something.
    Errand(Errand),
    /// Other settings from now on.
    Reconfigure(Arc<Live>),
    /// What a connection has asked for over HTTP.
    Page(SessionId, Box<Page>),
    /// Say that this worker answers, with this number.
    Ping(u64),
    /// Say farewell to everyone, and end.
    Stop,
}

/// What the operator wants of every worker.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Say what connections there are.
    Measure(Question),
    /// Tell every user.
    Announce(Arc<Event>),
}

/// A worker's inbox. It has no bound of its own: what is in it comes from frames that workers have read,
/// and each of them reads no more before it has emptied its own.
#[derive(Debug)]
pub struct Inbox {
    posts: Mutex<Vec<Post>>,
    waker: Waker,
}

impl Inbox {
    /// An empty one.
    ///
    /// # Errors
    /// The process or the system is out of descriptors.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { posts: Mutex::default(), waker: Waker::new()? })
    }

    /// What wakes the worker.
    pub fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Appends posts without waking the worker.
    pub fn put(&self, posts: &mut Vec<Post>) {
        self.lock().append(posts);
    }

    /// Appends a post and wakes the worker.
    pub fn send(&self, post: Post) {
        self.lock().push(post);
        self.waker.wake();
    }

    /// How much is in it.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Takes all there is, leaving an empty list with the memory of `emptied`.
    pub fn take(&self, emptied: &mut Vec<Post>) {
        std::mem::swap(&mut *self.lock(), emptied);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Post>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
