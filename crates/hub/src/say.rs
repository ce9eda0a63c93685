//! Saying something: to a room, to those of a rank in it, to one user (`conformance.md` §8, §12).

use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{
    Destination, Event, Rank, Ranks, Rejection, RoomId, RoomTarget, Say, SayKind, SessionId, Target,
    Timestamp,
};

impl Hub {
    /// A notice is refused in silence, whatever is wrong with it.
    pub(crate) fn say(&mut self, user: UserId, say: Say, step: &mut Step) {
        let kind = say.kind;
        match self.deliver(user, say, step) {
            Ok(()) if kind != SayKind::Signal => self.users[user].spoke = step.at,
            Err(rejection) if kind != SayKind::Notice => step.reject(rejection),
            _ => {}
        }
    }

    fn deliver(&mut self, user: UserId, mut say: Say, step: &mut Step) -> Result<(), Rejection> {
        match std::mem::replace(&mut say.to, Target::Nick(SmolStr::default())) {
            Target::Nick(nick) => self.say_to_user(user, self.user_called(nick)?, say, step),
            Target::Number(number) => self.say_to_user(user, self.user_numbered(number)?, say, step),
            Target::Seat(seat) => self.say_to_user(user, self.user_on(seat)?, say, step),
            Target::Room(RoomTarget { room, rank, written }) => {
                let room = self.room_called(&room)?;
                match rank {
                    None => self.say_to_room(user, room, say, step),
                    Some(rank) => self.say_to_ranks(user, room, rank, written, say, step),
                }
            }
        }
    }

    /// The one thing that happens all day. The work does not depend on how many listen.
    fn say_to_room(
        &mut self,
        user: UserId,
        room: RoomId,
        say: Say,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        self.can_speak(user, room, &say, None)?;
        self.fits(user, self.rooms[room].name.as_str(), &say)?;
        let at = self.rooms[room].stamp(step.at);
        let to = Destination::Room(self.rooms[room].name.clone());
        let (lasts, repeats) = (say.lasts, say.kind != SayKind::Signal && !say.ctcp);
        let said = self.said(user, to, at, say, step);
        if lasts {
            self.keep_in(room, user, &said, step);
        }
        if repeats {
            self.rooms[room].remember(&said, if self.settings.history { 0 } else { self.settings.recent });
        }
        step.tell_room(room, Some(step.from), said.clone());
        step.reply(said);
        Ok(())
    }

    /// To the members from a rank up (STATUSMSG). The sender is not one of them, whatever its rank;
    /// its other sessions are shown what it said, as always.
    fn say_to_ranks(
        &mut self,
        user: UserId,
        room: RoomId,
        rank: Rank,
        written: SmolStr,
        say: Say,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        self.can_speak(user, room, &say, Some(&written))?;
        self.fits(user, &written, &say)?;
        let at = self.rooms[room].stamp(step.at);
        let said = self.said(user, Destination::Ranked(written), at, say, step);
        let listens = |member: UserId, ranks: Ranks| member == user || ranks.at_least(rank);
        let members = self.rooms[room].members.iter().filter(|(member, ranks)| listens(**member, **ranks));
        let sessions: Vec<SessionId> = members
            .flat_map(|(member, _)| self.users[*member].sessions.iter().copied())
            .filter(|session| *session != step.from)
            .collect();
        step.tell_sessions(sessions, said.clone());
        step.reply(said);
        Ok(())
    }

    fn say_to_user(&mut self, user: UserId, to: UserId, say: Say, step: &mut Step) -> Result<(), Rejection> {
        self.can_write_to(user, to)?;
        let nick = self.users[to].who.nick.clone();
        self.fits(user, nick.as_str(), &say)?;
        let (kind, lasts) = (say.kind, say.lasts);
        if kind != SayKind::Signal {
            self.expect_answer(user, to);
        }
        let at = self.stamp_conversation(user, to, step.at);
        let said = self.said(user, Destination::User(nick.clone()), at, say, step);
        if lasts {
            self.keep_between(user, to, &said, step);
        }
        let receivers = self.users[to].sessions.clone();
        if user == to {
            // The echo first, then the delivery, to be told apart (`conformance.md` §12).
            step.reply(said.clone());
            step.tell_sessions(receivers.to_vec(), said);
        } else {
            step.tell_sessions(receivers.to_vec(), said.clone());
            step.tell_own(&self.users[user].sessions, said);
        }
        if let (SayKind::Message, Some(text)) = (kind, self.users[to].away()) {
            step.reply(Event::IsAway { nick, text: text.clone() });
        }
        Ok(())
    }

    fn said(&self, user: UserId, to: Destination, at: Timestamp, say: Say, step: &mut Step) -> Arc<Event> {
        let Say { kind, text, lines, tags, .. } = say;
        Arc::new(Event::Said {
            id: step.next_id(),
            at,
            who: self.users[user].who.clone(),
            kind,
            to,
            text,
            lines,
            tags,
        })
    }

    /// Whether the message, or each line of it, can be relayed whole. One that fits is never refused.
    fn fits(&self, user: UserId, target: &str, say: &Say) -> Result<(), Rejection> {
        let longest = match &say.lines {
            Some(lines) => lines.iter().map(|line| line.text.len()).max().unwrap_or(0),
            None => say.text.len(),
        };
        let length = self.users[user].who.mask_len() + target.len() + longest;
        match say.fit {
            Some(most) if length > most => Err(Rejection::TooLong),
            _ => Ok(()),
        }
    }
}
