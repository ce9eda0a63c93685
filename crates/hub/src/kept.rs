//! Rooms that outlive their members and the server: those that are registered, and those in which a user is
//! that stays.

use crate::hub::Hub;
use crate::lists::Lists;
use crate::room::Room;
use crate::step::Step;
use crate::table::UserId;
use crate::{ListKind, Ranks, Record, RoomId, RoomName, SavedRoom};

impl Hub {
    /// Whether a room outlives its members and the server.
    pub(crate) fn is_kept(&self, room: RoomId) -> bool {
        let room = &self.rooms[room];
        room.registration.is_some() || room.members.keys().any(|user| self.stays(*user))
    }

    /// Something about the room changed that is kept, if the room is.
    pub(crate) fn touch_kept_room(&self, room: RoomId, step: &mut Step) {
        if self.rooms[room].kept {
            step.touch_room(room);
        }
    }

    /// Something about the user, or where it is, changed that is kept, if it stays.
    pub(crate) fn touch_staying(&self, user: UserId, step: &mut Step) {
        if self.stays(user) {
            step.touch_user(user);
        }
    }

    /// Gives out what a room is like now if it is kept; or that it no longer is.
    pub(crate) fn settle_room(&mut self, room: RoomId, step: &mut Step) {
        if self.rooms.get(room).is_none() {
            return;
        }
        if self.is_kept(room) {
            self.rooms[room].kept = true;
            step.keep(Record::Room(Box::new(self.saved_room(room))));
        } else {
            self.unkeep_room(room, step);
        }
    }

    /// There is no more record of the room, or not under its name.
    pub(crate) fn unkeep_room(&mut self, room: RoomId, step: &mut Step) {
        if std::mem::replace(&mut self.rooms[room].kept, false) {
            step.keep(Record::RoomGone(self.fold(self.rooms[room].name.as_str())));
        }
    }

    /// What is kept of a room.
    pub(crate) fn saved_room(&self, room: RoomId) -> SavedRoom {
        let room = &self.rooms[room];
        let list = |kind| room.lists.of(kind).to_vec();
        SavedRoom {
            name: room.name.clone(),
            log: room.log.clone(),
            created: room.created,
            flags: room.flags,
            key: room.key.clone(),
            limit: room.limit,
            topic: room.topic.as_deref().cloned(),
            bans: list(ListKind::Ban),
            exceptions: list(ListKind::Exception),
            invitations: list(ListKind::Invite),
            registration: room.registration.as_deref().cloned(),
            metadata: room.facts.clone(),
        }
    }

    /// Undoes [`Hub::saved_room`]: the room as it was, but for its members.
    pub(crate) fn restore_room(&mut self, saved: SavedRoom) {
        let folded = self.fold(saved.name.as_str());
        self.created += 1;
        let mut room = Room::new(saved.name, saved.log, saved.created, self.created, self.floor, saved.flags);
        room.key = saved.key;
        room.limit = saved.limit;
        room.topic = saved.topic.map(Box::new);
        room.lists = Lists::new([saved.bans, saved.exceptions, saved.invitations]);
        room.registration = saved.registration.map(Box::new);
        room.facts = saved.metadata;
        room.kept = true;
        let room = self.rooms.insert(room);
        self.names.insert(folded, room);
    }

    /// What can't be: rooms that nobody is in and nobody owns, of which a record was left.
    pub(crate) fn drop_empty_rooms(&mut self) {
        let empty = |room: &Room| room.members.is_empty() && room.registration.is_none();
        let empty: Vec<RoomId> =
            self.rooms.iter().filter(|(_, room)| empty(room)).map(|(id, _)| id).collect();
        for room in empty {
            let gone = self.rooms.remove(room);
            self.names.remove(&self.fold(gone.name.as_str()));
        }
    }

    /// A user that stayed is in the room again, if there still is one of that name. Nobody is told.
    pub(crate) fn put_back(&mut self, user: UserId, room: &RoomName, ranks: Ranks) {
        if let Some(room) = self.find_room(room.as_str()).filter(|room| !self.users[user].is_in(*room)) {
            self.users[user].rooms.push(room);
            self.rooms[room].members.insert(user, ranks);
        }
    }
}
