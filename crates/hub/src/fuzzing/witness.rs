//! One who carries out effects as a server would, and notices what no server could put right.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Audience, Command, Destination, Effect, Entry, Event, MessageId, RoomId, SessionId, Timestamp};

#[derive(Default)]
pub(super) struct Witness {
    open: BTreeSet<SessionId>,
    places: BTreeSet<(SessionId, RoomId)>,
    /// The time of the latest event that each room was told.
    latest: BTreeMap<RoomId, Timestamp>,
}

impl Witness {
    pub fn audiences(&self) -> BTreeSet<(SessionId, RoomId)> {
        self.places.clone()
    }

    /// Carries out the effects of one entry.
    pub fn see(&mut self, entry: &Entry, effects: &[Effect]) -> Result<(), String> {
        self.open.insert(SessionId::SERVER);
        if matches!(entry.command, Command::Connect) && entry.from != SessionId::SERVER {
            self.open.insert(entry.from);
        }
        let mut told: Vec<(MessageId, SessionId)> = Vec::new();
        for effect in effects {
            self.carry_out(entry.from, effect, &mut told)
                .map_err(|complaint| format!("{complaint}\nin {effects:#?}"))?;
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        asker: SessionId,
        effect: &Effect,
        told: &mut Vec<(MessageId, SessionId)>,
    ) -> Result<(), String> {
        let ok = match effect {
            Effect::Reply(event) => return self.tell(event, &[asker], told),
            Effect::Tell { to, event } => {
                self.in_order(to, event)?;
                return self.tell(event, &self.listeners(to), told);
            }
            Effect::Enter { session, room } => self.places.insert((*session, *room)),
            Effect::Leave { session, room } => self.places.remove(&(*session, *room)),
            Effect::Close { session, .. } => self.open.remove(session),
            Effect::Keep(_) | Effect::Rehash { .. } | Effect::Shutdown => true,
        };
        if ok { Ok(()) } else { Err(format!("{effect:?} changes nothing")) }
    }

    /// Nobody hears of one event twice, but for who writes to itself; nobody hears who is gone.
    fn tell(
        &self,
        event: &Event,
        listeners: &[SessionId],
        told: &mut Vec<(MessageId, SessionId)>,
    ) -> Result<(), String> {
        if let Some(gone) = listeners.iter().find(|session| !self.open.contains(session)) {
            return Err(format!("{gone:?} is told and gone"));
        }
        let Some(id) = id_of(event) else { return Ok(()) };
        for session in listeners {
            if told.contains(&(id, *session))
                && !matches!(event, Event::Said { to: Destination::User(_), .. })
            {
                return Err(format!("{session:?} is told twice"));
            }
            told.push((id, *session));
        }
        Ok(())
    }

    fn listeners(&self, to: &Audience) -> Vec<SessionId> {
        let within = |room: &RoomId| {
            let room = *room;
            self.places.iter().filter(move |(_, place)| *place == room).map(|(session, _)| *session)
        };
        match to {
            Audience::Session(session) => vec![*session],
            Audience::Sessions(sessions) => sessions.clone(),
            Audience::Room { room, except } => within(room).filter(|s| Some(*s) != *except).collect(),
            Audience::Rooms { rooms, except } => {
                let all: BTreeSet<_> = rooms.iter().flat_map(within).collect();
                all.into_iter().filter(|session| !except.contains(session)).collect()
            }
        }
    }

    /// The times of a room are unique and increasing (`conformance.md` §4).
    fn in_order(&mut self, to: &Audience, event: &Event) -> Result<(), String> {
        let (rooms, Some(at)) = (rooms_of(to), time_of(event)) else { return Ok(()) };
        for room in rooms {
            if self.latest.insert(*room, at).is_some_and(|before| before >= at) {
                return Err(format!("{event:?} is not later than what was before it"));
            }
        }
        Ok(())
    }
}

fn rooms_of(to: &Audience) -> &[RoomId] {
    match to {
        Audience::Room { room, .. } => std::slice::from_ref(room),
        Audience::Rooms { rooms, .. } => rooms,
        Audience::Session(_) | Audience::Sessions(_) => &[],
    }
}

fn id_of(event: &Event) -> Option<MessageId> {
    match event {
        Event::Renamed { id, .. }
        | Event::Quit { id, .. }
        | Event::Joined { id, .. }
        | Event::Parted { id, .. }
        | Event::Kicked { id, .. }
        | Event::Said { id, .. }
        | Event::TopicSet { id, .. }
        | Event::Redacted { id, .. }
        | Event::RoomRenamed { id, .. }
        | Event::RoomModes { id, .. } => Some(*id),
        _ => None,
    }
}

fn time_of(event: &Event) -> Option<Timestamp> {
    match event {
        Event::Renamed { at, .. }
        | Event::Quit { at, .. }
        | Event::Joined { at, .. }
        | Event::Parted { at, .. }
        | Event::Kicked { at, .. }
        | Event::Said { at, .. }
        | Event::TopicSet { at, .. }
        | Event::RoomModes { at, .. }
        | Event::Redacted { at, .. }
        | Event::Presence { at, .. }
        | Event::Invited { at, .. } => Some(*at),
        _ => None,
    }
}
