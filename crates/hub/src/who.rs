//! WHO and WHOIS: which users there are, and what is known of one (`conformance.md` §8).

use std::ops::Bound;

use smol_str::{SmolStr, ToSmolStr};

use crate::hub::Hub;
use crate::read::LOOKED_AT;
use crate::table::UserId;
use crate::{
    Answer, Mask, Ranks, Rejection, RoomId, RoomName, Timestamp, WhoMask, WhoRow, Whois, WhoisPrivate,
};

/// Who asks for whom, and how much of it in one answer.
struct Search {
    asker: UserId,
    now: Timestamp,
    operators: bool,
    most: usize,
}

impl Hub {
    pub(crate) fn who(
        &self,
        asker: UserId,
        now: Timestamp,
        mask: &WhoMask,
        operators: bool,
        after: Option<SmolStr>,
        most: usize,
    ) -> Answer {
        let search = Search { asker, now, operators, most };
        match mask {
            WhoMask::Room(name) => self.who_in_room(&search, name, after),
            WhoMask::Mask(mask) => match self.find_user(mask) {
                Some(user) => self.who_is_it(&search, user),
                None => self.who_matches(&search, mask, after),
            },
        }
    }

    /// The one user that was named, invisible or not.
    fn who_is_it(&self, search: &Search, user: UserId) -> Answer {
        let row = (!search.operators || self.users[user].is_operator())
            .then(|| self.row(search, user, self.shared_room(search.asker, user)));
        Answer::Who { rows: row.into_iter().collect(), next: None }
    }

    /// Goes on by position, so whoever leaves between two answers may hide one who would have come.
    fn who_in_room(&self, search: &Search, name: &RoomName, after: Option<SmolStr>) -> Answer {
        let seen = self.find_room(name.as_str()).filter(|room| self.can_see_room(search.asker, *room));
        let Some(id) = seen else { return Answer::Who { rows: Vec::new(), next: None } };
        let members = &self.rooms[id].members;
        let start = after.and_then(|after| after.parse().ok()).unwrap_or(0);
        let mut rows = Vec::new();
        for at in start..members.len() {
            if rows.len() == search.most || at - start == LOOKED_AT {
                return Answer::Who { rows, next: Some(at.to_smolstr()) };
            }
            let (user, _) = members.get_index(at).expect("the position is below the number of members");
            if self.can_see_in(search.asker, *user, id) && self.is_sought(search, *user) {
                rows.push(self.row(search, *user, Some(id)));
            }
        }
        Answer::Who { rows, next: None }
    }

    fn who_matches(&self, search: &Search, mask: &str, after: Option<SmolStr>) -> Answer {
        let start = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut rows = Vec::new();
        let mut last: Option<&SmolStr> = None;
        for (looked_at, (nick, user)) in self.nicks.range::<str, _>((start, Bound::Unbounded)).enumerate() {
            if rows.len() == search.most || looked_at == LOOKED_AT {
                return Answer::Who { rows, next: last.cloned() };
            }
            last = Some(nick);
            if self.is_sought(search, *user)
                && self.can_see(search.asker, *user)
                && self.fits_mask(*user, mask)
            {
                rows.push(self.row(search, *user, self.shared_room(search.asker, *user)));
            }
        }
        Answer::Who { rows, next: None }
    }

    fn is_sought(&self, search: &Search, user: UserId) -> bool {
        !search.operators || self.users[user].is_operator()
    }

    fn fits_mask(&self, user: UserId, mask: &str) -> bool {
        let matches = |text: &str| Mask::matches(mask, text, self.settings.casemapping);
        let who = &self.users[user].who;
        mask == "*"
            || [who.nick.as_str(), &who.host, &who.user].into_iter().any(matches)
            || matches(&String::from_utf8_lossy(who.realname.as_bytes()))
    }

    fn row(&self, search: &Search, id: UserId, room: Option<RoomId>) -> WhoRow {
        let user = &self.users[id];
        let may_know = id == search.asker || self.users[search.asker].is_operator();
        WhoRow {
            who: user.who.clone(),
            room: room.map(|room| self.place(id, room)),
            away: user.away().is_some(),
            operator: user.is_operator(),
            ip: user.sessions.first().and_then(|session| self.sessions[session].ip).filter(|_| may_know),
            idle: search.now.since(user.spoke) / 1000,
        }
    }

    /// A room by name, and what the user is there.
    fn place(&self, user: UserId, room: RoomId) -> (RoomName, Ranks) {
        (self.rooms[room].name.clone(), self.rooms[room].ranks(user))
    }

    /// All about one user. Operators learn its address and switches, but see no more rooms than others.
    pub(crate) fn whois(&self, asker: UserId, now: Timestamp, nick: SmolStr) -> Result<Answer, Rejection> {
        let id = self.user_called(nick)?;
        let user = &self.users[id];
        let may_know = id == asker || self.users[asker].is_operator();
        let sessions = || user.sessions.iter().map(|session| &self.sessions[session]);
        Ok(Answer::Whois(Box::new(Whois {
            who: user.who.clone(),
            rooms: self.rooms_shown(asker, id),
            operator: user.oper().map(|oper| oper.title.clone()),
            away: user.away().cloned(),
            secure: !user.sessions.is_empty() && sessions().all(|session| session.secure),
            idle: now.since(user.spoke) / 1000,
            signon: user.signon,
            private: may_know.then(|| WhoisPrivate {
                ip: sessions().next().and_then(|session| session.ip),
                flags: user.flags,
                certificate: sessions().find_map(|session| session.certificate().cloned()),
            }),
        })))
    }

    /// The rooms both are in; others only if neither they nor the user are hidden.
    fn rooms_shown(&self, asker: UserId, user: UserId) -> Vec<(RoomName, Ranks)> {
        let hidden = self.users[user].is_invisible();
        let shown =
            |room: RoomId| self.users[asker].is_in(room) || (!hidden && self.can_see_room(asker, room));
        let rooms = self.users[user].rooms.iter().copied().filter(|room| shown(*room));
        rooms.map(|room| self.place(user, room)).collect()
    }
}
