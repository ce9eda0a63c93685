//! What a server's core does.

use std::collections::BTreeSet;
use std::sync::Arc;

use hub::{Answer, Audience, Command, Counts, Effect, Entry, Event, MessageId, Query, SessionId};

use super::super::super::Finding;
use super::super::ear::ensure;
use super::super::seat::State;
use super::{Post, Stage};
use crate::{Dialect, Output};

impl Stage {
    pub(super) fn carry_out(&mut self, from: SessionId, output: Output) -> Finding {
        match output {
            Output::Command(command) => self.apply(from, command)?,
            Output::Close(cause) => self.apply(from, Command::Leave { cause })?,
            Output::Query(query) => {
                let answer = self.hub.query(from, self.now, query);
                self.posts.push(Post::Answer(from, Box::new(answer)));
            }
            Output::Local(bytes) => self.posts.push(Post::Local(from, bytes)),
            Output::Done => self.posts.push(Post::Done(from)),
            Output::Recall(recall) => {
                let recalled = self.memory.recall(&recall);
                self.posts.push(Post::Recalled(from, Box::new(recalled)));
            }
            Output::Check(_) | Output::Private { .. } => return Err("a check reached the hub".to_owned()),
        }
        self.hub.check()
    }

    pub(super) fn apply(&mut self, from: SessionId, command: Command) -> Finding {
        self.count += 1;
        let id = MessageId(u128::from(self.count) << 16);
        let effects = self.hub.apply(Entry { at: self.now, id, from, command });
        effects.into_iter().try_for_each(|effect| self.effect(from, effect))
    }

    pub(super) fn effect(&mut self, from: SessionId, effect: Effect) -> Finding {
        match effect {
            Effect::Reply(event) => self.posts.push(Post::Reply(from, event)),
            Effect::Tell { to, event } => {
                if matches!(*event, Event::Said { .. }) {
                    let members = self.hub.audiences();
                    let (seats, count) = (&self.world.seats, self.seats.len());
                    let echoes = |id: SessionId| seats[id.0 as usize % count] == Dialect::Group;
                    self.ledger.say(from, &to, &event, &members, echoes)?;
                    self.memory.keep(&event);
                }
                self.audience(to, event);
            }
            Effect::Enter { session, room } => self.posts.push(Post::Enter(session, room)),
            Effect::Leave { session, room } => self.posts.push(Post::Leave(session, room)),
            Effect::Close { session, cause } => self.posts.push(Post::Close(session, cause)),
            Effect::Rehash { session } => {
                let notice = Arc::new(Event::Notice("The configuration can't be read".into()));
                self.posts.push(Post::Tell(session, notice));
            }
            Effect::Keep(_) => {}
            Effect::Shutdown => self.posts.push(Post::Stop),
        }
        Ok(())
    }

    pub(super) fn audience(&mut self, to: Audience, event: Arc<Event>) {
        match to {
            Audience::Session(session) => self.posts.push(Post::Tell(session, event)),
            Audience::Sessions(sessions) => {
                self.posts
                    .extend(sessions.into_iter().map(|session| Post::Tell(session, Arc::clone(&event))));
            }
            Audience::Room { room, except } => {
                self.posts.push(Post::TellRooms(vec![room], except.into_iter().collect(), event));
            }
            Audience::Rooms { rooms, except } => self.posts.push(Post::TellRooms(rooms, except, event)),
        }
    }

    pub(super) fn counts(&self) -> Counts {
        match self.hub.query(SessionId(0), self.now, Query::Counts) {
            Answer::Counts(counts) => counts,
            _ => Counts::default(),
        }
    }

    /// Sessions and hub agree on who is here, and on who is in which room.
    pub(super) fn check_counts(&self) -> Finding {
        let counts = self.counts();
        let open = || self.seats.iter().filter(|seat| seat.state == State::Open);
        let users = open().filter(|seat| seat.session.registered()).count();
        let unknown = open().count() - users;
        // Several devices may be one user's.
        let shared = counts.visible + counts.invisible;
        if counts.unknown != unknown || shared > users || (shared == 0) != (users == 0) {
            return Err(format!("{users} users and {unknown} others, but {counts:?}"));
        }
        let rooms = self.rooms.iter().flat_map(|(room, ids)| ids.iter().map(|id| (*id, *room)));
        ensure(rooms.collect::<BTreeSet<_>>() == self.hub.audiences(), "rooms and hub do not agree")
    }

    /// Everyone has heard what it should have heard, once, and in the order in which it was said.
    pub(super) fn check_ledger(&mut self) -> Finding {
        for seat in &mut self.seats {
            match seat.state {
                State::Closed => self.ledger.gone(seat.id),
                _ => self.ledger.settle(seat.id, &mut seat.ear.marks)?,
            }
        }
        let seats = &self.seats;
        self.ledger.check(|id| {
            let seat = &seats[id.0 as usize % seats.len()];
            let settled = seat.session.registered() && seat.session.patience().is_none();
            settled.then_some(seat.ear.count)
        })
    }
}
