//! LIST: which rooms there are (`conformance.md` §8).

use std::collections::BTreeSet;
use std::ops::Bound;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::read::LOOKED_AT;
use crate::room::Room;
use crate::table::UserId;
use crate::{Answer, ListFilter, Mask, RoomId, RoomRow, Timestamp};

impl Hub {
    pub(crate) fn list(
        &self,
        asker: UserId,
        now: Timestamp,
        filter: &ListFilter,
        after: Option<SmolStr>,
        most: usize,
    ) -> Answer {
        let after = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let passes = |id: RoomId| self.can_see_room(asker, id) && self.passes(&self.rooms[id], now, filter);
        // Rooms that are named are looked up rather than looked for.
        if !filter.masks.is_empty() && !filter.masks.iter().any(|mask| Mask::is_wild(mask)) {
            let names: BTreeSet<SmolStr> = filter.masks.iter().map(|name| self.fold(name)).collect();
            let named = names.range::<str, _>((after, Bound::Unbounded));
            return self.page(named.filter_map(|name| self.names.get_key_value(name)), most, passes);
        }
        self.page(self.names.range::<str, _>((after, Bound::Unbounded)), most, passes)
    }

    fn page<'a>(
        &self,
        rooms: impl Iterator<Item = (&'a SmolStr, &'a RoomId)>,
        most: usize,
        passes: impl Fn(RoomId) -> bool,
    ) -> Answer {
        let mut rows = Vec::new();
        let mut last: Option<&SmolStr> = None;
        for (looked_at, (name, id)) in rooms.enumerate() {
            if rows.len() == most || looked_at == LOOKED_AT {
                return Answer::Rooms { rows, next: last.cloned() };
            }
            last = Some(name);
            if passes(*id) {
                rows.push(row(&self.rooms[*id]));
            }
        }
        Answer::Rooms { rows, next: None }
    }

    fn passes(&self, room: &Room, now: Timestamp, filter: &ListFilter) -> bool {
        let name = room.name.as_str();
        // The name itself first: it may have in it what a mask would take for more than a letter.
        let fits =
            |mask: &SmolStr| self.same(mask, name) || Mask::matches(mask, name, self.settings.casemapping);
        let members = room.members.len() as u64;
        let topic = room.topic.as_ref().map(|topic| topic.at);
        (filter.masks.is_empty() || filter.masks.iter().any(fits))
            && !filter.not_masks.iter().any(fits)
            && filter.fewer_than.is_none_or(|most| members < most)
            && filter.more_than.is_none_or(|least| members > least)
            && filter.created_within.is_none_or(|minutes| !has_passed(minutes, room.created, now))
            && filter.created_before.is_none_or(|minutes| has_passed(minutes, room.created, now))
            && filter.topic_within.is_none_or(|minutes| topic.is_some_and(|at| !has_passed(minutes, at, now)))
            && filter.topic_before.is_none_or(|minutes| topic.is_some_and(|at| has_passed(minutes, at, now)))
    }
}

/// Whether more than this many minutes have passed since `then`. Strictly: time goes on within a
/// millisecond, so no minutes at all always have, and `C>0` is every room and `C<0` is none.
fn has_passed(minutes: u64, then: Timestamp, now: Timestamp) -> bool {
    now.since(then) >= minutes.saturating_mul(60_000)
}

fn row(room: &Room) -> RoomRow {
    let topic = room.topic.as_ref().map(|topic| topic.text.clone()).unwrap_or_default();
    RoomRow { room: room.name.clone(), members: room.members.len(), topic }
}
