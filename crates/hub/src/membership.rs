//! Entering rooms and leaving them.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::room::Room;
use crate::step::Step;
use crate::table::UserId;
use crate::{
    Audience, Event, ModeChange, Names, Ranks, Rejection, RoomFlags, RoomId, RoomName, SessionId, Text,
    Timestamp,
};

impl Hub {
    pub(crate) fn join(
        &mut self,
        user: UserId,
        name: RoomName,
        key: Option<&Text>,
        names: bool,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = match self.find_room(name.as_str()) {
            Some(room) if self.users[user].is_in(room) => return Ok(()),
            Some(room) => {
                self.can_join(user, room, key)?;
                let rank = self.standing(user, room);
                self.enter(user, room, rank.map_or(Ranks::empty(), Ranks::from), step);
                room
            }
            None => {
                self.can_create_room(user, &name)?;
                let room = self.create_room(name, step);
                self.enter(user, room, Ranks::OPERATOR, step);
                room
            }
        };
        // An invitation is good for one time.
        self.users[user].keep_invitations(|invitation| invitation.room != room);
        self.welcome(user, room, names, step);
        self.tell_standing(user, room, step);
        Ok(())
    }

    fn create_room(&mut self, name: RoomName, step: &mut Step) -> RoomId {
        let folded = self.fold(name.as_str());
        self.created += 1;
        let (log, flags) = (self.logs.next(&folded), self.settings.room_flags);
        let room = self.rooms.insert(Room::new(name, log, step.at, self.created, self.floor, flags));
        self.names.insert(folded, room);
        self.settle_log(room, step);
        room
    }

    /// Makes the user a member and tells the others. They are told before its sessions enter the
    /// audience, because those are told apart.
    fn enter(&mut self, user: UserId, room: RoomId, ranks: Ranks, step: &mut Step) {
        let at = self.rooms[room].stamp(step.at);
        let joined = self.joined(user, room, at, step);
        self.keep_in(room, user, &joined, step);
        if !self.rooms[room].members.is_empty() {
            step.tell_room(room, None, joined.clone());
        }
        let member = &mut self.users[user];
        step.enter(&member.sessions, room);
        step.tell_own(&member.sessions, joined);
        member.rooms.push(room);
        self.tell_facts_of_newcomer(user, room, step);
        self.rooms[room].members.insert(user, ranks);
        if self.stays(user) {
            step.touch_user(user);
            step.touch_room(room);
        }
    }

    /// Tells that the newcomer has a rank, if it came by that otherwise than by being the first.
    fn tell_standing(&mut self, user: UserId, room: RoomId, step: &mut Step) {
        if let Some(rank) = self.standing(user, room) {
            let nick = SmolStr::new(self.users[user].who.nick.as_str());
            self.tell_modes(user, room, vec![ModeChange::Rank(rank, true, nick)], step);
        }
    }

    /// Tells the newcomer what it found: the session that asked, and the user's others.
    fn welcome(&self, user: UserId, room: RoomId, names: bool, step: &mut Step) {
        let sessions = &self.users[user].sessions;
        let asker = step.from;
        for &other in sessions.iter().filter(|session| **session != asker) {
            step.tell(Audience::Session(other), Arc::new(self.entered(other, room, true)));
        }
        step.reply(self.entered(step.from, room, names));
    }

    pub(crate) fn joined(&self, user: UserId, room: RoomId, at: Timestamp, step: &mut Step) -> Arc<Event> {
        Arc::new(Event::Joined {
            id: step.next_id(),
            at,
            who: self.users[user].who.clone(),
            room: self.rooms[room].name.clone(),
            away: self.users[user].away().cloned(),
        })
    }

    /// What a session finds in a room that it entered.
    pub(crate) fn entered(&self, session: SessionId, room: RoomId, names: bool) -> Event {
        let Room { name, topic, recent, .. } = &self.rooms[room];
        Event::Entered {
            room: name.clone(),
            topic: topic.as_deref().cloned(),
            names: names.then(|| self.names_of(room, |_| true)),
            recent: recent.iter().cloned().collect(),
            marker: self.marker(session, &self.fold(name.as_str())),
            metadata: self.facts_on_joining(session, room),
        }
    }

    /// The members of a room that pass.
    pub(crate) fn names_of(&self, room: RoomId, visible: impl Fn(UserId) -> bool) -> Names {
        let room = &self.rooms[room];
        let members = room.members.iter().filter(|(user, _)| visible(**user));
        Names {
            secret: room.is(RoomFlags::SECRET),
            members: members.map(|(user, ranks)| (*ranks, self.users[*user].who.clone())).collect(),
        }
    }

    pub(crate) fn part(
        &mut self,
        user: UserId,
        name: &RoomName,
        reason: Option<Text>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.own_room(user, name)?;
        self.walk_out(user, room, reason, step);
        Ok(())
    }

    pub(crate) fn part_all(&mut self, user: UserId, step: &mut Step) {
        for room in self.users[user].rooms.clone() {
            self.walk_out(user, room, None, step);
        }
    }

    fn walk_out(&mut self, user: UserId, room: RoomId, reason: Option<Text>, step: &mut Step) {
        let at = self.rooms[room].stamp(step.at);
        let who = self.users[user].who.clone();
        let name = self.rooms[room].name.clone();
        let parted = Arc::new(Event::Parted { id: step.next_id(), at, who, room: name, reason });
        self.keep_in(room, user, &parted, step);
        if self.take_out(user, room, step) {
            step.tell_room(room, None, parted.clone());
        }
        step.tell_own(&self.users[user].sessions, parted);
    }

    /// Ends a membership, and with the last one the room, unless it is registered. Whether anybody is left
    /// to be told.
    pub(crate) fn take_out(&mut self, user: UserId, room: RoomId, step: &mut Step) -> bool {
        if self.stays(user) {
            step.touch_user(user);
            self.touch_kept_room(room, step);
        }
        let member = &mut self.users[user];
        member.rooms.retain(|other| *other != room);
        step.leave(&member.sessions, room);
        self.rooms[room].members.swap_remove(&user);
        if !self.rooms[room].members.is_empty() {
            return true;
        }
        if self.rooms[room].registration.is_none() {
            self.end_room(room, step);
        }
        false
    }

    /// The room is gone. Its history stays.
    pub(crate) fn end_room(&mut self, room: RoomId, step: &mut Step) {
        self.unkeep_room(room, step);
        let gone = self.rooms.remove(room);
        self.names.remove(&self.fold(gone.name.as_str()));
        self.floor = self.floor.max(gone.last());
    }
}
