//! The fold of the records: what a hub has given out comes to what it would save.

use smol_str::SmolStr;

use crate::{Casemapping, Record, Saved, SavedMarker};

impl Saved {
    /// Takes in one more record. The casemapping is that of the hub.
    pub fn fold(&mut self, record: &Record, casemapping: Casemapping) {
        let fold = |name: &str| casemapping.fold(name);
        match record {
            Record::Item { event, .. } => self.latest = self.latest.max(event.at()),
            Record::Account(account) => put(&mut self.accounts, (**account).clone(), |old| fold(&old.name)),
            Record::AccountGone(name) => {
                remove(&mut self.accounts, name, |old| fold(&old.name));
                self.markers.retain(|marker| marker.account != *name);
            }
            Record::Room(room) => put(&mut self.rooms, (**room).clone(), |old| fold(old.name.as_str())),
            Record::RoomGone(name) => remove(&mut self.rooms, name, |old| fold(old.name.as_str())),
            Record::User(user) => put(&mut self.users, (**user).clone(), |old| fold(&old.account)),
            Record::UserGone(account) => remove(&mut self.users, account, |old| fold(&old.account)),
            Record::Marker(marker) => put(&mut self.markers, marker.clone(), whose),
            Record::MarkerGone { account, target } => {
                remove(&mut self.markers, &(account.clone(), target.clone()), whose);
            }
            Record::Log { name, log: Some(log) } => {
                put(&mut self.logs, (name.clone(), log.clone()), |old| old.0.clone());
            }
            Record::Log { name, log: None } => remove(&mut self.logs, name, |old| old.0.clone()),
            Record::Bans(bans) => self.bans.clone_from(bans),
            // These are about histories alone.
            Record::Redacted { .. } | Record::Forget(_) => {}
        }
    }
}

fn whose(marker: &SavedMarker) -> (SmolStr, SmolStr) {
    (marker.account.clone(), marker.target.clone())
}

/// Puts something into a list that is sorted by a key, instead of what has that key.
fn put<T, K: Ord>(list: &mut Vec<T>, new: T, key: impl Fn(&T) -> K) {
    let sought = key(&new);
    match list.binary_search_by_key(&sought, key) {
        Ok(at) => list[at] = new,
        Err(at) => list.insert(at, new),
    }
}

fn remove<T, K: Ord>(list: &mut Vec<T>, sought: &K, key: impl Fn(&T) -> K) {
    if let Ok(at) = list.binary_search_by_key(sought, key) {
        list.remove(at);
    }
}
