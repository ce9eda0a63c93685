//! Facts: where they are, and who is told of them (`conformance.md` §27).

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, Fact, RoomId, SessionId, Text};

/// Facts about one user or room, by key.
pub(crate) type Facts = BTreeMap<SmolStr, Text>;

/// Most facts that are told at once. Of what is beyond, each can be asked for.
pub(crate) const TOLD_AT_ONCE: usize = 4096;

/// Facts that end with a connection, and who wants to know any. Few have or want some.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    /// What sessions say of themselves that have not registered.
    pub newcomers: BTreeMap<SessionId, Facts>,
    /// What users say of themselves; never empty.
    pub guests: BTreeMap<UserId, Facts>,
    /// The keys that sessions subscribed to; never empty.
    pub wanted: BTreeMap<SessionId, BTreeSet<SmolStr>>,
}

impl Metadata {
    /// The session is gone.
    pub fn forget(&mut self, session: SessionId) {
        self.newcomers.remove(&session);
        self.wanted.remove(&session);
    }
}

/// Whom facts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Oneself, before registration.
    Newcomer(SessionId),
    User(UserId),
    Room(RoomId),
}

static NONE: Facts = Facts::new();

/// Where they are.
impl Hub {
    pub(crate) fn facts(&self, subject: Subject) -> &Facts {
        match subject {
            Subject::Newcomer(session) => self.metadata.newcomers.get(&session).unwrap_or(&NONE),
            Subject::User(user) => match self.account_that_speaks_for(user) {
                Some(account) => &self.accounts[&account].metadata,
                None => self.metadata.guests.get(&user).unwrap_or(&NONE),
            },
            Subject::Room(room) => &self.rooms[room].facts,
        }
    }

    /// Everything that is set about a user.
    pub(crate) fn facts_about(&self, user: UserId) -> Vec<Fact> {
        let target = SmolStr::new(self.users[user].who.nick.as_str());
        let fact = |(key, value): (&SmolStr, &Text)| Fact {
            target: target.clone(),
            key: key.clone(),
            value: Some(value.clone()),
        };
        self.facts(Subject::User(user)).iter().map(fact).collect()
    }

    /// The account whose facts are those of the user, by its folded name.
    fn account_that_speaks_for(&self, user: UserId) -> Option<SmolStr> {
        let folded = self.fold(self.users[user].who.account.as_ref()?);
        self.accounts.contains_key(&folded).then_some(folded)
    }

    /// Sets or removes a fact. What it was before.
    pub(crate) fn put_fact(
        &mut self,
        subject: Subject,
        key: SmolStr,
        value: Option<Text>,
        step: &mut Step,
    ) -> Option<Text> {
        match subject {
            Subject::Newcomer(session) => put_into(&mut self.metadata.newcomers, session, key, value),
            Subject::User(user) => match self.account_that_speaks_for(user) {
                Some(account) => self.put_fact_of_account(&account, key, value, step),
                None => put_into(&mut self.metadata.guests, user, key, value),
            },
            Subject::Room(room) => {
                self.touch_kept_room(room, step);
                put(&mut self.rooms[room].facts, key, value)
            }
        }
    }

    fn put_fact_of_account(
        &mut self,
        account: &str,
        key: SmolStr,
        value: Option<Text>,
        step: &mut Step,
    ) -> Option<Text> {
        let found = self.accounts.get_mut(account).expect("it was found before");
        let before = put(&mut found.metadata, key, value);
        self.keep_account(account, step);
        before
    }

    /// The user or room in its own case.
    pub(crate) fn name_of(&self, subject: Subject) -> SmolStr {
        match subject {
            Subject::Newcomer(_) => SmolStr::new_static("*"),
            Subject::User(user) => SmolStr::new(self.users[user].who.nick.as_str()),
            Subject::Room(room) => SmolStr::new(self.rooms[room].name.as_str()),
        }
    }
}

/// Who is told.
impl Hub {
    /// Tells whom it concerns, but not the session that asks.
    pub(crate) fn tell_fact(&self, subject: Subject, key: SmolStr, value: Option<Text>, step: &mut Step) {
        let concerned = |session: SessionId| match (subject, self.sessions.get(&session).and_then(|s| s.user))
        {
            (Subject::Room(room), Some(listener)) => self.rooms[room].has(listener),
            (Subject::User(user), Some(listener)) => self.hears_of(session, listener, user),
            _ => false,
        };
        let wanted = self.metadata.wanted.iter().filter(|(_, keys)| keys.contains(&key));
        let sessions = wanted.map(|(session, _)| *session).filter(|session| *session != step.from);
        let sessions: Vec<SessionId> = sessions.filter(|session| concerned(*session)).collect();
        let fact = Fact { target: self.name_of(subject), key, value };
        step.tell_sessions(sessions, Event::Metadata(fact).into());
    }

    /// Whether a session is told what changes about a user: its own, those in a room with it, and those
    /// that watch it.
    fn hears_of(&self, session: SessionId, listener: UserId, user: UserId) -> bool {
        listener == user
            || self.shared_room(listener, user).is_some()
            || self.sessions[&session].watches(&self.fold(self.users[user].who.nick.as_str()))
    }

    /// Tells the members of a room what one who comes says of itself.
    pub(crate) fn tell_facts_of_newcomer(&self, user: UserId, room: RoomId, step: &mut Step) {
        let facts = self.facts(Subject::User(user));
        if facts.is_empty() || self.metadata.wanted.is_empty() {
            return;
        }
        let members = self.rooms[room].members.keys().filter(|member| **member != user);
        let sessions: Vec<SessionId> =
            members.flat_map(|member| self.users[*member].sessions.iter().copied()).collect();
        for (key, value) in facts {
            let wants = |session: &&SessionId| {
                self.metadata.wanted.get(*session).is_some_and(|keys| keys.contains(key))
            };
            let fact = Fact {
                target: self.name_of(Subject::User(user)),
                key: key.clone(),
                value: Some(value.clone()),
            };
            step.tell_sessions(
                sessions.iter().filter(wants).copied().collect(),
                Event::Metadata(fact).into(),
            );
        }
    }

    /// What a session that joins a room wants to be told of it and its members.
    pub(crate) fn facts_on_joining(&self, session: SessionId, room: RoomId) -> Vec<Fact> {
        self.wanted_facts(session, self.room_and_members(room))
    }

    pub(crate) fn room_and_members(&self, room: RoomId) -> impl Iterator<Item = Subject> {
        let members = self.rooms[room].members.keys().map(|user| Subject::User(*user));
        std::iter::once(Subject::Room(room)).chain(members)
    }

    /// What a session subscribed to, of all of these.
    pub(crate) fn wanted_facts(
        &self,
        session: SessionId,
        subjects: impl Iterator<Item = Subject>,
    ) -> Vec<Fact> {
        let Some(keys) = self.metadata.wanted.get(&session) else { return Vec::new() };
        let facts = subjects.flat_map(|subject| {
            let facts = self.facts(subject);
            let both = facts.iter().filter(|(key, _)| keys.contains(*key));
            both.map(move |(key, value)| Fact {
                target: self.name_of(subject),
                key: key.clone(),
                value: Some(value.clone()),
            })
        });
        facts.take(TOLD_AT_ONCE).collect()
    }
}

/// Keeps no facts of who has none.
fn put_into<K: Ord + Copy>(
    all: &mut BTreeMap<K, Facts>,
    of: K,
    key: SmolStr,
    value: Option<Text>,
) -> Option<Text> {
    let facts = all.entry(of).or_default();
    let before = put(facts, key, value);
    if facts.is_empty() {
        all.remove(&of);
    }
    before
}

fn put(facts: &mut Facts, key: SmolStr, value: Option<Text>) -> Option<Text> {
    match value {
        Some(value) => facts.insert(key, value),
        None => facts.remove(&key),
    }
}
