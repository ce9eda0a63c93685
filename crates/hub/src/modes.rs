//! Changing the modes of rooms and users (`conformance.md` §9).

use std::sync::Arc;

use smol_str::{SmolStr, ToSmolStr};

use crate::hub::Hub;
use crate::lists::completed;
use crate::step::Step;
use crate::table::UserId;
use crate::{
    Event, ListEntry, ListKind, ModeChange, Privileges, Rank, Ranks, Rejection, RoomFlags, RoomId, RoomName,
    Text, Timestamp, UserFlags,
};

/// What came of the changes that were asked for.
#[derive(Default)]
struct Outcome {
    /// What really changed.
    applied: Vec<ModeChange>,
    /// Nicknames already complained about: one reply each is enough.
    missed: Vec<SmolStr>,
}

/// Whose changes, where and when.
struct Request {
    user: UserId,
    room: RoomId,
    at: Timestamp,
}

impl Hub {
    /// All or nothing: if one change is not this member's to make, none is made. Of those that may be
    /// made, what is no change is left out, and what is impossible is refused by itself.
    pub(crate) fn change_room(
        &mut self,
        user: UserId,
        name: &RoomName,
        changes: Vec<ModeChange>,
        force: bool,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.may_change_room(user, name, &changes, force)?;
        let request = Request { user, room, at: step.at };
        let mut outcome = Outcome::default();
        for change in changes {
            if let Err(rejection) = self.change_mode(&request, change, &mut outcome) {
                step.reject(rejection);
            }
        }
        if !outcome.applied.is_empty() {
            self.settle_log(room, step);
            self.touch_kept_room(room, step);
            self.touch_ranked(&outcome.applied, step);
            self.tell_modes(user, room, outcome.applied, step);
        }
        Ok(())
    }

    fn touch_ranked(&self, changes: &[ModeChange], step: &mut Step) {
        for change in changes {
            if let ModeChange::Rank(_, _, nick) = change {
                self.find_user(nick).into_iter().for_each(|member| self.touch_staying(member, step));
            }
        }
    }

    /// Keeps and tells what changed about a room.
    pub(crate) fn tell_modes(&mut self, by: UserId, room: RoomId, changes: Vec<ModeChange>, step: &mut Step) {
        let (id, at) = (step.next_id(), self.rooms[room].stamp(step.at));
        let (who, name) = (self.users[by].who.clone(), self.rooms[room].name.clone());
        let event = Event::RoomModes { id, at, who, room: name, changes };
        self.keep_and_tell(room, by, event, step);
    }

    fn may_change_room(
        &self,
        user: UserId,
        name: &RoomName,
        changes: &[ModeChange],
        force: bool,
    ) -> Result<RoomId, Rejection> {
        if force {
            self.can_use(user, Privileges::SAMODE)?;
            return self.room_called(name);
        }
        let room = self.own_room(user, name)?;
        changes.iter().try_for_each(|change| self.can_change(user, room, change))?;
        Ok(room)
    }

    fn change_mode(
        &mut self,
        request: &Request,
        change: ModeChange,
        outcome: &mut Outcome,
    ) -> Result<(), Rejection> {
        match change {
            ModeChange::Flag(flags, on) => self.change_flags(request.room, flags, on, outcome),
            ModeChange::Key(key) => self.change_key(request.room, key, outcome),
            ModeChange::Limit(limit) => self.change_limit(request.room, limit, outcome),
            ModeChange::List(kind, true, mask) => return self.add_mask(request, kind, &mask, outcome),
            ModeChange::List(kind, false, mask) => self.remove_mask(request.room, kind, &mask, outcome),
            ModeChange::Rank(rank, on, nick) => {
                return self.change_rank(request.room, rank, on, nick, outcome);
            }
        }
        Ok(())
    }

    fn change_flags(&mut self, room: RoomId, flags: RoomFlags, on: bool, outcome: &mut Outcome) {
        let now = &mut self.rooms[room].flags;
        let changed = if on { flags - *now } else { flags & *now };
        now.set(changed, on);
        outcome.applied.extend(changed.iter().map(|flag| ModeChange::Flag(flag, on)));
    }

    fn change_key(&mut self, room: RoomId, key: Option<Text>, outcome: &mut Outcome) {
        if self.rooms[room].key != key {
            self.rooms[room].key.clone_from(&key);
            outcome.applied.push(ModeChange::Key(key));
        }
    }

    fn change_limit(&mut self, room: RoomId, limit: Option<u32>, outcome: &mut Outcome) {
        // A limit of nobody is refused by the dialect, which has a numeric for it.
        if limit != Some(0) && self.rooms[room].limit != limit {
            self.rooms[room].limit = limit;
            outcome.applied.push(ModeChange::Limit(limit));
        }
    }

    fn add_mask(
        &mut self,
        request: &Request,
        kind: ListKind,
        written: &str,
        outcome: &mut Outcome,
    ) -> Result<(), Rejection> {
        let Some(mask) = completed(written) else { return Ok(()) };
        let (most, casemapping) = (self.settings.limits.list_entries, self.settings.casemapping);
        let by = self.users[request.user].who.to_smolstr();
        let room = &mut self.rooms[request.room];
        if room.lists.find(kind, &mask, casemapping).is_some() {
            return Ok(());
        }
        if room.lists.len() >= most {
            return Err(Rejection::ListFull(room.name.clone(), kind, mask));
        }
        room.lists.add(kind, ListEntry { mask: mask.clone(), by, at: request.at });
        outcome.applied.push(ModeChange::List(kind, true, mask));
        Ok(())
    }

    fn remove_mask(&mut self, room: RoomId, kind: ListKind, written: &str, outcome: &mut Outcome) {
        let Some(mask) = completed(written) else { return };
        let lists = &mut self.rooms[room].lists;
        if let Some(at) = lists.find(kind, &mask, self.settings.casemapping) {
            let gone = lists.remove(kind, at);
            outcome.applied.push(ModeChange::List(kind, false, gone.mask));
        }
    }

    fn change_rank(
        &mut self,
        id: RoomId,
        rank: Rank,
        on: bool,
        nick: SmolStr,
        outcome: &mut Outcome,
    ) -> Result<(), Rejection> {
        let member = match self.member_called(id, &nick) {
            Ok(member) => member,
            Err(_) if outcome.missed.iter().any(|missed| self.same(missed, &nick)) => return Ok(()),
            Err(rejection) => {
                outcome.missed.push(nick);
                return Err(rejection);
            }
        };
        let ranks = self.rooms[id].members.get_mut(&member).expect("a member has an entry");
        if ranks.contains(Ranks::from(rank)) != on {
            ranks.set(rank.into(), on);
            let nick = SmolStr::new(self.users[member].who.nick.as_str());
            outcome.applied.push(ModeChange::Rank(rank, on, nick));
        }
        Ok(())
    }

    pub(crate) fn member_called(&self, room: RoomId, nick: &SmolStr) -> Result<UserId, Rejection> {
        let user = self.user_called(nick.clone())?;
        let (room, nick) = (&self.rooms[room], &self.users[user].who.nick);
        match room.has(user) {
            true => Ok(user),
            false => Err(Rejection::TargetNotInRoom(nick.clone(), room.name.clone())),
        }
    }

    /// Changes one's own switches. To become an operator takes a password; to cease to be one does not.
    pub(crate) fn change_user(
        &mut self,
        user: UserId,
        nick: SmolStr,
        changes: &[(UserFlags, bool)],
        step: &mut Step,
    ) -> Result<(), Rejection> {
        if self.user_called(nick)? != user {
            return Err(Rejection::NotYourself);
        }
        let mut now = self.users[user].flags;
        let mut applied = Vec::new();
        for &(flags, on) in changes {
            let flags = if on { flags - UserFlags::OPERATOR } else { flags };
            let changed = if on { flags - now } else { flags & now };
            now.set(changed, on);
            applied.extend(changed.iter().map(|flag| (flag, on)));
        }
        self.set_flags(user, now);
        step.touch_user(user);
        self.tell_user_modes(user, applied, step);
        Ok(())
    }

    pub(crate) fn tell_user_modes(&self, user: UserId, changes: Vec<(UserFlags, bool)>, step: &mut Step) {
        if !changes.is_empty() {
            let who = self.users[user].who.clone();
            let event = Arc::new(Event::UserModes { at: step.at, who, changes });
            step.tell_own(&self.users[user].sessions, event);
        }
    }
}
