//! Watching who comes and goes (MONITOR, `conformance.md` §15). What is watched belongs to a session.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, Identity, Nick, SessionId};

impl Hub {
    /// Each name is answered for, new or not, but one that is written twice only once.
    pub(crate) fn watch(&mut self, names: Vec<SmolStr>, step: &mut Step) {
        let limit = self.settings.limits.watched;
        let (mut online, mut offline, mut full) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for name in names {
            let folded = self.fold(&name);
            if !seen.insert(folded.clone()) {
                continue;
            }
            // A name that nobody can have needs no watching.
            if Nick::new(&name, usize::MAX).is_ok() && !self.add_watch(step.from, &folded, &name) {
                full.push(name);
                continue;
            }
            match self.nicks.get(&folded) {
                Some(user) => online.push(self.users[*user].who.clone()),
                None => offline.push(name),
            }
        }
        if !online.is_empty() {
            step.reply(Event::Online(online));
        }
        if !offline.is_empty() {
            step.reply(Event::Offline(offline));
        }
        if !full.is_empty() {
            step.reply(Event::WatchFull { limit, names: full });
        }
    }

    /// Whether there was room for it, or it was there.
    fn add_watch(&mut self, from: SessionId, folded: &SmolStr, written: &SmolStr) -> bool {
        let limit = self.settings.limits.watched;
        let session = self.sessions.get_mut(&from).expect("who asks was found before");
        if session.watches(folded) {
            return true;
        }
        if session.watch_count() >= limit {
            return false;
        }
        session.watch(folded.clone(), written.clone());
        self.watchers.entry(folded.clone()).or_default().push(from);
        true
    }

    pub(crate) fn unwatch(&mut self, names: &[SmolStr], from: SessionId) {
        for name in names {
            let folded = self.fold(name);
            if self.sessions.get_mut(&from).is_some_and(|session| session.unwatch(&folded)) {
                self.drop_watcher(&folded, from);
            }
        }
    }

    pub(crate) fn unwatch_all(&mut self, from: SessionId) {
        let Some(session) = self.sessions.get_mut(&from) else { return };
        for folded in session.unwatch_all().keys() {
            self.drop_watcher(folded, from);
        }
    }

    fn drop_watcher(&mut self, folded: &str, from: SessionId) {
        let Some(watchers) = self.watchers.get_mut(folded) else { return };
        watchers.retain(|session| *session != from);
        if watchers.is_empty() {
            self.watchers.remove(folded);
        }
    }

    /// The nickname of this user is in use now.
    pub(crate) fn tell_online(&self, who: &Arc<Identity>, step: &mut Step) {
        let watchers = self.watchers_of(who);
        if !watchers.is_empty() {
            step.tell_sessions(watchers.to_vec(), Arc::new(Event::Online(vec![who.clone()])));
        }
    }

    /// The nickname of this user is no longer in use.
    pub(crate) fn tell_offline(&self, who: &Identity, step: &mut Step) {
        let watchers = self.watchers_of(who);
        if !watchers.is_empty() {
            let nick = SmolStr::new(who.nick.as_str());
            step.tell_sessions(watchers.to_vec(), Arc::new(Event::Offline(vec![nick])));
        }
    }

    /// Sessions that watch a user and would not otherwise be told what changes about it.
    pub(crate) fn watchers_apart(&self, user: UserId) -> Vec<SessionId> {
        let watchers = self.watchers_of(&self.users[user].who).iter().copied();
        watchers.filter(|session| self.is_apart(*session, user)).collect()
    }

    fn is_apart(&self, session: SessionId, user: UserId) -> bool {
        let watcher = self.sessions[&session].user.expect("only users watch");
        watcher != user && self.shared_room(watcher, user).is_none()
    }

    fn watchers_of(&self, who: &Identity) -> &[SessionId] {
        // Mostly nobody watches anybody, and then no name needs folding.
        if self.watchers.is_empty() {
            return &[];
        }
        self.watchers.get(&self.fold(who.nick.as_str())).map_or(&[], |watchers| watchers)
    }
}
