//! Users that stay when their last session leaves, and over restarts (`conformance.md` §30, Always-on).
//!
//! Of each account at most one user stays: the first that could. It is written down from then on, not only
//! once nobody is there, because the server may stop at any moment.

use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::User;
use crate::{AlwaysOn, Cause, Identity, MessageId, Record, SavedUser, Timestamp, UserFlags};

impl Hub {
    /// Whether a user stays when its last session leaves.
    pub(crate) fn stays(&self, user: UserId) -> bool {
        // Mostly nobody does, and then no name needs folding.
        let folded = || self.users[user].who.account.as_ref().map(|account| self.fold(account));
        !self.staying.is_empty() && folded().is_some_and(|account| self.staying.get(&account) == Some(&user))
    }

    /// Whether its account lets a user stay.
    pub(crate) fn may_stay(&self, user: UserId) -> bool {
        let account = self.users[user].who.account.as_ref().and_then(|account| self.account(account));
        let Some(account) = account.filter(|account| account.suspended.is_none()) else { return false };
        let choice = account.choices.always_on;
        match self.settings.always_on {
            AlwaysOn::Never => false,
            AlwaysOn::OptIn => choice == Some(true),
            AlwaysOn::OptOut => choice != Some(false),
            AlwaysOn::Always => true,
        }
    }

    /// Works out anew whether a user stays. One that does no longer and has no session is gone at once.
    pub(crate) fn settle_stay(&mut self, user: UserId, step: &mut Step) {
        if self.may_stay(user) {
            return self.begin_staying(user, step);
        }
        self.stop_staying(user, step);
        if self.users[user].sessions.is_empty() {
            self.quit(user, Cause::Quit(None), step);
        }
    }

    /// The same for all users of an account.
    pub(crate) fn settle_stay_of(&mut self, account: &SmolStr, step: &mut Step) {
        for user in self.users_of(account) {
            self.settle_stay(user, step);
        }
    }

    /// The same for all users.
    pub(crate) fn settle_stay_of_all(&mut self, step: &mut Step) {
        let owned = self.users.iter().filter(|(_, user)| user.who.account.is_some());
        for user in owned.map(|(user, _)| user).collect::<Vec<_>>() {
            self.settle_stay(user, step);
        }
    }

    fn begin_staying(&mut self, user: UserId, step: &mut Step) {
        let Some(account) = &self.users[user].who.account else { return };
        let folded = self.fold(account);
        if self.staying.contains_key(&folded) {
            return;
        }
        self.staying.insert(folded, user);
        self.touch_with_rooms(user, step);
    }

    /// A user is like others again, if it was one that stays.
    pub(crate) fn stop_staying(&mut self, user: UserId, step: &mut Step) {
        if !self.stays(user) {
            return;
        }
        let account = self.users[user].who.account.as_ref().expect("who stays has an account");
        let folded = self.fold(account);
        self.staying.remove(&folded);
        step.keep(Record::UserGone(folded));
        self.touch_with_rooms(user, step);
    }

    /// Whether a room is kept may depend on who stays in it.
    fn touch_with_rooms(&self, user: UserId, step: &mut Step) {
        step.touch_user(user);
        for &room in &self.users[user].rooms {
            step.touch_room(room);
        }
    }

    /// The last session of a user that stays has left. What it tells who writes stays as it was; that it is
    /// an operator was proved by that session.
    pub(crate) fn detach(&mut self, user: UserId, step: &mut Step) {
        let flags = self.users[user].flags;
        self.set_flags(user, flags - UserFlags::OPERATOR);
        step.touch_user(user);
    }

    /// The user of this account that stays, if nobody is there.
    pub(crate) fn waiting_user(&self, account: &str) -> Option<UserId> {
        let user = *self.staying.get(&self.fold(account))?;
        self.users[user].sessions.is_empty().then_some(user)
    }

    /// Gives out a user as it is now, if it stays.
    pub(crate) fn keep_user(&self, user: UserId, step: &mut Step) {
        if self.users.get(user).is_some() && self.stays(user) {
            step.keep(Record::User(Box::new(self.saved_user(user))));
        }
    }

    pub(crate) fn saved_user(&self, id: UserId) -> SavedUser {
        let user = &self.users[id];
        let Identity { nick, user: name, host, account, realname, .. } = &*user.who;
        let place = |room| (self.rooms[room].name.clone(), self.rooms[room].ranks(id));
        SavedUser {
            account: account.clone().expect("who stays has an account"),
            nick: nick.clone(),
            user: name.clone(),
            host: host.clone(),
            realname: realname.clone(),
            flags: user.flags - UserFlags::OPERATOR,
            away: user.away().cloned(),
            signon: user.signon,
            rooms: user.rooms.iter().map(|room| place(*room)).collect(),
        }
    }

    /// A user is here again after a restart, without a session. Not one that by now may not stay, or whose
    /// place is taken. `spoke` is when it said something at the latest.
    pub(crate) fn restore_user(&mut self, saved: SavedUser, spoke: Timestamp) {
        let (account, nick) = (self.fold(&saved.account), self.fold(saved.nick.as_str()));
        let Some(name) = self.accounts.get(&account).map(|account| account.name.clone()) else { return };
        if self.nicks.contains_key(&nick) || self.staying.contains_key(&account) {
            return;
        }
        let place = self.places.next(self.settings.seats);
        let who = Arc::new(Identity {
            nick: saved.nick,
            user: saved.user,
            host: saved.host,
            account: Some(name),
            bot: saved.flags.contains(UserFlags::BOT),
            realname: saved.realname,
            handle: None,
            place,
        });
        let mut user = User::new(who, MessageId::default(), SmallVec::new(), saved.signon);
        (user.last, user.spoke) = (self.floor, spoke.max(saved.signon));
        user.set_away(saved.away);
        let user = self.users.insert(user);
        if !self.may_stay(user) {
            self.users.remove(user);
            return;
        }
        self.places.take(place, user);
        self.nicks.insert(nick, user);
        self.staying.insert(account, user);
        self.set_flags(user, saved.flags - UserFlags::OPERATOR);
        self.tally.most = self.tally.most.max(self.users.len());
        for (room, ranks) in saved.rooms {
            self.put_back(user, &room, ranks);
        }
    }
}
