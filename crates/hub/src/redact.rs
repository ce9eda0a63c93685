//! Taking a message back (`conformance.md` §25).

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{
    Destination, Event, LogKey, MessageId, Nick, Party, Privileges, Rank, Record, Rejection, RoomId, Text,
    Timestamp,
};

/// Which message is taken back, and why.
struct Redaction {
    /// Where it was said, as written.
    target: SmolStr,
    message: MessageId,
    /// Whose it is; none if there is none such.
    author: Option<Party>,
    reason: Option<Text>,
}

impl Hub {
    /// Checked in this order: where it was said, whether it was, whose it is.
    pub(crate) fn redact(
        &mut self,
        user: UserId,
        target: SmolStr,
        message: MessageId,
        author: Option<Party>,
        reason: Option<Text>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let redaction = Redaction { target, message, author, reason };
        match redaction.target.starts_with('#') {
            true => self.redact_in_room(user, redaction, step),
            false => self.redact_between(user, redaction, step),
        }
    }

    fn redact_in_room(
        &mut self,
        user: UserId,
        redaction: Redaction,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.find_room(&redaction.target).filter(|room| self.users[user].is_in(*room));
        let room = room.ok_or_else(|| Rejection::NoSuchTarget(redaction.target.clone()))?;
        self.can_redact(user, Some(room), &redaction)?;
        let at = self.rooms[room].stamp(step.at);
        let to = Destination::Room(self.rooms[room].name.clone());
        let event = self.redacted(user, to, at, redaction, smallvec![self.log_of(room)], step);
        step.tell_room(room, Some(step.from), event.clone());
        step.reply(event);
        Ok(())
    }

    fn redact_between(
        &mut self,
        user: UserId,
        redaction: Redaction,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let Some(other) = self.find_user(&redaction.target) else {
            return self.redact_with_absent(user, redaction, step);
        };
        self.can_redact(user, None, &redaction)?;
        let at = self.stamp_conversation(user, other, step.at);
        let to = Destination::User(self.users[other].who.nick.clone());
        let event = self.redacted(user, to, at, redaction, self.logs_between(user, other), step);
        if user != other {
            step.tell_sessions(self.users[other].sessions.to_vec(), event.clone());
        }
        step.tell_own(&self.users[user].sessions, event);
        Ok(())
    }

    /// The other one is gone, but what was said is still there if it had an account.
    fn redact_with_absent(
        &mut self,
        user: UserId,
        redaction: Redaction,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let nick = Nick::new(&redaction.target, usize::MAX).ok().filter(|_| redaction.author.is_some());
        let nick = nick.ok_or_else(|| Rejection::NoSuchTarget(redaction.target.clone()))?;
        self.can_redact(user, None, &redaction)?;
        let at = self.stamp_conversation(user, user, step.at);
        let logs = self.logs_with_absent(user, self.fold(nick.as_str()));
        let event = self.redacted(user, Destination::User(nick), at, redaction, logs, step);
        step.tell_own(&self.users[user].sessions, event);
        Ok(())
    }

    fn can_redact(&self, user: UserId, room: Option<RoomId>, redaction: &Redaction) -> Result<(), Rejection> {
        let Redaction { target, message, author, .. } = redaction;
        let (target, message) = (target.clone(), *message);
        let runs = |room| self.needs_rank(user, room, Rank::Operator).is_ok();
        match author {
            None => Err(Rejection::NoSuchMessage { target, message }),
            Some(author) if *author == self.party(user) => Ok(()),
            Some(_) if room.is_some_and(runs) || self.can_use(user, Privileges::HISTORY).is_ok() => Ok(()),
            Some(_) => Err(Rejection::RedactForbidden { target, message }),
        }
    }

    fn redacted(
        &self,
        user: UserId,
        to: Destination,
        at: Timestamp,
        redaction: Redaction,
        logs: SmallVec<[LogKey; 2]>,
        step: &mut Step,
    ) -> Arc<Event> {
        let Redaction { message, reason, .. } = redaction;
        let who = self.users[user].who.clone();
        let event = Arc::new(Event::Redacted { id: step.next_id(), at, who, to, message, reason });
        step.keep(Record::Redacted { logs, id: message, event: event.clone() });
        event
    }
}
