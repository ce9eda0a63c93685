//! What came of a command, and what must now happen outside. Facts, never sentences.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::{
    Counts, Identity, ListKind, MessageId, ModeChange, Nick, Ranks, RoomId, RoomName, SayKind, SayTags,
    SessionId, Text, Timestamp, UserFlags,
};

/// What must now happen outside, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// An operator disconnected it.
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
        /// What was said there last, the oldest first.
        recent: Vec<Arc<Event>>,
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
        /// The words.
        text: Text,
        /// The tags that travel along.
        tags: SayTags,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A command the hub declined, and what is needed to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The session is no user yet.
    NotRegistered,
    /// The session is a user already.
    AlreadyRegistered,
    /// Somebody has this nickname.
    NickInUse(Nick),
    /// Nobody may have this nickname.
    NickReserved(Nick),
    /// The address is banned from the server.
    BannedFromServer(Text),
    /// Nobody has this nickname.
    NoSuchNick(SmolStr),
    /// There is no such room, or not for the one who asks.
    NoSuchRoom(RoomName),
    /// It is in too many rooms.
    TooManyRooms(RoomName),
    /// The server has as many rooms as it may.
    NoMoreRooms(RoomName),
    /// The room has as many members as it may.
    RoomFull(RoomName),
    /// The room needs an invitation.
    InviteOnly(RoomName),
    /// It is banned from the room.
    Banned(RoomName),
    /// The room needs another key.
    BadKey(RoomName),
    /// It is not in the room.
    NotInRoom(RoomName),
    /// It may not speak there.
    CannotSpeak {
        /// Where, in the room's own case, or as written for a target with a rank.
        room: SmolStr,
        /// Why not.
        why: Mute,
    },
    /// The message would not fit the sender's dialect.
    TooLong,
    /// The receiver takes messages from users with an account only.
    AccountNeeded(Nick),
    /// It lacks the rank.
    RankNeeded(RoomName),
    /// The other one is not in the room; for a kick, perhaps nobody has that name.
    TargetNotInRoom(Nick, RoomName),
    /// The other one is in the room already.
    TargetInRoom(Nick, RoomName),
    /// The room's lists are full.
    ListFull(RoomName, ListKind, SmolStr),
    /// It is not an operator, or not one who may do this.
    NoPrivilege,
    /// The modes of others are not its business.
    NotYourself,
    /// There is no such ban on the server.
    NoSuchBan(SmolStr),
}

/// Why someone may not speak in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    /// Only members may.
    NotMember,
    /// Only members with a rank may.
    Moderated,
    /// Only members with a rank and users with an account may.
    AccountNeeded,
    /// It is banned or muted.
    Banned,
    /// Not in the form of a CTCP.
    NoCtcp,
}
