//! What came of a command, and what must now happen outside. Facts, never sentences.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{
    AccountChange, Counts, Identity, MessageId, ModeChange, Nick, Rank, Ranks, Record, Rejection, RoomId,
    RoomName, SayKind, SayLine, SayTags, SessionId, Text, Timestamp, UserFlags,
};

/// What must now happen outside, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Tell the session that asked.
    Reply(Arc<Event>),
    /// Tell an audience.
    Tell {
        /// Whom. Never includes the session that asked, unless it is told as anyone else would be
        /// (a message to oneself).
        to: Audience,
        /// What.
        event: Arc<Event>,
    },
    /// From now on the session belongs to the room's audience.
    Enter {
        /// Which session.
        session: SessionId,
        /// Which room.
        room: RoomId,
    },
    /// From now on it does not.
    Leave {
        /// Which session.
        session: SessionId,
        /// Which room.
        room: RoomId,
    },
    /// Close the connection, after telling it why. The hub has forgotten the session.
    Close {
        /// Which session.
        session: SessionId,
        /// Why.
        cause: Cause,
    },
    /// Keep this. Stands before the effects that tell of it.
    Keep(Box<Record>),
    /// Read the configuration again, and tell this session if that fails.
    Rehash {
        /// Who asked.
        session: SessionId,
    },
    /// Stop the server.
    Shutdown,
}

/// Who is told. A room is a name, not a list of connections: whoever owns the connections knows who
/// is in it, because `Enter` and `Leave` said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// One session.
    Session(SessionId),
    /// These sessions.
    Sessions(Vec<SessionId>),
    /// Everyone in a room but one session.
    Room {
        /// The room.
        room: RoomId,
        /// Who is not told.
        except: Option<SessionId>,
    },
    /// Everyone in any of these rooms, once, but the sessions of one user.
    Rooms {
        /// The rooms.
        rooms: Vec<RoomId>,
        /// Who is not told: the sessions of the one it is about, who are told apart or not at all.
        except: Vec<SessionId>,
    },
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Its owner left, with a word of farewell or none.
    Quit(Option<Text>),
    /// The connection ended without a word.
    ConnectionClosed,
    /// Nothing was heard for this many seconds.
    PingTimeout(u64),
    /// Registration took longer than this many seconds.
    RegistrationTimeout(u64),
    /// It did not read what it was sent; this many bytes were waiting.
    SendQueueFull(usize),
    /// It sent a line longer than this many bytes.
    ReceiveQueueFull(usize),
    /// It sent what is not the protocol.
    ProtocolError(SmolStr),
    /// Reading or writing failed.
    Broken(SmolStr),
    /// An operator disconnected it, or another session of its owner.
    Killed {
        /// Who.
        by: Nick,
        /// Why.
        reason: Text,
    },
    /// Its address is not welcome.
    Banned(Text),
    /// It did not know the password.
    BadPassword,
    /// It may not connect, for a reason that its owner should read.
    Refused(SmolStr),
    /// The server stops.
    Shutdown,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The session is a user now.
    Registered {
        /// Who it is.
        who: Arc<Identity>,
        /// Its switches.
        flags: UserFlags,
        /// Who is here, this user included.
        counts: Counts,
        /// Facts about it that are set.
        facts: Vec<Fact>,
    },
    /// Someone took another nickname.
    Renamed {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// Who, as before.
        who: Arc<Identity>,
        /// The new nickname.
        nick: Nick,
    },
    /// A user is gone.
    Quit {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// Who.
        who: Arc<Identity>,
        /// Why.
        cause: Cause,
    },
    /// Someone entered a room.
    Joined {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// Who.
        who: Arc<Identity>,
        /// Where.
        room: RoomName,
        /// What it tells who writes, when it is away.
        away: Option<Text>,
    },
    /// What the one who entered a room finds there.
    Entered {
        /// Where.
        room: RoomName,
        /// The topic, if there is one.
        topic: Option<Topic>,
        /// Who is there, if that was asked for.
        names: Option<Names>,
        /// What was said there last, the oldest first; only while nothing is kept.
        recent: Vec<Arc<Event>>,
        /// How far the user has read there.
        marker: Option<Timestamp>,
        /// Facts that the session wants to be told of, about the room and its members.
        metadata: Vec<Fact>,
    },
    /// Someone left a room.
    Parted {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// Who.
        who: Arc<Identity>,
        /// Where.
        room: RoomName,
        /// Why.
        reason: Option<Text>,
    },
    /// Someone was put out of a room.
    Kicked {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// Who did it.
        who: Arc<Identity>,
        /// Where.
        room: RoomName,
        /// Who was put out.
        nick: Nick,
        /// Why.
        reason: Text,
    },
    /// Something was said.
    Said {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// What sort of message.
        kind: SayKind,
        /// To whom.
        to: Destination,
        /// The words; all lines of them.
        text: Text,
        /// The lines as their sender cut them, if there are several.
        lines: Option<Arc<[SayLine]>>,
        /// The tags that travel along.
        tags: SayTags,
    },
    /// A message was taken back. Told to whom it was told.
    Redacted {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// Where it was said: the other user, to the one who takes it back.
        to: Destination,
        /// Which message.
        message: MessageId,
        /// Why.
        reason: Option<Text>,
    },
    /// A room has another name. Told to single sessions: who does not know such a thing is told that it
    /// left the one and joined the other.
    RoomRenamed {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// The old name.
        from: RoomName,
        /// The new one.
        to: RoomName,
        /// Why; empty if that was not said.
        reason: Text,
        /// What one finds there; none if only the case of letters is new, and in histories.
        found: Option<Box<Found>>,
    },
    /// A topic was set, or cleared (empty).
    TopicSet {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// Where.
        room: RoomName,
        /// The topic.
        text: Text,
    },
    /// A room's modes changed.
    RoomModes {
        /// Its id.
        id: MessageId,
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// Where.
        room: RoomName,
        /// What really changed, in order; never empty.
        changes: Vec<ModeChange>,
    },
    /// A user's switches changed. Told to that user only.
    UserModes {
        /// When.
        at: Timestamp,
        /// Whose.
        who: Arc<Identity>,
        /// What really changed; never empty.
        changes: Vec<(UserFlags, bool)>,
    },
    /// Someone was invited. Told to the invited and, for dialects that show it, to the room.
    Invited {
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// Who.
        nick: Nick,
        /// Where to.
        room: RoomName,
        /// Whether this tells the room rather than the invited.
        to_room: bool,
    },
    /// To the inviter: the invitation went out.
    Inviting {
        /// Who.
        nick: Nick,
        /// Where to.
        room: RoomName,
    },
    /// Something about a user changed that its peers may want to know.
    Presence {
        /// When.
        at: Timestamp,
        /// Who, as it is now; for [`Change::Host`] as it was.
        who: Arc<Identity>,
        /// What.
        change: Change,
        /// How the one who is told comes to know.
        via: Via,
    },
    /// To one who changed its away text: whether it now counts as away.
    AwaySet(bool),
    /// To one who wrote to somebody: that one is away.
    IsAway {
        /// Who.
        nick: Nick,
        /// What it left to be told.
        text: Text,
    },
    /// Watched users that are here: in answer to a question, or because they just came.
    Online(Vec<Arc<Identity>>),
    /// Watched names that nobody has: in answer to a question (as written there), or because the
    /// user just left (as it last wrote itself).
    Offline(Vec<SmolStr>),
    /// To one who watches: these names did not fit.
    WatchFull {
        /// How many fit.
        limit: usize,
        /// The names.
        names: Vec<SmolStr>,
    },
    /// To the session that logged in (`conformance.md` §13).
    LoggedIn {
        /// The account, as registered.
        account: SmolStr,
        /// Who it is; none if not registered yet.
        who: Option<Arc<Identity>>,
    },
    /// To the session that logged out.
    LoggedOut {
        /// Who it is; none if not registered yet.
        who: Option<Arc<Identity>>,
    },
    /// To who asked for it: there is such an account now.
    AccountCreated {
        /// Its name.
        account: SmolStr,
    },
    /// To who asked for it: it is so now.
    Settled(Settled),
    /// How far the user has read somewhere: the answer, or told to its other sessions.
    Marker {
        /// The room or user; as written by the one who asked.
        target: SmolStr,
        /// Up to when.
        at: Option<Timestamp>,
    },
    /// A fact about a user or room: the answer to who set or removed it, or told to who subscribed.
    Metadata(Fact),
    /// To who cleared them: these facts are gone.
    MetadataCleared {
        /// The user or room, in its own case; `*` before registration.
        target: SmolStr,
        /// The keys that were set.
        keys: Vec<SmolStr>,
    },
    /// To who asked for it: these keys are subscribed now. Those that did not fit are refused with
    /// `MetadataFull` behind it.
    Subscribed {
        /// In the order asked for.
        keys: Vec<SmolStr>,
        /// Whether any of them was not before.
        news: bool,
    },
    /// To who asked for it: these keys are not subscribed.
    Unsubscribed(Vec<SmolStr>),
    /// To one who is now an operator.
    Opered,
    /// To one who was disconnected by an operator, just before it is closed.
    Killed {
        /// When.
        at: Timestamp,
        /// By whom.
        who: Arc<Identity>,
        /// Whom.
        nick: Nick,
        /// Why.
        reason: Text,
    },
    /// An operator writes to all who asked for it.
    Wallops {
        /// When.
        at: Timestamp,
        /// Who.
        who: Arc<Identity>,
        /// What.
        text: Text,
    },
    /// To the operator: the ban is set.
    NetworkBanned {
        /// The mask.
        mask: SmolStr,
        /// How many sessions it closed.
        closed: usize,
    },
    /// To the operator: the ban is gone.
    NetworkUnbanned {
        /// The mask.
        mask: SmolStr,
    },
    /// To the operator: the configuration is being read again.
    Rehashing,
    /// The server has something to say.
    Notice(Text),
    /// What was asked is refused.
    Rejected(Rejection),
}

impl Event {
    /// The id and the time of what may be an item of a history ([`ItemKinds::of`](crate::ItemKinds::of)); none of
    /// anything else.
    pub fn stamp(&self) -> Option<(MessageId, Timestamp)> {
        match self {
            Self::Renamed { id, at, .. }
            | Self::Quit { id, at, .. }
            | Self::Joined { id, at, .. }
            | Self::Parted { id, at, .. }
            | Self::Kicked { id, at, .. }
            | Self::Said { id, at, .. }
            | Self::TopicSet { id, at, .. }
            | Self::RoomModes { id, at, .. }
            | Self::RoomRenamed { id, at, .. } => Some((*id, *at)),
            _ => None,
        }
    }

    /// When it happened; none of what only answers a question.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Renamed { at, .. }
            | Self::Quit { at, .. }
            | Self::Joined { at, .. }
            | Self::Parted { at, .. }
            | Self::Kicked { at, .. }
            | Self::Said { at, .. }
            | Self::Redacted { at, .. }
            | Self::RoomRenamed { at, .. }
            | Self::TopicSet { at, .. }
            | Self::RoomModes { at, .. }
            | Self::UserModes { at, .. }
            | Self::Invited { at, .. }
            | Self::Presence { at, .. }
            | Self::Killed { at, .. }
            | Self::Wallops { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// What about a user changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It went away or changed its text, or came back (none). Never told to itself.
    Away(Option<Text>),
    /// It logged in or out. Told to itself too.
    Account(Option<SmolStr>),
    /// It shows another user name or host. Told to itself too. `who` is as it was. It is told twice,
    /// for the sake of dialects that can only show it as leaving and coming back: once to all rooms
    /// together without a room, then to each room with that room.
    Host {
        /// The new user name.
        user: SmolStr,
        /// The new host.
        host: SmolStr,
        /// The room that is told, and the user's ranks there.
        room: Option<(RoomName, Ranks)>,
        /// What it tells who writes, if it is away.
        away: Option<Text>,
    },
    /// It has another real name. Told to itself too.
    Realname(Text),
}

/// What has been arranged with the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The account changed.
    AccountChanged {
        /// Which.
        account: SmolStr,
        /// How.
        change: Box<AccountChange>,
    },
    /// The account is gone.
    AccountDropped(SmolStr),
    /// Who had the nickname is disconnected.
    Ghosted(Nick),
    /// The room is registered.
    RoomRegistered(RoomName),
    /// The room is no longer registered.
    RoomDropped(RoomName),
    /// The room has another founder.
    RoomTransferred {
        /// Which.
        room: RoomName,
        /// The account.
        founder: SmolStr,
    },
    /// An account has this rank in the room from now on.
    AccessSet {
        /// Where.
        room: RoomName,
        /// Who.
        account: SmolStr,
        /// Which; none if no longer any.
        rank: Option<Rank>,
    },
}

/// A fact about a user or a room (`conformance.md` §27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The user or room, in its own case; `*` for oneself before registration.
    pub target: SmolStr,
    /// Which.
    pub key: SmolStr,
    /// What; none if it is not set.
    pub value: Option<Text>,
}

/// What one finds in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The topic, if there is one.
    pub topic: Option<Topic>,
    /// Who is there.
    pub names: Names,
}

/// How one comes to be told of a [`Event::Presence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By sharing a room with it, or being it.
    Room,
    /// Only by watching it.
    Watch,
}

/// Whom a message was for, in the form everyone is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A room, in its own case.
    Room(RoomName),
    /// Members of a room from a rank up: the target as the sender wrote it.
    Ranked(SmolStr),
    /// A user, in its own case.
    User(Nick),
}

/// A room's topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The words; not empty.
    pub text: Text,
    /// `nick!user@host` of who set it.
    pub by: SmolStr,
    /// When.
    pub at: Timestamp,
}

/// The members of a room, as far as the one who asks may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Whether the room is secret.
    pub secret: bool,
    /// In no particular order.
    pub members: Vec<(Ranks, Arc<Identity>)>,
}
