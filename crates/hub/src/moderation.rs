//! Topics, kicks and invitations (`conformance.md` §8).

use std::sync::Arc;

use smol_str::{SmolStr, ToSmolStr};

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::Invitation;
use crate::{Event, Nick, Rank, Rejection, RoomId, RoomName, Text, Topic};

impl Hub {
    pub(crate) fn set_topic(
        &mut self,
        user: UserId,
        name: &RoomName,
        text: Text,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let id = self.own_room(user, name)?;
        self.can_set_topic(user, id)?;
        let text = text.cut(self.settings.limits.topic);
        let who = self.users[user].who.clone();
        let room = &mut self.rooms[id];
        let at = room.stamp(step.at);
        let topic = || Box::new(Topic { text: text.clone(), by: who.to_smolstr(), at });
        room.topic = (!text.is_empty()).then(topic);
        let room = room.name.clone();
        self.touch_kept_room(id, step);
        let event = Event::TopicSet { id: step.next_id(), at, who, room, text };
        self.keep_and_tell(id, user, event, step);
        Ok(())
    }

    /// Checked in this order: the room, the kicker in it, its rank, the target in it, the target's.
    pub(crate) fn kick(
        &mut self,
        user: UserId,
        name: &RoomName,
        nick: SmolStr,
        reason: Option<Text>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.own_room(user, name)?;
        self.needs_rank(user, room, Rank::Halfop)?;
        let target = self.kick_target(room, nick)?;
        self.can_kick(user, target, room)?;
        let who = self.users[user].who.clone();
        let reason = reason.unwrap_or_else(|| who.nick.as_str().into()).cut(self.settings.limits.kick);
        let nick = self.users[target].who.nick.clone();
        let (id, at) = (step.next_id(), self.rooms[room].stamp(step.at));
        let name = self.rooms[room].name.clone();
        let kicked = Arc::new(Event::Kicked { id, at, who, room: name, nick, reason });
        self.keep_in(room, user, &kicked, step);
        if self.take_out(target, room, step) {
            step.tell_room(room, Some(step.from), kicked.clone());
        }
        step.tell_others(&self.users[target].sessions, &kicked);
        step.reply(kicked);
        Ok(())
    }

    /// Nobody at all is not in the room either, and is told of as that, as long as it could be a name.
    fn kick_target(&self, room: RoomId, nick: SmolStr) -> Result<UserId, Rejection> {
        let absent = |nick| Rejection::TargetNotInRoom(nick, self.rooms[room].name.clone());
        match self.find_user(&nick) {
            Some(target) if self.users[target].is_in(room) => Ok(target),
            Some(target) => Err(absent(self.users[target].who.nick.clone())),
            None => Err(Nick::new(&nick, usize::MAX).map_or(Rejection::NoSuchNick(nick), absent)),
        }
    }

    /// Checked in this order: the nick, the room, the inviter in it, its rank, whether it is needed.
    pub(crate) fn invite(
        &mut self,
        user: UserId,
        nick: SmolStr,
        name: RoomName,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let guest = self.user_called(nick)?;
        let id = self.own_room(user, &name)?;
        self.can_invite(user, id)?;
        let nick = self.users[guest].who.nick.clone();
        let room = self.rooms[id].name.clone();
        if self.users[guest].is_in(id) {
            return Err(Rejection::TargetInRoom(nick, room));
        }
        self.keep_invitation(guest, id);
        let at = self.rooms[id].stamp(step.at);
        let who = self.users[user].who.clone();
        let invited = |to_room| {
            let (who, nick, room) = (who.clone(), nick.clone(), room.clone());
            Arc::new(Event::Invited { at, who, nick, room, to_room })
        };
        step.tell_sessions(self.users[guest].sessions.to_vec(), invited(false));
        step.tell_room(id, Some(step.from), invited(true));
        step.reply(Event::Inviting { nick, room });
        Ok(())
    }

    fn keep_invitation(&mut self, guest: UserId, room: RoomId) {
        let rooms = &self.rooms;
        let stands = |open: Invitation| rooms.get(open.room).is_some_and(|room| room.serial == open.serial);
        self.users[guest].keep_invitations(|open| open.room != room && stands(open));
        let serial = self.rooms[room].serial;
        self.users[guest].invite(Invitation { room, serial }, self.settings.limits.invites);
    }

    /// Keeps what happened in a room; tells the room, and the session that asks as its answer, whether or
    /// not it is in the room.
    pub(crate) fn keep_and_tell(&self, room: RoomId, by: UserId, event: Event, step: &mut Step) {
        let event = Arc::new(event);
        self.keep_in(room, by, &event, step);
        step.tell_room(room, Some(step.from), event.clone());
        step.reply(event);
    }
}
