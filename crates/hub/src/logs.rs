//! Histories: which one belongs to what, and whose business it is (`conformance.md` §23).
//!
//! A room's history has the name of the room, unless that one is not the business of whoever comes next: the
//! room has taken its history along to another name, or what was said in it was said behind closed doors.
//! Then the next room of that name has another.

use std::collections::BTreeMap;

use smallvec::{SmallVec, smallvec};
use smol_str::{SmolStr, format_smolstr};

use crate::hub::Hub;
use crate::room::Room;
use crate::step::Step;
use crate::table::UserId;
use crate::{LogKey, MessageId, Party, Reach, Record, Rejection, RoomId, RoomName};

/// Most names that are remembered one by one for the other history that their next room has.
pub(crate) const EXCEPTIONS: usize = 10_000;

/// Under this, which is no name of a room, is remembered since when all names have new histories.
const ALL_NAMES: SmolStr = SmolStr::new_static("");

/// Which history the next room of a name has, by folded name, where it is not the usual one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Logs(BTreeMap<SmolStr, SmolStr>);

impl Logs {
    /// The history that the next room of this name has.
    pub fn next(&self, name: &SmolStr) -> SmolStr {
        self.0.get(name).cloned().unwrap_or_else(|| self.usual(name))
    }

    /// The history of all names about which nothing else is said.
    fn usual(&self, name: &SmolStr) -> SmolStr {
        self.0.get(&ALL_NAMES).map_or_else(|| name.clone(), |since| format_smolstr!("{name},{since}"))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// A history that no room has had. No room can be called that, because names have no comma.
fn fresh(name: &str, id: MessageId) -> SmolStr {
    format_smolstr!("{name},{id}")
}

/// The histories of rooms.
impl Hub {
    /// Sees to it that who comes to an open room once it is empty finds its history, and who takes the name
    /// of a closed one does not; also if the server stops before.
    pub(crate) fn settle_log(&mut self, room: RoomId, step: &mut Step) {
        let Room { name, log, .. } = &self.rooms[room];
        let (name, log) = (self.fold(name.as_str()), log.clone());
        match (self.rooms[room].is_closed(), self.logs.next(&name) == log) {
            (true, true) => self.begin_anew(name, step),
            (false, false) => self.set_next_log(name, log, step),
            _ => {}
        }
    }

    /// The next room of this name has a history that no room has had.
    pub(crate) fn begin_anew(&mut self, name: SmolStr, step: &mut Step) {
        let log = fresh(&name, step.entry());
        self.set_next_log(name, log, step);
    }

    fn set_next_log(&mut self, name: SmolStr, log: SmolStr, step: &mut Step) {
        if log == self.logs.usual(&name) {
            self.logs.0.remove(&name);
            return step.keep(Record::Log { name, log: None });
        }
        self.logs.0.insert(name.clone(), log.clone());
        step.keep(Record::Log { name, log: Some(log) });
        if self.logs.len() > EXCEPTIONS {
            self.begin_all_anew(step);
        }
    }

    /// There are too many exceptions: all names begin anew instead, so that none is needed. Rooms that are
    /// there keep their histories.
    fn begin_all_anew(&mut self, step: &mut Step) {
        let since = format_smolstr!("{}", step.entry());
        // First, so that no name has its old history in between.
        step.keep(Record::Log { name: ALL_NAMES, log: Some(since.clone()) });
        for name in std::mem::take(&mut self.logs.0).into_keys().filter(|name| *name != ALL_NAMES) {
            step.keep(Record::Log { name, log: None });
        }
        self.logs.0.insert(ALL_NAMES, since);
    }

    /// Which names have other histories than their own: by name.
    pub(crate) fn saved_logs(&self) -> Vec<(SmolStr, SmolStr)> {
        self.logs.0.iter().map(|(name, log)| (name.clone(), log.clone())).collect()
    }

    /// Undoes [`Hub::saved_logs`].
    pub(crate) fn restore_logs(&mut self, saved: Vec<(SmolStr, SmolStr)>) {
        self.logs.0 = saved.into_iter().collect();
    }
}

/// Whose business they are.
impl Hub {
    /// Which histories a user may read: of the rooms it is in, and its own conversations.
    pub(crate) fn reach(&self, user: UserId, target: Option<SmolStr>) -> Result<Reach, Rejection> {
        let owner = self.party(user);
        let Some(target) = target else {
            let rooms = self.users[user].rooms.iter().map(|room| self.readable(*room)).collect();
            return Ok(Reach { log: None, rooms, owner });
        };
        if !target.starts_with('#') {
            let log = LogKey::Direct { owner: owner.clone(), peer: self.peer_called(&target) };
            return Ok(Reach { log: Some(log), rooms: Vec::new(), owner });
        }
        let room = self.find_room(&target).filter(|room| self.users[user].is_in(*room));
        let (log, name) = self.readable(room.ok_or(Rejection::NoSuchTarget(target))?);
        Ok(Reach { log: Some(log.clone()), rooms: vec![(log, name)], owner })
    }

    fn readable(&self, room: RoomId) -> (LogKey, RoomName) {
        (self.log_of(room), self.rooms[room].name.clone())
    }

    pub(crate) fn log_of(&self, room: RoomId) -> LogKey {
        LogKey::Room(self.rooms[room].log.clone())
    }

    /// What the conversation with somebody of this name, present or not, is filed under.
    pub(crate) fn peer_called(&self, name: &str) -> SmolStr {
        self.find_user(name).map_or_else(|| self.fold(name), |user| self.peer(user))
    }

    /// What conversations with this user are filed under.
    fn peer(&self, user: UserId) -> SmolStr {
        let who = &self.users[user].who;
        self.fold(who.account.as_deref().unwrap_or(who.nick.as_str()))
    }

    /// Both sides of the conversation of two users; one if they are the same.
    pub(crate) fn logs_between(&self, one: UserId, other: UserId) -> SmallVec<[LogKey; 2]> {
        self.both_sides((self.party(one), self.peer(one)), (self.party(other), self.peer(other)))
    }

    /// Both sides of the conversation of a user and an account that nobody here is logged in to.
    pub(crate) fn logs_with_absent(&self, user: UserId, account: SmolStr) -> SmallVec<[LogKey; 2]> {
        let absent = (Party::Account(account.clone()), account);
        self.both_sides((self.party(user), self.peer(user)), absent)
    }

    fn both_sides(&self, one: (Party, SmolStr), other: (Party, SmolStr)) -> SmallVec<[LogKey; 2]> {
        let mine = LogKey::Direct { owner: one.0, peer: other.1 };
        let theirs = LogKey::Direct { owner: other.0, peer: one.1 };
        if mine == theirs { smallvec![mine] } else { smallvec![mine, theirs] }
    }
}

/// For whoever has to find them again.
impl Hub {
    /// The history of a room ([`LogKey::Room`]), which stays the same for as long as the room is there.
    pub fn history_of(&self, room: RoomId) -> Option<SmolStr> {
        self.rooms.get(room).map(|room| room.log.clone())
    }
}
