//! A hub with people in it, and short ways to say what they do and what should come of it.

use std::sync::Arc;

use bytes::Bytes;
use hub::{
    Answer, Audience, Casemapping, Cause, Change, Command, Counts, Destination, Effect, Entry, Event, Hub,
    Identity, Limits, ListKind, MessageId, ModeChange, Names, Nick, Origin, Privileges, Query, Rank, Ranks,
    Rejection, RoomFlags, RoomId, RoomName, RoomTarget, Say, SayKind, SessionId, Settings, Target, Text,
    Timestamp, Topic, UserFlags, Via,
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
}

/// Setting the scene.
impl Scene {
    pub fn new(settings: Settings) -> Self {
        Self { hub: Hub::new(settings), entries: 0 }
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
        let effects = self.ask(session, register_as("ann", "ann"));
        assert!(matches!(&effects[0], Effect::Reply(event) if matches!(**event, Event::Registered { .. })));
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
        let effects = self.hub.apply(Entry { at: self.at(), id: self.id(), from, command });
        assert_eq!(self.hub.check(), Ok(()));
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

/// What should come of the last entry.
impl Scene {
    pub fn said(&self, by: Identity, to: Destination, text: &str) -> Arc<Event> {
        self.uttered(by, SayKind::Message, to, text)
    }

    pub fn uttered(&self, by: Identity, kind: SayKind, to: Destination, text: &str) -> Arc<Event> {
        let (id, at, who) = (self.id(), self.at(), Arc::new(by));
        Arc::new(Event::Said { id, at, who, kind, to, text: text.into(), tags: Bytes::new() })
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
    Event::Entered { room: room_name(room), topic, names: Some(names(members)), recent: vec![] }
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

/// New rooms without switches, so that a test sets those it is about.
pub fn plain_rooms() -> Settings {
    Settings { room_flags: RoomFlags::empty(), ..Settings::default() }
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
    introduce(name_of(session), None, Origin::default())
}

pub fn register_as(name: &str, account: &str) -> Command {
    introduce(name, Some(account), Origin::default())
}

pub fn introduce(name: &str, account: Option<&str>, origin: Origin) -> Command {
    Command::Register {
        nick: nick(name),
        user: "user".into(),
        realname: "Real Name".into(),
        origin: Box::new(Origin { host: "host.example".into(), ..origin }),
        account: account.map(SmolStr::from),
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
    Say { kind, to, text: text.into(), tags: Bytes::new(), ctcp: false, fit: None }
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

pub fn login(account: Option<&str>) -> Command {
    Command::Login { account: account.map(SmolStr::from) }
}
