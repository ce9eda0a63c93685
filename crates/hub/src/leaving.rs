//! How sessions end, and users with them (`conformance.md` §8, §30).

use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::User;
use crate::{Cause, Event, Rejection, SessionId, Settled, Text, UserFlags};

impl Hub {
    /// A session ends that was never a user's.
    pub(crate) fn leave_unregistered(&mut self, session: SessionId, cause: Cause, step: &mut Step) {
        self.sessions.swap_remove(&session);
        self.metadata.forget(session);
        self.tally.unknown -= 1;
        step.close(session, cause);
    }

    /// A user's session ends, and the user with it if it was the only one, unless the user stays.
    pub(crate) fn leave(&mut self, user: UserId, cause: Cause, step: &mut Step) {
        let is_last = self.users[user].sessions.len() == 1;
        if is_last {
            // Another user of the account that stayed may be gone by now.
            self.settle_stay(user, step);
        }
        let for_good = matches!(cause, Cause::Killed { .. } | Cause::Banned(_));
        match is_last && (for_good || !self.stays(user)) {
            true => self.quit(user, cause, step),
            false => self.end_session(user, step.from, cause, step),
        }
    }

    /// One session fewer; nobody else notices.
    fn end_session(&mut self, user: UserId, session: SessionId, cause: Cause, step: &mut Step) {
        let User { who, rooms, .. } = &self.users[user];
        let (who, rooms) = (who.clone(), rooms.clone());
        for room in rooms {
            step.leave(&[session], room);
        }
        if matches!(cause, Cause::Quit(_)) && session == step.from {
            let id = step.next_id();
            step.reply(Event::Quit { id, at: step.at, who, cause: cause.clone() });
        }
        self.users[user].sessions.retain(|other| *other != session);
        self.forget(session);
        match self.users[user].sessions.is_empty() {
            true => self.detach(user, step),
            // The one that left may have been the only one not away.
            false => self.settle_away(user, None, step),
        }
        step.close(session, cause);
    }

    /// A user is gone, with all its sessions. Whoever it concerns is told before the connection
    /// closes, so that who sees it closed finds the nickname free and WHOWAS, LUSERS and MONITOR
    /// aware of it (`conformance.md` §4).
    pub(crate) fn quit(&mut self, user: UserId, cause: Cause, step: &mut Step) {
        self.stop_staying(user, step);
        let at = self.stamp_rooms_of(user, step.at);
        let User { who, sessions, rooms, .. } = &self.users[user];
        let (who, sessions, mut rooms) = (who.clone(), sessions.clone(), rooms.clone());
        let quit = Arc::new(Event::Quit { id: step.next_id(), at, who: who.clone(), cause: cause.clone() });
        // Those in which it is told come first, in their order.
        rooms.sort_by_key(|room| self.rooms[*room].members.len() == 1);
        self.keep_in_all(&rooms, user, &quit, step);
        rooms.retain(|room| self.take_out(user, *room, step));
        step.tell_rooms(rooms.to_vec(), Vec::new(), quit.clone());
        if matches!(cause, Cause::Quit(_)) && sessions.contains(&step.from) {
            step.reply(quit);
        }
        for &session in &sessions {
            self.forget(session);
        }
        self.forget_guest(user, step);
        self.remove_user(user);
        self.remember(who.clone(), step.at);
        self.tell_offline(&who, step);
        for session in sessions {
            step.close(session, cause.clone());
        }
    }

    fn forget(&mut self, session: SessionId) {
        self.unwatch_all(session);
        self.metadata.forget(session);
        self.sessions.swap_remove(&session);
    }

    fn remove_user(&mut self, user: UserId) {
        self.set_flags(user, UserFlags::empty());
        let gone = self.users.remove(user);
        self.metadata.guests.remove(&user);
        self.nicks.remove(&self.fold(gone.who.nick.as_str()));
        self.places.free(gone.who.place);
        self.floor = self.floor.max(gone.last);
    }

    /// Disconnects the other sessions of the user that asks, or another user that its owner may send away.
    pub(crate) fn ghost(&mut self, user: UserId, nick: SmolStr, step: &mut Step) -> Result<(), Rejection> {
        let ghost = self.can_ghost(user, nick)?;
        let by = self.users[user].who.nick.clone();
        let nick = self.users[ghost].who.nick.clone();
        let cause = Cause::Killed { by, reason: Text::from_static("ghost") };
        step.reply(Event::Settled(Settled::Ghosted(nick)));
        if ghost != user {
            self.quit(ghost, cause, step);
            return Ok(());
        }
        let mut others = self.users[user].sessions.clone();
        others.retain(|session| *session != step.from);
        for session in others {
            self.end_session(user, session, cause.clone(), step);
        }
        Ok(())
    }
}
