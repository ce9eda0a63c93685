//! Other names for rooms (`conformance.md` §28).

use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::room::Room;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, Found, Rank, Rejection, RoomId, RoomName, SessionId, Text};

impl Hub {
    /// The room keeps everything but its name: its members, its rules, its history, its invitations.
    pub(crate) fn rename_room(
        &mut self,
        user: UserId,
        name: &RoomName,
        to: RoomName,
        reason: Text,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.own_room(user, name)?;
        self.needs_rank(user, room, Rank::Operator)?;
        let from = self.rooms[room].name.clone();
        let (before, after) = (self.fold(from.as_str()), self.fold(to.as_str()));
        if from == to || (before != after && self.names.contains_key(&after)) {
            return Err(Rejection::RoomNameTaken { from: name.clone(), to });
        }
        let moves = before != after;
        match moves {
            true => self.move_room(room, before, after, to.clone(), step),
            false => self.rooms[room].name = to.clone(),
        }
        self.touch_renamed(room, step);
        let found = moves.then(|| Box::new(self.found(room)));
        let (id, at, who) = (step.next_id(), self.rooms[room].stamp(step.at), self.users[user].who.clone());
        let renamed = |found| Event::RoomRenamed {
            id,
            at,
            who: who.clone(),
            from: from.clone(),
            to: to.clone(),
            reason: reason.clone(),
            found,
        };
        self.keep_in(room, user, &Arc::new(renamed(None)), step);
        step.tell_own(&self.sessions_in(room), Arc::new(renamed(found)));
        Ok(())
    }

    /// The old name is free at once, and its next room has a history of its own.
    fn move_room(&mut self, room: RoomId, before: SmolStr, after: SmolStr, to: RoomName, step: &mut Step) {
        self.unkeep_room(room, step);
        self.names.remove(&before);
        self.names.insert(after, room);
        self.rooms[room].name = to;
        self.begin_anew(before, step);
        self.settle_log(room, step);
    }

    /// The room, and the members that stay, are kept under the new name.
    fn touch_renamed(&self, room: RoomId, step: &mut Step) {
        step.touch_room(room);
        for member in self.rooms[room].members.keys() {
            self.touch_staying(*member, step);
        }
    }

    fn found(&self, room: RoomId) -> Found {
        let Room { topic, .. } = &self.rooms[room];
        Found { topic: topic.as_deref().cloned(), names: self.names_of(room, |_| true) }
    }

    fn sessions_in(&self, room: RoomId) -> Vec<SessionId> {
        let members = self.rooms[room].members.keys();
        members.flat_map(|member| self.users[*member].sessions.iter().copied()).collect()
    }
}
