//! Where somebody is, what it is called and as whom it is logged in.

use hub::{Event, RoomName};
use smol_str::SmolStr;

use super::Person;

impl Person {
    /// Keeps track of it; `own` of what it did itself, rather than another device of the same user.
    pub(super) fn moved(&mut self, event: &Event, own: bool) {
        match event {
            Event::Joined { who, room, .. } if who.place.number == self.number => self.came(room, own),
            Event::Parted { who, room, .. } if who.place.number == self.number => self.gone(room),
            Event::Kicked { room, nick, .. } if nick.as_str() == self.nick => self.gone(room),
            Event::Renamed { who, nick, .. } if who.place.number == self.number => {
                self.nick = SmolStr::new(nick.as_str());
            }
            Event::RoomRenamed { from, to, .. } => {
                let known = self.rooms.iter_mut().chain(&mut self.room);
                known.filter(|room| same(room, from)).for_each(|room| *room = to.clone());
            }
            Event::LoggedIn { account, .. } => self.account = Some(account.clone()),
            Event::LoggedOut { .. } => self.account = None,
            _ => {}
        }
    }

    fn came(&mut self, room: &RoomName, own: bool) {
        if !self.rooms.contains(room) {
            self.rooms.push(room.clone());
        }
        if own || self.room.is_none() {
            self.room = Some(room.clone());
        }
    }

    fn gone(&mut self, room: &RoomName) {
        self.rooms.retain(|here| here != room);
        if self.room.as_ref() == Some(room) {
            self.room = self.rooms.last().cloned();
        }
    }
}

/// Whether two names are the same room's.
pub(super) fn same(one: &RoomName, other: &RoomName) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}
