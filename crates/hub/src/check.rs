//! What is true of a hub whatever was asked of it: for tests and fuzzing, not for use.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::hub::Hub;
use crate::table::UserId;
use crate::{Counts, RoomId, SessionId, UserFlags};

/// Nothing, or what is wrong.
type Finding = Result<(), String>;

impl Hub {
    /// Compares everything that is kept in two places.
    ///
    /// # Errors
    /// What does not agree.
    #[doc(hidden)]
    pub fn check(&self) -> Finding {
        self.check_sessions()?;
        self.check_users()?;
        self.check_rooms()?;
        self.check_watchers()?;
        self.check_counts()
    }

    /// Which sessions belong to which rooms: what `Enter` and `Leave` must have said.
    #[doc(hidden)]
    pub fn audiences(&self) -> BTreeSet<(SessionId, RoomId)> {
        let rooms = self.rooms.iter().flat_map(|(id, room)| room.members.keys().map(move |user| (id, *user)));
        rooms.flat_map(|(room, user)| self.users[user].sessions.iter().map(move |s| (*s, room))).collect()
    }

    fn check_sessions(&self) -> Finding {
        for (id, session) in &self.sessions {
            let user = session.user.map(|user| self.users.get(user));
            let known = user.is_none_or(|user| user.is_some_and(|user| user.sessions.contains(id)));
            ensure(known, || format!("{id:?} belongs to a user that does not know it"))?;
            let count = session.watch_count();
            ensure(count == 0 || session.user.is_some(), || format!("{id:?} watches before it registers"))?;
            ensure(count <= self.settings.limits.watched, || format!("{id:?} watches {count}"))?;
        }
        Ok(())
    }

    fn check_users(&self) -> Finding {
        let mut nicks = BTreeMap::new();
        for (id, user) in self.users.iter() {
            let nick = &user.who.nick;
            nicks.insert(self.fold(nick.as_str()), id);
            ensure(!user.sessions.is_empty(), || format!("{nick} has no session"))?;
            for session in &user.sessions {
                let owner = self.sessions.get(session).and_then(|session| session.user);
                ensure(owner == Some(id), || format!("{nick} has {session:?} of another"))?;
            }
            let rooms: BTreeSet<RoomId> = user.rooms.iter().copied().collect();
            ensure(rooms.len() == user.rooms.len(), || format!("{nick} is in a room twice"))?;
            for room in rooms {
                let member = self.rooms.get(room).is_some_and(|room| room.has(id));
                ensure(member, || format!("{nick} thinks it is in {room:?}"))?;
            }
            let is_operator = user.flags.contains(UserFlags::OPERATOR);
            ensure(is_operator == user.oper().is_some(), || format!("{nick} is half an operator"))?;
            ensure(user.who.bot == user.flags.contains(UserFlags::BOT), || format!("{nick} is half a bot"))?;
            self.check_away(id)?;
        }
        ensure(nicks == self.nicks, || "nicknames and users do not agree".to_owned())?;
        let numbers =
            self.users.iter().map(|(id, user)| (user.who.place.number, id)).collect::<BTreeMap<_, _>>();
        ensure(numbers == self.places.numbers, || "numbers and users do not agree".to_owned())?;
        let seats = self.users.iter().filter_map(|(id, user)| Some((user.who.place.seat?, id)));
        let seats: BTreeMap<_, _> = seats.collect();
        ensure(seats == self.places.seats, || "seats and users do not agree".to_owned())
    }

    fn check_away(&self, id: UserId) -> Finding {
        let user = &self.users[id];
        let texts: Vec<_> = user.sessions.iter().map(|session| self.sessions[session].away()).collect();
        let agrees = match user.away() {
            Some(text) => texts.iter().all(Option::is_some) && texts.contains(&Some(text)),
            None => texts.contains(&None),
        };
        ensure(agrees, || format!("{} and its sessions do not agree about being away", user.who.nick))
    }

    fn check_rooms(&self) -> Finding {
        let mut names = BTreeMap::new();
        for (id, room) in self.rooms.iter() {
            names.insert(self.fold(room.name.as_str()), id);
            ensure(!room.members.is_empty(), || format!("{} is empty", room.name))?;
            for user in room.members.keys() {
                let member = self.users.get(*user).is_some_and(|user| user.is_in(id));
                ensure(member, || format!("{} has a member that is not in it", room.name))?;
            }
            let entries = room.lists.len();
            ensure(entries <= self.settings.limits.list_entries, || format!("{entries} masks"))?;
        }
        ensure(names == self.names, || "names and rooms do not agree".to_owned())
    }

    fn check_watchers(&self) -> Finding {
        let mut watchers: BTreeMap<SmolStr, BTreeSet<SessionId>> = BTreeMap::new();
        for (id, session) in &self.sessions {
            for (folded, _) in session.watched() {
                watchers.entry(folded.clone()).or_default().insert(*id);
            }
        }
        let as_set = |sessions: &SmallVec<[SessionId; 2]>| sessions.iter().copied().collect::<BTreeSet<_>>();
        let kept: BTreeMap<_, _> =
            self.watchers.iter().map(|(nick, sessions)| (nick.clone(), as_set(sessions))).collect();
        ensure(kept == watchers, || "watchers and sessions do not agree".to_owned())
    }

    fn check_counts(&self) -> Finding {
        let with = |flag| self.users.iter().filter(|(_, user)| user.flags.contains(flag)).count();
        let counted = Counts {
            visible: self.users.len() - with(UserFlags::INVISIBLE),
            invisible: with(UserFlags::INVISIBLE),
            operators: with(UserFlags::OPERATOR),
            unknown: self.sessions.values().filter(|session| session.user.is_none()).count(),
            rooms: self.names.len(),
            most: self.tally.most.max(self.users.len()),
        };
        ensure(counted == self.counts(), || format!("{:?} should be {counted:?}", self.counts()))
    }
}

fn ensure(holds: bool, complaint: impl FnOnce() -> String) -> Finding {
    if holds { Ok(()) } else { Err(complaint()) }
}
