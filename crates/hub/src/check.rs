//! What is true of a hub whatever was asked of it: for tests and fuzzing, not for use.

mod accounts;

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::hub::Hub;
use crate::logs::EXCEPTIONS;
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
        self.check_logs()?;
        self.check_facts()?;
        self.check_watchers()?;
        self.check_accounts()?;
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
        if user.sessions.is_empty() {
            return Ok(());
        }
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
            let owned = room.registration.is_some();
            ensure(owned || !room.members.is_empty(), || format!("{} is empty", room.name))?;
            ensure(room.kept == self.is_kept(id), || format!("{} is kept or not by mistake", room.name))?;
            for user in room.members.keys() {
                let member = self.users.get(*user).is_some_and(|user| user.is_in(id));
                ensure(member, || format!("{} has a member that is not in it", room.name))?;
            }
            let entries = room.lists.len();
            ensure(entries <= self.settings.limits.list_entries, || format!("{entries} masks"))?;
        }
        ensure(names == self.names, || "names and rooms do not agree".to_owned())
    }

    /// No two rooms share a history, and nobody who takes the name of a closed one has that of it.
    fn check_logs(&self) -> Finding {
        let exceptions = self.logs.len();
        ensure(exceptions <= EXCEPTIONS, || format!("{exceptions} exceptions"))?;
        let mut owners = BTreeMap::new();
        for (id, room) in self.rooms.iter() {
            let other = owners.insert(room.log.clone(), id);
            ensure(other.is_none(), || format!("{} has the history of another", room.name))?;
        }
        for (_, room) in self.rooms.iter() {
            let name = self.fold(room.name.as_str());
            let next = self.logs.next(&name);
            ensure(!room.is_closed() || next != room.log, || format!("the next {name} has its history"))?;
            let other = owners.get(&next).map(|owner| &self.rooms[*owner].name);
            ensure(other.is_none_or(|other| *other == room.name), || {
                format!("the next {name} has that of {other:?}")
            })?;
        }
        Ok(())
    }

    fn check_facts(&self) -> Finding {
        let limits = &self.settings.limits;
        for (session, facts) in &self.metadata.newcomers {
            let new = self.sessions.get(session).is_some_and(|session| session.user.is_none());
            ensure(new && (1..=limits.facts).contains(&facts.len()), || {
                format!("{session:?} has {facts:?}")
            })?;
        }
        for (user, facts) in &self.metadata.guests {
            let here = self.users.get(*user).is_some();
            ensure(here && (1..=limits.facts).contains(&facts.len()), || format!("{user:?} has {facts:?}"))?;
        }
        for (session, keys) in &self.metadata.wanted {
            let here = self.sessions.contains_key(session);
            ensure(here && (1..=limits.subscriptions).contains(&keys.len()), || {
                format!("{session:?} wants {keys:?}")
            })?;
        }
        let most = self.rooms.iter().map(|(_, room)| room.facts.len()).max().unwrap_or(0);
        ensure(most <= limits.facts, || format!("{most} facts about a room"))
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
