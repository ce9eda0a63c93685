//! Policy: who may do what. Each function answers with the one reason against it that is told, so the
//! order of its checks is part of the rule.

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::lists::Likeness;
use crate::session::Introduction;
use crate::table::UserId;
use crate::user::User;
use crate::{
    Credentials, ListKind, ModeChange, Mute, NetworkBan, Nick, Privileges, Rank, Rejection, RoomFlags,
    RoomId, RoomName, Say, SessionId, Several, Text, Timestamp, UserFlags,
};

/// Names and people.
impl Hub {
    /// Whether a session may register at all. Whether its nickname is free is another question.
    pub(crate) fn can_come_in(&self, hello: &Introduction, now: Timestamp) -> Result<(), Rejection> {
        let origin = &hello.origin;
        let matches = |ban: &&NetworkBan| self.ban_matches(ban, &hello.user, &origin.host, origin.ip);
        if let Some(ban) = self.bans_in_force(now).find(matches) {
            return Err(Rejection::BannedFromServer(ban.reason.clone()));
        }
        self.can_be_called(&hello.nick)
    }

    /// Whether anyone may have this nickname.
    pub(crate) fn can_be_called(&self, nick: &Nick) -> Result<(), Rejection> {
        match self.settings.reserved.iter().any(|name| self.same(name, nick.as_str())) {
            true => Err(Rejection::NickReserved(nick.clone())),
            false => Ok(()),
        }
    }

    /// Whether a user may take this nickname; its own in other letters it may.
    pub(crate) fn can_rename(&self, user: UserId, nick: &Nick) -> Result<(), Rejection> {
        self.can_be_called(nick)?;
        match self.find_user(nick.as_str()) {
            Some(other) if other != user => Err(Rejection::NickInUse(nick.clone())),
            Some(_) => Ok(()),
            None => self.may_own(nick, self.users[user].who.account.as_ref()),
        }
    }

    /// Whether one with this account may take a free nickname: that of an account is kept for it
    /// (`conformance.md` §30).
    pub(crate) fn may_own(&self, nick: &Nick, account: Option<&SmolStr>) -> Result<(), Rejection> {
        let is_own = account.is_some_and(|account| self.same(account, nick.as_str()));
        match self.settings.nicks_owned && !is_own && self.account(nick.as_str()).is_some() {
            true => Err(Rejection::NickOwned(nick.clone())),
            false => Ok(()),
        }
    }

    /// Whether a newcomer may be one more session of a user that is here (`conformance.md` §30): it is the
    /// owner's, and several are allowed, or nobody is there.
    pub(crate) fn may_attach(&self, user: UserId, session: SessionId) -> bool {
        let User { who, sessions, .. } = &self.users[user];
        let Some(account) = &who.account else { return false };
        self.account_of(session) == Some(account) && (sessions.is_empty() || self.may_share(account))
    }

    /// Whether several sessions of an account may share a user.
    fn may_share(&self, account: &str) -> bool {
        let choice = self.account(account).and_then(|account| account.choices.several);
        match self.settings.several_sessions {
            Several::Never => false,
            Several::OptIn => choice == Some(true),
            Several::OptOut => choice != Some(false),
        }
    }

    /// Whether a user is an operator who may do this.
    pub(crate) fn can_use(&self, user: UserId, privilege: Privileges) -> Result<(), Rejection> {
        match self.users[user].oper() {
            Some(oper) if oper.privileges.contains(privilege) => Ok(()),
            _ => Err(Rejection::NoPrivilege),
        }
    }

    /// Whether one user may write to another (`conformance.md` §30, `+R`).
    pub(crate) fn can_write_to(&self, user: UserId, to: UserId) -> Result<(), Rejection> {
        let receiver = &self.users[to];
        let guarded = receiver.flags.contains(UserFlags::ACCOUNTS_WRITE);
        let writer = &self.users[user];
        if guarded && user != to && writer.who.account.is_none() && !receiver.accepts(writer.serial) {
            return Err(Rejection::AccountNeeded(receiver.who.nick.clone()));
        }
        Ok(())
    }

    /// Whether a session may have such an account made (`conformance.md` §22). A nickname that is in use is
    /// its holder's to register, with an account or without.
    pub(crate) fn can_create_account(
        &self,
        name: &Nick,
        credentials: &Credentials,
        log_in: bool,
        from: SessionId,
    ) -> Result<(), Rejection> {
        match self.account_of(from) {
            Some(account) if log_in => return Err(Rejection::LoggedInAlready(account.clone())),
            _ if !log_in && !self.governs_accounts(from) => return Err(Rejection::NoPrivilege),
            _ => {}
        }
        let written = || SmolStr::new(name.as_str());
        self.can_be_called(name).map_err(|_| Rejection::AccountReserved(written()))?;
        let asker = self.sessions.get(&from).and_then(|session| session.user);
        let holder = self.find_user(name.as_str());
        if self.account(name.as_str()).is_some() || (holder.is_some() && holder != asker) {
            return Err(Rejection::AccountExists(written()));
        }
        if self.accounts.len() >= self.settings.limits.accounts {
            return Err(Rejection::NoMoreAccounts);
        }
        let fingerprints = &credentials.certificates;
        let taken = fingerprints.iter().any(|fingerprint| self.certificates.contains_key(fingerprint));
        match taken || fingerprints.len() > self.settings.limits.certificates {
            true => Err(Rejection::CertificateRefused),
            false => Ok(()),
        }
    }

    /// Whether a session may change an account: its own, or any if it governs them all. The folded name.
    pub(crate) fn can_manage(
        &self,
        account: &SmolStr,
        governs: bool,
        from: SessionId,
    ) -> Result<SmolStr, Rejection> {
        let folded = self.fold(account);
        match self.account_of(from) {
            Some(own) if self.same(own, account) => Ok(folded),
            _ if governs && self.accounts.contains_key(&folded) => Ok(folded),
            _ if governs => Err(Rejection::NoSuchAccount(account.clone())),
            None => Err(Rejection::NotLoggedIn),
            Some(_) => Err(Rejection::NoPrivilege),
        }
    }

    /// Whom a user may send away by this nickname: its own other sessions, another user of its account, and
    /// whoever has the nickname that is kept for it.
    pub(crate) fn can_ghost(&self, user: UserId, nick: SmolStr) -> Result<UserId, Rejection> {
        let account = self.users[user].who.account.as_ref().ok_or(Rejection::NotLoggedIn)?;
        let ghost = self.user_called(nick)?;
        let User { who, sessions, .. } = &self.users[ghost];
        let has_own_nick = self.settings.nicks_owned && self.same(account, who.nick.as_str());
        if who.account.as_ref() != Some(account) && !has_own_nick {
            return Err(Rejection::NoPrivilege);
        }
        match ghost == user && sessions.len() == 1 {
            true => Err(Rejection::NoSuchNick(who.nick.as_str().into())),
            false => Ok(ghost),
        }
    }

    /// Whether `asker` sees a user that it did not name: itself, who is not invisible, and who shares
    /// a room with it.
    pub(crate) fn can_see(&self, asker: UserId, user: UserId) -> bool {
        asker == user || !self.users[user].is_invisible() || self.shared_room(asker, user).is_some()
    }
}

/// Rooms.
impl Hub {
    /// Whether a user may enter a room (`conformance.md` §8, JOIN; the numerics in that order).
    pub(crate) fn can_join(&self, user: UserId, id: RoomId, key: Option<&Text>) -> Result<(), Rejection> {
        let room = &self.rooms[id];
        let name = || room.name.clone();
        self.can_be_in_one_more(user, &room.name)?;
        if self.is_founder(user, id) && room.members.len() < self.settings.limits.members {
            return Ok(());
        }
        // An invitation lets past `+l`, `+i` and `+b`, but the server's own limit is about memory.
        let invited = self.is_invited(user, id);
        let full = room.limit.is_some_and(|limit| room.members.len() >= limit as usize);
        if (full && !invited) || room.members.len() >= self.settings.limits.members {
            return Err(Rejection::RoomFull(name()));
        }
        let closed = room.is(RoomFlags::INVITE_ONLY) && !invited;
        if closed && !(self.listed(id, ListKind::Invite) && room.lists.invite(&self.likeness(user))) {
            return Err(Rejection::InviteOnly(name()));
        }
        if !invited && room.lists.have_bans() && room.lists.keep_out(&self.likeness(user)) {
            return Err(Rejection::Banned(name()));
        }
        if room.key.is_some() && room.key.as_ref() != key {
            return Err(Rejection::BadKey(name()));
        }
        Ok(())
    }

    fn listed(&self, room: RoomId, kind: ListKind) -> bool {
        !self.rooms[room].lists.of(kind).is_empty()
    }

    /// Whether a user may be the first in a room.
    pub(crate) fn can_create_room(&self, user: UserId, name: &RoomName) -> Result<(), Rejection> {
        self.can_be_in_one_more(user, name)?;
        match self.rooms.len() < self.settings.limits.rooms {
            true => Ok(()),
            false => Err(Rejection::NoMoreRooms(name.clone())),
        }
    }

    fn can_be_in_one_more(&self, user: UserId, name: &RoomName) -> Result<(), Rejection> {
        match self.users[user].rooms.len() < self.settings.limits.rooms_per_user {
            true => Ok(()),
            false => Err(Rejection::TooManyRooms(name.clone())),
        }
    }

    /// Whether a user has an open invitation to this room, in its present life.
    pub(crate) fn is_invited(&self, user: UserId, room: RoomId) -> bool {
        let serial = self.rooms[room].serial;
        self.users[user].invitations().iter().any(|open| open.room == room && open.serial == serial)
    }

    /// Whether a user may speak in a room (`conformance.md` §8, §9, §19). With `written`, to those of
    /// a rank only: that is for members, also where others may speak.
    pub(crate) fn can_speak(
        &self,
        user: UserId,
        id: RoomId,
        say: &Say,
        written: Option<&SmolStr>,
    ) -> Result<(), Rejection> {
        let room = &self.rooms[id];
        let ranks = room.members.get(&user);
        let plain = ranks.is_none_or(|ranks| ranks.is_empty());
        let why = if ranks.is_none() && (written.is_some() || room.is(RoomFlags::MEMBERS_SPEAK)) {
            Mute::NotMember
        } else if plain && room.is(RoomFlags::MODERATED) {
            Mute::Moderated
        } else if plain && room.is(RoomFlags::ACCOUNTS_SPEAK) && self.users[user].who.account.is_none() {
            Mute::AccountNeeded
        } else if plain && room.lists.have_bans() && room.lists.silence(&self.likeness(user)) {
            Mute::Banned
        } else if say.ctcp && room.is(RoomFlags::NO_CTCP) {
            Mute::NoCtcp
        } else {
            return Ok(());
        };
        let room = written.cloned().unwrap_or_else(|| SmolStr::new(room.name.as_str()));
        Err(Rejection::CannotSpeak { room, why })
    }

    /// Whether a member has a rank that high.
    pub(crate) fn needs_rank(&self, user: UserId, room: RoomId, rank: Rank) -> Result<(), Rejection> {
        let room = &self.rooms[room];
        match room.ranks(user).at_least(rank) {
            true => Ok(()),
            false => Err(Rejection::RankNeeded(room.name.clone())),
        }
    }

    /// Whether a member may set the topic.
    pub(crate) fn can_set_topic(&self, user: UserId, room: RoomId) -> Result<(), Rejection> {
        match self.rooms[room].is(RoomFlags::TOPIC_LOCKED) {
            true => self.needs_rank(user, room, Rank::Halfop),
            false => Ok(()),
        }
    }

    /// Whether a member may put out another: nobody one of higher rank.
    pub(crate) fn can_kick(&self, user: UserId, target: UserId, room: RoomId) -> Result<(), Rejection> {
        let Some(rank) = self.rooms[room].ranks(target).highest() else { return Ok(()) };
        self.needs_rank(user, room, rank)
    }

    /// Whether a member may let someone into a room: any may, unless the room is `+i`.
    pub(crate) fn can_invite(&self, user: UserId, room: RoomId) -> Result<(), Rejection> {
        match self.rooms[room].is(RoomFlags::INVITE_ONLY) {
            true => self.needs_rank(user, room, Rank::Operator),
            false => Ok(()),
        }
    }

    /// Whether a member may make this change of a room's modes. Switches, key, limit and lists need an
    /// operator; a rank needs one that gives it, or being the one who loses it.
    pub(crate) fn can_change(
        &self,
        user: UserId,
        room: RoomId,
        change: &ModeChange,
    ) -> Result<(), Rejection> {
        let needed = match change {
            ModeChange::Rank(_, false, nick) if self.find_user(nick) == Some(user) => return Ok(()),
            ModeChange::Rank(Rank::Founder | Rank::Protected, ..) => Rank::Founder,
            ModeChange::Rank(Rank::Voice, ..) => Rank::Halfop,
            _ => Rank::Operator,
        };
        self.needs_rank(user, room, needed)
    }

    /// Whether one who asks sees that a room exists, and who is in it.
    pub(crate) fn can_see_room(&self, asker: UserId, room: RoomId) -> bool {
        !self.rooms[room].is(RoomFlags::SECRET) || self.rooms[room].has(asker)
    }

    /// A user as masks see it.
    pub(crate) fn likeness(&self, user: UserId) -> Likeness<'_> {
        let user = &self.users[user];
        let ips = user.sessions.iter().filter_map(|session| self.sessions[session].ip);
        Likeness::new(&user.who, ips, self.settings.casemapping)
    }
}
