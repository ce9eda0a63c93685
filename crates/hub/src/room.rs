//! Rooms: who is in them, under which rules.

use std::collections::VecDeque;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::facts::Facts;
use crate::lists::Lists;
use crate::order::ById;
use crate::table::UserId;
use crate::{Event, Ranks, Registration, RoomFlags, RoomName, Text, Timestamp, Topic};

/// A room. It is registered or has at least one member, or else it is gone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Room {
    /// As the first to join wrote it.
    pub name: RoomName,
    /// The name of its history.
    pub log: SmolStr,
    pub created: Timestamp,
    /// Tells this room from others of the same name before and after it.
    pub serial: u64,
    /// When its latest event was.
    last: Timestamp,
    pub flags: RoomFlags,
    pub key: Option<Text>,
    pub limit: Option<u32>,
    pub topic: Option<Box<Topic>>,
    pub lists: Lists,
    /// Whose it is; none if it is not registered.
    pub registration: Option<Box<Registration>>,
    /// What its operators say of it.
    pub facts: Facts,
    /// Whether a record of it has been given out and not been taken back.
    pub kept: bool,
    /// What was said last, the oldest first; nothing while all that is said is kept.
    pub recent: VecDeque<Arc<Event>>,
    /// In no particular order.
    pub members: ById<UserId, Ranks>,
}

impl Room {
    pub fn new(
        name: RoomName,
        log: SmolStr,
        created: Timestamp,
        serial: u64,
        last: Timestamp,
        flags: RoomFlags,
    ) -> Self {
        Self {
            name,
            log,
            created,
            serial,
            last,
            flags,
            key: None,
            limit: None,
            topic: None,
            lists: Lists::default(),
            registration: None,
            facts: Facts::new(),
            kept: false,
            recent: VecDeque::new(),
            members: ById::default(),
        }
    }

    /// Keeps what was said, and of that no more than `most` messages.
    pub fn remember(&mut self, said: &Arc<Event>, most: usize) {
        if most > 0 {
            self.recent.push_back(Arc::clone(said));
        }
        while self.recent.len() > most {
            self.recent.pop_front();
        }
    }

    pub fn has(&self, user: UserId) -> bool {
        self.members.contains_key(&user)
    }

    /// The ranks of a member; none of who is not one.
    pub fn ranks(&self, user: UserId) -> Ranks {
        self.members.get(&user).copied().unwrap_or_default()
    }

    pub fn is(&self, flag: RoomFlags) -> bool {
        self.flags.contains(flag)
    }

    /// Whether strangers may not come in: what is said here is not for whoever has the name later.
    pub fn is_closed(&self) -> bool {
        self.is(RoomFlags::INVITE_ONLY) || self.key.is_some()
    }

    pub fn last(&self) -> Timestamp {
        self.last
    }

    /// The time of an event that is asked for at `at`: later than any before it, so that the times of
    /// a room are unique and increasing (`conformance.md` §4).
    pub fn stamp(&mut self, at: Timestamp) -> Timestamp {
        self.last = at.max(self.last.next());
        self.last
    }
}
