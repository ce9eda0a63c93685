//! What outlives a hub: saving it, making one from what was saved, and giving out what changed.

use crate::hub::Hub;
use crate::step::Step;
use crate::{Saved, Settings, Timestamp};

impl Hub {
    /// A hub as it was saved: everything but who is connected. What happens in it is later than all that is
    /// kept.
    pub fn restore(settings: Settings, saved: Saved) -> Self {
        let mut hub = Self::new(settings);
        hub.latest = saved.latest;
        hub.floor = saved.latest.unwrap_or(hub.floor);
        hub.bans = saved.bans;
        saved.accounts.into_iter().for_each(|account| hub.put_account(account));
        hub.restore_markers(saved.markers);
        hub.restore_logs(saved.logs);
        saved.rooms.into_iter().for_each(|room| hub.restore_room(room));
        let spoke = saved.latest.unwrap_or(Timestamp(i64::MIN));
        saved.users.into_iter().for_each(|user| hub.restore_user(user, spoke));
        hub.drop_empty_rooms();
        hub
    }

    /// What is to be kept of it now: the same as the fold of all records it has given out.
    pub fn saved(&self) -> Saved {
        let rooms = self.names.values().copied().filter(|room| self.is_kept(*room));
        Saved {
            accounts: self.accounts.values().cloned().collect(),
            rooms: rooms.map(|room| self.saved_room(room)).collect(),
            users: self.staying.values().map(|user| self.saved_user(*user)).collect(),
            markers: self.saved_markers(),
            logs: self.saved_logs(),
            bans: self.bans.clone(),
            latest: self.latest,
        }
    }

    /// Gives out the records of everything that the entry changed.
    pub(crate) fn keep_touched(&mut self, step: &mut Step) {
        let (rooms, users) = step.touched();
        for room in rooms {
            self.settle_room(room, step);
        }
        for user in users {
            self.keep_user(user, step);
        }
        self.latest = self.latest.max(step.latest());
    }
}
