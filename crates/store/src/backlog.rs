//! What may be dropped of records that wait while the disk refuses, so that waiting takes no more memory than
//! there are promises, accounts, rooms and users.

use std::collections::{HashSet, VecDeque};

use hub::Record;
use smol_str::SmolStr;

use crate::queue::Numbered;

/// Drops comings and goings, and all states but the last of the same thing.
pub(crate) fn sift(waiting: &mut VecDeque<Numbered>) {
    let mut later = HashSet::new();
    let mut kept: VecDeque<_> = VecDeque::new();
    while let Some((n, record)) = waiting.pop_back() {
        let needed = match thing(&record) {
            Some(thing) => later.insert(thing),
            None => record.is_promise(),
        };
        if needed {
            kept.push_front((n, record));
        }
    }
    *waiting = kept;
}

/// What a record is the present state of.
#[derive(PartialEq, Eq, Hash)]
enum Thing {
    Account(SmolStr),
    Room(SmolStr),
    User(SmolStr),
    Marker(SmolStr, SmolStr),
    Log(SmolStr),
    Bans,
}

/// The gone are kept by their folded names and the present by their own, so both may stay: in their order.
fn thing(record: &Record) -> Option<Thing> {
    Some(match record {
        Record::Account(account) => Thing::Account(account.name.clone()),
        Record::Room(room) => Thing::Room(room.name.as_str().into()),
        Record::RoomGone(name) => Thing::Room(name.clone()),
        Record::User(user) => Thing::User(user.account.clone()),
        Record::UserGone(name) => Thing::User(name.clone()),
        Record::Marker(marker) => Thing::Marker(marker.account.clone(), marker.target.clone()),
        Record::MarkerGone { account, target } => Thing::Marker(account.clone(), target.clone()),
        Record::Log { name, .. } => Thing::Log(name.clone()),
        Record::Bans(_) => Thing::Bans,
        // Not the state of the account alone: what it owned is gone as well.
        Record::AccountGone(_) | Record::Item { .. } | Record::Redacted { .. } | Record::Forget(_) => {
            return None;
        }
    })
}
