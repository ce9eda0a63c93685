//! Entering rooms and leaving them.

use std::sync::Arc;

use crate::hub::Hub;
use crate::room::Room;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, Names, Ranks, Rejection, RoomFlags, RoomId, RoomName, Text, Timestamp};

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
                self.enter(user, room, Ranks::empty(), step);
                room
            }
            None => {
                self.can_create_room(user, &name)?;
                let room = self.create_room(name, step.at);
                self.enter(user, room, Ranks::OPERATOR, step);
                room
            }
        };
        // An invitation is good for one time.
        self.users[user].keep_invitations(|invitation| invitation.room != room);
        self.welcome(user, room, names, step);
        Ok(())
    }

    fn create_room(&mut self, name: RoomName, at: Timestamp) -> RoomId {
        let folded = self.fold(name.as_str());
        self.created += 1;
        let room = Room::new(name, at, self.created, self.floor, self.settings.room_flags);
        let room = self.rooms.insert(room);
        self.names.insert(folded, room);
        room
    }

    /// Makes the user a member and tells the others. They are told before its sessions enter the
    /// audience, because those are told apart.
    fn enter(&mut self, user: UserId, room: RoomId, ranks: Ranks, step: &mut Step) {
        let at = self.rooms[room].stamp(step.at);
        let joined = self.joined(user, room, at, step);
        if !self.rooms[room].members.is_empty() {
            step.tell_room(room, None, joined.clone());
        }
        let member = &mut self.users[user];
        step.enter(&member.sessions, room);
        step.tell_own(&member.sessions, joined);
        member.rooms.push(room);
        self.rooms[room].members.insert(user, ranks);
    }

    /// Tells the newcomer what it found: the session that asked, and the user's others.
    fn welcome(&self, user: UserId, room: RoomId, names: bool, step: &mut Step) {
        let sessions = &self.users[user].sessions;
        if sessions.len() > 1 {
            step.tell_others(sessions, &Arc::new(self.entered(room, true)));
        }
        step.reply(self.entered(room, names));
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

    pub(crate) fn entered(&self, room: RoomId, names: bool) -> Event {
        let Room { name, topic, recent, .. } = &self.rooms[room];
        Event::Entered {
            room: name.clone(),
            topic: topic.as_deref().cloned(),
            names: names.then(|| self.names_of(room, |_| true)),
            recent: recent.iter().cloned().collect(),
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
        if self.take_out(user, room, step) {
            step.tell_room(room, None, parted.clone());
        }
        step.tell_own(&self.users[user].sessions, parted);
    }

    /// Ends a membership, and the room with the last one. Whether the room is still there.
    pub(crate) fn take_out(&mut self, user: UserId, room: RoomId, step: &mut Step) -> bool {
        let member = &mut self.users[user];
        member.rooms.retain(|other| *other != room);
        step.leave(&member.sessions, room);
        self.rooms[room].members.swap_remove(&user);
        if !self.rooms[room].members.is_empty() {
            return true;
        }
        let gone = self.rooms.remove(room);
        self.names.remove(&self.fold(gone.name.as_str()));
        self.floor = self.floor.max(gone.last());
        false
    }
}
