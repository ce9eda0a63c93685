//! What operators of the server do (`conformance.md` §8).

use std::net::IpAddr;
use std::sync::Arc;

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::{Oper, User};
use crate::{
    Cause, Effect, Event, Mask, NetworkBan, Nick, Privileges, Record, Rejection, SessionId, Text, Timestamp,
    UserFlags,
};

/// Under which name the server does what its operator asks for at a shell.
const SERVER: &str = "saloon";

impl Hub {
    pub(crate) fn make_operator(
        &mut self,
        user: UserId,
        privileges: Privileges,
        title: SmolStr,
        step: &mut Step,
    ) {
        let flags = self.users[user].flags;
        self.set_flags(user, flags | UserFlags::OPERATOR);
        self.users[user].set_oper(Some(Oper { privileges, title }));
        step.reply(Event::Opered);
        if !flags.contains(UserFlags::OPERATOR) {
            self.tell_user_modes(user, vec![(UserFlags::OPERATOR, true)], step);
        }
    }

    /// The privilege comes first: also who names nobody, or itself, learns that it lacks it.
    pub(crate) fn kill(
        &mut self,
        user: UserId,
        nick: SmolStr,
        reason: Text,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        self.can_use(user, Privileges::KILL)?;
        let victim = self.user_called(nick)?;
        let who = self.users[user].who.clone();
        let nick = self.users[victim].who.nick.clone();
        let cause = Cause::Killed { by: who.nick.clone(), reason: reason.clone() };
        let killed = Arc::new(Event::Killed { at: step.at, who, nick, reason });
        step.tell_own(&self.users[victim].sessions, killed);
        self.quit(victim, cause, step);
        Ok(())
    }

    /// The server itself disconnects somebody, for its operator at a shell.
    pub(crate) fn kill_as_server(
        &mut self,
        nick: SmolStr,
        reason: Text,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let victim = self.user_called(nick)?;
        let by = Nick::new(SERVER, SERVER.len()).expect("letters are a nickname");
        self.quit(victim, Cause::Killed { by, reason }, step);
        Ok(())
    }

    pub(crate) fn wallops(&mut self, user: UserId, text: Text, step: &mut Step) -> Result<(), Rejection> {
        self.can_use(user, Privileges::WALLOPS)?;
        let asked = |flags: UserFlags| flags.contains(UserFlags::WALLOPS);
        let listeners = self.users.iter().filter(|(_, listener)| asked(listener.flags));
        let sessions: Vec<SessionId> =
            listeners.flat_map(|(_, listener)| listener.sessions.iter().copied()).collect();
        let who = self.users[user].who.clone();
        step.tell_own(&sessions, Arc::new(Event::Wallops { at: step.at, who, text }));
        Ok(())
    }

    /// Whoever matches is disconnected, operators and the one who asks not excepted: a ban holds for
    /// all, and one that should not hold for some is written otherwise.
    pub(crate) fn ban(
        &mut self,
        user: UserId,
        mask: &str,
        reason: Text,
        until: Option<Timestamp>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        self.can_use(user, Privileges::BAN)?;
        let by = self.users[user].who.to_smolstr();
        self.ban_by(by, mask, reason, until, step);
        Ok(())
    }

    /// The same, by the server itself.
    pub(crate) fn ban_as_server(
        &mut self,
        mask: &str,
        reason: Text,
        until: Option<Timestamp>,
        step: &mut Step,
    ) {
        self.ban_by(SmolStr::new_static(SERVER), mask, reason, until, step);
    }

    fn ban_by(&mut self, by: SmolStr, mask: &str, reason: Text, until: Option<Timestamp>, step: &mut Step) {
        let mask = with_user(mask);
        let ban = NetworkBan { mask: mask.clone(), reason: reason.clone(), until, by, at: step.at };
        let victims: Vec<UserId> = match in_force(&ban, step.at) {
            true => self.users.iter().map(|(user, _)| user).filter(|user| self.is_hit(*user, &ban)).collect(),
            false => Vec::new(),
        };
        let closed = victims.iter().map(|victim| self.users[*victim].sessions.len()).sum();
        // Those that ended are cleared away here, where the list grows.
        let casemapping = self.settings.casemapping;
        self.bans.retain(|old| in_force(old, step.at) && !casemapping.same(&old.mask, &mask));
        self.bans.push(ban);
        step.keep(Record::Bans(self.bans.clone()));
        step.reply(Event::NetworkBanned { mask, closed });
        for victim in victims {
            self.quit(victim, Cause::Banned(reason.clone()), step);
        }
    }

    pub(crate) fn unban(&mut self, user: UserId, mask: SmolStr, step: &mut Step) -> Result<(), Rejection> {
        self.can_use(user, Privileges::BAN)?;
        self.unban_as_server(mask, step)
    }

    /// Whoever may do so has asked.
    pub(crate) fn unban_as_server(&mut self, mask: SmolStr, step: &mut Step) -> Result<(), Rejection> {
        let whole = with_user(&mask);
        let now = step.at;
        let found = self.bans.iter().position(|ban| in_force(ban, now) && self.same(&ban.mask, &whole));
        let ban = self.bans.remove(found.ok_or(Rejection::NoSuchBan(mask))?);
        step.keep(Record::Bans(self.bans.clone()));
        step.reply(Event::NetworkUnbanned { mask: ban.mask });
        Ok(())
    }

    pub(crate) fn rehash(&mut self, user: UserId, step: &mut Step) -> Result<(), Rejection> {
        self.can_use(user, Privileges::REHASH)?;
        step.reply(Event::Rehashing);
        step.also(Effect::Rehash { session: step.from });
        Ok(())
    }

    pub(crate) fn die(&mut self, user: UserId, step: &mut Step) -> Result<(), Rejection> {
        self.can_use(user, Privileges::DIE)?;
        step.also(Effect::Shutdown);
        Ok(())
    }

    /// Bans from the server that have not ended.
    pub(crate) fn bans_in_force(&self, now: Timestamp) -> impl Iterator<Item = &NetworkBan> {
        self.bans.iter().filter(move |ban| in_force(ban, now))
    }

    fn is_hit(&self, user: UserId, ban: &NetworkBan) -> bool {
        let User { who, sessions, .. } = &self.users[user];
        let hits = |ip| self.ban_matches(ban, &who.user, &who.host, ip);
        hits(None) || sessions.iter().any(|session| hits(self.sessions[session].ip))
    }

    /// Whether a ban is for this user name at this host or address.
    pub(crate) fn ban_matches(&self, ban: &NetworkBan, user: &str, host: &str, ip: Option<IpAddr>) -> bool {
        let matches = |from: &str| Mask::matches(&ban.mask, from, self.settings.casemapping);
        matches(&format!("{user}@{host}"))
            || ip.is_some_and(|ip| matches(&format!("{user}@{}", ip.to_canonical())))
    }
}

fn in_force(ban: &NetworkBan, now: Timestamp) -> bool {
    ban.until.is_none_or(|until| until > now)
}

/// A mask without a user name is for any.
fn with_user(mask: &str) -> SmolStr {
    if mask.contains('@') { SmolStr::new(mask) } else { format_smolstr!("*@{mask}") }
}
