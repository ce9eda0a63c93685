//! Items: giving out what happens to be kept, before anybody is told (`conformance.md` §23).

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, LogKey, Party, Record, RoomId, Timestamp};

impl Hub {
    /// Keeps what happened in a room.
    pub(crate) fn keep_in(&self, room: RoomId, by: UserId, event: &Arc<Event>, step: &mut Step) {
        if self.settings.history {
            self.keep_item(smallvec![self.log_of(room)], by, event, step);
        }
    }

    /// Keeps what a user did in several rooms at once; nothing if there are none.
    pub(crate) fn keep_in_all(&self, rooms: &[RoomId], by: UserId, event: &Arc<Event>, step: &mut Step) {
        if self.settings.history && !rooms.is_empty() {
            let logs = rooms.iter().map(|room| self.log_of(*room)).collect();
            self.keep_item(logs, by, event, step);
        }
    }

    /// Keeps what one user said to another.
    pub(crate) fn keep_between(&mut self, user: UserId, to: UserId, event: &Arc<Event>, step: &mut Step) {
        if self.settings.history {
            for party in [user, to] {
                self.users[party].is_on_record |= self.users[party].who.account.is_none();
            }
            self.keep_item(self.logs_between(user, to), user, event, step);
        }
    }

    fn keep_item(&self, logs: SmallVec<[LogKey; 2]>, by: UserId, event: &Arc<Event>, step: &mut Step) {
        step.keep(Record::Item { logs, by: self.party(by), event: event.clone() });
    }

    /// A user goes. What it said and was told without an account is nobody's any more.
    pub(crate) fn forget_guest(&self, user: UserId, step: &mut Step) {
        if self.users[user].is_on_record {
            step.keep(Record::Forget(Party::Guest(self.users[user].serial)));
        }
    }

    /// The time of something between two users: later than all that either has taken part in, with any of
    /// its account's users.
    pub(crate) fn stamp_conversation(&mut self, one: UserId, other: UserId, at: Timestamp) -> Timestamp {
        let both: SmallVec<[UserId; 2]> = [one, other].into();
        let latest = both.iter().fold(at, |at, user| at.max(self.last_of(*user).next()));
        for user in both {
            self.users[user].last = latest;
            if let Party::Account(account) = self.party(user) {
                self.lasts.insert(account, latest);
            }
        }
        latest
    }

    fn last_of(&self, user: UserId) -> Timestamp {
        let own = self.users[user].last;
        match self.party(user) {
            Party::Account(account) => self.lasts.get(&account).map_or(own, |last| own.max(*last)),
            Party::Guest(_) => own,
        }
    }
}
