//! The hub: what there is, and which rule handles which command.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::facts::Metadata;
use crate::logs::Logs;
use crate::markers::Markers;
use crate::order::ById;
use crate::place::Places;
use crate::room::Room;
use crate::session::{Introduction, Session};
use crate::step::Step;
use crate::table::{Table, UserId};
use crate::user::User;
use crate::{
    Account, Command, Counts, Effect, Entry, Identity, NetworkBan, Rejection, RoomId, RoomName, SessionId,
    Settings, Timestamp, UserFlags, Whowas,
};

/// Users, rooms and what they are up to.
///
/// Two hubs are equal if the same entries were applied to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    pub(crate) settings: Settings,
    pub(crate) sessions: ById<SessionId, Session>,
    pub(crate) users: Table<UserId, User>,
    pub(crate) rooms: Table<RoomId, Room>,
    /// Users by folded nickname.
    pub(crate) nicks: BTreeMap<SmolStr, UserId>,
    /// Rooms by folded name.
    pub(crate) names: BTreeMap<SmolStr, RoomId>,
    /// Who watches, by the folded nickname watched.
    pub(crate) watchers: BTreeMap<SmolStr, SmallVec<[SessionId; 2]>>,
    /// Latest first.
    pub(crate) whowas: VecDeque<Whowas>,
    /// In the order they were set.
    pub(crate) bans: Vec<NetworkBan>,
    pub(crate) tally: Tally,
    /// The latest event of any room or user that is gone: what comes after of the same name happens
    /// later.
    pub(crate) floor: Timestamp,
    /// Rooms created so far.
    pub(crate) created: u64,
    pub(crate) places: Places,
    pub(crate) logs: Logs,
    /// The latest event of the conversations of all users of an account, by its folded name.
    pub(crate) lasts: BTreeMap<SmolStr, Timestamp>,
    pub(crate) metadata: Metadata,
    /// By folded name.
    pub(crate) accounts: BTreeMap<SmolStr, Account>,
    /// Accounts by the fingerprints of their certificates.
    pub(crate) certificates: BTreeMap<SmolStr, SmolStr>,
    /// Users that stay when nobody is there, by account.
    pub(crate) staying: BTreeMap<SmolStr, UserId>,
    /// How far the users of accounts have read, by account.
    pub(crate) markers: BTreeMap<SmolStr, Markers>,
    /// The time of the latest item of any history.
    pub(crate) latest: Option<Timestamp>,
}

/// What would be slow to count each time it is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub unknown: usize,
    pub invisible: usize,
    pub operators: usize,
    pub most: usize,
}

impl Hub {
    /// An empty hub.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            sessions: ById::default(),
            users: Table::default(),
            rooms: Table::default(),
            nicks: BTreeMap::new(),
            names: BTreeMap::new(),
            watchers: BTreeMap::new(),
            whowas: VecDeque::new(),
            bans: Vec::new(),
            tally: Tally::default(),
            floor: Timestamp(i64::MIN),
            created: 0,
            places: Places::default(),
            logs: Logs::default(),
            lasts: BTreeMap::new(),
            metadata: Metadata::default(),
            accounts: BTreeMap::new(),
            certificates: BTreeMap::new(),
            staying: BTreeMap::new(),
            markers: BTreeMap::new(),
            latest: None,
        }
    }

    /// Applies one entry of the log. The only way to change anything.
    #[must_use = "an effect that is not carried out is lost"]
    pub fn apply(&mut self, entry: Entry) -> Vec<Effect> {
        let Entry { at, id, from, command } = entry;
        let mut step = Step::new(at, id, from);
        match (command, self.sessions.get(&from)) {
            (Command::Configure(settings), _) => self.configure(*settings, &mut step),
            (Command::Connect, _) => self.connect(from),
            (command, _) if from == SessionId::SERVER => self.handle_server(command, &mut step),
            // Its connection is gone already: what it still asked is of no interest to anybody.
            (_, None) => {}
            (command, Some(&Session { user: Some(user), .. })) => self.handle(user, command, &mut step),
            (command, Some(_)) => self.handle_unregistered(command, &mut step),
        }
        self.keep_touched(&mut step);
        step.into_effects()
    }

    fn handle_unregistered(&mut self, command: Command, step: &mut Step) {
        let outcome = match command {
            Command::Register { nick, user, realname, origin, away } => {
                self.register(Introduction { nick, user, realname, origin, away }, step)
            }
            Command::Login { account, recovery } => self.log_in(account, recovery, step),
            Command::CreateAccount { name, email, credentials, log_in } => {
                self.create_account(name, email, *credentials, log_in, step)
            }
            Command::SetMetadata { target, key, value } => self.set_metadata(target, key, value, step),
            Command::ClearMetadata { target } => self.clear_metadata(target, step),
            Command::Subscribe { keys } => return self.subscribe(keys, step),
            Command::Unsubscribe { keys } => return self.unsubscribe(keys, step),
            Command::MarkRead { target, at } => self.mark_read(target, at, step),
            Command::Leave { cause } => return self.leave_unregistered(step.from, cause, step),
            _ => Err(Rejection::NotRegistered),
        };
        if let Err(rejection) = outcome {
            step.reject(rejection);
        }
    }

    /// What the server itself asks, for its operator.
    fn handle_server(&mut self, command: Command, step: &mut Step) {
        let outcome = match command {
            Command::CreateAccount { name, email, credentials, .. } => {
                self.create_account(name, email, *credentials, false, step)
            }
            Command::ChangeAccount { account, change } => self.change_account(account, *change, step),
            Command::DropAccount { account } => self.drop_account(account, step),
            Command::Kill { nick, reason } => self.kill_as_server(nick, reason, step),
            Command::Ban { mask, reason, until } => {
                return self.ban_as_server(&mask, reason, until, step);
            }
            Command::Unban { mask } => self.unban_as_server(mask, step),
            _ => Err(Rejection::NotRegistered),
        };
        if let Err(rejection) = outcome {
            step.reject(rejection);
        }
    }

    fn handle(&mut self, user: UserId, command: Command, step: &mut Step) {
        // What can't be refused, or deals with its refusals itself, returns at once.
        let outcome = match command {
            Command::Say(say) => return self.say(user, *say, step),
            Command::Connect | Command::Configure(_) => return,
            Command::Register { .. } => Err(Rejection::AlreadyRegistered),
            Command::Rename { nick } => self.rename(user, nick, step),
            Command::Leave { cause } => return self.leave(user, cause, step),
            Command::Join { room, key, names } => self.join(user, room, key.as_ref(), names, step),
            Command::Part { room, reason } => self.part(user, &room, reason, step),
            Command::PartAll => return self.part_all(user, step),
            Command::SetTopic { room, text } => self.set_topic(user, &room, text, step),
            Command::Kick { room, nick, reason } => self.kick(user, &room, nick, reason, step),
            Command::Invite { nick, room } => self.invite(user, nick, room, step),
            Command::ChangeRoom { room, changes, force } => {
                self.change_room(user, &room, changes, force, step)
            }
            Command::ChangeUser { nick, changes } => self.change_user(user, nick, &changes, step),
            Command::Away { text } => return self.go_away(user, text, step),
            Command::SetRealname { text } => return self.set_realname(user, text, step),
            Command::Login { account, recovery } => self.log_in(account, recovery, step),
            Command::CreateAccount { name, email, credentials, log_in } => {
                self.create_account(name, email, *credentials, log_in, step)
            }
            Command::ChangeAccount { account, change } => self.change_account(account, *change, step),
            Command::DropAccount { account } => self.drop_account(account, step),
            Command::Ghost { nick } => self.ghost(user, nick, step),
            Command::Accept { nick, on } => self.accept(user, nick, on),
            Command::RegisterRoom { room } => self.register_room(user, &room, step),
            Command::DropRoom { room } => self.drop_room(user, &room, step),
            Command::TransferRoom { room, account } => self.transfer_room(user, &room, account, step),
            Command::SetAccess { room, account, rank } => self.set_access(user, &room, account, rank, step),
            Command::TakeRank { room, nick } => self.take_rank(user, &room, nick, step),
            Command::RenameRoom { room, to, reason } => self.rename_room(user, &room, to, reason, step),
            Command::Redact { target, message, author, reason } => {
                self.redact(user, target, message, author, reason, step)
            }
            Command::MarkRead { target, at } => self.mark_read(target, at, step),
            Command::SetMetadata { target, key, value } => self.set_metadata(target, key, value, step),
            Command::ClearMetadata { target } => self.clear_metadata(target, step),
            Command::Subscribe { keys } => return self.subscribe(keys, step),
            Command::Unsubscribe { keys } => return self.unsubscribe(keys, step),
            Command::ChangeHost { nick, user: name, host } => self.change_host(user, nick, name, host, step),
            Command::Watch { names } => return self.watch(names, step),
            Command::Unwatch { names } => return self.unwatch(&names, step.from),
            Command::UnwatchAll => return self.unwatch_all(step.from),
            Command::Oper { privileges, title } => return self.make_operator(user, privileges, title, step),
            Command::Kill { nick, reason } => self.kill(user, nick, reason, step),
            Command::Wallops { text } => self.wallops(user, text, step),
            Command::Ban { mask, reason, until } => self.ban(user, &mask, reason, until, step),
            Command::Unban { mask } => self.unban(user, mask, step),
            Command::Rehash => self.rehash(user, step),
            Command::Die => self.die(user, step),
        };
        if let Err(rejection) = outcome {
            step.reject(rejection);
        }
    }

    fn configure(&mut self, settings: Settings, step: &mut Step) {
        // Every index is folded by the casemapping, so it stays while there is anything in one.
        let is_empty = self.sessions.is_empty() && self.names.is_empty() && self.accounts.is_empty();
        let casemapping = if is_empty { settings.casemapping } else { self.settings.casemapping };
        self.settings = Settings { casemapping, ..settings };
        self.whowas.truncate(self.settings.limits.whowas);
        self.settle_stay_of_all(step);
    }

    pub(crate) fn fold(&self, name: &str) -> SmolStr {
        self.settings.casemapping.fold(name)
    }

    pub(crate) fn same(&self, one: &str, other: &str) -> bool {
        self.settings.casemapping.same(one, other)
    }

    /// Who has this nickname.
    pub(crate) fn find_user(&self, nick: &str) -> Option<UserId> {
        self.look_up(&self.nicks, nick)
    }

    /// The room of this name.
    pub(crate) fn find_room(&self, name: &str) -> Option<RoomId> {
        self.look_up(&self.names, name)
    }

    fn look_up<K: Copy>(&self, index: &BTreeMap<SmolStr, K>, name: &str) -> Option<K> {
        let casemapping = self.settings.casemapping;
        // Most names are written in folded form, and are then looked up without a copy.
        if name.bytes().all(|byte| casemapping.fold_byte(byte) == byte) {
            return index.get(name).copied();
        }
        index.get(casemapping.fold(name).as_str()).copied()
    }

    /// The user of this nickname.
    pub(crate) fn user_called(&self, nick: SmolStr) -> Result<UserId, Rejection> {
        self.find_user(&nick).ok_or(Rejection::NoSuchNick(nick))
    }

    /// The room of this name, whoever asks.
    pub(crate) fn room_called(&self, name: &RoomName) -> Result<RoomId, Rejection> {
        self.find_room(name.as_str()).ok_or_else(|| Rejection::NoSuchRoom(name.clone()))
    }

    /// The room of this name, to one of its members.
    pub(crate) fn own_room(&self, user: UserId, name: &RoomName) -> Result<RoomId, Rejection> {
        let room = self.room_called(name)?;
        match self.users[user].is_in(room) {
            true => Ok(room),
            false => Err(Rejection::NotInRoom(self.rooms[room].name.clone())),
        }
    }

    /// A room that two users are both in.
    pub(crate) fn shared_room(&self, one: UserId, other: UserId) -> Option<RoomId> {
        self.users[other].rooms.iter().copied().find(|&room| self.rooms[room].has(one))
    }

    /// The time of an event that is told in each room of a user: later than all there was in them.
    pub(crate) fn stamp_rooms_of(&mut self, user: UserId, at: Timestamp) -> Timestamp {
        let rooms = &self.users[user].rooms;
        let latest = rooms.iter().fold(at, |at, room| at.max(self.rooms[*room].last().next()));
        for room in rooms {
            self.rooms[*room].stamp(latest);
        }
        latest
    }

    /// Gives the user another identity; the one it had stays as it was with whoever holds it.
    pub(crate) fn change_identity(&mut self, user: UserId, change: impl FnOnce(&mut Identity)) {
        change(Arc::make_mut(&mut self.users[user].who));
    }

    /// Sets all switches of a user at once, and keeps what follows from them.
    pub(crate) fn set_flags(&mut self, user: UserId, flags: UserFlags) {
        let before = std::mem::replace(&mut self.users[user].flags, flags);
        let count = |flag| (usize::from(flags.contains(flag)), usize::from(before.contains(flag)));
        for (flag, counter) in [
            (UserFlags::INVISIBLE, &mut self.tally.invisible),
            (UserFlags::OPERATOR, &mut self.tally.operators),
        ] {
            let (now, was) = count(flag);
            *counter = *counter + now - was;
        }
        if !flags.contains(UserFlags::OPERATOR) && self.users[user].oper().is_some() {
            self.users[user].set_oper(None);
        }
        let bot = flags.contains(UserFlags::BOT);
        if self.users[user].who.bot != bot {
            self.change_identity(user, |who| who.bot = bot);
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        let Tally { unknown, invisible, operators, most } = self.tally;
        let visible = self.users.len() - invisible;
        Counts { visible, invisible, operators, unknown, rooms: self.rooms.len(), most }
    }
}
