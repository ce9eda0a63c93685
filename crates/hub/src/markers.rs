//! How far users have read (`conformance.md` §26): those of an account for all its users, those of a user
//! without account for as long as it is here.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::{Event, Record, Rejection, SavedMarker, SessionId, Timestamp};

/// How far somebody has read, by folded name of the room or user.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Markers {
    by_target: BTreeMap<SmolStr, Marker>,
    /// How often one was set.
    set: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Marker {
    at: Timestamp,
    /// Counts up with each that is set.
    set: u64,
}

impl Markers {
    pub fn get(&self, target: &str) -> Option<Timestamp> {
        self.by_target.get(target).map(|marker| marker.at)
    }

    /// By target.
    pub fn iter(&self) -> impl Iterator<Item = (&SmolStr, Timestamp)> {
        self.by_target.iter().map(|(target, marker)| (target, marker.at))
    }

    pub fn len(&self) -> usize {
        self.by_target.len()
    }

    /// Says whether that is later than before: a marker never goes back.
    pub fn set(&mut self, target: SmolStr, at: Timestamp) -> bool {
        let is_later = self.get(&target).is_none_or(|before| before < at);
        if is_later {
            self.set += 1;
            self.by_target.insert(target, Marker { at, set: self.set });
        }
        is_later
    }

    /// Takes out those set longest ago, but for so many; never the last one set.
    pub fn shrink(&mut self, most: usize) -> Vec<SmolStr> {
        let mut gone = Vec::new();
        while self.by_target.len() > most.max(1) {
            let Some((oldest, _)) = self.by_target.iter().min_by_key(|(_, marker)| marker.set) else { break };
            let oldest = oldest.clone();
            self.by_target.remove(&oldest);
            gone.push(oldest);
        }
        gone
    }
}

impl Hub {
    /// How far the user of a session has read somewhere, by the folded name.
    pub(crate) fn marker(&self, session: SessionId, target: &str) -> Option<Timestamp> {
        match self.account_of(session) {
            Some(account) => self.markers.get(&self.fold(account))?.get(target),
            None => self.users[self.sessions.get(&session)?.user?].markers()?.get(target),
        }
    }

    pub(crate) fn mark_read(
        &mut self,
        target: SmolStr,
        at: Timestamp,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let folded = self.fold(&target);
        let at = at.min(self.present(&folded, step));
        let user = self.sessions[&step.from].user;
        let is_later = match (self.account_of(step.from), user) {
            (Some(account), _) => self.mark_for_account(self.fold(account), folded.clone(), at, step),
            (None, Some(user)) => self.users[user].mark(folded.clone(), at, self.settings.limits.markers),
            (None, None) => return Err(Rejection::NotRegistered),
        };
        let event = std::sync::Arc::new(Event::Marker { target, at: self.marker(step.from, &folded) });
        if let Some(user) = user.filter(|_| is_later) {
            step.tell_others(&self.users[user].sessions, &event);
        }
        step.reply(event);
        Ok(())
    }

    /// Now; or when the latest event was there, which is later where much happens at once
    /// (`conformance.md` §4).
    fn present(&self, target: &str, step: &Step) -> Timestamp {
        let in_room = self.find_room(target).map(|room| self.rooms[room].last());
        let with_user = || self.sessions[&step.from].user.map(|user| self.users[user].last);
        in_room.or_else(with_user).map_or(step.at, |last| last.max(step.at))
    }

    fn mark_for_account(
        &mut self,
        account: SmolStr,
        target: SmolStr,
        at: Timestamp,
        step: &mut Step,
    ) -> bool {
        let most = self.settings.limits.markers;
        let markers = self.markers.entry(account.clone()).or_default();
        let is_later = markers.set(target.clone(), at);
        if is_later {
            for target in markers.shrink(most) {
                step.keep(Record::MarkerGone { account: account.clone(), target });
            }
            step.keep(Record::Marker(SavedMarker { account, target, at }));
        }
        is_later
    }

    /// All markers of accounts, by account, then target.
    pub(crate) fn saved_markers(&self) -> Vec<SavedMarker> {
        let saved = |account: &SmolStr, target: &SmolStr, at| SavedMarker {
            account: account.clone(),
            target: target.clone(),
            at,
        };
        let of = |(account, markers): (_, &Markers)| {
            markers.iter().map(|(target, at)| saved(account, target, at)).collect::<Vec<_>>()
        };
        self.markers.iter().flat_map(of).collect()
    }

    /// Which was set when is not saved; those that lie furthest back count as set longest ago.
    pub(crate) fn restore_markers(&mut self, mut saved: Vec<SavedMarker>) {
        saved.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.cmp(other)));
        for SavedMarker { account, target, at } in saved {
            if self.accounts.contains_key(&account) {
                self.markers.entry(account).or_default().set(target, at);
            }
        }
    }
}
