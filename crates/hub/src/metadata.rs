//! Facts about users and rooms: setting them, asking for them, wanting to know (`conformance.md` §27).

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::facts::{Facts, Subject};
use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, Fact, Privileges, Rank, Rejection, SessionId, Text};

/// Setting them.
impl Hub {
    pub(crate) fn set_metadata(
        &mut self,
        target: SmolStr,
        key: SmolStr,
        value: Option<Text>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let subject = self.subject(step.from, target)?;
        self.can_change_facts(step.from, subject, &key)?;
        let value = value.filter(|value| !value.is_empty());
        let (facts, limit) = (self.facts(subject), self.settings.limits.facts);
        if value.is_some() && facts.len() >= limit && !facts.contains_key(&key) {
            return Err(Rejection::MetadataFull { what: self.name_of(subject), limit });
        }
        self.change_fact(subject, key.clone(), value.clone(), step);
        step.reply(Event::Metadata(Fact { target: self.name_of(subject), key, value }));
        Ok(())
    }

    pub(crate) fn clear_metadata(&mut self, target: SmolStr, step: &mut Step) -> Result<(), Rejection> {
        let subject = self.subject(step.from, target)?;
        self.can_change_facts(step.from, subject, "*")?;
        let keys: Vec<SmolStr> = self.facts(subject).keys().cloned().collect();
        for key in &keys {
            self.change_fact(subject, key.clone(), None, step);
        }
        step.reply(Event::MetadataCleared { target: self.name_of(subject), keys });
        Ok(())
    }

    /// A session that was a newcomer is a user's: what it said of itself is said of the user, as far as
    /// there is room for it.
    pub(crate) fn bring_facts(&mut self, user: UserId, step: &mut Step) {
        let Some(brought) = self.metadata.newcomers.remove(&step.from) else { return };
        let subject = Subject::User(user);
        for (key, value) in brought {
            let facts: &Facts = self.facts(subject);
            if facts.len() < self.settings.limits.facts || facts.contains_key(&key) {
                self.change_fact(subject, key, Some(value), step);
            }
        }
    }

    /// Somebody logged in or out; before, this was known of the user. What a guest said of itself is said of
    /// its account, as far as that says nothing else.
    pub(crate) fn change_owner_of_facts(&mut self, user: UserId, before: Facts, step: &mut Step) {
        let subject = Subject::User(user);
        if self.users[user].who.account.is_some() {
            for (key, value) in self.metadata.guests.remove(&user).unwrap_or_default() {
                let facts = self.facts(subject);
                if facts.len() < self.settings.limits.facts && !facts.contains_key(&key) {
                    self.put_fact(subject, key, Some(value), step);
                }
            }
        }
        let after = self.facts(subject).clone();
        let keys: BTreeSet<&SmolStr> = before.keys().chain(after.keys()).collect();
        for key in keys.into_iter().filter(|key| before.get(*key) != after.get(*key)) {
            self.tell_fact(subject, key.clone(), after.get(key).cloned(), step);
        }
    }

    fn change_fact(&mut self, subject: Subject, key: SmolStr, value: Option<Text>, step: &mut Step) {
        if self.put_fact(subject, key.clone(), value.clone(), step) != value {
            self.tell_fact(subject, key, value, step);
        }
    }

    /// Whom a session means; before it registers it knows nobody but itself.
    fn subject(&self, from: SessionId, target: SmolStr) -> Result<Subject, Rejection> {
        let user = self.sessions.get(&from).and_then(|session| session.user);
        let found = match (target.as_str(), user) {
            ("*", Some(user)) => Some(Subject::User(user)),
            ("*", None) => Some(Subject::Newcomer(from)),
            (_, None) => None,
            (name, Some(_)) if name.starts_with('#') => self.find_room(name).map(Subject::Room),
            (name, Some(_)) => self.find_user(name).map(Subject::User),
        };
        found.ok_or(Rejection::NoMetadataTarget(target))
    }

    /// Oneself, and a room one runs.
    fn can_change_facts(&self, from: SessionId, subject: Subject, key: &str) -> Result<(), Rejection> {
        let asker = self.sessions.get(&from).and_then(|session| session.user);
        let own = match (subject, asker) {
            (Subject::Room(room), Some(asker)) => self.needs_rank(asker, room, Rank::Operator).is_ok(),
            (Subject::User(user), Some(asker)) => user == asker,
            (Subject::Newcomer(session), _) => session == from,
            _ => false,
        };
        match own || asker.is_some_and(|asker| self.can_use(asker, Privileges::METADATA).is_ok()) {
            true => Ok(()),
            false => Err(Rejection::MetadataForbidden { target: self.name_of(subject), key: key.into() }),
        }
    }
}

/// Wanting to know.
impl Hub {
    /// Goes as far as there is room; the first key that does not fit is refused, and none behind it is
    /// looked at.
    pub(crate) fn subscribe(&mut self, keys: Vec<SmolStr>, step: &mut Step) {
        let limit = self.settings.limits.subscriptions;
        let wanted = self.metadata.wanted.entry(step.from).or_default();
        let before = wanted.len();
        let (mut named, mut full) = (Vec::new(), None);
        for key in unique(keys) {
            if wanted.len() >= limit && !wanted.contains(&key) {
                full = Some(Rejection::MetadataFull { what: key, limit });
                break;
            }
            wanted.insert(key.clone());
            named.push(key);
        }
        let news = wanted.len() > before;
        if wanted.is_empty() {
            self.metadata.wanted.remove(&step.from);
        }
        if !named.is_empty() {
            step.reply(Event::Subscribed { keys: named, news });
        }
        full.into_iter().for_each(|rejection| step.reject(rejection));
    }

    pub(crate) fn unsubscribe(&mut self, keys: Vec<SmolStr>, step: &mut Step) {
        let keys = unique(keys);
        if let Some(wanted) = self.metadata.wanted.get_mut(&step.from) {
            wanted.retain(|key| !keys.contains(key));
            if wanted.is_empty() {
                self.metadata.wanted.remove(&step.from);
            }
        }
        step.reply(Event::Unsubscribed(keys));
    }

    pub(crate) fn subscriptions(&self, from: SessionId) -> Vec<SmolStr> {
        self.metadata.wanted.get(&from).into_iter().flatten().cloned().collect()
    }
}

/// Asking for them.
impl Hub {
    pub(crate) fn metadata(
        &self,
        from: SessionId,
        target: SmolStr,
        keys: Option<Vec<SmolStr>>,
    ) -> Result<(SmolStr, Vec<Fact>), Rejection> {
        let subject = self.readable_subject(from, target)?;
        let (name, facts) = (self.name_of(subject), self.facts(subject));
        let keys = keys.unwrap_or_else(|| facts.keys().cloned().collect());
        let fact = |key: SmolStr| Fact { target: name.clone(), value: facts.get(&key).cloned(), key };
        let facts = keys.into_iter().map(fact).collect();
        Ok((name, facts))
    }

    pub(crate) fn sync(&self, from: SessionId, target: Option<SmolStr>) -> Result<Vec<Fact>, Rejection> {
        let Some(target) = target else {
            return Ok(self.wanted_facts(from, self.all_heard_of(from).into_iter()));
        };
        Ok(match self.readable_subject(from, target)? {
            Subject::Room(room) => self.wanted_facts(from, self.room_and_members(room)),
            subject => self.wanted_facts(from, std::iter::once(subject)),
        })
    }

    fn readable_subject(&self, from: SessionId, target: SmolStr) -> Result<Subject, Rejection> {
        let subject = self.subject(from, target)?;
        let asker = self.sessions.get(&from).and_then(|session| session.user);
        let reads =
            |asker, room| self.users[asker].is_in(room) || self.can_use(asker, Privileges::METADATA).is_ok();
        match (subject, asker) {
            (Subject::Room(room), Some(asker)) if !reads(asker, room) => {
                Err(Rejection::MetadataForbidden { target: self.name_of(subject), key: "*".into() })
            }
            _ => Ok(subject),
        }
    }

    /// Everything that a session is told changes of, each once: itself, its rooms and who is in them, whom
    /// it watches.
    fn all_heard_of(&self, from: SessionId) -> Vec<Subject> {
        let Some(session) = self.sessions.get(&from) else { return Vec::new() };
        let Some(user) = session.user.filter(|_| self.metadata.wanted.contains_key(&from)) else {
            return Vec::new();
        };
        let rooms = &self.users[user].rooms;
        let members = rooms.iter().flat_map(|room| self.rooms[*room].members.keys().copied());
        let watched = session.watched().filter_map(|(folded, _)| self.nicks.get(folded).copied());
        let users: BTreeSet<UserId> = members.chain(watched).filter(|other| *other != user).collect();
        let others = users.into_iter().filter(|other| !self.facts(Subject::User(*other)).is_empty());
        let rooms = rooms.iter().map(|room| Subject::Room(*room));
        std::iter::once(Subject::User(user)).chain(rooms).chain(others.map(Subject::User)).collect()
    }
}

/// Each key once, in the order given.
fn unique(keys: Vec<SmolStr>) -> Vec<SmolStr> {
    let mut seen = BTreeSet::new();
    keys.into_iter().filter(|key| seen.insert(key.clone())).collect()
}
