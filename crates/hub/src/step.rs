//! One entry while it is applied: who asks, when, and the effects so far.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::table::UserId;
use crate::{Audience, Cause, Effect, Event, MessageId, Record, Rejection, RoomId, SessionId, Timestamp};

/// What a command needs to know of its entry, and where it puts its effects.
pub(crate) struct Step {
    /// When it was asked. The events of a room or conversation may get a later time.
    pub at: Timestamp,
    /// Who asks.
    pub from: SessionId,
    entry: MessageId,
    id: MessageId,
    rooms: SmallVec<[RoomId; 2]>,
    users: SmallVec<[UserId; 2]>,
    effects: Vec<Effect>,
    /// How many of the effects are records. They stand first.
    kept: usize,
    /// The time of the latest item among them.
    latest: Option<Timestamp>,
}

impl Step {
    pub fn new(at: Timestamp, id: MessageId, from: SessionId) -> Self {
        // Three is what a message has: the keeping, the telling and the echo.
        Self {
            at,
            from,
            entry: id,
            id,
            rooms: SmallVec::new(),
            users: SmallVec::new(),
            effects: Vec::with_capacity(3),
            kept: 0,
            latest: None,
        }
    }

    /// The id of the entry itself.
    pub fn entry(&self) -> MessageId {
        self.entry
    }

    /// Something about the room changed that outlives the hub, if the room does.
    pub fn touch_room(&mut self, room: RoomId) {
        if !self.rooms.contains(&room) {
            self.rooms.push(room);
        }
    }

    /// Something about the user changed that outlives the hub, if the user does.
    pub fn touch_user(&mut self, user: UserId) {
        if !self.users.contains(&user) {
            self.users.push(user);
        }
    }

    /// The rooms and users that were touched.
    pub fn touched(&mut self) -> (SmallVec<[RoomId; 2]>, SmallVec<[UserId; 2]>) {
        (std::mem::take(&mut self.rooms), std::mem::take(&mut self.users))
    }

    /// Something is to be kept: before anybody is told of it, and behind what was to be kept before.
    pub fn keep(&mut self, record: Record) {
        if let Record::Item { event, .. } = &record {
            self.latest = self.latest.max(event.at());
        }
        self.effects.insert(self.kept, Effect::Keep(Box::new(record)));
        self.kept += 1;
    }

    /// The time of the latest item that was kept.
    pub fn latest(&self) -> Option<Timestamp> {
        self.latest
    }

    /// An id for an event: the entry's own, then those behind it, which are left to the hub.
    pub fn next_id(&mut self) -> MessageId {
        let id = self.id;
        self.id = MessageId(id.0.wrapping_add(1));
        id
    }

    pub fn reply(&mut self, event: impl Into<Arc<Event>>) {
        self.effects.push(Effect::Reply(event.into()));
    }

    pub fn reject(&mut self, rejection: Rejection) {
        self.reply(Event::Rejected(rejection));
    }

    pub fn tell(&mut self, to: Audience, event: Arc<Event>) {
        self.effects.push(Effect::Tell { to, event });
    }

    /// Tells a room but one session; nobody twice who is told in another way.
    pub fn tell_room(&mut self, room: RoomId, except: Option<SessionId>, event: Arc<Event>) {
        self.tell(Audience::Room { room, except }, event);
    }

    /// Tells rooms, each session once, but not these; nobody if there is no room.
    pub fn tell_rooms(&mut self, rooms: Vec<RoomId>, except: Vec<SessionId>, event: Arc<Event>) {
        if !rooms.is_empty() {
            self.tell(Audience::Rooms { rooms, except }, event);
        }
    }

    /// Tells these sessions, the one that asks not otherwise than the rest.
    pub fn tell_sessions(&mut self, sessions: Vec<SessionId>, event: Arc<Event>) {
        match sessions[..] {
            [] => {}
            [session] => self.tell(Audience::Session(session), event),
            _ => self.tell(Audience::Sessions(sessions), event),
        }
    }

    /// Tells a user's sessions but the one that asks.
    pub fn tell_others(&mut self, sessions: &[SessionId], event: &Arc<Event>) {
        if sessions.iter().any(|&session| session != self.from) {
            let others = sessions.iter().copied().filter(|&session| session != self.from).collect();
            self.tell_sessions(others, event.clone());
        }
    }

    /// Tells a user's sessions; the one that asks, if it is among them, as the answer.
    pub fn tell_own(&mut self, sessions: &[SessionId], event: Arc<Event>) {
        self.tell_others(sessions, &event);
        if sessions.contains(&self.from) {
            self.reply(event);
        }
    }

    pub fn enter(&mut self, sessions: &[SessionId], room: RoomId) {
        self.effects.extend(sessions.iter().map(|&session| Effect::Enter { session, room }));
    }

    pub fn leave(&mut self, sessions: &[SessionId], room: RoomId) {
        self.effects.extend(sessions.iter().map(|&session| Effect::Leave { session, room }));
    }

    pub fn close(&mut self, session: SessionId, cause: Cause) {
        self.effects.push(Effect::Close { session, cause });
    }

    pub fn also(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn into_effects(self) -> Vec<Effect> {
        self.effects
    }
}
