//! Sessions: connections as far as the hub cares, and how they become users.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::User;
use crate::{Event, Identity, MessageId, Nick, Origin, Rejection, SessionId, Text, UserFlags};

/// A connection. Kept small: what few have is in [`Rare`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Session {
    /// Whose it is, once it has registered.
    pub user: Option<UserId>,
    pub ip: Option<IpAddr>,
    pub secure: bool,
    rare: Option<Box<Rare>>,
}

/// What few sessions have.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rare {
    certificate: Option<SmolStr>,
    /// The account it has proved to own before it was a user.
    account: Option<SmolStr>,
    away: Option<Text>,
    watched: Watched,
}

/// The names that a session watches: folded, and as written.
pub(crate) type Watched = BTreeMap<SmolStr, SmolStr>;

impl Session {
    fn came_from(&mut self, origin: Origin) {
        // A mapped address is the same place as the one it maps, and bans are set on the latter.
        self.ip = origin.ip.map(|ip| ip.to_canonical());
        self.secure = origin.secure;
        if origin.certificate.is_some() {
            self.rare.get_or_insert_default().certificate = origin.certificate;
        }
    }

    pub fn certificate(&self) -> Option<&SmolStr> {
        self.rare.as_ref()?.certificate.as_ref()
    }

    /// The account it has proved to own, until it is a user: then it is that of the user.
    pub fn account(&self) -> Option<&SmolStr> {
        self.rare.as_ref()?.account.as_ref()
    }

    pub fn set_account(&mut self, account: Option<SmolStr>) {
        if account.is_some() || self.rare.is_some() {
            self.rare.get_or_insert_default().account = account;
            self.tidy();
        }
    }

    /// What it left to be told, if it is away.
    pub fn away(&self) -> Option<&Text> {
        self.rare.as_ref()?.away.as_ref()
    }

    pub fn set_away(&mut self, text: Option<Text>) {
        if text.is_some() || self.rare.is_some() {
            self.rare.get_or_insert_default().away = text;
            self.tidy();
        }
    }

    pub fn watched(&self) -> impl Iterator<Item = (&SmolStr, &SmolStr)> {
        self.rare.iter().flat_map(|rare| &rare.watched)
    }

    pub fn watch_count(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| rare.watched.len())
    }

    pub fn watches(&self, folded: &str) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.watched.contains_key(folded))
    }

    pub fn watch(&mut self, folded: SmolStr, written: SmolStr) {
        self.rare.get_or_insert_default().watched.insert(folded, written);
    }

    pub fn unwatch(&mut self, folded: &str) -> bool {
        let Some(rare) = &mut self.rare else { return false };
        let was_there = rare.watched.remove(folded).is_some();
        self.tidy();
        was_there
    }

    pub fn unwatch_all(&mut self) -> Watched {
        let watched = self.rare.as_mut().map(|rare| std::mem::take(&mut rare.watched));
        self.tidy();
        watched.unwrap_or_default()
    }

    /// Gives the memory back once nothing rare is left.
    fn tidy(&mut self) {
        if self.rare.as_deref() == Some(&Rare::default()) {
            self.rare = None;
        }
    }
}

/// What a session says of itself when it registers.
pub(crate) struct Introduction {
    pub nick: Nick,
    pub user: SmolStr,
    pub realname: Text,
    pub origin: Box<Origin>,
    pub away: Option<Text>,
}

/// ```text
///   Connect ──▶ unknown ── Register ──▶ a user's session ── Leave, Kill, Ban ──▶ forgotten
///                  └────────────────── Leave ─────────────────────────────────────▲
/// ```
impl Hub {
    pub(crate) fn connect(&mut self, session: SessionId) {
        self.sessions.entry(session).or_insert_with(|| {
            self.tally.unknown += 1;
            Session::default()
        });
    }

    pub(crate) fn register(&mut self, hello: Introduction, step: &mut Step) -> Result<(), Rejection> {
        self.can_come_in(&hello, step.at)?;
        match self.user_to_attach_to(&hello.nick, step.from)? {
            Some(user) => self.attach(user, hello, step),
            None => self.introduce(hello, step),
        }
        Ok(())
    }

    /// The user that a newcomer is one more session of, whatever it wants to be called if nobody is there;
    /// none if it is a user of its own.
    fn user_to_attach_to(&self, nick: &Nick, session: SessionId) -> Result<Option<UserId>, Rejection> {
        let account = self.account_of(session);
        match self.find_user(nick.as_str()) {
            Some(user) if self.may_attach(user, session) => Ok(Some(user)),
            Some(_) => Err(Rejection::NickInUse(nick.clone())),
            None => {
                self.may_own(nick, account)?;
                Ok(account.and_then(|account| self.waiting_user(account)))
            }
        }
    }

    /// One user more.
    fn introduce(&mut self, hello: Introduction, step: &mut Step) {
        let flags = self.settings.user_flags - UserFlags::OPERATOR;
        let place = self.places.next(self.settings.seats);
        let account = self.account_of(step.from).cloned();
        let who = Arc::new(Identity {
            nick: hello.nick,
            user: hello.user,
            host: hello.origin.host.clone(),
            account,
            bot: flags.contains(UserFlags::BOT),
            realname: hello.realname.cut(self.settings.limits.realname),
            handle: hello.origin.handle.clone().map(Arc::new),
            place,
        });
        let mut newcomer = User::new(who.clone(), step.entry(), SmallVec::from_buf([step.from]), step.at);
        newcomer.last = self.floor;
        let user = self.users.insert(newcomer);
        self.places.take(place, user);
        self.nicks.insert(self.fold(who.nick.as_str()), user);
        self.set_flags(user, flags);
        self.tally.most = self.tally.most.max(self.users.len());
        self.take_session(user, *hello.origin, hello.away, step);
        let away = self.sessions[&step.from].away().cloned();
        self.users[user].set_away(away);
        self.bring_facts(user, step);
        let facts = self.facts_about(user);
        step.reply(Event::Registered { who: who.clone(), flags, counts: self.counts(), facts });
        self.tell_online(&who, step);
        self.settle_stay(user, step);
    }

    /// One session more for a user that is here (`conformance.md` §30): it finds itself in the rooms
    /// of the user, and nobody else notices.
    fn attach(&mut self, user: UserId, hello: Introduction, step: &mut Step) {
        if self.users[user].sessions.is_empty() {
            self.come_back(user, &hello.origin, step);
        }
        self.users[user].sessions.push(step.from);
        self.take_session(user, *hello.origin, hello.away, step);
        self.bring_facts(user, step);
        let User { who, flags, .. } = &self.users[user];
        let (who, flags, facts) = (who.clone(), *flags, self.facts_about(user));
        step.reply(Event::Registered { who, flags, counts: self.counts(), facts });
        for room in self.users[user].rooms.clone() {
            step.enter(&[step.from], room);
            let joined = self.joined(user, room, step.at, step);
            step.reply(joined);
            step.reply(self.entered(step.from, room, true));
        }
        // Unless the one who comes is away too, the user is no longer.
        self.settle_away(user, Some(step.from), step);
    }

    /// Somebody is there again for a user that stayed.
    fn come_back(&mut self, user: UserId, origin: &Origin, step: &Step) {
        if self.users[user].serial == MessageId::default() {
            // It is the same since before a restart; as one who came, it came now.
            self.users[user].serial = step.entry();
        }
        let handle = origin.handle.clone().map(Arc::new);
        if self.users[user].who.handle != handle {
            self.change_identity(user, |who| who.handle = handle);
        }
    }

    fn take_session(&mut self, user: UserId, origin: Origin, away: Option<Text>, step: &Step) {
        let most = self.settings.limits.away;
        let session = self.sessions.get_mut(&step.from).expect("who asks was found before");
        session.user = Some(user);
        session.set_account(None);
        session.came_from(origin);
        session.set_away(away.filter(|text| !text.is_empty()).map(|text| text.cut(most)));
        self.tally.unknown -= 1;
    }
}
