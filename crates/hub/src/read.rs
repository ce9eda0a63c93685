//! Questions. Everything here reads and nothing writes.

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::room::Room;
use crate::table::UserId;
use crate::{
    Answer, ModeChange, Nick, Privileges, Query, Rejection, RoomFlags, RoomId, RoomName, SessionId, Text,
    Timestamp,
};

/// Most users or rooms that one question looks at, so that none holds up the others for long.
pub(crate) const LOOKED_AT: usize = 1024;

impl Hub {
    /// Answers a question. `now` is the asker's time. Who is not registered may ask only
    /// [`Query::NickTaken`] and [`Query::Counts`], and what concerns its account and metadata.
    pub fn query(&self, from: SessionId, now: Timestamp, query: Query) -> Answer {
        let asker = self.sessions.get(&from).and_then(|session| session.user);
        let answer = match (query, asker) {
            (Query::NickTaken(nick), _) => Ok(Answer::NickTaken(self.nick_taken(from, &nick))),
            (Query::Counts, _) => Ok(Answer::Counts(self.counts())),
            (Query::Marker(target), _) => {
                let at = self.marker(from, &self.fold(&target));
                Ok(Answer::Marker(target, at))
            }
            (Query::Metadata { target, keys }, _) => {
                self.metadata(from, target, keys).map(|(target, facts)| Answer::Metadata(target, facts))
            }
            (Query::Sync(target), _) => {
                self.sync(from, target.clone()).map(|facts| Answer::Sync(target, facts))
            }
            (Query::Subscriptions, _) => Ok(Answer::Subscriptions(self.subscriptions(from))),
            (Query::Account(name), _) => {
                self.account_info(from, name).map(|info| Answer::Account(Box::new(info)))
            }
            (_, None) => Err(Rejection::NotRegistered),
            (query, Some(asker)) => self.answer(asker, from, now, query),
        };
        answer.unwrap_or_else(Answer::Rejected)
    }

    fn answer(
        &self,
        asker: UserId,
        from: SessionId,
        now: Timestamp,
        query: Query,
    ) -> Result<Answer, Rejection> {
        Ok(match query {
            Query::Topic(name) => self.topic(asker, name)?,
            Query::Names(name) => self.names(asker, name),
            Query::RoomModes(name) => self.room_modes(asker, &name)?,
            Query::List(name, kind) => {
                let room = &self.rooms[self.room_called(&name)?];
                Answer::List(room.name.clone(), kind, room.lists.of(kind).to_vec())
            }
            Query::UserModes(nick) => self.user_modes(asker, nick)?,
            Query::Invites => Answer::Invites(self.open_invitations(asker)),
            Query::Who { mask, operators, after, most } => {
                self.who(asker, now, &mask, operators, after, most.max(1))
            }
            Query::Whois(nick) => self.whois(asker, now, nick)?,
            Query::Whowas(nick) => Answer::Whowas(self.former(&nick)),
            Query::Userhost(nicks) => self.userhost(&nicks),
            Query::Ison(nicks) => self.ison(&nicks),
            Query::Rooms { filter, after, most } => self.list(asker, now, &filter, after, most.max(1)),
            Query::Watched => {
                Answer::Watched(self.watched(from).map(|(_, written)| written.clone()).collect())
            }
            Query::WatchStatus => self.watch_status(from),
            Query::NetworkBans => {
                self.can_use(asker, Privileges::BAN)?;
                Answer::NetworkBans(self.bans_in_force(now).cloned().collect())
            }
            Query::Reach(target) => Answer::Reach(Box::new(self.reach(asker, target)?)),
            Query::Access(room) => {
                let (room, access) = self.access(asker, &room)?;
                Answer::Access(room, access)
            }
            Query::Registration(room) => {
                let (room, registration) = self.registration(&room)?;
                Answer::Registration(room, Box::new(registration))
            }
            Query::NickTaken(_)
            | Query::Counts
            | Query::Marker(_)
            | Query::Metadata { .. }
            | Query::Sync(_)
            | Query::Subscriptions
            | Query::Account(_) => return Err(Rejection::NotRegistered),
        })
    }

    /// Not by the user of the asker's own account, which it may yet be a session of.
    fn nick_taken(&self, asker: SessionId, nick: &Nick) -> bool {
        let itself = self.sessions.get(&asker).and_then(|session| session.user);
        let by_other = |user: UserId| {
            let account = self.users[user].who.account.as_ref();
            Some(user) != itself && (account.is_none() || account != self.account_of(asker))
        };
        self.can_be_called(nick).is_err()
            || self.may_own(nick, self.account_of(asker)).is_err()
            || self.find_user(nick.as_str()).is_some_and(by_other)
    }

    fn topic(&self, asker: UserId, name: RoomName) -> Result<Answer, Rejection> {
        let room = &self.rooms[self.room_called(&name)?];
        if !room.has(asker) {
            return Err(Rejection::NotInRoom(room.name.clone()));
        }
        Ok(Answer::Topic(room.name.clone(), room.topic.as_deref().cloned()))
    }

    /// The answer about what may not be seen is that about what does not exist, down to the letters.
    fn names(&self, asker: UserId, name: RoomName) -> Answer {
        let seen = self.find_room(name.as_str()).filter(|room| self.can_see_room(asker, *room));
        let Some(room) = seen else { return Answer::Names(name, None) };
        let names = self.names_of(room, |member| self.can_see_in(asker, member, room));
        match names.members.is_empty() {
            true => Answer::Names(name, None),
            false => Answer::Names(self.rooms[room].name.clone(), Some(names)),
        }
    }

    /// Whether one who asks for the members of a room is shown this one.
    pub(crate) fn can_see_in(&self, asker: UserId, member: UserId, room: RoomId) -> bool {
        !self.users[member].is_invisible() || self.rooms[room].has(asker)
    }

    fn room_modes(&self, asker: UserId, name: &RoomName) -> Result<Answer, Rejection> {
        let room = &self.rooms[self.room_called(name)?];
        let flags = SHOWN.into_iter().filter(|flag| room.is(*flag)).map(|flag| ModeChange::Flag(flag, true));
        let key = room.key.as_ref().map(|key| match room.has(asker) {
            true => ModeChange::Key(Some(key.clone())),
            false => ModeChange::Key(Some(Text::from_static("*"))),
        });
        let limit = room.limit.map(|limit| ModeChange::Limit(Some(limit)));
        let modes = flags.chain(key).chain(limit).collect();
        Ok(Answer::RoomModes { room: room.name.clone(), modes, created: room.created })
    }

    fn user_modes(&self, asker: UserId, nick: SmolStr) -> Result<Answer, Rejection> {
        match self.user_called(nick)? == asker {
            true => Ok(Answer::UserModes(self.users[asker].flags)),
            false => Err(Rejection::NotYourself),
        }
    }

    fn open_invitations(&self, asker: UserId) -> Vec<RoomName> {
        let open = self.users[asker].invitations().iter();
        let rooms =
            open.filter_map(|open| self.rooms.get(open.room).filter(|room| room.serial == open.serial));
        rooms.map(|room: &Room| room.name.clone()).collect()
    }

    fn userhost(&self, nicks: &[SmolStr]) -> Answer {
        let users = nicks.iter().filter_map(|nick| self.find_user(nick)).map(|user| &self.users[user]);
        Answer::Userhost(
            users.map(|user| (user.who.clone(), user.is_operator(), user.away().is_some())).collect(),
        )
    }

    fn ison(&self, nicks: &[SmolStr]) -> Answer {
        let users = nicks.iter().filter_map(|nick| self.find_user(nick));
        Answer::Ison(users.map(|user| self.users[user].who.nick.clone()).collect())
    }

    fn watched(&self, from: SessionId) -> impl Iterator<Item = (&SmolStr, &SmolStr)> {
        self.sessions[&from].watched()
    }

    fn watch_status(&self, from: SessionId) -> Answer {
        let (mut online, mut offline) = (Vec::new(), Vec::new());
        for (folded, written) in self.watched(from) {
            match self.nicks.get(folded) {
                Some(user) => online.push(self.users[*user].who.clone()),
                None => offline.push(written.clone()),
            }
        }
        Answer::WatchStatus { online, offline }
    }
}

/// In the order of their letters: C M i m n s t.
const SHOWN: [RoomFlags; 7] = [
    RoomFlags::NO_CTCP,
    RoomFlags::ACCOUNTS_SPEAK,
    RoomFlags::INVITE_ONLY,
    RoomFlags::MODERATED,
    RoomFlags::MEMBERS_SPEAK,
    RoomFlags::SECRET,
    RoomFlags::TOPIC_LOCKED,
];
