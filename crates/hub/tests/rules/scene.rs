//! A hub with people in it, and short ways to say what they do and what should come of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use hub::{
    Account, AccountChange, Answer, Audience, Casemapping, Cause, Change, Choices, Command, Counts,
    Credentials, Destination, Effect, Entry, Event, Hub, Identity, Limits, ListKind, LogKey, MessageId,
    ModeChange, Names, Nick, Origin, Party, Privileges, Query, Rank, Ranks, Record, Rejection, RoomFlags,
    RoomId, RoomName, RoomTarget, Saved, Say, SayKind, SessionId, Settings, Target, Text, Timestamp, Topic,
    UserFlags, Via,
};
use smol_str::SmolStr;

pub const ANN: SessionId = SessionId(1);
pub const BOB: SessionId = SessionId(2);
pub const CY: SessionId = SessionId(3);
pub const DAN: SessionId = SessionId(4);

/// The first room that is created, and the second.
pub const ROOM: RoomId = RoomId(0);
pub const ROOM_2: RoomId = RoomId(1);

pub const OP: Ranks = Ranks::OPERATOR;
pub const NONE: Ranks = Ranks::empty();

/// When the first entry is.
const NOON: i64 = 1_700_000_000_000;

/// A hub, and the entries it got: one every second.
pub struct Scene {
    pub hub: Hub,
    entries: i64,
    /// The fold of all records so far.
    kept: Saved,
    casemapping: Casemapping,
}

/// Setting the scene.
impl Scene {
    pub fn new(settings: Settings) -> Self {
        match settings.nicks_owned {
            true => Self::bare(settings),
            // Then some accounts are in nobody's way.
            false => Self::with_accounts(
                settings,
                &["Alice", "ann", "anna", "bob", "cy", "dan", "Robert", "shared"],
            ),
        }
    }

    /// Nobody is here, but these have accounts.
    pub fn with_accounts(settings: Settings, accounts: &[&str]) -> Self {
        let accounts = accounts.iter().map(|name| account_of(name)).collect();
        Self::restored(settings, Saved { accounts, ..Saved::default() })
    }

    /// A hub without accounts.
    pub fn bare(settings: Settings) -> Self {
        Self::restored(settings, Saved::default())
    }

    pub fn restored(settings: Settings, saved: Saved) -> Self {
        let casemapping = settings.casemapping;
        let hub = Hub::restore(settings, saved);
        let kept = hub.saved();
        Self { hub, entries: 0, kept, casemapping }
    }

    /// The same after the server has stopped and started: what was kept is there, nobody is connected.
    pub fn restarted(self, settings: Settings) -> Self {
        let again = Self { entries: self.entries, ..Self::restored(settings, self.kept.clone()) };
        assert_eq!(again.kept, self.kept);
        again
    }

    /// The clock was wrong by so many entries.
    pub fn turn_back(&mut self, entries: i64) {
        self.entries -= entries;
    }

    /// These users, each with a session of its own.
    pub fn with(sessions: &[SessionId]) -> Self {
        Self::with_settings(plain_rooms(), sessions)
    }

    pub fn with_settings(settings: Settings, sessions: &[SessionId]) -> Self {
        let mut scene = Self::new(settings);
        for &session in sessions {
            scene.connect(session);
            scene.ask(session, register(session));
        }
        scene
    }

    /// These users, all in `#room`; the first is its operator.
    pub fn in_room(members: &[SessionId]) -> Self {
        Self::in_and_out(members, &[])
    }

    /// These users in `#room`, the first its operator, and those in no room.
    pub fn in_and_out(members: &[SessionId], others: &[SessionId]) -> Self {
        let mut scene = Self::with(&[members, others].concat());
        scene.all_join("#room", members);
        scene
    }

    pub fn all_join(&mut self, room: &str, sessions: &[SessionId]) {
        for &session in sessions {
            self.ask(session, join(room));
        }
    }

    pub fn connect(&mut self, session: SessionId) {
        assert_eq!(self.ask(session, Command::Connect), []);
    }

    /// One more session for the user of account `ann`.
    pub fn attach(&mut self, session: SessionId) {
        self.connect(session);
        let effects = told(self.register_as(session, "ann", "ann"));
        assert!(matches!(&effects[0], Effect::Reply(event) if matches!(**event, Event::Registered { .. })));
    }

    /// Logs in, and registers.
    pub fn register_as(&mut self, session: SessionId, name: &str, account: &str) -> Vec<Effect> {
        self.introduce_as(session, account, introduce(name, Origin::default()))
    }

    /// Logs in, and registers like this.
    pub fn introduce_as(&mut self, session: SessionId, account: &str, register: Command) -> Vec<Effect> {
        let name = self.hub.account(account).expect("there is such an account").name.clone();
        let logged_in = Event::LoggedIn { account: name, who: None };
        assert_eq!(self.ask_again(session, login(Some(account))), [reply(logged_in)]);
        self.ask(session, register)
    }

    pub fn make_operator(&mut self, session: SessionId) {
        self.ask(session, oper());
    }

    /// What comes of a command; whoever asks, the hub agrees with itself afterwards.
    pub fn ask(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        self.entries += 1;
        self.ask_again(from, command)
    }

    /// What comes of a command in the same millisecond as the last.
    pub fn ask_again(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        without_histories(self.apply(from, command))
    }

    /// What comes of a command, but for what is to be kept.
    pub fn told(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        self.entries += 1;
        self.told_again(from, command)
    }

    /// The same, in the same millisecond as the last.
    pub fn told_again(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        told(self.apply(from, command))
    }

    /// What is to be kept of a command.
    pub fn records(&mut self, from: SessionId, command: Command) -> Vec<Record> {
        self.entries += 1;
        self.records_again(from, command)
    }

    /// What is to be kept of a command in the same millisecond as the last.
    pub fn records_again(&mut self, from: SessionId, command: Command) -> Vec<Record> {
        kept(self.apply(from, command))
    }

    /// Everything that comes of a command, what is to be kept too.
    pub fn whole(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        self.entries += 1;
        self.apply(from, command)
    }

    fn apply(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        let effects = self.take_in(from, command);
        assert_eq!(self.hub.check(), Ok(()));
        assert_eq!(self.kept, self.hub.saved());
        effects
    }

    /// One of very many commands, after which nothing is checked.
    pub fn unwatched(&mut self, from: SessionId, command: Command) {
        self.entries += 1;
        self.take_in(from, command);
    }

    fn take_in(&mut self, from: SessionId, command: Command) -> Vec<Effect> {
        let effects = self.hub.apply(Entry { at: self.at(), id: self.id(), from, command });
        for effect in &effects {
            if let Effect::Keep(record) = effect {
                self.kept.fold(record, self.casemapping);
            }
        }
        effects
    }

    pub fn query(&self, from: SessionId, query: Query) -> Answer {
        self.hub.query(from, self.at(), query)
    }

    /// When the last entry was.
    pub fn at(&self) -> Timestamp {
        Timestamp(NOON + self.entries * 1000)
    }

    /// The id of the last entry.
    pub fn id(&self) -> MessageId {
        MessageId((self.entries as u128) << 16)
    }

    /// The id of the n-th event behind the first of the last entry.
    pub fn id_plus(&self, n: u128) -> MessageId {
        MessageId(self.id().0 + n)
    }

    pub fn counts(&self) -> Counts {
        match self.query(ANN, Query::Counts) {
            Answer::Counts(counts) => counts,
            other => panic!("{other:?}"),
        }
    }
}

/// What is kept.
impl Scene {
    /// The events of a command that become items, and in which histories.
    pub fn items(&mut self, from: SessionId, command: Command) -> Vec<(Vec<LogKey>, Arc<Event>)> {
        let item = |record| match record {
            Record::Item { logs, event, .. } => Some((logs.to_vec(), event)),
            _ => None,
        };
        self.records(from, command).into_iter().filter_map(item).collect()
    }

    /// The history that the user of a session may read of something.
    pub fn log_of(&self, session: SessionId, target: &str) -> LogKey {
        match self.query(session, Query::Reach(Some(target.into()))) {
            Answer::Reach(reach) => reach.log.expect("one was asked for"),
            other => panic!("{other:?}"),
        }
    }
}

/// What should come of the last entry.
impl Scene {
    pub fn said(&self, by: Identity, to: Destination, text: &str) -> Arc<Event> {
        self.uttered(by, SayKind::Message, to, text)
    }

    pub fn uttered(&self, by: Identity, kind: SayKind, to: Destination, text: &str) -> Arc<Event> {
        let (id, at, who) = (self.id(), self.at(), Arc::new(by));
        Arc::new(Event::Said { id, at, who, kind, to, text: text.into(), lines: None, tags: Bytes::new() })
    }

    pub fn joined(&self, who: Identity, room: &str) -> Arc<Event> {
        let (id, at) = (self.id(), self.at());
        Arc::new(Event::Joined { id, at, who: Arc::new(who), room: room_name(room), away: None })
    }

    pub fn parted(&self, who: Identity, room: &str, reason: Option<&str>) -> Arc<Event> {
        let (id, at, who) = (self.id(), self.at(), Arc::new(who));
        Arc::new(Event::Parted { id, at, who, room: room_name(room), reason: reason.map(Text::from) })
    }

    pub fn quit(&self, who: Identity, cause: Cause) -> Arc<Event> {
        Arc::new(Event::Quit { id: self.id(), at: self.at(), who: Arc::new(who), cause })
    }

    pub fn renamed(&self, who: Identity, to: &str) -> Arc<Event> {
        Arc::new(Event::Renamed { id: self.id(), at: self.at(), who: Arc::new(who), nick: nick(to) })
    }

    pub fn kicked(&self, by: Identity, whom: &str, reason: &str) -> Arc<Event> {
        let (id, at, who) = (self.id(), self.at(), Arc::new(by));
        let room = room_name("#room");
        Arc::new(Event::Kicked { id, at, who, room, nick: nick(whom), reason: reason.into() })
    }

    pub fn topic_set(&self, by: Identity, text: &str) -> Arc<Event> {
        let (id, at, who) = (self.id(), self.at(), Arc::new(by));
        Arc::new(Event::TopicSet { id, at, who, room: room_name("#room"), text: text.into() })
    }

    pub fn room_modes(&self, by: Identity, changes: &[ModeChange]) -> Arc<Event> {
        let (id, at, who) = (self.id(), self.at(), Arc::new(by));
        Arc::new(Event::RoomModes { id, at, who, room: room_name("#room"), changes: changes.to_vec() })
    }

    pub fn user_modes(&self, who: Identity, changes: &[(UserFlags, bool)]) -> Arc<Event> {
        Arc::new(Event::UserModes { at: self.at(), who: Arc::new(who), changes: changes.to_vec() })
    }

    pub fn invited(&self, by: Identity, whom: &str, to_room: bool) -> Arc<Event> {
        let (at, who) = (self.at(), Arc::new(by));
        Arc::new(Event::Invited { at, who, nick: nick(whom), room: room_name("#room"), to_room })
    }

    pub fn presence(&self, who: Identity, change: Change, via: Via) -> Arc<Event> {
        Arc::new(Event::Presence { at: self.at(), who: Arc::new(who), change, via })
    }

    pub fn gone_away(&self, who: Identity, text: Option<&str>, via: Via) -> Arc<Event> {
        self.presence(who, Change::Away(text.map(Text::from)), via)
    }
}

pub fn reply(event: impl Into<Arc<Event>>) -> Effect {
    Effect::Reply(event.into())
}

pub fn rejected(rejection: Rejection) -> Effect {
    reply(Event::Rejected(rejection))
}

pub fn keep(record: Record) -> Effect {
    Effect::Keep(Box::new(record))
}

/// Without what is kept of histories, which most rules are not about.
fn without_histories(mut effects: Vec<Effect>) -> Vec<Effect> {
    let of_histories = |record: &Record| {
        use Record::{Forget, Item, Log, Redacted};
        matches!(record, Item { .. } | Log { .. } | Redacted { .. } | Forget(_))
    };
    effects.retain(|effect| !matches!(effect, Effect::Keep(record) if of_histories(record)));
    effects
}

/// Without what is to be kept.
pub fn told(effects: Vec<Effect>) -> Vec<Effect> {
    effects.into_iter().filter(|effect| !matches!(effect, Effect::Keep(_))).collect()
}

/// Only what is to be kept.
pub fn kept(effects: Vec<Effect>) -> Vec<Record> {
    let record = |effect| match effect {
        Effect::Keep(record) => Some(*record),
        _ => None,
    };
    effects.into_iter().filter_map(record).collect()
}

pub fn tell(session: SessionId, event: impl Into<Arc<Event>>) -> Effect {
    Effect::Tell { to: Audience::Session(session), event: event.into() }
}

pub fn tell_sessions(sessions: &[SessionId], event: impl Into<Arc<Event>>) -> Effect {
    Effect::Tell { to: Audience::Sessions(sessions.to_vec()), event: event.into() }
}

pub fn tell_room(room: RoomId, except: Option<SessionId>, event: impl Into<Arc<Event>>) -> Effect {
    Effect::Tell { to: Audience::Room { room, except }, event: event.into() }
}

pub fn tell_rooms(rooms: &[RoomId], except: &[SessionId], event: impl Into<Arc<Event>>) -> Effect {
    let to = Audience::Rooms { rooms: rooms.to_vec(), except: except.to_vec() };
    Effect::Tell { to, event: event.into() }
}

pub fn enter(session: SessionId, room: RoomId) -> Effect {
    Effect::Enter { session, room }
}

pub fn leave(session: SessionId, room: RoomId) -> Effect {
    Effect::Leave { session, room }
}

pub fn close(session: SessionId, cause: Cause) -> Effect {
    Effect::Close { session, cause }
}

pub fn entered(room: &str, topic: Option<Topic>, members: &[(Ranks, Identity)]) -> Event {
    Event::Entered {
        room: room_name(room),
        topic,
        names: Some(names(members)),
        recent: vec![],
        marker: None,
        metadata: vec![],
    }
}

pub fn names(members: &[(Ranks, Identity)]) -> Names {
    let members = members.iter().map(|(ranks, who)| (*ranks, Arc::new(who.clone()))).collect();
    Names { secret: false, members }
}

/// The rejection, if the effects are one and nothing else.
pub fn only_rejection(effects: &[Effect]) -> Option<Rejection> {
    match effects {
        [Effect::Reply(event)] => match &**event {
            Event::Rejected(rejection) => Some(rejection.clone()),
            _ => None,
        },
        _ => None,
    }
}

pub fn name_of(session: SessionId) -> &'static str {
    match session {
        ANN => "ann",
        BOB => "bob",
        CY => "cy",
        _ => "dan",
    }
}

/// The user that a session registers as.
pub fn who(session: SessionId) -> Identity {
    called(name_of(session))
}

pub fn ann() -> Identity {
    who(ANN)
}

pub fn bob() -> Identity {
    who(BOB)
}

pub fn called(name: &str) -> Identity {
    Identity {
        nick: nick(name),
        user: "user".into(),
        host: "host.example".into(),
        account: None,
        bot: false,
        realname: "Real Name".into(),
        handle: None,
        place: hub::Place::default(),
    }
}

pub fn with_account(who: Identity, account: &str) -> Identity {
    Identity { account: Some(account.into()), ..who }
}

/// An account, registered long ago.
pub fn account_of(name: &str) -> Account {
    Account {
        name: name.into(),
        created: Timestamp(1),
        email: None,
        credentials: Credentials::default(),
        suspended: None,
        choices: Choices::default(),
        metadata: BTreeMap::new(),
    }
}

/// New rooms without switches and nicknames free for all, so that a test sets those it is about.
pub fn plain_rooms() -> Settings {
    Settings { room_flags: RoomFlags::empty(), nicks_owned: false, ..Settings::default() }
}

pub fn with_limits(limits: Limits) -> Settings {
    Settings { limits, ..plain_rooms() }
}

pub fn with_casemapping(casemapping: Casemapping) -> Settings {
    Settings { casemapping, ..plain_rooms() }
}

pub fn nick(name: &str) -> Nick {
    Nick::new(name, 30).expect("a valid nickname")
}

pub fn room_name(name: &str) -> RoomName {
    RoomName::new(name, 60).expect("a valid room name")
}

pub fn register(session: SessionId) -> Command {
    introduce(name_of(session), Origin::default())
}

pub fn introduce(name: &str, origin: Origin) -> Command {
    Command::Register {
        nick: nick(name),
        user: "user".into(),
        realname: "Real Name".into(),
        origin: Box::new(Origin { host: "host.example".into(), ..origin }),
        away: None,
    }
}

pub fn join(room: &str) -> Command {
    Command::Join { room: room_name(room), key: None, names: true }
}

pub fn part(room: &str) -> Command {
    Command::Part { room: room_name(room), reason: None }
}

pub fn quit(reason: Option<&str>) -> Command {
    Command::Leave { cause: Cause::Quit(reason.map(Text::from)) }
}

pub fn say(target: &str, text: &str) -> Command {
    Command::Say(Box::new(message(SayKind::Message, target, text)))
}

pub fn notice(target: &str, text: &str) -> Command {
    Command::Say(Box::new(message(SayKind::Notice, target, text)))
}

/// A message to a room if the target looks like one, else to a user.
pub fn message(kind: SayKind, target: &str, text: &str) -> Say {
    let to = match target.strip_prefix('@').or(Some(target)) {
        Some(room) if room.starts_with('#') => Target::Room(RoomTarget {
            room: room_name(room),
            rank: target.starts_with('@').then_some(Rank::Operator),
            written: target.into(),
        }),
        _ => Target::Nick(target.into()),
    };
    Say { kind, to, text: text.into(), lines: None, lasts: true, tags: Bytes::new(), ctcp: false, fit: None }
}

pub fn room_log(name: &str) -> LogKey {
    LogKey::Room(name.into())
}

/// The side that an account has of its conversation with somebody.
pub fn direct(account: &str, peer: &str) -> LogKey {
    LogKey::Direct { owner: Party::Account(account.into()), peer: peer.into() }
}

pub fn set_topic(text: &str) -> Command {
    Command::SetTopic { room: room_name("#room"), text: text.into() }
}

pub fn kick(whom: &str, reason: Option<&str>) -> Command {
    Command::Kick { room: room_name("#room"), nick: whom.into(), reason: reason.map(Text::from) }
}

pub fn invite(whom: &str) -> Command {
    Command::Invite { nick: whom.into(), room: room_name("#room") }
}

pub fn change(changes: &[ModeChange]) -> Command {
    change_in("#room", changes)
}

pub fn change_in(room: &str, changes: &[ModeChange]) -> Command {
    Command::ChangeRoom { room: room_name(room), changes: changes.to_vec(), force: false }
}

pub fn flag(flag: RoomFlags) -> ModeChange {
    ModeChange::Flag(flag, true)
}

pub fn give(rank: Rank, whom: &str) -> ModeChange {
    ModeChange::Rank(rank, true, whom.into())
}

pub fn take(rank: Rank, whom: &str) -> ModeChange {
    ModeChange::Rank(rank, false, whom.into())
}

pub fn ban(mask: &str) -> ModeChange {
    ModeChange::List(ListKind::Ban, true, mask.into())
}

pub fn exempt(mask: &str) -> ModeChange {
    ModeChange::List(ListKind::Exception, true, mask.into())
}

pub fn change_user(whom: &str, changes: &[(UserFlags, bool)]) -> Command {
    Command::ChangeUser { nick: whom.into(), changes: changes.to_vec() }
}

pub fn away(text: &str) -> Command {
    Command::Away { text: Some(text.into()) }
}

pub fn rename(to: &str) -> Command {
    Command::Rename { nick: nick(to) }
}

pub fn watch(names: &[&str]) -> Command {
    Command::Watch { names: names.iter().map(SmolStr::new).collect() }
}

pub fn oper() -> Command {
    Command::Oper { privileges: Privileges::all(), title: "Server Admin".into() }
}

/// A change of an account.
pub fn change_account(account: &str, change: AccountChange) -> Command {
    Command::ChangeAccount { account: account.into(), change: Box::new(change) }
}

pub fn always_on(account: &str, choice: bool) -> Command {
    change_account(account, AccountChange::AlwaysOn(Some(choice)))
}

/// Registers an account.
pub fn create(name: &str, log_in: bool) -> Command {
    Command::CreateAccount { name: nick(name), email: None, credentials: Box::default(), log_in }
}

pub fn login(account: Option<&str>) -> Command {
    Command::Login { account: account.map(SmolStr::from), recovery: None }
}
