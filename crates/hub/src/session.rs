//! Sessions: connections as far as the hub cares, and how they become users and cease to be.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::User;
use crate::{Cause, Event, Identity, Nick, Origin, Rejection, SessionId, Text, UserFlags};

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
    pub account: Option<SmolStr>,
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
        let present = self.find_user(hello.nick.as_str());
        match present {
            Some(user) if self.may_attach(user, &hello) => self.attach(user, hello, step),
            Some(_) => return Err(Rejection::NickInUse(hello.nick)),
            None => self.introduce(hello, step),
        }
        Ok(())
    }

    /// One user more.
    fn introduce(&mut self, hello: Introduction, step: &mut Step) {
        let flags = self.settings.user_flags - UserFlags::OPERATOR;
        let place = self.places.next(self.settings.seats);
        let who = Arc::new(Identity {
            nick: hello.nick,
            user: hello.user,
            host: hello.origin.host.clone(),
            account: hello.account,
            bot: flags.contains(UserFlags::BOT),
            realname: hello.realname.cut(self.settings.limits.realname),
            handle: hello.origin.handle.clone().map(Arc::new),
            place,
        });
        let mut newcomer = User::new(who.clone(), step.from, UserFlags::empty(), step.at);
        newcomer.last = self.floor;
        let user = self.users.insert(newcomer);
        self.places.take(place, user);
        self.nicks.insert(self.fold(who.nick.as_str()), user);
        self.set_flags(user, flags);
        self.tally.most = self.tally.most.max(self.users.len());
        self.take_session(user, *hello.origin, hello.away, step);
        let away = self.sessions[&step.from].away().cloned();
        self.users[user].set_away(away);
        step.reply(Event::Registered { who: who.clone(), flags, counts: self.counts() });
        self.tell_online(&who, step);
    }

    /// One session more for a user that is here (`conformance.md` §30): it finds itself in the rooms
    /// of the user, and nobody else notices.
    fn attach(&mut self, user: UserId, hello: Introduction, step: &mut Step) {
        self.users[user].sessions.push(step.from);
        self.take_session(user, *hello.origin, hello.away, step);
        let User { who, flags, .. } = &self.users[user];
        let (who, flags) = (who.clone(), *flags);
        step.reply(Event::Registered { who, flags, counts: self.counts() });
        for room in self.users[user].rooms.clone() {
            step.enter(&[step.from], room);
            let joined = self.joined(user, room, step.at, step);
            step.reply(joined);
            step.reply(self.entered(room, true));
        }
        // Unless the one who comes is away too, the user is no longer.
        self.settle_away(user, Some(step.from), step);
    }

    fn take_session(&mut self, user: UserId, origin: Origin, away: Option<Text>, step: &Step) {
        let most = self.settings.limits.away;
        let session = self.sessions.get_mut(&step.from).expect("who asks was found before");
        session.user = Some(user);
        session.came_from(origin);
        session.set_away(away.filter(|text| !text.is_empty()).map(|text| text.cut(most)));
        self.tally.unknown -= 1;
    }

    /// A session ends that was never a user's.
    pub(crate) fn leave_unregistered(&mut self, cause: Cause, step: &mut Step) {
        self.sessions.swap_remove(&step.from);
        self.tally.unknown -= 1;
        step.close(step.from, cause);
    }

    /// A user's session ends, and the user with it if it was the only one.
    pub(crate) fn leave(&mut self, user: UserId, cause: Cause, step: &mut Step) {
        if self.users[user].sessions.len() == 1 {
            return self.quit(user, cause, step);
        }
        let User { who, rooms, .. } = &self.users[user];
        let (who, rooms) = (who.clone(), rooms.clone());
        for room in rooms {
            step.leave(&[step.from], room);
        }
        if matches!(cause, Cause::Quit(_)) {
            let id = step.next_id();
            step.reply(Event::Quit { id, at: step.at, who, cause: cause.clone() });
        }
        self.users[user].sessions.retain(|session| *session != step.from);
        self.forget(step.from);
        // The one that left may have been the only one not away.
        self.settle_away(user, None, step);
        step.close(step.from, cause);
    }

    /// A user is gone, with all its sessions. Whoever it concerns is told before the connection
    /// closes, so that who sees it closed finds the nickname free and WHOWAS, LUSERS and MONITOR
    /// aware of it (`conformance.md` §4).
    pub(crate) fn quit(&mut self, user: UserId, cause: Cause, step: &mut Step) {
        let at = self.stamp_rooms_of(user, step.at);
        let User { who, sessions, rooms, .. } = &self.users[user];
        let (who, sessions, mut rooms) = (who.clone(), sessions.clone(), rooms.clone());
        rooms.retain(|room| self.take_out(user, *room, step));
        let quit = Arc::new(Event::Quit { id: step.next_id(), at, who: who.clone(), cause: cause.clone() });
        step.tell_rooms(rooms.to_vec(), Vec::new(), quit.clone());
        if matches!(cause, Cause::Quit(_)) && sessions.contains(&step.from) {
            step.reply(quit);
        }
        for &session in &sessions {
            self.forget(session);
        }
        self.remove_user(user);
        self.remember(who.clone(), step.at);
        self.tell_offline(&who, step);
        for session in sessions {
            step.close(session, cause.clone());
        }
    }

    fn forget(&mut self, session: SessionId) {
        self.unwatch_all(session);
        self.sessions.swap_remove(&session);
    }

    fn remove_user(&mut self, user: UserId) {
        self.set_flags(user, UserFlags::empty());
        let gone = self.users.remove(user);
        self.nicks.remove(&self.fold(gone.who.nick.as_str()));
        self.places.free(gone.who.place);
        self.floor = self.floor.max(gone.last);
    }
}
