//! Registered rooms: whose they are, and who has which rank in them (`conformance.md` §30, Services).

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Event, ModeChange, Privileges, Rank, Ranks, Registration, Rejection, RoomId, RoomName, Settled};

/// Who has which rank: accounts, in the order they got it.
type Access = Vec<(SmolStr, Rank)>;

/// What is asked of the services.
impl Hub {
    pub(crate) fn register_room(
        &mut self,
        user: UserId,
        name: &RoomName,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.own_room(user, name)?;
        let founder = self.can_register_room(user, room)?;
        let registration = Registration { founder, at: step.at, access: Vec::new() };
        self.rooms[room].registration = Some(Box::new(registration));
        step.touch_room(room);
        step.reply(Event::Settled(Settled::RoomRegistered(self.rooms[room].name.clone())));
        self.raise(user, user, room, Rank::Founder, step);
        Ok(())
    }

    /// The account that may be the founder.
    fn can_register_room(&self, user: UserId, room: RoomId) -> Result<SmolStr, Rejection> {
        let name = || self.rooms[room].name.clone();
        if !self.settings.rooms_registered {
            return Err(Rejection::RegistrationOff);
        }
        if self.can_use(user, Privileges::CHANREG).is_err() {
            self.needs_rank(user, room, Rank::Operator)?;
        }
        let founder = self.users[user].who.account.clone().ok_or(Rejection::NotLoggedIn)?;
        if self.rooms[room].registration.is_some() {
            return Err(Rejection::RoomRegistered(name()));
        }
        let has = self.rooms_of(&founder).count();
        if has >= self.settings.limits.rooms_per_account {
            Err(Rejection::RoomsFull(name()))
        } else {
            Ok(founder)
        }
    }

    pub(crate) fn drop_room(
        &mut self,
        user: UserId,
        name: &RoomName,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.founded_room(user, name)?;
        let name = self.rooms[room].name.clone();
        self.unregister(room, step);
        step.reply(Event::Settled(Settled::RoomDropped(name)));
        Ok(())
    }

    /// The room is one like others: if nobody is in it, it is gone.
    fn unregister(&mut self, room: RoomId, step: &mut Step) {
        self.rooms[room].registration = None;
        match self.rooms[room].members.is_empty() {
            true => self.end_room(room, step),
            false => step.touch_room(room),
        }
    }

    pub(crate) fn transfer_room(
        &mut self,
        user: UserId,
        name: &RoomName,
        account: SmolStr,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.founded_room(user, name)?;
        let founder = self.account_called(account)?;
        let name = self.rooms[room].name.clone();
        let has = self.rooms_of(&founder).filter(|other| *other != room).count();
        if has >= self.settings.limits.rooms_per_account {
            return Err(Rejection::RoomsFull(name));
        }
        self.registration_mut(room).founder = founder.clone();
        step.touch_room(room);
        step.reply(Event::Settled(Settled::RoomTransferred { room: name, founder }));
        Ok(())
    }

    pub(crate) fn set_access(
        &mut self,
        user: UserId,
        name: &RoomName,
        account: SmolStr,
        rank: Option<Rank>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.founded_room(user, name)?;
        let (name, most) = (self.rooms[room].name.clone(), self.settings.limits.access);
        let casemapping = self.settings.casemapping;
        let account = match rank {
            Some(_) => self.account_called(account)?,
            None => account,
        };
        let access = &mut self.registration_mut(room).access;
        match (access.iter().position(|(other, _)| casemapping.same(other, &account)), rank) {
            (Some(at), Some(rank)) => access[at].1 = rank,
            (Some(at), None) => drop(access.remove(at)),
            (None, Some(_)) if access.len() >= most => return Err(Rejection::RoomsFull(name)),
            (None, Some(rank)) => access.push((account.clone(), rank)),
            (None, None) => {}
        }
        step.touch_room(room);
        step.reply(Event::Settled(Settled::AccessSet { room: name, account, rank }));
        Ok(())
    }

    /// Members take the rank that is theirs; those with operator or more on the list make others operators.
    pub(crate) fn take_rank(
        &mut self,
        user: UserId,
        name: &RoomName,
        nick: Option<SmolStr>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let room = self.registered_room(name)?;
        let own =
            self.standing(user, room).ok_or_else(|| Rejection::RankNeeded(self.rooms[room].name.clone()))?;
        let target = match nick {
            Some(nick) => self.member_called(room, &nick)?,
            None => self.own_room(user, name).map(|_| user)?,
        };
        if target == user {
            self.raise(user, user, room, own, step);
            return Ok(());
        }
        if own < Rank::Operator {
            return Err(Rejection::RankNeeded(self.rooms[room].name.clone()));
        }
        let theirs = self.standing(target, room).map_or(Rank::Operator, |theirs| theirs.max(Rank::Operator));
        self.raise(user, target, room, theirs, step);
        Ok(())
    }

    pub(crate) fn access(&self, user: UserId, name: &RoomName) -> Result<(RoomName, Access), Rejection> {
        let room = self.registered_room(name)?;
        if self.standing(user, room).is_none() && self.can_use(user, Privileges::CHANREG).is_err() {
            self.needs_rank(user, room, Rank::Operator)?;
        }
        let access = self.rooms[room].registration.as_ref().map(|registration| registration.access.clone());
        Ok((self.rooms[room].name.clone(), access.unwrap_or_default()))
    }

    pub(crate) fn registration(&self, name: &RoomName) -> Result<(RoomName, Registration), Rejection> {
        let room = &self.rooms[self.room_called(name)?];
        let registration = room.registration.as_deref().cloned();
        let registration = registration.ok_or_else(|| Rejection::RoomNotRegistered(room.name.clone()))?;
        Ok((room.name.clone(), registration))
    }
}

/// What else asks about them.
impl Hub {
    /// The rank that a user gets on joining a registered room.
    pub(crate) fn standing(&self, user: UserId, room: RoomId) -> Option<Rank> {
        if self.is_founder(user, room) {
            return Some(Rank::Founder);
        }
        let registration = self.rooms[room].registration.as_ref()?;
        let account = self.users[user].who.account.as_ref()?;
        registration.access.iter().find(|(other, _)| self.same(other, account)).map(|(_, rank)| *rank)
    }

    /// Gives a member a rank, and tells the room.
    pub(crate) fn raise(&mut self, by: UserId, member: UserId, room: RoomId, rank: Rank, step: &mut Step) {
        let ranks = self.rooms[room].members.get_mut(&member).expect("who is given a rank is a member");
        if ranks.contains(Ranks::from(rank)) {
            return;
        }
        ranks.insert(rank.into());
        self.touch_staying(member, step);
        let nick = SmolStr::new(self.users[member].who.nick.as_str());
        self.tell_modes(by, room, vec![ModeChange::Rank(rank, true, nick)], step);
    }

    /// An account is gone: so is what it had in rooms, lest somebody else get it with the name.
    pub(crate) fn drop_rooms_of(&mut self, account: &str, step: &mut Step) {
        let casemapping = self.settings.casemapping;
        let own: Vec<RoomId> = self.rooms_of(account).collect();
        for room in own {
            self.unregister(room, step);
        }
        let registered: Vec<RoomId> = self.names.values().copied().collect();
        for room in registered {
            let Some(registration) = &mut self.rooms[room].registration else { continue };
            let before = registration.access.len();
            registration.access.retain(|(other, _)| !casemapping.same(other, account));
            if registration.access.len() < before {
                step.touch_room(room);
            }
        }
    }

    /// The rooms that an account is founder of.
    fn rooms_of(&self, account: &str) -> impl Iterator<Item = RoomId> {
        self.rooms.iter().filter_map(move |(id, room)| {
            room.registration.as_ref().is_some_and(|of| self.same(&of.founder, account)).then_some(id)
        })
    }

    fn registered_room(&self, name: &RoomName) -> Result<RoomId, Rejection> {
        let room = self.room_called(name)?;
        match self.rooms[room].registration {
            Some(_) => Ok(room),
            None => Err(Rejection::RoomNotRegistered(self.rooms[room].name.clone())),
        }
    }

    /// A registered room, to its founder or an operator of the server who may.
    fn founded_room(&self, user: UserId, name: &RoomName) -> Result<RoomId, Rejection> {
        let room = self.registered_room(name)?;
        match self.is_founder(user, room) {
            true => Ok(room),
            false if self.can_use(user, Privileges::CHANREG).is_ok() => Ok(room),
            false => Err(Rejection::FounderNeeded(self.rooms[room].name.clone())),
        }
    }

    /// Whether a user is logged in to the account that a room belongs to.
    pub(crate) fn is_founder(&self, user: UserId, room: RoomId) -> bool {
        let account = self.users[user].who.account.as_ref();
        let founder = self.rooms[room].registration.as_ref().map(|registration| &registration.founder);
        account.zip(founder).is_some_and(|(account, founder)| self.same(account, founder))
    }

    fn registration_mut(&mut self, room: RoomId) -> &mut Registration {
        self.rooms[room].registration.as_mut().expect("it was registered when it was looked for")
    }

    /// An account as it writes itself.
    fn account_called(&self, name: SmolStr) -> Result<SmolStr, Rejection> {
        self.account(&name).map(|account| account.name.clone()).ok_or(Rejection::NoSuchAccount(name))
    }
}
